#include "plan/infer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "plan/names.h"
#include "plan/template.h"

__attribute__((format(printf, 2, 3))) static void report(
        struct sc_infer *in, const char *fmt, ...)
{
    struct sc_buf text;
    va_list ap;

    sc_buf_init(&text);
    va_start(ap, fmt);
    sc_buf_vaddf(&text, fmt, ap);
    va_end(ap);
    in->report(in->arg, sc_buf_text(&text));
    sc_buf_release(&text);
}

/* "sheet.rows[1]" for a chain, "first(…)" for a call, "this value" for anything else. */
static void describe(struct sc_buf *out, const struct sc_node *node)
{
    if (node->kind == SC_NODE_NAME) {
        sc_buf_adds(out, node->text);
    } else if (node->kind == SC_NODE_CALL) {
        describe(out, node->a);
        sc_buf_adds(out, "(…)");
    } else if (node->kind == SC_NODE_INDEX) {
        describe(out, node->a);
        if (node->b->kind == SC_NODE_STRING)
            sc_buf_addf(
                    out, sc_lex_is_name(node->b->text) ? ".%s" : "['%s']", node->b->text);
        else
            sc_buf_addf(
                    out, "[%s]", node->b->kind == SC_NODE_NUMBER ? node->b->text : "…");
    } else {
        sc_buf_adds(out, "this value");
    }
}

static void no_field(struct sc_infer *in, const struct sc_node *of,
        const struct sc_type *type, const char *name)
{
    struct sc_near near;
    struct sc_buf what;
    char hint[96];

    sc_buf_init(&what);
    describe(&what, of);
    sc_near_init(&near, name);
    sc_type_guess(type, &near);
    if (type->kind == SC_TYPE_LIST)
        report(in, "%s is a list, so '.%s' needs an element of it, as %s[1].%s%s",
                sc_buf_text(&what), name, sc_buf_text(&what), name,
                sc_near_hint(&near, hint, sizeof(hint)));
    else if (type->kind != SC_TYPE_OBJECT)
        report(in, "%s is %s, so it has no field '%s'", sc_buf_text(&what),
                sc_type_word(type->kind), name);
    else
        report(in, "%s has no field '%s'%s", sc_buf_text(&what), name,
                sc_near_hint(&near, hint, sizeof(hint)));
    sc_buf_release(&what);
}

/* A field named to a helper, as in sum(rows, 'amount'). */
static void no_field_of_elements(struct sc_infer *in, const struct sc_node *list,
        const struct sc_type *element, const char *name)
{
    struct sc_near near;
    struct sc_buf what;
    char hint[96];

    sc_buf_init(&what);
    describe(&what, list);
    sc_near_init(&near, name);
    sc_type_guess(element, &near);
    report(in, "the elements of %s have no field '%s'%s", sc_buf_text(&what), name,
            sc_near_hint(&near, hint, sizeof(hint)));
    sc_buf_release(&what);
}

static const struct sc_type *get_field(struct sc_infer *in, const struct sc_node *of,
        const struct sc_type *type, const char *name)
{
    const struct sc_type *field = sc_type_get(in->arena, type, name);

    if (!field)
        no_field(in, of, type, name);
    return field ? field : &sc_type_any;
}

static const struct sc_type *infer_env(struct sc_infer *in, const char *name)
{
    static const char *const names[] = { "now", "today", "zone", "language", "currency",
        "address", "shops", "channels" };
    struct sc_near near;
    char hint[96];

    sc_near_init(&near, name);
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (strcmp(names[i], name) == 0)
            return i < 5 ? &sc_type_text : &sc_type_any;
        sc_near_try(&near, names[i]);
    }
    report(in, "env has no '%s'%s", name, sc_near_hint(&near, hint, sizeof(hint)));
    return &sc_type_any;
}

static const struct sc_type *infer_input(struct sc_infer *in, const char *name)
{
    const struct sc_json *inputs = in->scope->inputs;
    struct sc_near near;
    char hint[96];

    if (!inputs || sc_json_get(inputs, name))
        return &sc_type_any;
    sc_near_init(&near, name);
    SC_JSON_EACH(input, inputs)
    sc_near_try(&near, sc_json_key(input));
    report(in, "there is no input '%s'%s", name, sc_near_hint(&near, hint, sizeof(hint)));
    return &sc_type_any;
}

