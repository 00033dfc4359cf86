/* The result of a step from those of its elements. */
#include <stdlib.h>
#include <string.h>

#include "exec/machine_state.h"

/* Names that an element of another `each` step came with: its own, and theirs. */
static bool carries(const struct sc_machine *m, size_t s, const char *name, int depth)
{
    const struct sc_step *step = &m->plan->steps[s];

    if (!step->each || depth > 16)
        return false;
    if (sc_json_is(step->each, SC_JSON_OBJECT)) {
        if (sc_json_get(step->each, name))
            return true;
    } else if (strcmp(step->as, name) == 0) {
        return true;
    }
    for (size_t i = 0; i < step->dep_count; i++)
        if (carries(m, step->deps[i], name, depth + 1))
            return true;
    return false;
}

static void carry(const struct sc_machine *m, size_t s, const struct sc_json *element,
        struct sc_json *to)
{
    const struct sc_step *step = &m->plan->steps[s];

    SC_JSON_EACH(member, element)
    {
        const char *name = sc_json_key(member);

        for (size_t i = 0; name && i < step->dep_count; i++) {
            if (carries(m, step->deps[i], name, 0) && !sc_json_get(to, name)) {
                sc_json_add(to, name, sc_json_copy(member));
                break;
            }
        }
    }
}

/* The element's names, moved out of its row; `index` is no name of a result. */
static void add_names(
        const struct sc_machine *m, size_t s, struct sc_json *row, struct sc_json *to)
{
    struct sc_json *member;

    while ((member = sc_json_first(row))) {
        if (strcmp(sc_json_key(member), "index") == 0) {
            sc_json_free(sc_json_detach_item(row, member));
            continue;
        }
        if (sc_json_is(member, SC_JSON_OBJECT))
            carry(m, s, member, to);
        {
            struct sc_json *name = sc_json_new_string(sc_json_key(member));

            sc_json_set(to, sc_json_string(name), sc_json_detach_item(row, member));
            sc_json_free(name);
        }
    }
}

static struct sc_json *done_item(
        const struct sc_machine *m, size_t s, struct element *e, struct sc_json *row)
{
    struct sc_json *item = e->value;

    e->value = NULL;
    if (!sc_json_is(item, SC_JSON_OBJECT)) {
        struct sc_json *object = sc_json_new_object();

        sc_json_add(object, "value", item ? item : sc_json_new_null());
        item = object;
    }
    add_names(m, s, row, item);
    return item;
}

static struct sc_json *other_item(const struct sc_machine *m, size_t s,
        const struct element *e, struct sc_json *row)
{
    const char *as = m->plan->steps[s].as;
    struct sc_json *item = sc_json_new_object();

    if (as && strcmp(as, "item") != 0 && sc_json_get(row, as))
        sc_json_add(item, "item", sc_json_copy(sc_json_get(row, as)));
    add_names(m, s, row, item);
    if (e->state == EL_SKIPPED)
        sc_json_set_string(item, "why", e->why);
    else if (e->error)
        sc_json_set(item, "error", sc_json_copy(e->error));
    return item;
}

/* `collect`: that list of all results as one, each row with what it came from. */
static void collect(const struct sc_machine *m, size_t s, struct sc_json *take_item,
        struct sc_json *items)
{
    const struct sc_step *step = &m->plan->steps[s];
    struct sc_json *list = sc_json_get(take_item, step->collect), *entry;
    const struct sc_json *source = sc_json_get(take_item, step->as ? step->as : "item");

    while ((entry = sc_json_first(list))) {
        struct sc_json *row = sc_json_detach_item(list, entry);

        if (!sc_json_is(row, SC_JSON_OBJECT)) {
            struct sc_json *object = sc_json_new_object();

            sc_json_add(object, "value", row);
            row = object;
        }
        if (source)
            sc_json_set(row, "source", sc_json_copy(source));
        sc_json_append(items, row);
    }
    sc_json_free(take_item);
}

static struct sc_json *each_result(struct sc_machine *m, size_t s)
{
    struct run_step *step = &m->steps[s];
    struct sc_json *result = sc_json_new_object(), *row = sc_json_first(step->rows);
    struct sc_json *items, *failed, *unknown, *skipped;

    sc_json_add(result, "$each", sc_json_new_bool(true));
    items = sc_json_add(result, "items", sc_json_new_array());
    failed = sc_json_add(result, "failed", sc_json_new_array());
    unknown = sc_json_add(result, "unknown", sc_json_new_array());
    skipped = sc_json_add(result, "skipped", sc_json_new_array());
    for (size_t i = 0; i < step->count && row; i++) {
        struct element *e = &step->elements[i];
        struct sc_json *next = sc_json_next(row);

        if (e->state == EL_DONE && m->plan->steps[s].collect)
            collect(m, s, done_item(m, s, e, row), items);
        else if (e->state == EL_DONE)
            sc_json_append(items, done_item(m, s, e, row));
        else if (element_ended(e))
            sc_json_append(e->state == EL_FAILED    ? failed
                           : e->state == EL_UNKNOWN ? unknown
                                                    : skipped,
                    other_item(m, s, e, row));
        e->row = NULL;
        row = next;
    }
    return result;
}

/* NULL when there is none. Rows and arguments are not needed after it. */
struct sc_json *machine_step_result(struct sc_machine *m, size_t s)
{
    struct run_step *step = &m->steps[s];
    struct sc_json *result;

    if (m->plan->steps[s].each) {
        if (!step->values)
            return NULL;
        result = each_result(m, s);
    } else {
        if (!step->count || step->elements[0].state != EL_DONE)
            return NULL;
        result = step->elements[0].value;
        step->elements[0].value = NULL;
    }
    for (size_t i = 0; i < step->count; i++)
        step->elements[i].given = step->elements[i].row = NULL;
    sc_json_free(step->rows);
    sc_json_free(step->values);
    step->rows = step->values = NULL;
    return result ? result : sc_json_new_null();
}
