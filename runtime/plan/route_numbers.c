#include "plan/route_numbers.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/tz.h"

struct date {
    int year, month, day;
};

static bool is_latin(char ch)
{
    return isalnum((unsigned char)ch) || ch == '_';
}

static size_t prefix(const char *text, const char *word)
{
    size_t len = strlen(word);

    return strncmp(text, word, len) == 0 ? len : 0;
}

/* --- dates --- */

static bool exists(const struct date *date)
{
    return date->year >= 1970 && date->year <= 9999 && date->month >= 1 &&
           date->month <= 12 && date->day >= 1 &&
           date->day <= sc_days_in_month(date->year, date->month);
}

/* A number of at most max digits. */
static size_t read_int(const char *text, size_t max, int *ret_value)
{
    size_t digits = strspn(text, "0123456789");

    if (digits < 1 || digits > max)
        return 0;
    *ret_value = (int)strtol(text, NULL, 10);
    return digits;
}

/* Numbers, each followed by its text; the length read. */
static size_t read_parts(
        const char *text, const char *const *after, size_t count, int *const *ret_parts)
{
    const char *at = text;

    for (size_t i = 0; i < count; i++) {
        size_t digits = read_int(at, 4, ret_parts[i]), len = strlen(after[i]);

        if (!digits || strncmp(at + digits, after[i], len) != 0)
            return 0;
        at += digits + len;
    }
    return (size_t)(at - text);
}

static size_t read_iso(const char *text, struct date *ret)
{
    static const char *const forms[][3] = { { "-", "-", "" }, { "/", "/", "" },
        { "年", "月", "日" }, { "年", "月", "号" } };
    int *const parts[] = { &ret->year, &ret->month, &ret->day };

    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
        size_t len = read_parts(text, forms[i], 3, parts);

        if (len)
            return len;
    }
    return 0;
}

/* 11月27日 */
static size_t read_month_day(const char *text, struct date *ret)
{
    static const char *const forms[][2] = { { "月", "日" }, { "月", "号" } };
    int *const parts[] = { &ret->month, &ret->day };
    size_t len = read_parts(text, forms[0], 2, parts);

    return len ? len : read_parts(text, forms[1], 2, parts);
}

/* "nov" or "november", as a whole word. */
static size_t read_month(const char *text, int *ret_month)
{
    static const char *const months[] = { "january", "february", "march", "april", "may",
        "june", "july", "august", "september", "october", "november", "december" };
    size_t len = 0;

    while (text[len] >= 'a' && text[len] <= 'z')
        len++;
    for (int i = 0; i < 12; i++) {
        if (len >= 3 && len <= strlen(months[i]) && !is_latin(text[len]) &&
                strncmp(text, months[i], len) == 0) {
            *ret_month = i + 1;
            return len + (text[len] == '.');
        }
    }
    return 0;
}

/* ", 2026" or " 2026", if it stands there. */
static size_t read_year(const char *text, int *ret_year)
{
    size_t skip = strspn(text, ", "), digits = strspn(text + skip, "0123456789");

    if (!skip || digits != 4)
        return 0;
    return skip + read_int(text + skip, 4, ret_year);
}

/* 27 Nov 2026, Nov 27, 27th of November */
static size_t read_written(const char *text, struct date *ret)
{
    static const char *const endings[] = { "st", "nd", "rd", "th" };
    size_t month = read_month(text, &ret->month), at, digits;

    at = month ? month + strspn(text + month, " ") : 0;
    digits = read_int(text + at, 2, &ret->day);
    if (!digits)
        return 0;
    at += digits;
    for (size_t i = 0; i < 4; i++) {
        if (prefix(text + at, endings[i])) {
            at += 2;
            break;
        }
    }
    if (!month) {
        at += prefix(text + at, ".");
        at += strspn(text + at, " ");
        at += prefix(text + at, "of ");
        month = read_month(text + at, &ret->month);
        if (!month)
            return 0;
        at += month;
    }
    if (is_latin(text[at]))
        return 0;
    return at + read_year(text + at, &ret->year);
}

static void shift(struct date *date, int days)
{
    int64_t day = sc_days_of_date(date->year, date->month, date->day) + days;
    struct sc_local local = sc_date_of_days(day);

    *date = (struct date){ local.year, local.month, local.day };
}

static size_t read_day_word(const char *text, struct date *date)
{
    static const struct {
        const char *word;
        int days;
    } words[] = { { "day after tomorrow", 2 }, { "后天", 2 }, { "明後日", 2 },
        { "あさって", 2 }, { "tomorrow", 1 }, { "明天", 1 }, { "明日", 1 },
        { "today", 0 }, { "今天", 0 }, { "今日", 0 }, { "yesterday", -1 }, { "昨天", -1 },
        { "昨日", -1 } };

    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        size_t len = prefix(text, words[i].word);

        if (len && !(is_latin(text[len - 1]) && is_latin(text[len]))) {
            shift(date, words[i].days);
            return len;
        }
    }
    return 0;
}

size_t sc_route_date(const char *text, const char *today, char ret_date[SC_ROUTE_DATE])
{
    typedef size_t form_fn(const char *at, struct date *ret);
    static form_fn *const forms[] = { read_iso, read_month_day, read_written,
        read_day_word };
    struct date now = { 0 };
    bool known = today && read_iso(today, &now) && exists(&now);

    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
        struct date date = now;
        size_t len = i == 0 || known ? forms[i](text, &date) : 0;

        if (len && exists(&date)) {
            snprintf(ret_date, SC_ROUTE_DATE, "%04d-%02d-%02d", date.year, date.month,
                    date.day);
            return len;
        }
    }
    return 0;
}

