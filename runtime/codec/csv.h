/* codec/csv.h - tables as text, read from anywhere, written for spreadsheets.
 *
 * Purpose:   read CSV and TSV of unknown origin as it arrives; write it so that Excel,
 *            Numbers and LibreOffice read it back.
 * Contract:  Encoding: UTF-8 and UTF-16 (with or without BOM), GB18030 (GBK, GB2312),
 *            Shift_JIS by their bytes, others as ICU guesses. Cells are given as UTF-8
 *            text, unchanged but for quoting and Excel's ="00123", which means 00123.
 *            Separator: that of a first line "sep=;", else comma, semicolon, tab or bar,
 *            whichever splits the first lines most evenly.
 *            The first row that is not blank names the columns: an empty name becomes
 *            "column 3", a repeated one "price (2)", each with a note. Blank rows are
 *            left out. A row that is too short is filled with empty cells, with a note.
 *            One that is too long is an error, unless what is too much is empty: a
 *            shifted column must not become somebody's price.
 *            Not text (U+0000), a quote that never closes and what passes a limit are
 *            errors. Rows are numbered as a spreadsheet shows them.
 * Ownership: handler arguments are valid during the call.
 * Thread:    that of the owner.
 * Errors:    SC_INVALID with the row's number.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"

struct sc_csv;

struct sc_csv_options {
    const char *encoding; /* ICU's name; NULL: found out */
    char separator;       /* 0: found out */
    size_t max_bytes;     /* 0: 200 MiB */
    size_t max_rows;      /* 0: 1,048,576, as in Excel */
    size_t max_columns;   /* 0: 1,000 */
    size_t max_cell;      /* bytes as UTF-8; 0: 1 MiB */
};

struct sc_csv_row {
    size_t number;
    size_t count; /* that of the header, for every row */
    const char *const *cells;
};

struct sc_csv_handler {
    void (*on_header)(void *arg, const struct sc_csv_row *names);
    void (*on_row)(void *arg, const struct sc_csv_row *row);
    void (*on_note)(void *arg, const char *sentence); /* may be NULL */
    void *arg;
};

/* options may be NULL. */
struct sc_csv *sc_csv_new(
        const struct sc_csv_options *options, const struct sc_csv_handler *handler);
void sc_csv_free(struct sc_csv *csv);

/* Bytes in any pieces; then the end. After a failure only sc_csv_free may follow. */
enum sc_code sc_csv_feed(struct sc_csv *csv, const char *data, size_t len,
        struct sc_error *err) __attribute__((warn_unused_result));
enum sc_code sc_csv_finish(struct sc_csv *csv, struct sc_error *err)
        __attribute__((warn_unused_result));

/* What was found out, after finish: "UTF-8", "GB18030"; ',' */
const char *sc_csv_encoding(const struct sc_csv *csv);
char sc_csv_separator(const struct sc_csv *csv);

/* --- writing --- */

struct sc_csv_style {
    char separator; /* 0: comma */
    bool bom;       /* Excel needs one to see UTF-8 */
    bool guard;     /* text that a spreadsheet would run (=, +, -, @, tab, CR in front)
                     * gets an apostrophe; plain numbers do not */
};

/* What comes before the first row. */
void sc_csv_write_start(struct sc_buf *out, const struct sc_csv_style *style);
void sc_csv_write_row(struct sc_buf *out, const struct sc_csv_style *style,
        const char *const *cells, size_t count);
