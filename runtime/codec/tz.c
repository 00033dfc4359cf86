#include "codec/tz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unicode/ucal.h>
#include <unicode/ustring.h>

#include "base/mem.h"

enum {
    SECOND_MS = 1000,
    MINUTE_MS = 60 * SECOND_MS,
    HOUR_MS = 60 * MINUTE_MS,
    DAY_MS = 24 * HOUR_MS,
    NAME_UNITS = 64
};

struct sc_tz {
    UCalendar *calendar; /* ICU's handle for the rules of a zone */
};

/* --- dates alone (proleptic Gregorian; years begin in March so that a leap day is the
 * last day of one) --- */

enum { DAYS_OF_ERA = 146097, EPOCH_FROM_ERA = 719468 }; /* 400 years; 0000-03-01 */

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

int64_t sc_days_of_date(int year, int month, int day)
{
    int64_t months = (int64_t)year * 12 + month - 1;
    int64_t y = floor_div(months, 12), m = months - y * 12 + 1, era;
    int64_t of_year, year_of_era;

    y -= m <= 2;
    era = floor_div(y, 400);
    year_of_era = y - era * 400;
    of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5;
    return era * DAYS_OF_ERA + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
           of_year + day - 1 - EPOCH_FROM_ERA;
}

struct sc_local sc_date_of_days(int64_t days)
{
    int64_t z = days + EPOCH_FROM_ERA, era = floor_div(z, DAYS_OF_ERA);
    int64_t day = z - era * DAYS_OF_ERA; /* of the era */
    int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    int64_t of_year = day - (365 * year + year / 4 - year / 100);
    int64_t m = (5 * of_year + 2) / 153; /* from March */
    struct sc_local date = { 0 };

    date.day = (int)(of_year - (153 * m + 2) / 5 + 1);
    date.month = (int)(m < 10 ? m + 3 : m - 9);
    date.year = (int)(year + era * 400 + (date.month <= 2));
    return date;
}

int sc_days_in_month(int year, int month)
{
    return (int)(sc_days_of_date(year, month + 1, 1) - sc_days_of_date(year, month, 1));
}

int sc_weekday(int year, int month, int day)
{
    int64_t days = sc_days_of_date(year, month, day) + 3; /* 1970-01-01: Thursday */

    return (int)(days - floor_div(days, 7) * 7) + 1;
}

/* The wall clock as if it were UTC. */
static int64_t wall_of_local(const struct sc_local *local)
{
    return sc_days_of_date(local->year, local->month, local->day) * DAY_MS +
           (int64_t)local->hour * HOUR_MS + (int64_t)local->minute * MINUTE_MS +
           (int64_t)local->second * SECOND_MS + local->ms;
}

static struct sc_local local_of_wall(int64_t wall_ms)
{
    int64_t days = floor_div(wall_ms, DAY_MS);
    struct sc_local local = sc_date_of_days(days);
    int rest = (int)(wall_ms - days * DAY_MS);

    local.hour = rest / HOUR_MS;
    local.minute = rest / MINUTE_MS % 60;
    local.second = rest / SECOND_MS % 60;
    local.ms = rest % SECOND_MS;
    return local;
}

/* --- zones --- */

/* ICU takes an unknown name for GMT, so ask first. */
static bool is_known(const UChar *name)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar canonical[NAME_UNITS];
    UBool is_system = false;

    ucal_getCanonicalTimeZoneID(name, -1, canonical, NAME_UNITS, &is_system, &status);
    return U_SUCCESS(status) && is_system;
}

struct sc_tz *sc_tz_new(const char *name, struct sc_error *err)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar wide_name[NAME_UNITS];
    UCalendar *calendar;
    struct sc_tz *zone;

    u_strFromUTF8(wide_name, NAME_UNITS, NULL, name, -1, &status);
    if (U_FAILURE(status) || status == U_STRING_NOT_TERMINATED_WARNING ||
            !is_known(wide_name)) {
        sc_fail(err, SC_INVALID, "'%.60s' is not a time zone such as Asia/Shanghai",
                name);
        return NULL;
    }
    calendar = ucal_open(wide_name, -1, "en", UCAL_GREGORIAN, &status);
    if (U_FAILURE(status)) {
        sc_fail(err, SC_INTERNAL, "time zone '%.60s': %s", name, u_errorName(status));
        return NULL;
    }
    zone = sc_new(struct sc_tz);
    zone->calendar = calendar;
    return zone;
}

