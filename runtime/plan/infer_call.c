/* Calls: what helpers take and give. */
#include <string.h>

#include "plan/infer_parts.h"
#include "plan/names.h"

/* A field named to a helper, as in sum(rows, 'amount'). */
static void no_field_of_elements(struct sc_infer *in, const struct sc_node *list,
        const struct sc_type *element, const char *name)
{
    struct sc_near near;
    struct sc_buf what;
    char hint[96];

    sc_buf_init(&what);
    sc_infer_describe(&what, list);
    sc_near_init(&near, name);
    sc_type_guess(element, &near);
    sc_infer_report(in, "the elements of %s have no field '%s'%s", sc_buf_text(&what),
            name, sc_near_hint(&near, hint, sizeof(hint)));
    sc_buf_release(&what);
}

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
    return sc_infer_block(in, by->body);
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
    sc_infer_report(in, "%s takes %s%d argument%s, not %d", helper->name, how, bound,
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
    sc_infer_report(in, "there is no tool '%.60s'%s%s%s", tool->text,
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
    sc_infer_describe(&what, arg);
    sc_infer_report(in, "%s needs a list, but %s is %s", helper->name, sc_buf_text(&what),
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
            !words || sc_infer_has_word(words, wanted->text))
        return;
    sc_buf_init(&what);
    sc_buf_addf(&what, "'%s'", field->text);
    sc_infer_wrong_word(in, sc_buf_text(&what), words, wanted->text);
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
    sc_infer_list(in, rest);
    return given_by(in, helper, first, by, second);
}

const struct sc_type *sc_infer_call(struct sc_infer *in, struct sc_node *node)
{
    const struct sc_helper *helper = NULL;

    if (node->a->kind == SC_NODE_NAME && !node->a->local)
        helper = sc_helper_find(node->a->text);
    if (helper)
        return infer_helper(in, helper, node);
    sc_infer_expr(in, node->a);
    sc_infer_list(in, node->list);
    return sc_infer_is_free(node->a, "tostring") ? &sc_type_text : &sc_type_any;
}
