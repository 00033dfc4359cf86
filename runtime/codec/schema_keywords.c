/* The shapes of keywords, and where subschemas are. */
#include <string.h>

#include "base/mem.h"
#include "base/words.h"
#include "codec/json_number.h"
#include "codec/schema_node.h"

enum { DRAFT_7 = 1, DRAFT_2020 = 2, BOTH = 3 };

typedef bool shape_fn(struct sc_schema_compiler *c, const struct sc_json *value,
        struct sc_schema_resource *resource);

static bool a_text(struct sc_schema_compiler *c, const struct sc_json *value,
        struct sc_schema_resource *resource)
{
    (void)resource;
    return sc_json_is(value, SC_JSON_STRING) ||
           sc_schema_refuse(c, value, "must be a string");
}

static bool a_number(struct sc_schema_compiler *c, const struct sc_json *value,
        struct sc_schema_resource *resource)
{
    (void)resource;
    return sc_json_is(value, SC_JSON_NUMBER) ||
           sc_schema_refuse(c, value, "must be a number");
}

static bool a_divisor(struct sc_schema_compiler *c, const struct sc_json *value,
        struct sc_schema_resource *resource)
{
    if (!a_number(c, value, resource))
        return false;
    if (sc_decimal_compare(sc_json_number(value), "0") <= 0)
        return sc_schema_refuse(c, value, "must be above 0");
    return sc_decimal_view(sc_json_number(value)).count <= SC_DECIMAL_DIVISOR ||
           sc_schema_refuse(c, value, "has more than %d digits", SC_DECIMAL_DIVISOR);
}

static bool a_count(struct sc_schema_compiler *c, const struct sc_json *value,
        struct sc_schema_resource *resource)
{
    int64_t count;

    (void)resource;
    return (sc_json_int(value, &count) && count >= 0) ||
           sc_schema_refuse(c, value, "must be a whole number from 0");
}

static bool a_flag(struct sc_schema_compiler *c, const struct sc_json *value,
        struct sc_schema_resource *resource)
{
    (void)resource;
    return sc_json_is(value, SC_JSON_BOOL) ||
           sc_schema_refuse(c, value, "must be true or false");
}

static bool a_list(struct sc_schema_compiler *c, const struct sc_json *value,
        struct sc_schema_resource *resource)
{
    (void)resource;
    return sc_json_is(value, SC_JSON_ARRAY) ||
           sc_schema_refuse(c, value, "must be a list");
}

static bool some_texts(struct sc_schema_compiler *c, const struct sc_json *value,
        struct sc_schema_resource *resource)
{
    if (!a_list(c, value, resource))
        return false;
    SC_JSON_EACH(item, value)
    {
        if (!a_text(c, item, resource))
            return false;
    }
    return true;
}

