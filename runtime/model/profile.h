/* model/profile.h - what each provider can and cannot do: data.
 *
 * Purpose:   one wire format, many dialects. What differs is a row here, not an `if` in
 *            the encoder. docs/models.md says where each row comes from.
 * Ownership: rows are static.
 * Thread:    any.
 */
#pragma once

#include <stdbool.h>

/* How a certain tool can be made the only answer. */
enum sc_force {
    SC_FORCE_NONE,     /* it cannot: the prompt asks for it */
    SC_FORCE_REQUIRED, /* "required": some tool; the right one when only one is offered */
    SC_FORCE_NAMED     /* by its name */
};

struct sc_profile {
    const char *host;     /* the end of the host's name; "" matches all */
    const char *provider; /* prefix in the price table, or NULL */
    const char *key_env;  /* where people keep the key: for the sentence that asks */
    const char *max_tokens_field;
    enum sc_force force;
    bool stream_usage;    /* knows stream_options */
    bool parallel_calls;  /* must be asked for several calls in a turn */
    bool needs_reasoning; /* refuses a turn with calls and no reasoning_content */
    const char *extra;    /* members of every request, as JSON text, or NULL */
};

/* The row for a host ("api.deepseek.com"); the last row fits any. */
const struct sc_profile *sc_profile_of_host(const char *host);
