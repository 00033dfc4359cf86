/* plan/prompt.h - the parts that messages to a model are made of.
 *
 * Purpose:   shared by the two strategies: prefix, the person's surroundings, data that
 *            cannot be taken for words of ours.
 * Contract:  the same input gives the same bytes.
 * Ownership: messages are the caller's.
 * Thread:    any.
 */
#pragma once

#include "base/buf.h"
#include "plan/planner.h"

struct sc_json *sc_prompt_message(const char *role, const char *text);

/* The last thing in a prefix: what the agent was told by its maker. */
void sc_prompt_add_instructions(struct sc_buf *out, const char *instructions);

/* The person's surroundings, the inputs and their shapes, what is known, what else there
 * is to say (or NULL), then the task. */
struct sc_json *sc_prompt_task(const struct sc_planner_task *task, const char *more);

/* Copies of what happened, in order. */
void sc_prompt_add_turns(
        struct sc_json *messages, const struct sc_planner_turn *turns, size_t turn_count);

/* {"role":"tool"} for a call. */
struct sc_json *sc_prompt_result(const char *call_id, const char *text);
