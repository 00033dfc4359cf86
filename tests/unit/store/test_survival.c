#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "fakes/store_bed.h"

/* This program runs itself again as the process that is killed, or that is in the way:
 *   test_survival write FOLDER FIRST   writes pairs of tasks, tells each done one on
 * stdout test_survival open FOLDER          opens as a user who may not write there; 0:
 * refused */

enum { AT_ONCE = 20, KILLS = 40 };

static char **own_argv;

/* --- the writing child --- */

struct child {
    struct sc_loop *loop;
    struct sc_scope scope;
    struct sc_store *store;
    int64_t next;
};

struct pair {
    struct child *child;
    int64_t number;
};

static void on_pair(struct sc_op *op, const struct sc_error *err);

/* One change: a task, its first entry, and an effect, so that half of it could be seen.
 */
static void write_pair(struct child *child)
{
    struct pair *pair = calloc(1, sizeof(*pair));
    struct sc_change *change = sc_change_new();
    char id[24], key[24];
    struct sc_task_row task = sc_store_bed_task(id, SC_TASK_DONE);
    struct sc_effect_row effect = sc_store_bed_effect(id, key, NULL);

    pair->child = child;
    pair->number = child->next++;
    snprintf(id, sizeof(id), "t%lld", (long long)pair->number);
    snprintf(key, sizeof(key), "k%lld", (long long)pair->number);
    sc_change_effect_intend(change, &effect, NULL);
    sc_change_effect_settle(change, effect.tool, key, SC_EFFECT_DONE, "1", 0);
    sc_change_journal(change, id, 1, 0, "start", "{}");
    sc_change_task_create(change, &task);
    sc_store_apply_start(&child->scope, child->store, change, on_pair, pair);
}

static void on_pair(struct sc_op *op, const struct sc_error *err)
{
    struct pair *pair = op->arg;

    if (err || write(STDOUT_FILENO, &pair->number, sizeof(pair->number)) < 0)
        _exit(3);
    write_pair(pair->child);
    free(pair);
}

static int write_until_killed(const char *folder, const char *first)
{
    struct child child = { .next = strtoll(first, NULL, 10) };
    const struct sc_store_options options = { .folder = folder };

    child.loop = sc_loop_new(NULL);
    child.store = sc_store_open(child.loop, &options, NULL);
    if (!child.store)
        return 2;
    sc_scope_init(&child.scope, child.loop);
    for (int i = 0; i < AT_ONCE; i++)
        write_pair(&child);
    sc_loop_run(child.loop);
    return 4;
}

/* --- the child that may not write --- */

enum { NOBODY = 65534 };

static int open_without_rights(const char *folder)
{
    const struct sc_store_options to_write = { .folder = folder };
    const struct sc_store_options to_look = { .folder = folder, .read_only = true };
    struct sc_error err = { 0 };
    struct sc_store *store;
    int result = 0;

    if (geteuid() == 0 && (setgid(NOBODY) || setuid(NOBODY)))
        return 9;
    if (sc_store_open(NULL, &to_write, &err) || err.code != SC_STORAGE ||
            !strstr(err.msg, "make it writable"))
        return 5;
    store = sc_store_open(NULL, &to_look, &err);
    if (!store)
        return 6;
    if (sc_store_task_get(store, "t1", (sc_task_row_fn *)NULL, NULL, &err) !=
            SC_NOT_FOUND)
        result = 7;
    sc_store_close(store);
    return result;
}

/* --- starting and ending children --- */

static pid_t start(const char *what, const char *folder, const char *first, int *ret_from)
{
    char *const argv[] = { own_argv[0], (char *)(uintptr_t)what,
        (char *)(uintptr_t)folder, (char *)(uintptr_t)first, NULL };
    int ends[2];
    pid_t pid;

    assert_int_equal(pipe(ends), 0);
    pid = fork();
    if (pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        execv("/proc/self/exe", argv);
        _exit(127);
    }
    assert_true(pid > 0);
    close(ends[1]);
    *ret_from = ends[0];
    return pid;
}

