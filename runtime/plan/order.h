/* plan/order.h - in which order the steps of a plan can run.
 *
 * Purpose:   find cycles, and walk steps after those that they wait for.
 * Contract:  edges are the steps' dependencies and, for a step with gates, those of the
 *            gates. Steps without an edge between them keep the order of the plan.
 * Thread:    that of the plan.
 */
#pragma once

#include "plan/plan.h"

/* Fills ret_order (plan->step_count long); false when there is a cycle: then *ret_cycle
 * is "a → b → a", for the caller to free. */
bool sc_plan_order(const struct sc_plan *plan, size_t *ret_order, char **ret_cycle);
