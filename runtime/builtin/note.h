/* builtin/note.h - what a careful reader would mention.
 *
 * Purpose:   sentences that accompany a result.
 * Thread:    any.
 */
#pragma once

#include "codec/json.h"

/* Adds a sentence to an array; after the 20th nothing is added. */
void sc_note(struct sc_json *notes, const char *fmt, ...)
        __attribute__((format(printf, 2, 3)));
