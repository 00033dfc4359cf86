#include "builtin/cell_text.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "codec/json_number.h"
#include "codec/tz.h"

bool sc_writing_of(const char *locale, struct sc_writing *ret_writing)
{
    static const char comma[][6] = { "de", "fr", "it", "es", "pt", "nl", "pl", "sv", "da",
        "nb", "fi", "cs", "tr", "ru", "ro", "hu", "bg", "hr", "sk", "sl", "el", "id",
        "vi" };
    static const char point[][6] = { "en", "zh", "ja", "ko", "th", "ms", "hi", "he",
        "ar" };
    static const char exceptions[][6] = { "de-CH", "it-CH", "es-MX", "de-LI" };

    *ret_writing = (struct sc_writing){ 0 };
    if (!locale)
        return true;
    ret_writing->month_first = strcmp(locale, "en-US") == 0;
    ret_writing->day_first = !ret_writing->month_first && strcmp(locale, "en") != 0;
    for (size_t i = 0; i < sizeof(point) / sizeof(*point); i++) {
        if (strncmp(locale, point[i], 2) == 0)
            ret_writing->decimal = '.';
    }
    for (size_t i = 0; i < sizeof(comma) / sizeof(*comma); i++) {
        if (strncmp(locale, comma[i], 2) == 0)
            ret_writing->decimal = ',';
    }
    for (size_t i = 0; i < sizeof(exceptions) / sizeof(*exceptions); i++) {
        if (strcmp(locale, exceptions[i]) == 0)
            ret_writing->decimal = '.';
    }
    return ret_writing->decimal != 0;
}

/* --- one form for all characters --- */

/* The plain ASCII character that this one stands for; ' ' for spaces, '\'' for marks
 * between thousands, '$' for signs of money, 0 for anything else. */
static char plain_of(uint32_t code)
{
    static const uint32_t money[] = { '$', 0xa3, 0xa5, 0x20ac, 0x20a9, 0x20b9, 0x20ba,
        0x20bd, 0x0e3f, 0x5143, 0x5186, 0xffe5, 0xffe1, 0xff04, 0xffe6 };

    if (code >= 0xff01 && code <= 0xff5e && code != 0xff04)
        code -= 0xfee0;
    if (code == 0xa0 || code == 0x202f || code == 0x2009 || code == 0x3000 ||
            code == '\t')
        return ' ';
    if (code == 0x2019)
        return '\'';
    if (code == 0x2212)
        return '-';
    for (size_t i = 0; i < sizeof(money) / sizeof(*money); i++) {
        if (code == money[i])
            return '$';
    }
    return code < 0x7f && code >= ' ' ? (char)code : 0;
}

