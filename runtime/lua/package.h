/* lua/package.h - one script file (tool.lua, agent.lua, supercargo.lua) in a state of its
 * own.
 *
 * Purpose:   load it, say what it defines as JSON, and call its functions as fibers.
 * Contract:  a file ends with `return tool {…}`, `return agent {…}` or
 *            `return config {…}`; unknown fields and wrong types are refused with file
 * and line. A state in which a run was ended by force, or that met its memory cap, takes
 * no more calls: the next call gets a new one. Ownership: the package copies its source.
 * Free it when no call is left. Thread:    worker. Errors:    SC_SCRIPT (the file is
 * wrong), SC_TIMEOUT, SC_NO_MEMORY, SC_NOT_FOUND (no such function).
 */
#pragma once

#include "codec/json.h"
#include "loop/op.h"
#include "lua/state.h"

struct sc_package;
struct sc_host;

struct sc_package_spec {
    const char *kind; /* "tool" "agent" "config" */
    const char *path; /* for messages */
    const char *source;
    size_t len;
    const struct sc_json *data; /* {"markets.json": text}, or NULL */
    size_t memory_limit;
    struct sc_host *host;
};

struct sc_package *sc_package_new(const struct sc_package_spec *spec);
void sc_package_free(struct sc_package *package);

/* Appends the descriptor. */
enum sc_code sc_package_describe(
        struct sc_package *package, struct sc_buf *out, struct sc_error *err);

enum sc_package_outcome { SC_PACKAGE_VALUE, SC_PACKAGE_PENDING };

/* One call; the caller embeds it and keeps it until done. */
struct sc_package_call {
    const char *function;
    const struct sc_json *args; /* array of the arguments */
    void *user;                 /* for host calls */
    struct sc_meter meter;      /* limits are set by the caller */

    enum sc_package_outcome outcome;
    struct sc_buf result; /* JSON text; the caller releases it */
    struct sc_error err;  /* what the script returned as `nil, err` */
    int maybe_happened;   /* what err says: 1, 0, or -1: nothing */
    struct sc_lua *lua;   /* internal */
    int function_ref;     /* internal */
};

/* scope holds the call's fibers, also those it spawns: cancel it and wait until it is
 * empty when done has run. */
struct sc_op *sc_package_call_start(struct sc_package *package, struct sc_scope *scope,
        struct sc_package_call *call, sc_op_done_fn *done, void *arg);

/* In or after the moment the scope is empty. */
void sc_package_call_release(struct sc_package *package, struct sc_package_call *call);
