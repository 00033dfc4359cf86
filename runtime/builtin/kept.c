/* What agents and tools keep: state.get, state.put, cache.get, cache.put. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "builtin/call.h"

enum { MAX_KEPT = 1048576, MAX_KEY = 400, DAY_S = 86400, MAX_CACHE_S = 31 * DAY_S };

static int64_t now_ms(const struct sc_builtin_call *call)
{
    return call->parts->clock->wall_ms(call->parts->clock);
}

static void refuse(struct sc_builtin_call *call, const char *why)
{
    struct sc_error err;

    sc_fail(&err, SC_INVALID, "%s: %s", call->operation->name, why);
    sc_builtin_call_fail(call, &err);
}

/* A tool's own part of the cache. */
static char *cache_key(const struct sc_builtin_call *call)
{
    const char *key = sc_json_get_string(call->args, "key", "");

    if (call->parts->recordings)
        return sc_strdupf(
                "%s/%s/%s", call->request.context->agent, call->tool->name, key);
    return sc_strdupf("%s/%s", call->tool->name, key);
}

/* NULL and the call has ended when key or value cannot be kept. */
static char *value_to_keep(struct sc_builtin_call *call)
{
    const struct sc_json *value = sc_json_get(call->args, "value");
    const char *key = sc_json_get_string(call->args, "key", "");
    char *text;

    if (!*key || strlen(key) > MAX_KEY) {
        refuse(call, "the key must be a text of 1 to 400 bytes");
        return NULL;
    }
    if (!value) {
        refuse(call, "there is no value");
        return NULL;
    }
    text = sc_json_text(value);
    if (strlen(text) > MAX_KEPT) {
        free(text);
        refuse(call, "the value is over 1 MB");
        return NULL;
    }
    return text;
}

/* --- state --- */

static void put_default(struct sc_json *result, const struct sc_json *args)
{
    const struct sc_json *otherwise = sc_json_get(args, "default");

    sc_json_set_bool(result, "found", false);
    sc_json_set(
            result, "value", otherwise ? sc_json_copy(otherwise) : sc_json_new_null());
}

void sc_kept_state_get(struct sc_builtin_call *call)
{
    struct sc_error err = { 0 };
    char *text = sc_store_state_get(call->parts->store, call->request.context->agent,
            sc_json_get_string(call->args, "key", ""), &err);
    struct sc_json *result, *value;

    if (!text && err.code != SC_NOT_FOUND) {
        sc_builtin_call_fail(call, &err);
        return;
    }
    result = sc_json_new_object();
    value = text ? sc_json_parse(text, strlen(text), NULL, NULL) : NULL;
    if (value) {
        sc_json_set_bool(result, "found", true);
        sc_json_set(result, "value", value);
    } else {
        put_default(result, call->args);
    }
    free(text);
    sc_builtin_call_end(call, result);
}

static void on_kept(struct sc_op *op, const struct sc_error *err)
{
    struct sc_builtin_call *call = op->arg;
    struct sc_json *result;

    if (err) {
        sc_builtin_call_fail(call, err);
        return;
    }
    result = sc_json_new_object();
    sc_json_set_string(result, "key", sc_json_get_string(call->args, "key", ""));
    sc_builtin_call_end(call, result);
}

void sc_kept_state_put(struct sc_builtin_call *call)
{
    struct sc_change *change;
    char *text = value_to_keep(call);
    bool forget;

    if (!text)
        return;
    forget = strcmp(text, "null") == 0;
    change = sc_change_new();
    sc_change_state_put(change, call->request.context->agent,
            sc_json_get_string(call->args, "key", ""), forget ? NULL : text,
            now_ms(call));
    free(text);
    sc_builtin_call_wait_for(call, sc_store_apply_start(call->op.scope,
                                           call->parts->store, change, on_kept, call));
}

/* --- cache: answers the value itself, null when there is none --- */

void sc_kept_cache_get(struct sc_builtin_call *call)
{
    struct sc_error err = { 0 };
    char *key = cache_key(call);
    int64_t at_ms;
    char *text = sc_store_cache_get(
            call->parts->store, key, now_ms(call), false, &at_ms, &err);
    struct sc_json *value = text ? sc_json_parse(text, strlen(text), NULL, NULL) : NULL;

    free(key);
    free(text);
    if (!value && err.code != SC_OK && err.code != SC_NOT_FOUND)
        sc_builtin_call_fail(call, &err);
    else
        sc_builtin_call_end(call, value ? value : sc_json_new_null());
}

void sc_kept_cache_put(struct sc_builtin_call *call)
{
    double seconds = DAY_S;
    struct sc_change *change;
    char *key, *text;

    sc_json_double(sc_json_get(call->args, "seconds"), &seconds);
    if (!(seconds > 0 && seconds <= MAX_CACHE_S)) {
        refuse(call, "seconds must be from 1 to 31 days");
        return;
    }
    text = value_to_keep(call);
    if (!text)
        return;
    key = cache_key(call);
    change = sc_change_new();
    sc_change_cache_put(
            change, key, text, now_ms(call), now_ms(call) + (int64_t)(seconds * 1000));
    free(key);
    free(text);
    sc_builtin_call_wait_for(call, sc_store_apply_start(call->op.scope,
                                           call->parts->store, change, on_kept, call));
}
