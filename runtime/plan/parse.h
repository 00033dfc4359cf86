/* plan/parse.h - the parser behind sc_expr_parse, in two files.
 *
 * Purpose:   share the parser's state between expressions (parse.c) and statements
 *            (parse_block.c); nobody else includes this.
 * Contract:  after the first error the current token is EOF for good, so that every
 *            loop ends; nodes are never NULL.
 * Thread:    that of the owner of the arena.
 */
#pragma once

#include "plan/expr.h"

struct parser {
    struct sc_lexer lexer;
    struct sc_token token, ahead;
    bool has_ahead;
    struct sc_arena *arena;
    struct sc_local *scope;
    int depth;
    int loops;   /* around here, in this function */
    int tallest; /* expression so far, in this function */
    bool vararg; /* does this function have ... */
    bool failed;
    struct sc_error *err;
};

void sc_parse_fail(struct parser *p, size_t at, const char *what);
void sc_parse_next(struct parser *p);
const struct sc_token *sc_parse_peek(struct parser *p);
bool sc_parse_accept(struct parser *p, enum sc_token_kind kind);
bool sc_parse_accept_sign(struct parser *p, char sign);
bool sc_parse_is_sign(const struct parser *p, char sign);
void sc_parse_expect(struct parser *p, enum sc_token_kind kind);
void sc_parse_expect_sign(struct parser *p, char sign);
const char *sc_parse_name(struct parser *p);
bool sc_parse_enter(struct parser *p); /* false: too deep; else _leave */
void sc_parse_leave(struct parser *p);

struct sc_local *sc_parse_declare(struct parser *p, const char *name);
struct sc_node *sc_parse_expr(struct parser *p);
struct sc_node *sc_parse_exprs(struct parser *p); /* one or more, with commas */
struct sc_node *sc_parse_suffixed(struct parser *p);

/* `a.b.c` or `a.b:c`, after `function`. */
struct sc_node *sc_parse_function_name(struct parser *p, bool *ret_method);

/* After `function` or its name; ends with `end`. */
struct sc_node *sc_parse_function(struct parser *p, bool method);
/* Statements up to a word that ends a block; the scope is restored. */
struct sc_stat *sc_parse_block(struct parser *p);
