/* Folders, disks, processes and signals at the wrong moment: nothing is lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "integration/drive.h"

enum { DISK_FULL_AT = 700 * 1024, BATCH_LINES = 300 };

#define CALL "tool", "call", "value", "--args", "{\"value\":1}"

/* --- data folders --- */

static void a_data_folder_that_cannot_be_made_is_named(void **state)
{
    struct driver *d = *state;

    driver_write(d, "work/file", "x");
    drive(d, CALL, "--data", "file/data", NULL);
    assert_one_sentence(d, 1, "'file': the data folder cannot be made");
    drive(d, CALL, "--data", "/proc/data", NULL);
    assert_one_sentence(d, 1, "'/proc/data': the data folder cannot be made");
    drive(d, CALL, "--data", "file/data", "--json", NULL);
    assert_error(d, "storage", "choose another data folder");
    drive(d, "tool", "list", "--data", "file/data", NULL);
    assert_int_equal(d->code, 0);
    drive(d, "doctor", "--data", "file", NULL);
    assert_int_equal(d->code, 1);
    assert_says(d->out, "WRONG store");
}

static void set_mode(struct driver *d, const char *name, mode_t mode)
{
    char *path = sc_strdupf("%s/%s", d->folder, name);

    assert_int_equal(chmod(path, mode), 0);
    free(path);
}

static void a_read_only_data_folder_is_named(void **state)
{
    struct driver *d = *state;

    drive(d, CALL, NULL);
    assert_int_equal(d->code, 0);
    if (!driver_be_bound(d)) {
        print_message("skipped: the program cannot be run by another user than root\n");
        return;
    }
    set_mode(d, "data", 0500);
    set_mode(d, "data/store.db", 0400);
    drive(d, CALL, NULL);
    assert_one_sentence(d, 1, "data");
    assert_says(d->err, "write");
    drive(d, "task", "list", "--json", NULL); /* looking is all right */
    assert_int_equal(sc_json_count(d->json), 1);
    set_mode(d, "data", 0700);
}

static void folders_that_may_not_be_written_are_named(void **state)
{
    struct driver *d = *state;

    driver_write(d, "work/out/.keep", "");
    if (!driver_be_bound(d)) {
        print_message("skipped: the program cannot be run by another user than root\n");
        return;
    }
    set_mode(d, "work/out", 0500);
    drive(d, "tool", "call", "file.write", "--args",
            "{\"path\":\"a.txt\",\"text\":\"x\"}", "--yes", "--out", "out", "--json",
            NULL);
    assert_error(d, "denied", "a.txt");
    drive(d, "tool", "call", "file.write", "--args",
            "{\"path\":\"a.txt\",\"text\":\"x\"}", "--yes", "--out", "out/deeper",
            "--json", NULL);
    assert_error(d, "storage", "cannot be used (Permission denied)");
    set_mode(d, "config", 0500);
    drive(d, CALL, "--json", NULL);
    drive(d, "routine", "save", driver_text(d, "id"), "--name", "mine", NULL);
    assert_one_sentence(d, 1, "config/routines': Permission denied");
}

/* Looking makes nothing. */
static void looking_at_a_new_data_folder_leaves_no_trace(void **state)
{
    struct driver *d = *state;

    drive(d, "task", "list", NULL);
    assert_int_equal(d->code, 0);
    drive(d, "doctor", NULL);
    assert_int_equal(d->code, 0);
    drive(d, "task", "show", "1m8", NULL);
    assert_one_sentence(d, 1, "no task was run yet");
    assert_false(driver_has(d, "data/store.db"));
}

static void spoil(struct driver *d, off_t size, const char *text)
{
    char *path = sc_strdupf("%s/data/store.db", d->folder);
    FILE *file;

    if (size)
        assert_int_equal(truncate(path, size), 0);
    file = fopen(path, "r+");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    free(path);
}

/* The damage is told and nothing is written over what may still be saved. */
static void assert_damaged(struct driver *d, const char *says)
{
    char *before = driver_read(d, "data/store.db"), *after;

    drive(d, CALL, NULL);
    assert_one_sentence(d, 1, says);
    assert_says(d->err, "store.db");
    drive(d, "task", "list", "--json", NULL);
    assert_error(d, "storage", says);
    drive(d, "doctor", NULL);
    assert_int_equal(d->code, 1);
    assert_says(d->out, "WRONG store");
    after = driver_read(d, "data/store.db");
    assert_string_equal(after, before);
    free(before);
    free(after);
}

static void a_truncated_database_is_told(void **state)
{
    struct driver *d = *state;

    drive(d, CALL, NULL);
    spoil(d, 5000, "");
    assert_damaged(d, "the file is damaged; keep a copy of the folder");
}

