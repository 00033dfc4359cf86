/* app/match.h - which routine does this task, and with which inputs?
 *
 * Purpose:   hand plan/route.h the routines of the catalog and what the person gave, and
 *            fill the inputs that were not said from files and defaults.
 * Ownership: the match owns inputs, nearest and missing.
 * Thread:    loop.
 */
#pragma once

#include "app/request.h"

struct sc_match {
    const struct sc_routine *routine; /* NULL: none matches well enough */
    struct sc_json *inputs;           /* of the routine, complete */
    struct sc_json *nearest;          /* example phrases of the nearest three */
    double score;                     /* of the best phrase, 0 to 1 */
    char *missing; /* a routine matched, but an input is missing: the sentence */
};

void sc_match_words(
        struct sc_match *match, struct sc_app *app, const struct sc_request *request);
void sc_match_release(struct sc_match *match);

/* The inputs of a routine from what was given (K=V), the files (a file that was only
 * named is added to them), and defaults; NULL with
 * SC_INVALID naming the input that is missing or wrong. */
struct sc_json *sc_match_inputs(struct sc_app *app, const struct sc_routine *routine,
        const struct sc_json *given, struct sc_json *files, struct sc_error *err);
