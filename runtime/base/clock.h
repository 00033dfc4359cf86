/* base/clock.h - what time it is, as something that can be handed in.
 *
 * Purpose:   let tests turn the hands; let pure code take time as an argument.
 * Contract:  wall_ms is milliseconds since 1970 UTC, at most a few late, and may jump;
 *            mono_ms never goes back and has no fixed origin.
 * Ownership: the caller's; sc_clock_system is static.
 * Thread:    any.
 */
#pragma once

#include <stdint.h>

struct sc_clock {
    int64_t (*wall_ms)(struct sc_clock *clock);
    int64_t (*mono_ms)(struct sc_clock *clock);
};

struct sc_clock *sc_clock_system(void);

/* "2026-11-23T03:04:05.678Z" */
enum { SC_TIME_TEXT = 25 };
void sc_time_format(int64_t wall_ms, char ret_text[SC_TIME_TEXT]);
