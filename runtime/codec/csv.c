#include "codec/csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "codec/csv_text.h"

enum { SAMPLE = 65536, MOST_NOTES = 100 };

enum cell_state {
    CELL_START,
    CELL_PLAIN,
    CELL_QUOTED,
    CELL_QUOTE_SEEN /* in a quoted cell: the end of it, or half of a doubled quote */
};

struct sc_csv {
    struct sc_csv_options options;
    struct sc_csv_handler handler;
    char *encoding;                 /* that was named, or NULL */
    struct sc_csv_decoder *decoder; /* NULL: not known yet, all was ASCII so far */
    struct sc_buf sample;           /* bytes that wait for the decoder */
    struct sc_buf text;             /* UTF-8 that waits for the separator */
    size_t bytes;
    bool passed;    /* some ASCII went by without a decoder */
    bool started;   /* the separator is decided */
    char separator; /* 0: not known yet */

    enum cell_state at;
    bool skip_lf;
    bool formula; /* the open cell is Excel's ="…", whose quotes are part of it */
    struct sc_buf cells; /* of the row, each with its NUL */
    size_t *starts;      /* of the cells, in `cells` */
    size_t count, cap;   /* cells of the row that are complete */
    size_t cell;         /* where the open cell starts */
    size_t quote_row;    /* where the open quote began */
    const char **row;    /* room for what is handed out */
    size_t number, rows; /* of the row that is being read; rows handed out */
    char **names;        /* of the columns; NULL before the header */
    size_t width;
    size_t notes;
};

struct sc_csv *sc_csv_new(
        const struct sc_csv_options *options, const struct sc_csv_handler *handler)
{
    struct sc_csv *csv = sc_new(struct sc_csv);
    struct sc_csv_options *o = &csv->options;

    if (options)
        *o = *options;
    o->max_bytes = o->max_bytes ? o->max_bytes : 200u << 20;
    o->max_rows = o->max_rows ? o->max_rows : 1048576;
    o->max_columns = o->max_columns ? o->max_columns : 1000;
    o->max_cell = o->max_cell ? o->max_cell : 1 << 20;
    csv->encoding = sc_strdup(o->encoding);
    csv->handler = *handler;
    csv->separator = o->separator;
    csv->number = 1;
    return csv;
}

void sc_csv_free(struct sc_csv *csv)
{
    if (!csv)
        return;
    for (size_t i = 0; csv->names && i < csv->width; i++)
        free(csv->names[i]);
    free(csv->names);
    free(csv->row);
    free(csv->starts);
    sc_buf_release(&csv->cells);
    sc_buf_release(&csv->text);
    sc_buf_release(&csv->sample);
    sc_csv_decoder_free(csv->decoder);
    free(csv->encoding);
    free(csv);
}

const char *sc_csv_encoding(const struct sc_csv *csv)
{
    return csv->decoder ? sc_csv_decoder_name(csv->decoder) : "UTF-8";
}

char sc_csv_separator(const struct sc_csv *csv)
{
    if (!csv->separator)
        return ',';
    return csv->separator;
}

/* --- rows --- */

static void note(struct sc_csv *csv, const char *fmt, ...)
        __attribute__((format(printf, 2, 3)));

static void note(struct sc_csv *csv, const char *fmt, ...)
{
    char sentence[300];
    va_list ap;

    if (!csv->handler.on_note || csv->notes > MOST_NOTES)
        return;
    va_start(ap, fmt);
    vsnprintf(sentence, sizeof(sentence), fmt, ap);
    va_end(ap);
    if (csv->notes++ == MOST_NOTES)
        snprintf(sentence, sizeof(sentence), "there is more to note, which is left out");
    csv->handler.on_note(csv->handler.arg, sentence);
}

/* Cuts spaces off both ends, in place. */
static const char *trimmed(char *text)
{
    size_t len;

    text += strspn(text, " \t\r\n");
    len = strlen(text);
    while (len > 0 && strchr(" \t\r\n", text[len - 1]))
        len--;
    text[len] = '\0';
    return text;
}

/* A name for column i that no other column has. */
static char *make_name(
        struct sc_csv *csv, struct sc_map *taken, size_t i, const char *name)
{
    char *unique = *name ? sc_strdup(name) : sc_strdupf("column %zu", i + 1);
    size_t n = 1;

