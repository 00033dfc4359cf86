/* plan/retrieve.h - which tools may serve a task, when there are too many to show.
 *
 * Purpose:   BM25 over the names, summaries, parameters and example words of tools, in
 *            all languages they have. Western words count whole, in lower case and
 *            without a plural's s; Chinese and Japanese by pairs of characters.
 * Contract:  pure. No index is kept: one pass over the descriptors, in well under a
 *            second for 10,000 of them. Tools of the same score come in order of name.
 * Ownership: the tools are the registry's.
 * Thread:    any.
 */
#pragma once

#include "tool/registry.h"

/* The best `limit` tools for the words, best first; fewer when no more have a word in
 * common. allowed as in sc_registry_allows. Returns how many. */
size_t sc_retrieve(const struct sc_registry *registry, const struct sc_json *allowed,
        const char *words, size_t limit, const struct sc_tool **ret_tools);