void sc_tz_free(struct sc_tz *zone)
{
    if (!zone)
        return;
    ucal_close(zone->calendar);
    free(zone);
}

int32_t sc_tz_offset(struct sc_tz *zone, int64_t instant_ms)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t offset;

    ucal_setMillis(zone->calendar, (double)instant_ms, &status);
    offset = ucal_get(zone->calendar, UCAL_ZONE_OFFSET, &status) +
             ucal_get(zone->calendar, UCAL_DST_OFFSET, &status);
    SC_ASSERT(U_SUCCESS(status));
    return offset;
}

struct sc_local sc_tz_local(struct sc_tz *zone, int64_t instant_ms)
{
    return local_of_wall(instant_ms + sc_tz_offset(zone, instant_ms));
}

/* The offset before a change decides: in a gap that is the shorter way east, which puts
 * the instant after it by what was skipped; where a time comes twice, it is the first. */
static int64_t instant_of_wall(struct sc_tz *zone, int64_t wall_ms)
{
    int32_t before = sc_tz_offset(zone, wall_ms - DAY_MS);
    int32_t after = sc_tz_offset(zone, wall_ms + DAY_MS);
    int64_t early = wall_ms - before, late = wall_ms - after;

    if (before == after || sc_tz_offset(zone, early) == before)
        return early;
    return sc_tz_offset(zone, late) == after ? late : early;
}

int64_t sc_tz_instant(struct sc_tz *zone, const struct sc_local *local)
{
    return instant_of_wall(zone, wall_of_local(local));
}

int64_t sc_tz_add_days(struct sc_tz *zone, int64_t instant_ms, int64_t n)
{
    struct sc_local local = sc_tz_local(zone, instant_ms);

    return instant_of_wall(zone, wall_of_local(&local) + n * DAY_MS);
}

int64_t sc_tz_add_months(struct sc_tz *zone, int64_t instant_ms, int64_t n)
{
    struct sc_local local = sc_tz_local(zone, instant_ms);
    int64_t months = (int64_t)local.year * 12 + local.month - 1 + n;
    int most;

    local.year = (int)floor_div(months, 12);
    local.month = (int)(months - (int64_t)local.year * 12) + 1;
    most = sc_days_in_month(local.year, local.month);
    if (local.day > most)
        local.day = most;
    return sc_tz_instant(zone, &local);
}

int64_t sc_tz_start_of(struct sc_tz *zone, enum sc_tz_unit unit, int64_t instant_ms)
{
    struct sc_local local = sc_tz_local(zone, instant_ms);

    if (unit == SC_TZ_HOUR)
        return instant_ms - ((int64_t)local.minute * MINUTE_MS +
                                    (int64_t)local.second * SECOND_MS + local.ms);
    if (unit == SC_TZ_WEEK)
        local.day -= sc_weekday(local.year, local.month, local.day) - 1;
    if (unit == SC_TZ_MONTH || unit == SC_TZ_YEAR)
        local.day = 1;
    if (unit == SC_TZ_YEAR)
        local.month = 1;
    local.hour = local.minute = local.second = local.ms = 0;
    return sc_tz_instant(zone, &local);
}

/* --- ISO 8601 --- */

/* Takes exactly count digits; false if they are not there or the value is out of range.
 */
static bool take_number(const char **at, int count, int least, int most, int *ret_value)
{
    int value = 0;

    for (int i = 0; i < count; i++) {
        if (**at < '0' || **at > '9')
            return false;
        value = value * 10 + (*(*at)++ - '0');
    }
    *ret_value = value;
    return value >= least && value <= most;
}

static bool take(const char **at, char c)
{
    if (**at != c)
        return false;
    (*at)++;
    return true;
}

