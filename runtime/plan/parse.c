#include "plan/parse.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

static size_t character_at(const struct parser *p, size_t at)
{
    size_t n = 1;

    for (size_t i = 0; i < at && i < p->lexer.len; i++)
        n += ((unsigned char)p->lexer.text[i] & 0xc0) != 0x80;
    return n;
}

void sc_parse_fail(struct parser *p, size_t at, const char *what)
{
    if (!p->failed)
        sc_fail(p->err, SC_INVALID, "%s (at character %zu)", what, character_at(p, at));
    p->failed = true;
    p->has_ahead = false;
    p->token = (struct sc_token){ .kind = SC_TOKEN_EOF, .at = at, .text = "the end" };
}

static struct sc_token lex(struct parser *p)
{
    struct sc_token t = sc_lex(&p->lexer);

    if (t.kind != SC_TOKEN_ERROR)
        return t;
    sc_parse_fail(p, t.at, t.text);
    return p->token;
}

void sc_parse_next(struct parser *p)
{
    if (p->failed)
        return;
    p->token = p->has_ahead ? p->ahead : lex(p);
    p->has_ahead = false;
}

const struct sc_token *sc_parse_peek(struct parser *p)
{
    if (!p->has_ahead && !p->failed) {
        struct sc_token t = lex(p);

        if (p->failed)
            return &p->token;
        p->ahead = t;
        p->has_ahead = true;
    }
    return p->failed ? &p->token : &p->ahead;
}

static void unexpected(struct parser *p, const char *wanted)
{
    char what[160];
    const char *text = p->token.kind == SC_TOKEN_STRING ? "a string" : p->token.text;
    size_t cut = sc_utf8_cut(text, strlen(text), 40);

    snprintf(what, sizeof(what), "expected %s, found %s%.*s%s", wanted,
            p->token.kind >= SC_TOKEN_STRING ? "" : "'", (int)cut, text,
            p->token.kind >= SC_TOKEN_STRING ? "" : "'");
    sc_parse_fail(p, p->token.at, what);
}

bool sc_parse_is_sign(const struct parser *p, char sign)
{
    return p->token.kind == SC_TOKEN_SIGN && p->token.sign == sign;
}

bool sc_parse_accept(struct parser *p, enum sc_token_kind kind)
{
    if (p->token.kind != kind)
        return false;
    sc_parse_next(p);
    return true;
}

bool sc_parse_accept_sign(struct parser *p, char sign)
{
    if (!sc_parse_is_sign(p, sign))
        return false;
    sc_parse_next(p);
    return true;
}

void sc_parse_expect(struct parser *p, enum sc_token_kind kind)
{
    static const char *const names[] = { [SC_TOKEN_END] = "'end'",
        [SC_TOKEN_THEN] = "'then'",
        [SC_TOKEN_DO] = "'do'",
        [SC_TOKEN_UNTIL] = "'until'",
        [SC_TOKEN_IN] = "'in'",
        [SC_TOKEN_LABEL] = "'::'",
        [SC_TOKEN_EOF] = "the end of the expression" };

    if (!sc_parse_accept(p, kind))
        unexpected(p, names[kind]);
}

void sc_parse_expect_sign(struct parser *p, char sign)
{
    char wanted[] = { '\'', sign, '\'', '\0' };

    if (!sc_parse_accept_sign(p, sign))
        unexpected(p, wanted);
}

const char *sc_parse_name(struct parser *p)
{
    const char *name = p->token.text;

    if (p->token.kind != SC_TOKEN_NAME) {
        unexpected(p, "a name");
        return "?";
    }
    sc_parse_next(p);
    return name;
}

bool sc_parse_enter(struct parser *p)
{
    if (++p->depth <= SC_EXPR_MAX_DEPTH)
        return true;
    sc_parse_fail(p, p->token.at, "nested more than 100 deep");
    return false;
}

void sc_parse_leave(struct parser *p)
{
    p->depth--;
}

struct sc_local *sc_parse_declare(struct parser *p, const char *name)
{
    struct sc_local *local = sc_arena_new(p->arena, struct sc_local);

