/* plan/expr.h - a Lua 5.4 expression as a tree, and the names it uses.
 *
 * Purpose:   know what an expression of a plan reads before it runs: its free names and
 *            the ways into them, without running any Lua.
 * Contract:  every Lua 5.4 expression is read, functions and the statements in them
 *            included; names are resolved by scope. Assigning to a name that is not
 *            local is refused (an expression changes nothing), and so is what passes
 *            the limits below. What is accepted here compiles in Lua, but for limits
 *            of Lua's own and `goto` to labels that do not exist.
 * Ownership: the tree lives in the arena given to it, and copies what it needs.
 * Thread:    that of the owner of the arena.
 * Errors:    SC_INVALID: one sentence with the place ("at character 12").
 */
#pragma once

#include <stdint.h>

#include "base/error.h"
#include "plan/lex.h"

enum {
    SC_EXPR_MAX_BYTES = 32 * 1024,
    SC_EXPR_MAX_DEPTH = 100,  /* of brackets, functions and blocks */
    SC_EXPR_MAX_HEIGHT = 250, /* of the tree */
};

enum sc_node_kind {
    SC_NODE_NIL,
    SC_NODE_TRUE,
    SC_NODE_FALSE,
    SC_NODE_NUMBER, /* text */
    SC_NODE_STRING, /* text, text_len */
    SC_NODE_VARARG,
    SC_NODE_NAME,     /* text; local, or NULL when it is free */
    SC_NODE_INDEX,    /* a[b] and a.b */
    SC_NODE_CALL,     /* a(list) */
    SC_NODE_METHOD,   /* a:text(list) */
    SC_NODE_BINARY,   /* a op b */
    SC_NODE_UNARY,    /* op a */
    SC_NODE_TABLE,    /* list: entries, each with `key` when it has one */
    SC_NODE_FUNCTION, /* params, body */
};

struct sc_stat;

struct sc_local {
    const char *name;
    struct sc_node *init;   /* its first value, when that is one expression; or NULL */
    bool assigned;          /* it changes later */
    struct sc_local *outer; /* the scope chain */
    struct sc_local *next;  /* of one function's parameters, or one statement */
    const void *type;       /* plan/infer.c */
};

struct sc_node {
    enum sc_node_kind kind;
    struct sc_token op; /* of binary and unary ('(' for brackets); else where it stands */
    int height;
    const char *text;
    size_t text_len;
    struct sc_node *a, *b;
    struct sc_node *list; /* first of the arguments or entries */
    struct sc_node *next; /* in the list it is in */
    struct sc_node *key;  /* of a table entry */
    struct sc_local *local;
    struct sc_local *params;
    struct sc_stat *body;
};

enum sc_stat_kind {
    SC_STAT_LOCAL,    /* locals = list */
    SC_STAT_ASSIGN,   /* targets = list */
    SC_STAT_CALL,     /* list: the call */
    SC_STAT_RETURN,   /* list */
    SC_STAT_IF,       /* test, body, otherwise */
    SC_STAT_WHILE,    /* test, body */
    SC_STAT_REPEAT,   /* body, test */
    SC_STAT_FOR,      /* locals = list (two or three), body */
    SC_STAT_FOR_EACH, /* locals in list, body */
    SC_STAT_DO,       /* body */
    SC_STAT_JUMP      /* break, goto, label */
};

struct sc_stat {
    enum sc_stat_kind kind;
    struct sc_local *locals;
    struct sc_node *targets, *list, *test;
    struct sc_stat *body, *otherwise;
    struct sc_stat *next;
};

/* NULL on failure. */
struct sc_node *sc_expr_parse(
        struct sc_arena *arena, const char *text, size_t len, struct sc_error *err);

/* Calls visit for each expression directly inside the node or, for a function, inside
 * its statements. */
typedef void sc_node_fn(struct sc_node *node, void *arg);
void sc_node_each(const struct sc_node *node, sc_node_fn *visit, void *arg);

/* One way into a free name: `sheet.rows[1].sku`, `paid.failed`. */
struct sc_key {
    const char *field; /* NULL: a number or something computed */
    int64_t index;     /* from 1; 0: computed */
};

struct sc_use {
    const char *name;
    const struct sc_key *keys; /* as far as they are literal; a computed one is kept */
    size_t key_count;
    bool optional; /* inside the first argument of default(…), or step_state('…') */
    size_t at;
    struct sc_use *next;
};

/* The uses in the order of the text. */
struct sc_use *sc_expr_uses(struct sc_arena *arena, struct sc_node *expr);

/* Is it one plain reference, as `a.b[1].c`? Then the use, else NULL. */
struct sc_use *sc_expr_plain(struct sc_arena *arena, const struct sc_node *expr);
