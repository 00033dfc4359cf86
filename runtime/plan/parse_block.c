#include <string.h>

#include "plan/parse.h"

static struct sc_stat *statements(struct parser *p);

static struct sc_stat *new_stat(struct parser *p, enum sc_stat_kind kind)
{
    struct sc_stat *stat = sc_arena_new(p->arena, struct sc_stat);

    stat->kind = kind;
    return stat;
}

/* A block with a scope of its own around it, which the caller has opened. */
static struct sc_stat *loop_body(struct parser *p, struct sc_local *scope)
{
    struct sc_stat *body;

    p->loops++;
    body = sc_parse_block(p);
    p->loops--;
    p->scope = scope;
    return body;
}

static struct sc_stat *if_stat(struct parser *p)
{
    struct sc_stat *stat = new_stat(p, SC_STAT_IF), *branch = stat;

    for (;;) {
        branch->test = sc_parse_expr(p);
        sc_parse_expect(p, SC_TOKEN_THEN);
        branch->body = sc_parse_block(p);
        if (!sc_parse_accept(p, SC_TOKEN_ELSEIF))
            break;
        branch = branch->otherwise = new_stat(p, SC_STAT_IF);
    }
    if (sc_parse_accept(p, SC_TOKEN_ELSE))
        branch->otherwise = sc_parse_block(p);
    sc_parse_expect(p, SC_TOKEN_END);
    return stat;
}

static struct sc_stat *while_stat(struct parser *p)
{
    struct sc_stat *stat = new_stat(p, SC_STAT_WHILE);

    stat->test = sc_parse_expr(p);
    sc_parse_expect(p, SC_TOKEN_DO);
    stat->body = loop_body(p, p->scope);
    sc_parse_expect(p, SC_TOKEN_END);
    return stat;
}

static size_t count(const struct sc_node *list)
{
    size_t n = 0;

    for (; list; list = list->next)
        n++;
    return n;
}

/* The names are in scope in the body only, so they are declared after the list. */
static struct sc_stat *for_stat(struct parser *p)
{
    struct sc_stat *stat = new_stat(p, SC_STAT_FOR_EACH);
    struct sc_local *scope = p->scope, **last = &stat->locals;
    bool numeric;

    do {
        *last = sc_arena_new(p->arena, struct sc_local);
        (*last)->name = sc_parse_name(p);
        last = &(*last)->next;
    } while (sc_parse_accept_sign(p, ','));
    numeric = !stat->locals->next && sc_parse_accept_sign(p, '=');
    if (!numeric)
        sc_parse_expect(p, SC_TOKEN_IN);
    stat->list = sc_parse_exprs(p);
    if (numeric) {
        stat->kind = SC_STAT_FOR;
        if (count(stat->list) < 2 || count(stat->list) > 3)
            sc_parse_fail(p, p->token.at, "'for' needs two or three numbers");
    }
    sc_parse_expect(p, SC_TOKEN_DO);
    for (struct sc_local *local = stat->locals; local; local = local->next) {
        local->outer = p->scope;
        p->scope = local;
    }
    stat->body = loop_body(p, scope);
    sc_parse_expect(p, SC_TOKEN_END);
    return stat;
}

/* The test sees the locals of the body. */
static struct sc_stat *repeat_stat(struct parser *p)
{
    struct sc_stat *stat = new_stat(p, SC_STAT_REPEAT);
    struct sc_local *scope = p->scope;

    p->loops++;
    stat->body = statements(p);
    p->loops--;
    sc_parse_expect(p, SC_TOKEN_UNTIL);
    stat->test = sc_parse_expr(p);
    p->scope = scope;
    return stat;
}

static void attribute(struct parser *p)
{
    const char *name;

    if (!sc_parse_accept_sign(p, '<'))
        return;
    name = sc_parse_name(p);
    if (strcmp(name, "const") != 0 && strcmp(name, "close") != 0)
        sc_parse_fail(p, p->token.at, "a local may be <const> or <close>");
    sc_parse_expect_sign(p, '>');
}

/* `local function f` sees itself. */
static struct sc_stat *local_function(struct parser *p)
{
    struct sc_stat *stat = new_stat(p, SC_STAT_LOCAL);

    stat->locals = sc_parse_declare(p, sc_parse_name(p));
    stat->list = sc_parse_function(p, false);
    stat->locals->init = stat->list;
    return stat;
}

/* The names come into scope after the values. */
static struct sc_stat *local_stat(struct parser *p)
{
    struct sc_stat *stat = new_stat(p, SC_STAT_LOCAL);
    struct sc_local **last = &stat->locals;
    struct sc_node *value;

    do {
        *last = sc_arena_new(p->arena, struct sc_local);
        (*last)->name = sc_parse_name(p);
        attribute(p);
        last = &(*last)->next;
    } while (sc_parse_accept_sign(p, ','));
    if (sc_parse_accept_sign(p, '='))
        stat->list = sc_parse_exprs(p);
    value = stat->list;
    for (struct sc_local *local = stat->locals; local; local = local->next) {
        local->init = value;
        local->assigned = !value;
        local->outer = p->scope;
        p->scope = local;
        value = value ? value->next : NULL;
    }
    return stat;
}

