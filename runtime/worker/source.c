/* worker/source.c - script files, and the calls of what they define. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "worker/pool_private.h"

enum {
    DEFINE_MS = 10 * 1000,
    EVALUATE_MS = 10 * 1000, /* the worker itself stops at 2 s of work */
    FUNCTION_MS = 10 * 1000,
    PREVIEW_MS = 2 * 1000,
};

static void add_member(struct sc_buf *out, const char *name, const char *text, size_t len)
{
    sc_buf_addf(out, "%s\"%s\":", out->len > 1 ? "," : "", name);
    sc_json_write_string(out, text, len);
}

struct sc_source *sc_source_new(struct sc_pool *pool, const char *kind, const char *path,
        const char *source, size_t len, const struct sc_json *data)
{
    struct sc_source *made = sc_new(struct sc_source);
    struct sc_json *identity = sc_json_new_object();
    char hash[SC_HASH_TEXT];
    struct sc_buf out;

    sc_json_add(identity, "source", sc_json_new_string_len(source, len));
    sc_json_add(identity, "data", data ? sc_json_copy(data) : sc_json_new_null());
    sc_json_hash(identity, hash);
    sc_json_free(identity);
    made->pool = pool;
    memcpy(made->version, hash, sizeof(made->version) - 1);
    sc_buf_init(&out);
    sc_buf_addc(&out, '{');
    add_member(&out, "version", made->version, strlen(made->version));
    add_member(&out, "kind", kind, strlen(kind));
    add_member(&out, "path", path, strlen(path));
    add_member(&out, "source", source, len);
    if (data) {
        sc_buf_adds(&out, ",\"data\":");
        sc_json_write(&out, data);
    }
    sc_buf_addc(&out, '}');
    made->frame_len = out.len;
    made->frame = sc_buf_detach(&out);
    return made;
}

void sc_source_free(struct sc_source *source)
{
    if (!source)
        return;
    free(source->frame);
    free(source);
}

/* --- define --- */

struct sc_op *sc_define_start(struct sc_scope *scope, struct sc_pool *pool,
        const struct sc_define_spec *spec, sc_op_done_fn *done, void *arg)
{
    struct sc_call *call = sc_call_new(pool, scope, CALL_DEFINE, done, arg);
    struct sc_source *source = sc_source_new(
            pool, spec->kind, spec->path, spec->source, spec->len, spec->data);

    sc_buf_add(&call->payload, source->frame, source->frame_len);
    sc_source_free(source);
    return sc_call_enqueue(call, DEFINE_MS);
}

struct sc_json **sc_define_answer(struct sc_op *op)
{
    return &sc_call_of(op)->answer;
}

/* --- functions --- */

static void begin_call(struct sc_call *call, const char *function)
{
    struct sc_buf *out = &call->payload;

    sc_buf_addc(out, '{');
    add_member(out, "version", call->source->version, strlen(call->source->version));
    add_member(out, "function", function, strlen(function));
    sc_buf_adds(out, ",\"args\":");
}

static struct sc_op *end_call(struct sc_call *call, int64_t timeout_ms)
{
    sc_buf_addf(&call->payload, ",\"cpu_ms\":%lld}", (long long)timeout_ms);
    return sc_call_enqueue(call, timeout_ms);
}

static void add_context(struct sc_buf *out, const struct sc_tool_call *of)
{
    const struct sc_tool_context *context = of->context;
    size_t start = out->len;

    sc_buf_addc(out, '{');
    if (of->key) {
        sc_buf_adds(out, "\"key\":");
        sc_json_write_string(out, of->key, strlen(of->key));
    }
    if (context && context->task_id) {
        sc_buf_adds(out, out->len > start + 1 ? ",\"task\":" : "\"task\":");
        sc_json_write_string(out, context->task_id, strlen(context->task_id));
    }
    if (context && context->step_id) {
        sc_buf_adds(out, out->len > start + 1 ? ",\"step\":" : "\"step\":");
        sc_json_write_string(out, context->step_id, strlen(context->step_id));
    }
    if (context && context->env) {
        sc_buf_adds(out, out->len > start + 1 ? ",\"env\":" : "\"env\":");
        sc_json_write(out, context->env);
    }
    sc_buf_addc(out, '}');
}

