/* builtin/builtin.h - the work that tool.lua files leave to C: `run = builtin
 * "table.read"`.
 *
 * Purpose:   tables (CSV, TSV, JSON, XLSX), files of the task, HTTP of declared hosts,
 *            kept state, memory, questions and waits. Each is still one folder in tools/
 * with its contract, texts, examples and tests; only `run` is here. The same operations
 * serve host calls of Lua tools. Contract:  as tool/tool.h. Long work runs on the uv
 * thread pool. Paths resolve inside the task's folders only; hosts inside what the tool
 * declares. Ownership: parts are borrowed and outlive the tools. Thread:    loop.
 */
#pragma once

#include "base/clock.h"
#include "model/model.h"
#include "store/store.h"
#include "tool/tool.h"

struct sc_meaning;
struct sc_memory;
struct sc_multi;

struct sc_builtin_parts {
    struct sc_loop *loop;
    struct sc_multi *multi;
    struct sc_store *store;
    struct sc_memory *memory;
    struct sc_clock *clock;
    struct sc_meaning *meaning; /* NULL: memory is searched by words alone */
    struct sc_model *model;     /* for model.*, counted against budgets; NULL: none */
    bool offline;               /* http.* fails with SC_UNAVAILABLE at once */
    const struct sc_json *recordings; /* see sc_builtins_rehearse; or NULL */
};

struct sc_builtins;

struct sc_builtins *sc_builtins_new(const struct sc_builtin_parts *parts);
void sc_builtins_free(struct sc_builtins *builtins);

/* The model is made after the tools are read. */
void sc_builtins_set_model(struct sc_builtins *builtins, struct sc_model *model);

void sc_builtins_set_meaning(struct sc_builtins *builtins, struct sc_meaning *meaning);

/* For a tool's own tests: from now on requests are answered from recordings, an array of
 * {url, reply: {status, headers, body}}, and what a tool caches is seen by the same agent
 * only. NULL ends it; they stay the caller's. */
void sc_builtins_rehearse(struct sc_builtins *builtins, const struct sc_json *recordings);

extern const struct sc_tool_class sc_builtin_tool_class;

/* The implementation by name, for sc_tool_new; NULL when there is none of that name. */
void *sc_builtin_impl(struct sc_builtins *builtins, const char *name);

/* Runs an operation for a host call of `tool`; as sc_tool_start. */
struct sc_op *sc_builtin_start(struct sc_scope *scope, struct sc_builtins *builtins,
        const char *name, struct sc_tool *tool, const struct sc_tool_call *call,
        sc_op_done_fn *done, void *arg);
struct sc_tool_outcome *sc_builtin_outcome(struct sc_op *op);
