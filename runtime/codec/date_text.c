#include "codec/date_text.h"

#include <string.h>

#include <unicode/udat.h>
#include <unicode/uloc.h>
#include <unicode/ustring.h>

enum { MOST_UNITS = 128, MINUTE_MS = 60 * 1000, DAY_MINUTES = 24 * 60 };

static const UDateFormatStyle styles[] = { UDAT_FULL, UDAT_LONG, UDAT_MEDIUM,
    UDAT_SHORT };

bool sc_date_style_of_word(const char *word, enum sc_date_style *ret_style)
{
    static const char *const words[] = { "full", "long", "medium", "short" };

    for (int i = 0; i < 4; i++) {
        if (strcmp(words[i], word) == 0) {
            *ret_style = (enum sc_date_style)i;
            return true;
        }
    }
    return false;
}

/* What the wall clock shows is written as if it were UTC, so that no zone has a say. */
static UDate as_utc(const struct sc_local *local)
{
    int64_t days = sc_days_of_date(local->year, local->month, local->day);
    int64_t minutes = days * DAY_MINUTES + (int64_t)local->hour * 60 + local->minute;

    return (double)(minutes * MINUTE_MS);
}

enum sc_code sc_date_format_local(const struct sc_local *local, struct sc_date_form form,
        const char *locale, struct sc_buf *out, struct sc_error *err)
{
    static const UChar utc[] = { 'U', 'T', 'C', 0 };
    UErrorCode status = U_ZERO_ERROR;
    UChar units[MOST_UNITS];
    char text[MOST_UNITS * 3 + 1];
    UDateFormat *format;

    if (!*uloc_getISO3Language(locale))
        return sc_fail(
                err, SC_INVALID, "'%.40s' is not a locale such as de or zh-Hans", locale);
    format = udat_open(form.time ? UDAT_SHORT : UDAT_NONE,
            form.date ? styles[form.style] : UDAT_NONE, locale, utc, -1, NULL, 0,
            &status);
    udat_format(format, as_utc(local), units, MOST_UNITS, NULL, &status);
    u_strToUTF8(text, sizeof(text), NULL, units, -1, &status);
    udat_close(format);
    if (U_FAILURE(status))
        return sc_fail(err, SC_INTERNAL, "writing a date: %s", u_errorName(status));
    sc_buf_adds(out, text);
    return SC_OK;
}