static void a_file_that_is_no_database_is_told(void **state)
{
    struct driver *d = *state;

    drive(d, CALL, NULL);
    spoil(d, 0, "Once upon a time there was a file that was no database at all");
    assert_damaged(d, "this is not a database; move it away");
}

/* Byte 60 of an SQLite file is the user_version, in which the form is kept. */
static void the_data_of_a_newer_program_is_left_alone(void **state)
{
    struct driver *d = *state;
    char *path = sc_strdupf("%s/data/store.db", d->folder);
    FILE *file;

    drive(d, CALL, NULL);
    file = fopen(path, "r+");
    assert_int_equal(fseek(file, 60, SEEK_SET), 0);
    assert_int_equal(fwrite("\0\0\0\x63", 1, 4, file), 4);
    fclose(file);
    drive(d, CALL, NULL);
    assert_one_sentence(d, 1, "the data is of a newer program (form 99");
    drive(d, "task", "list", NULL);
    assert_one_sentence(d, 1, "use the newer program");
    free(path);
}

/* --- two processes --- */

#define NUMBER(id, value) \
    "{\"id\":\"" id "\",\"tool\":\"value\",\"args\":{\"value\":" value "}"

/* First says "ok", then hangs. */
static void write_hanging(struct driver *d)
{
    driver_write(d, "config/tools/bad.loop/tool.lua",
            "return tool { name = \"bad.loop\", summary = \"Loops.\", effect = "
            "\"none\",\n"
            "  timeout = 50, params = { type = \"object\" }, returns = {},\n"
            "  run = function() while true do end end }\n");
    driver_routine(d, "hang",
            "{\"steps\":[" NUMBER("one", "1") "},{\"id\":\"a\",\"tool\":\"bad.loop\","
                                              "\"args\":{},\"after\":[\"one\"]}]}");
}

static void a_second_process_may_look_but_not_act(void **state)
{
    struct driver *d = *state;
    struct program *first;
    char owner[64];

    write_hanging(d);
    first = driver_begin(d, "routine", "run", "hang", NULL);
    assert_true(program_wait_for(first, "ok   one"));
    snprintf(owner, sizeof(owner), "is in use by process %d", (int)first->pid);
    drive(d, CALL, NULL);
    assert_one_sentence(d, 1, owner);
    drive(d, "task", "resume", NULL);
    assert_one_sentence(d, 1, owner);
    drive(d, "task", "list", "--json", NULL);
    assert_int_equal(sc_json_count(d->json), 1);
    drive(d, "task", "show", sc_json_get_string(sc_json_first(d->json), "id", ""), NULL);
    assert_int_equal(d->code, 0);
    drive(d, "tool", "list", NULL);
    assert_int_equal(d->code, 0);
    drive(d, "doctor", NULL);
    assert_int_equal(d->code, 0);
    kill(first->pid, SIGKILL);
    driver_end(d, first);
    assert_int_equal(d->code, 128 + SIGKILL);
    drive(d, CALL, NULL); /* the owner is gone */
    assert_int_equal(d->code, 0);
    assert_says(d->err, "Interrupted tasks go on with: supercargo task resume");
}

/* What it holds in memory, keys too, stays there however it ends. */
static void no_core_file_is_left(void **state)
{
    struct driver *d = *state;
    struct program *program;
    struct rlimit limit;
    char path[64], line[128], soft[32] = "", hard[32] = "";
    FILE *file;

    getrlimit(RLIMIT_CORE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_CORE, &limit);
    write_hanging(d);
    program = driver_begin(d, "routine", "run", "hang", NULL);
    assert_true(program_wait_for(program, "ok   one"));
    snprintf(path, sizeof(path), "/proc/%d/limits", (int)program->pid);
    file = fopen(path, "re");
    assert_non_null(file);
    while (fgets(line, sizeof(line), file) &&
            sscanf(line, "Max core file size %31s %31s", soft, hard) != 2)
        ;
    fclose(file);
    kill(program->pid, SIGKILL);
    driver_end(d, program);

    assert_string_equal(soft, "0");
    assert_string_equal(hard, "0");
}

/* --- signals --- */

/* First says "ok", then waits for three seconds. */
static void write_waiting(struct driver *d)
{
    driver_routine(d, "waiting",
            "{\"steps\":[" NUMBER(
                    "one", "1") "},{\"id\":\"pause\",\"tool\":\"wait\","
                                "\"args\":{\"seconds\":3},\"after\":[\"one\"]}," NUMBER(
                                        "two", "2") ",\"after\":[\"pause\"]}],\"answer\":"
                                                    "\"{{one + two}}\"}");
}

