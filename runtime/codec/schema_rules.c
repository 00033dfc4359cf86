/* From keywords to rules. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/regex.h"
#include "codec/schema_node.h"
#include "codec/schema_run.h"

enum { DRAFT_7 = 1, DRAFT_2020 = 2, BOTH = 3, VALIDATION = 4 }; /* of the vocabularies */

/* What a compile function has at hand. */
struct site {
    struct sc_schema_compiler *c;
    struct sc_schema_resource *resource;
    const struct sc_json *schema;
};

typedef bool compile_fn(const struct site *site, struct sc_schema_rule *rule);

void sc_schema_rule_release(struct sc_schema_rule *rule)
{
    for (size_t i = 0; i < rule->pattern_count; i++)
        sc_regex_free(rule->patterns[i]);
    free(rule->patterns);
    free(rule->nodes);
    sc_map_release(&rule->members, NULL);
}

static bool add_node(const struct site *site, struct sc_schema_rule *rule,
        const struct sc_json *schema)
{
    struct sc_schema_node *node = sc_schema_compile(site->c, schema, site->resource);

    rule->nodes = sc_realloc(
            rule->nodes, (rule->node_count + 1) * sizeof(struct sc_schema_node *));
    rule->nodes[rule->node_count++] = node;
    return node != NULL;
}

static bool add_pattern(const struct site *site, struct sc_schema_rule *rule,
        const struct sc_json *where, const char *pattern)
{
    struct sc_error why;
    struct sc_regex *regex = sc_regex_new(pattern, &why);

    if (!regex)
        return sc_schema_refuse(site->c, where, "'%s' is %s", pattern, why.msg);
    rule->patterns = sc_realloc(
            rule->patterns, (rule->pattern_count + 1) * sizeof(struct sc_regex *));
    rule->patterns[rule->pattern_count++] = regex;
    return true;
}

/* Compiles the subschema under name, if it is there. */
static bool compile_optional(
        const struct site *site, const char *name, struct sc_schema_node **ret_node)
{
    const struct sc_json *schema = sc_json_get(site->schema, name);

    if (!schema)
        return true;
    *ret_node = sc_schema_compile(site->c, schema, site->resource);
    return *ret_node != NULL;
}

static bool compile_nothing(const struct site *site, struct sc_schema_rule *rule)
{
    (void)site;
    (void)rule;
    return true;
}

static bool compile_one(const struct site *site, struct sc_schema_rule *rule)
{
    return add_node(site, rule, rule->value);
}

static bool compile_all(const struct site *site, struct sc_schema_rule *rule)
{
    SC_JSON_EACH(schema, rule->value)
    {
        if (!add_node(site, rule, schema))
            return false;
    }
    return true;
}

static bool compile_pattern(const struct site *site, struct sc_schema_rule *rule)
{
    return add_pattern(site, rule, rule->value, sc_json_string(rule->value));
}

static bool compile_ref(const struct site *site, struct sc_schema_rule *rule)
{
    rule->rest = sc_schema_refer(site->c, sc_json_string(rule->value), site->resource);
    return rule->rest != NULL;
}

/* Binds late only if the place it means at first is a $dynamicAnchor of that name. */
static bool compile_dynamic_ref(const struct site *site, struct sc_schema_rule *rule)
{
    const char *hash = strchr(sc_json_string(rule->value), '#');
    const struct sc_schema_node *node;

    if (!compile_ref(site, rule))
        return false;
    node = rule->rest;
    if (hash && hash[1] && hash[1] != '/' &&
            strcmp(sc_json_get_string(node->json, "$dynamicAnchor", ""), hash + 1) == 0)
        rule->anchor = hash + 1;
    return true;
}

/* The bounds "min<What>" and "max<What>" of counts. */
static void read_bounds(struct sc_schema_rule *rule, const char *least, const char *most)
{
    rule->least = (size_t)sc_json_get_int(rule->schema, least, 0);
    rule->most = (size_t)sc_json_get_int(rule->schema, most, INT64_MAX);
}

static bool compile_length(const struct site *site, struct sc_schema_rule *rule)
{
    (void)site;
    read_bounds(rule, "minLength", "maxLength");
    return true;
}

