/* exec/spec.h - what a task was asked to do, as JSON: the row's `spec`.
 *
 * Purpose:   the fixed input of a machine; its journal is folded over it.
 * Contract:  {words, agent, language, instructions, tools, env, inputs, files, shapes,
 *            memory, out_dir, origin, routine, plan, strategy: "plan"|"loop", yes,
 * dry_run, budget_micro, budget_currency}; what was not given is absent. Ownership: the
 * caller frees. Thread:    any.
 */
#pragma once

#include "exec/exec.h"

struct sc_json *sc_spec_to_json(const struct sc_task_spec *spec);