    if (!*name)
        note(csv, "column %zu has no name and is called '%s'", i + 1, unique);
    while (sc_map_get(taken, unique)) {
        free(unique);
        unique = *name ? sc_strdupf("%s (%zu)", name, ++n)
                       : sc_strdupf("column %zu (%zu)", i + 1, ++n);
    }
    if (n > 1)
        note(csv, "two columns are named '%.80s'; column %zu is called '%.80s'", name,
                i + 1, unique);
    sc_map_set(taken, unique, csv);
    return unique;
}

static void take_header(struct sc_csv *csv)
{
    struct sc_csv_row names;
    struct sc_map taken;

    sc_map_init(&taken);
    csv->width = csv->count;
    csv->names = sc_new_array(char *, csv->width);
    csv->row = sc_new_array(const char *, csv->width);
    for (size_t i = 0; i < csv->width; i++) {
        const char *name = trimmed(csv->cells.data + csv->starts[i]);

        csv->names[i] = make_name(csv, &taken, i, name);
        csv->row[i] = csv->names[i];
    }
    sc_map_release(&taken, NULL);
    names = (struct sc_csv_row){ csv->number, csv->width, csv->row };
    csv->handler.on_header(csv->handler.arg, &names);
}

static const char *cell_text(const struct sc_csv *csv, size_t i)
{
    return csv->cells.data + csv->starts[i];
}

static enum sc_code take_row(struct sc_csv *csv, struct sc_error *err)
{
    struct sc_csv_row row = { csv->number, csv->width, csv->row };

    for (size_t i = csv->width; i < csv->count; i++) {
        if (*cell_text(csv, i))
            return sc_fail(err, SC_INVALID,
                    "row %zu has %zu cells, but the header has %zu; is a quote or the "
                    "separator wrong?",
                    csv->number, csv->count, csv->width);
    }
    if (csv->rows++ == csv->options.max_rows)
        return sc_fail(err, SC_INVALID, "more than %zu rows", csv->options.max_rows);
    if (csv->count < csv->width)
        note(csv, "row %zu has %zu cells, the header %zu; the rest is empty", csv->number,
                csv->count, csv->width);
    for (size_t i = 0; i < csv->width; i++)
        csv->row[i] = i < csv->count ? cell_text(csv, i) : "";
    csv->handler.on_row(csv->handler.arg, &row);
    return SC_OK;
}

/* Excel's way to keep zeros in front: ="00123" is the text 00123. */
static void unwrap_formula(struct sc_csv *csv)
{
    size_t len = csv->cells.len - csv->cell;
    char *text;

    if (len < 3)
        return;
    text = csv->cells.data + csv->cell;
    if (text[0] != '=' || text[1] != '"' || text[len - 1] != '"' ||
            memchr(text + 2, '"', len - 3))
        return;
    memmove(text, text + 2, len - 3);
    csv->cells.len -= 3;
}

static enum sc_code end_cell(struct sc_csv *csv, struct sc_error *err)
{
    if (csv->count == csv->options.max_columns)
        return sc_fail(err, SC_INVALID, "row %zu has more than %zu columns", csv->number,
                csv->options.max_columns);
    unwrap_formula(csv);
    if (csv->count == csv->cap) {
        csv->cap = csv->cap ? csv->cap * 2 : 32;
        csv->starts = sc_realloc(csv->starts, csv->cap * sizeof(size_t));
    }
    csv->formula = false;
    sc_buf_addc(&csv->cells, '\0');
    csv->starts[csv->count++] = csv->cell;
    csv->cell = csv->cells.len;
    csv->at = CELL_START;
    return SC_OK;
}

static bool is_blank(const struct sc_csv *csv)
{
    for (size_t i = 0; i < csv->count; i++) {
        if (*cell_text(csv, i))
            return false;
    }
    return true;
}

static enum sc_code end_row(struct sc_csv *csv, struct sc_error *err)
{
    enum sc_code code = end_cell(csv, err);

    if (code)
        return code;
    if (!is_blank(csv)) {
        if (csv->names)
            code = take_row(csv, err);
        else
            take_header(csv);
    }
    csv->number++;
    csv->count = 0;
    csv->cell = 0;
    sc_buf_clear(&csv->cells);
    return code;
}

