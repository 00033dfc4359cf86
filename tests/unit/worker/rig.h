/* What the tests of the pool share: a loop, a pool with real worker processes, and
 * waiting for one op at a time. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "fakes/bounded.h"
#include "loop/loop.h"
#include "worker/pool.h"

enum { LIMIT_MS = 30 * 1000 };

struct rig {
    struct sc_loop *loop;
    struct sc_scope scope;
    struct sc_pool *pool;
    bool done, closed;
    struct sc_error err;
    struct sc_json *answer; /* of the last op */
    enum sc_tool_outcome_kind kind;
    int64_t after_ms;
    bool maybe_happened;
    int host_calls;
    char host_name[64];
    struct sc_json *host_args;
    struct sc_host_call *held; /* not answered */
    bool hold;
    enum sc_code host_failure;
};

void rig_open(struct rig *rig, const char *worker, int max_workers);

void rig_close(struct rig *rig);

void rig_wait(struct rig *rig);

/* The done of a tool's call. */
void rig_on_ran(struct sc_op *op, const struct sc_error *err);

/* For the done of an op: how it ended, and its answer, taken. */
void rig_keep(struct rig *rig, const struct sc_error *err, struct sc_json **answer);

void rig_define(struct rig *rig, const char *kind, const char *source);

struct sc_json *json(const char *text);

void assert_json(const struct sc_json *value, const char *text);

void assert_says(const struct sc_error *err, enum sc_code code, const char *part);

/* A tool whose run is `body`, a function body over args and ctx. */
char *tool_source(const char *body);

/* A tool as the registry would hold it, as far as the pool looks. */
struct sc_tool *rig_tool(struct rig *rig, const char *body);

struct sc_op *rig_start(
        struct rig *rig, struct sc_tool *tool, const char *args, int64_t timeout_ms);

void rig_run(struct rig *rig, struct sc_tool *tool, const char *args);

void rig_evaluate(struct rig *rig, const char *request);
