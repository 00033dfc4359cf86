/* crash/crash_scenarios.h - tasks that are killed and must come out right.
 *
 * Purpose:   what is run, and what must be true in the end, however often the process
 *            died in between.
 * Thread:    any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct scenario {
    const char *name;
    const char *plan;           /* or NULL: the model's */
    const char *const *replies; /* of the model */
    const char *answer;         /* of the person, or NULL */
    const char *state;          /* in the end */
    const char *const *effects; /* each happens exactly once; ends with NULL */
    size_t limit;               /* not 0: exactly so many of effects[0] instead */
    bool loop;                  /* strategy */
    bool may_doubt; /* a tool without key: at most once each, else in doubt and said */
    size_t stream_piece; /* the plan comes in pieces of so many bytes; 0: at once */
};

extern const struct scenario scenarios[];
extern const size_t scenario_count;
