/* codec/schema_node.h - a compiled schema; for the schema_*.c files only.
 *
 * Purpose:   a node for every subschema that can be reached, a rule for every keyword
 *            (or family of keywords) of a node. Checking a value walks the rules.
 * Contract:  compiling (schema_compile.c) has checked the shape of every keyword, so
 *            rules take it for granted. A node is compiled once and may be its own
 *            descendant.
 * Ownership: the schema owns documents, resources and nodes; all else borrows.
 * Thread:    any, after compiling.
 */
#pragma once

#include "base/map.h"
#include "codec/json.h"
#include "codec/schema.h"

struct sc_regex;
struct sc_schema_run;
struct sc_schema_at;
struct sc_schema_rule;
struct sc_schema_node;

/* What a URI names: a document, or a subschema with an $id of its own. */
struct sc_schema_resource {
    char *uri; /* without fragment */
    const struct sc_json *root;
    enum sc_schema_draft draft;
    bool no_validation;     /* its metaschema leaves that vocabulary out */
    struct sc_map anchors;  /* name -> struct sc_json */
    struct sc_map dynamic;  /* those that $dynamicAnchor names */
    struct sc_map bindings; /* the same, compiled: name -> struct sc_schema_node */
};

/* Does the value obey? If not, the rule has said why (sc_schema_say). */
typedef bool sc_schema_check_fn(struct sc_schema_run *run,
        const struct sc_schema_rule *rule, const struct sc_schema_at *at);

struct sc_schema_rule {
    sc_schema_check_fn *check;
    const struct sc_json *value;   /* of the keyword */
    const struct sc_json *schema;  /* the object that holds it */
    struct sc_schema_node **nodes; /* subschemas, in the order of the document */
    size_t node_count;
    struct sc_schema_node *rest; /* items, additionalProperties, unevaluated… */
    struct sc_map members;       /* properties: name -> struct sc_schema_node */
    struct sc_regex **patterns;  /* beside nodes, or one alone */
    size_t pattern_count;
    const char *anchor; /* of a $dynamicRef that may bind elsewhere */
    size_t least, most;
    bool at_last; /* only when all before it held */
};

struct sc_schema_node {
    const struct sc_json *json;
    const struct sc_schema_resource *resource;
    struct sc_schema_rule *rules;
    size_t count;
    bool never; /* the schema `false` */
};

struct sc_schema {
    struct sc_schema_options options;
    struct sc_json *documents;  /* an array of all trees */
    struct sc_map resources;    /* URI -> struct sc_schema_resource */
    struct sc_map nodes;        /* address of the subschema -> struct sc_schema_node */
    struct sc_schema_node *top; /* of the document itself */
    bool tracks;                /* some unevaluated… is there */
};

/* The text of a metaschema, or NULL. */
const char *sc_schema_meta(const char *uri);

/* --- compiling (schema_compile.c, schema_keywords.c, schema_rules.c) --- */

struct sc_schema_compiler {
    struct sc_schema *schema;
    const struct sc_json *document; /* to name places in errors */
    struct sc_map places; /* address of a subschema -> its struct sc_schema_resource */
    struct sc_error *err;
};

/* Registers $ids and anchors of json and below, and checks the shape of keywords. */
bool sc_schema_index(struct sc_schema_compiler *c, const struct sc_json *json,
        struct sc_schema_resource *resource);

bool sc_schema_index_keywords(struct sc_schema_compiler *c, const struct sc_json *schema,
        struct sc_schema_resource *resource);

/* The compiled node; NULL on failure. */
struct sc_schema_node *sc_schema_compile(struct sc_schema_compiler *c,
        const struct sc_json *json, struct sc_schema_resource *resource);

/* Fills node->rules. */
bool sc_schema_compile_rules(struct sc_schema_compiler *c, struct sc_schema_node *node,
        struct sc_schema_resource *resource);

/* The node that a reference means. */
struct sc_schema_node *sc_schema_refer(struct sc_schema_compiler *c,
        const char *reference, const struct sc_schema_resource *from);

/* Fails with the place of json in the document. Returns false. */
bool sc_schema_refuse(struct sc_schema_compiler *c, const struct sc_json *json,
        const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* A rule's memory, not the rule itself. */
void sc_schema_rule_release(struct sc_schema_rule *rule);