static bool a_type_word(struct sc_schema_compiler *c, const struct sc_json *value)
{
    static const char *const words[] = { "null", "boolean", "object", "array", "number",
        "string", "integer" };
    const size_t count = sizeof(words) / sizeof(words[0]);
    const char *word = sc_json_string(value), *near;

    for (size_t i = 0; i < count; i++) {
        if (strcmp(words[i], word) == 0)
            return true;
    }
    near = sc_words_nearest(word, words, count);
    return sc_schema_refuse(c, value, "'%s' is not a type%s%s%s", word,
            near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static bool a_type(struct sc_schema_compiler *c, const struct sc_json *value,
        struct sc_schema_resource *resource)
{
    (void)resource;
    if (!sc_json_is(value, SC_JSON_ARRAY))
        return a_type_word(c, value);
    SC_JSON_EACH(word, value)
    {
        if (!a_type_word(c, word))
            return false;
    }
    return true;
}

static bool some_schemas(struct sc_schema_compiler *c, const struct sc_json *value,
        struct sc_schema_resource *resource)
{
    if (!a_list(c, value, resource))
        return false;
    if (sc_json_count(value) == 0)
        return sc_schema_refuse(c, value, "must not be empty");
    SC_JSON_EACH(item, value)
    {
        if (!sc_schema_index(c, item, resource))
            return false;
    }
    return true;
}

static bool named_schemas(struct sc_schema_compiler *c, const struct sc_json *value,
        struct sc_schema_resource *resource)
{
    if (!sc_json_is(value, SC_JSON_OBJECT))
        return sc_schema_refuse(c, value, "must be an object of schemas");
    SC_JSON_EACH(item, value)
    {
        if (!sc_schema_index(c, item, resource))
            return false;
    }
    return true;
}

static bool named_text_lists(struct sc_schema_compiler *c, const struct sc_json *value,
        struct sc_schema_resource *resource)
{
    if (!sc_json_is(value, SC_JSON_OBJECT))
        return sc_schema_refuse(c, value, "must be an object of lists");
    SC_JSON_EACH(item, value)
    {
        if (!some_texts(c, item, resource))
            return false;
    }
    return true;
}

/* `dependencies`: by name, a list of names or a schema. */
static bool dependencies(struct sc_schema_compiler *c, const struct sc_json *value,
        struct sc_schema_resource *resource)
{
    if (!sc_json_is(value, SC_JSON_OBJECT))
        return sc_schema_refuse(c, value, "must be an object");
    SC_JSON_EACH(item, value)
    {
        if (sc_json_is(item, SC_JSON_ARRAY) ? !some_texts(c, item, resource)
                                            : !sc_schema_index(c, item, resource))
            return false;
    }
    return true;
}

/* Draft 7 `items`: a schema, or a list of them. */
static bool items(struct sc_schema_compiler *c, const struct sc_json *value,
        struct sc_schema_resource *resource)
{
    if (!sc_json_is(value, SC_JSON_ARRAY))
        return sc_schema_index(c, value, resource);
    return sc_json_count(value) == 0 || some_schemas(c, value, resource);
}

static const struct {
    const char *name;
    int drafts;
    shape_fn *shape;
} keywords[] = {
    { "$id", BOTH, a_text },
    { "$schema", BOTH, a_text },
    { "$ref", BOTH, a_text },
    { "$anchor", DRAFT_2020, a_text },
    { "$dynamicAnchor", DRAFT_2020, a_text },
    { "$dynamicRef", DRAFT_2020, a_text },
    { "$defs", BOTH, named_schemas },
    { "definitions", BOTH, named_schemas },
    { "type", BOTH, a_type },
    { "enum", BOTH, a_list },
    { "minimum", BOTH, a_number },
    { "maximum", BOTH, a_number },
    { "exclusiveMinimum", BOTH, a_number },
    { "exclusiveMaximum", BOTH, a_number },
    { "multipleOf", BOTH, a_divisor },
    { "minLength", BOTH, a_count },
    { "maxLength", BOTH, a_count },
    { "pattern", BOTH, a_text },
    { "format", BOTH, a_text },
    { "minItems", BOTH, a_count },
    { "maxItems", BOTH, a_count },
    { "uniqueItems", BOTH, a_flag },
    { "items", DRAFT_7, items },
    { "additionalItems", DRAFT_7, sc_schema_index },
    { "items", DRAFT_2020, sc_schema_index },
    { "prefixItems", DRAFT_2020, some_schemas },
    { "contains", BOTH, sc_schema_index },
    { "minContains", DRAFT_2020, a_count },
    { "maxContains", DRAFT_2020, a_count },
    { "unevaluatedItems", DRAFT_2020, sc_schema_index },
    { "required", BOTH, some_texts },
    { "minProperties", BOTH, a_count },
    { "maxProperties", BOTH, a_count },
    { "properties", BOTH, named_schemas },
    { "patternProperties", BOTH, named_schemas },
    { "additionalProperties", BOTH, sc_schema_index },
    { "propertyNames", BOTH, sc_schema_index },
    { "dependentRequired", DRAFT_2020, named_text_lists },
    { "dependentSchemas", DRAFT_2020, named_schemas },
    { "dependencies", DRAFT_7, dependencies },
    { "unevaluatedProperties", DRAFT_2020, sc_schema_index },
    { "allOf", BOTH, some_schemas },
    { "anyOf", BOTH, some_schemas },
    { "oneOf", BOTH, some_schemas },
    { "not", BOTH, sc_schema_index },
    { "if", BOTH, sc_schema_index },
    { "then", BOTH, sc_schema_index },
    { "else", BOTH, sc_schema_index },
    { "contentSchema", DRAFT_2020, sc_schema_index },
};

bool sc_schema_index_keywords(struct sc_schema_compiler *c, const struct sc_json *schema,
        struct sc_schema_resource *resource)
{
    int draft = resource->draft == SC_DRAFT_7 ? DRAFT_7 : DRAFT_2020;

    for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++) {
        const struct sc_json *value = sc_json_get(schema, keywords[i].name);

        if (value && (keywords[i].drafts & draft) &&
                !keywords[i].shape(c, value, resource))
            return false;
    }
    return true;
}
