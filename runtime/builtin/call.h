/* builtin/call.h - one call of a built-in operation.
 *
 * Purpose:   what every operation is given, and how it ends.
 * Contract:  an operation is one of two kinds: a function on the thread pool, which sees
 *            the call and nothing else of the loop's; or one on the loop, which starts at
 *            most one other op (sc_builtin_call_wait_for) and ends the call itself.
 * Ownership: the request (args, context) is borrowed until done. The outcome is the
 *            call's until the caller takes its value.
 * Thread:    see above.
 */
#pragma once

#include <stdatomic.h>

#include "builtin/builtin.h"

struct sc_builtin_call;

struct sc_builtin_operation {
    const char *name;
    enum sc_code (*run)(
            struct sc_builtin_call *call, struct sc_error *err); /* thread pool */
    void (*start)(struct sc_builtin_call *call);                 /* loop */
};

struct sc_builtin_call {
    struct sc_op op;
    struct sc_builtins *builtins;
    const struct sc_builtin_parts *parts;
    const struct sc_builtin_operation *operation;
    struct sc_tool *tool;        /* whose contract holds */
    struct sc_tool_call request; /* the call itself is copied */
    const struct sc_json *args;  /* an empty object rather than NULL */
    struct sc_op *inner;         /* what it waits for, or NULL */
    atomic_bool cancelled;
    struct sc_tool_outcome outcome;
    void *state; /* the operation's; freed with free() at the end */
};

/* For operations on the loop. */
void sc_builtin_call_wait_for(struct sc_builtin_call *call, struct sc_op *inner);
void sc_builtin_call_end(struct sc_builtin_call *call, struct sc_json *take_value);
void sc_builtin_call_fail(struct sc_builtin_call *call, const struct sc_error *err);

/* For long work on the pool: SC_CANCELLED when nobody waits for it any more. */
enum sc_code sc_builtin_call_check(
        const struct sc_builtin_call *call, struct sc_error *err);

/* The operations. */
enum sc_code sc_table_read(struct sc_builtin_call *call, struct sc_error *err);
enum sc_code sc_table_write(struct sc_builtin_call *call, struct sc_error *err);
enum sc_code sc_file_ops_list(struct sc_builtin_call *call, struct sc_error *err);
enum sc_code sc_file_ops_read(struct sc_builtin_call *call, struct sc_error *err);
enum sc_code sc_file_ops_write(struct sc_builtin_call *call, struct sc_error *err);
void sc_kept_state_get(struct sc_builtin_call *call);
void sc_kept_state_put(struct sc_builtin_call *call);
void sc_kept_cache_get(struct sc_builtin_call *call);
void sc_kept_cache_put(struct sc_builtin_call *call);
void sc_remember_search(struct sc_builtin_call *call);
void sc_remember_note(struct sc_builtin_call *call);
void sc_web_get(struct sc_builtin_call *call);
void sc_web_request(struct sc_builtin_call *call);
void sc_person_ask(struct sc_builtin_call *call);
void sc_person_wait(struct sc_builtin_call *call);
