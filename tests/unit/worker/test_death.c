/* Workers that die, hang, or outlive what they work for; and what they come with. */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rig.h"
#include "worker/pool_private.h"

static int setup(void **state)
{
    struct rig *rig = calloc(1, sizeof(*rig));

    rig_open(rig, SC_WORKER_HOST, 1);
    *state = rig;
    return 0;
}

static int teardown(void **state)
{
    struct rig *rig = *state;

    rig_close(rig);
    free(rig);
    return 0;
}

/* Of the only worker that is there. */
static pid_t worker_pid(const struct rig *rig)
{
    assert_int_equal(rig->pool->worker_count, 1);
    return sc_proc_pid(
            sc_container_of(rig->pool->workers.next, struct sc_worker, in_pool)->proc);
}

/* --- calls when their worker goes --- */

/* One of several calls at once. */
struct outcome {
    bool done;
    struct sc_error err;
};

static void on_outcome(struct sc_op *op, const struct sc_error *err)
{
    struct outcome *outcome = op->arg;

    outcome->done = true;
    outcome->err = err ? *err : (struct sc_error){ 0 };
}

static void start_into(struct rig *rig, struct sc_tool *tool, int64_t timeout_ms,
        struct outcome *outcome)
{
    struct sc_json *args = json("{}");
    struct sc_tool_call call = { .args = args, .timeout_ms = timeout_ms };

    *outcome = (struct outcome){ 0 };
    sc_tool_start(tool, &rig->scope, &call, on_outcome, outcome);
    sc_json_free(args);
}

static void wait_for(struct rig *rig, const struct outcome *outcome)
{
    assert_true(bounded_run(sc_loop_uv(rig->loop), &outcome->done, LIMIT_MS));
}

static void calls_of_a_killed_worker_end_and_another_worker_starts(void **state)
{
    struct rig *rig = *state;
    struct sc_tool *waiting = rig_tool(rig, "return cache.get('k')");
    struct sc_tool *loops = rig_tool(rig, "while true do end");
    struct sc_tool *adds = rig_tool(rig, "return { n = 1 }");
    struct outcome first, second;
    pid_t before;

    rig->hold = true; /* the host does not answer */
    start_into(rig, loops, 20000, &first);
    start_into(rig, waiting, 20000, &second);
    rig->done = false;
    rig_wait(rig); /* a host call has come: the worker is in the middle */
    before = worker_pid(rig);
    kill(before, SIGKILL);
    wait_for(rig, &first);
    sc_host_reply(rig->held, NULL); /* too late, and harmless */
    wait_for(rig, &second);

    assert_int_equal(first.err.code, SC_UNAVAILABLE);
    assert_int_equal(second.err.code, SC_UNAVAILABLE);
    rig_run(rig, adds, "{}");
    assert_int_equal(rig->err.code, SC_OK);
    assert_json(rig->answer, "{\"n\":1}");
    assert_int_not_equal(worker_pid(rig), before);
    sc_tool_unref(waiting);
    sc_tool_unref(loops);
    sc_tool_unref(adds);
}

/* --- which worker gets a call --- */

/* As if the call that is longest in the only worker had begun a second earlier. */
static void age_the_longest(struct rig *rig)
{
    struct sc_list *at_work =
            &sc_container_of(rig->pool->workers.next, struct sc_worker, in_pool)->at_work;

    assert_false(sc_list_empty(at_work));
    sc_container_of(at_work->next, struct sc_call, in_work)->works_since_ms -= 1000;
}

static void a_script_that_takes_long_holds_up_no_later_call(void **state)
{
    struct rig rig;
    struct sc_tool *loops, *adds;
    struct outcome first;

    (void)state;
    rig_open(&rig, SC_WORKER_HOST, 2);
    loops = rig_tool(&rig, "while true do end");
    adds = rig_tool(&rig, "return { n = 1 }");
    start_into(&rig, loops, 20000, &first);
    age_the_longest(&rig);
    rig_run(&rig, adds, "{}");

    assert_int_equal(rig.err.code, SC_OK);
    assert_false(first.done);
    assert_int_equal(rig.pool->worker_count, 2);
    sc_tool_unref(loops);
    sc_tool_unref(adds);
    rig_close(&rig);
}

