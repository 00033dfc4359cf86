/* builtin/table_load.h - a table file of any format as cells.
 *
 * Purpose:   tell formats apart, by content first, and read each into a grid.
 * Ownership: the source owns what was found out: sc_table_source_release.
 * Thread:    any.
 * Errors:    SC_INVALID.
 */
#pragma once

#include "builtin/grid.h"
#include "codec/json.h"

struct sc_table_source {
    const char *data; /* borrowed */
    size_t len;
    const char *name;           /* of the file */
    const struct sc_json *args; /* format, sheet, encoding, delimiter */
    struct sc_json *notes;      /* added to */

    /* Found out: */
    char *sheet;    /* XLSX: the sheet read */
    char *encoding; /* CSV, TSV */
};

enum sc_code sc_table_load(
        struct sc_table_source *source, struct sc_grid *grid, struct sc_error *err);
void sc_table_source_release(struct sc_table_source *source);
