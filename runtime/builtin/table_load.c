#include "builtin/table_load.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/map.h"
#include "base/mem.h"
#include "builtin/note.h"
#include "builtin/xlsx_read.h"
#include "codec/csv.h"

enum { PIECE = 65536 };

/* --- CSV and TSV --- */

struct csv_loading {
    struct sc_grid *grid;
    struct sc_json *notes;
    struct sc_error err; /* the first that adding a row met */
};

static void on_row(void *arg, const struct sc_csv_row *row)
{
    struct csv_loading *l = arg;

    if (!l->err.code)
        (void)!sc_grid_add_row(l->grid, row->number, &l->err);
    for (size_t i = 0; i < row->count && !l->err.code; i++)
        (void)!sc_grid_add(
                l->grid, SC_CELL_PLAIN, row->cells[i], strlen(row->cells[i]), &l->err);
}

static void on_csv_note(void *arg, const char *sentence)
{
    sc_note(((struct csv_loading *)arg)->notes, "%s", sentence);
}

static enum sc_code feed(struct sc_csv *csv, struct csv_loading *l, const char *data,
        size_t len, struct sc_error *err)
{
    enum sc_code code = SC_OK;

    for (size_t at = 0; at < len && code == SC_OK; at += PIECE) {
        code = sc_csv_feed(csv, data + at, len - at < PIECE ? len - at : PIECE, err);
        if (code == SC_OK && l->err.code)
            break;
    }
    if (code == SC_OK && !l->err.code)
        code = sc_csv_finish(csv, err);
    if (code == SC_OK && l->err.code) {
        *err = l->err;
        code = l->err.code;
    }
    return code;
}

/* Whether text is Chinese or Japanese can be told from its bytes; which of the small
 * European code pages it is in is a guess. */
static void note_guess(struct sc_json *notes, const char *encoding)
{
    static const char *const sure[] = { "UTF-8", "UTF-16LE", "UTF-16BE", "GB18030",
        "Shift_JIS" };

    for (size_t i = 0; i < sizeof(sure) / sizeof(*sure); i++)
        if (strcmp(encoding, sure[i]) == 0)
            return;
    sc_note(notes,
            "the text is not UTF-8 and was read as %s: name the encoding if letters "
            "are wrong",
            encoding);
}

static enum sc_code load_csv(struct sc_table_source *source, char separator,
        struct sc_grid *grid, struct sc_error *err)
{
    struct csv_loading loading = { .grid = grid, .notes = source->notes };
    const struct sc_json *args = source->args;
    const char *encoding = sc_json_get_string(args, "encoding", "auto");
    const char *delimiter = sc_json_get_string(args, "delimiter", NULL);
    struct sc_csv_options options = {
        .encoding = strcmp(encoding, "auto") == 0 ? NULL : encoding,
        .separator = separator,
        .max_bytes = source->len,
        .max_rows = grid->max_rows + 1,
        .max_columns = SC_TABLE_COLUMNS,
    };
    struct sc_csv_handler handler = {
        .on_header = on_row, .on_row = on_row, .on_note = on_csv_note, .arg = &loading
    };
    struct sc_csv *csv;
    enum sc_code code;

    if (delimiter)
        options.separator = *delimiter;
    if (sc_json_get(args, "header_row") || sc_json_get(args, "header_rows"))
        return sc_fail(err, SC_INVALID,
                "header_row is for XLSX: the head of a CSV file is its first row");
    if (source->len == 0)
        return sc_fail(err, SC_INVALID, "the file is empty");
    csv = sc_csv_new(&options, &handler);
    code = feed(csv, &loading, source->data, source->len, err);
    if (code == SC_OK)
        source->encoding = sc_strdup(sc_csv_encoding(csv));
    if (code == SC_OK && !options.encoding)
        note_guess(source->notes, source->encoding);
    sc_csv_free(csv);
    return code;
}

/* --- JSON --- */

static enum sc_code add_json(
        struct sc_grid *grid, const struct sc_json *item, struct sc_error *err)
{
    struct sc_buf text;
    const char *s;
    enum sc_code code;

    switch (sc_json_type(item)) {
    case SC_JSON_NULL:
        return sc_grid_add(grid, SC_CELL_EMPTY, "", 0, err);
    case SC_JSON_BOOL:
        s = sc_json_true(item) ? "true" : "false";
        return sc_grid_add(grid, SC_CELL_BOOL, s, strlen(s), err);
    case SC_JSON_NUMBER:
        s = sc_json_number(item);
        return sc_grid_add(grid, SC_CELL_NUMBER, s, strlen(s), err);
    case SC_JSON_STRING:
        s = sc_json_string(item);
        return sc_grid_add(grid, SC_CELL_TEXT, s, strlen(s), err);
    case SC_JSON_ARRAY:
    case SC_JSON_OBJECT:
        break;
    }
    sc_buf_init(&text);
    sc_json_write(&text, item);
    code = sc_grid_add(grid, SC_CELL_JSON, sc_buf_text(&text), text.len, err);
    sc_buf_release(&text);
    return code;
}

