/* The loop strategy: what the model gets to see of results. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "plan/loop_args.h"
#include "plan/planner.h"
#include "plan/prompt.h"

enum {
    TURN_BYTES = 32768, /* of all results of a turn, about */
    WHOLE_BYTES = 4096, /* of one that is shown whole, at most */
    LEAST_BYTES = 1024,
    LOOK_BYTES = 8192,
    LOOK_ITEMS = 20,
    MOST_ITEMS = 100,
    KEPT_BYTES = 256 /* shorter ones stay when others are cleared */
};

/* --- results as messages --- */

static void cut_text(struct sc_buf *text, size_t max)
{
    size_t len = text->len, keep;

    if (len <= max)
        return;
    keep = sc_utf8_cut(text->data, len, max);
    text->len = keep;
    sc_buf_addf(text, "… [cut: these are the first %zu of %zu bytes]", keep, len);
}

/* A long result by its shape, under its handle. */
static void write_shape(struct sc_buf *out, const struct sc_loop_result *result)
{
    struct sc_json *json = sc_json_new_object();

    sc_json_add(json, "handle", sc_json_new_string(result->handle));
    sc_json_add(json, "bytes", sc_json_new_int((int64_t)out->len));
    sc_json_add(json, "shape", sc_shape_of(result->value));
    sc_buf_clear(out);
    sc_json_write(out, json);
    sc_json_free(json);
}

static size_t whole_bytes(size_t calls)
{
    size_t share = TURN_BYTES / (calls ? calls : 1);

    if (share > WHOLE_BYTES)
        return WHOLE_BYTES;
    return share < LEAST_BYTES ? LEAST_BYTES : share;
}

static void write_result(
        struct sc_buf *out, const struct sc_loop_result *result, size_t whole)
{
    if (!result->value) {
        sc_buf_adds(out, "{\"error\":{\"message\":\"this call was not made\"}}");
        return;
    }
    sc_json_write(out, result->value);
    if (out->len > whole && result->handle && !result->is_look)
        write_shape(out, result);
    cut_text(out, 2 * (result->is_look ? (size_t)LOOK_BYTES : whole));
}

struct sc_json *sc_loop_answers(
        const struct sc_model_reply *reply, const struct sc_loop_result *results)
{
    struct sc_json *messages = sc_json_new_array();

    for (size_t i = 0; i < reply->call_count; i++) {
        struct sc_buf text = { 0 };

        write_result(&text, &results[i], whole_bytes(reply->call_count));
        sc_json_append(
                messages, sc_prompt_result(reply->calls[i].id, sc_buf_text(&text)));
        sc_buf_release(&text);
    }
    return messages;
}

struct sc_json *sc_loop_cleared(
        const struct sc_json *answers, const struct sc_loop_result *results)
{
    struct sc_json *messages = sc_json_copy(answers);

    SC_JSON_EACH(message, messages)
    {
        const char *handle = (results++)->handle;
        struct sc_json *line;
        char *text;

        if (!handle || strlen(sc_json_get_string(message, "content", "")) <= KEPT_BYTES)
            continue;
        line = sc_json_new_object();
        sc_json_add(line, "handle", sc_json_new_string(handle));
        sc_json_add(line, "cleared", sc_json_new_bool(true));
        text = sc_json_text(line);
        sc_json_set_string(message, "content", text);
        sc_json_free(line);
        free(text);
    }
    return messages;
}

/* --- looking at more --- */

static struct sc_json *look_error(const char *text)
{
    struct sc_json *json = sc_json_new_object();
    struct sc_json *error = sc_json_add(json, "error", sc_json_new_object());

    sc_json_add(error, "message", sc_json_new_string(text));
    return json;
}

/* Items as they are while they fit, a long one by its shape. */
static void look_at_list(struct sc_json *json, const struct sc_json *list, size_t from,
        const struct sc_json *args)
{
    struct sc_json *items = sc_json_add(json, "items", sc_json_new_array());
    int64_t count = sc_json_get_int(args, "count", LOOK_ITEMS);
    size_t most = count < 1 || count > MOST_ITEMS ? MOST_ITEMS : (size_t)count;
    size_t bytes = 0;

    sc_json_add(json, "of", sc_json_new_int((int64_t)sc_json_count(list)));
    for (const struct sc_json *item = sc_json_at(list, from - 1);
            item && sc_json_count(items) < most; item = sc_json_next(item)) {
        struct sc_buf text = { 0 };
        size_t len;

        sc_json_write(&text, item);
        len = text.len;
        sc_buf_release(&text);
        if (sc_json_count(items) && bytes + len > LOOK_BYTES)
            return;
        sc_json_append(items, len > WHOLE_BYTES ? sc_shape_of(item) : sc_json_copy(item));
        bytes += len;
    }
}

static void look_at_text(struct sc_json *json, const char *text, size_t from)
{
    size_t len = strlen(text), at = from - 1 < len ? from - 1 : len, keep;

    at = sc_utf8_cut(text, len, at);
    keep = sc_utf8_cut(text + at, len - at, LOOK_BYTES);
    sc_json_add(json, "of", sc_json_new_int((int64_t)len));
    sc_json_add(json, "text", sc_json_new_string_len(text + at, keep));
}

static void look_at_value(struct sc_json *json, const struct sc_json *value)
{
    struct sc_buf text = { 0 };

    sc_json_write(&text, value);
    sc_json_add(json, "value",
            text.len > LOOK_BYTES ? sc_shape_of(value) : sc_json_copy(value));
    sc_buf_release(&text);
}

struct sc_json *sc_loop_look(const struct sc_json *results, const struct sc_json *args)
{
    const char *what = sc_json_get_string(args, "what", "");
    int64_t from = sc_json_get_int(args, "from", 1);
    const struct sc_json *value = sc_loop_find(results, what);
    struct sc_json *json;

    if (!value)
        return look_error("there is no such result: give its handle and the way into it, "
                          "as in t1_1.rows");
    if (from < 1)
        from = 1;
    json = sc_json_new_object();
    sc_json_add(json, "what", sc_json_new_string(what));
    sc_json_add(json, "from", sc_json_new_int(from));
    if (sc_json_is(value, SC_JSON_ARRAY))
        look_at_list(json, value, (size_t)from, args);
    else if (sc_json_is(value, SC_JSON_STRING))
        look_at_text(json, sc_json_string(value), (size_t)from);
    else
        look_at_value(json, value);
    return json;
}