    local->name = name;
    local->outer = p->scope;
    p->scope = local;
    return local;
}

static struct sc_node *new_node(struct parser *p, enum sc_node_kind kind)
{
    struct sc_node *node = sc_arena_new(p->arena, struct sc_node);

    node->kind = kind;
    node->op = p->token;
    node->text = p->token.text;
    node->text_len = p->token.text_len;
    return node;
}

/* Notes how tall the tree gets under node: left-associative chains are deeper than the
 * recursion that reads them. Returns the child. */
static struct sc_node *under(
        struct parser *p, struct sc_node *node, struct sc_node *child)
{
    if (child->height >= node->height)
        node->height = child->height + 1;
    if (node->height > SC_EXPR_MAX_HEIGHT)
        sc_parse_fail(p, node->op.at, "more than 250 operations in one chain");
    return child;
}

/* One token that is a whole expression. */
static struct sc_node *leaf(struct parser *p, enum sc_node_kind kind)
{
    struct sc_node *node = new_node(p, kind);

    sc_parse_next(p);
    return node;
}

struct sc_node *sc_parse_exprs(struct parser *p)
{
    struct sc_node *first = sc_parse_expr(p), *last = first;

    while (sc_parse_accept_sign(p, ','))
        last = last->next = sc_parse_expr(p);
    return first;
}

static struct sc_node *entry(struct parser *p)
{
    struct sc_node *key = NULL, *value;

    if (sc_parse_accept_sign(p, '[')) {
        key = sc_parse_expr(p);
        sc_parse_expect_sign(p, ']');
        sc_parse_expect_sign(p, '=');
    } else if (p->token.kind == SC_TOKEN_NAME &&
               sc_parse_peek(p)->kind == SC_TOKEN_SIGN && sc_parse_peek(p)->sign == '=') {
        key = leaf(p, SC_NODE_STRING);
        sc_parse_next(p);
    }
    value = sc_parse_expr(p);
    value->key = key;
    if (key && key->height > value->height)
        value->height = key->height;
    return value;
}

static struct sc_node *table(struct parser *p)
{
    struct sc_node *node = new_node(p, SC_NODE_TABLE), **last = &node->list;

    sc_parse_expect_sign(p, '{');
    while (!sc_parse_is_sign(p, '}') && !p->failed) {
        *last = under(p, node, entry(p));
        last = &(*last)->next;
        if (!sc_parse_accept_sign(p, ',') && !sc_parse_accept_sign(p, ';'))
            break;
    }
    sc_parse_expect_sign(p, '}');
    return node;
}

static void params(struct parser *p, struct sc_local **last)
{
    if (sc_parse_accept_sign(p, ')'))
        return;
    do {
        if (sc_parse_accept(p, SC_TOKEN_ELLIPSIS)) {
            p->vararg = true;
            break;
        }
        *last = sc_parse_declare(p, sc_parse_name(p));
        last = &(*last)->next;
    } while (sc_parse_accept_sign(p, ','));
    sc_parse_expect_sign(p, ')');
}

struct sc_node *sc_parse_function(struct parser *p, bool method)
{
    struct sc_node *node = new_node(p, SC_NODE_FUNCTION);
    struct sc_local *scope = p->scope, **last = &node->params;
    bool vararg = p->vararg;
    int loops = p->loops, tallest = p->tallest;

    p->vararg = false;
    p->loops = 0;
    p->tallest = 0;
    if (method) {
        *last = sc_parse_declare(p, "self");
        last = &(*last)->next;
    }
    sc_parse_expect_sign(p, '(');
    params(p, last);
    node->body = sc_parse_block(p);
    sc_parse_expect(p, SC_TOKEN_END);
    p->scope = scope;
    p->vararg = vararg;
    p->loops = loops;
    node->height = p->tallest + 1;
    p->tallest = tallest;
    return node;
}

