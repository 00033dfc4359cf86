/* The formats that are checked. Each function answers whether text is of its format. */
#include <stdlib.h>
#include <string.h>

#include "codec/regex.h"
#include "codec/schema_run.h"
#include "codec/tz.h"
#include "codec/uri.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
    return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

static bool is_alpha(char c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* Takes exactly count digits; -1 if they are not there. */
static int take_digits(const char **at, int count)
{
    int value = 0;

    for (int i = 0; i < count; i++) {
        if (!is_digit(**at))
            return -1;
        value = value * 10 + (*(*at)++ - '0');
    }
    return value;
}

static bool take(const char **at, char c)
{
    if (**at != c)
        return false;
    (*at)++;
    return true;
}

/* --- dates and times (RFC 3339, ISO 8601 durations) --- */

static bool take_date(const char **at)
{
    int year = take_digits(at, 4), month, day;

    if (year < 0 || !take(at, '-'))
        return false;
    month = take_digits(at, 2);
    if (month < 1 || month > 12 || !take(at, '-'))
        return false;
    day = take_digits(at, 2);
    return day >= 1 && day <= sc_days_in_month(year, month);
}

/* Takes "Z" or "+hh:mm"; minutes east of UTC are stored. */
static bool take_offset(const char **at, int *ret_minutes)
{
    int sign = **at == '-' ? -1 : 1, hours, minutes;

    *ret_minutes = 0;
    if (take(at, 'Z') || take(at, 'z'))
        return true;
    if (!take(at, '+') && !take(at, '-'))
        return false;
    hours = take_digits(at, 2);
    if (hours < 0 || hours > 23 || !take(at, ':'))
        return false;
    minutes = take_digits(at, 2);
    *ret_minutes = sign * (hours * 60 + minutes);
    return minutes >= 0 && minutes <= 59;
}

static bool take_time(const char **at)
{
    int hour = take_digits(at, 2), minute, second, offset, utc;

    if (hour < 0 || hour > 23 || !take(at, ':'))
        return false;
    minute = take_digits(at, 2);
    if (minute < 0 || minute > 59 || !take(at, ':'))
        return false;
    second = take_digits(at, 2);
    if (second < 0 || second > 60)
        return false;
    if (take(at, '.')) {
        if (!is_digit(**at))
            return false;
        while (is_digit(**at))
            (*at)++;
    }
    if (!take_offset(at, &offset))
        return false;
    utc = (hour * 60 + minute - offset + 2 * 24 * 60) % (24 * 60);
    return second < 60 || utc == 23 * 60 + 59; /* leap seconds end a day of UTC */
}

static bool is_date(const char *text)
{
    return take_date(&text) && !*text;
}

static bool is_time(const char *text)
{
    return take_time(&text) && !*text;
}

static bool is_date_time(const char *text)
{
    return take_date(&text) && (take(&text, 'T') || take(&text, 't')) &&
           take_time(&text) && !*text;
}

/* Takes "3Y2D…" of the units in order; the number of parts taken, -1 if malformed. */
static int take_units(const char **at, const char *units)
{
    int count = 0;

    while (is_digit(**at)) {
        const char *unit;

        while (is_digit(**at))
            (*at)++;
        unit = **at ? strchr(units, **at) : NULL;
        if (!unit || (count > 0 && unit != units))
            return -1; /* unknown, or one was left out between two others */
        units = unit + 1;
        (*at)++;
        count++;
    }
    return count;
}

static bool is_duration(const char *text)
{
    int days, times = 0;

    if (!take(&text, 'P'))
        return false;
    if (strchr(text, 'W'))
        return take_units(&text, "W") == 1 && !*text;
    days = take_units(&text, "YMD");
    if (take(&text, 'T')) {
        times = take_units(&text, "HMS");
        if (times <= 0)
            return false;
    }
    return days >= 0 && days + times > 0 && !*text;
}

/* --- hosts and addresses --- */

/* Takes a dotted quad that ends at the end of text. */
static bool is_ipv4(const char *text)
{
    for (int i = 0; i < 4; i++) {
        int value = 0, digits = 0;

        if (i > 0 && !take(&text, '.'))
            return false;
        if (text[0] == '0' && is_digit(text[1]))
            return false;
        for (; is_digit(*text) && digits < 3; digits++)
            value = value * 10 + (*text++ - '0');
        if (digits == 0 || value > 255)
            return false;
    }
    return !*text;
}

static size_t count_hex(const char *at, const char *end)
{
    size_t n = 0;

    while (at + n < end && is_hex(at[n]))
        n++;
    return n;
}

/* Counts the 16-bit groups of a part of an IPv6 address; -1 if malformed. An IPv4 tail
 * counts as two. */
static int count_groups(const char *at, const char *end, bool tail_allowed)
{
    int groups = 0;

    while (at < end) {
        size_t n;

        if (groups > 0 && *at++ != ':')
            return -1;
        n = count_hex(at, end);
        if (tail_allowed && at + n < end && at[n] == '.')
            return is_ipv4(at) ? groups + 2 : -1;
        if (n == 0 || n > 4)
            return -1;
        at += n;
        groups++;
    }
    return groups;
}

static bool is_ipv6(const char *text)
{
    const char *gap = strstr(text, "::"), *end = text + strlen(text);
    int before, after;

    if (!gap)
        return count_groups(text, end, true) == 8;
    before = count_groups(text, gap, false);
    after = count_groups(gap + 2, end, true);
    return before >= 0 && after >= 0 && before + after < 8;
}

static bool is_label(const char *label, size_t len)
{
    if (len == 0 || len > 63 || label[0] == '-' || label[len - 1] == '-')
        return false;
    if (len >= 4 && label[2] == '-' && label[3] == '-' && (label[0] | 0x20) != 'x')
        return false; /* reserved; xn-- is the only one in use */
    for (size_t i = 0; i < len; i++) {
        if (!is_alpha(label[i]) && !is_digit(label[i]) && label[i] != '-')
            return false;
    }
    return true;
}

static bool is_hostname(const char *text)
{
    if (!*text || strlen(text) > 253)
        return false;
    for (;;) {
        size_t len = strcspn(text, ".");

        if (!is_label(text, len))
            return false;
        if (!text[len])
            return true;
        text += len + 1;
    }
}

/* --- mail --- */

static bool is_local_part(const char *text, size_t len)
{
    if (len == 0 || len > 64 || text[0] == '.' || text[len - 1] == '.')
        return false;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '.' && text[i + 1] == '.')
            return false;
        if (!is_alpha(text[i]) && !is_digit(text[i]) &&
                !strchr(".!#$%&'*+/=?^_`{|}~-", text[i]))
            return false;
    }
    return true;
}

