/* Which names the expressions of a plan use, and so which steps wait for which. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "plan/build.h"
#include "plan/names.h"
#include "tool/near.h"

struct edge {
    size_t step;
    bool optional;
};

struct edges {
    struct build *b;
    struct sc_arena scratch;    /* of the trees */
    const struct sc_step *step; /* whose names are bound; NULL: none are */
    bool elements;              /* its element is bound here too */
    const char *where;
    struct edge *edges;
    size_t count, cap;
    struct sc_map names;
};

/* Is the name one of those that the step's `each` binds? */
static bool is_element(const struct edges *e, const char *name)
{
    const struct sc_step *step = e->step;

    if (!step || !step->each || !e->elements)
        return false;
    if (strcmp(name, "index") == 0)
        return true;
    if (sc_json_is(step->each, SC_JSON_OBJECT))
        return sc_json_get(step->each, name) != NULL;
    return strcmp(name, step->as) == 0;
}

static bool is_known(const char *name)
{
    if (strcmp(name, "item") == 0 || strcmp(name, "index") == 0)
        return false; /* bound by an `each` or not at all */
    return sc_helper_find(name) || sc_name_is_builtin(name);
}

static void add_edge(struct edges *e, size_t step, bool optional)
{
    for (size_t i = 0; i < e->count; i++) {
        if (e->edges[i].step == step) {
            e->edges[i].optional = e->edges[i].optional && optional;
            return;
        }
    }
    if (e->count == e->cap) {
        e->cap = e->cap ? e->cap * 2 : 8;
        e->edges = sc_realloc(e->edges, e->cap * sizeof(*e->edges));
    }
    e->edges[e->count++] = (struct edge){ step, optional };
}

static void unknown_name(struct edges *e, const char *name)
{
    const struct sc_map *ids = &e->b->own->index_of;
    const struct sc_map_entry *entry;
    const struct sc_helper *helper;
    struct sc_near near;
    char hint[96];

    if (strcmp(name, "item") == 0 || strcmp(name, "index") == 0) {
        bool named = e->step && e->step->each && e->elements;

        sc_build_error(e->b, e->where, "'%s' exists only inside 'each'%s%s%s", name,
                named ? "; here the element is called '" : "",
                named && !sc_json_is(e->step->each, SC_JSON_OBJECT) ? e->step->as : "",
                named ? "'" : "");
        return;
    }
    sc_near_init(&near, name);
    if (e->step && e->step->each && e->elements)
        sc_near_try(&near, e->step->as);
    for (size_t at = 0; (entry = sc_map_next(ids, &at));)
        sc_near_try(&near, entry->key);
    for (size_t i = 0; (helper = sc_helper_at(i)); i++)
        sc_near_try(&near, helper->name);
    sc_near_try(&near, "inputs");
    sc_near_try(&near, "env");
    sc_build_error(e->b, e->where, "'%.40s' is no step, input or helper%s", name,
            sc_near_hint(&near, hint, sizeof(hint)));
}

static void add_use(struct edges *e, const struct sc_use *use)
{
    size_t step;

    if (is_element(e, use->name)) {
        sc_map_set(&e->names, use->name, e);
        return;
    }
    step = sc_plan_find(&e->b->own->plan, use->name);
    if (step != SC_NO_STEP)
        add_edge(e, step, use->optional);
    else if (is_known(use->name))
        sc_map_set(&e->names, use->name, e);
    else
        unknown_name(e, use->name);
}

static void on_string(void *arg, const char *where, const struct sc_json *string)
{
    struct edges *e = arg;
    struct sc_text text;
    struct sc_error err;

    e->where = where;
    if (sc_text_read(&e->scratch, sc_json_string(string), &text, &err)) {
        sc_build_error(e->b, where, "%s", err.msg);
        return;
    }
    for (const struct sc_piece *piece = text.pieces; piece; piece = piece->next) {
        struct sc_node *node;

        if (!piece->is_expr)
            continue;
        node = sc_expr_parse(&e->scratch, piece->text, piece->len, &err);
        if (!node) {
            sc_build_error(e->b, where, "%s", err.msg);
            continue;
        }
        for (const struct sc_use *use = sc_expr_uses(&e->scratch, node); use;
                use = use->next)
            add_use(e, use);
    }
}

static void add_template(
        struct edges *e, const struct sc_json *template_json, const char *root)
{
    if (template_json)
        sc_template_each(template_json, root, on_string, e);
}

static void add_after(struct edges *e, const struct sc_json *after)
{
    const struct sc_json *id = after;
    bool list = sc_json_is(after, SC_JSON_ARRAY);

    for (id = list ? sc_json_first(after) : after; id;
            id = list ? sc_json_next(id) : NULL) {
        size_t step = sc_plan_find(&e->b->own->plan, sc_json_string(id));

        if (step == SC_NO_STEP)
            sc_build_error(e->b, "after", "'%.40s' is not the id of a step",
                    sc_json_is(id, SC_JSON_STRING) ? sc_json_string(id) : "?");
        else
            add_edge(e, step, true);
    }
}

static size_t *steps_of(struct edges *e)
{
    size_t *steps = sc_arena_array(&e->b->own->arena, e->count, sizeof(*steps));

    for (size_t i = 0; i < e->count; i++)
        steps[i] = e->edges[i].step;
    return steps;
}

static void end(struct edges *e)
{
    free(e->edges);
    sc_map_release(&e->names, NULL);
    sc_arena_release(&e->scratch);
}

static void keep(struct edges *e, struct sc_step *step)
{
    struct sc_arena *arena = &e->b->own->arena;
    bool *optional = sc_arena_array(arena, e->count, sizeof(*optional));
    const char **names = sc_arena_array(arena, e->names.count, sizeof(*names));
    const struct sc_map_entry *entry;

    step->dep_count = e->count;
    step->deps = steps_of(e);
    for (size_t i = 0; i < e->count; i++)
        optional[i] = e->edges[i].optional;
    step->dep_optional = optional;
    for (size_t at = 0; (entry = sc_map_next(&e->names, &at));)
        names[step->name_count++] = sc_arena_text(arena, entry->key, strlen(entry->key));
    step->names = names;
}

void sc_build_step_edges(struct build *b, size_t index)
{
    struct sc_step *step = &b->own->plan.steps[index];
    struct edges e = { .b = b, .step = step };

    sc_map_init(&e.names);
    add_template(&e, step->each, "each");
    add_template(&e, step->when, "when");
    e.elements = true;
    add_template(&e, step->where, "where");
    add_template(&e, step->once, "once");
    add_template(&e, step->args, "args");
    add_after(&e, sc_json_get(step->json, "after"));
    keep(&e, step);
    end(&e);
}

void sc_build_gate_edges(struct build *b, struct sc_gate *gate)
{
    struct edges e = { .b = b };

    sc_map_init(&e.names);
    add_template(&e, gate->require, "require");
    gate->dep_count = e.count;
    gate->deps = steps_of(&e);
    end(&e);
}

void sc_build_names(
        struct build *b, const struct sc_json *template_json, const char *root)
{
    struct edges e = { .b = b };

    sc_map_init(&e.names);
    add_template(&e, template_json, root);
    end(&e);
}
