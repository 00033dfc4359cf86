#include "model/calls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/mem.h"

static void release_call(struct sc_call_parts *call)
{
    free(call->id);
    free(call->name);
    sc_buf_release(&call->arguments);
    sc_json_free(call->extra);
    sc_json_free(call->args);
}

void sc_calls_release(struct sc_calls *calls)
{
    for (size_t i = 0; i < calls->count; i++)
        release_call(&calls->items[i]);
    free(calls->items);
    *calls = (struct sc_calls){ 0 };
}

static struct sc_call_parts *add_call(struct sc_calls *calls, int64_t index)
{
    struct sc_call_parts *call;

    if (calls->count == calls->cap || !calls->items) {
        calls->cap = calls->cap ? calls->cap * 2 : 4;
        calls->items = sc_realloc(calls->items, calls->cap * sizeof(*calls->items));
    }
    call = &calls->items[calls->count++];
    *call = (struct sc_call_parts){ .index = index };
    return call;
}

/* --- pieces of a stream --- */

static bool same_id(const struct sc_call_parts *call, const char *id)
{
    return call->id && strcmp(call->id, id) == 0;
}

static struct sc_call_parts *last_with_index(struct sc_calls *calls, int64_t index)
{
    for (size_t i = calls->count; i > 0; i--)
        if (calls->items[i - 1].index == index)
            return &calls->items[i - 1];
    return NULL;
}

static struct sc_call_parts *with_id(struct sc_calls *calls, const char *id)
{
    for (size_t i = 0; i < calls->count; i++)
        if (same_id(&calls->items[i], id))
            return &calls->items[i];
    return NULL;
}

static bool is_complete(const struct sc_call_parts *call)
{
    struct sc_json *json =
            sc_json_parse(sc_buf_text(&call->arguments), call->arguments.len, NULL, NULL);
    bool complete = json != NULL;

    sc_json_free(json);
    return complete;
}

/* Does a piece with the call's own index begin another call all the same? */
static bool begins_another(const struct sc_call_parts *call, const char *id,
        const char *name, const char *arguments)
{
    if (!*name)
        return false;
    if (*id)
        return call->id && !same_id(call, id);
    return !call->id && call->name && *arguments == '{' && call->arguments.len &&
           is_complete(call);
}

static struct sc_call_parts *find_call(
        struct sc_calls *calls, int64_t index, const char *id, const char *name)
{
    if (index >= 0)
        return last_with_index(calls, index);
    if (*id)
        return with_id(calls, id);
    if (!*name && calls->count)
        return &calls->items[calls->count - 1];
    return NULL;
}

static void keep_extra(struct sc_call_parts *call, const struct sc_json *piece)
{
    static const char *const known[] = { "index", "id", "type", "function" };

    SC_JSON_EACH(member, piece)
    {
        const char *key = sc_json_key(member);
        bool ours = sc_json_is(member, SC_JSON_NULL);

        for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
            ours = ours || strcmp(known[i], key) == 0;
        if (ours)
            continue;
        if (!call->extra)
            call->extra = sc_json_new_object();
        sc_json_set(call->extra, key, sc_json_copy(member));
    }
}

static size_t keep_first(char **ret_text, const char *text)
{
    if (*ret_text || !*text)
        return 0;
    *ret_text = sc_strdup(text);
    return strlen(text);
}

static size_t fill_call(struct sc_call_parts *call, const struct sc_json *piece)
{
    const struct sc_json *function = sc_json_get(piece, "function");
    const struct sc_json *arguments = sc_json_get(function, "arguments");
    size_t before = call->arguments.len, kept = sizeof(*call);

    kept += keep_first(&call->id, sc_json_get_string(piece, "id", ""));
    kept += keep_first(&call->name, sc_json_get_string(function, "name", ""));
    if (sc_json_is(arguments, SC_JSON_OBJECT))
        sc_json_write(&call->arguments, arguments);
    else
        sc_buf_adds(&call->arguments, sc_json_string(arguments));
    keep_extra(call, piece);
    return kept + call->arguments.len - before;
}

size_t sc_calls_piece(struct sc_calls *calls, const struct sc_json *piece, size_t *ret_at)
{
    const struct sc_json *function = sc_json_get(piece, "function");
    const char *arguments = sc_json_get_string(function, "arguments", "");
    const char *id = sc_json_get_string(piece, "id", "");
    const char *name = sc_json_get_string(function, "name", "");
    int64_t index = sc_json_get_int(piece, "index", -1);
    struct sc_call_parts *call = find_call(calls, index, id, name);

    if (!call || begins_another(call, id, name, arguments))
        call = add_call(calls, index);
    *ret_at = (size_t)(call - calls->items);
    return fill_call(call, piece);
}

size_t sc_calls_add(
        struct sc_calls *calls, int64_t index, const char *id, const char *name)
{
    struct sc_call_parts *call = add_call(calls, index);

    keep_first(&call->id, id);
    keep_first(&call->name, name);
    return calls->count - 1;
}

bool sc_calls_find(const struct sc_calls *calls, int64_t index, size_t *ret_at)
{
    for (size_t i = calls->count; i > 0; i--) {
        if (calls->items[i - 1].index != index)
            continue;
        *ret_at = i - 1;
        return true;
    }
    return false;
}

size_t sc_calls_whole(struct sc_calls *calls, const struct sc_json *entry)
{
    return fill_call(add_call(calls, -1), entry);
}

/* --- when all has come --- */

static bool is_first_of_id(const struct sc_calls *calls, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (same_id(&calls->items[i], calls->items[at].id))
            return false;
    return true;
}

/* Nine letters and digits: what the narrowest template takes. */
static char *make_id(void)
{
    char text[SC_ID_LEN + 1];

    sc_id_make((int64_t)(sc_random() >> 24), (uint32_t)sc_random(), text);
    return sc_strndup(text + SC_ID_LEN - 9, 9);
}

void sc_calls_settle(struct sc_calls *calls)
{
    for (size_t i = 0; i < calls->count; i++) {
        struct sc_call_parts *call = &calls->items[i];

        if (!call->id || !is_first_of_id(calls, i)) {
            free(call->id);
            call->id = make_id();
        }
        if (!call->name)
            call->name = sc_strdup("");
        if (!call->arguments.len)
            sc_buf_adds(&call->arguments, "{}");
        call->args = sc_json_parse(call->arguments.data, call->arguments.len, NULL, NULL);
        if (!sc_json_is(call->args, SC_JSON_OBJECT)) {
            sc_json_free(call->args);
            call->args = NULL;
        }
    }
}

struct sc_json *sc_calls_json(const struct sc_calls *calls)
{
    struct sc_json *list = sc_json_new_array();

    for (size_t i = 0; i < calls->count; i++) {
        const struct sc_call_parts *call = &calls->items[i];
        struct sc_json *entry = sc_json_append(list, sc_json_new_object());
        struct sc_json *function;

        sc_json_add(entry, "id", sc_json_new_string(call->id));
        sc_json_add(entry, "type", sc_json_new_string("function"));
        function = sc_json_add(entry, "function", sc_json_new_object());
        sc_json_add(function, "name", sc_json_new_string(call->name));
        sc_json_add(function, "arguments",
                sc_json_new_string_len(call->arguments.data, call->arguments.len));
        SC_JSON_EACH(extra, call->extra)
        sc_json_set(entry, sc_json_key(extra), sc_json_copy(extra));
    }
    return list;
}
