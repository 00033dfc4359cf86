#include "exec/limit.h"

#include <string.h>

enum { HOUR_MS = 3600 * 1000, DAY_MS = 24 * HOUR_MS };

static int64_t floor_to(int64_t value, int64_t unit)
{
    int64_t rest = value % unit;

    return value - (rest < 0 ? rest + unit : rest);
}

/* Days since 1970-01-01 of the first of a month, counted from year 0. */
static int64_t days_of_month(int64_t year, int64_t month)
{
    int64_t y = year - (month <= 2), era = (y >= 0 ? y : y - 399) / 400,
            yoe = y - era * 400;
    int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5;

    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static void month_of(int64_t days, int64_t *ret_year, int64_t *ret_month)
{
    int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097,
            doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;

    *ret_month = mp < 10 ? mp + 3 : mp - 9;
    *ret_year = yoe + era * 400 + (*ret_month <= 2);
}

void sc_limit_window(const char *per, const char *zone, int64_t now_ms,
        int64_t *ret_from_ms, int64_t *ret_to_ms)
{
    int64_t day = floor_to(now_ms, DAY_MS), year, month;

    (void)zone;
    if (strcmp(per, "hour") == 0) {
        *ret_from_ms = floor_to(now_ms, HOUR_MS);
        *ret_to_ms = *ret_from_ms + HOUR_MS;
    } else if (strcmp(per, "week") == 0) {
        /* 1970-01-01 was a Thursday. */
        *ret_from_ms = floor_to(day + 3LL * DAY_MS, 7LL * DAY_MS) - 3LL * DAY_MS;
        *ret_to_ms = *ret_from_ms + 7LL * DAY_MS;
    } else if (strcmp(per, "month") == 0) {
        month_of(day / DAY_MS, &year, &month);
        *ret_from_ms = days_of_month(year, month) * DAY_MS;
        *ret_to_ms =
                days_of_month(month == 12 ? year + 1 : year, month % 12 + 1) * DAY_MS;
    } else {
        *ret_from_ms = day;
        *ret_to_ms = day + DAY_MS;
    }
}
