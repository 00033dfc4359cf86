#include "plan/types.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_REFS = 16 };

const struct sc_type sc_type_any = { .kind = SC_TYPE_ANY };
const struct sc_type sc_type_bool = { .kind = SC_TYPE_BOOL };
const struct sc_type sc_type_number = { .kind = SC_TYPE_NUMBER };
const struct sc_type sc_type_text = { .kind = SC_TYPE_TEXT };

const char *sc_type_word(enum sc_type_kind kind)
{
    static const char *const words[] = { "anything", "true or false", "a number",
        "a text", "a list", "an object" };

    return words[kind];
}

/* `#/$defs/x`, without escapes. */
static const struct sc_json *follow(const struct sc_json *root, const char *ref)
{
    const struct sc_json *at = root;
    char name[64];

    if (*ref++ != '#')
        return NULL;
    while (at && *ref == '/') {
        size_t len = strcspn(++ref, "/");

        if (len >= sizeof(name))
            return NULL;
        memcpy(name, ref, len);
        name[len] = '\0';
        at = sc_json_get(at, name);
        ref += len;
    }
    return at;
}

const struct sc_json *sc_schema_deref(
        const struct sc_json *schema, const struct sc_json *root)
{
    for (int i = 0; i < MAX_REFS; i++) {
        const char *ref = sc_json_get_string(schema, "$ref", NULL);

        if (!ref)
            return schema;
        schema = follow(root, ref);
    }
    return NULL;
}

static enum sc_type_kind kind_of_word(const char *word)
{
    static const struct {
        const char *word;
        enum sc_type_kind kind;
    } kinds[] = { { "boolean", SC_TYPE_BOOL }, { "number", SC_TYPE_NUMBER },
        { "integer", SC_TYPE_NUMBER }, { "string", SC_TYPE_TEXT },
        { "array", SC_TYPE_LIST }, { "object", SC_TYPE_OBJECT } };

    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        if (strcmp(kinds[i].word, word) == 0)
            return kinds[i].kind;
    }
    return SC_TYPE_ANY;
}

/* One of several types is ANY, but null beside another does not count: a field that is
 * null is read like one that is there. */
static enum sc_type_kind kind_of_types(const struct sc_json *types)
{
    enum sc_type_kind kind = SC_TYPE_ANY;
    size_t count = 0;

    SC_JSON_EACH(word, types)
    {
        enum sc_type_kind one = kind_of_word(sc_json_string(word));

        if (strcmp(sc_json_string(word), "null") == 0)
            continue;
        count += one != kind;
        kind = one;
    }
    return count == 1 ? kind : SC_TYPE_ANY;
}

static enum sc_type_kind kind_of_schema(const struct sc_json *schema)
{
    const struct sc_json *type = sc_json_get(schema, "type");

    if (sc_json_is(type, SC_JSON_STRING))
        return kind_of_word(sc_json_string(type));
    if (type)
        return kind_of_types(type);
    return sc_json_get(schema, "properties") ? SC_TYPE_OBJECT : SC_TYPE_ANY;
}

static bool is_open(const struct sc_json *schema)
{
    const struct sc_json *more = sc_json_get(schema, "additionalProperties");

    if (more)
        return !sc_json_is(more, SC_JSON_BOOL) || sc_json_true(more);
    return !sc_json_get(schema, "properties") || sc_json_get(schema, "patternProperties");
}

static bool is_combined(const struct sc_json *schema)
{
    return sc_json_get(schema, "anyOf") || sc_json_get(schema, "oneOf") ||
           sc_json_get(schema, "allOf");
}

const struct sc_type *sc_type_of_schema(
        struct sc_arena *arena, const struct sc_json *schema, const struct sc_json *root)
{
    struct sc_type *type;

    schema = sc_schema_deref(schema, root);
    if (!sc_json_is(schema, SC_JSON_OBJECT) || kind_of_schema(schema) == SC_TYPE_ANY)
        return &sc_type_any;
    type = sc_arena_new(arena, struct sc_type);
    type->kind = kind_of_schema(schema);
    type->schema = schema;
    type->root = root;
    type->open = is_open(schema) || is_combined(schema);
    return type;
}

const struct sc_type *sc_type_list_of(
        struct sc_arena *arena, const struct sc_type *element)
{
    struct sc_type *type = sc_arena_new(arena, struct sc_type);

    type->kind = SC_TYPE_LIST;
    type->element = element;
    return type;
}

const struct sc_type *sc_type_of_literal(
        struct sc_arena *arena, const struct sc_json *value)
{
    switch (sc_json_type(value)) {
    case SC_JSON_BOOL:
        return &sc_type_bool;
    case SC_JSON_NUMBER:
        return &sc_type_number;
    case SC_JSON_STRING:
        return &sc_type_text;
    case SC_JSON_ARRAY:
        return sc_type_list_of(arena, &sc_type_any);
    case SC_JSON_NULL:
    case SC_JSON_OBJECT:
        break;
    }
    return &sc_type_any;
}

const struct sc_type *sc_type_element(struct sc_arena *arena, const struct sc_type *type)
{
    if (type->kind != SC_TYPE_LIST)
        return &sc_type_any;
    if (type->element)
        return type->element;
    return sc_type_of_schema(arena, sc_json_get(type->schema, "items"), type->root);
}

const struct sc_type *sc_type_get(
        struct sc_arena *arena, const struct sc_type *type, const char *name)
{
    const struct sc_json *schema;

    for (const struct sc_type_field *f = type->fields; f; f = f->next) {
        if (strcmp(f->name, name) == 0)
            return f->type;
    }
    if (type->kind == SC_TYPE_ANY)
        return &sc_type_any;
    if (type->kind != SC_TYPE_OBJECT)
        return NULL;
    schema = sc_json_get(sc_json_get(type->schema, "properties"), name);
    if (schema)
        return sc_type_of_schema(arena, schema, type->root);
    if (!type->open)
        return NULL;
    if (type->element)
        return type->element;
    return sc_type_of_schema(
            arena, sc_json_get(type->schema, "additionalProperties"), type->root);
}

void sc_type_guess(const struct sc_type *type, struct sc_near *near)
{
    for (const struct sc_type_field *f = type->fields; f; f = f->next)
        sc_near_try(near, f->name);
    SC_JSON_EACH(property, sc_json_get(type->schema, "properties"))
    sc_near_try(near, sc_json_key(property));
}

const struct sc_type *sc_type_either(const struct sc_type *a, const struct sc_type *b)
{
    return a == b || (a->kind == b->kind && a->kind <= SC_TYPE_TEXT) ? a : &sc_type_any;
}

const struct sc_json *sc_type_words(const struct sc_type *type)
{
    return type->kind == SC_TYPE_TEXT ? sc_json_get(type->schema, "enum") : NULL;
}
