#include "worker/program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "plan/template.h"

enum { MAX_NESTING = 64 };

struct reader {
    struct sc_program *program;
    const char *name;
    struct sc_error *err;
};

static struct sc_instruction *add(struct reader *r, enum sc_instruction_kind kind)
{
    struct sc_program *program = r->program;

    if (program->count == program->cap) {
        program->cap = program->cap ? program->cap * 2 : 16;
        program->list =
                sc_realloc(program->list, program->cap * sizeof(program->list[0]));
    }
    SC_ASSERT(program->list != NULL);
    program->list[program->count] =
            (struct sc_instruction){ .kind = kind, .name = r->name };
    return &program->list[program->count++];
}

/* What is appended to literals from here on belongs to one SC_WRITE. */
static void write_text(struct reader *r, const char *text, size_t len)
{
    struct sc_program *program = r->program;
    struct sc_instruction *last =
            program->count ? &program->list[program->count - 1] : NULL;

    if (!last || last->kind != SC_WRITE) {
        last = add(r, SC_WRITE);
        last->from = program->literals.len;
    }
    sc_buf_add(&program->literals, text, len);
    last->len = program->literals.len - last->from;
}

static void write_json(struct reader *r, const struct sc_json *item)
{
    char *text = sc_json_text(item);

    write_text(r, text, strlen(text));
    free(text);
}

/* A string literal, with or without its quotes. */
static void write_string(struct reader *r, const char *text, size_t len, bool quotes)
{
    struct sc_buf json;

    sc_buf_init(&json);
    sc_json_write_string(&json, text, len);
    if (quotes)
        write_text(r, json.data, json.len);
    else
        write_text(r, json.data + 1, json.len - 2);
    sc_buf_release(&json);
}

static void add_expression(struct reader *r, enum sc_instruction_kind kind,
        const struct sc_piece *piece, const char *where)
{
    struct sc_instruction *instruction = add(r, kind);

    instruction->text = sc_arena_text(&r->program->arena, piece->text, piece->len);
    instruction->text_len = piece->len;
    instruction->where = where;
}

static enum sc_code read_string(struct reader *r, const char *string, const char *where)
{
    struct sc_text text;

    if (!sc_text_is_dynamic(string) && *string != '=') {
        write_string(r, string, strlen(string), true);
        return SC_OK;
    }
    if (sc_text_read(&r->program->arena, string, &text, r->err) != SC_OK) {
        r->err->code = SC_SCRIPT;
        return sc_wrap(r->err, "%s", where);
    }
    if (text.kind == SC_TEXT_EXPR) {
        add_expression(r, SC_VALUE, text.pieces, where);
        return SC_OK;
    }
    write_text(r, "\"", 1);
    for (const struct sc_piece *piece = text.pieces; piece; piece = piece->next) {
        if (piece->is_expr)
            add_expression(r, SC_INSERT, piece, where);
        else
            write_string(r, piece->text, piece->len, false);
    }
    write_text(r, "\"", 1);
    return SC_OK;
}

/* NOLINTNEXTLINE(misc-no-recursion): depth is bounded by that of the JSON reader */
static enum sc_code read_template(
        struct reader *r, const struct sc_json *item, const char *where)
{
    bool object = sc_json_is(item, SC_JSON_OBJECT);
    enum sc_code code = SC_OK;
    size_t i = 0;

    if (sc_json_is(item, SC_JSON_STRING))
        return read_string(r, sc_json_string(item), where);
    if (!object && !sc_json_is(item, SC_JSON_ARRAY)) {
        write_json(r, item);
        return SC_OK;
    }
    write_text(r, object ? "{" : "[", 1);
    SC_JSON_EACH(part, item)
    {
        const char *inner;

        if (i++ > 0)
            write_text(r, ",", 1);
        if (object) {
            write_string(r, sc_json_key(part), strlen(sc_json_key(part)), true);
            write_text(r, ":", 1);
            inner = sc_arena_printf(
                    &r->program->arena, "%s.%s", where, sc_json_key(part));
        } else {
            inner = sc_arena_printf(&r->program->arena, "%s[%zu]", where, i - 1);
        }
        code = read_template(r, part, inner);
        if (code != SC_OK)
            return code;
    }
    write_text(r, object ? "}" : "]", 1);
    return SC_OK;
}

struct sc_program *sc_program_new(const struct sc_json *eval, struct sc_error *err)
{
    struct sc_program *program = sc_new(struct sc_program);
    struct reader r = { .program = program, .err = err };
    size_t i = 0;

    SC_JSON_EACH(entry, eval)
    {
        r.name = sc_arena_printf(
                &program->arena, "%s", sc_json_get_string(entry, "name", "value"));
        if (i++ > 0)
            write_text(&r, ",", 1);
        write_string(&r, r.name, strlen(r.name), true);
        write_text(&r, ":", 1);
        if (read_template(&r, sc_json_get(entry, "of"), r.name) != SC_OK) {
            sc_program_free(program);
            return NULL;
        }
        add(&r, SC_END_ENTRY);
    }
    return program;
}

void sc_program_free(struct sc_program *program)
{
    if (!program)
        return;
    sc_arena_release(&program->arena);
    sc_buf_release(&program->literals);
    free(program->list);
    free(program);
}

/* --- default(…) --- */

struct rewriter {
    const char *text;
    struct sc_buf *out;
    size_t copied;
    bool in_first[MAX_NESTING]; /* bracket opened a default( whose argument goes on */
    int depth;
};

static void copy_to(struct rewriter *w, size_t at, const char *then)
{
    sc_buf_add(w->out, w->text + w->copied, at - w->copied);
    sc_buf_adds(w->out, then);
    w->copied = at;
}

static void on_sign(struct rewriter *w, const struct sc_token *token, bool after_default)
{
    bool opens = strchr("([{", token->sign), closes = strchr(")]}", token->sign);
    bool ends_first = w->depth > 0 && w->in_first[w->depth - 1];

    if (opens && w->depth < MAX_NESTING) {
        bool first = token->sign == '(' && after_default;

        if (first)
            copy_to(w, token->at + token->len, "function() return ");
        w->in_first[w->depth++] = first;
    } else if (ends_first && (closes || token->sign == ',')) {
        copy_to(w, token->at, " end");
        w->in_first[w->depth - 1] = false;
    }
    if (closes && w->depth > 0)
        w->depth--;
}

void sc_program_lua(const char *text, size_t len, struct sc_buf *out)
{
    struct sc_arena arena = { 0 };
    struct sc_lexer lexer = { .text = text, .len = len, .arena = &arena };
    struct rewriter w = { .text = text, .out = out };
    struct sc_token token;
    bool is_default = false, is_member = false;

    for (token = sc_lex(&lexer);
            token.kind != SC_TOKEN_EOF && token.kind != SC_TOKEN_ERROR;
            token = sc_lex(&lexer)) {
        if (token.kind == SC_TOKEN_SIGN && token.sign)
            on_sign(&w, &token, is_default);
        is_default = token.kind == SC_TOKEN_NAME && !is_member && token.text_len == 7 &&
                     memcmp(token.text, "default", 7) == 0;
        is_member =
                token.kind == SC_TOKEN_SIGN && (token.sign == '.' || token.sign == ':');
    }
    copy_to(&w, len, "");
    sc_arena_release(&arena);
}
