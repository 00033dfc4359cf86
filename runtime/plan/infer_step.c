/* The types of elements and results of steps. */
#include <string.h>

#include "plan/infer.h"

enum { MAX_CARRIED = 16 };

static const struct sc_type_field *with_field(struct sc_infer *in,
        const struct sc_type_field *fields, const char *name, const struct sc_type *type)
{
    struct sc_type_field *field = sc_arena_new(in->arena, struct sc_type_field);

    *field = (struct sc_type_field){ .name = name, .type = type, .next = fields };
    return field;
}

static const struct sc_type *element_of(
        struct sc_infer *in, const struct sc_json *list, const char *what)
{
    const struct sc_type *type = sc_json_is(list, SC_JSON_STRING)
                                         ? sc_infer_text(in, sc_json_string(list))
                                         : sc_type_of_literal(in->arena, list);

    if (type->kind != SC_TYPE_ANY && type->kind != SC_TYPE_LIST) {
        struct sc_buf text;

        sc_buf_init(&text);
        sc_buf_addf(
                &text, "%s must be a list, but is %s", what, sc_type_word(type->kind));
        in->report(in->arg, sc_buf_text(&text));
        sc_buf_release(&text);
    }
    if (sc_json_is(list, SC_JSON_ARRAY))
        return sc_type_of_literal(in->arena, sc_json_first(list));
    return sc_type_element(in->arena, type);
}

void sc_infer_elements(struct sc_infer *infer, const struct sc_step *step)
{
    infer->elements = NULL;
    infer->element = NULL;
    if (!step->each)
        return;
    if (!sc_json_is(step->each, SC_JSON_OBJECT)) {
        infer->element = element_of(infer, step->each, "'each'");
        infer->elements = with_field(infer, NULL, step->as, infer->element);
        return;
    }
    SC_JSON_EACH(list, step->each)
    {
        const char *name = sc_json_key(list);

        infer->elements =
                with_field(infer, infer->elements, name, element_of(infer, list, name));
    }
}

static bool has_field(const struct sc_type_field *fields, const char *name)
{
    while (fields && strcmp(fields->name, name) != 0)
        fields = fields->next;
    return fields != NULL;
}

/* Adds the elements of the step, and the names that came with them unless the name is
 * taken: an element of a long chain of steps carries the nearest ones. */
static void carry(struct sc_infer *in, struct sc_type *type)
{
    const struct sc_type *element = in->element;
    size_t count = 0;

    for (const struct sc_type_field *e = in->elements; e; e = e->next)
        type->fields = with_field(in, type->fields, e->name, e->type);
    for (const struct sc_type_field *f = element ? element->fields : NULL; f;
            f = f->next) {
        if (has_field(type->fields, f->name))
            continue;
        if (++count > MAX_CARRIED) {
            type->open = true; /* what else it carries is not known here */
            return;
        }
        type->fields = with_field(in, type->fields, f->name, f->type);
    }
}

/* What names can be added to: a result that is no object becomes {value: result}. */
static struct sc_type *as_object(struct sc_infer *in, const struct sc_type *result)
{
    struct sc_type *type = sc_arena_new(in->arena, struct sc_type);

    *type = *result;
    if (type->kind == SC_TYPE_OBJECT)
        return type;
    *type = (struct sc_type){ .kind = SC_TYPE_OBJECT };
    type->open = result->kind == SC_TYPE_ANY;
    type->fields = with_field(in, NULL, "value", result);
    return type;
}

/* A result together with its element and the names that came with it. */
static const struct sc_type *with_element(
        struct sc_infer *in, const struct sc_type *result)
{
    struct sc_type *type = as_object(in, result);

    type->fields = with_field(in, type->fields, "earlier", &sc_type_bool);
    carry(in, type);
    return type;
}

/* Entries of failed, unknown and skipped. */
static const struct sc_type *left_out(struct sc_infer *in)
{
    struct sc_type *type = sc_arena_new(in->arena, struct sc_type);
    struct sc_type *error = sc_arena_new(in->arena, struct sc_type);

    *error = (struct sc_type){ .kind = SC_TYPE_OBJECT, .open = true };
    *type = (struct sc_type){ .kind = SC_TYPE_OBJECT, .open = true };
    type->fields = with_field(in, NULL, "error", error);
    carry(in, type);
    return sc_type_list_of(in->arena, type);
}

/* The rows that `collect` joins, each with its source. */
static const struct sc_type *collected(
        struct sc_infer *in, const struct sc_type *result, const char *field)
{
    const struct sc_type *list = sc_type_get(in->arena, result, field);
    struct sc_type *row;
    struct sc_buf text;

    if (!list || (list->kind != SC_TYPE_LIST && list->kind != SC_TYPE_ANY)) {
        sc_buf_init(&text);
        sc_buf_addf(
                &text, "'collect' must name a list of the result, '%s' is none", field);
        in->report(in->arg, sc_buf_text(&text));
        sc_buf_release(&text);
        return &sc_type_any;
    }
    row = as_object(in, sc_type_element(in->arena, list));
    row->fields = with_field(
            in, row->fields, "source", in->element ? in->element : &sc_type_any);
    return row;
}

static void say_nothing(void *arg, const char *sentence)
{
    (void)arg;
    (void)sentence;
}

/* What the tool returns; of `value`, what it was given (which was followed before). */
static const struct sc_type *returned(struct sc_infer *in, const struct sc_step *step)
{
    const struct sc_tool *tool = sc_registry_get(in->scope->registry, step->tool);
    const struct sc_json *returns =
            tool ? sc_json_get(tool->descriptor, "returns") : NULL;
    const struct sc_json *value = sc_json_get(step->args, "value");
    struct sc_infer quiet = *in;

    if (!tool || strcmp(step->tool, "value") != 0)
        return sc_type_of_schema(in->arena, returns, returns);
    quiet.report = say_nothing;
    return sc_json_is(value, SC_JSON_STRING)
                   ? sc_infer_text(&quiet, sc_json_string(value))
                   : sc_type_of_literal(in->arena, value);
}

void sc_infer_result(struct sc_infer *infer, size_t step_index)
{
    const struct sc_step *step = &infer->plan->steps[step_index];
    const struct sc_type *result = returned(infer, step);
    const struct sc_type *others;
    struct sc_type *list;

    infer->steps[step_index] = result;
    if (!step->each)
        return;
    result = step->collect ? collected(infer, result, step->collect)
                           : with_element(infer, result);
    list = sc_arena_new(infer->arena, struct sc_type);
    *list = (struct sc_type){ .kind = SC_TYPE_LIST, .element = result };
    others = left_out(infer);
    list->fields = with_field(infer, list->fields, "failed", others);
    list->fields = with_field(infer, list->fields, "unknown", others);
    list->fields = with_field(infer, list->fields, "skipped", others);
    infer->steps[step_index] = list;
}
