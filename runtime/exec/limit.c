#include "exec/limit.h"

#include <string.h>

#include "codec/tz.h"

enum { HOUR_MS = 3600 * 1000 };

static enum sc_tz_unit unit_of(const char *per)
{
    static const char *const words[] = { "hour", "day", "week", "month" };

    for (unsigned i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (strcmp(words[i], per) == 0)
            return SC_TZ_HOUR + i;
    return SC_TZ_DAY;
}

static int64_t end_of(struct sc_tz *tz, enum sc_tz_unit unit, int64_t from_ms)
{
    if (unit == SC_TZ_HOUR)
        return from_ms + HOUR_MS;
    if (unit == SC_TZ_MONTH)
        return sc_tz_add_months(tz, from_ms, 1);
    return sc_tz_add_days(tz, from_ms, unit == SC_TZ_WEEK ? 7 : 1);
}

void sc_limit_window(const char *per, const char *zone, int64_t now_ms,
        int64_t *ret_from_ms, int64_t *ret_to_ms)
{
    enum sc_tz_unit unit = unit_of(per);
    struct sc_tz *tz = sc_tz_new(zone, NULL);

    if (!tz)
        tz = sc_tz_new("UTC", NULL);
    *ret_from_ms = tz ? sc_tz_start_of(tz, unit, now_ms) : now_ms - now_ms % HOUR_MS;
    *ret_to_ms = tz ? end_of(tz, unit, *ret_from_ms) : *ret_from_ms + HOUR_MS;
    sc_tz_free(tz);
}
