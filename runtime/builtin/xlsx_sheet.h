/* builtin/xlsx_sheet.h - the cells of one worksheet.
 *
 * Purpose:   from a part's XML to a grid.
 * Thread:    any.
 * Errors:    SC_INVALID.
 */
#pragma once

#include "builtin/grid.h"
#include "builtin/xlsx_book.h"

enum sc_code sc_sheet_read(struct sc_package *package, const struct sc_book *book,
        const char *part, struct sc_grid *grid, struct sc_error *err);
