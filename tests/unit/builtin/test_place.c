#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "builtin_bed.h"

#define T(fn) cmocka_unit_test_setup_teardown(fn, builtin_bed_setup, builtin_bed_teardown)

static enum sc_code write_file(struct builtin_bed *bed, const char *path)
{
    char *args = sc_strdupf("{'path':'%s','text':'hello'}", path);
    enum sc_code code = builtin_bed_call(bed, "file.write", args);

    free(args);
    return code;
}

static enum sc_code read_file(struct builtin_bed *bed, const char *path)
{
    char *args = sc_strdupf("{'path':'%s'}", path);
    enum sc_code code = builtin_bed_call(bed, "file.read", args);

    free(args);
    return code;
}

static void link_to(struct builtin_bed *bed, const char *target, const char *name)
{
    char path[128];

    (void)!mkdir(bed->out, 0755);
    snprintf(path, sizeof(path), "%s/%s", bed->out, name);
    assert_int_equal(symlink(target, path), 0);
}

static void a_file_is_written_and_read_by_its_name(void **state)
{
    struct builtin_bed *bed = *state;

    assert_int_equal(write_file(bed, "week/47/报告.txt"), SC_OK);
    assert_int_equal(read_file(bed, "week/47/报告.txt"), SC_OK);
    builtin_bed_expect(bed, "text", "'hello'");
}

static void an_absolute_path_below_the_output_folder_is_readable(void **state)
{
    struct builtin_bed *bed = *state;
    char path[128];

    assert_int_equal(write_file(bed, "a.txt"), SC_OK);
    snprintf(path, sizeof(path), "%s/a.txt", bed->out);
    assert_int_equal(read_file(bed, path), SC_OK);
}

static void a_given_file_is_found_by_name_and_by_path(void **state)
{
    struct builtin_bed *bed = *state;
    char path[128];

    builtin_bed_give_text(bed, "letter.txt", "hi");
    snprintf(path, sizeof(path), "%s/letter.txt", bed->in);
    assert_int_equal(read_file(bed, "letter.txt"), SC_OK);
    assert_int_equal(read_file(bed, path), SC_OK);
}

static void a_path_among_the_inputs_is_readable(void **state)
{
    struct builtin_bed *bed = *state;
    char path[128];

    builtin_bed_give_text(bed, "letter.txt", "hi");
    snprintf(path, sizeof(path), "%s/letter.txt", bed->in);
    sc_json_free(bed->files);
    bed->files = sc_json_new_array();
    bed->context.files = bed->files;
    assert_int_equal(read_file(bed, path), SC_DENIED);
    sc_json_set_string(bed->inputs, "letter", path);
    assert_int_equal(read_file(bed, path), SC_OK);
}

static void two_given_files_of_one_name_need_a_path(void **state)
{
    struct builtin_bed *bed = *state;

    sc_json_append(bed->files, sc_json_new_string("/x/a.txt"));
    sc_json_append(bed->files, sc_json_new_string("/y/a.txt"));
    assert_int_equal(read_file(bed, "a.txt"), SC_CONFLICT);
}

static void files_of_a_given_folder_are_readable_but_not_beyond(void **state)
{
    struct builtin_bed *bed = *state;
    char path[160];

    builtin_bed_give_text(bed, "a.txt", "hi");
    sc_json_free(bed->files);
    bed->files = sc_json_new_array();
    bed->context.files = bed->files;
    sc_json_append(bed->files, sc_json_new_string(bed->in));
    snprintf(path, sizeof(path), "%s/a.txt", bed->in);
    assert_int_equal(read_file(bed, path), SC_OK);
    snprintf(path, sizeof(path), "%s/../in/a.txt", bed->in);
    assert_int_equal(read_file(bed, path), SC_DENIED);
}

static void paths_that_lead_out_are_denied(void **state)
{
    struct builtin_bed *bed = *state;

    assert_int_equal(read_file(bed, "../in/x.txt"), SC_DENIED);
    assert_int_equal(read_file(bed, "/etc/passwd"), SC_DENIED);
    assert_int_equal(read_file(bed, "a/../../b"), SC_DENIED);
    assert_int_equal(write_file(bed, "../x.txt"), SC_DENIED);
    assert_int_equal(write_file(bed, "/tmp/x.txt"), SC_DENIED);
    assert_int_equal(write_file(bed, "a/./x.txt"), SC_DENIED);
}

static void names_that_are_none_are_refused(void **state)
{
    struct builtin_bed *bed = *state;

    assert_int_equal(write_file(bed, "a//b.txt"), SC_INVALID);
    assert_int_equal(write_file(bed, "folder/"), SC_INVALID);
    assert_int_equal(write_file(bed, "a\\u0007b.txt"), SC_INVALID);
    assert_int_equal(
            write_file(bed, "a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r.txt"), SC_INVALID);
}

static void a_link_in_the_output_folder_is_not_read_through(void **state)
{
    struct builtin_bed *bed = *state;

    link_to(bed, "/etc/passwd", "innocent.txt");
    assert_int_equal(read_file(bed, "innocent.txt"), SC_DENIED);
}

static void a_link_in_the_output_folder_is_not_written_through(void **state)
{
    struct builtin_bed *bed = *state;
    char target[128];
    struct stat info;

    snprintf(target, sizeof(target), "%s/victim", bed->folder);
    link_to(bed, target, "innocent.txt");
    assert_int_equal(write_file(bed, "innocent.txt"), SC_DENIED);
    assert_int_equal(stat(target, &info), -1);
}

