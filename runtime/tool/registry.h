/* tool/registry.h - names to tools.
 *
 * Purpose:   the set of tools that exist now; agents see a part of it.
 * Ownership: the registry holds a reference to each tool.
 * Thread:    loop.
 */
#pragma once

#include "tool/tool.h"

struct sc_registry;

struct sc_registry *sc_registry_new(void);
void sc_registry_free(struct sc_registry *registry);

/* Adds, or replaces the tool of that name. Takes the reference. */
void sc_registry_add(struct sc_registry *registry, struct sc_tool *take_tool);

/* Borrowed; NULL when there is none. */
struct sc_tool *sc_registry_get(const struct sc_registry *registry, const char *name);
size_t sc_registry_count(const struct sc_registry *registry);

/* In order of name; index from 0. */
struct sc_tool *sc_registry_at(const struct sc_registry *registry, size_t index);

/* The name nearest to one that does not exist, or NULL: for "did you mean". */
const char *sc_registry_nearest(const struct sc_registry *registry, const char *name);

/* May an agent use the tool? allowed is an array of names and patterns ("table.*",
 * "*"); NULL allows all. */
bool sc_registry_allows(const struct sc_json *allowed, const char *name);
