#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/schema_node.h"
#include "codec/uri.h"

enum { ADDRESS_TEXT = 24 };

/* Maps have text for keys: this is the one of a subschema. */
static const char *address(const struct sc_json *json, char text[ADDRESS_TEXT])
{
    snprintf(text, ADDRESS_TEXT, "%p", (const void *)json);
    return text;
}

/* --- errors --- */

/* Adds the way from json down to target ("/properties/x"); false if it is not there. */
static bool add_way(
        struct sc_buf *out, const struct sc_json *json, const struct sc_json *target)
{
    size_t index = 0, len = out->len;

    if (json == target)
        return true;
    SC_JSON_EACH(child, json)
    {
        if (sc_json_key(child))
            sc_buf_addf(out, "/%s", sc_json_key(child));
        else
            sc_buf_addf(out, "/%zu", index++);
        if (add_way(out, child, target))
            return true;
        out->len = len;
    }
    return false;
}

bool sc_schema_refuse(
        struct sc_schema_compiler *c, const struct sc_json *json, const char *fmt, ...)
{
    struct sc_buf way;
    va_list ap;

    sc_buf_init(&way);
    if (c->document && !add_way(&way, c->document, json))
        sc_buf_adds(&way, "(elsewhere)");
    sc_buf_reserve(&way, 0);
    way.data[way.len] = '\0';
    sc_buf_adds(&way, way.len ? ": " : "");
    va_start(ap, fmt);
    sc_buf_vaddf(&way, fmt, ap);
    va_end(ap);
    sc_fail(c->err, SC_INVALID, "schema%s%s", way.data[0] == '/' ? " at " : ": ",
            way.data);
    sc_buf_release(&way);
    return false;
}

/* --- resources --- */

static void free_resource(void *value)
{
    struct sc_schema_resource *resource = value;

    sc_map_release(&resource->anchors, NULL);
    sc_map_release(&resource->dynamic, NULL);
    sc_map_release(&resource->bindings, NULL);
    free(resource->uri);
    free(resource);
}

/* The draft that $schema names; an unknown one leaves it as it is. */
static enum sc_schema_draft draft_of(
        const struct sc_json *json, enum sc_schema_draft otherwise)
{
    const char *uri = sc_json_get_string(json, "$schema", "");

    if (strstr(uri, "json-schema.org/draft-0"))
        return SC_DRAFT_7;
    if (strstr(uri, "json-schema.org/draft/20"))
        return SC_DRAFT_2020_12;
    return otherwise;
}

/* Does $schema name a given metaschema that lists vocabularies, but not validation? */
static bool lacks_validation(const struct sc_schema *schema, const struct sc_json *root)
{
    const char *uri = sc_json_get_string(root, "$schema", "");
    const struct sc_json *metaschema = sc_json_get(schema->options.documents, uri);
    const struct sc_json *vocabularies = sc_json_get(metaschema, "$vocabulary");

    return vocabularies &&
           !sc_json_get(vocabularies,
                   "https://json-schema.org/draft/2020-12/vocab/validation");
}

/* Takes the URI. The first resource of a URI stays. */
static struct sc_schema_resource *add_resource(struct sc_schema *schema, char *take_uri,
        const struct sc_json *root, enum sc_schema_draft draft)
{
    struct sc_schema_resource *resource = sc_new(struct sc_schema_resource);

    resource->uri = take_uri;
    resource->root = root;
    resource->draft = draft_of(root, draft);
    resource->no_validation = lacks_validation(schema, root);
    if (sc_map_get(&schema->resources, take_uri)) {
        char key[ADDRESS_TEXT + 8]; /* hidden, but owned */

        snprintf(key, sizeof(key), " %p", (void *)resource);
        sc_map_set(&schema->resources, key, resource);
        return resource;
    }
    sc_map_set(&schema->resources, take_uri, resource);
    return resource;
}

static void add_anchor(struct sc_map *anchors, const char *name, const struct sc_json *to)
{
    union {
        const struct sc_json *in;
        void *out;
    } pointer = { .in = to }; /* a map holds plain pointers */

    if (*name && !sc_map_get(anchors, name))
        sc_map_set(anchors, name, pointer.out);
}

