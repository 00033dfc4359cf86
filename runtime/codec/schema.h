/* codec/schema.h - JSON Schema, drafts 2020-12 and 7.
 *
 * Purpose:   compile a schema once; check values; say what is wrong in words that a
 *            person, or a model, can repair from.
 * Contract:  no network: a $ref reaches the schema itself, its $ids, the two
 *            metaschemas, and documents given in the options. Patterns are PCRE2 with
 *            match limits. format is asserted when options say so.
 *            Errors read "args.lines[3].amount: must be a number, is \"12,5\"".
 * Ownership: the schema keeps a copy of the document. Immutable after compiling.
 * Thread:    any.
 * Errors:    SC_INVALID.
 */
#pragma once

#include "codec/json.h"

struct sc_schema;

enum sc_schema_draft { SC_DRAFT_2020_12, SC_DRAFT_7 };

struct sc_schema_options {
    enum sc_schema_draft draft; /* unless $schema says otherwise */
    bool assert_format;
    const struct sc_json *documents; /* object: URI -> schema document; or NULL */
};

struct sc_schema *sc_schema_new(const struct sc_json *document,
        const struct sc_schema_options *options, struct sc_error *err);
void sc_schema_free(struct sc_schema *schema);

/* True when value is valid. Otherwise, with ret_errors not NULL, an array of at most
 * max_errors sentences is stored there (the caller frees it). root names the value in
 * the sentences ("args"). */
bool sc_schema_check(const struct sc_schema *schema, const struct sc_json *value,
        const char *root, size_t max_errors, struct sc_json **ret_errors);
