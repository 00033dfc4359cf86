/* model/profile.h - what each provider can and cannot do: data.
 *
 * Purpose:   few wire formats, many dialects. What differs is a row here, not an `if` in
 *            an encoder. docs/models.md says where each row comes from.
 * Ownership: rows are static.
 * Thread:    any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct sc_format;

/* How a certain tool can be made the only answer. */
enum sc_force {
    SC_FORCE_NONE,     /* it cannot: the prompt asks for it */
    SC_FORCE_REQUIRED, /* "required": some tool; the right one when only one is offered */
    SC_FORCE_NAMED     /* by its name */
};

/* How an answer can be held to a JSON Schema. */
enum sc_schema_mode {
    SC_SCHEMA_WORDS,  /* the prompt shows the schema */
    SC_SCHEMA_OBJECT, /* likewise, and the provider sees to it that it is JSON */
    SC_SCHEMA_STRICT  /* the provider takes the schema */
};

/* A key that pays. Vendors with subscriptions have two: the plan's goes first, as what it
 * pays for is paid already. */
struct sc_purse {
    const char *variable; /* of the environment: where people keep the key */
    const char *word;     /* "subscription", "pay-per-use"; "" when there is one only */
    const char *url;      /* the address that takes it; NULL: the provider's */
};

enum { SC_PURSES = 2 };

/* Vectors of texts, which most vendors of models for chat do not have. */
struct sc_profile_embed {
    const struct sc_format *format; /* NULL: it has none */
    const char *model;              /* the one used when none is named, or NULL */
    size_t batch;                   /* texts that it takes in a request; 0: many */
};

struct sc_profile {
    const char *id;     /* "deepseek", as in "deepseek/deepseek-v4-pro" */
    const char *url;    /* base address; NULL: it must be given */
    const char *host;   /* the end of the host's name; "" matches all */
    const char *prices; /* prefix in the price table, or NULL */
    const char *model;  /* the one used when none is named, or NULL */
    struct sc_profile_embed embed;
    const struct sc_format *format;
    struct sc_purse purses[SC_PURSES]; /* variable NULL: no more */
    const char *max_tokens_field;
    enum sc_force force;
    enum sc_schema_mode schema;
    bool stream_usage;    /* knows stream_options */
    bool parallel_calls;  /* must be asked for several calls in a turn */
    bool needs_reasoning; /* refuses a turn with calls and no reasoning_content */
    bool own_members;     /* refuses members of a turn that it does not know */
    bool cache_key;    /* told which requests begin alike, it sends them to one cache */
    const char *extra; /* members of every request, as JSON text, or NULL */
};

/* The row for a host ("api.deepseek.com"); the last row fits any. */
const struct sc_profile *sc_profile_of_host(const char *host);

/* The row of a provider by its id; NULL: there is none. */
const struct sc_profile *sc_profile_of_id(const char *id, size_t len);

/* All rows in the order in which keys of the environment are looked for; NULL after the
 * last. */
const struct sc_profile *sc_profile_at(size_t index);