static bool is_free(const struct sc_node *node, const char *name)
{
    return node->kind == SC_NODE_NAME && !node->local && strcmp(node->text, name) == 0;
}

static const struct sc_type *infer_index(struct sc_infer *in, struct sc_node *node)
{
    const char *name = node->b->kind == SC_NODE_STRING ? node->b->text : NULL;
    const struct sc_type *of;

    if (name && is_free(node->a, "env"))
        return infer_env(in, name);
    if (name && is_free(node->a, "inputs"))
        return infer_input(in, name);
    of = sc_infer_expr(in, node->a);
    if (name)
        return get_field(in, node->a, of, name);
    sc_infer_expr(in, node->b);
    if (of->kind == SC_TYPE_OBJECT && of->element)
        return of->element; /* an index or groups, by a computed name */
    return sc_type_element(in->arena, of);
}

static const struct sc_type *infer_name(struct sc_infer *in, const struct sc_node *node)
{
    size_t step;

    if (node->local)
        return node->local->type && !node->local->assigned ? node->local->type
                                                           : &sc_type_any;
    for (const struct sc_type_field *e = in->elements; e; e = e->next) {
        if (strcmp(e->name, node->text) == 0)
            return e->type;
    }
    step = sc_plan_find(in->plan, node->text);
    if (step != SC_NO_STEP && in->steps[step])
        return in->steps[step];
    return in->step && strcmp(node->text, "index") == 0 ? &sc_type_number : &sc_type_any;
}

/* --- enum words --- */

static void wrong_word(struct sc_infer *in, const char *what, const struct sc_json *words,
        const char *word)
{
    struct sc_buf list;

    sc_buf_init(&list);
    SC_JSON_EACH(item, words)
    sc_buf_addf(&list, " %s", sc_json_string(item));
    report(in, "%s is never '%s'; it is one of:%s", what, word, sc_buf_text(&list));
    sc_buf_release(&list);
}

static bool has_word(const struct sc_json *words, const char *word)
{
    SC_JSON_EACH(item, words)
    {
        if (strcmp(sc_json_string(item), word) == 0)
            return true;
    }
    return false;
}

/* --- statements --- */

static void infer_list(struct sc_infer *in, struct sc_node *list)
{
    for (; list; list = list->next) {
        if (list->key)
            sc_infer_expr(in, list->key);
        sc_infer_expr(in, list);
    }
}

/* `for i, row in ipairs(list)` knows its row. */
static void bind_loop(struct sc_infer *in, struct sc_stat *stat)
{
    struct sc_node *call = stat->list;
    bool ipairs = call->kind == SC_NODE_CALL && is_free(call->a, "ipairs") && call->list;

    if (!ipairs) {
        infer_list(in, stat->list);
        return;
    }
    if (stat->locals->next)
        stat->locals->next->type =
                sc_type_element(in->arena, sc_infer_expr(in, call->list));
}

static const struct sc_type *infer_block(struct sc_infer *in, struct sc_stat *stat);

static void bind_locals(struct sc_infer *in, struct sc_stat *stat)
{
    const struct sc_node *value = stat->list;

    for (struct sc_local *local = stat->locals; local; local = local->next) {
        if (local->init)
            local->type = sc_infer_expr(in, local->init);
        value = value ? value->next : NULL;
    }
    if (value) /* more values than names */
        infer_list(in, value->next);
}

static void infer_stat(struct sc_infer *in, struct sc_stat *stat)
{
    if (stat->kind == SC_STAT_LOCAL) {
        bind_locals(in, stat);
        return;
    }
    if (stat->test && stat->kind != SC_STAT_REPEAT)
        sc_infer_expr(in, stat->test);
    if (stat->kind == SC_STAT_FOR_EACH)
        bind_loop(in, stat);
    else
        infer_list(in, stat->list);
    if (stat->kind == SC_STAT_FOR)
        stat->locals->type = &sc_type_number;
    for (struct sc_node *target = stat->targets; target; target = target->next) {
        if (target->kind == SC_NODE_INDEX)
            sc_infer_expr(in, target->a);
    }
    infer_block(in, stat->body);
    infer_block(in, stat->otherwise);
    if (stat->test && stat->kind == SC_STAT_REPEAT)
        sc_infer_expr(in, stat->test);
}