static void a_script_that_waits_for_its_host_call_makes_no_second_worker(void **state)
{
    struct rig rig;
    struct sc_tool *waiting, *adds;
    struct outcome first;

    (void)state;
    rig_open(&rig, SC_WORKER_HOST, 2);
    waiting = rig_tool(&rig, "return cache.get('k')");
    adds = rig_tool(&rig, "return { n = 1 }");
    rig.hold = true;
    start_into(&rig, waiting, 20000, &first);
    age_the_longest(&rig);
    rig.done = false;
    rig_wait(&rig); /* its host call has come */
    rig_run(&rig, adds, "{}");
    assert_int_equal(rig.err.code, SC_OK);
    assert_int_equal(rig.pool->worker_count, 1);
    sc_host_reply(rig.held, sc_json_new_bool(true));
    age_the_longest(&rig); /* it is back in its script */
    wait_for(&rig, &first);

    assert_int_equal(first.err.code, SC_OK);
    sc_tool_unref(waiting);
    sc_tool_unref(adds);
    rig_close(&rig);
}

/* The worker is killed while the host works on what the script asked for. */
static void die_in_a_host_call(struct rig *rig, const char *body)
{
    struct sc_tool *tool = rig_tool(rig, body);

    rig->hold = true;
    rig_start(rig, tool, "{}", 20000);
    rig_wait(rig);
    kill(worker_pid(rig), SIGKILL);
    rig->done = false;
    while (rig->pool->worker_count > 0)
        uv_run(sc_loop_uv(rig->loop), UV_RUN_ONCE);
    sc_host_reply(rig->held, NULL);
    rig_wait(rig);
    assert_int_equal(rig->err.code, SC_UNAVAILABLE);
    sc_tool_unref(tool);
}

static void an_effect_under_way_when_the_worker_dies_may_have_happened(void **state)
{
    struct rig *rig = *state;

    die_in_a_host_call(
            rig, "return http.request { url = 'https://a.example', method = 'POST' }");
    assert_true(rig->maybe_happened);
}

static void a_body_without_a_method_is_an_effect_under_way(void **state)
{
    struct rig *rig = *state;

    die_in_a_host_call(
            rig, "return http.request { url = 'https://a.example', json = { n = 1 } }");
    assert_true(rig->maybe_happened);
}

static void a_read_under_way_when_the_worker_dies_changed_nothing(void **state)
{
    struct rig *rig = *state;

    die_in_a_host_call(rig, "return http.request { url = 'https://a.example' }");
    assert_false(rig->maybe_happened);
}

static void a_worker_that_hangs_is_killed_after_a_deadline(void **state)
{
    struct rig *rig = *state;
    struct sc_tool *adds = rig_tool(rig, "return { n = 1 }");
    struct outcome late, other;
    pid_t before = worker_pid(rig);

    kill(before, SIGSTOP); /* nothing inside can end it */
    start_into(rig, adds, 50, &late);
    start_into(rig, adds, 20000, &other);
    wait_for(rig, &late);
    wait_for(rig, &other);

    assert_int_equal(late.err.code, SC_TIMEOUT);
    assert_says(&other.err, SC_UNAVAILABLE, "hung and was killed");
    rig_run(rig, adds, "{}");
    assert_int_equal(rig->err.code, SC_OK);
    assert_int_not_equal(worker_pid(rig), before);
    sc_tool_unref(adds);
}

static void a_cancelled_call_gives_its_worker_back(void **state)
{
    struct rig *rig = *state;
    struct sc_tool *loops = rig_tool(rig, "while true do end");
    struct sc_tool *adds = rig_tool(rig, "return { n = 1 }");
    pid_t before = worker_pid(rig);

    sc_op_cancel(rig_start(rig, loops, "{}", 20000));
    rig_wait(rig);
    assert_int_equal(rig->err.code, SC_CANCELLED);
    rig_run(rig, adds, "{}");

    assert_int_equal(rig->err.code, SC_OK);
    assert_int_equal(worker_pid(rig), before);
    sc_tool_unref(loops);
    sc_tool_unref(adds);
}

static void a_program_that_is_no_worker_is_told(void **state)
{
    struct rig rig;

    (void)state;
    rig_open(&rig, "/bin/true", 1);
    rig_define(&rig, "config", "return config {}");

    assert_says(&rig.err, SC_UNAVAILABLE, "worker process");
    rig_close(&rig);
}

/* --- what a worker comes with --- */

static size_t read_all(const char *path, char *to, size_t size)
{
    FILE *file = fopen(path, "rb");
    size_t len;

    assert_non_null(file);
    len = fread(to, 1, size - 1, file);
    fclose(file);
    to[len] = '\0';
    return len;
}

