/* builtin/column.h - what a column of cells holds.
 *
 * Purpose:   find the type of a column, or hold it to a given one; a cell as JSON.
 * Contract:  finding is careful: text that only looks like numbers (007, 1.200, a
 *            barcode) stays text, and a note says why.
 * Ownership: the column owns name and header.
 * Thread:    any.
 * Errors:    SC_INVALID names the column and its first rows that do not fit.
 */
#pragma once

#include "builtin/grid.h"
#include "codec/cell_text.h"
#include "codec/json.h"

enum sc_column_type {
    SC_COLUMN_TEXT,
    SC_COLUMN_NUMBER,
    SC_COLUMN_INTEGER,
    SC_COLUMN_DATE,
    SC_COLUMN_BOOLEAN,
    SC_COLUMN_ANY,
    SC_COLUMN_PERCENT /* asked for, never found: 4.7 for 4.7 % */
};

struct sc_column {
    char *name;
    char *header;  /* as in the file, when it differs from name; or NULL */
    char *said;    /* what the head adds to the text looked for: "usd", "g"; or NULL */
    size_t lowest; /* where in header the text of its lowest row begins */
    size_t at;     /* its place in the grid */
    enum sc_column_type type;
    bool weight; /* is wanted in kilograms */
    struct sc_writing writing;
};

const char *sc_column_type_word(enum sc_column_type type);
bool sc_column_type_of(const char *word, enum sc_column_type *ret_type);

/* Sets column->type from the cells of rows first to the last. */
void sc_column_find_type(struct sc_column *column, const struct sc_grid *grid,
        size_t first, struct sc_json *notes);

/* How numbers are written in it, where nobody said so, by those cells that leave no
 * doubt, else by a head in Chinese or Japanese; a note when that settles a doubt. */
void sc_column_find_writing(struct sc_column *column, const struct sc_grid *grid,
        size_t first, struct sc_json *notes);

/* Do all cells fit column->type, as it was asked for? */
enum sc_code sc_column_check(const struct sc_column *column, const struct sc_grid *grid,
        size_t first, struct sc_error *err);

/* Do the head and all cells fit this currency? */
enum sc_code sc_column_check_currency(const struct sc_column *column,
        const struct sc_grid *grid, size_t first, const char *currency,
        struct sc_error *err);

/* A cell as the column's type; null when it is empty or does not fit. */
struct sc_json *sc_column_value(
        const struct sc_column *column, const struct sc_grid *grid, size_t row);

/* Refuses a text that stands twice, outer spaces aside. */
enum sc_code sc_column_check_unique(const struct sc_column *column,
        const struct sc_grid *grid, size_t first, struct sc_error *err);

/* Names the rows in which it is empty. */
void sc_column_note_empty(const struct sc_column *column, const struct sc_grid *grid,
        size_t first, struct sc_json *notes);
