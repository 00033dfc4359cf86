#include "memory/cut.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "codec/json.h"

enum {
    PIECE_GOOD = 1000, /* bytes at which a piece is full */
    HEAD_MAX = 300,    /* of what is repeated */
    CUT_LEAST = 400    /* a long block is not cut before this */
};

struct cut {
    sc_piece_fn *fn;
    void *arg;
    struct sc_buf piece, head;
    bool bare; /* the piece holds its head alone */
};

static size_t without_end(const char *text, size_t len)
{
    while (len > 0 && strchr(" \t\r\n", text[len - 1]))
        len--;
    return len;
}

static void begin_piece(struct cut *c)
{
    sc_buf_clear(&c->piece);
    sc_buf_add(&c->piece, c->head.data, c->head.len);
    c->bare = true;
}

static void end_piece(struct cut *c)
{
    if (!c->bare) {
        c->piece.data[without_end(c->piece.data, c->piece.len)] = '\0';
        c->fn(c->arg, c->piece.data);
    }
    begin_piece(c);
}

static void set_head(struct cut *c, const char *line, size_t len)
{
    sc_buf_clear(&c->head);
    sc_buf_add(&c->head, line, without_end(line, len));
    sc_buf_addc(&c->head, '\n');
}

/* Where to cut a block that is too long: after a line, a sentence or a word. */
static size_t good_cut(const char *text, size_t len, size_t most)
{
    static const char *const ends[] = { "\n", "\xe3\x80\x82", ". ", " " };
    size_t limit = sc_utf8_cut(text, len, most);

    for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
        size_t n = strlen(ends[i]);

        for (size_t at = limit; at >= CUT_LEAST + n; at--)
            if (memcmp(text + at - n, ends[i], n) == 0)
                return at;
    }
    return limit;
}

static void add_part(struct cut *c, const char *text, size_t len)
{
    if (c->piece.len > 0 && c->piece.data[c->piece.len - 1] != '\n')
        sc_buf_addc(&c->piece, '\n');
    sc_buf_add(&c->piece, text, len);
    c->bare = false;
}

static void add_block(struct cut *c, const char *text, size_t len)
{
    if (!c->bare && c->piece.len + len + 1 > PIECE_GOOD)
        end_piece(c);
    while (c->piece.len + len + 1 > SC_PIECE_MAX) {
        size_t n = good_cut(text, len, SC_PIECE_MAX - c->piece.len - 1);

        add_part(c, text, n);
        end_piece(c);
        text += n;
        len -= n;
    }
    if (len > 0)
        add_part(c, text, len);
}

static size_t line_of(const char *text, size_t len)
{
    const char *end = memchr(text, '\n', len);

    return end ? (size_t)(end - text) + 1 : len;
}

/* --- text: paragraphs under headings --- */

/* The line becomes the head of what follows; alone, it is a piece of its own. */
static void begin_section(struct cut *c, const char *line, size_t len)
{
    end_piece(c);
    set_head(c, line, len);
    begin_piece(c);
    c->bare = false;
}

static void add_paragraph(struct cut *c, const char *text, size_t len)
{
    len = without_end(text, len);
    while (len > 0 && text[0] == '#') {
        size_t line = line_of(text, len);

        if (line > HEAD_MAX)
            break;
        begin_section(c, text, line);
        text += line;
        len -= line;
    }
    if (len > 0)
        add_block(c, text, len);
}

static void cut_text(struct cut *c, const char *text, size_t len)
{
    size_t from = 0, at = 0;

    while (at < len) {
        size_t line = line_of(text + at, len - at);

        if (without_end(text + at, line) == 0) {
            add_paragraph(c, text + from, at - from);
            from = at + line;
        }
        at += line;
    }
    add_paragraph(c, text + from, len - from);
}

/* --- tables: rows under their header --- */

static void cut_table(struct cut *c, const char *text, size_t len)
{
    size_t line = line_of(text, len);

    if (line == len || line > HEAD_MAX) {
        cut_text(c, text, len);
        return;
    }
    set_head(c, text, line);
    begin_piece(c);
    for (size_t at = line; at < len; at += line) {
        line = line_of(text + at, len - at);
        if (without_end(text + at, line) > 0)
            add_block(c, text + at, without_end(text + at, line));
    }
}

/* --- JSON: its elements --- */

static void cut_json(struct cut *c, const char *text, size_t len)
{
    struct sc_json *json = sc_json_parse(text, len, NULL, NULL);

    if (sc_json_count(json) == 0) {
        cut_text(c, text, len);
        sc_json_free(json);
        return;
    }
    SC_JSON_EACH(item, json)
    {
        struct sc_buf block = { 0 };

        if (sc_json_key(item))
            sc_buf_addf(&block, "%s: ", sc_json_key(item));
        sc_json_write(&block, item);
        add_block(c, block.data, block.len);
        sc_buf_release(&block);
    }
    sc_json_free(json);
}

void sc_cut(const char *name, const char *text, size_t len, sc_piece_fn *fn, void *arg)
{
    struct cut c = { .fn = fn, .arg = arg, .bare = true };
    const char *ending = strrchr(name, '.');

    if (ending && (strcasecmp(ending, ".csv") == 0 || strcasecmp(ending, ".tsv") == 0))
        cut_table(&c, text, len);
    else if (ending && strcasecmp(ending, ".json") == 0)
        cut_json(&c, text, len);
    else
        cut_text(&c, text, len);
    end_piece(&c);
    sc_buf_release(&c.piece);
    sc_buf_release(&c.head);
}