/* The resource that begins at json because of its $id, or the one around it. */
static struct sc_schema_resource *enter_id(struct sc_schema_compiler *c,
        const struct sc_json *json, struct sc_schema_resource *around)
{
    const char *id = sc_json_get_string(json, "$id", NULL), *hash;
    enum sc_schema_draft draft = draft_of(json, around->draft);
    struct sc_schema_resource *resource = around;

    if (!id || (draft == SC_DRAFT_7 && sc_json_get(json, "$ref")))
        return around;
    hash = strchr(id, '#');
    if (hash != id) {
        char *uri = sc_uri_resolve(around->uri, id);

        uri[strcspn(uri, "#")] = '\0';
        if (json == around->root) {
            free(uri); /* done when the document was added */
        } else {
            resource = add_resource(c->schema, uri, json, draft);
            if (!sc_json_get(json, "$schema"))
                resource->no_validation = around->no_validation;
        }
    }
    if (hash && draft == SC_DRAFT_7)
        add_anchor(&resource->anchors, hash + 1, json);
    return resource;
}

bool sc_schema_index(struct sc_schema_compiler *c, const struct sc_json *json,
        struct sc_schema_resource *resource)
{
    char key[ADDRESS_TEXT];
    const char *name;

    if (sc_map_get(&c->places, address(json, key)))
        return true;
    resource = enter_id(c, json, resource);
    sc_map_set(&c->places, key, resource);
    if (sc_json_is(json, SC_JSON_BOOL))
        return true;
    if (!sc_json_is(json, SC_JSON_OBJECT))
        return sc_schema_refuse(c, json, "a schema is an object, true or false");
    if (resource->draft != SC_DRAFT_7) {
        add_anchor(&resource->anchors, sc_json_get_string(json, "$anchor", ""), json);
        name = sc_json_get_string(json, "$dynamicAnchor", "");
        add_anchor(&resource->anchors, name, json);
        add_anchor(&resource->dynamic, name, json);
    }
    return sc_schema_index_keywords(c, json, resource);
}

/* Adds a tree (of schema->documents) under its URI, and what is inside. NULL on failure.
 */
static struct sc_schema_resource *add_document(
        struct sc_schema_compiler *c, const char *uri, const struct sc_json *document)
{
    struct sc_schema *schema = c->schema;
    const char *id = sc_json_get_string(document, "$id", "");
    enum sc_schema_draft draft = draft_of(document, schema->options.draft);
    struct sc_schema_resource *resource;
    char *own;

    if (draft == SC_DRAFT_7 && sc_json_get(document, "$ref"))
        id = "";
    own = sc_uri_resolve(uri, id);
    own[strcspn(own, "#")] = '\0';
    resource = add_resource(schema, own, document, draft);
    return sc_schema_index(c, document, resource) ? resource : NULL;
}

/* --- references --- */

static const struct sc_json *keep(
        struct sc_schema_compiler *c, struct sc_json *take_document)
{
    return sc_json_append(c->schema->documents, take_document);
}

/* Looks a URI without fragment up, among the metaschemas and given documents too. */
static struct sc_schema_resource *find_resource(
        struct sc_schema_compiler *c, const char *uri)
{
    struct sc_schema *schema = c->schema;
    struct sc_schema_resource *known = sc_map_get(&schema->resources, uri);
    const struct sc_json *given;
    const char *text;

    if (known)
        return known;
    given = sc_json_get(schema->options.documents, uri);
    if (given) {
        struct sc_schema_resource *resource =
                add_document(c, uri, keep(c, sc_json_copy(given)));

        if (resource && !sc_map_get(&schema->resources, uri))
            add_resource(schema, sc_strdup(uri), resource->root, resource->draft);
        return resource;
    }
    text = sc_schema_meta(uri);
    if (!text)
        return NULL;
    return add_document(c, uri, keep(c, sc_json_parse(text, strlen(text), NULL, c->err)));
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
}

/* Undoes %41 in place. */
static void decode_percent(char *text)
{
    char *to = text;

    for (; *text; text++) {
        if (*text == '%' && hex_digit(text[1]) >= 0 && hex_digit(text[2]) >= 0) {
            *to++ = (char)(hex_digit(text[1]) * 16 + hex_digit(text[2]));
            text += 2;
        } else {
            *to++ = *text;
        }
    }
    *to = '\0';
}

/* Takes one name off a JSON Pointer ("/a~1b/0"), undoing ~0 and ~1. */
static char *take_name(const char **pointer)
{
    const char *at = *pointer + 1;
    size_t len = strcspn(at, "/"), n = 0;
    char *name = sc_strndup(at, len);

    for (size_t i = 0; i < len; i++) {
        bool tilde = at[i] == '~' && (at[i + 1] == '0' || at[i + 1] == '1');

        name[n++] = at[i];
        if (tilde)
            name[n - 1] = at[++i] == '0' ? '~' : '/';
    }
    name[n] = '\0';
    *pointer = at + len;
    return name;
}

static const struct sc_json *step_down(const struct sc_json *json, const char *name)
{
    char *end;
    unsigned long index;

    if (!sc_json_is(json, SC_JSON_ARRAY))
        return sc_json_get(json, name);
    index = strtoul(name, &end, 10);
    return *end || !*name ? NULL : sc_json_at(json, index);
}

