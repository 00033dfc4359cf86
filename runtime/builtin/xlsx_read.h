/* builtin/xlsx_read.h - one sheet of a workbook as cells.
 *
 * Purpose:   read what Excel, WPS, LibreOffice and libraries write: shared and inline
 *            strings, numbers, dates by their format, booleans, errors; the last
 *            computed value of a formula, never the formula.
 * Contract:  the file is hostile until proven otherwise: no document types, hence no
 *            entities; at most SC_XLSX_UNPACKED bytes are unpacked; nothing outside the
 *            package is opened. Numbers keep their digits, except that more than 15
 *            significant ones of a fraction are rounded as Excel shows them.
 * Ownership: data is borrowed for the call.
 * Thread:    any.
 * Errors:    SC_INVALID, with what is wrong with the file.
 */
#pragma once

#include "builtin/grid.h"

enum { SC_XLSX_UNPACKED = 268435456 };

/* sheet: a name, or a number from 1 as text; NULL: the first that is visible. The name
 * of the sheet read goes to *ret_sheet, on the heap. */
enum sc_code sc_xlsx_read(const void *data, size_t len, const char *sheet,
        struct sc_grid *grid, char **ret_sheet, struct sc_error *err);