static void a_worker_has_no_variables(void **state)
{
    struct rig *rig = *state;
    char *path, text[4096];

    setenv("OPENAI_API_KEY", "sk-this-is-secret", 1);
    rig_define(rig, "config", "return config {}");
    path = sc_strdupf("/proc/%d/environ", (int)worker_pid(rig));

    assert_int_equal(read_all(path, text, sizeof(text)), 0);
    unsetenv("OPENAI_API_KEY");
    free(path);
}

/* Descriptors of a process that lead to the path. */
static int count_links(pid_t pid, const char *wanted)
{
    char *path = sc_strdupf("/proc/%d/fd", (int)pid);
    DIR *folder = opendir(path);
    struct dirent *entry;
    int count = 0;

    assert_non_null(folder);
    while ((entry = readdir(folder))) {
        char *link = sc_strdupf("%s/%s", path, entry->d_name), to[PATH_MAX];
        ssize_t len = readlink(link, to, sizeof(to) - 1);

        to[len > 0 ? len : 0] = '\0';
        count += strncmp(to, wanted, strlen(wanted)) == 0;
        free(link);
    }
    closedir(folder);
    free(path);
    return count;
}

static void a_worker_has_no_descriptor_but_its_own_socket(void **state)
{
    struct rig *rig = *state;
    const char *ours = SC_SOURCE_DIR "/CMakeLists.txt";
    int file = open(ours, O_RDONLY), high, pair[2]; /* not closed on exec */

    assert_true(file >= 0);
    high = fcntl(file, F_DUPFD, 200);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    rig_define(rig, "config", "return config {}");

    assert_int_equal(rig->err.code, SC_OK);
    assert_true(count_links(getpid(), ours) == 2);
    assert_int_equal(count_links(worker_pid(rig), ours), 0);
    assert_int_equal(count_links(worker_pid(rig), "socket:"), 1);
    close(file);
    close(high);
    close(pair[0]);
    close(pair[1]);
}

/* --- workers whose daemon goes --- */

/* In a child: becomes a worker on the socket. */
static void become_worker(int socket)
{
    if (dup2(socket, SC_WORKER_FD) < 0)
        _exit(10);
    execl(SC_WORKER_HOST, SC_WORKER_HOST, "--worker", (char *)NULL);
    _exit(11);
}

/* The worker has said hello. */
static void wait_for_hello(int socket)
{
    struct pollfd poll_in = { .fd = socket, .events = POLLIN };
    char hello[64];

    assert_int_equal(poll(&poll_in, 1, LIMIT_MS), 1);
    assert_true(read(socket, hello, sizeof(hello)) > 0);
}

static int wait_for_end(pid_t pid)
{
    int status = 0;

    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static void a_worker_ends_when_its_socket_is_closed(void **state)
{
    int pair[2], status;
    pid_t worker;

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    worker = fork();
    if (worker == 0) {
        close(pair[0]);
        become_worker(pair[1]);
    }
    close(pair[1]);
    wait_for_hello(pair[0]);
    close(pair[0]);
    status = wait_for_end(worker);

    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* A daemon that is killed, while somebody else still holds the socket open. */
static void a_worker_dies_with_its_daemon(void **state)
{
    int pair[2], status;
    pid_t daemon, worker;

    (void)state;
    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0); /* orphans become ours */
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    daemon = fork();
    if (daemon == 0) {
        if (fork() == 0)
            become_worker(pair[1]);
        for (;;)
            pause();
    }
    wait_for_hello(pair[0]);
    kill(daemon, SIGKILL);
    wait_for_end(daemon);
    worker = waitpid(-1, &status, 0);

    assert_true(worker > 0);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGKILL);
    close(pair[0]);
    close(pair[1]);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(calls_of_a_killed_worker_end_and_another_worker_starts),
        T(a_script_that_takes_long_holds_up_no_later_call),
        T(a_script_that_waits_for_its_host_call_makes_no_second_worker),
        T(an_effect_under_way_when_the_worker_dies_may_have_happened),
        T(a_body_without_a_method_is_an_effect_under_way),
        T(a_read_under_way_when_the_worker_dies_changed_nothing),
        T(a_worker_that_hangs_is_killed_after_a_deadline),
        T(a_cancelled_call_gives_its_worker_back),
        cmocka_unit_test(a_program_that_is_no_worker_is_told),
        T(a_worker_has_no_variables),
        T(a_worker_has_no_descriptor_but_its_own_socket),
        cmocka_unit_test(a_worker_ends_when_its_socket_is_closed),
        cmocka_unit_test(a_worker_dies_with_its_daemon),
    };
    return cmocka_run_group_tests_name("worker/death", tests, NULL, NULL);
}
