/* plan/partial.h - the steps of a plan while its text still arrives.
 *
 * Purpose:   hand out each step as soon as its closing brace has come, so that what
 *            only reads can begin before the model has written the rest.
 * Contract:  the text is that of one JSON object, cut anywhere. Its fields before `steps`
 *            may be any; what follows the list is not looked at. The steps of a text
 *            that is JSON are those that parsing the whole gives; of one that is not,
 *            some may have been handed out before that shows. A plan wrapped into
 *            another object has none here.
 *            Limits: 256 KiB a step, 200 levels, as many steps as a plan may have.
 * Ownership: steps go to the caller.
 * Thread:    any.
 */
#pragma once

#include "codec/json.h"

struct sc_partial;

struct sc_partial *sc_partial_new(void);
void sc_partial_free(struct sc_partial *partial);

/* Takes in the next piece and appends the steps that it completes to an array. */
void sc_partial_feed(
        struct sc_partial *partial, const char *text, size_t len, struct sc_json *steps);
