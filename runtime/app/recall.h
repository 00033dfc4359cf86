/* app/recall.h - what an agent is told of what is known, when it plans.
 *
 * Purpose:   only agents that ask for it (`memory = true` or limits in agent.lua) are
 *            told anything; it stays in the task's spec, so that a task that goes on
 *            later, or is replayed, knows the same.
 * Ownership: the caller frees what it gets.
 * Thread:    loop.
 * Errors:    of the store.
 */
#pragma once

#include "app/app.h"

/* Items as memory/memory.h's sc_memory_recall gives them; NULL: the agent does not ask.
 */
enum sc_code sc_recall(struct sc_app *app, const char *agent, const char *words,
        struct sc_json **ret_memory, struct sc_error *err);
