#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "builtin/call.h"
#include "builtin/note.h"
#include "builtin/out_column.h"
#include "builtin/place.h"
#include "builtin/xlsx_write.h"
#include "codec/csv.h"
#include "codec/tz.h"

struct writing {
    const struct sc_builtin_call *call;
    const struct sc_json *args, *rows;
    struct sc_out_columns columns;
    struct sc_json *notes;
    char *data;
    size_t len;
};

typedef enum sc_code encode_fn(struct writing *w, struct sc_error *err);

/* --- text formats --- */

/* Cells of one row one after another in text, with pointers to them. */
static void gather_row(const struct writing *w, const struct sc_json *row,
        struct sc_buf *text, const char **cells)
{
    sc_buf_clear(text);
    for (size_t i = 0; i < w->columns.count; i++) {
        sc_out_text(text, sc_json_get(row, w->columns.items[i].name));
        sc_buf_addc(text, '\0');
    }
    cells[0] = text->data;
    for (size_t i = 1; i < w->columns.count; i++)
        cells[i] = cells[i - 1] + strlen(cells[i - 1]) + 1;
}

static enum sc_code encode_separated(
        struct writing *w, char separator, bool bom, struct sc_error *err)
{
    const char *formulas = sc_json_get_string(w->args, "formulas", "guard");
    struct sc_csv_style style = {
        .separator = separator, .bom = bom, .guard = strcmp(formulas, "keep") != 0
    };
    const char **cells = sc_new_array(const char *, w->columns.count);
    struct sc_buf out, text;
    enum sc_code code = SC_OK;

    sc_buf_init(&out);
    sc_buf_init(&text);
    for (size_t i = 0; i < w->columns.count; i++)
        cells[i] = w->columns.items[i].title;
    sc_csv_write_start(&out, &style);
    sc_csv_write_row(&out, &style, cells, w->columns.count);
    SC_JSON_EACH(row, w->rows)
    {
        gather_row(w, row, &text, cells);
        sc_csv_write_row(&out, &style, cells, w->columns.count);
        code = sc_builtin_call_check(w->call, err);
        if (code != SC_OK)
            break;
    }
    w->len = out.len;
    w->data = sc_buf_detach(&out);
    sc_buf_release(&text);
    free(cells);
    return code;
}

static enum sc_code encode_csv(struct writing *w, struct sc_error *err)
{
    return encode_separated(w, ',', sc_json_get_bool(w->args, "bom", true), err);
}

static enum sc_code encode_tsv(struct writing *w, struct sc_error *err)
{
    return encode_separated(w, '\t', sc_json_get_bool(w->args, "bom", false), err);
}

static enum sc_code encode_json(struct writing *w, struct sc_error *err)
{
    struct sc_json *list = sc_json_new_array();
    struct sc_buf out;
    enum sc_code code = SC_OK;

    SC_JSON_EACH(row, w->rows)
    {
        struct sc_json *one = sc_json_append(list, sc_json_new_object());

        for (size_t i = 0; i < w->columns.count; i++) {
            const char *name = w->columns.items[i].name;
            const struct sc_json *value = sc_json_get(row, name);

            sc_json_add(one, name, value ? sc_json_copy(value) : sc_json_new_null());
        }
        code = sc_builtin_call_check(w->call, err);
        if (code != SC_OK)
            break;
    }
    sc_buf_init(&out);
    sc_json_write_pretty(&out, list);
    sc_buf_addc(&out, '\n');
    sc_json_free(list);
    w->len = out.len;
    w->data = sc_buf_detach(&out);
    return code;
}

/* --- XLSX --- */

/* Written into the file: the task's own time, so that doing it again gives the same
 * bytes. */
static int64_t created_ms(const struct sc_json *env)
{
    struct sc_iso_time at;
    int64_t minutes;

    if (sc_iso_parse(sc_json_get_string(env, "now", "2000-01-01"), &at, NULL) != SC_OK)
        return 0;
    minutes = sc_days_of_date(at.local.year, at.local.month, at.local.day) * 1440 +
              (int64_t)at.local.hour * 60 + at.local.minute;
    return minutes * 60000 + (int64_t)at.local.second * 1000 - at.offset_ms;
}

static enum sc_code encode_xlsx(struct writing *w, struct sc_error *err)
{
    struct sc_xlsx_table table = {
        .columns = &w->columns,
        .rows = w->rows,
        .sheet = sc_json_get_string(w->args, "sheet", "Sheet1"),
        .created_ms = created_ms(w->call->request.context->env),
        .notes = w->notes,
    };

    return sc_xlsx_write(&table, &w->data, &w->len, err);
}

/* --- the operation --- */

static encode_fn *encoder_of(const char *path)
{
    static const struct {
        const char *ending;
        encode_fn *encode;
    } formats[] = {
        { ".xlsx", encode_xlsx },
        { ".csv", encode_csv },
        { ".tsv", encode_tsv },
        { ".json", encode_json },
    };
    const char *dot = strrchr(path, '.');

    for (size_t i = 0; dot && i < sizeof(formats) / sizeof(*formats); i++) {
        if (strcasecmp(dot, formats[i].ending) == 0)
            return formats[i].encode;
    }
    return NULL;
}

static enum sc_code store(
        struct writing *w, struct sc_json **ret_value, struct sc_error *err)
{
    struct sc_place_write write = {
        .path = sc_json_get_string(w->args, "path", ""),
        .data = w->data,
        .len = w->len,
        .overwrite = sc_json_get_bool(w->args, "overwrite", false),
    };
    char *path, *name;
    struct sc_json *value;
    enum sc_code code =
            sc_place_write(w->call->request.context, &write, &path, &name, err);

    if (code != SC_OK)
        return code;
    value = sc_json_new_object();
    sc_json_set_string(value, "path", path);
    sc_json_set_string(value, "name", name);
    sc_json_set_int(value, "bytes", (int64_t)w->len);
    sc_json_set_int(value, "row_count", (int64_t)sc_json_count(w->rows));
    sc_json_set(value, "notes", sc_json_copy(w->notes));
    free(path);
    free(name);
    *ret_value = value;
    return SC_OK;
}

static enum sc_code write_table(
        struct writing *w, struct sc_json **ret_value, struct sc_error *err)
{
    const char *path = sc_json_get_string(w->args, "path", "");
    const char *language = sc_json_get_string(w->args, "language",
            sc_json_get_string(w->call->request.context->env, "language", "en"));
    encode_fn *encode = encoder_of(path);
    enum sc_code code;

    if (!encode)
        return sc_fail(err, SC_INVALID,
                "path: '%s' must end in .xlsx, .csv, .tsv or .json", path);
    code = sc_out_columns_read(sc_json_get(w->args, "columns"), w->rows, language,
            &w->columns, w->notes, err);
    if (code == SC_OK)
        code = encode(w, err);
    if (code == SC_OK)
        code = sc_builtin_call_check(w->call, err);
    if (code == SC_OK)
        code = store(w, ret_value, err);
    return code;
}

enum sc_code sc_table_write(struct sc_builtin_call *call, struct sc_error *err)
{
    struct writing w = { .call = call,
        .args = call->args,
        .rows = sc_json_get(call->args, "rows"),
        .notes = sc_json_new_array() };
    enum sc_code code = write_table(&w, &call->outcome.value, err);

    free(w.data);
    sc_out_columns_free(&w.columns);
    sc_json_free(w.notes);
    return code;
}