/* The list of rows: the document itself, or its only list of objects. */
static const struct sc_json *find_rows(const struct sc_json *document)
{
    const struct sc_json *found = NULL;

    if (sc_json_is(document, SC_JSON_ARRAY))
        return document;
    SC_JSON_EACH(member, document)
    {
        if (!sc_json_is(member, SC_JSON_ARRAY) ||
                !sc_json_is(sc_json_first(member), SC_JSON_OBJECT))
            continue;
        if (found)
            return NULL;
        found = member;
    }
    return found;
}

/* All member names in order of first appearance, as the head row. */
static enum sc_code add_names(struct sc_grid *grid, const struct sc_json *rows,
        struct sc_map *names, struct sc_error *err)
{
    enum sc_code code = sc_grid_add_row(grid, 1, err);
    size_t number = 0;

    SC_JSON_EACH(row, rows)
    {
        number++;
        if (!sc_json_is(row, SC_JSON_OBJECT))
            return sc_fail(err, SC_INVALID, "element %zu is no object", number);
        SC_JSON_EACH(member, row)
        {
            const char *name = sc_json_key(member);

            if (code != SC_OK || sc_map_get(names, name))
                continue;
            sc_map_set(names, name, names);
            code = sc_grid_add(grid, SC_CELL_TEXT, name, strlen(name), err);
        }
    }
    return code;
}

static enum sc_code add_rows(struct sc_grid *grid, const struct sc_json *rows,
        const struct sc_map *names, struct sc_error *err)
{
    size_t number = 1;
    enum sc_code code = SC_OK;

    SC_JSON_EACH(row, rows)
    {
        const struct sc_map_entry *name;
        size_t at = 0;

        code = code == SC_OK ? sc_grid_add_row(grid, ++number, err) : code;
        while (code == SC_OK && (name = sc_map_next(names, &at)))
            code = add_json(grid, sc_json_get(row, name->key), err);
    }
    return code;
}

static enum sc_code load_json(
        const char *data, size_t len, struct sc_grid *grid, struct sc_error *err)
{
    static const char bom[] = "\xef\xbb\xbf";
    bool has_bom = len >= 3 && memcmp(data, bom, 3) == 0;
    struct sc_json_limits limits = { .max_bytes = len + 1 };
    struct sc_json *document = sc_json_parse(
            data + (has_bom ? 3 : 0), len - (has_bom ? 3 : 0), &limits, err);
    const struct sc_json *rows = find_rows(document);
    struct sc_map names;
    enum sc_code code;

    if (!document)
        return SC_INVALID;
    if (!rows || sc_json_count(rows) == 0) {
        sc_json_free(document);
        return sc_fail(
                err, SC_INVALID, "the file has no list of objects with rows in it");
    }
    sc_map_init(&names);
    code = add_names(grid, rows, &names, err);
    if (code == SC_OK)
        code = add_rows(grid, rows, &names, err);
    sc_map_release(&names, NULL);
    sc_json_free(document);
    return code;
}

/* --- which --- */

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), end_len = strlen(end);

    return len >= end_len && strcasecmp(text + len - end_len, end) == 0;
}

static const char *format_of(const char *data, size_t len, const char *name)
{
    static const unsigned char ole[] = { 0xd0, 0xcf, 0x11, 0xe0 };

    if (len >= 4 && memcmp(data, "PK\3\4", 4) == 0)
        return "xlsx";
    if (len >= 4 && memcmp(data, ole, 4) == 0)
        return "xls";
    if (ends_with(name, ".xlsx") || ends_with(name, ".xlsm"))
        return "xlsx";
    if (ends_with(name, ".json"))
        return "json";
    return ends_with(name, ".tsv") ? "tsv" : "csv";
}

/* The sheet asked for, by name or by number, as text. */
static char *wanted_sheet(const struct sc_json *args)
{
    const struct sc_json *sheet = sc_json_get(args, "sheet");

    if (sc_json_is(sheet, SC_JSON_NUMBER))
        return sc_strdup(sc_json_number(sheet));
    return sc_strdup(sc_json_get_string(args, "sheet", NULL));
}

static enum sc_code load_xlsx(
        struct sc_table_source *source, struct sc_grid *grid, struct sc_error *err)
{
    char *sheet = wanted_sheet(source->args);
    enum sc_code code =
            sc_xlsx_read(source->data, source->len, sheet, grid, &source->sheet, err);

    free(sheet);
    return code;
}

enum sc_code sc_table_load(
        struct sc_table_source *source, struct sc_grid *grid, struct sc_error *err)
{
    const char *format = sc_json_get_string(source->args, "format", "auto");

    if (strcmp(format, "auto") == 0)
        format = format_of(source->data, source->len, source->name);
    if (strcmp(format, "xls") == 0)
        return sc_fail(err, SC_INVALID,
                "the file is of an Excel before 2007: save it as .xlsx or .csv");
    if (strcmp(format, "json") == 0)
        return load_json(source->data, source->len, grid, err);
    if (strcmp(format, "xlsx") == 0)
        return load_xlsx(source, grid, err);
    if (strcmp(format, "tsv") == 0)
        return load_csv(source, '\t', grid, err);
    return load_csv(source, '\0', grid, err);
}

void sc_table_source_release(struct sc_table_source *source)
{
    free(source->sheet);
    free(source->encoding);
}
