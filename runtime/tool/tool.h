/* tool/tool.h - one operation with a typed contract.
 *
 * Purpose:   what the executor knows of a tool: its descriptor, and how to call it. Lua
 *            tools (through a worker), built-in ones, and later MCP and OpenAPI ones are
 *            implementations of one vtable.
 * Contract:  start as in loop/op.h; arguments were checked against params before, the
 *            value is checked against returns afterwards (tool/check.h), by the caller.
 *            A tool never decides about retries, approvals or the journal.
 * Ownership: descriptors are immutable and counted: a running call keeps its version.
 *            The call and all it points to is borrowed until done.
 * Thread:    loop.
 */
#pragma once

#include "codec/json.h"
#include "codec/schema.h"
#include "loop/op.h"

enum sc_effect { SC_EFFECT_NONE, SC_EFFECT_READ, SC_EFFECT_WRITE, SC_EFFECT_SPEND };

/* May the same call be made again? */
enum sc_idempotent { SC_IDEMPOTENT_NO, SC_IDEMPOTENT_KEY, SC_IDEMPOTENT_YES };

struct sc_retry {
    int attempts;    /* in all, 1: no retry */
    int64_t wait_ms; /* before the second, doubled each time, with jitter */
    int64_t max_wait_ms;
};

struct sc_tool;

/* What a call may know and touch. */
struct sc_tool_context {
    const char *task_id;
    const char *agent;
    const char *step_id;
    bool hearsay; /* the arguments may hold what others wrote */
    const struct sc_json
            *env;        /* now, zone, language, address, shops, channels, currency */
    const char *out_dir; /* where the task's new files go */
    const struct sc_json *inputs; /* of the task: files among them are readable */
    const struct sc_json *files;  /* array of absolute paths the person gave */
};

struct sc_tool_call {
    const struct sc_json *args;
    const char *key; /* idempotency key of an effect; NULL for none/read */
    const struct sc_tool_context *context;
    int64_t timeout_ms;
};

enum sc_tool_outcome_kind {
    SC_TOOL_VALUE,   /* value is the result */
    SC_TOOL_PENDING, /* a remote job: value is the token; look again after after_ms */
    SC_TOOL_ASK, /* a question to the person: value is {question, choices?, rows?, …} */
    SC_TOOL_WAIT /* until until_ms; the result is {until: text} then */
};

struct sc_tool_outcome {
    enum sc_tool_outcome_kind kind;
    struct sc_json
            *value; /* the caller detaches it by taking the pointer and setting NULL */
    int64_t after_ms;
    int64_t until_ms;
    bool maybe_happened; /* with an error: the effect may have taken place */
};

struct sc_tool_class {
    const char *kind; /* "lua", "builtin" */
    struct sc_op *(*start)(struct sc_tool *tool, struct sc_scope *scope,
            const struct sc_tool_call *call, sc_op_done_fn *done, void *arg);
    struct sc_tool_outcome *(*outcome)(struct sc_op *op); /* valid inside done */
    void (*release)(struct sc_tool *tool);                /* frees impl */
};

/* Sentences of a tool of its own about a call to come. Not part of its class, since a
 * tool whose run is built in may have its preview in Lua. A preview touches nothing: it
 * has no host calls. */
struct sc_preview_class {
    /* language: "en" "zh" "ja" …; ends by itself within a few seconds. */
    struct sc_op *(*start)(struct sc_tool *tool, struct sc_scope *scope,
            const struct sc_json *args, const char *language, sc_op_done_fn *done,
            void *arg);
    const struct sc_json *(*answer)(struct sc_op *op); /* valid inside done */
    void (*release)(struct sc_tool *tool);             /* frees preview_impl */
};

struct sc_tool {
    int refs;
    const char *name;
    const char *version; /* first 16 hex digits of the hash of its source */
    enum sc_effect effect;
    enum sc_idempotent idempotent;
    int64_t timeout_ms;
    struct sc_retry retry;
    bool returns_trusted; /* its results may be believed (trust = "trusted") */
    const struct sc_json *descriptor; /* all of it, see docs/tools.md; owned */
    struct sc_schema *params, *returns;
    const struct sc_tool_class *cls;
    void *impl;                             /* the class's */
    const struct sc_preview_class *preview; /* NULL: it has none */
    void *preview_impl;
};

/* From the JSON that a tool.lua became: checks every field, names the first that is
 * wrong. take_descriptor is taken on success only. NULL on failure. */
struct sc_tool *sc_tool_new(struct sc_json *take_descriptor,
        const struct sc_tool_class *cls, void *impl, struct sc_error *err);
struct sc_tool *sc_tool_ref(struct sc_tool *tool);
void sc_tool_unref(struct sc_tool *tool);

const char *sc_effect_word(enum sc_effect effect);

/* A text field in a language ("zh-CN" falls back to "zh", then to the plain one). */
const char *sc_tool_text(
        const struct sc_tool *tool, const char *field, const char *language);

/* Calls and returns at once; see struct sc_tool_class. */
struct sc_op *sc_tool_start(struct sc_tool *tool, struct sc_scope *scope,
        const struct sc_tool_call *call, sc_op_done_fn *done, void *arg);
struct sc_tool_outcome *sc_tool_outcome(struct sc_tool *tool, struct sc_op *op);
