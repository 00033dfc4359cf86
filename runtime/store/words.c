#include "store/words.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

/* Is it of a script that is written without spaces? */
static bool is_unspaced(uint32_t c)
{
    return (c >= 0x3040 && c <= 0x30ff && c != 0x30fb) || /* kana, without the dot */
           (c >= 0x3400 && c <= 0x9fff) || c == 0x3005 || (c >= 0xf900 && c <= 0xfaff) ||
           (c >= 0x20000 && c <= 0x3ffff);
}

static bool is_space(uint32_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x3000 || c == 0xa0;
}

/* Bytes of the first character. */
static size_t width(const char *text, size_t len)
{
    size_t n;

    (void)sc_utf8_get(text, len, &n);
    return n;
}

/* Bytes of the longest beginning whose characters are all unspaced, or all not; of the
 * latter, up to a space. */
static size_t run_of(const char *text, size_t len, bool *ret_unspaced)
{
    size_t at = 0, n;

    *ret_unspaced = len > 0 && is_unspaced(sc_utf8_get(text, len, &n));
    while (at < len) {
        uint32_t c = sc_utf8_get(text + at, len - at, &n);

        if (is_space(c) || is_unspaced(c) != *ret_unspaced)
            break;
        at += n;
    }
    return at;
}

/* Every pair of neighbours, with a space between pairs; of a single character, itself. */
static void add_pairs(struct sc_buf *out, const char *run, size_t len)
{
    size_t first = width(run, len);

    if (first == len)
        sc_buf_add(out, run, len);
    for (size_t at = 0; at + first < len;) {
        size_t second = width(run + at + first, len - at - first);

        if (at > 0)
            sc_buf_addc(out, ' ');
        sc_buf_add(out, run + at, first + second);
        at += first;
        first = second;
    }
}

static void add_singles(struct sc_buf *out, const char *run, size_t len)
{
    for (size_t at = 0; at < len;) {
        size_t n = width(run + at, len - at);

        sc_buf_add(out, run + at, n);
        sc_buf_addc(out, ' ');
        at += n;
    }
}

char *sc_words_pieces(const char *text)
{
    struct sc_buf out, singles;
    size_t len = strlen(text);

    sc_buf_init(&out);
    sc_buf_init(&singles);
    for (size_t at = 0; at < len;) {
        bool unspaced;
        size_t run = run_of(text + at, len - at, &unspaced);

        if (run == 0) {
            at += width(text + at, len - at);
            continue;
        }
        if (unspaced) {
            add_pairs(&out, text + at, run);
            if (run > width(text + at, run))
                add_singles(&singles, text + at, run);
        } else {
            sc_buf_add(&out, text + at, run);
        }
        sc_buf_addc(&out, ' ');
        at += run;
    }
    sc_buf_adds(&out, sc_buf_text(&singles));
    sc_buf_release(&singles);
    return sc_buf_detach(&out);
}

/* --- a query --- */

static bool has_word(const char *run, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (isalnum((unsigned char)run[i]) || (unsigned char)run[i] >= 0x80)
            return true;
    return false;
}

static void add_quoted(struct sc_buf *out, const char *run, size_t len)
{
    bool beginning = len > 1 && run[len - 1] == '*';

    sc_buf_adds(out, out->len ? " \"" : "\"");
    for (size_t i = 0; i < len - beginning; i++) {
        if (run[i] == '"')
            sc_buf_addc(out, '"');
        sc_buf_addc(out, run[i]);
    }
    sc_buf_adds(out, beginning ? "\"*" : "\"");
}

static void add_run(struct sc_buf *out, const char *run, size_t len, bool unspaced)
{
    struct sc_buf pairs;

    if (!unspaced) {
        if (has_word(run, len))
            add_quoted(out, run, len);
        return;
    }
    sc_buf_init(&pairs);
    add_pairs(&pairs, run, len);
    add_quoted(out, sc_buf_text(&pairs), pairs.len);
    sc_buf_release(&pairs);
}

char *sc_words_query(const char *text)
{
    struct sc_buf out;
    size_t len = strlen(text);

    sc_buf_init(&out);
    for (size_t at = 0; at < len;) {
        bool unspaced;
        size_t run = run_of(text + at, len - at, &unspaced);

        if (run > 0)
            add_run(&out, text + at, run, unspaced);
        at += run ? run : width(text + at, len - at);
    }
    if (out.len > 0)
        return sc_buf_detach(&out);
    sc_buf_release(&out);
    return NULL;
}

/* --- for SQL --- */

static void on_words(sqlite3_context *context, int count, sqlite3_value **values)
{
    const char *text = (const char *)sqlite3_value_text(values[0]);
    char *pieces = sc_words_pieces(text ? text : "");

    (void)count;
    sqlite3_result_text(context, pieces, -1, SQLITE_TRANSIENT);
    free(pieces);
}

int sc_words_register(sqlite3 *handle)
{
    return sqlite3_create_function_v2(handle, "sc_words", 1,
            SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, on_words, NULL, NULL, NULL);
}
