#include "codec/cell_text.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "codec/json_number.h"
#include "codec/money.h"
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
        code -= 0xfee0U;
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
    if (code < 0x20 || code >= 0x7f)
        return '\0';
    return (char)code;
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

/* --- currencies --- */

static const struct money_sign {
    uint32_t code;
    const char *currencies;
} money_signs[] = {
    { '$', "USD CAD AUD NZD SGD HKD TWD MXN CLP COP ARS" },
    { 0xff04, "USD CAD AUD NZD SGD HKD TWD MXN CLP COP ARS" },
    { 0xa3, "GBP EGP" },
    { 0xffe1, "GBP EGP" },
    { 0xa5, "CNY JPY" },
    { 0xffe5, "CNY JPY" },
    { 0x5143, "CNY TWD HKD" },
    { 0x5186, "JPY" },
    { 0x20ac, "EUR" },
    { 0x20a9, "KRW" },
    { 0xffe6, "KRW" },
    { 0x20b9, "INR" },
    { 0x20ba, "TRY" },
    { 0x20bd, "RUB" },
    { 0x0e3f, "THB" },
};

static const struct money_name {
    const char *name, *currency;
} money_names[] = {
    { "人民币", "CNY" },
    { "人民幣", "CNY" },
    { "人民元", "CNY" },
    { "美元", "USD" },
    { "美金", "USD" },
    { "米ドル", "USD" },
    { "欧元", "EUR" },
    { "ユーロ", "EUR" },
    { "日元", "JPY" },
    { "日本円", "JPY" },
    { "英镑", "GBP" },
    { "ポンド", "GBP" },
    { "港币", "HKD" },
    { "港元", "HKD" },
    { "韩元", "KRW" },
    { "ウォン", "KRW" },
};

/* The name of a currency that begins here, or NULL. */
static const struct money_name *name_at(const char *text)
{
    for (size_t i = 0; i < sizeof(money_names) / sizeof(*money_names); i++) {
        if (strncmp(text, money_names[i].name, strlen(money_names[i].name)) == 0)
            return &money_names[i];
    }
    return NULL;
}

static bool sign_fits(uint32_t code, const char *currency)
{
    for (size_t i = 0; i < sizeof(money_signs) / sizeof(*money_signs); i++) {
        if (money_signs[i].code == code)
            return strstr(money_signs[i].currencies, currency) != NULL;
    }
    return true;
}

/* A word of three letters is a currency only where there is one of that name: SKU is
 * none. */
static bool word_fits(const char *word, size_t len, const char *currency)
{
    char code[4] = "";

    if (len != 3)
        return true;
    memcpy(code, word, 3);
    if (strcmp(code, "RMB") == 0)
        return strcmp(currency, "CNY") == 0;
    return sc_money_digits(code) < 0 || strcmp(code, currency) == 0;
}

bool sc_cell_is_currency(const char *text)
{
    size_t len = strlen(text), step;
    uint32_t sign = sc_utf8_get(text, len, &step);
    char code[4] = "";

    for (size_t i = 0; i < sizeof(money_signs) / sizeof(*money_signs); i++)
        if (len == step && money_signs[i].code == sign)
            return true;
    if (name_at(text))
        return strlen(name_at(text)->name) == len;
    if (len != 3)
        return false;
    for (size_t i = 0; i < 3; i++)
        code[i] =
                (char)(text[i] >= 'a' && text[i] <= 'z' ? text[i] - 'a' + 'A' : text[i]);
    return strcmp(code, "RMB") == 0 || sc_money_digits(code) >= 0;
}

