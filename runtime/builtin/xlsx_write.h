/* builtin/xlsx_write.h - rows as a workbook of one sheet.
 *
 * Purpose:   the only file that knows libxlsxwriter: real numbers and dates, money with
 *            its currency, a frozen bold head with a filter, widths by content.
 * Contract:  text is text: nothing is ever written as a formula or a link. The same
 *            input gives the same bytes. Numbers of more than 15 digits, which a
 *            spreadsheet would cut, are written as text, with a note.
 * Ownership: ret_data is the caller's, free with free().
 * Thread:    any.
 * Errors:    SC_INVALID (too many rows, name of the sheet), SC_STORAGE (temporary files).
 */
#pragma once

#include <stdint.h>

#include "builtin/out_column.h"

struct sc_xlsx_table {
    const struct sc_out_columns *columns;
    const struct sc_json *rows;
    const char *sheet;
    int64_t created_ms; /* written into the file */
    struct sc_json *notes;
};

enum sc_code sc_xlsx_write(const struct sc_xlsx_table *table, char **ret_data,
        size_t *ret_len, struct sc_error *err);
