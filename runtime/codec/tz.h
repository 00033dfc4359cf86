/* codec/tz.h - instants, local times, and the zones between them.
 *
 * Purpose:   what a clock on a wall shows in a zone at an instant, and back; dates that
 *            do not move by accident.
 * Contract:  an instant is milliseconds since 1970 UTC. The calendar is Gregorian, also
 *            before 1582. A local time that a zone skips (clocks go forward) means the
 *            instant as many minutes later as were skipped; one that comes twice means
 *            the earlier instant.
 *            Zones are IANA names ("Asia/Shanghai", "UTC"); data comes from ICU, loaded
 *            when the first zone is made.
 * Ownership: sc_tz_new / sc_tz_free.
 * Thread:    that of the owner: a zone is not shared between threads.
 * Errors:    SC_INVALID: unknown zone, text that is no date, a year outside 1 to 9999.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct sc_tz;

struct sc_local {
    int year, month, day; /* month and day from 1 */
    int hour, minute, second, ms;
};

struct sc_tz *sc_tz_new(const char *name, struct sc_error *err);
void sc_tz_free(struct sc_tz *zone);

/* Milliseconds east of UTC at the instant, daylight saving included. */
int32_t sc_tz_offset(struct sc_tz *zone, int64_t instant_ms);

/* What the wall clock shows. */
struct sc_local sc_tz_local(struct sc_tz *zone, int64_t instant_ms);

/* The instant at which it shows that; fields out of range carry over (day 0 is the last
 * of the month before). */
int64_t sc_tz_instant(struct sc_tz *zone, const struct sc_local *local);

/* The same wall clock time so many days or months later (n may be negative). A day that
 * the month does not have becomes its last. */
int64_t sc_tz_add_days(struct sc_tz *zone, int64_t instant_ms, int64_t n);
int64_t sc_tz_add_months(struct sc_tz *zone, int64_t instant_ms, int64_t n);

/* The instant at which the day, ISO week (Monday), month or year of the instant began. */
enum sc_tz_unit { SC_TZ_HOUR, SC_TZ_DAY, SC_TZ_WEEK, SC_TZ_MONTH, SC_TZ_YEAR };
int64_t sc_tz_start_of(struct sc_tz *zone, enum sc_tz_unit unit, int64_t instant_ms);

/* --- ISO 8601 --- */

/* "2026-11-23", "2026-11-23T09:00", "2026-11-23T09:00:00.5+08:00", "…Z"; a space for the
 * T is accepted. */
struct sc_iso_time {
    struct sc_local local;
    bool has_time, has_offset;
    int32_t offset_ms; /* when has_offset */
};

enum sc_code sc_iso_parse(const char *text, struct sc_iso_time *ret_time,
        struct sc_error *err) __attribute__((warn_unused_result));

/* The instant of a time that has an offset. */
int64_t sc_iso_instant(const struct sc_iso_time *time);

/* The instant that text means: its own offset, else the zone's. */
enum sc_code sc_tz_parse(struct sc_tz *zone, const char *text, int64_t *ret_instant_ms,
        struct sc_error *err) __attribute__((warn_unused_result));

/* "2026-11-23T09:00:00+08:00", milliseconds only if there are some. */
enum { SC_ISO_TEXT = 40 };
void sc_tz_format(struct sc_tz *zone, int64_t instant_ms, char ret_text[SC_ISO_TEXT]);

/* "2026-11-23" */
void sc_iso_format_date(const struct sc_local *local, char ret_text[SC_ISO_TEXT]);

/* --- dates alone, no zone --- */

/* Days since 1970-01-01, and back (hour and below become 0). */
int64_t sc_days_of_date(int year, int month, int day);
struct sc_local sc_date_of_days(int64_t days);
int sc_days_in_month(int year, int month);

/* 1 Monday to 7 Sunday. */
int sc_weekday(int year, int month, int day);
