/* lua/pattern.h - Lua's patterns, with an end.
 *
 * Purpose:   the pattern language of Lua 5.4 (classes, sets, %b, %f, captures, + - * ?)
 *            for string.find and its relatives, such that no subject and no pattern can
 *            run for longer than its steps.
 * Contract:  pure; subject and pattern may hold any bytes. A match that runs out of
 *            steps, nests too deep or has a malformed pattern ends with `trouble` set.
 * Ownership: everything is borrowed.
 * Thread:    any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SC_PATTERN_CAPTURES = 32, SC_PATTERN_DEPTH = 180 };

struct sc_capture {
    const char *start;
    ptrdiff_t len; /* or one of the marks in pattern.c */
};

#define SC_CAPTURE_POSITION ((ptrdiff_t)-2)

struct sc_matcher {
    const char *subject, *subject_end;
    const char *pattern_end;
    int64_t steps;       /* left */
    const char *trouble; /* NULL, or a sentence */
    int depth;
    int captures;
    struct sc_capture capture[SC_PATTERN_CAPTURES];
};

/* Matches the pattern exactly at `at`: the end of the match, or NULL. */
const char *sc_pattern_match(struct sc_matcher *m, const char *at, const char *pattern);

/* Has the pattern nothing special in it, so that plain search does? */
bool sc_pattern_is_plain(const char *pattern, size_t len);
