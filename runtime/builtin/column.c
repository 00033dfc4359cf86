#include "builtin/column.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "builtin/note.h"
#include "builtin/xlsx_style.h"
#include "codec/json_number.h"

enum { SHOWN_CELL = 41 };

static const char *const type_words[] = { "text", "number", "integer", "date", "boolean",
    "any" };

const char *sc_column_type_word(enum sc_column_type type)
{
    return type_words[type];
}

bool sc_column_type_of(const char *word, enum sc_column_type *ret_type)
{
    for (size_t i = 0; i < sizeof(type_words) / sizeof(*type_words); i++) {
        if (strcmp(type_words[i], word) == 0) {
            *ret_type = (enum sc_column_type)i;
            return true;
        }
    }
    return false;
}

/* --- finding --- */

struct census {
    size_t filled;
    size_t text, plain, number, date, boolean, error, json;
    size_t fraction;        /* numbers that are not whole */
    size_t plain_number;    /* of plain: 12, -3.50 */
    size_t readable_number; /* of plain and text: 1.234,50 */
    size_t doubtful;        /* of those: 1.200 */
    size_t plain_date;
    size_t first_text_row; /* number of the first row whose plain cell is no number */
};

static void count_plain(
        struct census *c, const char *text, size_t row, const struct sc_writing *writing)
{
    char out[SC_NUMBER_TEXT] = "0", date[SC_DATE_TEXT];
    enum sc_reading reading = sc_cell_number(text, writing, out);

    c->readable_number += reading != SC_READ_NOT;
    c->doubtful += reading == SC_READ_DOUBTFUL;
    if (writing->decimal ? reading == SC_READ_OK &&
                                   !(text[0] == '0' && text[1] >= '0' && text[1] <= '9')
                         : sc_cell_is_plain_number(text)) {
        c->plain_number++;
        c->fraction += !sc_decimal_is_integer(out);
    } else if (!c->first_text_row) {
        c->first_text_row = row;
    }
    c->plain_date += sc_cell_date(text, writing, date) == SC_READ_OK;
}

static void count_cell(struct census *c, const struct sc_grid *grid,
        const struct sc_cell *cell, size_t row, const struct sc_writing *writing)
{
    const char *text = sc_grid_text(grid, cell);

    c->filled += cell->kind != SC_CELL_EMPTY;
    c->text += cell->kind == SC_CELL_TEXT;
    c->number += cell->kind == SC_CELL_NUMBER;
    c->date += cell->kind == SC_CELL_DATE;
    c->boolean += cell->kind == SC_CELL_BOOL;
    c->error += cell->kind == SC_CELL_ERROR;
    c->json += cell->kind == SC_CELL_JSON;
    c->plain += cell->kind == SC_CELL_PLAIN;
    if (cell->kind == SC_CELL_NUMBER)
        c->fraction += !sc_decimal_is_integer(text);
    else if (cell->kind == SC_CELL_PLAIN || cell->kind == SC_CELL_TEXT)
        count_plain(c, text, row, writing);
}

static enum sc_column_type type_of(const struct census *c)
{
    size_t filled = c->filled - c->error;

    if (filled == 0 || c->text == filled)
        return SC_COLUMN_TEXT;
    if (c->number == filled || (c->plain == filled && c->plain_number == filled))
        return c->fraction ? SC_COLUMN_NUMBER : SC_COLUMN_INTEGER;
    if (c->date == filled || (c->plain == filled && c->plain_date == filled))
        return SC_COLUMN_DATE;
    if (c->boolean == filled)
        return SC_COLUMN_BOOLEAN;
    return c->plain == filled ? SC_COLUMN_TEXT : SC_COLUMN_ANY;
}

static void say_doubts(
        const struct sc_column *column, const struct census *c, struct sc_json *notes)
{
    size_t texts = c->plain + c->text;

    if (c->error)
        sc_note(notes, "column '%s': %zu cells hold a spreadsheet error and are null",
                column->name, c->error);
    if (column->type == SC_COLUMN_ANY && !c->json)
        sc_note(notes, "column '%s' mixes numbers, texts or dates", column->name);
    if (column->type != SC_COLUMN_TEXT || c->readable_number == 0)
        return;
    if (c->readable_number == texts && c->doubtful)
        sc_note(notes,
                "column '%s' is text: 1.200 may be 1200 or 1.2; give locale or types",
                column->name);
    else if (c->readable_number == texts)
        sc_note(notes,
                "column '%s' is text that looks like numbers; give types to use it as "
                "one",
                column->name);
    else if (c->readable_number * 5 >= texts * 4)
        sc_note(notes, "column '%s' is text: row %zu has no number", column->name,
                c->first_text_row);
}

void sc_column_find_type(struct sc_column *column, const struct sc_grid *grid,
        size_t first, const struct sc_writing *writing, struct sc_json *notes)
{
    struct census c = { 0 };

    for (size_t row = first; row < grid->row_count; row++)
        count_cell(&c, grid, sc_grid_at(grid, row, column->at), grid->rows[row].number,
                writing);
    column->type = type_of(&c);
    say_doubts(column, &c, notes);
}

/* --- cells as JSON --- */

static struct sc_json *number_of(const struct sc_cell *cell, const char *text,
        enum sc_column_type type, const struct sc_writing *writing)
{
    char number[SC_NUMBER_TEXT];

    if (cell->kind == SC_CELL_NUMBER)
        return type == SC_COLUMN_INTEGER && !sc_decimal_is_integer(text)
                       ? NULL
                       : sc_json_new_number(text);
    if (cell->kind != SC_CELL_PLAIN && cell->kind != SC_CELL_TEXT)
        return NULL;
    if (sc_cell_number(text, writing, number) != SC_READ_OK)
        return NULL;
    if (type == SC_COLUMN_INTEGER && !sc_decimal_is_integer(number))
        return NULL;
    return sc_json_new_number(number);
}

