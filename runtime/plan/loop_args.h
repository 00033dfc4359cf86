/* plan/loop_args.h - what a model passes when it calls tools itself.
 *
 * Purpose:   make the arguments of a call those of a step.
 * Contract:  a value stays what it is, whatever it looks like; {"$result": "t1_1.rows"}
 *            stands for that part of an earlier result, which goes from step to step and
 *            never through the model.
 * Ownership: the caller frees what it gets.
 * Thread:    any.
 */
#pragma once

#include "codec/json.h"

/* The part of a result that a path names (handle, then `.name` and `[n]` from 1); NULL:
 * there is none. */
const struct sc_json *sc_loop_find(const struct sc_json *results, const char *path);

/* The arguments as templates; NULL and *ret_wrong: they name a result that there is not.
 * results: those that there are, by handle, or NULL. */
struct sc_json *sc_loop_args(
        const struct sc_json *args, const struct sc_json *results, char **ret_wrong);
