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

static void expect_text(struct builtin_bed *bed, const char *name, const char *text)
{
    size_t len;
    char *data = builtin_bed_written(bed, name, &len);

    assert_non_null(data);
    assert_string_equal(data, text);
    free(data);
}

/* What table.read makes of a file that table.write has written. */
static void read_back(struct builtin_bed *bed, const char *name, const char *more)
{
    char *args = sc_strdupf("{'path':'%s'%s}", name, more);

    assert_int_equal(builtin_bed_call(bed, "table.read", args), SC_OK);
    free(args);
}

static void csv_has_a_mark_heads_and_quotes(void **state)
{
    struct builtin_bed *bed = *state;

    (void)!builtin_bed_call(bed, "table.write",
            "{'path':'a.csv','rows':[{'sku':'A,1','n':1.50},{'sku':null,'n':true}]}");
    builtin_bed_expect(bed, "row_count", "2");
    builtin_bed_expect(bed, "name", "'a.csv'");
    expect_text(bed, "a.csv", "\xef\xbb\xbfsku,n\r\n\"A,1\",1.50\r\n,true\r\n");
}

static void text_that_a_spreadsheet_would_run_is_guarded(void **state)
{
    struct builtin_bed *bed = *state;

    (void)!builtin_bed_call(bed, "table.write",
            "{'path':'a.csv','bom':false,'rows':[{'a':'=1+1','b':-5}]}");
    expect_text(bed, "a.csv", "a,b\r\n'=1+1,-5\r\n");
}

static void guarding_can_be_left_out(void **state)
{
    struct builtin_bed *bed = *state;

    (void)!builtin_bed_call(bed, "table.write",
            "{'path':'a.tsv','formulas':'keep','rows':[{'a':'=1+1','b':'x'}]}");
    expect_text(bed, "a.tsv", "a\tb\r\n=1+1\tx\r\n");
}

static void columns_choose_order_and_titles_by_language(void **state)
{
    struct builtin_bed *bed = *state;

    (void)!builtin_bed_call(bed, "table.write",
            "{'path':'a.csv','bom':false,'language':'zh-CN','rows':[{'a':1,'b':2}],"
            "'columns':[{'name':'b','title':{'en':'Bee','zh':'乙'}},'a']}");
    expect_text(bed, "a.csv", "乙,a\r\n2,1\r\n");
}

static void a_field_that_no_row_has_is_noted(void **state)
{
    struct builtin_bed *bed = *state;

    (void)!builtin_bed_call(bed, "table.write",
            "{'path':'a.csv','rows':[{'a':1}],'columns':['a','prise']}");
    assert_true(builtin_bed_noted(bed, "'prise'"));
}

static void json_keeps_numbers_exactly(void **state)
{
    struct builtin_bed *bed = *state;

    (void)!builtin_bed_call(
            bed, "table.write", "{'path':'a.json','rows':[{'n':12.50},{'m':1}]}");
    read_back(bed, "a.json", "");
    builtin_bed_expect(bed, "rows.0", "{'n':12.50,'m':null}");
}

static void a_workbook_comes_back_as_it_was(void **state)
{
    struct builtin_bed *bed = *state;

    (void)!builtin_bed_call(bed, "table.write",
            "{'path':'a.xlsx','sheet':'价格','rows':["
            "{'sku':'007','品名':'露营灯','price':19.99,'day':'2026-11-23','ok':true},"
            "{'sku':'=1+1','品名':'','price':1980,'day':'2026-01-31','ok':false}],"
            "'columns':['sku','品名',{'name':'price','type':'money','currency':'EUR'},"
            "{'name':'day','type':'date'},'ok']}");
    builtin_bed_expect(bed, "row_count", "2");
    read_back(bed, "a.xlsx", ",'sheet':'价格'");
    builtin_bed_expect(bed, "rows",
            "[{'sku':'007','品名':'露营灯','price':19.99,'day':'2026-11-23','ok':true},"
            "{'sku':'=1+1','品名':'','price':1980,'day':'2026-01-31','ok':false}]");
    builtin_bed_expect(bed, "columns.3.type", "'date'");
}