/* What the block gives, when that is plain: its last statement returns one value. */
static const struct sc_type *infer_block(struct sc_infer *in, struct sc_stat *stat)
{
    bool single = stat && !stat->next;

    for (; stat; stat = stat->next) {
        if (single && stat->kind == SC_STAT_RETURN && stat->list && !stat->list->next)
            return sc_infer_expr(in, stat->list);
        infer_stat(in, stat);
    }
    return &sc_type_any;
}

/* --- calls --- */

/* The second argument of map and its like: a function of the element, or a field. */
static const struct sc_type *infer_by(
        struct sc_infer *in, struct sc_node *call, const struct sc_type *list)
{
    const struct sc_type *element = sc_type_element(in->arena, list);
    struct sc_node *by = call->list->next;

    if (!by)
        return &sc_type_any;
    if (by->kind == SC_NODE_STRING && by->text_len == strlen(by->text)) {
        const struct sc_type *field = sc_type_get(in->arena, element, by->text);

        if (field)
            return field;
        no_field_of_elements(in, call->list, element, by->text);
        return &sc_type_any;
    }
    if (by->kind != SC_NODE_FUNCTION) {
        sc_infer_expr(in, by);
        return &sc_type_any;
    }
    if (by->params)
        by->params->type = element;
    return infer_block(in, by->body);
}

static const struct sc_type *object_of(struct sc_infer *in, const struct sc_type *member)
{
    struct sc_type *type = sc_arena_new(in->arena, struct sc_type);

    type->kind = SC_TYPE_OBJECT;
    type->open = true;
    type->element = member;
    return type;
}

static const struct sc_type *given_by(struct sc_infer *in, const struct sc_helper *helper,
        const struct sc_type *first, const struct sc_type *by,
        const struct sc_type *second)
{
    const struct sc_type *element = sc_type_element(in->arena, first);

    switch (helper->gives) {
    case SC_GIVES_SAME:
        return sc_type_list_of(in->arena, element);
    case SC_GIVES_ELEMENT:
        return element;
    case SC_GIVES_MAPPED:
        return sc_type_list_of(in->arena, by);
    case SC_GIVES_INDEX:
        return object_of(in, element);
    case SC_GIVES_GROUPS:
        return object_of(in, sc_type_list_of(in->arena, element));
    case SC_GIVES_VALUE:
        return sc_type_either(first, second);
    case SC_GIVES_NUMBER:
        return &sc_type_number;
    case SC_GIVES_TEXT:
        return &sc_type_text;
    case SC_GIVES_BOOL:
        return &sc_type_bool;
    case SC_GIVES_TEXTS:
        return sc_type_list_of(in->arena, &sc_type_text);
    case SC_GIVES_ANY:
        break;
    }
    return &sc_type_any;
}

static void check_count(
        struct sc_infer *in, const struct sc_helper *helper, const struct sc_node *call)
{
    int count = 0, bound = helper->min_args;
    const char *how = "at least ";

    for (const struct sc_node *arg = call->list; arg; arg = arg->next, count++) {
        if (arg->kind == SC_NODE_VARARG || (!arg->next && arg->kind == SC_NODE_CALL))
            return; /* may be several */
    }
    if (count >= helper->min_args && count <= helper->max_args)
        return;
    if (count > helper->max_args) {
        bound = helper->max_args;
        how = "at most ";
    }
    if (helper->min_args == helper->max_args)
        how = "";
    report(in, "%s takes %s%d argument%s, not %d", helper->name, how, bound,
            bound == 1 ? "" : "s", count);
}

/* done('payments.pay', key) names a tool. */
static void check_done(
        struct sc_infer *in, const struct sc_helper *helper, const struct sc_node *call)
{
    const struct sc_node *tool = call->list;
    const char *nearest;

