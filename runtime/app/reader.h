/* app/reader.h - a routine's plan in the reader's words.
 *
 * Purpose:   what a plan says to a person (its goal, assumptions, checks) in the language
 *            of the task, with what the inputs are instead of their names.
 * Contract:  texts.LANGUAGE of a routine may have goal, assume and checks (in the order
 *            of the plan's); what is absent stays as the plan has it. "{{inputs.NAME}}"
 *            in an assumption becomes the value. Nothing that acts is touched.
 * Ownership: the copy is the caller's.
 * Thread:    loop.
 */
#pragma once

#include "codec/json.h"

struct sc_json *sc_reader_plan(const struct sc_json *routine,
        const struct sc_json *inputs, const char *language);
