#include "builtin/xlsx_sheet.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/json_number.h"

enum {
    MAX_CELL_TEXT = 1048576,
    MAX_ROW = 1048576,
    MAX_MERGES = 20000,
    MAX_HEAD_ROW = 1003
}; /* merges matter in heads only */

struct reading {
    const struct sc_book *book;
    struct sc_grid *grid;
    size_t row;          /* number of the row being read */
    size_t column;       /* of the cell being read, from 0 */
    size_t style;        /* its style's index */
    char type[12];       /* its t attribute */
    struct sc_buf value; /* its text so far */
    bool in_row, in_cell, in_value, in_phonetic;
};

/* "BC23": column 54 (from 0), row 23. False when it is no reference. */
static bool parse_reference(const char *text, size_t *ret_column, size_t *ret_row)
{
    size_t column = 0, row = 0;

    for (; *text >= 'A' && *text <= 'Z' && column <= SC_GRID_COLUMNS; text++)
        column = column * 26 + (size_t)(*text - 'A') + 1;
    for (; *text >= '0' && *text <= '9' && row <= MAX_ROW; text++)
        row = row * 10 + (size_t)(*text - '0');
    if (column == 0 || row == 0 || (*text && *text != ':'))
        return false;
    *ret_column = column - 1;
    *ret_row = row;
    return true;
}

static enum sc_code begin_row(
        struct reading *r, const char **attributes, struct sc_error *err)
{
    const char *number = sc_part_attribute(attributes, "r");
    long n = number ? strtol(number, NULL, 10) : (long)r->row + 1;

    if (n <= (long)r->row || n > MAX_ROW)
        return sc_fail(err, SC_INVALID, "the sheet's rows are out of order after row %zu",
                r->row);
    r->row = (size_t)n;
    r->column = 0;
    r->in_row = true;
    return sc_grid_add_row(r->grid, r->row, err);
}

static enum sc_code fill_to(struct reading *r, size_t column, struct sc_error *err)
{
    struct sc_grid_row *row = &r->grid->rows[r->grid->row_count - 1];
    enum sc_code code = SC_OK;

    if (column < row->count)
        return sc_fail(err, SC_INVALID, "the cells of row %zu are out of order", r->row);
    while (code == SC_OK && row->count < column)
        code = sc_grid_add(r->grid, SC_CELL_EMPTY, "", 0, err);
    return code;
}

static enum sc_code begin_cell(
        struct reading *r, const char **attributes, struct sc_error *err)
{
    const char *reference = sc_part_attribute(attributes, "r");
    const char *type = sc_part_attribute(attributes, "t");
    const char *style = sc_part_attribute(attributes, "s");
    size_t row = r->row, column = r->column;

    if (!r->in_row)
        return sc_fail(err, SC_INVALID, "the sheet has a cell outside of rows");
    if (reference && (!parse_reference(reference, &column, &row) || row != r->row))
        return sc_fail(
                err, SC_INVALID, "row %zu has a cell with a wrong address", r->row);
    snprintf(r->type, sizeof(r->type), "%s", type ? type : "n");
    r->style = style ? (size_t)strtoul(style, NULL, 10) : 0;
    r->in_cell = true;
    r->column = column + 1;
    sc_buf_clear(&r->value);
    return fill_to(r, column, err);
}

static enum sc_code add_merge(struct reading *r, const char **attributes)
{
    const char *reference = sc_part_attribute(attributes, "ref");
    const char *colon = reference ? strchr(reference, ':') : NULL;
    struct sc_grid_merge merge;
    size_t last_column, last_row;

    if (r->grid->merge_count < MAX_MERGES && colon &&
            parse_reference(reference, &merge.column, &merge.number) &&
            merge.number <= MAX_HEAD_ROW &&
            parse_reference(colon + 1, &last_column, &last_row) &&
            last_column >= merge.column && last_row >= merge.number) {
        merge.columns = last_column - merge.column + 1;
        merge.rows = last_row - merge.number + 1;
        sc_grid_add_merge(r->grid, &merge);
    }
    return SC_OK;
}

static enum sc_code on_start(
        void *arg, const char *name, const char **attributes, struct sc_error *err)
{
    struct reading *r = arg;

    if (strcmp(name, "row") == 0)
        return begin_row(r, attributes, err);
    if (strcmp(name, "c") == 0)
        return begin_cell(r, attributes, err);
    if (strcmp(name, "mergeCell") == 0)
        return add_merge(r, attributes);
    if (strcmp(name, "rPh") == 0)
        r->in_phonetic = true;
    if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0)
        r->in_value = r->in_cell && !r->in_phonetic;
    return SC_OK;
}