    if (strcmp(helper->name, "done") != 0 || !tool || tool->kind != SC_NODE_STRING ||
            sc_registry_get(in->scope->registry, tool->text))
        return;
    nearest = sc_registry_nearest(in->scope->registry, tool->text);
    report(in, "there is no tool '%.60s'%s%s%s", tool->text,
            nearest ? "; did you mean '" : "", nearest ? nearest : "",
            nearest ? "'?" : "");
}

static void check_list_arg(struct sc_infer *in, const struct sc_helper *helper,
        const struct sc_node *arg, const struct sc_type *type)
{
    struct sc_buf what;

    if (!helper->over_list || helper->gives == SC_GIVES_ANY ||
            type->kind == SC_TYPE_LIST || type->kind == SC_TYPE_ANY)
        return;
    sc_buf_init(&what);
    describe(&what, arg);
    report(in, "%s needs a list, but %s is %s", helper->name, sc_buf_text(&what),
            sc_type_word(type->kind));
    sc_buf_release(&what);
}

/* filter(orders, 'status', 'lost'): the word that the field must be. */
static void check_wanted(
        struct sc_infer *in, const struct sc_node *call, const struct sc_type *by)
{
    const struct sc_node *field = call->list->next, *wanted = field->next;
    const struct sc_json *words = sc_type_words(by);
    struct sc_buf what;

    if (!wanted || wanted->kind != SC_NODE_STRING || field->kind != SC_NODE_STRING ||
            !words || has_word(words, wanted->text))
        return;
    sc_buf_init(&what);
    sc_buf_addf(&what, "'%s'", field->text);
    wrong_word(in, sc_buf_text(&what), words, wanted->text);
    sc_buf_release(&what);
}

static const struct sc_type *infer_helper(
        struct sc_infer *in, const struct sc_helper *helper, struct sc_node *call)
{
    const struct sc_type *first, *by = &sc_type_any, *second = &sc_type_any;
    struct sc_node *rest;

    check_count(in, helper, call);
    check_done(in, helper, call);
    if (!call->list)
        return &sc_type_any;
    first = sc_infer_expr(in, call->list);
    rest = call->list->next;
    check_list_arg(in, helper, call->list, first);
    if (helper->over_list && rest) {
        by = infer_by(in, call, first);
        check_wanted(in, call, by);
        rest = rest->next;
    } else if (rest) {
        second = sc_infer_expr(in, rest);
        rest = rest->next;
    }
    infer_list(in, rest);
    return given_by(in, helper, first, by, second);
}

static const struct sc_type *infer_call(struct sc_infer *in, struct sc_node *node)
{
    const struct sc_helper *helper = NULL;

    if (node->a->kind == SC_NODE_NAME && !node->a->local)
        helper = sc_helper_find(node->a->text);
    if (helper)
        return infer_helper(in, helper, node);
    sc_infer_expr(in, node->a);
    infer_list(in, node->list);
    return is_free(node->a, "tostring") ? &sc_type_text : &sc_type_any;
}

/* --- operators --- */

static void compare(struct sc_infer *in, const struct sc_node *node,
        const struct sc_type *type, const struct sc_node *with)
{
    const struct sc_json *words = sc_type_words(type);
    struct sc_buf what;

    if (with->kind != SC_NODE_STRING || !words || has_word(words, with->text))
        return;
    sc_buf_init(&what);
    describe(&what, node);
    wrong_word(in, sc_buf_text(&what), words, with->text);
    sc_buf_release(&what);
}

static const struct sc_type *infer_equality(struct sc_infer *in,
        const struct sc_node *node, const struct sc_type *a, const struct sc_type *b)
{
    compare(in, node->a, a, node->b);
    compare(in, node->b, b, node->a);
    if (a->kind && b->kind && a->kind != b->kind) {
        struct sc_buf what;

        sc_buf_init(&what);
        describe(&what, node->a->kind == SC_NODE_STRING ? node->b : node->a);
        report(in, "%s is compared, but %s is never equal to %s", sc_buf_text(&what),
                sc_type_word(a->kind), sc_type_word(b->kind));
        sc_buf_release(&what);
    }
    return &sc_type_bool;
}

