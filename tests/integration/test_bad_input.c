/* What people and files can bring that is no good: one clear sentence each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "integration/drive.h"

enum { BIG_FILE = 200 << 20, LONG_WORDS = 10000 };

#define READ(name) "{\"path\":\"" name "\"}"

/* Without the file in memory; the sanitizers have shadows of their own. */
#if defined(__SANITIZE_ADDRESS__)
enum { MOST_KIB = 1 << 20 };
#else
enum { MOST_KIB = 100 << 10 };
#endif

/* --- text that is none --- */

static void what_is_not_utf8_is_refused_by_place(void **state)
{
    struct driver *d = *state;

    driver_write(d, "work/\xff.csv", "sku,stock,sold\nA1,5,30\n");
    drive(d, "run", "price \xff\xfe", NULL);
    assert_one_sentence(d, 1, "the task is not UTF-8 at byte 7");
    drive(d, "run", "list what to restock", "-f", "\xff.csv", NULL);
    assert_one_sentence(d, 1, "the name of a --file is not UTF-8");
    drive(d, "routine", "run", "restock-list", "--input", "cover=\xff", NULL);
    assert_one_sentence(d, 1, "an --input is not UTF-8 at byte 7");
    drive(d, "tool", "call", "value", "--args", "{\"value\":\"\xff\"}", NULL);
    assert_one_sentence(d, 1, "--args is not JSON");
    drive(d, "tool", "call", "value", "--args", "{\"value\":1}", "--out", "\xff", NULL);
    assert_one_sentence(d, 1, "--out is not UTF-8");
}

static void a_file_of_an_unknown_encoding_says_what_was_guessed(void **state)
{
    struct driver *d = *state;

    driver_write(d, "work/a.csv", "name,n\ncaf\xe9,1\n");
    drive(d, "tool", "call", "table.read", "--args", READ("a.csv"), "-f", "a.csv",
            "--json", NULL);
    assert_int_equal(d->code, 0);
    assert_says(d->out, "was read as windows-1252");
    drive(d, "tool", "call", "table.read", "--args",
            "{\"path\":\"a.csv\",\"encoding\":\"utf-8\"}", "-f", "a.csv", "--json", NULL);
    assert_error(d, "invalid", "bytes that are not");
}

static void a_file_that_is_no_table_is_refused(void **state)
{
    struct driver *d = *state;

    driver_copy(d, SC_PROGRAM, "work/a.xlsx");
    drive(d, "tool", "call", "table.read", "--args", READ("a.xlsx"), "-f", "a.xlsx",
            "--json", NULL);
    assert_error(d, "invalid", "a.xlsx");
    driver_write(d, "work/empty.csv", "");
    drive(d, "tool", "call", "table.read", "--args", READ("empty.csv"), "-f", "empty.csv",
            "--json", NULL);
    assert_error(d, "invalid", "empty.csv: the file is empty");
    drive(d, "run", "list what to restock", "-f", "/dev/zero", NULL);
    assert_one_sentence(d, 1, "'/dev/zero' is not a file");
    drive(d, "run", "list what to restock", "-f", ".", NULL);
    assert_one_sentence(d, 1, "'.' is not a file");
}

/* --- too much --- */

/* It takes no room on the disk: nothing was written into it. */
static void make_big(struct driver *d, const char *below)
{
    char *path = sc_strdupf("%s/%s", d->folder, below);

    driver_write(d, below, "");
    assert_int_equal(truncate(path, BIG_FILE), 0);
    free(path);
}

