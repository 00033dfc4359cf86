/* fuzz: codec */
/* Any bytes as a table: cells are UTF-8, rows are as wide as the header, and the size of
 * the pieces (the first byte) changes nothing. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "codec/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
    struct sc_buf text;
    size_t width;
};

static void add_row(struct seen *seen, const struct sc_csv_row *row)
{
    sc_buf_addf(&seen->text, "\n%zu", row->number);
    for (size_t i = 0; i < row->count; i++) {
        size_t len = strlen(row->cells[i]);

        SC_ASSERT(sc_utf8_valid(row->cells[i], len) == len);
        sc_buf_addf(&seen->text, "[%s]", row->cells[i]);
    }
}

static void on_header(void *arg, const struct sc_csv_row *names)
{
    struct seen *seen = arg;

    SC_ASSERT(seen->width == 0 && names->count > 0);
    seen->width = names->count;
    add_row(seen, names);
}

static void on_row(void *arg, const struct sc_csv_row *row)
{
    struct seen *seen = arg;

    SC_ASSERT(row->count == seen->width);
    add_row(seen, row);
}

static void on_note(void *arg, const char *sentence)
{
    struct seen *seen = arg;

    sc_buf_addf(&seen->text, "\n%s", sentence);
}

/* All that came of it, the error included. */
static char *read_table(const char *data, size_t size, size_t piece)
{
    struct seen seen = { .width = 0 };
    const struct sc_csv_handler handler = { on_header, on_row, on_note, &seen };
    struct sc_csv *csv = sc_csv_new(NULL, &handler);
    struct sc_error err = { 0 };
    enum sc_code code = SC_OK;

    for (size_t at = 0; at < size && code == SC_OK; at += piece)
        code = sc_csv_feed(csv, data + at, size - at < piece ? size - at : piece, &err);
    if (code == SC_OK)
        code = sc_csv_finish(csv, &err);
    SC_ASSERT(code == err.code);
    sc_buf_addf(&seen.text, "\n%s %s", sc_csv_encoding(csv), err.msg);
    sc_csv_free(csv);
    return sc_buf_detach(&seen.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *whole, *pieces;

    if (size == 0)
        return 0;
    whole = read_table((const char *)data + 1, size - 1, size);
    pieces = read_table((const char *)data + 1, size - 1, data[0] + 1u);
    SC_ASSERT(strcmp(whole, pieces) == 0);
    free(whole);
    free(pieces);
    return 0;
}
