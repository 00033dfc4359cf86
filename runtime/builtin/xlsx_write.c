#include "builtin/xlsx_write.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xlsxwriter.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "builtin/note.h"
#include "codec/json_number.h"
#include "codec/money.h"
#include "codec/tz.h"

enum { MAX_ROWS = 1048575, MAX_TEXT = 32767, MIN_WIDTH = 8, MAX_WIDTH = 60 };

struct writing {
    const struct sc_xlsx_table *table;
    lxw_workbook *book;
    lxw_worksheet *sheet;
    lxw_format **formats; /* by column */
    double *widths;       /* by column */
    size_t cut;           /* texts that were too long */
    size_t long_numbers;  /* written as text */
    struct sc_buf text;
    lxw_error failed;
};

/* --- forms of numbers --- */

static void format_money(lxw_format *format, const char *currency)
{
    int digits = currency ? sc_money_digits(currency) : 2;
    char form[48];

    snprintf(form, sizeof(form), "#,##0%s%.*s%s%s%s", digits > 0 ? "." : "",
            digits > 0 ? digits : 0, "000000", currency ? " [$" : "",
            currency ? currency : "", currency ? "]" : "");
    format_set_num_format(format, form);
}

static lxw_format *format_of(lxw_workbook *book, const struct sc_out_column *column)
{
    lxw_format *format;

    if (column->type != SC_OUT_MONEY && column->type != SC_OUT_DATE &&
            column->type != SC_OUT_PERCENT)
        return NULL;
    format = workbook_add_format(book);
    if (column->type == SC_OUT_MONEY)
        format_money(format, column->currency);
    else if (column->type == SC_OUT_DATE)
        format_set_num_format(format, "yyyy-mm-dd");
    else
        format_set_num_format(format, "0.0\"%\""); /* 30 means 30 % */
    return format;
}

/* --- cells --- */

/* How wide a text is shown: East Asian characters take two places. */
static double width_of(const char *text, size_t len)
{
    double width = 0;

    for (size_t at = 0; at < len;) {
        size_t step;
        uint32_t code = sc_utf8_get(text + at, len - at, &step);

        width += code >= 0x1100 ? 2 : 1;
        at += step;
    }
    return width;
}

static void widen(struct writing *w, size_t column, double width)
{
    if (width > w->widths[column])
        w->widths[column] = width;
}

static void keep_error(struct writing *w, lxw_error result)
{
    if (result != LXW_NO_ERROR && w->failed == LXW_NO_ERROR)
        w->failed = result;
}

static void write_text(
        struct writing *w, lxw_row_t row, size_t column, const char *text, size_t len)
{
    if (len > MAX_TEXT) {
        size_t keep = sc_utf8_cut(text, len, MAX_TEXT);
        char *shorter = sc_strndup(text, keep);

        w->cut++;
        keep_error(w,
                worksheet_write_string(w->sheet, row, (lxw_col_t)column, shorter, NULL));
        free(shorter);
        return;
    }
    widen(w, column, width_of(text, len));
    keep_error(w, worksheet_write_string(w->sheet, row, (lxw_col_t)column, text, NULL));
}

static void write_number(
        struct writing *w, lxw_row_t row, size_t column, const struct sc_json *value)
{
    const char *text = sc_json_number(value);
    double number;

    if (sc_decimal_view(text).count > 15 || !sc_json_double(value, &number)) {
        w->long_numbers++;
        write_text(w, row, column, text, strlen(text));
        return;
    }
    widen(w, column, (double)strlen(text) + (w->formats[column] ? 6 : 1));
    keep_error(w, worksheet_write_number(
                          w->sheet, row, (lxw_col_t)column, number, w->formats[column]));
}

static bool write_date(struct writing *w, lxw_row_t row, size_t column, const char *text)
{
    struct sc_iso_time at;
    lxw_datetime date = { 0 };

    if (sc_iso_parse(text, &at, NULL) != SC_OK || at.has_time || at.local.year < 1900)
        return false;
    date.year = at.local.year;
    date.month = at.local.month;
    date.day = at.local.day;
    widen(w, column, 11);
    keep_error(w, worksheet_write_datetime(
                          w->sheet, row, (lxw_col_t)column, &date, w->formats[column]));
    return true;
}

static void write_cell(
        struct writing *w, lxw_row_t row, size_t column, const struct sc_json *value)
{
    enum sc_out_type type = w->table->columns->items[column].type;

    if (sc_json_is(value, SC_JSON_NUMBER) && type != SC_OUT_TEXT) {
        write_number(w, row, column, value);
        return;
    }
    if (sc_json_is(value, SC_JSON_BOOL)) {
        keep_error(w, worksheet_write_boolean(w->sheet, row, (lxw_col_t)column,
                              sc_json_true(value), NULL));
        return;
    }
    if (type == SC_OUT_DATE && sc_json_is(value, SC_JSON_STRING) &&
            write_date(w, row, column, sc_json_string(value)))
        return;
    sc_buf_clear(&w->text);
    sc_out_text(&w->text, value);
    if (w->text.len)
        write_text(w, row, column, w->text.data, w->text.len);
}

/* --- the sheet --- */