bool sc_cell_fits_currency(const char *text, const char *currency)
{
    size_t len = strlen(text);

    for (size_t at = 0; at < len;) {
        size_t word = strspn(text + at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), step = word;
        const struct money_name *name = name_at(text + at);

        if (name) {
            if (strcmp(name->currency, currency) != 0)
                return false;
            at += strlen(name->name);
            continue;
        }
        if (word ? !word_fits(text + at, word, currency)
                 : !sign_fits(sc_utf8_get(text + at, len - at, &step), currency))
            return false;
        at += step;
    }
    return true;
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

char sc_cell_decimal_mark(const char *text)
{
    const struct sc_writing unknown = { 0 };
    char number[SC_NUMBER_TEXT], plain[SC_NUMBER_TEXT - 1];
    bool doubtful;

    if (sc_cell_number(text, &unknown, number) != SC_READ_OK ||
            !to_plain(text, plain, sizeof(plain)))
        return '\0';
    return guess_decimal(trim_money(plain), &doubtful);
}

void sc_cell_fold(const char *text, char *ret_text, size_t size)
{
    size_t len = strlen(text), used = 0;

    for (size_t at = 0; at < len && used + 4 < size;) {
        size_t step;
        uint32_t code = sc_utf8_get(text + at, len - at, &step);

        at += step;
        if (code >= 0xff01 && code <= 0xff5e)
            code -= 0xfee0;
        if (code >= 'A' && code <= 'Z')
            code += 'a' - 'A';
        if (code == 0x3000 || code == 0xa0)
            code = ' ';
        used += sc_utf8_put(code, ret_text + used);
    }
    while (used > 0 && ret_text[used - 1] == ' ')
        used--;
    ret_text[used] = '\0';
}

/* Digits on their way from a text to a number. */
struct digits {
    char *to;
    size_t used;
    size_t run; /* of digits since the last mark */
    bool grouped, fraction;
};

/* The decimal mark, or one between thousands: does it stand where it may? */
static bool take_mark(struct digits *d, char mark, char decimal)
{
    bool whole_group = d->run > 0 && (!d->grouped || d->run == 3);

    if (d->fraction || !whole_group || !strchr(".,' ", mark))
        return false;
    if (mark == decimal) {
        d->fraction = true;
        d->to[d->used++] = '.';
    } else if (d->run > 3) {
        return false;
    } else {
        d->grouped = true;
    }
    d->run = 0;
    return true;
}

/* Copies digits, dropping marks between thousands. to has room for all of text. */
static bool copy_digits(const char *text, char decimal, char *to)
{
    struct digits d = { .to = to };

    for (; *text; text++) {
        if (is_digit(*text)) {
            d.run++;
            to[d.used++] = *text;
        } else if (!take_mark(&d, *text, decimal)) {
            return false;
        }
    }
    to[d.used] = '\0';
    return d.run > 0 && (d.fraction || !d.grouped || d.run == 3);
}

enum sc_reading sc_cell_number(
        const char *text, const struct sc_writing *writing, char ret_text[SC_NUMBER_TEXT])
{
    char plain[SC_NUMBER_TEXT - 1], digits[SC_NUMBER_TEXT - 1];
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
    if (!copy_digits(at, decimal, digits))
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

/* Three numbers and what stands between them. */
struct day_text {
    int parts[3];
    size_t digits[3]; /* of each */
    char mark;        /* '-', '/', '.', or 'Y' for 年月日 */
    const char *rest; /* a time, or "" */
};

static const char *scan_number(const char *text, int *ret_value, size_t *ret_digits)
{
    *ret_value = 0;
    *ret_digits = 0;
    while (is_digit(*text) && *ret_digits < 4) {
        *ret_value = *ret_value * 10 + (*text++ - '0');
        ++*ret_digits;
    }
    return *ret_digits ? text : NULL;
}

/* Past the mark after part i, or NULL. */
static const char *scan_mark(const char *text, int i, struct day_text *day)
{
    static const char *const signs[] = { "年", "月", "日" };

    if (strncmp(text, signs[i], strlen(signs[i])) == 0 && (i == 0 || day->mark == 'Y')) {
        day->mark = 'Y';
        return text + strlen(signs[i]);
    }
    if (i == 2)
        return day->mark == 'Y' ? NULL : text;
    if (!*text || !strchr("-/.", *text) || (i > 0 && *text != day->mark))
        return NULL;
    day->mark = *text;
    return text + 1;
}

static bool scan_day(const char *text, struct day_text *ret_day)
{
    *ret_day = (struct day_text){ 0 };
    text += strspn(text, " ");
    for (int i = 0; i < 3 && text; i++) {
        text = scan_number(text, &ret_day->parts[i], &ret_day->digits[i]);
        text = text ? scan_mark(text, i, ret_day) : NULL;
    }
    ret_day->rest = text;
    return text && (!*text || *text == 'T' || *text == ' ') && strlen(text) < 28;
}

static enum sc_reading put_date(
        char *to, int year, int month, int day, const struct day_text *from)
{
    struct sc_iso_time parsed;

    if (year < 1000)
        return SC_READ_NOT;
    snprintf(to, SC_DATE_TEXT, "%04d-%02d-%02d%s%s", year, month, day,
            *from->rest ? "T" : "", *from->rest ? from->rest + 1 : "");
    return sc_iso_parse(to, &parsed, NULL) == SC_OK ? SC_READ_OK : SC_READ_NOT;
}

enum sc_reading sc_cell_date(
        const char *text, const struct sc_writing *writing, char ret_text[SC_DATE_TEXT])
{
    struct day_text day;
    const int *p = day.parts;
    bool known = writing->month_first || writing->day_first;
    enum sc_reading reading;

    if (!scan_day(text, &day))
        return SC_READ_NOT;
    if (day.digits[0] == 4)
        return day.digits[1] < 3 && day.digits[2] < 3
                       ? put_date(ret_text, p[0], p[1], p[2], &day)
                       : SC_READ_NOT;
    if (day.digits[2] != 4 || day.mark == '-' || day.mark == 'Y')
        return SC_READ_NOT;
    if (day.mark == '.')
        return put_date(ret_text, p[2], p[1], p[0], &day);
    if (writing->month_first || (!known && p[1] > 12))
        return put_date(ret_text, p[2], p[0], p[1], &day);
    reading = put_date(ret_text, p[2], p[1], p[0], &day);
    return reading == SC_READ_OK && !known && p[0] <= 12 && p[0] != p[1]
                   ? SC_READ_DOUBTFUL
                   : reading;
}
