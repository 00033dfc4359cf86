#include "model/limiter.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "codec/tz.h"

enum {
    SECOND_MS = 1000,
    MINUTE_MS = 60000,
    HOUR_MS = 3600000,
    LONGEST_MS = 24 * HOUR_MS
};

/* --- headers --- */

static const char *const openai_ends[SC_LIMITER_BUCKETS] = { "requests", "tokens", NULL,
    NULL };
static const char *const anthropic_middles[SC_LIMITER_BUCKETS] = { "requests", "tokens",
    "input-tokens", "output-tokens" };

enum figure { LIMIT, REMAINING, RESET, FIGURES };

static const char *const figures[FIGURES] = { "limit", "remaining", "reset" };

static bool is_name(
        const char *name, const char *head, const char *second, const char *third)
{
    size_t n = strlen(head), s = strlen(second);

    return strncasecmp(name, head, n) == 0 && strncasecmp(name + n, second, s) == 0 &&
           name[n + s] == '-' && strcasecmp(name + n + s + 1, third) == 0;
}

static bool find(const char *name, int *ret_bucket, enum figure *ret_figure)
{
    for (int b = 0; b < SC_LIMITER_BUCKETS; b++) {
        for (unsigned f = 0; f < FIGURES; f++) {
            *ret_bucket = b;
            *ret_figure = (enum figure)f;
            if (openai_ends[b] &&
                    is_name(name, "x-ratelimit-", figures[f], openai_ends[b]))
                return true;
            if (is_name(name, "anthropic-ratelimit-", anthropic_middles[b], figures[f]))
                return true;
        }
    }
    return false;
}

static int64_t unit_of(const char *text, size_t *ret_len)
{
    static const struct {
        const char *name;
        int64_t ms;
    } units[] = { { "ms", 1 }, { "h", HOUR_MS }, { "m", MINUTE_MS }, { "s", SECOND_MS } };

    for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
        *ret_len = strlen(units[i].name);
        if (strncmp(text, units[i].name, *ret_len) == 0)
            return units[i].ms;
    }
    return -1;
}

int64_t sc_limiter_duration_ms(const char *text)
{
    double sum = 0;
    char *end;

    do {
        double number = strtod(text, &end);
        size_t len = 0;
        int64_t unit = *end ? unit_of(end, &len) : SECOND_MS;

        if (end == text || !(number >= 0) || unit < 0)
            return -1;
        sum += number * (double)unit;
        text = end + len;
    } while (*text && *end);
    return sum < LONGEST_MS ? (int64_t)(sum + 0.5) : LONGEST_MS;
}

/* A time, or a duration from now. */
static bool read_reset(const char *value, int64_t wall_ms, int64_t *ret_ms)
{
    struct sc_iso_time time;
    int64_t duration_ms = sc_limiter_duration_ms(value);

    if (duration_ms >= 0)
        *ret_ms = wall_ms + duration_ms;
    else if (sc_iso_parse(value, &time, NULL) == SC_OK && time.has_offset)
        *ret_ms = sc_iso_instant(&time);
    else
        return false;
    if (*ret_ms > wall_ms + LONGEST_MS)
        *ret_ms = wall_ms + LONGEST_MS;
    return true;
}

/* --- buckets --- */

static double level_at(const struct sc_bucket *bucket, int64_t wall_ms)
{
    double share;

    if (wall_ms >= bucket->full_ms)
        return bucket->limit;
    if (wall_ms <= bucket->at_ms)
        return bucket->level;
    share = (double)(wall_ms - bucket->at_ms) / (double)(bucket->full_ms - bucket->at_ms);
    return bucket->level + (bucket->limit - bucket->level) * share;
}

/* The clock was set back: what was to come is as far away as it was. */
static void heed_clock(struct sc_bucket *bucket, int64_t wall_ms)
{
    if (wall_ms >= bucket->at_ms)
        return;
    bucket->full_ms -= bucket->at_ms - wall_ms;
    bucket->at_ms = wall_ms;
}

void sc_limiter_learn(
        struct sc_limiter *limiter, const char *name, const char *value, int64_t wall_ms)
{
    struct sc_bucket *bucket;
    enum figure figure;
    char *end;
    double number;
    int b;

    if (!strchr("xXaA", *name) || !find(name, &b, &figure))
        return;
    bucket = &limiter->buckets[b];
    heed_clock(bucket, wall_ms);
    if (figure == RESET) {
        (void)!read_reset(value, wall_ms, &bucket->full_ms);
        return;
    }
    number = strtod(value, &end);
    if (end == value || *end || !(number >= 0))
        return;
    if (figure == LIMIT) {
        bucket->limit = number;
        return;
    }
    bucket->known = true;
    bucket->level = number;
    bucket->at_ms = wall_ms;
    if (bucket->full_ms <= wall_ms) /* as most providers count, unless they say */
        bucket->full_ms = wall_ms + MINUTE_MS;
}

/* A whole one must be there. */
static int64_t wait_for(struct sc_bucket *bucket, int64_t wall_ms)
{
    double missing, more, level;

    heed_clock(bucket, wall_ms);
    level = level_at(bucket, wall_ms);
    missing = 1 - level;
    more = bucket->limit - level;
    if (!bucket->known || bucket->limit < 1 || missing <= 0)
        return 0;
    return (int64_t)(missing / more * (double)(bucket->full_ms - wall_ms)) + 1;
}

int64_t sc_limiter_wait_ms(struct sc_limiter *limiter, int64_t wall_ms)
{
    int64_t longest = 0;

    for (int b = 0; b < SC_LIMITER_BUCKETS; b++) {
        int64_t wait_ms = wait_for(&limiter->buckets[b], wall_ms);

        if (wait_ms > longest)
            longest = wait_ms;
    }
    return longest;
}

void sc_limiter_take(struct sc_limiter *limiter, int64_t wall_ms)
{
    struct sc_bucket *bucket = &limiter->buckets[SC_LIMITER_REQUESTS];

    if (!bucket->known)
        return;
    heed_clock(bucket, wall_ms);
    bucket->level = level_at(bucket, wall_ms) - 1;
    bucket->at_ms = wall_ms;
    if (bucket->full_ms <= wall_ms)
        bucket->full_ms = wall_ms + MINUTE_MS;
}
