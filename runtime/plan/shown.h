/* plan/shown.h - which tools a model is shown, when there are too many for all of them.
 *
 * Purpose:   shared by the two strategies: those that the agent names stand in the
 *            prefix, which is the same for all its tasks; those that fit the words of
 *            the task behind it; the others are found by words.
 * Contract:  pure; the same input gives the same bytes.
 * Thread:    any.
 */
#pragma once

#include "base/buf.h"
#include "plan/planner.h"

/* Above either of these a model is shown what the task may need, and finds the rest: the
 * choice gets worse and the request dearer with each tool. */
enum { SC_SHOWN_TOOLS = 30, SC_SHOWN_BYTES = 40000 };

/* Beside those that the agent names, so many are shown for the words of the task, and so
 * many for each words of a search. */
enum { SC_SHOWN_FITTING = 12, SC_SHOWN_FOUND = 6 };

/* A tool that the agent's maker named in full is worth showing whatever the task. */
bool sc_shown_is_named(const struct sc_planner_task *task, const struct sc_tool *tool);

/* The tools that the agent may use; or of those the named ones. The array is the
 * caller's, the tools are the registry's. */
const struct sc_tool **sc_shown_tools(
        const struct sc_planner_task *task, bool named_only, size_t *ret_count);

/* The tools for the words that are not shown anyway, best first: limit at most, which is
 * SC_SHOWN_FITTING or less. Returns how many. */
size_t sc_shown_fitting(const struct sc_planner_task *task, const char *words,
        size_t limit, const struct sc_tool **ret_tools);

/* Appends their signatures, and returns how many. */
size_t sc_shown_add_fitting(struct sc_buf *out, const struct sc_planner_task *task,
        const char *words, size_t limit);
