/* exec/machine_early.h - reads that begin while the plan still streams in.
 *
 * Purpose:   a plan takes a model seconds to write, and its first steps often only read.
 *            Each step that is complete and surely harmless is called at once; the plan
 *            that comes in the end adopts what came of it.
 * Contract:  begins early: a step of a tool of `none` or `read` that may be repeated,
 *            costs nothing and asks nobody; without `each`, `where`, `when` and all else
 *            that a later part of the plan may decide; that would pass the check of a
 *            plan, and whose arguments are literals and plain references to inputs, env
 *            and steps that began early.
 *            A step of the plan adopts what came of it when tool, version and arguments
 *            are the same, once, if it is a step that could have begun early and all it
 *            waits for was adopted: its `result` is journaled then, as of any read. What
 *            nobody adopts is named in the record (`early`) and counts for nothing; what
 *            still runs then is stopped. It outlives a reply that failed or is repaired,
 *            for five minutes, but neither a plan that ran nor the process.
 * Ownership: as exec/machine.h.
 * Thread:    loop.
 */
#pragma once

#include "exec/machine.h"

/* Can pieces of a plan be of use? Asked when a request is handed out. */
bool sc_machine_may_stream(const struct sc_machine *machine);

/* A piece of the arguments of a call in the reply under way, see model/model.h. true: a
 * step may have become ready. */
bool sc_machine_streamed(struct sc_machine *machine, size_t call, const char *name,
        const char *text, size_t len);

/* Of the command EARLY: what is called; number is its element. */
void sc_machine_early_call(
        const struct sc_machine *machine, size_t number, struct sc_call_view *ret_view);
void sc_machine_early_called(struct sc_machine *machine, size_t number,
        struct sc_called *called, struct sc_command *ret_note);