static void write_head(struct writing *w)
{
    lxw_format *bold = workbook_add_format(w->book);

    format_set_bold(bold);
    format_set_bottom(bold, LXW_BORDER_THIN);
    for (size_t i = 0; i < w->table->columns->count; i++) {
        const char *title = w->table->columns->items[i].title;

        widen(w, i, width_of(title, strlen(title)) + 3); /* and the filter's button */
        keep_error(w, worksheet_write_string(w->sheet, 0, (lxw_col_t)i, title, bold));
    }
    worksheet_freeze_panes(w->sheet, 1, 0);
}

static void set_widths(struct writing *w)
{
    for (size_t i = 0; i < w->table->columns->count; i++) {
        double width = w->table->columns->items[i].width;

        if (width <= 0) {
            width = w->widths[i] + 1;
            width = width < MIN_WIDTH ? MIN_WIDTH : width > MAX_WIDTH ? MAX_WIDTH : width;
        }
        worksheet_set_column(w->sheet, (lxw_col_t)i, (lxw_col_t)i, width, NULL);
    }
}

static void write_sheet(struct writing *w)
{
    lxw_row_t at = 0;
    size_t count = w->table->columns->count;

    for (size_t i = 0; i < count; i++)
        w->formats[i] = format_of(w->book, &w->table->columns->items[i]);
    write_head(w);
    SC_JSON_EACH(row, w->table->rows)
    {
        at++;
        for (size_t i = 0; i < count; i++)
            write_cell(w, at, i, sc_json_get(row, w->table->columns->items[i].name));
    }
    worksheet_autofilter(w->sheet, 0, 0, at, (lxw_col_t)(count - 1));
    set_widths(w);
    if (w->cut)
        sc_note(w->table->notes, "%zu texts were cut: a cell holds 32,767 characters",
                w->cut);
    if (w->long_numbers)
        sc_note(w->table->notes,
                "%zu numbers of more than 15 digits were written as text",
                w->long_numbers);
}

/* Everything but the end: true when the book can be closed. */
static bool fill_book(struct writing *w, struct sc_error *err)
{
    lxw_doc_properties properties = { .created = (time_t)(w->table->created_ms / 1000) };
    lxw_error named = workbook_validate_sheet_name(w->book, w->table->sheet);

    if (named != LXW_NO_ERROR) {
        sc_fail(err, SC_INVALID, "sheet: '%s': %s", w->table->sheet, lxw_strerror(named));
        return false;
    }
    w->sheet = workbook_add_worksheet(w->book, w->table->sheet);
    workbook_set_properties(w->book, &properties);
    write_sheet(w);
    if (w->failed != LXW_NO_ERROR)
        sc_fail(err, SC_INVALID, "the table cannot be a sheet: %s",
                lxw_strerror(w->failed));
    return w->failed == LXW_NO_ERROR;
}

/* The library writes to a named file only: one in memory, by its name under /proc. */
static enum sc_code take_file(
        int fd, char **ret_data, size_t *ret_len, struct sc_error *err)
{
    struct stat info;
    char *data;

    if (fstat(fd, &info) < 0)
        return sc_fail(err, SC_STORAGE, "the workbook: %s", strerror(errno));
    data = sc_try_realloc(NULL, (size_t)info.st_size + 1);
    if (!data)
        return sc_fail(err, SC_NO_MEMORY, "no memory for the workbook");
    if (pread(fd, data, (size_t)info.st_size, 0) != info.st_size) {
        free(data);
        return sc_fail(err, SC_STORAGE, "the workbook could not be read back");
    }
    *ret_data = data;
    *ret_len = (size_t)info.st_size;
    return SC_OK;
}

static enum sc_code write_book(struct writing *w, const char *path, struct sc_error *err)
{
    lxw_error closed;
    bool good;

    w->book = workbook_new(path);
    if (!w->book)
        return sc_fail(err, SC_NO_MEMORY, "no memory for the workbook");
    good = fill_book(w, err);
    closed = workbook_close(w->book);
    if (good && closed != LXW_NO_ERROR)
        return sc_fail(err, SC_STORAGE, "the workbook could not be made: %s",
                lxw_strerror(closed));
    return good ? SC_OK : err->code;
}

enum sc_code sc_xlsx_write(const struct sc_xlsx_table *table, char **ret_data,
        size_t *ret_len, struct sc_error *err)
{
    struct writing w = { .table = table };
    char path[32];
    enum sc_code code;
    int fd;

    if (sc_json_count(table->rows) > MAX_ROWS)
        return sc_fail(
                err, SC_INVALID, "a sheet holds at most %d rows: write CSV", MAX_ROWS);
    fd = memfd_create("workbook", MFD_CLOEXEC);
    if (fd < 0)
        return sc_fail(err, SC_STORAGE, "the workbook: %s", strerror(errno));
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    w.formats = sc_new_array(lxw_format *, table->columns->count);
    w.widths = sc_new_array(double, table->columns->count);
    sc_buf_init(&w.text);
    code = write_book(&w, path, err);
    if (code == SC_OK)
        code = take_file(fd, ret_data, ret_len, err);
    sc_buf_release(&w.text);
    free(w.widths);
    free(w.formats);
    close(fd);
    return code;
}