/* false when it has a character that no number has, or is too long. */
static bool to_plain(const char *text, char *ret_plain, size_t size)
{
    size_t len = strlen(text), used = 0;

    for (size_t at = 0; at < len;) {
        size_t step;
        char c = plain_of(sc_utf8_get(text + at, len - at, &step));

        if (!c || used + 1 == size)
            return false;
        ret_plain[used++] = c;
        at += step;
    }
    ret_plain[used] = '\0';
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Cuts spaces, signs of money and a currency's code (EUR) from both ends. */
static char *trim_money(char *text)
{
    size_t len;

    text += strspn(text, " $");
    if (strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3)
        text += 3;
    text += strspn(text, " $");
    len = strlen(text);
    while (len > 0 && strchr(" $", text[len - 1]))
        len--;
    if (len > 3 && strspn(text + len - 3, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") >= 3)
        len -= 3;
    while (len > 0 && strchr(" $", text[len - 1]))
        len--;
    text[len] = '\0';
    return text;
}

/* --- numbers --- */

static size_t count_of(const char *text, char c)
{
    size_t n = 0;

    for (; *text; text++)
        n += *text == c;
    return n;
}

/* The decimal mark of a text whose writing is unknown; 0: it has none. */
static char guess_decimal(const char *text, bool *ret_doubtful)
{
    const char *point = strrchr(text, '.'), *comma = strrchr(text, ',');
    const char *mark = point ? point : comma;
    size_t before;

    *ret_doubtful = false;
    if (point && comma)
        return point > comma ? '.' : ',';
    if (!mark || count_of(text, *mark) > 1)
        return 0;
    before = (size_t)(mark - text);
    if (before >= 1 && before <= 3 && text[0] != '0' && strlen(mark + 1) == 3)
        *ret_doubtful = true;
    return *mark;
}

/* Copies digits, dropping marks between thousands that stand where they should. */
static bool copy_digits(const char *text, char decimal, char *to, size_t size)
{
    size_t used = 0, run = 0;
    bool grouped = false, fraction = false;

    for (; *text; text++) {
        if (is_digit(*text)) {
            run++;
            to[used++] = *text;
        } else if (*text == decimal && !fraction) {
            if (run == 0 || (grouped && run != 3))
                return false;
            fraction = true;
            to[used++] = '.';
            run = 0;
        } else {
            bool mark = strchr(".,' ", *text) != NULL;

            if (!mark || fraction || run == 0 || run > 3 || (grouped && run != 3))
                return false;
            grouped = true;
            run = 0;
        }
        if (used + 1 >= size)
            return false;
    }
    to[used] = '\0';
    return run > 0 && (fraction || !grouped || run == 3);
}

enum sc_reading sc_cell_number(
        const char *text, const struct sc_writing *writing, char ret_text[SC_NUMBER_TEXT])
{
    char plain[SC_NUMBER_TEXT], digits[SC_NUMBER_TEXT];
    bool negative, doubtful = false;
    char decimal = writing->decimal;
    char *at;
    const char *from = digits;

    if (!to_plain(text, plain, sizeof(plain)))
        return SC_READ_NOT;
    at = trim_money(plain);
    negative = *at == '-';
    at = trim_money(at + (*at == '-' || *at == '+'));
    if (!decimal)
        decimal = guess_decimal(at, &doubtful);
    if (!copy_digits(at, decimal, digits, sizeof(digits) - 1))
        return SC_READ_NOT;
    while (from[0] == '0' && is_digit(from[1]))
        from++;
    snprintf(ret_text, SC_NUMBER_TEXT, "%s%s", negative ? "-" : "", from);
    return doubtful ? SC_READ_DOUBTFUL : SC_READ_OK;
}

bool sc_cell_is_plain_number(const char *text)
{
    const char *digits = *text == '-' ? text + 1 : text;
    bool doubtful;

    if (strpbrk(text, "eE+") || !sc_decimal_valid(text, strlen(text)) ||
            sc_decimal_view(text).count > 15)
        return false;
    guess_decimal(digits, &doubtful);
    return !doubtful;
}

/* --- dates --- */

static bool is_day(int year, int month, int day)
{
    return year >= 1 && month >= 1 && month <= 12 && day >= 1 &&
           day <= sc_days_in_month(year, month);
}

/* What follows the day: nothing, or a time, with seconds, fraction and offset or not. */
static bool is_time(const char *text)
{
    int h, m, s = 0, len = 0;

    if (!*text)
        return true;
    if (*text != 'T' && *text != ' ')
        return false;
    if (sscanf(text + 1, "%2d:%2d%n", &h, &m, &len) != 2 || len != 5 || h < 0 || h > 23 ||
            m < 0 || m > 59)
        return false;
    text += 1 + len;
    if (*text == ':') {
        if (sscanf(text, ":%2d%n", &s, &len) != 1 || len != 3 || s < 0 || s > 60)
            return false;
        text += len;
    }
    if (*text == '.')
        text += 1 + strspn(text + 1, "0123456789");
    if (*text == 'Z')
        text++;
    else if (*text == '+' || *text == '-')
        text += 1 + strspn(text + 1, "0123456789:");
    return !*text;
}

static bool put_date(char *to, int year, int month, int day, const char *time)
{
    if (!is_day(year, month, day) || !is_time(time))
        return false;
    snprintf(to, SC_DATE_TEXT, "%04d-%02d-%02d%s%s", year, month, day, *time ? "T" : "",
            *time ? time + 1 : "");
    return true;
}

/* 31/12/2026 or 12/31/2026. */
static enum sc_reading read_slashes(int a, int b, int year, const char *time,
        const struct sc_writing *writing, char *to)
{
    bool month_first = writing->month_first;

    if (!writing->month_first && !writing->day_first) {
        if (a <= 12 && b <= 12 && a != b)
            return put_date(to, year, b, a, time) ? SC_READ_DOUBTFUL : SC_READ_NOT;
        month_first = b > 12;
    }
    if (month_first)
        return put_date(to, year, a, b, time) ? SC_READ_OK : SC_READ_NOT;
    return put_date(to, year, b, a, time) ? SC_READ_OK : SC_READ_NOT;
}

enum sc_reading sc_cell_date(
        const char *text, const struct sc_writing *writing, char ret_text[SC_DATE_TEXT])
{
    int a, b, c, len = 0;

    while (*text == ' ')
        text++;
    if (strlen(text) > 35)
        return SC_READ_NOT;
    if ((sscanf(text, "%4d-%2d-%2d%n", &a, &b, &c, &len) == 3 && len) ||
            (sscanf(text, "%4d/%2d/%2d%n", &a, &b, &c, &len) == 3 && len) ||
            (sscanf(text, "%4d年%2d月%2d日%n", &a, &b, &c, &len) == 3 && len))
        return put_date(ret_text, a, b, c, text + len) ? SC_READ_OK : SC_READ_NOT;
    if (sscanf(text, "%2d.%2d.%4d%n", &a, &b, &c, &len) == 3 && len && c > 999)
        return put_date(ret_text, c, b, a, text + len) ? SC_READ_OK : SC_READ_NOT;
    if (sscanf(text, "%2d/%2d/%4d%n", &a, &b, &c, &len) == 3 && len && c > 999)
        return read_slashes(a, b, c, text + len, writing, ret_text);
    return SC_READ_NOT;
}
