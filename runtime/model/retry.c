#include "model/retry.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

const struct sc_model_retry sc_model_retry_default = {
    .attempts = 3,
    .wait_ms = 500,
    .max_wait_ms = 8000,
    .max_server_wait_ms = 60000,
};

bool sc_model_retry_next(const struct sc_model_retry *rules, const struct sc_error *err,
        int attempt, uint64_t chance, int64_t *ret_wait_ms)
{
    int64_t cap = rules->wait_ms;

    if (!err->retryable || attempt >= rules->attempts)
        return false;
    if (err->retry_after_ms) {
        if (err->retry_after_ms > rules->max_server_wait_ms)
            return false;
        *ret_wait_ms = err->retry_after_ms;
        return true;
    }
    for (int i = 1; i < attempt && cap < rules->max_wait_ms; i++)
        cap *= 2;
    if (cap > rules->max_wait_ms)
        cap = rules->max_wait_ms;
    *ret_wait_ms = (int64_t)(chance % (uint64_t)(cap + 1));
    return true;
}

static uint32_t clamp(double ms)
{
    if (!(ms > 0))
        return 0;
    return ms < UINT32_MAX ? (uint32_t)ms : UINT32_MAX;
}

/* A number and nothing after it, or -1. */
static double read_number(const char *text)
{
    char *end;
    double value;

    if (!text || !*text)
        return -1;
    value = strtod(text, &end);
    return *end ? -1 : value;
}

uint32_t sc_model_retry_after(
        const char *retry_after_ms, const char *retry_after, int64_t wall_ms)
{
    double number = read_number(retry_after_ms);
    struct tm when = { 0 };

    if (number > 0)
        return clamp(number);
    number = read_number(retry_after);
    if (number >= 0)
        return clamp(number * 1000);
    if (retry_after && strptime(retry_after, "%a, %d %b %Y %H:%M:%S GMT", &when))
        return clamp((double)timegm(&when) * 1000 - (double)wall_ms);
    return 0;
}
