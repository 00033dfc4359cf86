/* model/key.h - a key that pays, and the address that takes it.
 *
 * Purpose:   write the header that a key goes into, and keep it from going astray.
 * Contract:  a key is fetched where the header is written and wiped after. It is not sent
 *            over plain HTTP, but to this machine; one with a control character in it is
 *            not sent at all. No message holds it.
 * Ownership: the struct owns its texts; what source.arg points to is borrowed.
 * Thread:    loop.
 * Errors:    SC_DENIED: there is none, or it would be read on the way; SC_INVALID.
 */
#pragma once

#include "base/buf.h"
#include "model/format.h"

struct sc_model_key {
    /* Appends the key; false when there is none. NULL: the endpoint needs none. */
    bool (*get)(void *arg, struct sc_buf *ret_value);
    void *arg;
    const char *name;  /* where a person sets it: "MY_KEY"; NULL: as the profile says */
    const char *purse; /* for the reply: "subscription"; NULL: the only one. Static */
    const char *url;   /* the address that takes it; NULL: that of the endpoint */
};

struct sc_key {
    struct sc_model_key source; /* of its texts only purse counts */
    char *name, *base, *host;
    int64_t rests_until_ms; /* it had no quota; of the monotonic clock */
};

/* url: when the source has none of its own. name stays NULL when it has none. */
enum sc_code sc_key_init(struct sc_key *key, const struct sc_model_key *source,
        const char *url, const struct sc_format *format, struct sc_error *err);
void sc_key_release(struct sc_key *key);

/* Appends the header's value, or nothing when no key is needed. */
enum sc_code sc_key_write(const struct sc_key *key, const struct sc_format *format,
        struct sc_buf *out, struct sc_error *err);
void sc_key_wipe(struct sc_buf *written); /* and releases it */

/* Overwrites the key wherever it stands in text. */
void sc_key_hide(const struct sc_key *key, char *text);