/* --- cells --- */

static enum sc_code add_to_cell(
        struct sc_csv *csv, const char *text, size_t len, struct sc_error *err)
{
    if (csv->cells.len - csv->cell + len > csv->options.max_cell)
        return sc_fail(err, SC_INVALID, "row %zu has a cell of more than %zu bytes%s",
                csv->number, csv->options.max_cell,
                csv->at == CELL_QUOTED ? "; is its quote closed?" : "");
    if (memchr(text, '\0', len))
        return sc_fail(err, SC_INVALID, "row %zu has a zero byte: this is not a table",
                csv->number);
    sc_buf_add(&csv->cells, text, len);
    return SC_OK;
}

/* The end of the characters that stand for themselves outside quotes. */
static const char *skip_plain(const struct sc_csv *csv, const char *at, const char *end)
{
    while (at < end && *at != csv->separator && *at != '\n' && *at != '\r' && *at != '"')
        at++;
    return at;
}

/* Takes what is inside quotes, up to the next quote. */
static enum sc_code take_quoted(
        struct sc_csv *csv, const char **at, const char *end, struct sc_error *err)
{
    const char *quote = memchr(*at, '"', (size_t)(end - *at));
    size_t len = (size_t)((quote ? quote : end) - *at);
    enum sc_code code = add_to_cell(csv, *at, len, err);

    *at += len;
    if (!quote || code)
        return code;
    (*at)++;
    csv->at = CELL_QUOTE_SEEN;
    return csv->formula ? add_to_cell(csv, "\"", 1, err) : SC_OK;
}

/* A quote where no quoted text is open: it opens some at the start of a cell or after
 * Excel's '=', and is a character of its own elsewhere (5" pipe). */
static enum sc_code take_quote(struct sc_csv *csv, struct sc_error *err)
{
    bool doubled = csv->at == CELL_QUOTE_SEEN, start = csv->at == CELL_START;

    csv->formula =
            csv->formula || (csv->at == CELL_PLAIN && csv->cells.len == csv->cell + 1 &&
                                    csv->cells.data[csv->cell] == '=');
    if (start || doubled || csv->formula) {
        csv->at = CELL_QUOTED;
        csv->quote_row = csv->number;
    }
    if (start || (doubled && csv->formula))
        return SC_OK;
    return add_to_cell(csv, "\"", 1, err);
}

/* Outside quotes: takes a run of plain characters, or one that means something. */
static enum sc_code take_plain(
        struct sc_csv *csv, const char **at, const char *end, struct sc_error *err)
{
    const char *from = *at, *stop = skip_plain(csv, from, end);

    if (stop > from) {
        if (csv->at == CELL_QUOTE_SEEN && !csv->formula)
            note(csv, "row %zu has text after a closing quote; it is kept", csv->number);
        csv->at = CELL_PLAIN;
        *at = stop;
        return add_to_cell(csv, from, (size_t)(stop - from), err);
    }
    (*at)++;
    if (*from == '"')
        return take_quote(csv, err);
    if (*from == csv->separator)
        return end_cell(csv, err);
    csv->skip_lf = *from == '\r';
    return end_row(csv, err);
}

static enum sc_code take_text(
        struct sc_csv *csv, const char *text, size_t len, struct sc_error *err)
{
    const char *at = text, *end = text + len;
    enum sc_code code = SC_OK;

    while (at < end && code == SC_OK) {
        if (csv->skip_lf) {
            csv->skip_lf = false;
            if (*at == '\n') {
                at++;
                continue;
            }
        }
        code = csv->at == CELL_QUOTED ? take_quoted(csv, &at, end, err)
                                      : take_plain(csv, &at, end, err);
    }
    return code;
}

/* --- bytes --- */

/* "sep=;" in the first line says which separator follows. Returns the bytes it takes. */
static size_t read_separator_line(struct sc_csv *csv, const char *text, size_t len)
{
    size_t used = 5;

    if (len < 6 || memcmp(text, "sep=", 4) != 0 || !strchr("\r\n", text[5]))
        return 0;
    if (!csv->options.separator)
        csv->separator = text[4];
    while (used < len && used < 7 && strchr("\r\n", text[used]))
        used++;
    return used;
}