/* `(a, b)`, `{…}` or a string; false when none of them stands here. */
static bool arguments(struct parser *p, struct sc_node **ret_list)
{
    *ret_list = NULL;
    if (p->token.kind == SC_TOKEN_STRING) {
        *ret_list = leaf(p, SC_NODE_STRING);
        return true;
    }
    if (sc_parse_is_sign(p, '{')) {
        *ret_list = table(p);
        return true;
    }
    if (!sc_parse_accept_sign(p, '('))
        return false;
    if (sc_parse_accept_sign(p, ')'))
        return true;
    *ret_list = sc_parse_exprs(p);
    sc_parse_expect_sign(p, ')');
    return true;
}

static struct sc_node *name(struct parser *p)
{
    struct sc_node *node = new_node(p, SC_NODE_NAME);

    node->text = sc_parse_name(p);
    node->local = p->scope;
    while (node->local && strcmp(node->local->name, node->text) != 0)
        node->local = node->local->outer;
    return node;
}

static struct sc_node *primary(struct parser *p)
{
    if (sc_parse_accept_sign(p, '(')) {
        struct sc_node *node = new_node(p, SC_NODE_UNARY);

        node->op = (struct sc_token){
            .kind = SC_TOKEN_SIGN, .sign = '(', .at = p->token.at
        };
        node->a = under(p, node, sc_parse_expr(p));
        sc_parse_expect_sign(p, ')');
        return node;
    }
    if (p->token.kind != SC_TOKEN_NAME)
        unexpected(p, "a value");
    return name(p);
}

/* `.x` or, with another sign in front, `:x`. */
static struct sc_node *field(struct parser *p, struct sc_node *of)
{
    struct sc_node *node = leaf(p, SC_NODE_INDEX);

    node->a = under(p, node, of);
    node->b = new_node(p, SC_NODE_STRING);
    node->b->text = sc_parse_name(p);
    node->b->text_len = strlen(node->b->text);
    return node;
}

struct sc_node *sc_parse_function_name(struct parser *p, bool *ret_method)
{
    struct sc_node *node = name(p);

    while (sc_parse_is_sign(p, '.'))
        node = field(p, node);
    *ret_method = sc_parse_is_sign(p, ':');
    return *ret_method ? field(p, node) : node;
}

/* One more `.x`, `[x]`, `:x(…)` or `(…)`, or NULL. */
static struct sc_node *suffix(struct parser *p, struct sc_node *of)
{
    struct sc_node *node, *list;

    if (sc_parse_is_sign(p, '.'))
        return field(p, of);
    if (sc_parse_is_sign(p, '[')) {
        node = leaf(p, SC_NODE_INDEX);
        node->b = under(p, node, sc_parse_expr(p));
        sc_parse_expect_sign(p, ']');
    } else if (sc_parse_is_sign(p, ':')) {
        node = leaf(p, SC_NODE_METHOD);
        node->text = sc_parse_name(p);
        if (!arguments(p, &node->list))
            unexpected(p, "arguments");
    } else {
        node = new_node(p, SC_NODE_CALL);
        if (!arguments(p, &list))
            return NULL;
        node->list = list;
    }
    node->a = under(p, node, of);
    for (struct sc_node *arg = node->list; arg; arg = arg->next)
        under(p, node, arg);
    return node;
}

struct sc_node *sc_parse_suffixed(struct parser *p)
{
    struct sc_node *node = primary(p), *more;

    while (!p->failed && (more = suffix(p, node)))
        node = more;
    return node;
}

static struct sc_node *simple(struct parser *p)
{
    switch ((int)p->token.kind) {
    case SC_TOKEN_NIL:
        return leaf(p, SC_NODE_NIL);
    case SC_TOKEN_TRUE:
        return leaf(p, SC_NODE_TRUE);
    case SC_TOKEN_FALSE:
        return leaf(p, SC_NODE_FALSE);
    case SC_TOKEN_NUMBER:
        return leaf(p, SC_NODE_NUMBER);
    case SC_TOKEN_STRING:
        return leaf(p, SC_NODE_STRING);
    case SC_TOKEN_ELLIPSIS:
        if (!p->vararg)
            sc_parse_fail(p, p->token.at, "'...' outside a function that has it");
        return leaf(p, SC_NODE_VARARG);
    case SC_TOKEN_FUNCTION:
        sc_parse_next(p);
        return sc_parse_function(p, false);
    default:
        return sc_parse_is_sign(p, '{') ? table(p) : sc_parse_suffixed(p);
    }
}

