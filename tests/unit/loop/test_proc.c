#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fakes/bounded.h"
#include "loop/loop.h"
#include "loop/proc.h"

struct fixture {
    struct sc_loop *loop;
    struct sc_proc *proc;
    int status, signum, exits;
    bool exited, closed;
    struct sc_error err;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    f->loop = sc_loop_new(NULL);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    sc_loop_free(f->loop);
    free(f);
    return 0;
}

static void on_exit_seen(void *arg, int status, int signum)
{
    struct fixture *f = arg;

    f->status = status;
    f->signum = signum;
    f->exits++;
    f->exited = true;
}

static void on_closed(void *arg)
{
    ((struct fixture *)arg)->closed = true;
}

/* Runs a line of shell. */
static void spawn(struct fixture *f, const char *line, struct sc_proc_spec spec)
{
    const char *args[] = { "sh", "-c", line, NULL };

    spec.path = "/bin/sh";
    spec.args = args;
    spec.on_exit = on_exit_seen;
    spec.arg = f;
    f->proc = sc_proc_new(f->loop, &spec, &f->err);
    assert_non_null(f->proc);
}

static void finish(struct fixture *f)
{
    sc_proc_close(f->proc, on_closed, f);
    assert_true(bounded_run(sc_loop_uv(f->loop), &f->closed, 10000));
}

/* Until the other end closes. */
static void read_text(int fd, char *text, size_t size)
{
    struct pollfd wait = { .fd = fd, .events = POLLIN };
    size_t used = 0;
    ssize_t n = 1;

    while (n != 0 && used + 1 < size && poll(&wait, 1, 10000) == 1) {
        n = read(fd, text + used, size - used - 1);
        if (n < 0)
            break;
        used += (size_t)n;
    }
    text[used] = '\0';
}

static void the_exit_status_arrives(void **state)
{
    struct fixture *f = *state;

    spawn(f, "exit 7", (struct sc_proc_spec){ 0 });
    assert_true(bounded_run(sc_loop_uv(f->loop), &f->exited, 10000));
    finish(f);

    assert_int_equal(f->status, 7);
    assert_int_equal(f->signum, 0);
    assert_int_equal(f->exits, 1);
}

static void the_child_sees_only_the_variables_given(void **state)
{
    struct fixture *f = *state;
    const char *env[] = { "GIVEN=yes", NULL };
    char text[64];
    int fd;

    spawn(f, "echo \"$GIVEN,$HOME\" >&3",
            (struct sc_proc_spec){ .env = env, .socket = true });
    fd = sc_proc_take_socket(f->proc);
    read_text(fd, text, sizeof(text));
    close(fd);
    finish(f);

    assert_string_equal(text, "yes,\n");
}

static void the_socket_carries_both_ways(void **state)
{
    struct fixture *f = *state;
    int fds[] = { -1 };
    char text[64];
    int fd;

    spawn(f, "read line <&1; echo \"got $line\" >&1",
            (struct sc_proc_spec){ .fds = fds, .fd_count = 1, .socket = true });
    fd = sc_proc_take_socket(f->proc);
    assert_int_equal(sc_proc_take_socket(f->proc), -1);
    assert_int_equal(write(fd, "hello\n", 6), 6);
    read_text(fd, text, sizeof(text));
    close(fd);
    finish(f);

    assert_string_equal(text, "got hello\n");
}

static void the_child_sees_our_end_close(void **state)
{
    struct fixture *f = *state;

    spawn(f, "cat <&3; exit 3", (struct sc_proc_spec){ .socket = true });
    close(sc_proc_take_socket(f->proc));
    assert_true(bounded_run(sc_loop_uv(f->loop), &f->exited, 10000));
    finish(f);

    assert_int_equal(f->status, 3);
}

static void killing_reaches_the_whole_group(void **state)
{
    struct fixture *f = *state;
    char text[64];
    int fd;

    /* The socket closes only when the grandchild is gone too. */
    spawn(f, "sleep 1000 & echo ready >&3; wait",
            (struct sc_proc_spec){ .socket = true });
    fd = sc_proc_take_socket(f->proc);
    sc_proc_kill(f->proc, SIGTERM);
    assert_true(bounded_run(sc_loop_uv(f->loop), &f->exited, 10000));
    read_text(fd, text, sizeof(text));
    close(fd);
    finish(f);

    assert_int_equal(f->signum, SIGTERM);
}

static void what_a_child_leaves_behind_goes_with_it(void **state)
{
    struct fixture *f = *state;
    char text[64];
    int fd;

    spawn(f, "sleep 1000 & exit 0", (struct sc_proc_spec){ .socket = true });
    fd = sc_proc_take_socket(f->proc);
    assert_true(bounded_run(sc_loop_uv(f->loop), &f->exited, 10000));
    read_text(fd, text, sizeof(text)); /* would wait for the sleep otherwise */
    close(fd);
    finish(f);

    assert_string_equal(text, "");
}

static void closing_ends_a_child_that_runs_without_on_exit(void **state)
{
    struct fixture *f = *state;

    spawn(f, "trap '' TERM; sleep 1000", (struct sc_proc_spec){ 0 });
    finish(f);

    assert_int_equal(f->exits, 0);
}

static void a_missing_program_is_not_found(void **state)
{
    struct fixture *f = *state;
    const char *args[] = { "none", NULL };
    struct sc_proc_spec spec = {
        .path = "/nonexistent/none", .args = args, .socket = true
    };

    assert_null(sc_proc_new(f->loop, &spec, &f->err));

    assert_int_equal(f->err.code, SC_NOT_FOUND);
    assert_non_null(strstr(f->err.msg, "/nonexistent/none"));
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(the_exit_status_arrives),
        T(the_child_sees_only_the_variables_given),
        T(the_socket_carries_both_ways),
        T(the_child_sees_our_end_close),
        T(killing_reaches_the_whole_group),
        T(what_a_child_leaves_behind_goes_with_it),
        T(closing_ends_a_child_that_runs_without_on_exit),
        T(a_missing_program_is_not_found),
    };
    return cmocka_run_group_tests_name("loop/proc", tests, NULL, NULL);
}
