#include "model/address.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

static const char model_mark[] = "{model}";

static bool has_prefix(const char *text, const char *prefix)
{
    return strncasecmp(text, prefix, strlen(prefix)) == 0;
}

static bool cut_suffix(char *text, const char *suffix)
{
    size_t len = strlen(text), tail = strlen(suffix);

    if (len < tail || strcmp(text + len - tail, suffix) != 0)
        return false;
    text[len - tail] = '\0';
    return true;
}

bool sc_address_is_plain(const char *url)
{
    return has_prefix(url, "http://");
}

static enum sc_code check(const char *url, const char *host, struct sc_error *err)
{
    if (strchr(url, '@')) /* what stands before it is a secret */
        return sc_fail(err, SC_INVALID,
                "the model's url holds a user name or a password: set a key instead");
    if (!sc_address_is_plain(url) && !has_prefix(url, "https://"))
        return sc_fail(err, SC_INVALID,
                "the model's url must begin with https:// (or http://), is '%.100s'",
                url);
    if (!*host || strchr("/:?#", *host) || strpbrk(host, "?#@ "))
        return sc_fail(err, SC_INVALID, "the model's url is not an address: '%.*s'",
                (int)strcspn(url, "?#"), url);
    return SC_OK;
}

char *sc_address_base(
        const char *url, const struct sc_format *format, struct sc_error *err)
{
    size_t scheme =
            sc_address_is_plain(url) ? sizeof("http://") - 1 : sizeof("https://") - 1;
    const char *host = strlen(url) > scheme ? url + scheme : "";
    char *base, *whole;

    if (check(url, host, err))
        return NULL;
    base = sc_strdup(url);
    while (cut_suffix(base, "/"))
        ;
    cut_suffix(base, format->path);
    if (strchr(base + scheme, '/'))
        return base;
    whole = sc_strdupf("%s/v1", base);
    free(base);
    return whole;
}

/* In a path no more than this is needed: names are letters, digits and -._:@/ */
static void add_escaped(struct sc_buf *out, const char *text)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                "0123456789-._~:@/";

    for (; *text; text++) {
        if (strchr(plain, *text))
            sc_buf_addc(out, *text);
        else
            sc_buf_addf(out, "%%%02X", (unsigned)(unsigned char)*text);
    }
}

char *sc_address_of(
        const char *base, const struct sc_format *format, const char *model, bool stream)
{
    const char *path = stream ? format->stream_path : format->path;
    const char *mark = strstr(path, model_mark);
    struct sc_buf address = { 0 };

    sc_buf_adds(&address, base);
    if (!mark) {
        sc_buf_adds(&address, path);
        return sc_buf_detach(&address);
    }
    sc_buf_add(&address, path, (size_t)(mark - path));
    add_escaped(&address, model);
    sc_buf_adds(&address, mark + sizeof(model_mark) - 1);
    return sc_buf_detach(&address);
}

char *sc_address_host(const char *base)
{
    const char *host = strstr(base, "://") + 3;

    if (*host == '[')
        return sc_strndup(host + 1, strcspn(host + 1, "]"));
    return sc_strndup(host, strcspn(host, ":/"));
}

bool sc_address_is_this_machine(const char *host)
{
    return strcasecmp(host, "localhost") == 0 || strcmp(host, "::1") == 0 ||
           has_prefix(host, "127.");
}
