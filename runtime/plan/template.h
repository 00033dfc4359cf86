/* plan/template.h - the strings of a plan: text, `=expression`, or text with `{{…}}`.
 *
 * Purpose:   say what a string of a plan is, in one place, for reading, checking,
 *            resolving and evaluating.
 * Contract:  `=` at the start makes an expression; `==` stands for text that begins
 *            with `=`. `{{…}}` is balanced: braces and strings inside it may hold `}}`.
 *            An expression and `{{` in one string is refused, also after `==`.
 * Ownership: pieces live in the arena; their text is the string's.
 * Thread:    that of the owner of the arena.
 * Errors:    SC_INVALID.
 */
#pragma once

#include "codec/json.h"
#include "plan/expr.h"

enum sc_text_kind {
    SC_TEXT_PLAIN, /* one piece of text, unescaped */
    SC_TEXT_EXPR,  /* one expression */
    SC_TEXT_MIXED  /* text and expressions in turn */
};

struct sc_piece {
    bool is_expr;
    const char *text;
    size_t len;
    struct sc_piece *next;
};

struct sc_text {
    enum sc_text_kind kind;
    struct sc_piece *pieces; /* NULL for "" */
};

enum sc_code sc_text_read(struct sc_arena *arena, const char *text,
        struct sc_text *ret_text, struct sc_error *err);

/* Does the string hold an expression (rightly or wrongly written)? */
bool sc_text_is_dynamic(const char *text);
/* Does a template hold one anywhere? */
bool sc_template_is_dynamic(const struct sc_json *template_json);

/* Calls visit for every string in a template; where is its place, as
 * "args.lines[2].amount" (from 0, as in codec/schema.h), beginning with root. */
typedef void sc_template_fn(void *arg, const char *where, const struct sc_json *string);
void sc_template_each(const struct sc_json *template_json, const char *root,
        sc_template_fn *visit, void *arg);
