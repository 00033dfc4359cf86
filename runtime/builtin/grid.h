/* builtin/grid.h - cells as they stand in a file, before anybody knows their columns.
 *
 * Purpose:   the one form into which CSV, JSON and XLSX are read.
 * Contract:  rows may have different lengths. A cell keeps its text exactly; its kind
 *            says what the file claims it to be. Limits on rows and cells are set before
 *            filling and end it with a sentence.
 * Ownership: the grid owns all text. Cell pointers are valid until the next addition.
 * Thread:    that of the owner.
 * Errors:    SC_INVALID (over a limit).
 */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

enum sc_cell_kind {
    SC_CELL_EMPTY,
    SC_CELL_TEXT,   /* typed as text by the file */
    SC_CELL_PLAIN,  /* text of a file without types: CSV */
    SC_CELL_NUMBER, /* a JSON number */
    SC_CELL_DATE,   /* ISO 8601 */
    SC_CELL_BOOL,   /* "true" or "false" */
    SC_CELL_ERROR,  /* a spreadsheet's error: #N/A */
    SC_CELL_JSON    /* a list or an object as JSON text */
};

/* Room for a currency's code, a sign or a short unit. */
enum { SC_UNIT_TEXT = 4 };

struct sc_cell {
    size_t at; /* in grid->text, NUL behind it */
    size_t len;
    enum sc_cell_kind kind;
    char unit[SC_UNIT_TEXT]; /* of a number, from its format: "%", "USD", "g"; or "" */
};

struct sc_grid_row {
    size_t first;  /* index of its first cell */
    size_t count;  /* of cells */
    size_t number; /* in the file, from 1 */
};

/* One row's cells that another covers: "A1:C1" merged. */
struct sc_grid_merge {
    size_t number, rows; /* row number in the file, and how many */
    size_t column, columns;
};

struct sc_grid {
    struct sc_buf text;
    struct sc_cell *cells;
    size_t cell_count, cell_cap;
    struct sc_grid_row *rows;
    size_t row_count, row_cap;
    struct sc_grid_merge *merges;
    size_t merge_count, merge_cap;
    size_t max_rows, max_cells; /* 0: none */
};

/* What a sheet can have at most, and what a table may have. */
enum { SC_GRID_COLUMNS = 16384, SC_TABLE_COLUMNS = 2000 };

void sc_grid_init(struct sc_grid *grid, size_t max_rows);
void sc_grid_release(struct sc_grid *grid);

/* Begins a row; later cells are added to it. */
enum sc_code sc_grid_add_row(struct sc_grid *grid, size_t number, struct sc_error *err);
enum sc_code sc_grid_add(struct sc_grid *grid, enum sc_cell_kind kind, const char *text,
        size_t len, struct sc_error *err);
/* What the file shows beside the number that was added last. */
void sc_grid_set_unit(struct sc_grid *grid, const char *unit);
void sc_grid_add_merge(struct sc_grid *grid, const struct sc_grid_merge *merge);

/* Leaves out the last row. */
void sc_grid_drop_row(struct sc_grid *grid);

/* Takes back a last row that has no cells with anything in them. */
void sc_grid_drop_empty_row(struct sc_grid *grid);

/* An empty cell where the row has none. */
const struct sc_cell *sc_grid_at(const struct sc_grid *grid, size_t row, size_t column);
const char *sc_grid_text(const struct sc_grid *grid, const struct sc_cell *cell);