static enum sc_code on_text(void *arg, const char *text, size_t len, struct sc_error *err)
{
    struct reading *r = arg;

    if (!r->in_value)
        return SC_OK;
    if (r->value.len + len > MAX_CELL_TEXT)
        return sc_fail(
                err, SC_INVALID, "a cell of row %zu has over 1 MB of text", r->row);
    sc_buf_add(&r->value, text, len);
    return SC_OK;
}

/* Significant digits of a number's text. */
static size_t digits_of(const char *text)
{
    return sc_decimal_view(text).count;
}

/* A number as JSON has it; false when the text is none. A fraction of 16 or 17 digits is
 * the binary neighbour of what Excel shows with 15. */
static bool tidy_number(const char *text, char *ret_text, size_t size)
{
    double value;
    char *end;

    if (sc_decimal_valid(text, strlen(text)) && strlen(text) < size) {
        snprintf(ret_text, size, "%s", text);
        if (digits_of(text) <= 15 || !strpbrk(text, ".eE"))
            return true;
    }
    value = strtod(text, &end);
    if (end == text || *end || !isfinite(value))
        return false;
    snprintf(ret_text, size, "%.15g", value);
    return sc_decimal_valid(ret_text, strlen(ret_text));
}

static enum sc_code add_number(struct reading *r, const char *text, struct sc_error *err)
{
    struct sc_book_style style = sc_book_style(r->book, r->style);
    enum sc_code code;
    char number[64], date[SC_SERIAL_TEXT];

    if (!tidy_number(text, number, sizeof(number)))
        return sc_grid_add(r->grid, SC_CELL_TEXT, text, strlen(text), err);
    if (style.kind != SC_STYLE_NUMBER &&
            sc_style_date(strtod(number, NULL), style.kind, r->book->from_1904, date))
        return sc_grid_add(r->grid, SC_CELL_DATE, date, strlen(date), err);
    code = sc_grid_add(r->grid, SC_CELL_NUMBER, number, strlen(number), err);
    if (code == SC_OK)
        sc_grid_set_unit(r->grid, style.unit);
    return code;
}

static enum sc_code add_shared(struct reading *r, const char *text, struct sc_error *err)
{
    char *end;
    unsigned long index = strtoul(text, &end, 10);
    size_t len;
    const char *found = *end ? NULL : sc_book_string(r->book, index, &len);

    if (!found)
        return sc_fail(err, SC_INVALID,
                "a cell of row %zu names a text that the workbook does not have", r->row);
    return sc_grid_add(r->grid, SC_CELL_TEXT, found, len, err);
}

static enum sc_code end_cell(struct reading *r, struct sc_error *err)
{
    char *text = r->value.len ? r->value.data : NULL;
    enum sc_cell_kind kind = SC_CELL_TEXT;

    r->in_cell = false;
    if (!text)
        return sc_grid_add(r->grid, SC_CELL_EMPTY, "", 0, err);
    if (strcmp(r->type, "s") == 0)
        return add_shared(r, text, err);
    if (strcmp(r->type, "n") == 0)
        return add_number(r, text, err);
    if (strcmp(r->type, "b") == 0) {
        const char *word = strcmp(text, "1") == 0 ? "true" : "false";

        return sc_grid_add(r->grid, SC_CELL_BOOL, word, strlen(word), err);
    }
    if (strcmp(r->type, "e") == 0)
        kind = SC_CELL_ERROR;
    else if (strcmp(r->type, "d") == 0)
        kind = SC_CELL_DATE;
    else
        r->value.len = sc_book_unescape(text, r->value.len);
    return sc_grid_add(r->grid, kind, text, r->value.len, err);
}

static enum sc_code on_end(void *arg, const char *name, struct sc_error *err)
{
    struct reading *r = arg;

    if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0)
        r->in_value = false;
    else if (strcmp(name, "rPh") == 0)
        r->in_phonetic = false;
    else if (strcmp(name, "c") == 0 && r->in_cell)
        return end_cell(r, err);
    else if (strcmp(name, "row") == 0 && r->in_row) {
        r->in_row = false;
        sc_grid_drop_empty_row(r->grid);
    }
    return SC_OK;
}

enum sc_code sc_sheet_read(struct sc_package *package, const struct sc_book *book,
        const char *part, struct sc_grid *grid, struct sc_error *err)
{
    struct reading r = { .book = book, .grid = grid };
    struct sc_part_handler handler = {
        .on_start = on_start, .on_end = on_end, .on_text = on_text, .arg = &r
    };
    enum sc_code code;

    sc_buf_init(&r.value);
    code = sc_package_read(package, part, &handler, err);
    sc_buf_release(&r.value);
    return code;
}
