#include "plan/expr.h"

#include <string.h>

static void each_of_list(struct sc_node *list, sc_node_fn *visit, void *arg)
{
    for (; list; list = list->next) {
        if (list->key)
            visit(list->key, arg);
        visit(list, arg);
    }
}

static void each_of_block(const struct sc_stat *stat, sc_node_fn *visit, void *arg)
{
    for (; stat; stat = stat->next) {
        if (stat->test && stat->kind != SC_STAT_REPEAT)
            visit(stat->test, arg);
        each_of_list(stat->targets, visit, arg);
        each_of_list(stat->list, visit, arg);
        each_of_block(stat->body, visit, arg);
        each_of_block(stat->otherwise, visit, arg);
        if (stat->test && stat->kind == SC_STAT_REPEAT)
            visit(stat->test, arg);
    }
}

void sc_node_each(const struct sc_node *node, sc_node_fn *visit, void *arg)
{
    if (node->a)
        visit(node->a, arg);
    if (node->b)
        visit(node->b, arg);
    each_of_list(node->list, visit, arg);
    each_of_block(node->body, visit, arg);
}

struct gathering {
    struct sc_arena *arena;
    struct sc_use **last;
    bool optional;
};

/* A number from 1 that an index is written with, or 0. */
static int64_t literal_index(const struct sc_node *key)
{
    int64_t n = 0;

    if (key->kind != SC_NODE_NUMBER || strlen(key->text) > 15)
        return 0;
    for (const char *c = key->text; *c; c++) {
        if (*c < '0' || *c > '9')
            return 0;
        n = n * 10 + (*c - '0');
    }
    return n;
}

static struct sc_key key_of(const struct sc_node *key)
{
    bool is_text = key->kind == SC_NODE_STRING && strlen(key->text) == key->text_len;

    return (struct sc_key){ .field = is_text ? key->text : NULL,
        .index = is_text ? 0 : literal_index(key) };
}

static struct sc_use *new_use(struct gathering *g, const char *name, size_t at)
{
    struct sc_use *use = sc_arena_new(g->arena, struct sc_use);

    use->name = name;
    use->at = at;
    use->optional = g->optional;
    *g->last = use;
    g->last = &use->next;
    return use;
}

static bool is_brackets(const struct sc_node *node)
{
    return node->kind == SC_NODE_UNARY && node->op.kind == SC_TOKEN_SIGN &&
           node->op.sign == '(';
}

/* The name at the bottom of a chain of indexes, or NULL; the chain's length. */
static const struct sc_node *root_of(const struct sc_node *node, size_t *ret_length)
{
    *ret_length = 0;
    for (;; node = node->a) {
        if (node->kind == SC_NODE_INDEX)
            ++*ret_length;
        else if (!is_brackets(node))
            return node->kind == SC_NODE_NAME ? node : NULL;
    }
}

static bool add_chain(struct gathering *g, const struct sc_node *node)
{
    size_t length;
    const struct sc_node *root = root_of(node, &length);
    struct sc_key *keys;
    struct sc_use *use;

    if (!root || root->local)
        return false;
    keys = sc_arena_array(g->arena, length, sizeof(*keys));
    use = new_use(g, root->text, root->op.at);
    use->keys = keys;
    use->key_count = length;
    for (; length; node = node->a) {
        if (node->kind == SC_NODE_INDEX)
            keys[--length] = key_of(node->b);
    }
    return true;
}

static bool calls(const struct sc_node *node, const char *name)
{
    return node->kind == SC_NODE_CALL && node->a->kind == SC_NODE_NAME &&
           !node->a->local && strcmp(node->a->text, name) == 0;
}

static void gather(struct sc_node *node, void *arg);

/* The first argument may be absent; what stands in for it may not. */
static void gather_default(struct gathering *g, struct sc_node *call)
{
    bool optional = g->optional;

    g->optional = true;
    if (call->list)
        gather(call->list, g);
    g->optional = optional;
    for (struct sc_node *arg = call->list ? call->list->next : NULL; arg; arg = arg->next)
        gather(arg, g);
}

/* step_state('id') waits for the step, but does not need it. */
static void gather_state(struct gathering *g, const struct sc_node *call)
{
    const struct sc_node *id = call->list;
    bool optional = g->optional;

    if (!id || id->kind != SC_NODE_STRING)
        return;
    g->optional = true;
    new_use(g, id->text, id->op.at);
    g->optional = optional;
}

/* The computed keys of a chain, which read names too. */
static void gather_keys(struct gathering *g, struct sc_node *node)
{
    for (; node->kind == SC_NODE_INDEX || is_brackets(node); node = node->a) {
        if (node->kind == SC_NODE_INDEX)
            gather(node->b, g);
    }
}

static void gather(struct sc_node *node, void *arg)
{
    struct gathering *g = arg;

    if (calls(node, "default")) {
        gather(node->a, g);
        gather_default(g, node);
    } else if (node->kind == SC_NODE_INDEX || node->kind == SC_NODE_NAME) {
        if (add_chain(g, node))
            gather_keys(g, node);
        else
            sc_node_each(node, gather, g);
    } else {
        sc_node_each(node, gather, g);
        if (calls(node, "step_state"))
            gather_state(g, node);
    }
}

struct sc_use *sc_expr_uses(struct sc_arena *arena, struct sc_node *expr)
{
    struct sc_use *first = NULL;
    struct gathering g = { .arena = arena, .last = &first };

    gather(expr, &g);
    return first;
}

struct sc_use *sc_expr_plain(struct sc_arena *arena, const struct sc_node *expr)
{
    struct sc_use *first = NULL;
    struct gathering g = { .arena = arena, .last = &first };

    if ((expr->kind != SC_NODE_INDEX && expr->kind != SC_NODE_NAME) ||
            !add_chain(&g, expr))
        return NULL;
    for (size_t i = 0; i < first->key_count; i++) {
        if (!first->keys[i].field && !first->keys[i].index)
            return NULL;
    }
    return first;
}
