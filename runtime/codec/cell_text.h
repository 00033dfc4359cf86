/* codec/cell_text.h - numbers and dates as people write them.
 *
 * Purpose:   "1.234,50 €", "¥1,980", "12月" …: what a text means as a number or a day,
 *            and whether that is doubtful (1.200 is 1200 in Berlin and 1.2 in London).
 * Contract:  pure. Nothing is guessed: doubtful is an answer.
 * Thread:    any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* How numbers and dates are written. */
struct sc_writing {
    char decimal;     /* '.' or ','; 0: unknown */
    bool month_first; /* 12/31/2026 */
    bool day_first;   /* 31/12/2026; neither: unknown */
};

/* Of "de", "en-US", …; false when the language is not known. NULL: unknown writing. */
bool sc_writing_of(const char *locale, struct sc_writing *ret_writing);

enum sc_reading { SC_READ_NOT, SC_READ_DOUBTFUL, SC_READ_OK };
enum { SC_NUMBER_TEXT = 64, SC_DATE_TEXT = 40 };

/* As a JSON number. */
enum sc_reading sc_cell_number(const char *text, const struct sc_writing *writing,
        char ret_text[SC_NUMBER_TEXT]);

/* '.' or ',' where the text leaves no doubt that it is before decimals, else '\0'. */
char sc_cell_decimal_mark(const char *text);

/* In small letters, full-width signs as plain ones, spaces at the end cut. */
void sc_cell_fold(const char *text, char *ret_text, size_t size);

/* Can an amount or a head ("€ 12,50", "成本(CNY)") be in this currency? true when it says
 * none. A sign that several currencies have ($, ¥) fits each of them. */
bool sc_cell_fits_currency(const char *text, const char *currency);

/* Is this a currency's code in any case ("usd"), or a sign of money, and no more? */
bool sc_cell_is_currency(const char *text);

/* As ISO 8601. */
enum sc_reading sc_cell_date(
        const char *text, const struct sc_writing *writing, char ret_text[SC_DATE_TEXT]);

/* A number that needs no knowledge of a country: 12, -3.50, 0.125; not 007, 1.200 or
 * more than 15 digits (an id, a barcode, a telephone). */
bool sc_cell_is_plain_number(const char *text);