/* Follows a pointer; *resource becomes the innermost one on the way. */
static const struct sc_json *follow(struct sc_schema_compiler *c, const char *pointer,
        struct sc_schema_resource **resource)
{
    const struct sc_json *json = (*resource)->root;
    char key[ADDRESS_TEXT];

    while (json && *pointer == '/') {
        struct sc_schema_resource *place;
        char *name = take_name(&pointer);

        json = step_down(json, name);
        free(name);
        place = json ? sc_map_get(&c->places, address(json, key)) : NULL;
        if (place)
            *resource = place;
    }
    return json;
}

static const struct sc_json *find_target(struct sc_schema_compiler *c,
        const char *fragment, struct sc_schema_resource **resource)
{
    if (*fragment == '\0' || *fragment == '/')
        return follow(c, fragment, resource);
    return sc_map_get(&(*resource)->anchors, fragment);
}

struct sc_schema_node *sc_schema_refer(struct sc_schema_compiler *c,
        const char *reference, const struct sc_schema_resource *from)
{
    char *uri = sc_uri_resolve(from->uri, reference), *fragment = strchr(uri, '#');
    struct sc_schema_resource *resource;
    struct sc_schema_node *node = NULL;
    const struct sc_json *target = NULL;

    if (fragment) {
        *fragment++ = '\0';
        decode_percent(fragment);
    }
    sc_fail(c->err, SC_INVALID, "schema: the reference '%s' leads nowhere", reference);
    resource = find_resource(c, uri);
    if (resource)
        target = find_target(c, fragment ? fragment : "", &resource);
    if (target && sc_schema_index(c, target, resource))
        node = sc_schema_compile(c, target, resource);
    free(uri);
    return node;
}

/* --- nodes --- */

static void free_node(void *value)
{
    struct sc_schema_node *node = value;

    for (size_t i = 0; i < node->count; i++)
        sc_schema_rule_release(&node->rules[i]);
    free(node->rules);
    free(node);
}

struct sc_schema_node *sc_schema_compile(struct sc_schema_compiler *c,
        const struct sc_json *json, struct sc_schema_resource *resource)
{
    char key[ADDRESS_TEXT];
    struct sc_schema_node *node = sc_map_get(&c->schema->nodes, address(json, key));
    struct sc_schema_resource *place = sc_map_get(&c->places, key);

    if (node)
        return node;
    resource = place ? place : resource;
    node = sc_new(struct sc_schema_node);
    node->json = json;
    node->resource = resource;
    node->never = sc_json_is(json, SC_JSON_BOOL) && !sc_json_true(json);
    sc_map_set(&c->schema->nodes, key, node);
    return sc_schema_compile_rules(c, node, resource) ? node : NULL;
}

/* Compiles every $dynamicAnchor: a $dynamicRef may come to any of them. Compiling one
 * may add resources, which come last and so get their turn. */
static bool bind_anchors(struct sc_schema_compiler *c)
{
    const struct sc_map_entry *entry, *anchor;

    for (size_t i = 0; (entry = sc_map_next(&c->schema->resources, &i));) {
        struct sc_schema_resource *resource = entry->value;

        for (size_t j = 0; (anchor = sc_map_next(&resource->dynamic, &j));) {
            struct sc_schema_node *node = sc_schema_compile(c, anchor->value, resource);

            if (!node)
                return false;
            sc_map_set(&resource->bindings, anchor->key, node);
        }
    }
    return true;
}

struct sc_schema *sc_schema_new(const struct sc_json *document,
        const struct sc_schema_options *options, struct sc_error *err)
{
    struct sc_schema *schema = sc_new(struct sc_schema);
    struct sc_error failure;
    struct sc_schema_compiler c = { .schema = schema, .err = &failure };
    struct sc_schema_resource *resource;

    if (options)
        schema->options = *options;
    schema->documents = sc_json_new_array();
    c.document = sc_json_append(schema->documents, sc_json_copy(document));
    resource = add_document(&c, "", c.document);
    if (resource)
        schema->top = sc_schema_compile(&c, resource->root, resource);
    if (schema->top && !bind_anchors(&c))
        schema->top = NULL;
    schema->options.documents = NULL; /* the caller's */
    sc_map_release(&c.places, NULL);
    if (schema->top)
        return schema;
    sc_schema_free(schema);
    if (err)
        *err = failure;
    return NULL;
}

void sc_schema_free(struct sc_schema *schema)
{
    if (!schema)
        return;
    sc_map_release(&schema->nodes, free_node);
    sc_map_release(&schema->resources, free_resource);
    sc_json_free(schema->documents);
    free(schema);
}
