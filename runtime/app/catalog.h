/* app/catalog.h - the agents and their routines.
 *
 * Purpose:   hold what agents/<name>/agent.lua and agents/<name>/routines/ say.
 * Ownership: the catalog owns all; what is returned is borrowed.
 * Thread:    loop.
 */
#pragma once

#include "codec/json.h"

struct sc_agent {
    const char *name;
    char *path;           /* its folder */
    struct sc_json *json; /* the descriptor: see docs/agents.md */
};

struct sc_routine {
    const char *name; /* unique over all agents */
    const char *agent;
    char *path;
    struct sc_json *json;
};

struct sc_catalog {
    struct sc_agent *agents;
    size_t agent_count;
    struct sc_routine *routines;
    size_t routine_count;
};

void sc_catalog_release(struct sc_catalog *catalog);

/* Adds, or replaces the one of that name. */
void sc_catalog_add_agent(
        struct sc_catalog *catalog, const char *path, struct sc_json *take_json);
/* agent: NULL takes its own field "agent". SC_INVALID when the routine has no name, no
 * agent, inputs that are no object, or no plan. */
enum sc_code sc_catalog_add_routine(struct sc_catalog *catalog, const char *agent,
        const char *path, struct sc_json *take_json, struct sc_error *err);

const struct sc_agent *sc_catalog_agent(
        const struct sc_catalog *catalog, const char *name);
const struct sc_routine *sc_catalog_routine(
        const struct sc_catalog *catalog, const char *name);

/* The nearest name, or NULL when none is near. */
const char *sc_catalog_nearest_agent(const struct sc_catalog *catalog, const char *name);
const char *sc_catalog_nearest_routine(
        const struct sc_catalog *catalog, const char *name);

/* A text field in a language, from `texts` or the plain field; "" when absent. */
const char *sc_text_of(
        const struct sc_json *described, const char *field, const char *language);