static bool take_date(const char **at, struct sc_local *local)
{
    return take_number(at, 4, 1, 9999, &local->year) && take(at, '-') &&
           take_number(at, 2, 1, 12, &local->month) && take(at, '-') &&
           take_number(
                   at, 2, 1, sc_days_in_month(local->year, local->month), &local->day);
}

/* Digits after the point; those beyond milliseconds are dropped. */
static bool take_fraction(const char **at, int *ret_ms)
{
    int ms = 0, digits = 0;

    for (; **at >= '0' && **at <= '9'; (*at)++) {
        if (digits++ < 3)
            ms = ms * 10 + (**at - '0');
    }
    for (int i = digits; i < 3; i++)
        ms *= 10;
    *ret_ms = ms;
    return digits > 0;
}

static bool take_time(const char **at, struct sc_local *local)
{
    if (!take_number(at, 2, 0, 23, &local->hour) || !take(at, ':') ||
            !take_number(at, 2, 0, 59, &local->minute))
        return false;
    if (!take(at, ':'))
        return true;
    if (!take_number(at, 2, 0, 59, &local->second))
        return false;
    return !take(at, '.') || take_fraction(at, &local->ms);
}

/* "Z", "+08:00", "+0800" */
static bool take_offset(const char **at, int32_t *ret_offset_ms)
{
    int sign = **at == '-' ? -1 : 1, hours = 0, minutes = 0;

    *ret_offset_ms = 0;
    if (take(at, 'Z') || take(at, 'z'))
        return true;
    if (!take(at, '+') && !take(at, '-'))
        return false;
    if (!take_number(at, 2, 0, 18, &hours))
        return false;
    (void)take(at, ':');
    if (!take_number(at, 2, 0, 59, &minutes))
        return false;
    *ret_offset_ms = sign * (hours * HOUR_MS + minutes * MINUTE_MS);
    return true;
}

static bool parse_iso(const char *at, struct sc_iso_time *time)
{
    if (!take_date(&at, &time->local))
        return false;
    if (!*at)
        return true;
    if (!take(&at, 'T') && !take(&at, 't') && !take(&at, ' '))
        return false;
    if (!take_time(&at, &time->local))
        return false;
    time->has_time = true;
    if (!*at)
        return true;
    time->has_offset = true;
    return take_offset(&at, &time->offset_ms) && !*at;
}

enum sc_code sc_iso_parse(
        const char *text, struct sc_iso_time *ret_time, struct sc_error *err)
{
    struct sc_iso_time time = { 0 };

    if (!parse_iso(text, &time))
        return sc_fail(err, SC_INVALID,
                "'%.60s' is not a date such as 2026-11-23 or 2026-11-23T09:00:00+08:00",
                text);
    *ret_time = time;
    return SC_OK;
}

int64_t sc_iso_instant(const struct sc_iso_time *time)
{
    SC_ASSERT(time->has_offset);
    return wall_of_local(&time->local) - time->offset_ms;
}

enum sc_code sc_tz_parse(struct sc_tz *zone, const char *text, int64_t *ret_instant_ms,
        struct sc_error *err)
{
    struct sc_iso_time time = { 0 };
    enum sc_code code = sc_iso_parse(text, &time, err);

    if (code)
        return code;
    *ret_instant_ms =
            time.has_offset ? sc_iso_instant(&time) : sc_tz_instant(zone, &time.local);
    return SC_OK;
}

void sc_tz_format(struct sc_tz *zone, int64_t instant_ms, char ret_text[SC_ISO_TEXT])
{
    int32_t offset = sc_tz_offset(zone, instant_ms);
    struct sc_local local = local_of_wall(instant_ms + offset);
    int minutes = abs(offset) / MINUTE_MS;
    char ms[8] = "";

    if (local.ms)
        snprintf(ms, sizeof(ms), ".%03d", local.ms);
    snprintf(ret_text, SC_ISO_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d%s%c%02d:%02d",
            local.year, local.month, local.day, local.hour, local.minute, local.second,
            ms, offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

void sc_iso_format_date(const struct sc_local *local, char ret_text[SC_ISO_TEXT])
{
    snprintf(ret_text, SC_ISO_TEXT, "%04d-%02d-%02d", local->year, local->month,
            local->day);
}
