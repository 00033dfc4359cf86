#include "app/when.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/settings.h"
#include "base/mem.h"

enum { MOST = 1000000 };

static const struct {
    const char *word;
    int64_t ms;
} units[] = {
    { "h", 3600000 }, { "hour", 3600000 }, { "hours", 3600000 },       //
    { "d", 86400000 }, { "day", 86400000 }, { "days", 86400000 },      //
    { "w", 604800000 }, { "week", 604800000 }, { "weeks", 604800000 }, //
    { "天", 86400000 }, { "日", 86400000 }, { "周", 604800000 },       //
    { "小时", 3600000 }, { "時間", 3600000 }, { "週間", 604800000 },   //
};

bool sc_when_age(const char *text, int64_t *ret_ms)
{
    char *end;
    long n = strtol(text, &end, 10);

    if (end == text || n < 0 || n > MOST)
        return false;
    end += strspn(end, " ");
    for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
        if (strcmp(units[i].word, end) == 0) {
            *ret_ms = n * units[i].ms;
            return true;
        }
    return false;
}

enum sc_code sc_when_parse(const struct sc_when *when, const char *option,
        const char *text, bool end, int64_t *ret_ms, struct sc_error *err)
{
    struct sc_iso_time time;
    int64_t age_ms;

    *ret_ms = 0;
    if (!text)
        return SC_OK;
    if (sc_when_age(text, &age_ms)) {
        *ret_ms = when->now_ms - age_ms;
        return SC_OK;
    }
    if (sc_iso_parse(text, &time, err) || sc_tz_parse(when->zone, text, ret_ms, err))
        return sc_fail(err, SC_INVALID,
                "--%s is a date such as 2026-11-23, or an age such as 7d, not '%.40s'",
                option, text);
    if (end && !time.has_time)
        *ret_ms = sc_tz_add_days(when->zone, *ret_ms, 1);
    return SC_OK;
}

void sc_when_format(struct sc_tz *zone, int64_t at_ms, char ret_text[SC_WHEN_TEXT])
{
    char text[SC_ISO_TEXT];

    sc_tz_format(zone, at_ms, text);
    snprintf(ret_text, SC_WHEN_TEXT, "%.10s %.5s", text, text + sizeof("2026-11-23"));
}

struct sc_tz *sc_when_zone(void)
{
    char *name = sc_settings_zone();
    struct sc_error err;
    struct sc_tz *zone = sc_tz_new(name, &err);

    free(name);
    if (!zone)
        zone = sc_tz_new("UTC", &err);
    SC_ASSERT(zone != NULL);
    return zone;
}