static struct sc_op *tool_start(struct sc_tool *tool, struct sc_scope *scope,
        const struct sc_tool_call *of, sc_op_done_fn *done, void *arg)
{
    struct sc_source *source = tool->impl;
    struct sc_call *call = sc_call_new(source->pool, scope, CALL_FUNCTION, done, arg);

    call->source = source;
    call->tool = sc_tool_ref(tool);
    call->context = of->context;
    begin_call(call, "run");
    sc_buf_addc(&call->payload, '[');
    sc_json_write(&call->payload, of->args);
    sc_buf_addc(&call->payload, ',');
    add_context(&call->payload, of);
    sc_buf_addc(&call->payload, ']');
    return end_call(call, of->timeout_ms);
}

static struct sc_tool_outcome *tool_outcome(struct sc_op *op)
{
    return &sc_call_of(op)->outcome;
}

static void tool_release(struct sc_tool *tool)
{
    sc_source_free(tool->impl);
}

const struct sc_tool_class sc_lua_tool_class = {
    .kind = "lua",
    .start = tool_start,
    .outcome = tool_outcome,
    .release = tool_release,
};

void *sc_lua_tool_impl(struct sc_pool *pool, const char *path, const char *source,
        size_t len, const struct sc_json *data)
{
    return sc_source_new(pool, "tool", path, source, len, data);
}

struct sc_op *sc_lua_function_start(struct sc_scope *scope, struct sc_tool *tool,
        const char *function, const struct sc_json *args, sc_op_done_fn *done, void *arg)
{
    struct sc_source *source = tool->impl;
    struct sc_call *call = sc_call_new(source->pool, scope, CALL_FUNCTION, done, arg);
    bool list = sc_json_is(args, SC_JSON_ARRAY);

    call->source = source;
    call->tool = sc_tool_ref(tool);
    begin_call(call, function);
    if (!list)
        sc_buf_addc(&call->payload, '[');
    sc_json_write(&call->payload, args);
    if (!list)
        sc_buf_addc(&call->payload, ']');
    return end_call(call, FUNCTION_MS);
}

struct sc_json **sc_lua_function_answer(struct sc_op *op)
{
    return &sc_call_of(op)->outcome.value;
}

/* --- previews --- */

/* What a preview asks from outside is refused: nobody has approved anything yet. */
static struct sc_op *preview_start(struct sc_tool *tool, struct sc_scope *scope,
        const struct sc_json *args, const char *language, sc_op_done_fn *done, void *arg)
{
    struct sc_source *source = tool->preview_impl;
    struct sc_call *call = sc_call_new(source->pool, scope, CALL_FUNCTION, done, arg);

    call->source = source;
    call->tool = sc_tool_ref(tool);
    call->alone = true;
    begin_call(call, "preview");
    sc_buf_addc(&call->payload, '[');
    sc_json_write(&call->payload, args);
    sc_buf_addc(&call->payload, ',');
    sc_json_write_string(&call->payload, language, strlen(language));
    sc_buf_addc(&call->payload, ']');
    return end_call(call, PREVIEW_MS);
}

static const struct sc_json *preview_answer(struct sc_op *op)
{
    return sc_call_of(op)->outcome.value;
}

static void preview_release(struct sc_tool *tool)
{
    sc_source_free(tool->preview_impl);
}

void sc_lua_tool_add_preview(struct sc_tool *tool, struct sc_pool *pool, const char *path,
        const char *source, size_t len, const struct sc_json *data)
{
    static const struct sc_preview_class preview_class = { preview_start, preview_answer,
        preview_release };
    bool has_one = false;

    SC_JSON_EACH(name, sc_json_get(tool->descriptor, "functions"))
    has_one = has_one || strcmp(sc_json_string(name), "preview") == 0;
    if (!has_one || tool->preview)
        return;
    tool->preview = &preview_class;
    tool->preview_impl = sc_source_new(pool, "tool", path, source, len, data);
}

/* --- expressions --- */

static struct sc_op *evaluate(struct sc_evaluator *evaluator, struct sc_scope *scope,
        const struct sc_json *request, sc_op_done_fn *done, void *arg)
{
    struct sc_pool *pool = sc_container_of(evaluator, struct sc_pool, evaluator);
    struct sc_call *call = sc_call_new(pool, scope, CALL_EVALUATE, done, arg);

    sc_json_write(&call->payload, request);
    return sc_call_enqueue(call, EVALUATE_MS);
}

static struct sc_json **evaluate_answer(struct sc_op *op)
{
    return &sc_call_of(op)->answer;
}

struct sc_evaluator *sc_pool_evaluator(struct sc_pool *pool)
{
    pool->evaluator = (struct sc_evaluator){ evaluate, evaluate_answer };
    return &pool->evaluator;
}