/* The child's exit code, or 128 and its signal. */
static int end(pid_t pid)
{
    int status;

    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int setup(void **state)
{
    struct sc_store_bed *bed = calloc(1, sizeof(*bed));

    sc_store_bed_init(bed);
    *state = bed;
    return 0;
}

static int teardown(void **state)
{
    sc_store_bed_release(*state);
    free(*state);
    return 0;
}

/* --- killed --- */

static void ignore_task(void *arg, const struct sc_task_row *row)
{
    (void)row;
    ++*(int64_t *)arg;
}

static void count_effect(void *arg, const struct sc_effect_row *row)
{
    if (row->state == SC_EFFECT_DONE)
        ++*(int64_t *)arg;
}

static void assert_there(struct sc_store_bed *bed, int64_t number)
{
    char id[24];
    int64_t effects = 0, tasks = 0;

    snprintf(id, sizeof(id), "t%lld", (long long)number);
    assert_int_equal(sc_store_task_get(bed->store, id, ignore_task, &tasks, NULL), SC_OK);
    assert_int_equal(
            sc_store_effects_of(bed->store, id, count_effect, &effects, NULL), SC_OK);
    assert_int_equal(effects, 1);
}

/* Reads what the child tells until it has told enough, kills it, reads the rest. */
static int64_t kill_after(
        struct sc_store_bed *bed, int64_t first, int64_t enough, int64_t *told)
{
    char text[24];
    int from;
    int64_t count = 0;
    pid_t pid;

    snprintf(text, sizeof(text), "%lld", (long long)first);
    pid = start("write", bed->folder, text, &from);
    while (read(from, &told[count], sizeof(told[0])) == sizeof(told[0]))
        if (++count == enough)
            kill(pid, SIGKILL);
    close(from);
    assert_int_equal(end(pid), 128 + SIGKILL);
    return count;
}

static void assert_nothing_half(struct sc_store_bed *bed, int64_t at_least)
{
    struct sc_json *wrong = sc_store_verify(bed->store, NULL);
    int64_t tasks = 0;

    assert_int_equal(sc_json_count(wrong), 0);
    sc_json_free(wrong);
    sc_store_task_list(
            bed->store, &(struct sc_task_filter){ 0 }, ignore_task, &tasks, NULL);
    assert_true(tasks >= at_least);
}

static void what_was_told_done_survives_kill_9_and_nothing_is_half(void **state)
{
    struct sc_store_bed *bed = *state;
    int64_t *told = calloc(1 << 16, sizeof(*told));
    int64_t total = 0;
    unsigned chance = 20261123;

    for (int64_t round = 0; round < KILLS; round++) {
        int64_t enough, count;

        chance = chance * 1664525u + 1013904223u;
        enough = 1 + (chance >> 16) % 300;
        count = kill_after(bed, round * 1000000, enough, told);
        total += count;
        assert_true(count >= enough);
        assert_int_equal(sc_store_bed_open(bed, false), SC_OK);
        for (int64_t i = 0; i < count; i++)
            assert_there(bed, told[i]);
        assert_nothing_half(bed, total);
        sc_store_bed_close(bed);
    }
    free(told);
}

/* --- two processes --- */

static void a_second_owner_is_told_who_has_the_folder(void **state)
{
    struct sc_store_bed *bed = *state;
    char owner[40];
    int64_t told;
    int from;
    pid_t pid = start("write", bed->folder, "1", &from);

    assert_int_equal(read(from, &told, sizeof(told)), sizeof(told)); /* it has opened */
    assert_int_equal(sc_store_bed_open(bed, false), SC_CONFLICT);
    snprintf(owner, sizeof(owner), "in use by process %d;", (int)pid);
    assert_non_null(strstr(bed->err.msg, owner));
    assert_non_null(strstr(bed->err.msg, "--data"));

    /* Looking is allowed, and sees what is done. */
    assert_int_equal(sc_store_bed_open(bed, true), SC_OK);
    assert_there(bed, told);
    sc_store_bed_close(bed);

    /* The lock ends with its process. */
    kill(pid, SIGKILL);
    close(from);
    assert_int_equal(end(pid), 128 + SIGKILL);
    assert_int_equal(sc_store_bed_open(bed, false), SC_OK);
}

static void a_second_owner_in_the_same_process_is_refused_too(void **state)
{
    struct sc_store_bed *bed = *state;
    struct sc_store *first;

    assert_int_equal(sc_store_bed_open(bed, false), SC_OK);
    first = bed->store;
    assert_int_equal(sc_store_bed_open(bed, false), SC_CONFLICT);
    bed->store = first;
}

/* --- folders that cannot be used --- */

static void a_folder_that_cannot_be_written_is_told_and_can_be_looked_at(void **state)
{
    struct sc_store_bed *bed = *state;
    char path[80];
    int from;

    assert_int_equal(sc_store_bed_open(bed, false), SC_OK);
    sc_store_bed_close(bed);
    snprintf(path, sizeof(path), "%s/store.lock", bed->folder);
    unlink(path);
    snprintf(path, sizeof(path), "%s/store.db", bed->folder);
    assert_int_equal(chmod(path, 0444), 0);
    assert_int_equal(chmod(bed->folder, 0555), 0);

    assert_int_equal(end(start("open", bed->folder, NULL, &from)), 0);

    close(from);
    assert_int_equal(chmod(bed->folder, 0755), 0);
}

static void looking_into_an_empty_folder_finds_nothing(void **state)
{
    struct sc_store_bed *bed = *state;

    assert_int_equal(sc_store_bed_open(bed, true), SC_NOT_FOUND);
    assert_non_null(strstr(bed->err.msg, "nothing is kept in"));
}

static void a_folder_is_made_with_those_above_it(void **state)
{
    struct sc_store_bed *bed = *state;
    char path[80];
    struct sc_store_options options = { .folder = path };
    struct sc_store *store;
    struct stat st;

    snprintf(path, sizeof(path), "%s/a/b", bed->folder);
    store = sc_store_open(bed->loop, &options, NULL);
    assert_non_null(store);
    sc_store_close(store);

    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
}

static void a_file_where_the_folder_should_be_is_told(void **state)
{
    struct sc_store_bed *bed = *state;
    char path[80];
    struct sc_store_options options = { .folder = path };
    struct sc_error err;
    FILE *file;

    snprintf(path, sizeof(path), "%s/file", bed->folder);
    file = fopen(path, "w");
    assert_non_null(file);
    fclose(file);

    assert_null(sc_store_open(bed->loop, &options, &err));
    assert_int_equal(err.code, SC_STORAGE);
    assert_non_null(strstr(err.msg, path));
}

static void a_file_that_is_no_database_is_told_and_left_alone(void **state)
{
    struct sc_store_bed *bed = *state;
    char path[80], text[2000] = "";
    FILE *file;

    snprintf(path, sizeof(path), "%s/store.db", bed->folder);
    file = fopen(path, "w");
    for (int i = 0; i < 100; i++)
        fputs("these are notes of mine\n", file);
    fclose(file);

    assert_int_equal(sc_store_bed_open(bed, false), SC_STORAGE);
    assert_non_null(strstr(bed->err.msg, "this is not a database"));
    file = fopen(path, "r");
    assert_non_null(fgets(text, sizeof(text), file));
    fclose(file);
    assert_string_equal(text, "these are notes of mine\n");
}

int main(int argc, char **argv)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(what_was_told_done_survives_kill_9_and_nothing_is_half),
        T(a_second_owner_is_told_who_has_the_folder),
        T(a_second_owner_in_the_same_process_is_refused_too),
        T(a_folder_that_cannot_be_written_is_told_and_can_be_looked_at),
        T(looking_into_an_empty_folder_finds_nothing),
        T(a_folder_is_made_with_those_above_it),
        T(a_file_where_the_folder_should_be_is_told),
        T(a_file_that_is_no_database_is_told_and_left_alone),
    };

    own_argv = argv;
    if (argc == 4 && strcmp(argv[1], "write") == 0)
        return write_until_killed(argv[2], argv[3]);
    if (argc == 3 && strcmp(argv[1], "open") == 0)
        return open_without_rights(argv[2]);
    return cmocka_run_group_tests_name("store/survival", tests, NULL, NULL);
}
