/* tool/match.h - is what a test expects part of what came?
 *
 * Purpose:   the `gives` of a tool's tests: objects may have more members than expected,
 *            lists must have as many items, everything else must be equal.
 * Thread:    any.
 */
#pragma once

#include "codec/json.h"

/* NULL when it matches; else one sentence (on the heap) that names the first place that
 * differs, below `root`. */
char *sc_json_mismatch(
        const struct sc_json *expected, const struct sc_json *given, const char *root);
