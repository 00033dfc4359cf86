/* Arguments of a step against the params of its tool. What holds no expression is judged
 * by the schema itself, and so is an input of the task whose value is known; around other
 * expressions only names and types can be. */
#include <string.h>

#include "plan/check.h"
#include "plan/template.h"
#include "tool/check.h"

enum { MAX_SCHEMA_ERRORS = 20 };

struct args {
    struct check *c;
    const struct sc_json *root; /* the params schema */
    struct sc_json *literal;    /* places without expressions */
};

static void walk(struct args *a, const struct sc_json *schema,
        const struct sc_json *value, const char *where);

static char *place(struct args *a, const char *where, const char *key, size_t index)
{
    return key ? sc_arena_printf(&a->c->arena, "%s.%s", where, key)
               : sc_arena_printf(&a->c->arena, "%s[%zu]", where, index);
}

static void check_expression(struct args *a, const struct sc_json *schema,
        const struct sc_json *value, const char *where)
{
    const struct sc_type *wanted = sc_type_of_schema(&a->c->arena, schema, a->root);
    const struct sc_type *got = sc_check_text(a->c, where, sc_json_string(value));

    if (wanted->kind && got->kind && wanted->kind != got->kind)
        sc_check_error(a->c, where, "must be %s, but the expression gives %s",
                sc_type_word(wanted->kind), sc_type_word(got->kind));
}

static void unknown_arg(
        struct args *a, const struct sc_json *schema, const char *name, const char *where)
{
    struct sc_near near;
    char hint[96];

    sc_near_init(&near, name);
    SC_JSON_EACH(property, sc_json_get(schema, "properties"))
    sc_near_try(&near, sc_json_key(property));
    sc_check_error(a->c, where, "there is no argument '%.40s'%s", name,
            sc_near_hint(&near, hint, sizeof(hint)));
}

static bool takes_more(const struct sc_json *schema)
{
    const struct sc_json *more = sc_json_get(schema, "additionalProperties");

    if (sc_json_get(schema, "patternProperties"))
        return true;
    return more ? !sc_json_is(more, SC_JSON_BOOL) || sc_json_true(more)
                : !sc_json_get(schema, "properties");
}

static void walk_object(struct args *a, const struct sc_json *schema,
        const struct sc_json *value, const char *where)
{
    const struct sc_json *properties = sc_json_get(schema, "properties");

    SC_JSON_EACH(name, sc_json_get(schema, "required"))
    {
        if (!sc_json_get(value, sc_json_string(name)))
            sc_check_error(a->c, where, "argument '%s' is missing", sc_json_string(name));
    }
    SC_JSON_EACH(member, value)
    {
        const char *key = sc_json_key(member);
        const struct sc_json *inner = sc_json_get(properties, key);

        if (!inner && !takes_more(schema))
            unknown_arg(a, schema, key, where);
        walk(a, inner ? inner : sc_json_get(schema, "additionalProperties"), member,
                place(a, where, key, 0));
    }
}

static void walk(struct args *a, const struct sc_json *schema,
        const struct sc_json *value, const char *where)
{
    size_t index = 0;

    schema = sc_schema_deref(schema, a->root);
    if (!sc_template_is_dynamic(value)) {
        sc_json_append(a->literal, sc_json_new_string(where));
    } else if (sc_json_is(value, SC_JSON_STRING)) {
        check_expression(a, schema, value, where);
    } else if (sc_json_is(value, SC_JSON_OBJECT)) {
        walk_object(a, schema, value, where);
    } else {
        SC_JSON_EACH(item, value)
        {
            walk(a, sc_json_get(schema, "items"), item, place(a, where, NULL, index));
            index++;
        }
    }
}

/* Is the sentence about one of the places, or something in it? */
static bool is_about(const char *sentence, const struct sc_json *places)
{
    SC_JSON_EACH(item, places)
    {
        size_t len = strlen(sc_json_string(item));

        if (strncmp(sentence, sc_json_string(item), len) == 0 &&
                strchr(":.[ ", sentence[len]))
            return true;
    }
    return false;
}

/* The value of the input that "=inputs.NAME" stands for; NULL when that is not known yet,
 * or reads like an expression. */
static const struct sc_json *known_input(
        const struct sc_json *inputs, const struct sc_json *value)
{
    static const char start[] = "=inputs.";
    const char *text = sc_json_is(value, SC_JSON_STRING) ? sc_json_string(value) : "";
    const struct sc_json *known;

    if (strncmp(text, start, sizeof(start) - 1) != 0)
        return NULL;
    known = sc_json_get(inputs, text + sizeof(start) - 1);
    return known && !sc_json_is(known, SC_JSON_NULL) && !sc_template_is_dynamic(known)
                   ? known
                   : NULL;
}

/* The arguments with known inputs in their places. A step that has a condition may be
 * left out because of them, so it keeps its expressions. */
static struct sc_json *filled_in(const struct sc_step *step, const struct sc_json *inputs)
{
    struct sc_json *args = step->args ? sc_json_copy(step->args) : sc_json_new_object();

    if (step->when || step->where)
        return args;
    SC_JSON_EACH(arg, step->args)
    {
        const struct sc_json *known = known_input(inputs, arg);

        if (known)
            sc_json_set(args, sc_json_key(arg), sc_json_copy(known));
    }
    return args;
}

void sc_check_args(
        struct check *c, const struct sc_step *step, const struct sc_tool *tool)
{
    const struct sc_json *params = sc_json_get(tool->descriptor, "params");
    struct sc_json *args = filled_in(step, c->infer.scope->inputs), *errors = NULL;
    struct args a = { .c = c, .root = params, .literal = sc_json_new_array() };

    walk(&a, params, args, "args");
    if (!sc_schema_check(tool->params, args, "args", MAX_SCHEMA_ERRORS, &errors)) {
        SC_JSON_EACH(sentence, errors)
        {
            if (is_about(sc_json_string(sentence), a.literal))
                sc_check_error(c, NULL, "%s", sc_json_string(sentence));
        }
    }
    sc_json_free(errors);
    sc_json_free(a.literal);
    sc_json_free(args);
}
