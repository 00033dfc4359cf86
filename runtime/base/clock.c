#include "base/clock.h"

#include <stdio.h>
#include <time.h>

static int64_t read_clock(clockid_t id)
{
    struct timespec t;

    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* As of the last tick of the kernel, at most 4 ms ago: what a record says of the time of
 * day need not be finer, and it is asked for at every step. */
static int64_t wall_ms(struct sc_clock *clock)
{
    (void)clock;
    return read_clock(CLOCK_REALTIME_COARSE);
}

static int64_t mono_ms(struct sc_clock *clock)
{
    (void)clock;
    return read_clock(CLOCK_MONOTONIC);
}

struct sc_clock *sc_clock_system(void)
{
    static struct sc_clock system = { wall_ms, mono_ms };

    return &system;
}

void sc_time_format(int64_t ms, char ret_text[SC_TIME_TEXT])
{
    int64_t sec = ms / 1000 - (ms % 1000 < 0);
    time_t t = (time_t)sec;
    struct tm tm;
    char text[64];

    if (!gmtime_r(&t, &tm) || tm.tm_year + 1900 > 9999 || tm.tm_year + 1900 < 0)
        tm = (struct tm){ .tm_mday = 1, .tm_year = 70 };
    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(ret_text, SC_TIME_TEXT, "%.19s.%03uZ", text,
            (unsigned)(ms - sec * 1000) % 1000);
}