static void a_file_of_200_mb_is_refused_unread(void **state)
{
    struct driver *d = *state;

    make_big(d, "work/big.csv");
    make_big(d, "work/big.xlsx");
    drive(d, "run", "list what to restock", "-f", "big.csv", "--json", NULL);
    assert_error(d, "invalid", "'big.csv' has 209 MB; at most 67 MB are read");
    assert_true(d->peak_kib < MOST_KIB);
    drive(d, "run", "list what to restock", "-f", "big.xlsx", "--json", NULL);
    assert_error(d, "invalid", "'big.xlsx' has 209 MB");
    drive(d, "tool", "call", "file.read", "--args", READ("big.csv"), "-f", "big.csv",
            "--json", NULL);
    assert_error(d, "invalid", "'big.csv' has 209 MB");
    drive(d, "run", "--batch", "big.csv", NULL);
    assert_one_sentence(d, 1, "'big.csv' is larger than");
    assert_true(d->peak_kib < MOST_KIB);
}

static void files_of_the_program_have_limits_too(void **state)
{
    struct driver *d = *state;

    make_big(d, "config/tools/big/tool.lua");
    make_big(d, "config/routines/big.json");
    drive(d, "tool", "list", NULL);
    assert_int_equal(d->code, 0);
    assert_says(d->out, "price.landed");
    assert_says(d->err, "big/tool.lua");
    drive(d, "routine", "run", "big", NULL);
    assert_one_sentence(d, 1, "routines/big.json");
    assert_true(d->peak_kib < MOST_KIB);
}

static void long_words_are_taken_and_too_long_ones_refused(void **state)
{
    struct driver *d = *state;
    char *words = sc_zalloc(LONG_WORDS * 7 + 1);

    memset(words, 'a', LONG_WORDS);
    drive(d, "run", words, "--json", NULL);
    assert_error(d, "not_found", "no routine does this");
    memset(words, 'b', LONG_WORDS * 7);
    drive(d, "run", words, NULL);
    assert_one_sentence(d, 1, "put long text into a file");
    free(words);
}

static void a_task_without_words_is_refused(void **state)
{
    struct driver *d = *state;

    drive(d, "run", "", NULL);
    assert_one_sentence(d, 1, "the task has no words");
    drive(d, "run", " \t\n", NULL);
    assert_one_sentence(d, 1, "the task has no words");
    drive(d, "plan", "", NULL);
    assert_one_sentence(d, 1, "the task has no words");
    drive(d, "task", "show", "", NULL);
    assert_one_sentence(d, 2, "task show|cancel ID");
}

/* --- CSV as people have it --- */

static void ragged_rows_are_filled_or_named(void **state)
{
    struct driver *d = *state;

    driver_write(d, "work/short.csv", "a,b,c\n1,2\n3,4,5\n");
    drive(d, "tool", "call", "table.read", "--args", READ("short.csv"), "-f", "short.csv",
            "--json", NULL);
    assert_int_equal(d->code, 0);
    assert_says(d->out, "row 2 has 2 cells, the header 3; the rest is empty");
    driver_write(d, "work/long.csv", "a,b\n1,2\n3,4,5\n");
    drive(d, "tool", "call", "table.read", "--args", READ("long.csv"), "-f", "long.csv",
            "--json", NULL);
    assert_error(d, "invalid", "long.csv: row 3 has 3 cells, but the header has 2");
    driver_write(d, "work/open.csv", "a,b\n1,\"2\n3,4\n");
    drive(d, "tool", "call", "table.read", "--args", READ("open.csv"), "-f", "open.csv",
            "--json", NULL);
    assert_error(d, "invalid", "the quote that opens in row 2 is never closed");
}

static void columns_of_one_name_stay_apart(void **state)
{
    struct driver *d = *state;

    driver_write(d, "work/a.csv", "sku,sku\nx,y\n");
    drive(d, "tool", "call", "table.read", "--args", READ("a.csv"), "-f", "a.csv",
            "--json", NULL);
    assert_int_equal(d->code, 0);
    assert_says(d->out, "two columns are named 'sku'; column 2 is called 'sku (2)'");
    assert_says(d->out, "{\"sku\":\"x\",\"sku (2)\":\"y\"}");
}

