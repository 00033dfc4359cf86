/* The walk, and the keywords that combine schemas. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/schema_run.h"

static bool run_rules(struct sc_schema_run *run, const struct sc_schema_node *node,
        const struct sc_schema_at *at)
{
    bool good = true;

    for (size_t i = 0; i < node->count; i++) {
        if (node->rules[i].at_last && !good)
            break; /* what failed has not noted what it evaluated */
        if (node->rules[i].check(run, &node->rules[i], at))
            continue;
        good = false;
        if (run->quiet || sc_json_count(run->errors) >= run->max_errors || run->gave_up)
            return false;
    }
    return good;
}

/* Runs the rules with a list of their own of what was evaluated, and hands that on only
 * if they hold. */
static bool run_tracked(struct sc_schema_run *run, const struct sc_schema_node *node,
        const struct sc_schema_at *at)
{
    size_t count = sc_json_count(at->value);
    struct sc_schema_at own = *at;
    bool good;

    own.seen = sc_new_array(bool, count + 1);
    good = run_rules(run, node, &own);
    for (size_t i = 0; good && at->seen && i < count; i++)
        at->seen[i] = at->seen[i] || own.seen[i];
    free(own.seen);
    return good;
}

bool sc_schema_check_node(struct sc_schema_run *run, const struct sc_schema_node *node,
        const struct sc_schema_at *at)
{
    const struct sc_schema_scope *outer = run->scope;
    const struct sc_schema_scope scope = { node->resource, outer };
    bool good;

    if (node->never)
        return sc_schema_say(run, at, "must not be there");
    if (run->gave_up)
        return false;
    if (run->depth >= SC_SCHEMA_MAX_DEPTH || run->steps >= SC_SCHEMA_MAX_STEPS) {
        run->gave_up = true;
        return false;
    }
    run->depth++;
    run->steps++;
    if (!outer || outer->resource != node->resource)
        run->scope = &scope;
    good = run->schema->tracks && sc_json_count(at->value) ? run_tracked(run, node, at)
                                                           : run_rules(run, node, at);
    run->scope = outer;
    run->depth--;
    return good;
}

/* Checks without a word, and without noting what was evaluated unless it holds. */
static bool holds(struct sc_schema_run *run, const struct sc_schema_node *node,
        const struct sc_schema_at *at)
{
    bool good;

    run->quiet++;
    good = sc_schema_check_node(run, node, at);
    run->quiet--;
    return good;
}

bool sc_schema_check(const struct sc_schema *schema, const struct sc_json *value,
        const char *root, size_t max_errors, struct sc_json **ret_errors)
{
    struct sc_json *errors = ret_errors && max_errors ? sc_json_new_array() : NULL;
    struct sc_schema_run run = { .schema = schema,
        .root = root,
        .errors = errors,
        .max_errors = max_errors,
        .quiet = errors ? 0 : 1 };
    const struct sc_schema_at at = { .value = value };
    bool good = sc_schema_check_node(&run, schema->top, &at);

    if (run.gave_up) {
        run.gave_up = false; /* which keeps all else silent */
        sc_schema_say(&run, &at, "is too deep, or too much work, to check");
        good = false;
    }
    if (errors && !good)
        *ret_errors = errors;
    else
        sc_json_free(errors);
    return good;
}

/* --- references --- */

bool sc_schema_check_ref(struct sc_schema_run *run, const struct sc_schema_rule *rule,
        const struct sc_schema_at *at)
{
    return sc_schema_check_node(run, rule->rest, at);
}

/* The outermost resource on our way that has the anchor. */
bool sc_schema_check_dynamic_ref(struct sc_schema_run *run,
        const struct sc_schema_rule *rule, const struct sc_schema_at *at)
{
    const struct sc_schema_node *node = rule->rest;

    for (const struct sc_schema_scope *scope = rule->anchor ? run->scope : NULL; scope;
            scope = scope->outer) {
        const struct sc_schema_node *bound =
                sc_map_get(&scope->resource->bindings, rule->anchor);

        node = bound ? bound : node;
    }
    return sc_schema_check_node(run, node, at);
}

/* --- combinations --- */

bool sc_schema_check_all_of(struct sc_schema_run *run, const struct sc_schema_rule *rule,
        const struct sc_schema_at *at)
{
    bool good = true;

    for (size_t i = 0; i < rule->node_count; i++)
        good = sc_schema_check_node(run, rule->nodes[i], at) && good;
    return good;
}

