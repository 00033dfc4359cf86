#include "model/key.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/address.h"

enum { ROOM = 4096 }; /* so that no copy is left behind by growing */

enum sc_code sc_key_init(struct sc_key *key, const struct sc_model_key *source,
        const char *url, const struct sc_format *format, struct sc_error *err)
{
    *key = (struct sc_key){ .source = *source };
    key->base = sc_address_base(source->url ? source->url : url, format, err);
    if (!key->base)
        return err->code;
    key->host = sc_address_host(key->base);
    key->name = sc_strdup(source->name);
    if (!source->purse)
        key->source.purse = "";
    return SC_OK;
}

void sc_key_release(struct sc_key *key)
{
    free(key->base);
    free(key->host);
    free(key->name);
    *key = (struct sc_key){ .name = NULL };
}

void sc_key_wipe(struct sc_buf *written)
{
    if (written->data)
        explicit_bzero(written->data, written->cap);
    sc_buf_release(written);
}

void sc_key_hide(const struct sc_key *key, char *text)
{
    struct sc_buf value = { 0 };
    bool known = key->source.get && key->source.get(key->source.arg, &value) && value.len;

    while (known && (text = strstr(text, value.data))) {
        memset(text, '*', value.len);
        text += value.len;
    }
    sc_key_wipe(&value);
}

static bool has_control(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            return true;
    return false;
}

enum sc_code sc_key_write(const struct sc_key *key, const struct sc_format *format,
        struct sc_buf *out, struct sc_error *err)
{
    bool plain = sc_address_is_plain(key->base);
    size_t start;

    if (!key->source.get)
        return SC_OK;
    sc_buf_reserve(out, ROOM);
    sc_buf_adds(out, format->key_prefix);
    start = out->len;
    if (!key->source.get(key->source.arg, out) || out->len == start) {
        sc_buf_clear(out);
        if (plain)
            return SC_OK;
        return sc_fail(
                err, SC_DENIED, "there is no key for %s: set %s", key->host, key->name);
    }
    if (plain && !sc_address_is_this_machine(key->host))
        return sc_fail(err, SC_DENIED,
                "the key %s is not sent to %s over plain http: use https, or set no key",
                key->name, key->host);
    if (has_control(out->data))
        return sc_fail(err, SC_INVALID,
                "the key in %s has a line break or another control character in it: copy "
                "it anew",
                key->name);
    return SC_OK;
}
