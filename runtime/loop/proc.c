#include "loop/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/list.h"
#include "base/mem.h"
#include "loop/loop.h"

enum { STANDARD_FDS = 3 };

struct sc_proc {
    uv_process_t process;
    int pid;
    int socket; /* our end, or -1 */
    bool running, closing;
    sc_proc_exit_fn *on_exit;
    void *arg;
    void (*on_closed)(void *arg);
    void *closed_arg;
};

static void on_handle_closed(uv_handle_t *handle)
{
    struct sc_proc *proc =
            sc_container_of((uv_process_t *)handle, struct sc_proc, process);

    if (proc->on_closed)
        proc->on_closed(proc->closed_arg);
    if (proc->socket >= 0)
        close(proc->socket);
    free(proc);
}

static void on_child_exit(uv_process_t *process, int64_t status, int signum)
{
    struct sc_proc *proc = sc_container_of(process, struct sc_proc, process);

    proc->running = false;
    kill(-proc->pid, SIGKILL); /* what it left behind; usually nobody */
    if (proc->closing)
        uv_close((uv_handle_t *)process, on_handle_closed);
    else if (proc->on_exit)
        proc->on_exit(proc->arg, (int)status, signum);
}

/* The child's descriptors, in uv's terms. Returns how many. */
static size_t list_fds(
        const struct sc_proc_spec *spec, int child_socket, uv_stdio_container_t *stdio)
{
    size_t count = spec->fd_count ? spec->fd_count : STANDARD_FDS;

    for (size_t i = 0; i < count; i++) {
        int fd = spec->fd_count ? spec->fds[i] : -1;

        stdio[i].flags = fd < 0 ? UV_IGNORE : UV_INHERIT_FD;
        stdio[i].data.fd = fd;
    }
    if (child_socket >= 0) {
        stdio[count].flags = UV_INHERIT_FD;
        stdio[count].data.fd = child_socket;
        count++;
    }
    return count;
}

static int spawn(struct sc_proc *proc, uv_loop_t *uv, const struct sc_proc_spec *spec,
        int child_socket)
{
    static char *no_env[] = { NULL };
    size_t room = (spec->fd_count ? spec->fd_count : STANDARD_FDS) + 1;
    uv_stdio_container_t *stdio = sc_new_array(uv_stdio_container_t, room);
    uv_process_options_t options = {
        .file = spec->path,
        .args = (char **)(uintptr_t)spec->args, /* uv only reads both */
        .env = spec->env ? (char **)(uintptr_t)spec->env : no_env,
        .cwd = spec->cwd,
        .flags = UV_PROCESS_DETACHED,
        .exit_cb = on_child_exit,
        .stdio = stdio,
    };
    int r;

    options.stdio_count = (int)list_fds(spec, child_socket, stdio);
    r = uv_spawn(uv, &proc->process, &options);
    free(stdio);
    return r;
}

static enum sc_code code_of(int r)
{
    if (r == UV_ENOENT || r == UV_ENOTDIR)
        return SC_NOT_FOUND;
    return r == UV_EACCES || r == UV_EPERM ? SC_DENIED : SC_INTERNAL;
}

static int open_pair(int pair[2])
{
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return -1;
    fcntl(pair[0], F_SETFL, O_NONBLOCK); /* ours alone: the child may block */
    return 0;
}

/* Frees what spawn left after failing: uv wants the handle closed all the same. */
static void on_failed_closed(uv_handle_t *handle)
{
    free(sc_container_of((uv_process_t *)handle, struct sc_proc, process));
}

struct sc_proc *sc_proc_new(
        struct sc_loop *loop, const struct sc_proc_spec *spec, struct sc_error *err)
{
    int pair[2] = { -1, -1 };
    struct sc_proc *proc;
    int r;

    if (spec->socket && open_pair(pair) < 0) {
        sc_fail(err, SC_INTERNAL, "no socket pair for '%s': %s", spec->path,
                strerror(errno));
        return NULL;
    }
    proc = sc_new(struct sc_proc);
    proc->on_exit = spec->on_exit;
    proc->arg = spec->arg;
    proc->socket = pair[0];
    r = spawn(proc, sc_loop_uv(loop), spec, pair[1]);
    if (pair[1] >= 0)
        close(pair[1]);
    if (r < 0) {
        sc_fail(err, code_of(r), "'%s' could not be started: %s", spec->path,
                uv_strerror(r));
        if (pair[0] >= 0)
            close(pair[0]);
        uv_close((uv_handle_t *)&proc->process, on_failed_closed);
        return NULL;
    }
    proc->pid = proc->process.pid;
    proc->running = true;
    return proc;
}

int sc_proc_take_socket(struct sc_proc *proc)
{
    int fd = proc->socket;

    proc->socket = -1;
    return fd;
}

int sc_proc_pid(const struct sc_proc *proc)
{
    return proc->pid;
}

void sc_proc_kill(struct sc_proc *proc, int signum)
{
    if (proc->running)
        kill(-proc->pid, signum);
}

void sc_proc_close(struct sc_proc *proc, void (*on_closed)(void *arg), void *arg)
{
    SC_ASSERT(!proc->closing);
    proc->closing = true;
    proc->on_closed = on_closed;
    proc->closed_arg = arg;
    if (proc->running)
        sc_proc_kill(proc, SIGKILL);
    else
        uv_close((uv_handle_t *)&proc->process, on_handle_closed);
}
