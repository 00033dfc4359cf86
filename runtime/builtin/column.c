#include "builtin/column.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "builtin/measure.h"
#include "builtin/note.h"
#include "builtin/xlsx_style.h"
#include "codec/json_number.h"

enum { SHOWN_CELL = 41, SHOWN_ROWS = 8 };

static const char *const type_words[] = { "text", "number", "integer", "date", "boolean",
    "any", "percent" };

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

/* With more digits it is an id, a barcode or a telephone. */
static bool is_short(const char *number)
{
    return sc_decimal_view(number).count <= 15;
}

static void count_plain(
        struct census *c, const char *text, size_t row, const struct sc_writing *writing)
{
    char out[SC_NUMBER_TEXT] = "0", date[SC_DATE_TEXT];
    enum sc_reading reading = sc_cell_number(text, writing, out);

    c->readable_number += reading != SC_READ_NOT;
    c->doubtful += reading == SC_READ_DOUBTFUL;
    if (writing->decimal ? reading == SC_READ_OK && is_short(out) &&
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
        size_t first, struct sc_json *notes)
{
    struct census c = { 0 };

    for (size_t row = first; row < grid->row_count; row++)
        count_cell(&c, grid, sc_grid_at(grid, row, column->at), grid->rows[row].number,
                &column->writing);
    column->type = type_of(&c);
    say_doubts(column, &c, notes);
}

/* --- cells as JSON --- */

/* The text of a number as JSON has it, with what stands beside it; false when it is none.
 */
static bool read_number(const struct sc_column *column, const struct sc_cell *cell,
        const char *text, char number[SC_NUMBER_TEXT], char unit[SHOWN_CELL])
{
    char amount[SHOWN_CELL * 2];
    size_t len = strlen(text);

    snprintf(unit, SHOWN_CELL, "%s", cell->unit);
    if (cell->kind == SC_CELL_NUMBER)
        return (size_t)snprintf(number, SC_NUMBER_TEXT, "%s", text) < SC_NUMBER_TEXT;
    if ((cell->kind != SC_CELL_PLAIN && cell->kind != SC_CELL_TEXT) ||
            len >= sizeof(amount))
        return false;
    if (!column->weight && column->type != SC_COLUMN_PERCENT)
        return sc_cell_number(text, &column->writing, number) == SC_READ_OK;
    sc_cell_fold(text, amount, sizeof(amount));
    len = strlen(amount);
    if (column->weight)
        len = sc_measure_split(amount);
    else if (len > 0 && amount[len - 1] == '%')
        len--;
    snprintf(unit, SHOWN_CELL, "%s", amount + len);
    amount[len] = '\0';
    return sc_cell_number(amount, &column->writing, number) == SC_READ_OK;
}

/* In kilograms; a unit in the cell goes before the head's. */
static bool to_kg(const struct sc_column *column, const char *unit, char *number)
{
    char as_given[SC_NUMBER_TEXT];

    if (!*unit)
        unit = column->said ? column->said : "kg";
    memcpy(as_given, number, SC_NUMBER_TEXT);
    return sc_measure_to_kg(as_given, unit, number, SC_NUMBER_TEXT);
}

static struct sc_json *number_of(
        const struct sc_column *column, const struct sc_cell *cell, const char *text)
{
    char number[SC_NUMBER_TEXT], unit[SHOWN_CELL], fraction[SC_NUMBER_TEXT];

    if (cell->kind == SC_CELL_NUMBER && strlen(text) >= SC_NUMBER_TEXT)
        return sc_json_new_number(text);
    if (!read_number(column, cell, text, number, unit))
        return NULL;
    if (column->weight && !to_kg(column, unit, number))
        return NULL;
    if (column->type == SC_COLUMN_PERCENT && cell->kind == SC_CELL_NUMBER &&
            strcmp(unit, "%") == 0) {
        memcpy(fraction, number, sizeof(fraction));
        if (!sc_measure_to_percent(fraction, number, sizeof(number)))
            return NULL;
    }
    if (column->type == SC_COLUMN_INTEGER && !sc_decimal_is_integer(number))
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
        const struct sc_grid *grid, const struct sc_cell *cell)
{
    const char *text = sc_grid_text(grid, cell);

    switch (column->type) {
    case SC_COLUMN_TEXT:
        return sc_json_new_string_len(text, cell->len);
    case SC_COLUMN_NUMBER:
    case SC_COLUMN_INTEGER:
    case SC_COLUMN_PERCENT:
        return number_of(column, cell, text);
    case SC_COLUMN_DATE:
        return date_of(cell, text, &column->writing);
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

struct sc_json *sc_column_value(
        const struct sc_column *column, const struct sc_grid *grid, size_t row)
{
    const struct sc_cell *cell = sc_grid_at(grid, row, column->at);
    struct sc_json *value;

    if (cell->kind == SC_CELL_EMPTY && column->type == SC_COLUMN_TEXT)
        return sc_json_new_string("");
    if (is_nothing(cell))
        return sc_json_new_null();
    value = value_of(column, grid, cell);
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

static const char *shown_name(const struct sc_column *column)
{
    return column->header ? column->header : column->name;
}

/* --- currencies --- */

/* A head says its currency in capitals, or in any case behind what it is about. */
static bool head_fits(const struct sc_column *column, const char *currency)
{
    char said[SHOWN_CELL] = "";

    snprintf(said, sizeof(said), "%s", column->said ? column->said : "");
    for (char *c = said; *c; c++)
        *c = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
    return sc_cell_fits_currency(shown_name(column), currency) &&
           sc_cell_fits_currency(said, currency);
}

enum sc_code sc_column_check_currency(const struct sc_column *column,
        const struct sc_grid *grid, size_t first, const char *currency,
        struct sc_error *err)
{
    if (!head_fits(column, currency))
        return sc_fail(err, SC_INVALID,
                "the column '%s' is not in %s: say in which currency its amounts are",
                shown_name(column), currency);
    for (size_t row = first; row < grid->row_count; row++) {
        const struct sc_cell *cell = sc_grid_at(grid, row, column->at);
        bool fits = sc_cell_fits_currency(sc_grid_text(grid, cell), currency);
        char shown[SHOWN_CELL];

        if (fits && sc_cell_fits_currency(cell->unit, currency))
            continue;
        show_cell(grid, cell, shown);
        return sc_fail(err, SC_INVALID,
                "column '%s': row %zu has '%s%s%s', which is not in %s: say in which "
                "currency the amounts are; one column cannot mix several",
                shown_name(column), grid->rows[row].number, shown, fits ? " " : "",
                fits ? cell->unit : "", currency);
    }
    return SC_OK;
}

/* --- what is wrong with cells --- */

/* What to do about a cell that does not fit, or "". */
static const char *mend_of(const struct sc_column *column, const char *text)
{
    char number[SC_NUMBER_TEXT];

    if (column->type == SC_COLUMN_TEXT || column->type == SC_COLUMN_DATE ||
            sc_cell_number(text, &column->writing, number) != SC_READ_DOUBTFUL)
        return "";
    return ": 1.200 or 1,200 can be 1200 or 1.2; write 1200 or 1.20 there, or give "
           "locale";
}

enum sc_code sc_column_check(const struct sc_column *column, const struct sc_grid *grid,
        size_t first, struct sc_error *err)
{
    static const char *const wanted[] = { "text", "number", "whole number", "date",
        "yes or no", "value", "percentage" };
    size_t wrong = 0, at = 0;
    const char *mend = "";
    char shown[SHOWN_CELL] = "";

    for (size_t row = first; row < grid->row_count; row++) {
        const struct sc_cell *cell = sc_grid_at(grid, row, column->at);
        struct sc_json *value = cell->kind == SC_CELL_EMPTY
                                        ? sc_json_new_null()
                                        : value_of(column, grid, cell);

        if (!value && wrong++ == 0) {
            at = grid->rows[row].number;
            show_cell(grid, cell, shown);
            mend = mend_of(column, sc_grid_text(grid, cell));
        }
        sc_json_free(value);
    }
    if (wrong == 0)
        return SC_OK;
    return sc_fail(err, SC_INVALID, "column '%s': row %zu has '%s', which is no %s%s%s%s",
            shown_name(column), at, shown, wanted[column->type],
            column->weight ? " of kilograms" : "",
            wrong > 1 ? "; more rows like it follow" : "", mend);
}

/* A cell's text without outer spaces; NULL when nothing is left. */
static char *trimmed(const char *text)
{
    size_t len;

    text += strspn(text, " \t\r\n");
    len = strlen(text);
    while (len > 0 && strchr(" \t\r\n", text[len - 1]))
        len--;
    return len ? sc_strndup(text, len) : NULL;
}

enum sc_code sc_column_check_unique(const struct sc_column *column,
        const struct sc_grid *grid, size_t first, struct sc_error *err)
{
    struct sc_map seen;
    enum sc_code code = SC_OK;

    sc_map_init(&seen);
    for (size_t row = first; row < grid->row_count && code == SC_OK; row++) {
        char *key = trimmed(sc_grid_text(grid, sc_grid_at(grid, row, column->at)));
        const struct sc_grid_row *before = key ? sc_map_get(&seen, key) : NULL;

        if (before)
            code = sc_fail(err, SC_INVALID,
                    "column '%s': row %zu repeats '%.60s' of row %zu; keep one of them",
                    shown_name(column), grid->rows[row].number, key, before->number);
        else if (key)
            sc_map_set(&seen, key, &grid->rows[row]);
        free(key);
    }
    sc_map_release(&seen, NULL);
    return code;
}

void sc_column_note_empty(const struct sc_column *column, const struct sc_grid *grid,
        size_t first, struct sc_json *notes)
{
    size_t empty = 0;
    struct sc_buf rows;

    sc_buf_init(&rows);
    for (size_t row = first; row < grid->row_count; row++) {
        if (!is_nothing(sc_grid_at(grid, row, column->at)))
            continue;
        if (empty++ < SHOWN_ROWS)
            sc_buf_addf(&rows, "%s%zu", empty > 1 ? ", " : "", grid->rows[row].number);
    }
    if (empty > SHOWN_ROWS)
        sc_note(notes, "column '%s' is empty in rows %s and %zu more", shown_name(column),
                sc_buf_text(&rows), empty - SHOWN_ROWS);
    else if (empty)
        sc_note(notes, "column '%s' is empty in row %s", shown_name(column),
                sc_buf_text(&rows));
    sc_buf_release(&rows);
}

/* --- how numbers are written --- */

static bool has_east_asian(const char *text)
{
    size_t len = strlen(text), step;

    for (size_t at = 0; at < len; at += step) {
        uint32_t code = sc_utf8_get(text + at, len - at, &step);

        if ((code >= 0x3040 && code <= 0x30ff) || (code >= 0x4e00 && code <= 0x9fff))
            return true;
    }
    return false;
}

/* What the cells of a column show of its decimal mark. */
struct marks {
    size_t points, commas; /* cells that leave no doubt */
    size_t doubtful_row;   /* the first that does; 0: none */
    char doubtful[SHOWN_CELL];
};

static void count_marks(struct marks *m, const struct sc_grid *grid, size_t row,
        const struct sc_column *column)
{
    const struct sc_cell *cell = sc_grid_at(grid, row, column->at);
    char number[SC_NUMBER_TEXT], mark;

    if (cell->kind != SC_CELL_PLAIN && cell->kind != SC_CELL_TEXT)
        return;
    if (sc_cell_number(sc_grid_text(grid, cell), &column->writing, number) ==
            SC_READ_DOUBTFUL) {
        if (!m->doubtful_row)
            show_cell(grid, cell, m->doubtful);
        m->doubtful_row = m->doubtful_row ? m->doubtful_row : grid->rows[row].number;
        return;
    }
    mark = sc_cell_decimal_mark(sc_grid_text(grid, cell));
    m->points += mark == '.';
    m->commas += mark == ',';
}

void sc_column_find_writing(struct sc_column *column, const struct sc_grid *grid,
        size_t first, struct sc_json *notes)
{
    struct marks m = { 0 };
    char number[SC_NUMBER_TEXT];
    bool east = has_east_asian(shown_name(column));

    if (column->writing.decimal)
        return;
    for (size_t row = first; row < grid->row_count; row++)
        count_marks(&m, grid, row, column);
    if (!m.doubtful_row || m.commas || !(m.points || east))
        return;
    column->writing.decimal = '.';
    if (sc_cell_number(m.doubtful, &column->writing, number) == SC_READ_OK)
        sc_note(notes, "column '%s': '%s' in row %zu was read as %s", shown_name(column),
                m.doubtful, m.doubtful_row, number);
}
