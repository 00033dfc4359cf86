/* exec/prompts.h - what a model was asked, kept as it was sent.
 *
 * Purpose:   a reader of the journal sees the very rules and tools that led to a reply,
 *            whatever program, tools and agents say by then; each text is stored once.
 *            See docs/decisions/0006.
 * Contract:  journals `sent` before the first request that a process makes for the task;
 *            nothing waits for it. The rest of a conversation stands in the record
 *            anyway: the task, replies, results, what was sent back.
 * Thread:    loop.
 */
#pragma once

#include "exec/exec_run.h"

void run_keep_prompts(struct run *run, const struct sc_json *messages,
        const struct sc_json *tools, const char *model);
