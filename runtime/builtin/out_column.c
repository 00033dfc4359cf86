#include "builtin/out_column.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "builtin/grid.h"
#include "builtin/note.h"

static enum sc_out_type type_of(const char *word)
{
    static const char *const words[] = { "", "text", "number", "integer", "date", "money",
        "percent", "boolean" };

    for (size_t i = 1; i < sizeof(words) / sizeof(*words); i++) {
        if (strcmp(words[i], word) == 0)
            return (enum sc_out_type)i;
    }
    return SC_OUT_ANY;
}

/* A head: one text, or the one of the language, of English, or the first. */
static const char *title_of(
        const struct sc_json *title, const char *language, const char *otherwise)
{
    char plain[3] = "";
    const char *text;

    if (sc_json_is(title, SC_JSON_STRING))
        return sc_json_string(title);
    memcpy(plain, language, strnlen(language, 2));
    text = sc_json_get_string(title, language, NULL);
    text = text ? text : sc_json_get_string(title, plain, NULL);
    text = text ? text : sc_json_get_string(title, "en", NULL);
    if (!text && sc_json_first(title))
        text = sc_json_string(sc_json_first(title));
    return text ? text : otherwise;
}

static struct sc_out_column column_of(const struct sc_json *spec, const char *language)
{
    const char *name = sc_json_is(spec, SC_JSON_STRING)
                               ? sc_json_string(spec)
                               : sc_json_get_string(spec, "name", "");
    struct sc_out_column column = {
        .name = name,
        .title = title_of(sc_json_get(spec, "title"), language, name),
        .type = type_of(sc_json_get_string(spec, "type", "")),
        .currency = sc_json_get_string(spec, "currency", NULL),
    };

    sc_json_double(sc_json_get(spec, "width"), &column.width);
    return column;
}

static void note_unknown(const struct sc_out_columns *columns, const struct sc_json *rows,
        struct sc_json *notes)
{
    for (size_t i = 0; i < columns->count && sc_json_first(rows); i++) {
        bool found = false;

        SC_JSON_EACH(row, rows)
        {
            found = sc_json_get(row, columns->items[i].name) != NULL;
            if (found)
                break;
        }
        if (!found)
            sc_note(notes, "no row has the field '%s'", columns->items[i].name);
    }
}

static enum sc_code read_given(const struct sc_json *specs, const char *language,
        struct sc_out_columns *columns, struct sc_error *err)
{
    columns->items = sc_new_array(struct sc_out_column, sc_json_count(specs));
    SC_JSON_EACH(spec, specs)
    {
        struct sc_out_column column = column_of(spec, language);

        for (size_t i = 0; i < columns->count; i++) {
            if (strcmp(columns->items[i].name, column.name) == 0)
                return sc_fail(
                        err, SC_INVALID, "columns: '%s' stands twice", column.name);
        }
        columns->items[columns->count++] = column;
    }
    return SC_OK;
}

static enum sc_code read_rows(
        const struct sc_json *rows, struct sc_out_columns *columns, struct sc_error *err)
{
    struct sc_map seen;

    sc_map_init(&seen);
    SC_JSON_EACH(row, rows)
    {
        SC_JSON_EACH(member, row)
        {
            const char *name = sc_json_key(member);

            if (sc_map_get(&seen, name) || columns->count == SC_GRID_COLUMNS)
                continue;
            sc_map_set(&seen, name, columns);
            columns->items = sc_realloc(
                    columns->items, (columns->count + 1) * sizeof(*columns->items));
            columns->items[columns->count++] =
                    (struct sc_out_column){ .name = name, .title = name };
        }
    }
    sc_map_release(&seen, NULL);
    if (columns->count == 0)
        return sc_fail(err, SC_INVALID, "there are no rows: say which columns to write");
    return SC_OK;
}

enum sc_code sc_out_columns_read(const struct sc_json *columns,
        const struct sc_json *rows, const char *language,
        struct sc_out_columns *ret_columns, struct sc_json *notes, struct sc_error *err)
{
    struct sc_out_columns out = { 0 };
    enum sc_code code = sc_json_first(columns) ? read_given(columns, language, &out, err)
                                               : read_rows(rows, &out, err);

    if (code != SC_OK) {
        sc_out_columns_free(&out);
        return code;
    }
    note_unknown(&out, rows, notes);
    *ret_columns = out;
    return SC_OK;
}

void sc_out_columns_free(struct sc_out_columns *columns)
{
    free(columns->items);
    *columns = (struct sc_out_columns){ 0 };
}

void sc_out_text(struct sc_buf *out, const struct sc_json *value)
{
    switch (sc_json_type(value)) {
    case SC_JSON_NULL:
        return;
    case SC_JSON_BOOL:
        sc_buf_adds(out, sc_json_true(value) ? "true" : "false");
        return;
    case SC_JSON_NUMBER:
        sc_buf_adds(out, sc_json_number(value));
        return;
    case SC_JSON_STRING:
        sc_buf_adds(out, sc_json_string(value));
        return;
    case SC_JSON_ARRAY:
    case SC_JSON_OBJECT:
        break;
    }
    sc_json_write(out, value);
}