static void costs_in_another_currency_are_not_priced(void **state)
{
    struct driver *d = *state;

    driver_write(d, "work/a.csv", "SKU,进价\nA1,$3.50\n");
    drive(d, "run", "price a.csv for Germany", "-f", "a.csv", "--yes", NULL);
    assert_int_equal(d->code, 1);
    assert_says(d->out, "row 2 has '$3.50', which is not in CNY");
    drive(d, "run", "price a.csv for Germany", "-f", "a.csv", "--yes", "--input",
            "currency=USD", NULL);
    assert_int_equal(d->code, 0);
    assert_says(d->out, "costs are in USD, freight is 20 CNY per kg");
    assert_says(d->out, "Worth knowing");
    assert_says(d->out, "a sample of 2019-11-11");
}

/* A product without a cost or a stock gets no figures, and is named. */
static void products_that_lack_a_figure_are_named_and_left_out(void **state)
{
    struct driver *d = *state;

    driver_write(d, "work/a.csv",
            "SKU,cost,weight "
            "(g),stock,sold\nA1,,400,5,60\nA2,40,400,,60\nA3,40,400,5,\n");
    drive(d, "run", "price a.csv for Germany and list what to restock", "-f", "a.csv",
            "--yes", "--json", NULL);
    assert_int_equal(d->code, 4);
    assert_says(driver_text(d, "answer"), "2 products priced for DE. Not priced: A1 (");
    assert_says(driver_text(d, "answer"), "1 of 1 products must be reordered");
    assert_says(driver_text(d, "answer"), "Not counted: A2, A3 (");
    assert_says(d->out, "column 'cost' is empty in row 2");
}

/* What a spreadsheet would take for a formula is text here and in what is written. */
static void formulas_are_data(void **state)
{
    struct driver *d = *state;
    char *written;

    driver_write(d, "work/a.csv",
            "a,b,c,d,e\n=1+1,+2+cmd,-3+x,@sum,\"=HYPERLINK(\"\"x\"\")\"\n");
    driver_routine(d, "copy",
            "{\"steps\":[{\"id\":\"sheet\",\"tool\":\"table.read\",\"args\":{\"path\":"
            "\"a.csv\"}},{\"id\":\"out\",\"tool\":\"table.write\",\"args\":{\"path\":"
            "\"copy.csv\",\"rows\":\"=sheet.rows\"}},{\"id\":\"text\",\"tool\":\"value\","
            "\"args\":{\"value\":\"{{sheet.rows[1].a}}\"}}],\"answer\":\"{{text}}\"}");
    drive(d, "routine", "run", "copy", "-f", "a.csv", "--yes", "--json", NULL);
    if (d->code != 0)
        fail_msg("%s%s", d->out, d->err);
    assert_string_equal(driver_text(d, "answer"), "=1+1");
    written = driver_read(d, "work/supercargo-out/copy.csv");
    assert_says(written, "'=1+1,'+2+cmd,'-3+x,'@sum,\"'=HYPERLINK(\"\"x\"\")\"");
    free(written);
}

/* --- control characters --- */

/* What a file says cannot colour, clear or overwrite the terminal. */
static void control_characters_do_not_reach_the_terminal(void **state)
{
    struct driver *d = *state;

    driver_write(d, "work/a.csv", "name\n\x1b[2J\x1b]0;title\x07red\xe2\x80\xae\n");
    driver_routine(d, "show",
            "{\"steps\":[{\"id\":\"sheet\",\"tool\":\"table.read\",\"args\":{\"path\":"
            "\"a.csv\"}},{\"id\":\"text\",\"tool\":\"value\",\"args\":{\"value\":"
            "\"=sheet.rows[1].name\"}}],\"answer\":\"{{text}}\"}");
    drive(d, "routine", "run", "show", "-f", "a.csv", NULL);
    assert_int_equal(d->code, 0);
    assert_says(d->out, "\xef\xbf\xbd[2J");
    assert_says_not(d->out, "\x1b");
    assert_says_not(d->err, "\x1b");
    assert_says_not(d->out, "\xe2\x80\xae");
    drive(d, "routine", "run", "show", "-f", "a.csv", "--json", NULL);
    assert_says_not(d->out, "\x1b");
    assert_int_equal(
            strlen(driver_text(d, "answer")), strlen("\x1b[2J\x1b]0;title\x07redxxx"));
}