static void assert_stops_in_order(struct driver *d, int signum)
{
    struct program *program;
    const struct sc_json *step;
    char *words, id[32];

    write_waiting(d);
    program = driver_begin(d, "routine", "run", "waiting", NULL);
    assert_true(program_wait_for(program, "ok   one"));
    kill(program->pid, signum);
    driver_end(d, program);
    assert_int_equal(d->code, 130);
    words = strstr(d->err, "Stopped. To go on later: supercargo task resume ");
    assert_non_null(words);
    assert_int_equal(sscanf(strrchr(words, ' '), "%31s", id), 1);
    drive(d, "task", "resume", id, "--json", NULL);
    assert_int_equal(d->code, 0);
    assert_string_equal(driver_text(d, "answer"), "3");
    step = sc_json_first(sc_json_get(d->json, "steps"));
    assert_string_equal(sc_json_get_string(step, "id", ""), "one");
    assert_int_equal(sc_json_get_int(step, "attempts", 0), 1); /* not done again */
}

static void ctrl_c_stops_in_order_and_resume_finishes(void **state)
{
    assert_stops_in_order(*state, SIGINT);
}

static void sigterm_stops_in_order_and_resume_finishes(void **state)
{
    assert_stops_in_order(*state, SIGTERM);
}

static void a_hanging_tool_does_not_hold_ctrl_c(void **state)
{
    struct driver *d = *state;
    struct program *program;

    write_hanging(d);
    program = driver_begin(d, "routine", "run", "hang", NULL);
    assert_true(program_wait_for(program, "ok   one"));
    kill(program->pid, SIGINT);
    driver_end(d, program);
    assert_int_equal(d->code, 130);
    assert_says(d->err, "supercargo task resume");
}

/* --- output --- */

static void output_that_cannot_be_written_is_a_failure(void **state)
{
    struct driver *d = *state;

    d->out_path = "/dev/full";
    drive(d, CALL, "--json", NULL);
    assert_one_sentence(d, 1, "standard output cannot be written (No space left");
    d->out_path = "";
    drive(d, "tool", "list", NULL);
    assert_one_sentence(d, 1, "standard output cannot be written");
    d->out_path = NULL;
    drive(d, "task", "list", "--json", NULL); /* the task itself was done */
    assert_string_equal(sc_json_get_string(sc_json_first(d->json), "state", ""), "done");
}

/* The reader went away: no signal may end a task in the middle. */
static void a_reader_that_goes_away_does_not_end_the_task(void **state)
{
    struct driver *d = *state;
    struct program *program = driver_begin(d, "tool", "call", "file.write", "--args",
            "{\"path\":\"a.txt\",\"text\":\"x\"}", "--yes", NULL);

    close(program->pipes[0].fd);
    program->pipes[0].fd = -1;
    driver_end(d, program);
    assert_int_equal(d->code, 1);
    assert_says(d->err, "standard output cannot be written (Broken pipe)");
    assert_true(driver_has(d, "work/supercargo-out/a.txt"));
}

static void an_output_folder_that_cannot_be_used_is_named(void **state)
{
    struct driver *d = *state;

    driver_write(d, "work/file", "x");
    drive(d, "tool", "call", "file.write", "--args",
            "{\"path\":\"a.txt\",\"text\":\"x\"}", "--yes", "--out", "file", NULL);
    assert_one_sentence(d, 1, "'file' is no folder: give --out another one");
    drive(d, "tool", "call", "file.write", "--args",
            "{\"path\":\"a.txt\",\"text\":\"x\"}", "--yes", "--out", "/proc/out",
            "--json", NULL);
    assert_error(d, "storage", "the output folder '/proc/out' cannot be used");
    drive(d, "tool", "call", "file.write", "--args",
            "{\"path\":\"a.txt\",\"text\":\"x\"}", "--yes", "--out", "new/deep/one",
            NULL);
    assert_int_equal(d->code, 0);
    assert_true(driver_has(d, "work/new/deep/one/a.txt"));
}

/* --- no space --- */

static void a_full_disk_from_the_start_is_told(void **state)
{
    struct driver *d = *state;

    d->file_limit = 50 * 1024;
    drive(d, CALL, NULL);
    assert_one_sentence(d, 1, "store.db': reading or writing failed");
    d->file_limit = 0;
    drive(d, CALL, NULL); /* nothing was spoiled */
    assert_int_equal(d->code, 0);
}

static void write_long(struct driver *d)
{
    driver_routine(d, "long",
            "{\"steps\":[{\"id\":\"file\",\"tool\":\"file.write\",\"args\":{\"path\":"
            "\"a.txt\",\"text\":\"x\"}},{\"id\":\"many\",\"tool\":\"value\",\"after\":["
            "\"file\"],\"args\":{\"value\":\"=string.rep('x', "
            "900000)\"}},{\"id\":\"more\","
            "\"tool\":\"value\",\"args\":{\"value\":\"=#many\"}}],\"answer\":\"{{more}}"
            "\"}");
}

