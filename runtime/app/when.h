/* app/when.h - instants as a person writes and reads them, in their zone.
 *
 * Purpose:   `--since 2026-11-01`, `--since 7d`; "2026-11-23 17:05".
 * Thread:    loop.
 * Errors:    SC_INVALID, naming the option.
 */
#pragma once

#include "codec/tz.h"

/* A date, a time, or an age ("90d", "90 days", "12h", "2w"). end: a date means the end
 * of that day. 0 when text is NULL. */
struct sc_when {
    struct sc_tz *zone;
    int64_t now_ms;
};
enum sc_code sc_when_parse(const struct sc_when *when, const char *option,
        const char *text, bool end, int64_t *ret_ms, struct sc_error *err);

/* "90 days" in milliseconds; false when it is no age. */
bool sc_when_age(const char *text, int64_t *ret_ms);

enum { SC_WHEN_TEXT = 24 };
void sc_when_format(struct sc_tz *zone, int64_t at_ms, char ret_text[SC_WHEN_TEXT]);

/* The zone of the machine, or UTC. */
struct sc_tz *sc_when_zone(void);
