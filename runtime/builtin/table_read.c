#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "builtin/call.h"
#include "builtin/header.h"
#include "builtin/note.h"
#include "builtin/place.h"
#include "builtin/table_load.h"

enum { DEFAULT_ROWS = 500000, DEFAULT_BYTES = 67108864, CHECK_EVERY = 1024 };

struct reading {
    struct sc_builtin_call *call;
    const struct sc_json *args;
    struct sc_grid grid;
    struct sc_header header;
    struct sc_writing writing;
    struct sc_table_source source;
    struct sc_json *notes;
};

static enum sc_code check_asked(
        struct reading *r, struct sc_column *column, struct sc_error *err)
{
    if (column->type == SC_COLUMN_NUMBER || column->type == SC_COLUMN_INTEGER ||
            column->type == SC_COLUMN_PERCENT)
        sc_column_find_writing(column, &r->grid, r->header.first_row, r->notes);
    return sc_column_check(column, &r->grid, r->header.first_row, err);
}

/* Types asked for by name hold; the others are found. */
static enum sc_code settle_types(struct reading *r, struct sc_error *err)
{
    const struct sc_json *types = sc_json_get(r->args, "types");

    for (size_t i = 0; i < r->header.count; i++) {
        struct sc_column *column = &r->header.columns[i];
        const char *asked = sc_json_get_string(types, column->name, "");
        enum sc_code code = sc_builtin_call_check(r->call, err);

        column->writing = r->writing;
        if (code == SC_OK && sc_column_type_of(asked, &column->type))
            code = check_asked(r, column, err);
        else if (code == SC_OK)
            sc_column_find_type(column, &r->grid, r->header.first_row, r->notes);
        if (code != SC_OK)
            return code;
    }
    return SC_OK;
}

/* Columns that the plan names: gaps are told, texts that must not repeat do not. */
static enum sc_code check_named(struct reading *r, struct sc_error *err)
{
    const struct sc_json *named = sc_json_get(r->args, "columns");

    for (size_t i = 0; i < r->header.count; i++) {
        const struct sc_column *column = &r->header.columns[i];

        if (sc_json_get(named, column->name))
            sc_column_note_empty(column, &r->grid, r->header.first_row, r->notes);
    }
    SC_JSON_EACH(name, sc_json_get(r->args, "unique"))
    {
        for (size_t i = 0; i < r->header.count; i++) {
            const struct sc_column *column = &r->header.columns[i];

            if (strcmp(column->name, sc_json_string(name)) == 0 &&
                    sc_column_check_unique(column, &r->grid, r->header.first_row, err) !=
                            SC_OK)
                return err->code;
        }
    }
    return SC_OK;
}

/* Amounts that say another currency than the one asked for are not read as numbers of
 * it. */
static enum sc_code check_currencies(struct reading *r, struct sc_error *err)
{
    const struct sc_json *currencies = sc_json_get(r->args, "currencies");

    for (size_t i = 0; currencies && i < r->header.count; i++) {
        const struct sc_column *column = &r->header.columns[i];
        const char *currency = sc_json_get_string(currencies, column->name, NULL);

        if (currency && sc_column_check_currency(column, &r->grid, r->header.first_row,
                                currency, err) != SC_OK)
            return err->code;
    }
    return SC_OK;
}

static struct sc_json *columns_json(const struct reading *r)
{
    struct sc_json *columns = sc_json_new_array();

    for (size_t i = 0; i < r->header.count; i++) {
        const struct sc_column *column = &r->header.columns[i];
        struct sc_json *one = sc_json_append(columns, sc_json_new_object());

        sc_json_add(one, "name", sc_json_new_string(column->name));
        sc_json_add(one, "type", sc_json_new_string(sc_column_type_word(column->type)));
        if (column->header)
            sc_json_add(one, "header", sc_json_new_string(column->header));
    }
    return columns;
}

static enum sc_code rows_json(
        struct reading *r, struct sc_json *rows, struct sc_error *err)
{
    for (size_t row = r->header.first_row; row < r->grid.row_count; row++) {
        struct sc_json *one = sc_json_append(rows, sc_json_new_object());

        if (row % CHECK_EVERY == 0 && sc_builtin_call_check(r->call, err) != SC_OK)
            return SC_CANCELLED;
        for (size_t i = 0; i < r->header.count; i++)
            sc_json_add(one, r->header.columns[i].name,
                    sc_column_value(&r->header.columns[i], &r->grid, row));
    }
    return SC_OK;
}

static enum sc_code result_json(struct reading *r, struct sc_error *err)
{
    struct sc_json *value = sc_json_new_object(), *rows;
    size_t count = r->grid.row_count - r->header.first_row;
    enum sc_code code;

    sc_json_add(value, "columns", columns_json(r));
    rows = sc_json_add(value, "rows", sc_json_new_array());
    code = rows_json(r, rows, err);
    sc_json_add(value, "row_count", sc_json_new_int((int64_t)count));
    if (r->source.sheet)
        sc_json_add(value, "sheet", sc_json_new_string(r->source.sheet));
    if (r->source.encoding)
        sc_json_add(value, "encoding", sc_json_new_string(r->source.encoding));
    sc_json_add(value, "notes", sc_json_copy(r->notes));
    if (code == SC_OK)
        r->call->outcome.value = value;
    else
        sc_json_free(value);
    return code;
}

static enum sc_code read_table(struct reading *r, struct sc_error *err)
{
    const char *path = sc_json_get_string(r->args, "path", "");
    size_t max_bytes = (size_t)sc_json_get_int(r->args, "max_bytes", DEFAULT_BYTES);
    const char *locale = sc_json_get_string(r->args, "locale", NULL);
    size_t len;
    char *data;
    enum sc_code code;

    if (!sc_writing_of(locale, &r->writing))
        return sc_fail(err, SC_INVALID, "locale: '%s' is not one that is known", locale);
    data = sc_place_read(r->call->request.context, path, max_bytes, &len, err);
    if (!data)
        return err->code;
    r->source.data = data;
    r->source.len = len;
    code = sc_table_load(&r->source, &r->grid, err);
    if (code != SC_OK)
        sc_wrap(err, "%s", strrchr(path, '/') ? strrchr(path, '/') + 1 : path);
    free(data);
    if (code == SC_OK)
        code = sc_header_find(&r->grid, r->args, &r->header, r->notes, err);
    if (code == SC_OK) {
        sc_header_drop_totals(&r->grid, &r->header, r->notes);
        code = check_currencies(r, err);
    }
    if (code == SC_OK)
        code = settle_types(r, err);
    if (code == SC_OK)
        code = check_named(r, err);
    if (code != SC_OK)
        return code;
    return result_json(r, err);
}

enum sc_code sc_table_read(struct sc_builtin_call *call, struct sc_error *err)
{
    struct reading r = { .call = call, .args = call->args, .notes = sc_json_new_array() };
    enum sc_code code;

    r.source.name = sc_json_get_string(call->args, "path", "");
    r.source.args = call->args;
    r.source.notes = r.notes;
    sc_grid_init(&r.grid, (size_t)sc_json_get_int(call->args, "max_rows", DEFAULT_ROWS));
    code = read_table(&r, err);
    sc_header_free(&r.header);
    sc_grid_release(&r.grid);
    sc_table_source_release(&r.source);
    sc_json_free(r.notes);
    return code;
}
