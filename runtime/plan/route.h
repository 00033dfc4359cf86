/* plan/route.h - which routine does what these words ask for?
 *
 * Purpose:   run known chores with no model: compare the words with the example phrases
 *            of routines, and read the values of their {slots} out of the words.
 * Contract:  pure. Precision before recall, for a wrong match acts: every content word
 *            and every value (a market, a percentage, a number …) in the words must be
 *            known to the routine, so that an extra wish ("and e-mail it") or a negation
 *            leads to no match; and the best phrase must be covered almost whole.
 *            Words and phrases may be English, Chinese or Japanese, mixed.
 * Ownership: the answer is the caller's (sc_route_release).
 * Thread:    any.
 */
#pragma once

#include "codec/json.h"

struct sc_route_routine {
    const char *name;
    const struct sc_json *json; /* phrases by language, inputs with types */
};

struct sc_route {
    size_t routine;         /* index, SC_NO_ROUTINE: none matches well enough */
    struct sc_json *inputs; /* slot values said in the words, by input name */
    double score;           /* of the best phrase, 0 to 1 */
    size_t nearest[3];      /* indexes, best first; SC_NO_ROUTINE: no more */
};

#define SC_NO_ROUTINE ((size_t)-1)

/* today: "2026-11-23", for words like tomorrow. A file need not be said: it may have been
 * given beside the words, which the caller checks. */
void sc_route_find(struct sc_route *route, const char *words,
        const struct sc_route_routine *routines, size_t count, const char *today);
void sc_route_release(struct sc_route *route);

/* A value given as text (`--input markets=DE,Japan`) in the form its type has in plans:
 * market "DE", currency "EUR", percent and number as numbers, date ISO. many: a list.
 * NULL with SC_INVALID when it is none of that type; the sentence says what it may be. */
struct sc_json *sc_route_value(const char *text, const char *type, bool many,
        const char *today, struct sc_error *err);

/* The phrase with a value of its type in place of each {slot}: words that must lead to
 * its routine. The caller's. */
char *sc_route_example(
        const char *phrase, const struct sc_json *inputs, const char *language);
