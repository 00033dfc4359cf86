/* model/limiter.h - keeps below the rate that a provider allows a key.
 *
 * Purpose:   two token buckets, of requests and of tokens, filled as the headers of
 *            replies tell, so that many tasks with one key wait instead of being refused.
 * Contract:  what the headers do not tell limits nothing. A bucket fills evenly until the
 *            time at which the provider says it is full again. Known are
 *            x-ratelimit-{limit,remaining,reset}-{requests,tokens}, reset as a duration
 *            ("6m0s", "12ms", "1.5"), and
 *            anthropic-ratelimit-{requests,tokens,input-tokens,output-tokens}-
 *            {limit,remaining,reset}, reset as a time.
 * Ownership: a plain value; zeroed to begin with.
 * Thread:    any.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct sc_bucket {
    bool known;
    double limit, level;
    int64_t at_ms;   /* of the level */
    int64_t full_ms; /* when it is full again */
};

enum {
    SC_LIMITER_REQUESTS,
    SC_LIMITER_TOKENS,
    SC_LIMITER_IN,
    SC_LIMITER_OUT,
    SC_LIMITER_BUCKETS
};

struct sc_limiter {
    struct sc_bucket buckets[SC_LIMITER_BUCKETS];
};

/* One header of a reply, in any order; others are ignored. */
void sc_limiter_learn(
        struct sc_limiter *limiter, const char *name, const char *value, int64_t wall_ms);

/* After how long the next request may go out; 0: now. */
int64_t sc_limiter_wait_ms(struct sc_limiter *limiter, int64_t wall_ms);

/* One goes out. */
void sc_limiter_take(struct sc_limiter *limiter, int64_t wall_ms);

/* "6m0s", "12ms", "1h2m3.5s", "20" (seconds) in milliseconds; -1: no duration. */
int64_t sc_limiter_duration_ms(const char *text);
