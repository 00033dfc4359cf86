/* builtin/xlsx_book.h - what the sheets of a workbook share.
 *
 * Purpose:   sheet names and their parts, shared strings, which cell styles are dates.
 * Ownership: the book owns what it read.
 * Thread:    any.
 * Errors:    SC_INVALID.
 */
#pragma once

#include "base/buf.h"
#include "base/map.h"
#include "builtin/xlsx_package.h"
#include "builtin/xlsx_style.h"

struct sc_book_sheet {
    char *name;
    char *id;   /* of its relation */
    char *part; /* path in the package */
    bool hidden;
};

struct sc_book_style {
    enum sc_number_style kind;
    char unit[SC_UNIT_TEXT]; /* shown beside the number */
};

struct sc_book {
    struct sc_book_sheet *sheets;
    size_t sheet_count;
    bool from_1904;
    struct sc_buf text; /* of the shared strings, one after another, NUL between */
    size_t *strings;    /* where each begins in text */
    size_t string_count, string_cap;
    struct sc_book_style *styles; /* by index of cell style */
    size_t style_count, style_cap;
};

void sc_book_init(struct sc_book *book);
void sc_book_release(struct sc_book *book);
enum sc_code sc_book_read(
        struct sc_book *book, struct sc_package *package, struct sc_error *err);

/* wanted: a name, or a number from 1; NULL: the first that is visible. */
const struct sc_book_sheet *sc_book_find(
        const struct sc_book *book, const char *wanted, struct sc_error *err);

/* NULL when there is no such string. */
const char *sc_book_string(const struct sc_book *book, size_t index, size_t *ret_len);
struct sc_book_style sc_book_style(const struct sc_book *book, size_t index);

/* Decodes _x000D_ and the like in place; returns the new length. */
size_t sc_book_unescape(char *text, size_t len);