static bool compile_item_count(const struct site *site, struct sc_schema_rule *rule)
{
    (void)site;
    read_bounds(rule, "minItems", "maxItems");
    return true;
}

static bool compile_member_count(const struct site *site, struct sc_schema_rule *rule)
{
    (void)site;
    read_bounds(rule, "minProperties", "maxProperties");
    return true;
}

/* 2020-12: prefixItems and items; draft 7: items and additionalItems. */
static bool compile_items(const struct site *site, struct sc_schema_rule *rule)
{
    bool old = site->resource->draft == SC_DRAFT_7;
    const struct sc_json *list = sc_json_get(site->schema, old ? "items" : "prefixItems");
    bool single = old && !sc_json_is(list, SC_JSON_ARRAY);

    rule->value = list;
    if (!single && !compile_all(site, rule))
        return false;
    if (old && !single)
        return compile_optional(site, "additionalItems", &rule->rest);
    return compile_optional(site, "items", &rule->rest);
}

static bool compile_contains(const struct site *site, struct sc_schema_rule *rule)
{
    rule->least = 1;
    rule->most = SIZE_MAX;
    if (site->resource->draft != SC_DRAFT_7) {
        rule->least = (size_t)sc_json_get_int(rule->schema, "minContains", 1);
        rule->most = (size_t)sc_json_get_int(rule->schema, "maxContains", INT64_MAX);
    }
    return compile_optional(site, "contains", &rule->rest);
}

static bool compile_members(const struct site *site, struct sc_schema_rule *rule)
{
    const struct sc_json *properties = sc_json_get(site->schema, "properties");
    const struct sc_json *patterns = sc_json_get(site->schema, "patternProperties");

    SC_JSON_EACH(schema, properties)
    {
        struct sc_schema_node *node = sc_schema_compile(site->c, schema, site->resource);

        if (!node)
            return false;
        sc_map_set(&rule->members, sc_json_key(schema), node);
    }
    SC_JSON_EACH(schema, patterns)
    {
        if (!add_pattern(site, rule, schema, sc_json_key(schema)) ||
                !add_node(site, rule, schema))
            return false;
    }
    rule->value = properties;
    return compile_optional(site, "additionalProperties", &rule->rest);
}

/* dependentSchemas, or dependencies of draft 7, where a list of names is no node. */
static bool compile_dependent(const struct site *site, struct sc_schema_rule *rule)
{
    SC_JSON_EACH(schema, rule->value)
    {
        struct sc_schema_node *node;

        if (sc_json_is(schema, SC_JSON_ARRAY))
            continue;
        node = sc_schema_compile(site->c, schema, site->resource);
        if (!node)
            return false;
        sc_map_set(&rule->members, sc_json_key(schema), node);
    }
    return true;
}

static bool compile_if(const struct site *site, struct sc_schema_rule *rule)
{
    rule->nodes = sc_new_array(struct sc_schema_node *, 3);
    rule->node_count = 3;
    return compile_optional(site, "if", &rule->nodes[0]) &&
           compile_optional(site, "then", &rule->nodes[1]) &&
           compile_optional(site, "else", &rule->nodes[2]);
}

static bool compile_unevaluated(const struct site *site, struct sc_schema_rule *rule)
{
    site->c->schema->tracks = true;
    rule->at_last = true;
    rule->rest = sc_schema_compile(site->c, rule->value, site->resource);
    return rule->rest != NULL;
}

/* In the order of checking: what says most comes first; unevaluated… must be last. A rule
 * is made when any of its names is there; value is that of the first. */