static void control_characters_of_arguments_are_not_repeated(void **state)
{
    struct driver *d = *state;

    drive(d, "tool", "show", "\x1b[31mx", NULL);
    assert_one_sentence(d, 1, "there is no tool");
    assert_says_not(d->err, "\x1b");
    drive(d, "\x1b[31mrun", NULL);
    assert_int_equal(d->code, 2);
    assert_says_not(d->err, "\x1b");
    drive(d, "run", "--\x1b[31m", NULL);
    assert_int_equal(d->code, 2);
    assert_says_not(d->err, "\x1b");
    drive(d, "plan", "\x1b[31mlist what to restock", "-f", "/dev/null", NULL);
    assert_says_not(d->err, "\x1b");
}

static void the_list_of_tasks_shows_words_without_their_control_characters(void **state)
{
    struct driver *d = *state;

    driver_write(d, "work/a.csv", "sku,stock,sold\nA1,5,30\n");
    drive(d, "run", "\x1b list what to restock\r\n", "-f", "a.csv", NULL);
    drive(d, "task", "list", NULL);
    assert_int_equal(d->code, 0);
    assert_says(d->out, "list what to restock");
    assert_says_not(d->out, "\x1b");
    assert_says_not(d->out, "\r");
}

/* --- --json --- */

static void json_is_one_object_whatever_happens(void **state)
{
    struct driver *d = *state;

    drive(d, "run", "", "--json", NULL);
    assert_error(d, "invalid", "no words");
    drive(d, "run", "x", "-f", "none", "--json", NULL);
    assert_error(d, "not_found", "there is no file 'none'");
    drive(d, "tool", "show", "none", "--json", NULL);
    assert_error(d, "not_found", "there is no tool 'none'");
    drive(d, "tool", "call", "value", "--args", "[", "--json", NULL);
    assert_error(d, "invalid", "--args is not JSON");
    drive(d, "task", "show", "none", "--json", NULL);
    assert_error(d, "not_found", "there is no task 'none'");
    drive(d, "task", "resume", "none", "--json", NULL);
    assert_error(d, "not_found", "there is no task");
    drive(d, "routine", "save", "none", "--name", "x", "--json", NULL);
    assert_error(d, "not_found", "there is no task");
    drive(d, "check", "none", "--json", NULL);
    assert_error(d, "not_found", "none");
    drive(d, "run", "x", "--nonsense", "--json", NULL);
    assert_int_equal(d->code, 2);
    assert_non_null(d->json);
    assert_string_equal(driver_text(d, "error.code"), "invalid");
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, driver_setup, driver_teardown)
    const struct CMUnitTest tests[] = {
        T(what_is_not_utf8_is_refused_by_place),
        T(a_file_of_an_unknown_encoding_says_what_was_guessed),
        T(a_file_that_is_no_table_is_refused),
        T(a_file_of_200_mb_is_refused_unread),
        T(files_of_the_program_have_limits_too),
        T(long_words_are_taken_and_too_long_ones_refused),
        T(a_task_without_words_is_refused),
        T(ragged_rows_are_filled_or_named),
        T(columns_of_one_name_stay_apart),
        T(costs_in_another_currency_are_not_priced),
        T(products_that_lack_a_figure_are_named_and_left_out),
        T(formulas_are_data),
        T(control_characters_do_not_reach_the_terminal),
        T(control_characters_of_arguments_are_not_repeated),
        T(the_list_of_tasks_shows_words_without_their_control_characters),
        T(json_is_one_object_whatever_happens),
    };
    return cmocka_run_group_tests_name("integration/bad_input", tests, NULL, NULL);
}
