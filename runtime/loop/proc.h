/* loop/proc.h - a child process, and an end to it.
 *
 * Purpose:   start workers and stdio servers with exactly the descriptors and variables
 *            given, and be sure that they go.
 * Contract:  the child leads a session and process group of its own. on_exit runs once,
 *            from the loop, unless the process is closed before; what the child left
 *            in its group is killed by then. A process that runs keeps the loop alive.
 * Ownership: the spec is copied as far as needed. sc_proc_close frees, after on_closed.
 * Thread:    loop.
 * Errors:    SC_NOT_FOUND (no such program), SC_DENIED, SC_INTERNAL.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct sc_loop;
struct sc_proc;

/* signum is 0 when the child ended by itself. */
typedef void sc_proc_exit_fn(void *arg, int status, int signum);

struct sc_proc_spec {
    const char *path;
    const char *const *args; /* argv[0] included, NULL at the end */
    const char *const *env;  /* "NAME=value", NULL at the end; NULL: no variables */
    const char *cwd;         /* NULL: ours */
    const int *fds;  /* fds[i] becomes i in the child; -1: /dev/null (above 2: none) */
    size_t fd_count; /* 0: /dev/null for 0, 1 and 2 */
    bool socket;     /* one end of a socket pair becomes the child's next descriptor:
                        fd_count, or 3 */
    sc_proc_exit_fn *on_exit;
    void *arg;
};

/* NULL when the program could not be started. */
struct sc_proc *sc_proc_new(
        struct sc_loop *loop, const struct sc_proc_spec *spec, struct sc_error *err);

/* Our end of the socket pair: non-blocking, closed on exec. From the first call on it
 * is the caller's; after that -1. */
int sc_proc_take_socket(struct sc_proc *proc);

int sc_proc_pid(const struct sc_proc *proc);

/* Signals the whole group; nothing happens once the child has ended. */
void sc_proc_kill(struct sc_proc *proc, int signum);

/* Kills the group if it still runs (SIGKILL), waits for the child's end, calls
 * on_closed (may be NULL) and frees. on_exit is not called any more. */
void sc_proc_close(struct sc_proc *proc, void (*on_closed)(void *arg), void *arg);