/* What stands on the left of an assignment: a local, or a part of something. */
static void check_target(struct parser *p, const struct sc_node *target)
{
    if (target->kind == SC_NODE_NAME && target->local)
        target->local->assigned = true;
    else if (target->kind == SC_NODE_NAME)
        sc_parse_fail(p, target->op.at,
                "an expression cannot set a name that is not local; write 'local' first");
    else if (target->kind != SC_NODE_INDEX)
        sc_parse_fail(p, target->op.at, "this cannot be assigned to");
}

static struct sc_stat *call_or_assign(struct parser *p)
{
    struct sc_stat *stat = new_stat(p, SC_STAT_ASSIGN);
    struct sc_node *first = sc_parse_suffixed(p), *last = first;

    if (!sc_parse_is_sign(p, '=') && !sc_parse_is_sign(p, ',')) {
        stat->kind = SC_STAT_CALL;
        stat->list = first;
        if (first->kind != SC_NODE_CALL && first->kind != SC_NODE_METHOD)
            sc_parse_fail(p, first->op.at, "a statement must be a call or an assignment");
        return stat;
    }
    stat->targets = first;
    while (sc_parse_accept_sign(p, ','))
        last = last->next = sc_parse_suffixed(p);
    for (const struct sc_node *target = first; target; target = target->next)
        check_target(p, target);
    sc_parse_expect_sign(p, '=');
    stat->list = sc_parse_exprs(p);
    return stat;
}

/* `function f()` sets a name, which must be local here. */
static struct sc_stat *function_stat(struct parser *p)
{
    struct sc_stat *stat = new_stat(p, SC_STAT_ASSIGN);
    bool method = false;

    stat->targets = sc_parse_function_name(p, &method);
    check_target(p, stat->targets);
    stat->list = sc_parse_function(p, method);
    return stat;
}

static struct sc_stat *jump_stat(struct parser *p)
{
    struct sc_stat *stat = new_stat(p, SC_STAT_JUMP);

    if (sc_parse_accept(p, SC_TOKEN_GOTO)) {
        sc_parse_name(p);
    } else if (sc_parse_accept(p, SC_TOKEN_LABEL)) {
        sc_parse_name(p);
        sc_parse_expect(p, SC_TOKEN_LABEL);
    } else {
        if (!p->loops)
            sc_parse_fail(p, p->token.at, "'break' outside a loop");
        sc_parse_next(p);
    }
    return stat;
}

static struct sc_stat *do_stat(struct parser *p)
{
    struct sc_stat *stat = new_stat(p, SC_STAT_DO);

    stat->body = sc_parse_block(p);
    sc_parse_expect(p, SC_TOKEN_END);
    return stat;
}

static struct sc_stat *statement(struct parser *p)
{
    switch ((int)p->token.kind) {
    case SC_TOKEN_IF:
        sc_parse_next(p);
        return if_stat(p);
    case SC_TOKEN_WHILE:
        sc_parse_next(p);
        return while_stat(p);
    case SC_TOKEN_DO:
        sc_parse_next(p);
        return do_stat(p);
    case SC_TOKEN_FOR:
        sc_parse_next(p);
        return for_stat(p);
    case SC_TOKEN_REPEAT:
        sc_parse_next(p);
        return repeat_stat(p);
    case SC_TOKEN_FUNCTION:
        sc_parse_next(p);
        return function_stat(p);
    case SC_TOKEN_LOCAL:
        sc_parse_next(p);
        return sc_parse_accept(p, SC_TOKEN_FUNCTION) ? local_function(p) : local_stat(p);
    case SC_TOKEN_BREAK:
    case SC_TOKEN_GOTO:
    case SC_TOKEN_LABEL:
        return jump_stat(p);
    default:
        return call_or_assign(p);
    }
}

static bool ends_block(const struct parser *p)
{
    switch ((int)p->token.kind) {
    case SC_TOKEN_END:
    case SC_TOKEN_ELSE:
    case SC_TOKEN_ELSEIF:
    case SC_TOKEN_UNTIL:
    case SC_TOKEN_EOF:
        return true;
    default:
        return false;
    }
}

/* A return is the last statement of its block. */
static struct sc_stat *return_stat(struct parser *p)
{
    struct sc_stat *stat = new_stat(p, SC_STAT_RETURN);

    if (!ends_block(p) && !sc_parse_is_sign(p, ';'))
        stat->list = sc_parse_exprs(p);
    sc_parse_accept_sign(p, ';');
    return stat;
}

/* The scope stays open. */
static struct sc_stat *statements(struct parser *p)
{
    struct sc_stat *first = NULL, **last = &first;

    if (!sc_parse_enter(p))
        return NULL;
    while (!ends_block(p)) {
        if (sc_parse_accept_sign(p, ';'))
            continue;
        if (sc_parse_accept(p, SC_TOKEN_RETURN)) {
            *last = return_stat(p);
            break;
        }
        *last = statement(p);
        last = &(*last)->next;
    }
    sc_parse_leave(p);
    return first;
}

struct sc_stat *sc_parse_block(struct parser *p)
{
    struct sc_local *scope = p->scope;
    struct sc_stat *first = statements(p);

    p->scope = scope;
    return first;
}