/* The schema that a bare $ref leads to, after a few hops at most. */
static const struct sc_schema_node *referred(const struct sc_schema_node *node)
{
    for (int hops = 0; hops < 8 && node->count > 0; hops++) {
        if (node->rules[0].check != sc_schema_check_ref)
            break;
        node = node->rules[0].rest;
    }
    return node;
}

/* Could the value be meant for this branch? Its type fits, and so do the words that name
 * a form (a `const` or `enum` among the properties). */
static bool is_meant(const struct sc_schema_node *branch, const struct sc_json *value)
{
    const struct sc_schema_node *node = referred(branch);
    const struct sc_json *type = sc_json_get(node->json, "type");

    if (sc_json_is(type, SC_JSON_STRING) &&
            !sc_schema_is_type(value, sc_json_string(type)))
        return false;
    SC_JSON_EACH(schema, sc_json_get(node->json, "properties"))
    {
        const struct sc_json *given = sc_json_get(value, sc_json_key(schema));
        const struct sc_json *constant = sc_json_get(schema, "const");

        if (given && constant && !sc_json_equal(given, constant))
            return false;
    }
    return true;
}

/* "must be a number or null, is …" when every branch is a bare type. */
static bool say_types(struct sc_schema_run *run, const struct sc_schema_rule *rule,
        const struct sc_schema_at *at)
{
    struct sc_json *types = sc_json_new_array();
    bool all = true;

    for (size_t i = 0; i < rule->node_count && all; i++) {
        const struct sc_json *type = sc_json_get(referred(rule->nodes[i])->json, "type");

        all = sc_json_is(type, SC_JSON_STRING);
        if (all && !sc_schema_is_type(at->value, sc_json_string(type)))
            sc_json_append(types, sc_json_copy(type));
        else
            all = false;
    }
    if (all)
        sc_schema_say_types(run, at, types);
    sc_json_free(types);
    return all;
}

/* Nothing fits: says what is wrong with the only branch that could be meant, or lists
 * the branches. */
static bool say_none_fits(struct sc_schema_run *run, const struct sc_schema_rule *rule,
        const struct sc_schema_at *at)
{
    const struct sc_schema_node *meant = NULL;
    size_t count = 0;

    if (run->quiet || say_types(run, rule, at))
        return false;
    for (size_t i = 0; i < rule->node_count; i++) {
        if (is_meant(rule->nodes[i], at->value)) {
            meant = rule->nodes[i];
            count++;
        }
    }
    if (count == 1)
        return sc_schema_check_node(run, meant, at);
    return sc_schema_say_branches(run, at, rule);
}

bool sc_schema_check_any_of(struct sc_schema_run *run, const struct sc_schema_rule *rule,
        const struct sc_schema_at *at)
{
    bool good = false;

    for (size_t i = 0; i < rule->node_count; i++) {
        good = holds(run, rule->nodes[i], at) || good;
        if (good && !at->seen)
            break; /* the others could only note what they evaluated */
    }
    return good || say_none_fits(run, rule, at);
}

bool sc_schema_check_one_of(struct sc_schema_run *run, const struct sc_schema_rule *rule,
        const struct sc_schema_at *at)
{
    size_t count = 0, first = 0;

    for (size_t i = 0; i < rule->node_count; i++) {
        if (!holds(run, rule->nodes[i], at))
            continue;
        if (count++ > 0)
            return sc_schema_say(run, at,
                    "fits the forms %zu and %zu of %zu, but must fit one only", first + 1,
                    i + 1, rule->node_count);
        first = i;
    }
    return count == 1 || say_none_fits(run, rule, at);
}

bool sc_schema_check_not(struct sc_schema_run *run, const struct sc_schema_rule *rule,
        const struct sc_schema_at *at)
{
    struct sc_schema_at apart = *at;

    apart.seen = NULL;
    if (!holds(run, rule->nodes[0], &apart))
        return true;
    return sc_schema_say_is(run, at, "has a form that is excluded");
}

bool sc_schema_check_if(struct sc_schema_run *run, const struct sc_schema_rule *rule,
        const struct sc_schema_at *at)
{
    const struct sc_schema_node *then =
            holds(run, rule->nodes[0], at) ? rule->nodes[1] : rule->nodes[2];

    return !then || sc_schema_check_node(run, then, at);
}