struct power {
    int left, right; /* 0: not a binary operator */
};

static struct power power_of_sign(char sign)
{
    switch (sign) {
    case '<':
    case '>':
        return (struct power){ 3, 3 };
    case '|':
        return (struct power){ 4, 4 };
    case '~':
        return (struct power){ 5, 5 };
    case '&':
        return (struct power){ 6, 6 };
    case '+':
    case '-':
        return (struct power){ 10, 10 };
    case '*':
    case '/':
    case '%':
        return (struct power){ 11, 11 };
    case '^':
        return (struct power){ 14, 13 };
    default:
        return (struct power){ 0, 0 };
    }
}

static struct power power_of(const struct sc_token *token)
{
    switch ((int)token->kind) {
    case SC_TOKEN_OR:
        return (struct power){ 1, 1 };
    case SC_TOKEN_AND:
        return (struct power){ 2, 2 };
    case SC_TOKEN_EQ:
    case SC_TOKEN_NE:
    case SC_TOKEN_LE:
    case SC_TOKEN_GE:
        return (struct power){ 3, 3 };
    case SC_TOKEN_SHL:
    case SC_TOKEN_SHR:
        return (struct power){ 7, 7 };
    case SC_TOKEN_CONCAT:
        return (struct power){ 9, 8 };
    case SC_TOKEN_IDIV:
        return (struct power){ 11, 11 };
    case SC_TOKEN_SIGN:
        return power_of_sign(token->sign);
    default:
        return (struct power){ 0, 0 };
    }
}

enum { UNARY_POWER = 12 };

static bool is_unary(const struct parser *p)
{
    return p->token.kind == SC_TOKEN_NOT || sc_parse_is_sign(p, '-') ||
           sc_parse_is_sign(p, '#') || sc_parse_is_sign(p, '~');
}

/* Operators that bind tighter than limit. */
static struct sc_node *operators(struct parser *p, int limit)
{
    struct sc_node *node, *whole;
    struct power power;

    if (!sc_parse_enter(p))
        return new_node(p, SC_NODE_NIL);
    if (is_unary(p)) {
        node = leaf(p, SC_NODE_UNARY);
        node->a = under(p, node, operators(p, UNARY_POWER));
    } else {
        node = simple(p);
    }
    for (power = power_of(&p->token); power.left > limit; power = power_of(&p->token)) {
        whole = leaf(p, SC_NODE_BINARY);
        whole->a = under(p, whole, node);
        whole->b = under(p, whole, operators(p, power.right));
        node = whole;
    }
    sc_parse_leave(p);
    return node;
}

struct sc_node *sc_parse_expr(struct parser *p)
{
    struct sc_node *node = operators(p, 0);

    if (node->height > p->tallest)
        p->tallest = node->height;
    return node;
}

struct sc_node *sc_expr_parse(
        struct sc_arena *arena, const char *text, size_t len, struct sc_error *err)
{
    struct parser p = {
        .lexer = { .text = text, .len = len, .arena = arena }, .arena = arena, .err = err
    };
    struct sc_node *node;

    if (len > SC_EXPR_MAX_BYTES) {
        sc_fail(err, SC_INVALID, "an expression of %zu bytes is over the limit of %d",
                len, SC_EXPR_MAX_BYTES);
        return NULL;
    }
    sc_parse_next(&p);
    if (p.token.kind == SC_TOKEN_EOF && !p.failed)
        sc_parse_fail(&p, 0, "an expression is empty");
    node = sc_parse_expr(&p);
    if (!p.failed)
        sc_parse_expect(&p, SC_TOKEN_EOF);
    return p.failed ? NULL : node;
}
