#include "codec/sse.h"

#include <string.h>

void sc_sse_init(
        struct sc_sse *sse, const struct sc_sse_handler *handler, size_t max_bytes)
{
    *sse = (struct sc_sse){ .handler = *handler, .max_bytes = max_bytes };
}

void sc_sse_release(struct sc_sse *sse)
{
    sc_buf_release(&sse->line);
    sc_buf_release(&sse->data);
    sc_buf_release(&sse->type);
    sc_buf_release(&sse->id);
}

static void deliver(struct sc_sse *sse)
{
    const struct sc_sse_event event = {
        .type = sse->type.len ? sse->type.data : "message",
        .data = sc_buf_text(&sse->data),
        .len = sse->data.len,
        .id = sc_buf_text(&sse->id),
    };

    if (sse->has_data)
        sse->handler.on_event(sse->handler.arg, &event);
    sse->has_data = false;
    sc_buf_clear(&sse->data);
    sc_buf_clear(&sse->type);
}

static void replace(struct sc_buf *buf, const char *text, size_t len)
{
    sc_buf_clear(buf);
    sc_buf_add(buf, text, len);
}

static bool is_named(const char *name, size_t len, const char *wanted)
{
    return len == strlen(wanted) && memcmp(name, wanted, len) == 0;
}

/* Takes "name: value". Names that are not known are passed over, `retry` among them:
 * reconnecting is the owner's business. */
static void take_field(struct sc_sse *sse, const char *line, size_t len)
{
    const char *colon = len ? memchr(line, ':', len) : NULL;
    size_t name_len = colon ? (size_t)(colon - line) : len;
    const char *value = colon ? colon + 1 : line + len;
    size_t value_len = (size_t)(line + len - value);

    if (value_len > 0 && *value == ' ') {
        value++;
        value_len--;
    }
    if (is_named(line, name_len, "data")) {
        if (sse->has_data)
            sc_buf_addc(&sse->data, '\n');
        sc_buf_add(&sse->data, value, value_len);
        sse->has_data = true;
    } else if (is_named(line, name_len, "event")) {
        replace(&sse->type, value, value_len);
    } else if (is_named(line, name_len, "id")) {
        if (value_len == 0 || !memchr(value, '\0', value_len))
            replace(&sse->id, value, value_len);
    }
}

static void take_line(struct sc_sse *sse, const char *line, size_t len)
{
    if (!sse->started) {
        sse->started = true;
        if (len >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0) {
            line += 3;
            len -= 3;
        }
    }
    if (len == 0) {
        deliver(sse);
    } else if (line[0] != ':') {
        take_field(sse, line, len);
    } else if (sse->handler.on_comment) {
        size_t skip = len > 1 && line[1] == ' ' ? 2 : 1;

        sse->handler.on_comment(sse->handler.arg, line + skip);
    }
}

/* The first CR or LF, or end. */
static const char *find_line_end(const char *at, const char *end)
{
    while (at < end && *at != '\n' && *at != '\r')
        at++;
    return at;
}

enum sc_code sc_sse_feed(
        struct sc_sse *sse, const char *data, size_t len, struct sc_error *err)
{
    const char *at = data, *end = data + len;

    while (at < end) {
        const char *stop;

        if (sse->skip_lf && *at == '\n') {
            sse->skip_lf = false;
            at++;
            continue;
        }
        sse->skip_lf = false;
        stop = find_line_end(at, end);
        sc_buf_add(&sse->line, at, (size_t)(stop - at));
        if (sse->line.len + sse->data.len > sse->max_bytes)
            return sc_fail(err, SC_PROTOCOL,
                    "an event of the stream is larger than %zu bytes", sse->max_bytes);
        if (stop == end)
            break;
        sse->skip_lf = *stop == '\r';
        take_line(sse, sc_buf_text(&sse->line), sse->line.len);
        sc_buf_clear(&sse->line);
        at = stop + 1;
    }
    return SC_OK;
}
