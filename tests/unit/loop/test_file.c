#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loop/file.h"

struct fixture {
    char folder[64];
    char path[96];
    struct sc_buf text;
    struct sc_error err;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    snprintf(f->folder, sizeof(f->folder), "/tmp/sc-file-XXXXXX");
    if (!mkdtemp(f->folder))
        return -1;
    snprintf(f->path, sizeof(f->path), "%s/a.txt", f->folder);
    sc_buf_init(&f->text);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    unlink(f->path);
    rmdir(f->folder);
    sc_buf_release(&f->text);
    free(f);
    return 0;
}

static int files_in(const char *folder)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    int count = 0;

    while ((entry = readdir(dir)))
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(dir);
    return count;
}

static void what_was_written_is_read_and_nothing_else_is_left(void **state)
{
    struct fixture *f = *state;
    struct stat st;

    assert_int_equal(sc_file_write(f->path, "old and longer", 14, 0644, NULL), SC_OK);
    assert_int_equal(sc_file_write(f->path, "n\0w", 3, 0600, NULL), SC_OK);
    assert_int_equal(sc_file_read(f->path, 3, &f->text, NULL), SC_OK);

    assert_int_equal(f->text.len, 3);
    assert_memory_equal(f->text.data, "n\0w", 3);
    assert_int_equal(files_in(f->folder), 1);
    assert_int_equal(stat(f->path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void a_file_over_the_limit_is_refused_by_name(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(sc_file_write(f->path, "1234", 4, 0644, NULL), SC_OK);
    assert_int_equal(sc_file_read(f->path, 3, &f->text, &f->err), SC_INVALID);

    assert_int_equal(f->text.len, 0);
    assert_non_null(strstr(f->err.msg, f->path));
}

static void a_missing_file_is_not_found(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(sc_file_read(f->path, 10, &f->text, &f->err), SC_NOT_FOUND);
}

static void a_folder_and_a_pipe_are_not_files(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(mkfifo(f->path, 0600), 0);
    assert_int_equal(sc_file_read(f->folder, 10, &f->text, &f->err), SC_INVALID);
    assert_int_equal(sc_file_read(f->path, 10, &f->text, &f->err), SC_INVALID);
}

static void a_file_that_tells_no_size_is_read_to_its_end(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(sc_file_read("/proc/self/status", 65536, &f->text, NULL), SC_OK);
    assert_true(f->text.len > 0);
}

static void writing_into_a_missing_folder_leaves_nothing(void **state)
{
    struct fixture *f = *state;
    char path[128];

    snprintf(path, sizeof(path), "%s/none/a.txt", f->folder);
    assert_int_equal(sc_file_write(path, "x", 1, 0644, &f->err), SC_NOT_FOUND);
    assert_int_equal(files_in(f->folder), 0);
}

static void a_failed_rename_leaves_the_old_content(void **state)
{
    struct fixture *f = *state;
    char inner[128];

    assert_int_equal(mkdir(f->path, 0700), 0); /* a folder cannot be replaced by a file */
    snprintf(inner, sizeof(inner), "%s/x", f->path);
    assert_int_equal(sc_file_write(inner, "x", 1, 0644, NULL), SC_OK);
    assert_int_equal(sc_file_write(f->path, "y", 1, 0644, &f->err), SC_STORAGE);

    assert_int_equal(files_in(f->folder), 1);
    unlink(inner);
    rmdir(f->path);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(what_was_written_is_read_and_nothing_else_is_left),
        T(a_file_over_the_limit_is_refused_by_name),
        T(a_missing_file_is_not_found),
        T(a_folder_and_a_pipe_are_not_files),
        T(a_file_that_tells_no_size_is_read_to_its_end),
        T(writing_into_a_missing_folder_leaves_nothing),
        T(a_failed_rename_leaves_the_old_content),
    };
    return cmocka_run_group_tests_name("loop/file", tests, NULL, NULL);
}