/* "what ever" in quotes, as RFC 5321 has it. */
static bool is_quoted_part(const char *text, size_t len)
{
    if (len < 2 || text[0] != '"' || text[len - 1] != '"')
        return false;
    for (size_t i = 1; i + 1 < len; i++) {
        if (text[i] == '\\' && i + 2 < len)
            i++;
        else if (text[i] == '"' || text[i] == '\\' || (unsigned char)text[i] < 0x20)
            return false;
    }
    return true;
}

/* [127.0.0.1] or [IPv6:::1] */
static bool is_address_literal(const char *text)
{
    char inner[64];
    size_t len = strlen(text);

    if (len < 3 || len >= sizeof(inner) || text[0] != '[' || text[len - 1] != ']')
        return false;
    memcpy(inner, text + 1, len - 2);
    inner[len - 2] = '\0';
    return strncmp(inner, "IPv6:", 5) == 0 ? is_ipv6(inner + 5) : is_ipv4(inner);
}

static bool is_email(const char *text)
{
    const char *at = strrchr(text, '@');
    size_t len = at ? (size_t)(at - text) : 0;

    return at && (is_local_part(text, len) || is_quoted_part(text, len)) &&
           (is_hostname(at + 1) || is_address_literal(at + 1));
}

/* --- URIs --- */

/* Only characters that RFC 3986 allows, '%' before two hex digits. */
static bool has_uri_characters(const char *text)
{
    for (; *text; text++) {
        if (*text == '%' && !(is_hex(text[1]) && is_hex(text[2])))
            return false;
        if (!is_alpha(*text) && !is_digit(*text) &&
                !strchr("-._~:/?#[]@!$&'()*+,;=%", *text))
            return false;
    }
    return true;
}