static void a_folder_that_is_a_link_is_not_entered(void **state)
{
    struct builtin_bed *bed = *state;

    link_to(bed, bed->folder, "sub");
    assert_int_equal(write_file(bed, "sub/x.txt"), SC_DENIED);
    assert_int_equal(read_file(bed, "sub/in"), SC_DENIED);
}

static void a_pipe_does_not_stop_the_program(void **state)
{
    struct builtin_bed *bed = *state;
    char path[128];

    snprintf(path, sizeof(path), "%s/pipe", bed->in);
    assert_int_equal(mkfifo(path, 0600), 0);
    sc_json_append(bed->files, sc_json_new_string(path));
    assert_int_equal(read_file(bed, "pipe"), SC_INVALID);
}

static void an_input_is_never_overwritten(void **state)
{
    struct builtin_bed *bed = *state;

    assert_int_equal(symlink(bed->in, bed->out), 0);
    builtin_bed_give_text(bed, "a.txt", "mine");
    assert_int_equal(builtin_bed_call(bed, "file.write",
                             "{'path':'a.txt','text':'yours','overwrite':true}"),
            SC_DENIED);
    assert_int_equal(read_file(bed, "a.txt"), SC_OK);
    builtin_bed_expect(bed, "text", "'mine'");
}

static void a_folder_in_the_way_is_told(void **state)
{
    struct builtin_bed *bed = *state;

    assert_int_equal(write_file(bed, "a/b.txt"), SC_OK);
    assert_int_equal(write_file(bed, "a"), SC_CONFLICT);
}

static void nothing_is_left_beside_a_written_file(void **state)
{
    struct builtin_bed *bed = *state;

    assert_int_equal(write_file(bed, "a.txt"), SC_OK);
    (void)!builtin_bed_call(bed, "file.list", "{'from':'out'}");
    assert_int_equal(sc_json_count(sc_json_get(bed->value, "files")), 1);
}

static void a_task_without_an_output_folder_cannot_write(void **state)
{
    struct builtin_bed *bed = *state;

    bed->context.out_dir = NULL;
    assert_int_equal(write_file(bed, "a.txt"), SC_DENIED);
    assert_int_equal(read_file(bed, "a.txt"), SC_NOT_FOUND);
}

static void listing_shows_inputs_and_outputs_by_pattern(void **state)
{
    struct builtin_bed *bed = *state;

    builtin_bed_give_text(bed, "in.csv", "a");
    assert_int_equal(write_file(bed, "sub/out.csv"), SC_OK);
    assert_int_equal(write_file(bed, "out.txt"), SC_OK);
    (void)!builtin_bed_call(bed, "file.list", "{'pattern':'*.csv'}");
    assert_int_equal(sc_json_count(sc_json_get(bed->value, "files")), 2);
    builtin_bed_expect(bed, "files.0.name", "'in.csv'");
    builtin_bed_expect(bed, "files.0.from", "'in'");
    builtin_bed_expect(bed, "files.1.name", "'sub/out.csv'");
}

static void gbk_text_is_read_as_such(void **state)
{
    struct builtin_bed *bed = *state;

    builtin_bed_give_text(
            bed, "a.txt", "\xc2\xb6\xd3\xaa\xb5\xc6\xa3\xac\xb3\xe4\xb5\xe7");
    (void)!builtin_bed_call(bed, "file.read", "{'path':'a.txt','encoding':'gb18030'}");
    builtin_bed_expect(bed, "text", "'露营灯，充电'");
}

static void a_byte_order_mark_is_dropped(void **state)
{
    struct builtin_bed *bed = *state;

    builtin_bed_give(bed, "a.txt", "\xff\xfeh\0i\0", 6);
    assert_int_equal(read_file(bed, "a.txt"), SC_OK);
    builtin_bed_expect(bed, "text", "'hi'");
    builtin_bed_expect(bed, "encoding", "'utf-16'");
}

static void bytes_that_do_not_fit_the_encoding_are_refused(void **state)
{
    struct builtin_bed *bed = *state;

    builtin_bed_give_text(bed, "a.txt", "ok\xff\xff");
    assert_int_equal(
            builtin_bed_call(bed, "file.read", "{'path':'a.txt','encoding':'utf-8'}"),
            SC_INVALID);
    assert_non_null(strstr(bed->err.msg, "byte 2"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_file_is_written_and_read_by_its_name),
        T(an_absolute_path_below_the_output_folder_is_readable),
        T(a_given_file_is_found_by_name_and_by_path),
        T(a_path_among_the_inputs_is_readable),
        T(two_given_files_of_one_name_need_a_path),
        T(files_of_a_given_folder_are_readable_but_not_beyond),
        T(paths_that_lead_out_are_denied),
        T(names_that_are_none_are_refused),
        T(a_link_in_the_output_folder_is_not_read_through),
        T(a_link_in_the_output_folder_is_not_written_through),
        T(a_folder_that_is_a_link_is_not_entered),
        T(a_pipe_does_not_stop_the_program),
        T(an_input_is_never_overwritten),
        T(a_folder_in_the_way_is_told),
        T(nothing_is_left_beside_a_written_file),
        T(a_task_without_an_output_folder_cannot_write),
        T(listing_shows_inputs_and_outputs_by_pattern),
        T(gbk_text_is_read_as_such),
        T(a_byte_order_mark_is_dropped),
        T(bytes_that_do_not_fit_the_encoding_are_refused),
    };
    return cmocka_run_group_tests_name("builtin/place", tests, NULL, NULL);
}
