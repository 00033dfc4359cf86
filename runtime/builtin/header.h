/* builtin/header.h - the head of a table: where it is, and what its columns are called.
 *
 * Purpose:   skip title rows, join heads of two rows, fill merged cells, name columns
 *            without a head, tell apart those of the same name, and map heads to the
 *            names a plan wants ({"cost": ["成本(CNY)", "成本"]}).
 * Ownership: columns are the caller's: sc_header_free.
 * Thread:    any.
 * Errors:    SC_INVALID lists the heads that are there when a required column is not.
 */
#pragma once

#include "builtin/column.h"

struct sc_header {
    struct sc_column *columns;
    size_t count;
    size_t first_row; /* of the data, in the grid */
};

/* args: header_row, header_rows, columns, required. */
enum sc_code sc_header_find(const struct sc_grid *grid, const struct sc_json *args,
        struct sc_header *ret_header, struct sc_json *notes, struct sc_error *err);
/* Leaves out rows at the end that add up those above, and says so. */
void sc_header_drop_totals(
        struct sc_grid *grid, const struct sc_header *header, struct sc_json *notes);
void sc_header_free(struct sc_header *header);