/* Decides on the separator once there is enough text, and takes it. */
static enum sc_code take_waiting_text(struct sc_csv *csv, bool end, struct sc_error *err)
{
    size_t skip = 0;
    enum sc_code code;

    if (!csv->started) {
        if (csv->text.len < SAMPLE && !end)
            return SC_OK;
        csv->started = true;
        if (csv->text.len > 0)
            skip = read_separator_line(csv, csv->text.data, csv->text.len);
        if (!csv->separator)
            csv->separator = sc_csv_guess_separator(
                    sc_buf_text(&csv->text) + skip, csv->text.len - skip);
    }
    code = take_text(csv, sc_buf_text(&csv->text) + skip, csv->text.len - skip, err);
    sc_buf_clear(&csv->text);
    return code;
}

/* The first byte that is not ASCII text, or len. */
static size_t find_foreign(const char *data, size_t len)
{
    size_t i = 0;

    while (i < len && (unsigned char)data[i] < 0x80 && data[i] != '\0')
        i++;
    return i;
}

/* Makes the decoder once its encoding is known. Until a byte comes that is not ASCII it
 * is left open, and the ASCII passes. */
static enum sc_code take_sample(struct sc_csv *csv, bool end, struct sc_error *err)
{
    struct sc_buf *sample = &csv->sample;
    size_t ascii = find_foreign(sc_buf_text(sample), sample->len);
    const struct sc_csv_sample whole = { sample->data, sample->len, !csv->passed, end };

    if (!csv->encoding && !end && sample->len < SAMPLE)
        return SC_OK;
    if (!csv->encoding && ascii == sample->len) {
        csv->passed = csv->passed || ascii > 0;
        sc_buf_add(&csv->text, sc_buf_text(sample), ascii);
        sc_buf_clear(sample);
        return SC_OK;
    }
    csv->decoder = sc_csv_decoder_new(
            csv->encoding ? csv->encoding : sc_csv_guess_encoding(&whole), err);
    return csv->decoder ? SC_OK : SC_INVALID;
}

/* Brings what waits, and then data, to UTF-8. */
static enum sc_code take_bytes(
        struct sc_csv *csv, const char *data, size_t len, bool end, struct sc_error *err)
{
    enum sc_code code = SC_OK;

    if (!csv->decoder) {
        sc_buf_add(&csv->sample, data, len);
        code = take_sample(csv, end, err);
        if (code || !csv->decoder)
            return code;
        code = sc_csv_decode(csv->decoder, sc_buf_text(&csv->sample), csv->sample.len,
                end, &csv->text, err);
        sc_buf_release(&csv->sample);
    } else {
        code = sc_csv_decode(csv->decoder, data, len, end, &csv->text, err);
    }
    if (code && err)
        sc_wrap(err, "after row %zu", csv->number - 1);
    return code;
}

enum sc_code sc_csv_feed(
        struct sc_csv *csv, const char *data, size_t len, struct sc_error *err)
{
    enum sc_code code = SC_OK;

    if (len > csv->options.max_bytes - csv->bytes)
        return sc_fail(err, SC_INVALID, "more than %zu bytes", csv->options.max_bytes);
    csv->bytes += len;
    while (len > 0 && code == SC_OK) {
        size_t piece = len < SAMPLE ? len : SAMPLE;

        code = take_bytes(csv, data, piece, false, err);
        if (code == SC_OK)
            code = take_waiting_text(csv, false, err);
        data += piece;
        len -= piece;
    }
    return code;
}

enum sc_code sc_csv_finish(struct sc_csv *csv, struct sc_error *err)
{
    enum sc_code code = take_bytes(csv, "", 0, true, err);

    if (code == SC_OK)
        code = take_waiting_text(csv, true, err);
    if (code)
        return code;
    if (csv->at == CELL_QUOTED)
        return sc_fail(err, SC_INVALID, "the quote that opens in row %zu is never closed",
                csv->quote_row);
    if (csv->at != CELL_START || csv->count > 0 || csv->cells.len > csv->cell)
        code = end_row(csv, err);
    if (code == SC_OK && !csv->names)
        return sc_fail(err, SC_INVALID, "there is no row in it");
    return code;
}
