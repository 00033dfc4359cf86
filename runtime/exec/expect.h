/* exec/expect.h - is what was read what the plan expects?
 *
 * Purpose:   stop before work is built on a wrong sheet: `expect` of a step.
 * Contract:  {"rows": n | {"min", "max"}, "columns": [name…], "types": {column: word},
 *            "unique": [column | [column…], …]} over result.rows, or over the result
 *            when it is itself a list.
 * Thread:    any.
 * Errors:    SC_INVALID: which expectation, which row (from 1).
 */
#pragma once

#include "codec/json.h"

enum sc_code sc_expect_check(
        const struct sc_json *expect, const struct sc_json *value, struct sc_error *err);