static const struct sc_type *infer_binary(struct sc_infer *in, struct sc_node *node)
{
    const struct sc_type *a = sc_infer_expr(in, node->a), *b = sc_infer_expr(in, node->b);

    switch ((int)node->op.kind) {
    case SC_TOKEN_EQ:
    case SC_TOKEN_NE:
        return infer_equality(in, node, a, b);
    case SC_TOKEN_LE:
    case SC_TOKEN_GE:
        return &sc_type_bool;
    case SC_TOKEN_CONCAT:
        return &sc_type_text;
    case SC_TOKEN_OR:
        return sc_type_either(a, b);
    case SC_TOKEN_AND:
        return &sc_type_any; /* false or nil from the left, or what is on the right */
    default:
        return node->op.sign == '<' || node->op.sign == '>' ? &sc_type_bool
                                                            : &sc_type_any;
    }
}

static const struct sc_type *infer_unary(struct sc_infer *in, struct sc_node *node)
{
    const struct sc_type *a = sc_infer_expr(in, node->a);
    struct sc_buf what;

    if (node->op.kind == SC_TOKEN_NOT)
        return &sc_type_bool;
    if (node->op.sign == '(')
        return a;
    if (node->op.sign != '#')
        return &sc_type_any;
    if (a->kind == SC_TYPE_NUMBER || a->kind == SC_TYPE_BOOL) {
        sc_buf_init(&what);
        describe(&what, node->a);
        report(in, "%s is %s, so it has no length", sc_buf_text(&what),
                sc_type_word(a->kind));
        sc_buf_release(&what);
    }
    return &sc_type_number;
}

static const struct sc_type *infer_table(struct sc_infer *in, struct sc_node *node)
{
    struct sc_type *type = sc_arena_new(in->arena, struct sc_type);
    bool plain = true;

    type->kind = SC_TYPE_OBJECT;
    for (struct sc_node *entry = node->list; entry; entry = entry->next) {
        struct sc_type_field *field = sc_arena_new(in->arena, struct sc_type_field);

        if (entry->key)
            sc_infer_expr(in, entry->key);
        field->type = sc_infer_expr(in, entry);
        if (!entry->key || entry->key->kind != SC_NODE_STRING) {
            plain = false;
            continue;
        }
        field->name = entry->key->text;
        field->next = type->fields;
        type->fields = field;
    }
    if (plain && node->list)
        return type;
    /* A list, or something filled in later. */
    return !plain && !type->fields ? sc_type_list_of(in->arena, &sc_type_any)
                                   : &sc_type_any;
}

const struct sc_type *sc_infer_expr(struct sc_infer *infer, struct sc_node *node)
{
    switch (node->kind) {
    case SC_NODE_TRUE:
    case SC_NODE_FALSE:
        return &sc_type_bool;
    case SC_NODE_NUMBER:
        return &sc_type_number;
    case SC_NODE_STRING:
        return &sc_type_text;
    case SC_NODE_NAME:
        return infer_name(infer, node);
    case SC_NODE_INDEX:
        return infer_index(infer, node);
    case SC_NODE_CALL:
        return infer_call(infer, node);
    case SC_NODE_METHOD:
        sc_infer_expr(infer, node->a);
        infer_list(infer, node->list);
        return &sc_type_any;
    case SC_NODE_BINARY:
        return infer_binary(infer, node);
    case SC_NODE_UNARY:
        return infer_unary(infer, node);
    case SC_NODE_TABLE:
        return infer_table(infer, node);
    case SC_NODE_FUNCTION:
        infer_block(infer, node->body);
        return &sc_type_any;
    case SC_NODE_NIL:
    case SC_NODE_VARARG:
        break;
    }
    return &sc_type_any;
}

const struct sc_type *sc_infer_text(struct sc_infer *infer, const char *text)
{
    const struct sc_type *type = &sc_type_text;
    struct sc_text split;

    if (sc_text_read(infer->arena, text, &split, NULL))
        return &sc_type_any; /* reading the plan has said so */
    for (const struct sc_piece *piece = split.pieces; piece; piece = piece->next) {
        struct sc_node *node;

        if (!piece->is_expr)
            continue;
        node = sc_expr_parse(infer->arena, piece->text, piece->len, NULL);
        type = node ? sc_infer_expr(infer, node) : &sc_type_any;
    }
    return split.kind == SC_TEXT_EXPR ? type : &sc_type_text;
}