static struct sc_json *date_of(
        const struct sc_cell *cell, const char *text, const struct sc_writing *writing)
{
    char date[SC_DATE_TEXT];

    if (cell->kind == SC_CELL_DATE)
        return sc_json_new_string(text);
    if (cell->kind == SC_CELL_NUMBER) /* a serial whose format was lost */
        return sc_style_date(strtod(text, NULL), SC_STYLE_DATE, false, date)
                       ? sc_json_new_string(date)
                       : NULL;
    if (cell->kind != SC_CELL_PLAIN && cell->kind != SC_CELL_TEXT)
        return NULL;
    if (sc_cell_date(text, writing, date) != SC_READ_OK)
        return NULL;
    return sc_json_new_string(date);
}

static struct sc_json *any_of(const struct sc_cell *cell, const char *text)
{
    if (cell->kind == SC_CELL_NUMBER)
        return sc_json_new_number(text);
    if (cell->kind == SC_CELL_BOOL)
        return sc_json_new_bool(strcmp(text, "true") == 0);
    if (cell->kind == SC_CELL_JSON)
        return sc_json_parse(text, cell->len, NULL, NULL);
    return sc_json_new_string_len(text, cell->len);
}

/* NULL when the cell does not fit the type. */
static struct sc_json *value_of(const struct sc_column *column,
        const struct sc_grid *grid, const struct sc_cell *cell,
        const struct sc_writing *writing)
{
    const char *text = sc_grid_text(grid, cell);

    switch (column->type) {
    case SC_COLUMN_TEXT:
        return sc_json_new_string_len(text, cell->len);
    case SC_COLUMN_NUMBER:
    case SC_COLUMN_INTEGER:
        return number_of(cell, text, column->type, writing);
    case SC_COLUMN_DATE:
        return date_of(cell, text, writing);
    case SC_COLUMN_BOOLEAN:
    case SC_COLUMN_ANY:
        break;
    }
    return any_of(cell, text);
}

static bool is_nothing(const struct sc_cell *cell)
{
    return cell->kind == SC_CELL_EMPTY || cell->kind == SC_CELL_ERROR;
}

struct sc_json *sc_column_value(const struct sc_column *column,
        const struct sc_grid *grid, size_t row, const struct sc_writing *writing)
{
    const struct sc_cell *cell = sc_grid_at(grid, row, column->at);
    struct sc_json *value;

    if (cell->kind == SC_CELL_EMPTY && column->type == SC_COLUMN_TEXT)
        return sc_json_new_string("");
    if (is_nothing(cell))
        return sc_json_new_null();
    value = value_of(column, grid, cell, writing);
    return value ? value : sc_json_new_null();
}

/* A cell's text in an error message. */
static void show_cell(
        const struct sc_grid *grid, const struct sc_cell *cell, char shown[SHOWN_CELL])
{
    const char *text = sc_grid_text(grid, cell);

    snprintf(shown, SHOWN_CELL, "%.*s", (int)sc_utf8_cut(text, cell->len, SHOWN_CELL - 1),
            text);
}

/* A head says its currency in capitals, or in any case between parentheses. */
static bool head_fits(const char *head, const char *currency)
{
    const char *open = strrchr(head, '('), *wide = strstr(head, "（");
    char inside[SHOWN_CELL] = "";

    if (wide && (!open || wide > open))
        open = wide;
    if (open)
        snprintf(inside, sizeof(inside), "%s", open);
    for (char *c = inside; *c; c++)
        *c = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
    return sc_cell_fits_currency(head, currency) &&
           sc_cell_fits_currency(inside, currency);
}

enum sc_code sc_column_check_currency(const struct sc_column *column,
        const struct sc_grid *grid, size_t first, const char *currency,
        struct sc_error *err)
{
    const char *head = column->header ? column->header : column->name;

    if (!head_fits(head, currency))
        return sc_fail(err, SC_INVALID,
                "the column '%s' is not in %s: say in which currency its amounts are",
                head, currency);
    for (size_t row = first; row < grid->row_count; row++) {
        const struct sc_cell *cell = sc_grid_at(grid, row, column->at);
        char shown[SHOWN_CELL];

        if (sc_cell_fits_currency(sc_grid_text(grid, cell), currency))
            continue;
        show_cell(grid, cell, shown);
        return sc_fail(err, SC_INVALID,
                "column '%s': row %zu has '%s', which is not in %s: say in which "
                "currency "
                "the amounts are; one column cannot mix several",
                column->name, grid->rows[row].number, shown, currency);
    }
    return SC_OK;
}

enum sc_code sc_column_check(const struct sc_column *column, const struct sc_grid *grid,
        size_t first, const struct sc_writing *writing, struct sc_error *err)
{
    size_t wrong = 0, at = 0;
    char shown[SHOWN_CELL] = "";

    for (size_t row = first; row < grid->row_count; row++) {
        const struct sc_cell *cell = sc_grid_at(grid, row, column->at);
        struct sc_json *value = cell->kind == SC_CELL_EMPTY
                                        ? sc_json_new_null()
                                        : value_of(column, grid, cell, writing);

        if (!value && wrong++ == 0) {
            at = grid->rows[row].number;
            show_cell(grid, cell, shown);
        }
        sc_json_free(value);
    }
    if (wrong == 0)
        return SC_OK;
    return sc_fail(err, SC_INVALID, "column '%s': row %zu has '%s', which is no %s%s%s",
            column->name, at, shown, sc_column_type_word(column->type),
            wrong > 1 ? "; more rows like it follow" : "",
            writing->decimal ? "" : " (give locale when 1.200 or 1,200 is meant)");
}