/* The first effect has happened and is on record; then there is no more room. */
static void a_task_that_the_disk_stopped_goes_on_when_there_is_room(void **state)
{
    struct driver *d = *state;
    char *at, id[32];

    write_long(d);
    d->file_limit = DISK_FULL_AT;
    drive(d, "routine", "run", "long", "--yes", NULL);
    assert_int_equal(d->code, 1);
    assert_string_equal(d->out, "");
    assert_says(d->err, "store.db': reading or writing failed");
    at = strstr(d->err, "supercargo task resume ");
    assert_non_null(at);
    assert_int_equal(sscanf(at, "supercargo task resume %31s", id), 1);
    d->file_limit = 0;
    drive(d, "task", "show", id, "--json", NULL);
    assert_string_equal(driver_text(d, "state"), "running");
    drive(d, "task", "resume", id, "--yes", "--json", NULL);
    assert_int_equal(d->code, 0);
    assert_string_equal(driver_text(d, "answer"), "900000");
    assert_int_equal(
            sc_json_get_int(sc_json_first(sc_json_get(d->json, "steps")), "attempts", 0),
            1);
}

/* Told once, nothing more is begun, and what was begun is finished later. */
static void a_batch_ends_when_nothing_can_be_recorded(void **state)
{
    struct driver *d = *state;
    struct sc_buf lines;

    sc_buf_init(&lines);
    for (int i = 0; i < BATCH_LINES; i++)
        sc_buf_addf(&lines, "convert %d USD to CNY\n", i + 1);
    driver_write(d, "work/tasks", lines.data);
    sc_buf_release(&lines);
    d->file_limit = DISK_FULL_AT;
    drive(d, "run", "--batch", "tasks", "--offline", NULL);
    assert_int_equal(d->code, 1);
    assert_says(d->err, "store.db': reading or writing failed");
    assert_null(strstr(strchr(d->err, '\n'), "reading or writing failed"));
    d->file_limit = 0;
    drive(d, "task", "resume", "--offline", NULL);
    assert_int_equal(d->code, 0);
    drive(d, "task", "list", "--state", "running", NULL);
    assert_string_equal(d->out, "");
    drive(d, "doctor", NULL);
    assert_int_equal(d->code, 0);
}

static void a_file_that_does_not_fit_leaves_no_half_of_it(void **state)
{
    struct driver *d = *state;

    driver_routine(d, "big",
            "{\"steps\":[{\"id\":\"rows\",\"tool\":\"value\",\"args\":{\"value\":"
            "\"=string.rep('x', "
            "1000)\"}},{\"id\":\"file\",\"tool\":\"file.write\",\"args\":"
            "{\"path\":\"a.txt\",\"text\":\"=string.rep(rows, 1000)\"}}]}");
    d->file_limit = 500 * 1024;
    drive(d, "routine", "run", "big", "--yes", "--json", NULL);
    assert_int_equal(d->code, 1);
    assert_false(driver_has(d, "work/supercargo-out/a.txt"));
    d->file_limit = 0;
    drive(d, "task", "resume", "--yes", "--json", NULL);
    assert_int_equal(d->code, 0);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, driver_setup, driver_teardown)
    const struct CMUnitTest tests[] = {
        T(a_data_folder_that_cannot_be_made_is_named),
        T(a_read_only_data_folder_is_named),
        T(folders_that_may_not_be_written_are_named),
        T(looking_at_a_new_data_folder_leaves_no_trace),
        T(a_truncated_database_is_told),
        T(a_file_that_is_no_database_is_told),
        T(the_data_of_a_newer_program_is_left_alone),
        T(a_second_process_may_look_but_not_act),
        T(no_core_file_is_left),
        T(ctrl_c_stops_in_order_and_resume_finishes),
        T(sigterm_stops_in_order_and_resume_finishes),
        T(a_hanging_tool_does_not_hold_ctrl_c),
        T(output_that_cannot_be_written_is_a_failure),
        T(a_reader_that_goes_away_does_not_end_the_task),
        T(an_output_folder_that_cannot_be_used_is_named),
        T(a_full_disk_from_the_start_is_told),
        T(a_task_that_the_disk_stopped_goes_on_when_there_is_room),
        T(a_batch_ends_when_nothing_can_be_recorded),
        T(a_file_that_does_not_fit_leaves_no_half_of_it),
    };
    return cmocka_run_group_tests_name("integration/bad_place", tests, NULL, NULL);
}
