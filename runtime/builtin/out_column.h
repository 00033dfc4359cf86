/* builtin/out_column.h - the columns of a table to be written.
 *
 * Purpose:   which fields of the rows, in which order, under which heads.
 * Ownership: texts are borrowed from the arguments; the list is the caller's.
 * Thread:    any.
 * Errors:    SC_INVALID.
 */
#pragma once

#include "codec/json.h"

enum sc_out_type {
    SC_OUT_ANY, /* as the value is */
    SC_OUT_TEXT,
    SC_OUT_NUMBER,
    SC_OUT_INTEGER,
    SC_OUT_DATE,
    SC_OUT_MONEY,
    SC_OUT_PERCENT,
    SC_OUT_BOOLEAN
};

struct sc_out_column {
    const char *name, *title;
    enum sc_out_type type;
    const char *currency; /* of money, or NULL */
    double width;         /* in characters; 0: by content */
};

struct sc_out_columns {
    struct sc_out_column *items;
    size_t count;
};

/* From `columns`, or from the rows' own fields. */
enum sc_code sc_out_columns_read(const struct sc_json *columns,
        const struct sc_json *rows, const char *language,
        struct sc_out_columns *ret_columns, struct sc_json *notes, struct sc_error *err);
void sc_out_columns_free(struct sc_out_columns *columns);

/* A value as a cell's text: "" for nothing, JSON for lists and objects. Appends. */
void sc_out_text(struct sc_buf *out, const struct sc_json *value);
