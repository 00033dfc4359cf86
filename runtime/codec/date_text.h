/* codec/date_text.h - dates and times as people of a locale write them.
 *
 * Purpose:   "23. Nov. 2026" for "2026-11-23" and de.
 * Contract:  what the text of the time says is written, in its own place and zone: no
 *            date moves. Locales are explicit ("de", "ja_JP", "zh-Hans").
 * Ownership: a plain value.
 * Thread:    any.
 * Errors:    SC_INVALID: unknown locale.
 */
#pragma once

#include "base/buf.h"
#include "codec/tz.h"

enum sc_date_style {
    SC_DATE_FULL, /* Monday, November 23, 2026 */
    SC_DATE_LONG,
    SC_DATE_MEDIUM, /* Nov 23, 2026 */
    SC_DATE_SHORT   /* 11/23/26 */
};

struct sc_date_form {
    enum sc_date_style style;
    bool date, time; /* which parts are written; hours and minutes of the time */
};

/* "full", "long", "medium", "short"; false for another word. */
bool sc_date_style_of_word(const char *word, enum sc_date_style *ret_style);

enum sc_code sc_date_format_local(const struct sc_local *local, struct sc_date_form form,
        const char *locale, struct sc_buf *out, struct sc_error *err)
        __attribute__((warn_unused_result));
