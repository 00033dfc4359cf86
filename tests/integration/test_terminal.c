/* A person at a terminal: questions, answers, Ctrl-C, the end of the input. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "integration/drive.h"

enum { DEADLINE_MS = 60000, PIECE = 4096 };

#define TASK "list what to restock in catalog.xlsx"

struct fixture {
    struct driver d;
    pid_t pid;
    int terminal;
    struct sc_buf seen;
    size_t read_to; /* of seen, by expect() */
    int code;
};

static int setup(void **state)
{
    struct fixture *f = sc_new(struct fixture);

    driver_init(&f->d);
    driver_copy(&f->d, SC_TEST_DATA "/demo/catalog.xlsx", "work/catalog.xlsx");
    sc_buf_init(&f->seen);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    sc_buf_release(&f->seen);
    driver_release(&f->d);
    free(f);
    return 0;
}

static void become_program(const struct fixture *f)
{
    char home[300], data[300], config[300], work[300];
    char *env[] = { home, data, config, NULL };
    char *argv[] = { (char *)(uintptr_t)SC_PROGRAM, (char *)(uintptr_t) "run",
        (char *)(uintptr_t)TASK, (char *)(uintptr_t) "-f",
        (char *)(uintptr_t) "catalog.xlsx", NULL };

    snprintf(home, sizeof(home), "HOME=%s", f->d.folder);
    snprintf(data, sizeof(data), "SUPERCARGO_DATA=%s/data", f->d.folder);
    snprintf(config, sizeof(config), "SUPERCARGO_CONFIG=%s/config", f->d.folder);
    snprintf(work, sizeof(work), "%s/work", f->d.folder);
    if (chdir(work) == 0)
        execve(argv[0], argv, env);
    _exit(99);
}

static void start(struct fixture *f)
{
    f->pid = forkpty(&f->terminal, NULL, NULL, NULL);
    assert_true(f->pid >= 0);
    if (f->pid == 0)
        become_program(f);
}

/* More of what the program shows; false at its end. */
static bool read_more(struct fixture *f)
{
    struct pollfd ready = { f->terminal, POLLIN, 0 };
    char piece[PIECE];
    ssize_t n;

    if (poll(&ready, 1, DEADLINE_MS) <= 0) {
        kill(f->pid, SIGKILL);
        fail_msg("nothing more comes after: %s", sc_buf_text(&f->seen));
    }
    n = read(f->terminal, piece, sizeof(piece));
    if (n > 0)
        sc_buf_add(&f->seen, piece, (size_t)n);
    return n > 0;
}

/* Waits until the words are shown, behind those expected before. */
static void expect(struct fixture *f, const char *words)
{
    const char *at;

    while (!(at = strstr(sc_buf_text(&f->seen) + f->read_to, words)))
        if (!read_more(f))
            fail_msg("'%s' was not shown: %s", words, sc_buf_text(&f->seen));
    f->read_to = (size_t)(at - sc_buf_text(&f->seen)) + strlen(words);
}

static void type(struct fixture *f, const char *keys)
{
    assert_int_equal(write(f->terminal, keys, strlen(keys)), strlen(keys));
}

static void wait_for_end(struct fixture *f)
{
    int status;

    while (read_more(f))
        ;
    assert_int_equal(waitpid(f->pid, &status, 0), f->pid);
    close(f->terminal);
    f->code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void a_write_is_shown_and_done_when_approved(void **state)
{
    struct fixture *f = *state;

    start(f);
    expect(f, "asks first"); /* the plan, before anything runs */
    expect(f, "restock.xlsx with");
    expect(f, "Approve? [y/N]");
    type(f, "perhaps\n");
    expect(f, "Not understood.");
    expect(f, "Approve? [y/N]");
    type(f, "y\n");
    wait_for_end(f);
    assert_int_equal(f->code, 0);
    assert_true(driver_has(&f->d, "work/supercargo-out/restock.xlsx"));
}

static void what_was_typed_before_it_is_shown_approves_nothing(void **state)
{
    struct fixture *f = *state;

    start(f);
    expect(f, "Approve? [y/N]");
    type(f, "perhaps\ny\n");
    expect(f, "Not understood.");
    expect(f, "Approve? [y/N]");
    type(f, "n\n");
    wait_for_end(f);
    assert_int_equal(f->code, 4);
    assert_false(driver_has(&f->d, "work/supercargo-out/restock.xlsx"));
}

static void what_is_denied_is_not_done(void **state)
{
    struct fixture *f = *state;

    start(f);
    expect(f, "Approve? [y/N]");
    type(f, "n\n");
    wait_for_end(f);
    assert_int_equal(f->code, 4);
    assert_false(driver_has(&f->d, "work/supercargo-out/restock.xlsx"));
}

static void ctrl_c_at_a_question_stops_and_loses_nothing(void **state)
{
    struct fixture *f = *state;

    start(f);
    expect(f, "Approve? [y/N]");
    type(f, "\x03");
    expect(f, "supercargo task resume ");
    wait_for_end(f);
    assert_int_equal(f->code, 130);
    drive(&f->d, "task", "resume", "--json", NULL);
    drive(&f->d, "task", "list", "--json", NULL);
    assert_int_equal(sc_json_count(f->d.json), 1);
    drive(&f->d, "task", "resume", sc_json_get_string(sc_json_first(f->d.json), "id", ""),
            "--yes", NULL);
    assert_int_equal(f->d.code, 0);
    assert_true(driver_has(&f->d, "work/supercargo-out/restock.xlsx"));
}

static void the_end_of_the_input_leaves_the_question_open(void **state)
{
    struct fixture *f = *state;

    start(f);
    expect(f, "Approve? [y/N]");
    type(f, "\x04");
    expect(f, "supercargo task resume ");
    wait_for_end(f);
    assert_int_equal(f->code, 3);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(a_write_is_shown_and_done_when_approved),
        T(what_was_typed_before_it_is_shown_approves_nothing),
        T(what_is_denied_is_not_done),
        T(ctrl_c_at_a_question_stops_and_loses_nothing),
        T(the_end_of_the_input_leaves_the_question_open),
    };
    return cmocka_run_group_tests_name("integration/terminal", tests, NULL, NULL);
}
