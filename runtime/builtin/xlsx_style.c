#include "builtin/xlsx_style.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "builtin/measure.h"
#include "codec/cell_text.h"
#include "codec/tz.h"

enum sc_number_style sc_style_of_id(long id)
{
    if (id >= 18 && id <= 21)
        return SC_STYLE_TIME;
    /* 27 to 36 and 50 to 58 are dates of East Asian Excels; of 45 to 47, 46 is a
     * duration. */
    if ((id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 31) || id == 36 ||
            (id >= 50 && id <= 54) || id == 57 || id == 58)
        return SC_STYLE_DATE;
    if (id == 32 || id == 33 || id == 45 || id == 47 || id == 55 || id == 56)
        return SC_STYLE_TIME;
    return SC_STYLE_NUMBER;
}

/* Past what stands there literally; *ret_elapsed for [h] and the like. */
static const char *skip_literal(const char *at, bool *ret_elapsed)
{
    const char *end;

    switch (*at) {
    case '"':
        end = strchr(at + 1, '"');
        return end ? end + 1 : at + strlen(at);
    case '[':
        if (strchr("hHmMsS", at[1]) && at[1])
            *ret_elapsed = true;
        end = strchr(at, ']');
        return end ? end + 1 : at + strlen(at);
    case '\\':
    case '_':
    case '*':
        return at[1] ? at + 2 : at + 1;
    default:
        return at;
    }
}

enum sc_number_style sc_style_of_format(const char *format)
{
    bool day = false, minute_or_month = false, time = false, elapsed = false;

    if (strncmp(format, "General", 7) == 0)
        return SC_STYLE_NUMBER;
    while (*format && *format != ';') {
        const char *after = skip_literal(format, &elapsed);

        if (after != format) {
            format = after;
            continue;
        }
        if (strncmp(format, "AM/PM", 5) == 0) {
            time = true;
            format += 5;
            continue;
        }
        day = day || strchr("dDyY", *format);
        time = time || strchr("hHsS", *format);
        minute_or_month = minute_or_month || strchr("mM", *format);
        format++;
    }
    if (elapsed)
        return SC_STYLE_NUMBER;
    if (day || (minute_or_month && !time))
        return SC_STYLE_DATE;
    return time ? SC_STYLE_TIME : SC_STYLE_NUMBER;
}

void sc_style_unit_of_id(long id, char ret_unit[SC_UNIT_TEXT])
{
    snprintf(ret_unit, SC_UNIT_TEXT, "%s", id == 9 || id == 10 ? "%" : "");
}

/* Is this a currency, or does it hold a sign of one ("US$", "￥")? */
static bool take_currency(const char *text, size_t len, char ret_unit[SC_UNIT_TEXT])
{
    for (size_t at = 0, step; at < len; at += step) {
        size_t word = strspn(text + at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        char part[SC_UNIT_TEXT];

        (void)sc_utf8_get(text + at, len - at, &step);
        step = word && word <= len - at ? word : step;
        snprintf(part, sizeof(part), "%.*s", (int)step, text + at);
        if (step < sizeof(part) && sc_cell_is_currency(part)) {
            memcpy(ret_unit, part, sizeof(part));
            return true;
        }
    }
    return false;
}

static bool take_unit(const char *text, size_t len, char ret_unit[SC_UNIT_TEXT])
{
    while (len > 0 && *text == ' ') {
        text++;
        len--;
    }
    while (len > 0 && text[len - 1] == ' ')
        len--;
    if (len < SC_UNIT_TEXT && sc_measure_is_weight(text, len)) {
        snprintf(ret_unit, SC_UNIT_TEXT, "%.*s", (int)len, text);
        return true;
    }
    return take_currency(text, len, ret_unit);
}

/* "[$€-407]" shows €, "[$-409]" only names a language, "[Red]" a colour. */
static bool take_bracket(const char *at, size_t len, char ret_unit[SC_UNIT_TEXT])
{
    size_t shown = len > 2 && at[1] == '$' ? strcspn(at + 2, "-]") : 0;

    return shown > 0 && take_unit(at + 2, shown, ret_unit);
}

/* A sign that stands alone or behind a backslash; *ret_after is past it. */
static bool take_sign(const char *at, char ret_unit[SC_UNIT_TEXT], const char **ret_after)
{
    const char *sign = at + (*at == '\\');
    size_t step = 0;

    (void)sc_utf8_get(sign, strlen(sign), &step);
    *ret_after = *sign ? sign + step : sign;
    if (!*sign || (*sign != '%' && !take_currency(sign, step, ret_unit)))
        return false;
    snprintf(ret_unit, SC_UNIT_TEXT, "%.*s", (int)step, sign);
    return true;
}

void sc_style_unit_of_format(const char *format, char ret_unit[SC_UNIT_TEXT])
{
    bool elapsed = false, found = false;

    ret_unit[0] = '\0';
    while (*format && *format != ';' && !found) {
        const char *after = skip_literal(format, &elapsed);
        size_t len = (size_t)(after - format);

        if (*format == '"')
            found = len > 2 && take_unit(format + 1, len - 2, ret_unit);
        else if (*format == '[')
            found = take_bracket(format, len, ret_unit);
        else if (*format == '\\' || len == 0)
            found = take_sign(format, ret_unit, &after);
        format = after;
    }
}

bool sc_style_date(double serial, enum sc_number_style style, bool from_1904,
        char ret_text[SC_SERIAL_TEXT])
{
    enum { EPOCH_1900 = 25569, EPOCH_1904 = 24107, DAY = 86400, LAST = 2958465 };
    double day;
    long seconds;
    struct sc_local date;

    if (!(serial >= 0 && serial < LAST + 1))
        return false;
    day = floor(serial);
    seconds = lround((serial - day) * DAY);
    if (seconds == DAY) {
        seconds = 0;
        day += 1;
    }
    if (style == SC_STYLE_TIME && day < 1) {
        snprintf(ret_text, SC_SERIAL_TEXT, "%02ld:%02ld:%02ld", seconds / 3600 % 24,
                seconds / 60 % 60, seconds % 60);
        return true;
    }
    /* The 1900 calendar has a 29 February that never was: its days before are one off. */
    if (!from_1904 && day < 60)
        day += 1;
    date = sc_date_of_days((int64_t)day - (from_1904 ? EPOCH_1904 : EPOCH_1900));
    if (seconds == 0)
        snprintf(ret_text, SC_SERIAL_TEXT, "%04d-%02d-%02d", date.year % 10000,
                date.month, date.day);
    else
        snprintf(ret_text, SC_SERIAL_TEXT, "%04d-%02d-%02dT%02ld:%02ld:%02ld",
                date.year % 10000, date.month, date.day, seconds / 3600 % 24,
                seconds / 60 % 60, seconds % 60);
    return true;
}
