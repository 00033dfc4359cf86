/* codec/regex.h - regular expressions as JSON Schema means them (ECMA-262, Unicode).
 *
 * Purpose:   PCRE2 behind a few functions: UTF-8, \d and \w ASCII, $ only at the end, and
 *            limits on the work of a match, so that no pattern can stop the program.
 * Contract:  lookups are unanchored. U+0000 in the form of the JSON tree (C0 80) matches
 *            as U+0000.
 * Thread:    any, after compiling.
 * Errors:    SC_INVALID for a pattern that does not compile.
 */
#pragma once

#include <stdbool.h>

#include "base/error.h"

struct sc_regex;

struct sc_regex *sc_regex_new(const char *pattern, struct sc_error *err);
void sc_regex_free(struct sc_regex *regex);

/* A match that hits the limits counts as none. */
bool sc_regex_finds(const struct sc_regex *regex, const char *text);
