/* crash/crash_figures.h - what the kills came to, in figures.
 *
 * Purpose:   count effects as their peer saw them, over all tasks of all scenarios.
 * Contract:  the process that ends a task leaves its figures in the task's folder; the
 *            parent adds them up.
 * Thread:    any.
 */
#pragma once

#include "crash/crash_scenarios.h"
#include "fakes/exec_bed.h"

struct figures {
    size_t kills, tasks;
    size_t wanted, seen, doubted, lost, repeated; /* effects */
};

void figures_leave(const struct exec_bed *bed, const struct scenario *scenario);
void figures_add(struct figures *sum, const char *folder); /* nothing if none were left */
void figures_print(const struct figures *f);
