/* app/recorded.h - tools and a model that answer from a record.
 *
 * Purpose:   run a recorded task once more with the program, tools and routines as they
 *            are now, and nothing outside: what a tool read or sent then is answered
 *            from the record; what only computes, or writes files of its own, runs.
 * Contract:  an answer is found by step and, of several elements, by arguments. A model's
 *            replies come in order. What the record does not have fails and says so.
 * Ownership: the record is borrowed while registry and model live.
 * Thread:    loop.
 */
#pragma once

#include "model/model.h"
#include "tool/registry.h"

/* A registry of the caller's. */
struct sc_registry *sc_recorded_tools(
        const struct sc_registry *registry, const struct sc_json *record);

struct sc_model *sc_recorded_model_new(const struct sc_json *record);
void sc_recorded_model_free(struct sc_model *model);
