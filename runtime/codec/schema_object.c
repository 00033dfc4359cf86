/* Keywords about objects. */
#include <string.h>

#include "codec/regex.h"
#include "codec/schema_run.h"

static bool check_member(struct sc_schema_run *run, const struct sc_schema_node *node,
        const struct sc_schema_at *at, const struct sc_json *member)
{
    const struct sc_schema_at inner = {
        .value = member, .outer = at, .key = sc_json_key(member)
    };

    return sc_schema_check_node(run, node, &inner);
}

/* --- required names --- */

/* Says which of the names are missing. why may be NULL. */
static bool check_all_there(struct sc_schema_run *run, const struct sc_json *names,
        const struct sc_schema_at *at, const char *why)
{
    struct sc_json *missing = sc_json_new_array();
    bool good = true;

    SC_JSON_EACH(name, names)
    {
        if (!sc_json_get(at->value, sc_json_string(name))) {
            sc_json_append(missing, sc_json_copy(name));
            good = false;
        }
    }
    if (!good && !run->quiet) {
        struct sc_buf list;

        sc_buf_init(&list);
        sc_schema_list(&list, missing, "and");
        sc_schema_say(run, at, "needs %s%s%s", sc_buf_text(&list),
                why ? " because it has " : "", why ? why : "");
        sc_buf_release(&list);
    }
    sc_json_free(missing);
    return good;
}

static bool has_all(const struct sc_json *names, const struct sc_json *object)
{
    SC_JSON_EACH(name, names)
    {
        if (!sc_json_get(object, sc_json_string(name)))
            return false;
    }
    return true;
}

bool sc_schema_check_required(struct sc_schema_run *run,
        const struct sc_schema_rule *rule, const struct sc_schema_at *at)
{
    return !sc_json_is(at->value, SC_JSON_OBJECT) || has_all(rule->value, at->value) ||
           check_all_there(run, rule->value, at, NULL);
}

bool sc_schema_check_dependent_required(struct sc_schema_run *run,
        const struct sc_schema_rule *rule, const struct sc_schema_at *at)
{
    bool good = true;

    SC_JSON_EACH(names, rule->value)
    {
        const char *name = sc_json_key(names);

        if (sc_json_get(at->value, name) && !has_all(names, at->value))
            good = check_all_there(run, names, at, name);
    }
    return good;
}

bool sc_schema_check_dependent(struct sc_schema_run *run,
        const struct sc_schema_rule *rule, const struct sc_schema_at *at)
{
    bool good = true;

    SC_JSON_EACH(schema, rule->value)
    {
        const char *name = sc_json_key(schema);

        if (!sc_json_get(at->value, name))
            continue;
        if (sc_json_is(schema, SC_JSON_ARRAY))
            good = (has_all(schema, at->value) ||
                           check_all_there(run, schema, at, name)) &&
                   good;
        else
            good = sc_schema_check_node(run, sc_map_get(&rule->members, name), at) &&
                   good;
    }
    return good;
}

bool sc_schema_check_member_count(struct sc_schema_run *run,
        const struct sc_schema_rule *rule, const struct sc_schema_at *at)
{
    size_t count = sc_json_count(at->value);

    if (!sc_json_is(at->value, SC_JSON_OBJECT))
        return true;
    if (count < rule->least)
        return sc_schema_say(
                run, at, "must have at least %zu fields, has %zu", rule->least, count);
    if (count > rule->most)
        return sc_schema_say(
                run, at, "must have at most %zu fields, has %zu", rule->most, count);
    return true;
}

/* --- members --- */

/* A member that nothing allows: names the nearest that is allowed. */
static bool say_unknown(struct sc_schema_run *run, const struct sc_json *properties,
        const struct sc_schema_at *at, const char *name)
{
    const char *near;
    struct sc_buf list;

    if (run->quiet)
        return false;
    near = sc_schema_nearest(name, properties);
    sc_buf_init(&list);
    if (near)
        sc_buf_addf(&list, "did you mean '%s'?", near);
    else if (sc_json_count(properties))
        sc_buf_adds(&list, "known are ");
    else
        sc_buf_adds(&list, "it has none");
    if (!near)
        sc_schema_list(&list, properties, "and");
    sc_schema_say(run, at, "has no field '%s'; %s", name, sc_buf_text(&list));
    sc_buf_release(&list);
    return false;
}

/* Checks a member by its name, by patterns, else by the rest. */
static bool check_one_member(struct sc_schema_run *run, const struct sc_schema_rule *rule,
        const struct sc_schema_at *at, const struct sc_json *member, size_t index)
{
    const char *key = sc_json_key(member);
    const struct sc_schema_node *node = sc_map_get(&rule->members, key);
    bool good = !node || check_member(run, node, at, member), known = node != NULL;

    for (size_t i = 0; i < rule->pattern_count; i++) {
        if (!sc_regex_finds(rule->patterns[i], key))
            continue;
        known = true;
        good = check_member(run, rule->nodes[i], at, member) && good;
    }
    if (!known && rule->rest && rule->rest->never)
        good = say_unknown(run, rule->value, at, key);
    else if (!known && rule->rest)
        good = check_member(run, rule->rest, at, member);
    if (known || rule->rest)
        sc_schema_mark(at, index);
    return good;
}

bool sc_schema_check_members(struct sc_schema_run *run, const struct sc_schema_rule *rule,
        const struct sc_schema_at *at)
{
    size_t i = 0;
    bool good = true;

    if (!sc_json_is(at->value, SC_JSON_OBJECT))
        return true;
    SC_JSON_EACH(member, at->value)
    {
        good = check_one_member(run, rule, at, member, i++) && good;
        if (!good && run->quiet)
            break;
    }
    return good;
}

bool sc_schema_check_names(struct sc_schema_run *run, const struct sc_schema_rule *rule,
        const struct sc_schema_at *at)
{
    bool good = true;

    if (!sc_json_is(at->value, SC_JSON_OBJECT))
        return true;
    SC_JSON_EACH(member, at->value)
    {
        struct sc_json *name = sc_json_new_string(sc_json_key(member));
        const struct sc_schema_at inner = {
            .value = name, .outer = at, .index = SC_SCHEMA_NAME
        };

        good = sc_schema_check_node(run, rule->nodes[0], &inner) && good;
        sc_json_free(name);
    }
    return good;
}

bool sc_schema_check_unevaluated_members(struct sc_schema_run *run,
        const struct sc_schema_rule *rule, const struct sc_schema_at *at)
{
    size_t i = 0;
    bool good = true;

    if (!sc_json_is(at->value, SC_JSON_OBJECT))
        return true;
    SC_JSON_EACH(member, at->value)
    {
        if (!at->seen[i] && rule->rest->never)
            good = say_unknown(run, sc_json_get(rule->schema, "properties"), at,
                    sc_json_key(member));
        else if (!at->seen[i])
            good = check_member(run, rule->rest, at, member) && good;
        sc_schema_mark(at, i++);
    }
    return good;
}
