/* app/report.h - a task's report for people: what was done, files, cost.
 *
 * Purpose:   turn the object that --json prints into a page of text.
 * Thread:    loop.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "codec/json.h"

/* report: as struct sc_exec reports it. with_steps: the steps too (task show). */
void sc_report_print(
        FILE *out, const struct sc_json *report, const char *language, bool with_steps);

/* Its end could not be recorded: the task runs on when it is resumed. */
void sc_report_break(struct sc_json *report, const struct sc_error *err);

/* The exit code that belongs to a report's state. */
int sc_report_exit(const struct sc_json *report);

/* A step's result in a few words: "68 rows", "12 items, 1 failed", "42"; on the heap. */
char *sc_result_in_short(const struct sc_json *result, const char *language);
