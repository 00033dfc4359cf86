#include "plan/infer_parts.h"

#include <stdarg.h>
#include <string.h>

#include "plan/template.h"

void sc_infer_report(struct sc_infer *in, const char *fmt, ...)
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
void sc_infer_describe(struct sc_buf *out, const struct sc_node *node)
{
    if (node->kind == SC_NODE_NAME) {
        sc_buf_adds(out, node->text);
    } else if (node->kind == SC_NODE_CALL) {
        sc_infer_describe(out, node->a);
        sc_buf_adds(out, "(…)");
    } else if (node->kind == SC_NODE_INDEX) {
        sc_infer_describe(out, node->a);
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

void sc_infer_no_field(struct sc_infer *in, const struct sc_node *of,
        const struct sc_type *type, const char *name)
{
    struct sc_near near;
    struct sc_buf what;
    char hint[96];

    sc_buf_init(&what);
    sc_infer_describe(&what, of);
    sc_near_init(&near, name);
    sc_type_guess(type, &near);
    if (type->kind == SC_TYPE_LIST)
        sc_infer_report(in,
                "%s is a list, so '.%s' needs an element of it, as %s[1].%s%s",
                sc_buf_text(&what), name, sc_buf_text(&what), name,
                sc_near_hint(&near, hint, sizeof(hint)));
    else if (type->kind != SC_TYPE_OBJECT)
        sc_infer_report(in, "%s is %s, so it has no field '%s'", sc_buf_text(&what),
                sc_type_word(type->kind), name);
    else
        sc_infer_report(in, "%s has no field '%s'%s", sc_buf_text(&what), name,
                sc_near_hint(&near, hint, sizeof(hint)));
    sc_buf_release(&what);
}

static const struct sc_type *get_field(struct sc_infer *in, const struct sc_node *of,
        const struct sc_type *type, const char *name)
{
    const struct sc_type *field = sc_type_get(in->arena, type, name);

    if (!field)
        sc_infer_no_field(in, of, type, name);
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
    sc_infer_report(
            in, "env has no '%s'%s", name, sc_near_hint(&near, hint, sizeof(hint)));
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
    sc_infer_report(in, "there is no input '%s'%s", name,
            sc_near_hint(&near, hint, sizeof(hint)));
    return &sc_type_any;
}

bool sc_infer_is_free(const struct sc_node *node, const char *name)
{
    return node->kind == SC_NODE_NAME && !node->local && strcmp(node->text, name) == 0;
}

static const struct sc_type *infer_index(struct sc_infer *in, struct sc_node *node)
{
    const char *name = node->b->kind == SC_NODE_STRING ? node->b->text : NULL;
    const struct sc_type *of;

    if (name && sc_infer_is_free(node->a, "env"))
        return infer_env(in, name);
    if (name && sc_infer_is_free(node->a, "inputs"))
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

void sc_infer_wrong_word(struct sc_infer *in, const char *what,
        const struct sc_json *words, const char *word)
{
    struct sc_buf list;

    sc_buf_init(&list);
    SC_JSON_EACH(item, words)
    sc_buf_addf(&list, " %s", sc_json_string(item));
    sc_infer_report(
            in, "%s is never '%s'; it is one of:%s", what, word, sc_buf_text(&list));
    sc_buf_release(&list);
}

bool sc_infer_has_word(const struct sc_json *words, const char *word)
{
    SC_JSON_EACH(item, words)
    {
        if (strcmp(sc_json_string(item), word) == 0)
            return true;
    }
    return false;
}

/* --- statements --- */

void sc_infer_list(struct sc_infer *in, struct sc_node *list)
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
    bool ipairs = call->kind == SC_NODE_CALL && sc_infer_is_free(call->a, "ipairs") &&
                  call->list;

    if (!ipairs) {
        sc_infer_list(in, stat->list);
        return;
    }
    if (stat->locals->next)
        stat->locals->next->type =
                sc_type_element(in->arena, sc_infer_expr(in, call->list));
}

static void bind_locals(struct sc_infer *in, struct sc_stat *stat)
{
    const struct sc_node *value = stat->list;

    for (struct sc_local *local = stat->locals; local; local = local->next) {
        if (local->init)
            local->type = sc_infer_expr(in, local->init);
        value = value ? value->next : NULL;
    }
    if (value) /* more values than names */
        sc_infer_list(in, value->next);
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
        sc_infer_list(in, stat->list);
    if (stat->kind == SC_STAT_FOR)
        stat->locals->type = &sc_type_number;
    for (struct sc_node *target = stat->targets; target; target = target->next) {
        if (target->kind == SC_NODE_INDEX)
            sc_infer_expr(in, target->a);
    }
    sc_infer_block(in, stat->body);
    sc_infer_block(in, stat->otherwise);
    if (stat->test && stat->kind == SC_STAT_REPEAT)
        sc_infer_expr(in, stat->test);
}

/* What the block gives, when that is plain: its last statement returns one value. */
const struct sc_type *sc_infer_block(struct sc_infer *in, struct sc_stat *stat)
{
    bool single = stat && !stat->next;

    for (; stat; stat = stat->next) {
        if (single && stat->kind == SC_STAT_RETURN && stat->list && !stat->list->next)
            return sc_infer_expr(in, stat->list);
        infer_stat(in, stat);
    }
    return &sc_type_any;
}

/* --- operators --- */

static void compare(struct sc_infer *in, const struct sc_node *node,
        const struct sc_type *type, const struct sc_node *with)
{
    const struct sc_json *words = sc_type_words(type);
    struct sc_buf what;

    if (with->kind != SC_NODE_STRING || !words || sc_infer_has_word(words, with->text))
        return;
    sc_buf_init(&what);
    sc_infer_describe(&what, node);
    sc_infer_wrong_word(in, sc_buf_text(&what), words, with->text);
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
        sc_infer_describe(&what, node->a->kind == SC_NODE_STRING ? node->b : node->a);
        sc_infer_report(in, "%s is compared, but %s is never equal to %s",
                sc_buf_text(&what), sc_type_word(a->kind), sc_type_word(b->kind));
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
        sc_infer_describe(&what, node->a);
        sc_infer_report(in, "%s is %s, so it has no length", sc_buf_text(&what),
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
        return sc_infer_call(infer, node);
    case SC_NODE_METHOD:
        sc_infer_expr(infer, node->a);
        sc_infer_list(infer, node->list);
        return &sc_type_any;
    case SC_NODE_BINARY:
        return infer_binary(infer, node);
    case SC_NODE_UNARY:
        return infer_unary(infer, node);
    case SC_NODE_TABLE:
        return infer_table(infer, node);
    case SC_NODE_FUNCTION:
        sc_infer_block(infer, node->body);
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
