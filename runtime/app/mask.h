/* app/mask.h - a record without the data of people.
 *
 * Purpose:   what leaves the house as a test holds no e-mail addresses, telephone
 *            numbers, bank accounts, cards, and no values of fields that are named after
 *            people. The same text is masked as the same other text everywhere, so that
 *            what was equal stays equal.
 * Contract:  names of people in free text are not known and stay: who sends a fixture on
 *            reads it first.
 * Ownership: the caller frees.
 * Thread:    loop.
 */
#pragma once

#include "base/map.h"
#include "codec/json.h"

struct sc_mask {
    struct sc_map known; /* text -> what stands in its place, on the heap */
    size_t count;
};

void sc_mask_init(struct sc_mask *mask);
void sc_mask_release(struct sc_mask *mask);

/* A text that is to be replaced wherever it stands. */
void sc_mask_add(struct sc_mask *mask, const char *text, const char *instead);

struct sc_json *sc_mask_copy(struct sc_mask *mask, const struct sc_json *json);