/* "[::1]" with len bytes, or a future form "[v1.x]". */
static bool is_ip_literal(const char *text, size_t len)
{
    char inner[64];

    if (len < 3 || len - 2 >= sizeof(inner))
        return false;
    memcpy(inner, text + 1, len - 2);
    inner[len - 2] = '\0';
    return (inner[0] | 0x20) == 'v' || is_ipv6(inner);
}

/* "host", "host:80", "[::1]:80" */
static bool is_host_and_port(const char *text, const char *end)
{
    bool literal = text < end && *text == '[';
    const char *port = text;

    while (port < end && *port != (literal ? ']' : ':'))
        port++;
    if (literal) {
        if (port == end || !is_ip_literal(text, (size_t)(port + 1 - text)))
            return false;
        port++;
    } else if (memchr(text, '[', (size_t)(port - text))) {
        return false;
    }
    if (port < end && *port++ != ':')
        return false;
    while (port < end && is_digit(*port))
        port++;
    return port == end;
}

/* The same after "user@". */
static bool is_authority(const char *text, size_t len)
{
    const char *end = text + len, *at = memchr(text, '@', len);

    if (!at)
        return is_host_and_port(text, end);
    return !memchr(text, '[', (size_t)(at - text)) &&
           !memchr(at + 1, '@', (size_t)(end - at - 1)) && is_host_and_port(at + 1, end);
}

static bool is_uri_reference(const char *text)
{
    const char *hash = strchr(text, '#');
    size_t first = strcspn(text, "/?#");

    if (!has_uri_characters(text) || (hash && strchr(hash + 1, '#')))
        return false;
    if (memchr(text, ':', first)) {
        if (!sc_uri_is_absolute(text))
            return false;
        text = strchr(text, ':') + 1;
    }
    if (strncmp(text, "//", 2) == 0) {
        size_t len = strcspn(text + 2, "/?#");

        if (!is_authority(text + 2, len))
            return false;
        text += 2 + len;
    }
    return !strpbrk(text, "[]");
}

static bool is_uri(const char *text)
{
    return sc_uri_is_absolute(text) && is_uri_reference(text);
}

/* --- others --- */

static bool is_uuid(const char *text)
{
    for (size_t i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;

        if (dash ? text[i] != '-' : !is_hex(text[i]))
            return false;
    }
    return !text[36];
}

static bool is_json_pointer(const char *text)
{
    if (*text && *text != '/')
        return false;
    for (; *text; text++) {
        if (*text == '~' && text[1] != '0' && text[1] != '1')
            return false;
    }
    return true;
}

static bool is_regex(const char *text)
{
    struct sc_regex *regex = sc_regex_new(text, NULL);

    sc_regex_free(regex);
    return regex != NULL;
}

const char *sc_schema_format(const char *format, const char *text)
{
    static const struct {
        const char *name;
        bool (*is)(const char *text);
        const char *phrase;
    } formats[] = {
        { "date", is_date, "a date such as 2026-11-23" },
        { "time", is_time, "a time such as 09:30:00Z" },
        { "date-time", is_date_time,
                "a date and time such as 2026-11-23T09:30:00+08:00" },
        { "duration", is_duration, "a duration such as P3D or PT12H" },
        { "email", is_email, "an e-mail address" },
        { "hostname", is_hostname, "a host name" },
        { "ipv4", is_ipv4, "an IPv4 address" },
        { "ipv6", is_ipv6, "an IPv6 address" },
        { "uri", is_uri, "an address such as https://example.com/page" },
        { "uri-reference", is_uri_reference, "a URI or a path" },
        { "uuid", is_uuid, "a UUID" },
        { "json-pointer", is_json_pointer, "a JSON Pointer such as /a/0" },
        { "regex", is_regex, "a regular expression" },
    };

    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        if (strcmp(formats[i].name, format) == 0)
            return formats[i].is(text) ? NULL : formats[i].phrase;
    }
    return NULL;
}
