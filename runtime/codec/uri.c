#include "codec/uri.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

struct part {
    const char *at;
    size_t len;
    bool there;
};

struct parts {
    struct part scheme, authority, path, query, fragment;
};

static bool is_alpha(char c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* Length of "scheme" if a ':' follows, else 0. */
static size_t scheme_length(const char *uri)
{
    size_t n = 0;

    if (!is_alpha(uri[0]))
        return 0;
    while (is_alpha(uri[n]) || (uri[n] >= '0' && uri[n] <= '9') ||
            (uri[n] && strchr("+-.", uri[n])))
        n++;
    return uri[n] == ':' ? n : 0;
}

bool sc_uri_is_absolute(const char *uri)
{
    return scheme_length(uri) > 0;
}

static struct part take_until(const char **at, const char *stops)
{
    struct part part = { *at, strcspn(*at, stops), true };

    *at += part.len;
    return part;
}

static struct parts split(const char *uri)
{
    struct parts parts = { 0 };
    size_t scheme = scheme_length(uri);

    if (scheme) {
        parts.scheme = (struct part){ uri, scheme, true };
        uri += scheme + 1;
    }
    if (strncmp(uri, "//", 2) == 0) {
        uri += 2;
        parts.authority = take_until(&uri, "/?#");
    }
    parts.path = take_until(&uri, "?#");
    if (*uri == '?') {
        uri++;
        parts.query = take_until(&uri, "#");
    }
    if (*uri == '#')
        parts.fragment = (struct part){ uri + 1, strlen(uri + 1), true };
    return parts;
}

/* Drops the last segment of what follows `from`, with its '/'. */
static void drop_segment(struct sc_buf *out, size_t from)
{
    while (out->len > from && out->data[out->len - 1] != '/')
        out->len--;
    if (out->len > from)
        out->len--;
}

/* Adds the path without its "." and ".." segments. */
static void add_path(struct sc_buf *out, const char *path, size_t len)
{
    const char *end = path + len;
    size_t from = out->len;

    while (path < end) {
        const char *slash = memchr(path + 1, '/', (size_t)(end - path - 1));
        const char *stop = slash ? slash : end;
        size_t skip = *path == '/', name = (size_t)(stop - path) - skip;
        bool dot = name == 1 && path[skip] == '.';
        bool dots = name == 2 && path[skip] == '.' && path[skip + 1] == '.';

        if (dots)
            drop_segment(out, from);
        if (!dot && !dots)
            sc_buf_add(out, path, (size_t)(stop - path));
        else if (stop == end)
            sc_buf_addc(out, '/');
        path = stop;
    }
}

/* The reference's path put beside the last segment of the base's. */
static void add_merged_path(
        struct sc_buf *out, const struct parts *base, const struct part *path)
{
    struct sc_buf merged;
    size_t keep = base->path.len;

    sc_buf_init(&merged);
    while (keep > 0 && base->path.at[keep - 1] != '/')
        keep--;
    if (base->authority.there && base->path.len == 0)
        sc_buf_addc(&merged, '/');
    sc_buf_add(&merged, base->path.at, keep);
    sc_buf_add(&merged, path->at, path->len);
    add_path(out, merged.data, merged.len);
    sc_buf_release(&merged);
}

static void add_part(struct sc_buf *out, const char *before, const struct part *part)
{
    if (!part->there)
        return;
    sc_buf_adds(out, before);
    sc_buf_add(out, part->at, part->len);
}

char *sc_uri_resolve(const char *base, const char *reference)
{
    struct parts b = split(base), r = split(reference);
    bool own_host = r.scheme.there || r.authority.there;
    struct sc_buf out;

    sc_buf_init(&out);
    add_part(&out, "", r.scheme.there ? &r.scheme : &b.scheme);
    if (out.len)
        sc_buf_addc(&out, ':');
    add_part(&out, "//", own_host ? &r.authority : &b.authority);
    if (own_host || (r.path.len > 0 && r.path.at[0] == '/'))
        add_path(&out, r.path.at, r.path.len);
    else if (r.path.len > 0)
        add_merged_path(&out, &b, &r.path);
    else
        sc_buf_add(&out, b.path.at, b.path.len);
    if (own_host || r.path.len > 0 || r.query.there)
        add_part(&out, "?", &r.query);
    else
        add_part(&out, "?", &b.query);
    add_part(&out, "#", &r.fragment);
    return sc_buf_detach(&out);
}