/* --- numbers --- */

/* Length of a percent sign or word at text; a space may stand before it. */
static size_t percent_at(const char *text)
{
    static const char *const signs[] = { "%", "percent", "per cent", "パーセント" };
    size_t space = *text == ' ';

    for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++) {
        if (prefix(text + space, signs[i]))
            return space + strlen(signs[i]);
    }
    return 0;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Does a comma here stand before three digits and no more? */
static bool groups(const char *text)
{
    return text[0] == ',' && is_digit(text[1]) && is_digit(text[2]) &&
           is_digit(text[3]) && !is_digit(text[4]);
}

/* Digits with an optional fraction; "1,200" is 1200, "1,2" ends before the comma, and
 * ".5" is 0.5. */
static size_t read_digits(const char *text, char ret_number[SC_ROUTE_NUMBER])
{
    size_t n = 0, i = 0;

    if (text[0] == '.' && is_digit(text[1]))
        ret_number[n++] = '0';
    for (; n < 30; i++) {
        if (is_digit(text[i])) {
            if (n == 1 && ret_number[0] == '0')
                n = 0; /* 007 */
            ret_number[n++] = text[i];
        } else if (n && text[i] == '.' && is_digit(text[i + 1]) &&
                   !memchr(ret_number, '.', n)) {
            ret_number[n++] = '.';
        } else if (!n || !groups(text + i)) {
            break;
        }
    }
    ret_number[n] = '\0';
    return n ? i : 0;
}

/* 一 to 九 (1 to 9), 十 百 千 万 (their size); 0 for anything else. */
static int64_t numeral(const char *text)
{
    static const struct {
        const char *sign;
        int64_t value;
    } signs[] = { { "一", 1 }, { "二", 2 }, { "两", 2 }, { "三", 3 }, { "四", 4 },
        { "五", 5 }, { "六", 6 }, { "七", 7 }, { "八", 8 }, { "九", 9 }, { "十", 10 },
        { "百", 100 }, { "千", 1000 }, { "万", 10000 } };

    for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++) {
        if (prefix(text, signs[i].sign))
            return signs[i].value;
    }
    return 0;
}

enum { NUMERAL_LEN = 3, MAX_NUMERALS = 9 };

/* 三十五, 二百, 一万二千; single signs are parts of words, unless one is wanted. */
static size_t read_numerals(
        const char *text, bool single, char ret_number[SC_ROUTE_NUMBER])
{
    int64_t total = 0, section = 0, digit = 0, value;
    size_t count = 0;

    for (; (value = numeral(text + count * NUMERAL_LEN)) && count < MAX_NUMERALS;
            count++) {
        if (value < 10) {
            digit = value;
        } else if (value == 10000) {
            total += (section + digit) * value;
            section = digit = 0;
        } else {
            section += (digit || value != 10 ? digit : 1) * value;
            digit = 0;
        }
    }
    if (!count || (count == 1 && !single))
        return 0;
    total += section + digit;
    snprintf(ret_number, SC_ROUTE_NUMBER, "%" PRId64, total);
    return count * NUMERAL_LEN;
}

/* 1.5万 is 15000: the point moves, so that no digit is lost. */
static size_t read_scale(const char *text, char number[SC_ROUTE_NUMBER])
{
    size_t zeros = prefix(text, "万") ? 4 : prefix(text, "千") ? 3 : 0;
    char *point = strchr(number, '.');
    size_t fraction = point ? strlen(point + 1) : 0, len, first = 0;

    if (!zeros)
        return 0;
    if (point)
        memmove(point, point + 1, fraction + 1);
    for (len = strlen(number); fraction < zeros && len + 2 < SC_ROUTE_NUMBER;
            fraction++) {
        number[len++] = '0';
        number[len] = '\0';
    }
    if (fraction > zeros) {
        point = number + len - (fraction - zeros);
        memmove(point + 1, point, fraction - zeros + 1);
        *point = '.';
    }
    while (number[first] == '0' && is_digit(number[first + 1]))
        first++;
    memmove(number, number + first, strlen(number + first) + 1);
    return NUMERAL_LEN;
}

/* Tenths, as a share is told in Chinese and Japanese: 三成 and 3割 are 30 %, 三成半 35 %.
 */
static size_t read_tenths(const char *text, char ret_number[SC_ROUTE_NUMBER])
{
    int64_t tenths = is_digit(*text) ? *text - '0' : numeral(text);
    size_t len = is_digit(*text) ? 1 : NUMERAL_LEN, half;

    if (tenths < 1 || tenths > 9 ||
            !(prefix(text + len, "成") || prefix(text + len, "割")))
        return 0;
    len += NUMERAL_LEN;
    half = prefix(text + len, "半");
    snprintf(ret_number, SC_ROUTE_NUMBER, "%d", (int)tenths * 10 + (half ? 5 : 0));
    return len + half;
}

size_t sc_route_number(
        const char *text, char ret_number[SC_ROUTE_NUMBER], bool *ret_percent)
{
    size_t before = prefix(text, "百分之"), len, sign;
    char number[SC_ROUTE_NUMBER] = "";

    len = read_tenths(text, ret_number);
    if (len) {
        *ret_percent = true;
        return len;
    }
    len = read_digits(text + before, number);
    if (!len)
        len = read_numerals(text + before, before > 0, number);
    if (!len)
        return 0;
    len += before;
    len += read_scale(text + len, number);
    sign = before ? 0 : percent_at(text + len);
    memcpy(ret_number, number, sizeof(number));
    *ret_percent = before || sign;
    return len + sign;
}