static const struct {
    const char *names[3];
    int when;
    compile_fn *compile;
    sc_schema_check_fn *check;
} families[] = {
    { { "$ref" }, BOTH, compile_ref, sc_schema_check_ref },
    { { "$dynamicRef" }, DRAFT_2020, compile_dynamic_ref, sc_schema_check_dynamic_ref },
    { { "type" }, BOTH | VALIDATION, compile_nothing, sc_schema_check_type },
    { { "enum" }, BOTH | VALIDATION, compile_nothing, sc_schema_check_enum },
    { { "const" }, BOTH | VALIDATION, compile_nothing, sc_schema_check_const },
    { { "minimum" }, BOTH | VALIDATION, compile_nothing, sc_schema_check_minimum },
    { { "maximum" }, BOTH | VALIDATION, compile_nothing, sc_schema_check_maximum },
    { { "exclusiveMinimum" }, BOTH | VALIDATION, compile_nothing,
            sc_schema_check_exclusive_minimum },
    { { "exclusiveMaximum" }, BOTH | VALIDATION, compile_nothing,
            sc_schema_check_exclusive_maximum },
    { { "multipleOf" }, BOTH | VALIDATION, compile_nothing, sc_schema_check_multiple_of },
    { { "minLength", "maxLength" }, BOTH | VALIDATION, compile_length,
            sc_schema_check_length },
    { { "pattern" }, BOTH | VALIDATION, compile_pattern, sc_schema_check_pattern },
    { { "format" }, BOTH, compile_nothing, sc_schema_check_format },
    { { "minItems", "maxItems" }, BOTH | VALIDATION, compile_item_count,
            sc_schema_check_item_count },
    { { "uniqueItems" }, BOTH | VALIDATION, compile_nothing, sc_schema_check_unique },
    { { "prefixItems", "items" }, BOTH, compile_items, sc_schema_check_items },
    { { "contains" }, BOTH, compile_contains, sc_schema_check_contains },
    { { "required" }, BOTH | VALIDATION, compile_nothing, sc_schema_check_required },
    { { "minProperties", "maxProperties" }, BOTH | VALIDATION, compile_member_count,
            sc_schema_check_member_count },
    { { "dependentRequired" }, DRAFT_2020 | VALIDATION, compile_nothing,
            sc_schema_check_dependent_required },
    { { "properties", "patternProperties", "additionalProperties" }, BOTH,
            compile_members, sc_schema_check_members },
    { { "propertyNames" }, BOTH, compile_one, sc_schema_check_names },
    { { "dependentSchemas" }, DRAFT_2020, compile_dependent, sc_schema_check_dependent },
    { { "dependencies" }, DRAFT_7, compile_dependent, sc_schema_check_dependent },
    { { "allOf" }, BOTH, compile_all, sc_schema_check_all_of },
    { { "anyOf" }, BOTH, compile_all, sc_schema_check_any_of },
    { { "oneOf" }, BOTH, compile_all, sc_schema_check_one_of },
    { { "not" }, BOTH, compile_one, sc_schema_check_not },
    { { "if" }, BOTH, compile_if, sc_schema_check_if },
    { { "unevaluatedItems" }, DRAFT_2020, compile_unevaluated,
            sc_schema_check_unevaluated_items },
    { { "unevaluatedProperties" }, DRAFT_2020, compile_unevaluated,
            sc_schema_check_unevaluated_members },
};

enum { FAMILIES = sizeof(families) / sizeof(families[0]) };

static const struct sc_json *find_any(const struct sc_json *schema, size_t family)
{
    const struct sc_json *value = NULL;

    for (size_t i = 0; i < 3 && families[family].names[i] && !value; i++)
        value = sc_json_get(schema, families[family].names[i]);
    return value;
}

bool sc_schema_compile_rules(struct sc_schema_compiler *c, struct sc_schema_node *node,
        struct sc_schema_resource *resource)
{
    const struct site site = { c, resource, node->json };
    bool old = resource->draft == SC_DRAFT_7;
    bool alone = old && sc_json_get(node->json, "$ref"); /* its siblings do not count */

    node->rules = sc_new_array(struct sc_schema_rule, FAMILIES);
    for (size_t i = 0; i < FAMILIES && !(alone && node->count > 0); i++) {
        const struct sc_json *value = find_any(node->json, i);
        struct sc_schema_rule *rule = &node->rules[node->count];

        if (!value || !(families[i].when & (old ? DRAFT_7 : DRAFT_2020)) ||
                (resource->no_validation && (families[i].when & VALIDATION)))
            continue;
        node->count++;
        rule->check = families[i].check;
        rule->value = value;
        rule->schema = node->json;
        if (!families[i].compile(&site, rule))
            return false;
    }
    if (node->count > 0)
        node->rules =
                sc_realloc(node->rules, node->count * sizeof(struct sc_schema_rule));
    return true;
}