static void the_same_rows_make_the_same_workbook(void **state)
{
    struct builtin_bed *bed = *state;
    static const char args[] = "{'path':'a.xlsx','rows':[{'a':1,'b':'二'}]}";

    assert_int_equal(builtin_bed_call(bed, "table.write", args), SC_OK);
    assert_int_equal(builtin_bed_call(bed, "table.write", args), SC_OK);
}

static void a_long_number_goes_into_a_workbook_whole(void **state)
{
    struct builtin_bed *bed = *state;

    (void)!builtin_bed_call(
            bed, "table.write", "{'path':'a.xlsx','rows':[{'id':12345678901234567}]}");
    assert_true(builtin_bed_noted(bed, "more than 15 digits"));
    read_back(bed, "a.xlsx", "");
    builtin_bed_expect(bed, "rows", "[{'id':'12345678901234567'}]");
}

static void a_text_beyond_the_limit_of_a_cell_is_cut_with_a_note(void **state)
{
    struct builtin_bed *bed = *state;
    char *text = sc_zalloc(40001), *args;

    memset(text, 'x', 40000);
    args = sc_strdupf("{'path':'a.xlsx','rows':[{'t':'%s'}]}", text);
    assert_int_equal(builtin_bed_call(bed, "table.write", args), SC_OK);
    assert_true(builtin_bed_noted(bed, "1 texts were cut"));
    free(args);
    free(text);
}

static void a_name_that_no_sheet_may_have_is_refused(void **state)
{
    struct builtin_bed *bed = *state;

    assert_int_equal(builtin_bed_call(bed, "table.write",
                             "{'path':'a.xlsx','sheet':'a/b','rows':[{'a':1}]}"),
            SC_INVALID);
    assert_non_null(strstr(bed->err.msg, "sheet: 'a/b'"));
}

static void other_content_needs_leave_to_replace(void **state)
{
    struct builtin_bed *bed = *state;

    assert_int_equal(
            builtin_bed_call(bed, "table.write", "{'path':'a.csv','rows':[{'a':1}]}"),
            SC_OK);
    assert_int_equal(
            builtin_bed_call(bed, "table.write", "{'path':'a.csv','rows':[{'a':2}]}"),
            SC_CONFLICT);
    assert_int_equal(builtin_bed_call(bed, "table.write",
                             "{'path':'a.csv','rows':[{'a':2}],'overwrite':true}"),
            SC_OK);
    expect_text(bed, "a.csv",
            "\xef\xbb\xbf"
            "a\r\n2\r\n");
}

static void an_unknown_ending_is_refused(void **state)
{
    struct builtin_bed *bed = *state;

    assert_int_equal(
            builtin_bed_call(bed, "table.write", "{'path':'a.docx','rows':[{'a':1}]}"),
            SC_INVALID);
}

static void no_rows_need_columns(void **state)
{
    struct builtin_bed *bed = *state;

    assert_int_equal(builtin_bed_call(bed, "table.write", "{'path':'a.csv','rows':[]}"),
            SC_INVALID);
    assert_int_equal(builtin_bed_call(bed, "table.write",
                             "{'path':'a.csv','bom':false,'rows':[],'columns':['x']}"),
            SC_OK);
    expect_text(bed, "a.csv", "x\r\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(csv_has_a_mark_heads_and_quotes),
        T(text_that_a_spreadsheet_would_run_is_guarded),
        T(guarding_can_be_left_out),
        T(columns_choose_order_and_titles_by_language),
        T(a_field_that_no_row_has_is_noted),
        T(json_keeps_numbers_exactly),
        T(a_workbook_comes_back_as_it_was),
        T(the_same_rows_make_the_same_workbook),
        T(a_long_number_goes_into_a_workbook_whole),
        T(a_text_beyond_the_limit_of_a_cell_is_cut_with_a_note),
        T(a_name_that_no_sheet_may_have_is_refused),
        T(other_content_needs_leave_to_replace),
        T(an_unknown_ending_is_refused),
        T(no_rows_need_columns),
    };
    return cmocka_run_group_tests_name("builtin/table_write", tests, NULL, NULL);
}
