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

/* Calls table.read of t.<ending> with more arguments. */
static struct builtin_bed *read_file(
        void **state, const char *name, const char *text, const char *more)
{
    struct builtin_bed *bed = *state;
    char *args = sc_strdupf("{'path':'%s'%s}", name, more);

    builtin_bed_give_text(bed, name, text);
    (void)!builtin_bed_call(bed, "table.read", args);
    free(args);
    return bed;
}

static void columns_get_types_from_their_values(void **state)
{
    struct builtin_bed *bed = read_file(state, "t.csv",
            "sku,cost,pieces,day,note\nA1,12.50,3,2026-11-01,new\nA2,9,4,2026-11-02,\n",
            "");

    builtin_bed_expect(bed, "columns",
            "[{'name':'sku','type':'text'},{'name':'cost','type':'number'},"
            "{'name':'pieces','type':'integer'},{'name':'day','type':'date'},"
            "{'name':'note','type':'text'}]");
    builtin_bed_expect(bed, "rows.1",
            "{'sku':'A2','cost':9,'pieces':4,'day':'2026-11-02','note':''}");
    builtin_bed_expect(bed, "row_count", "2");
}

static void a_number_keeps_its_digits(void **state)
{
    struct builtin_bed *bed = read_file(state, "t.csv", "p\n12.50\n0.10\n", "");
    char *text;

    builtin_bed_expect(bed, "columns.0.type", "'number'");
    text = sc_json_text(sc_json_get(bed->value, "rows"));
    assert_string_equal(text, "[{\"p\":12.50},{\"p\":0.10}]");
    free(text);
}

static void ids_that_look_like_numbers_stay_text(void **state)
{
    struct builtin_bed *bed =
            read_file(state, "t.csv", "id,code\n007,12345678901234567890\n012,2\n", "");

    builtin_bed_expect(bed, "rows.0", "{'id':'007','code':'12345678901234567890'}");
    builtin_bed_expect(bed, "columns.0.type", "'text'");
}

static void a_doubtful_thousand_stays_text_with_a_note(void **state)
{
    struct builtin_bed *bed = read_file(state, "t.csv", "price\n1.200\n3.450\n", "");

    builtin_bed_expect(bed, "rows.0.price", "'1.200'");
    assert_true(builtin_bed_noted(bed, "1.200 may be 1200 or 1.2"));
}

static void a_locale_settles_the_doubt(void **state)
{
    struct builtin_bed *bed =
            read_file(state, "t.csv", "price;day\n1.200;31.12.2026\n3.450,50;1.2.2026\n",
                    ",'locale':'de','types':{'price':'number','day':'date'}");

    builtin_bed_expect(bed, "rows.0", "{'price':1200,'day':'2026-12-31'}");
    builtin_bed_expect(bed, "rows.1", "{'price':3450.50,'day':'2026-02-01'}");
}

static void a_cell_that_is_no_number_is_named_with_its_row(void **state)
{
    struct builtin_bed *bed = read_file(
            state, "t.csv", "sku,cost\nA,5\nB,n/a\n", ",'types':{'cost':'number'}");

    assert_int_equal(bed->err.code, SC_INVALID);
    assert_non_null(strstr(bed->err.msg, "column 'cost': row 3 has 'n/a'"));
}

static void chinese_heads_stay_and_can_be_mapped(void **state)
{
    struct builtin_bed *bed =
            read_file(state, "t.csv", "货号,成本（CNY）,产地\nA1,5,宁波\n",
                    ",'columns':{'sku':'货号','cost':['成本','成本(CNY)']},'required':['"
                    "sku','cost']");

    builtin_bed_expect(bed, "rows.0", "{'sku':'A1','cost':5,'产地':'宁波'}");
    builtin_bed_expect(bed, "columns.1.header", "'成本（CNY）'");
}

static void a_missing_column_is_told_with_those_there(void **state)
{
    struct builtin_bed *bed =
            read_file(state, "t.csv", "货号,价\nA1,5\n", ",'required':['cost']");

    assert_int_equal(bed->err.code, SC_INVALID);
    assert_non_null(strstr(bed->err.msg, "no column for 'cost'"));
    assert_non_null(strstr(bed->err.msg, "'货号', '价'"));
}

static void a_missing_column_is_told_with_the_heads_looked_for(void **state)
{
    struct builtin_bed *bed = read_file(state, "t.csv", "货号,价\nA1,5\n",
            ",'columns':{'cost':['cost','成本','原価','EK']},'required':['cost']");

    assert_non_null(strstr(bed->err.msg, "name it 'cost', '成本', '原価'"));
    assert_null(strstr(bed->err.msg, "EK"));
}

#define COSTS ",'columns':{'cost':['cost']},'currencies':{'cost':'CNY'}"

static void amounts_of_another_currency_are_refused_by_place(void **state)
{
    struct builtin_bed *bed =
            read_file(state, "t.csv", "sku,cost\nA,¥5\nB,$3.50\n", COSTS);

    assert_int_equal(bed->err.code, SC_INVALID);
    assert_non_null(strstr(bed->err.msg, "row 3 has '$3.50', which is not in CNY"));
    bed = read_file(state, "u.csv", "sku,cost (usd)\nA,5\n", COSTS);
    assert_non_null(strstr(bed->err.msg, "the column 'cost (usd)' is not in CNY"));
    bed = read_file(state, "v.csv", "sku,Cost（RMB）\nA,5元\nB,￥6\n",
            COSTS ",'types':{'cost':'number'}");
    assert_int_equal(bed->err.code, SC_OK);
    builtin_bed_expect(bed, "rows.1.cost", "6");
}

static void a_unit_in_a_head_is_not_taken_for_a_currency(void **state)
{
    struct builtin_bed *bed = read_file(state, "t.csv", "sku,weight (g)\nA,500\n",
            ",'columns':{'weight':['weight']}");

    builtin_bed_expect(bed, "rows.0", "{'sku':'A','weight (g)':500}");
}

static void rows_that_add_up_the_others_are_left_out(void **state)
{
    struct builtin_bed *bed = read_file(
            state, "t.csv", "sku,cost\nTotal,1\nA,5\n,\n合计：,6\nGrand Total,6\n", "");

    builtin_bed_expect(bed, "rows", "[{'sku':'Total','cost':1},{'sku':'A','cost':5}]");
    assert_true(builtin_bed_noted(bed, "row 5 ('合计：') adds up the others"));
}

static void gbk_is_found_out(void **state)
{
    struct builtin_bed *bed = *state;

    sc_json_append(bed->files, sc_json_new_string(SC_TEST_DATA "/demo/catalog-gbk.csv"));
    (void)!builtin_bed_call(bed, "table.read", "{'path':'catalog-gbk.csv'}");
    builtin_bed_expect(bed, "row_count", "64");
    builtin_bed_expect(bed, "encoding", "'GB18030'");
    builtin_bed_expect(bed, "rows.0.品名", "'露营灯 可充电'");
}

static void both_forms_of_the_demo_catalog_are_equal(void **state)
{
    struct builtin_bed *bed = *state;
    struct sc_json *rows;

    sc_json_append(bed->files, sc_json_new_string(SC_TEST_DATA "/demo/catalog-gbk.csv"));
    sc_json_append(bed->files, sc_json_new_string(SC_TEST_DATA "/demo/catalog.xlsx"));
    assert_int_equal(
            builtin_bed_call(bed, "table.read", "{'path':'catalog-gbk.csv'}"), SC_OK);
    rows = sc_json_detach(bed->value, "rows");
    assert_int_equal(
            builtin_bed_call(bed, "table.read", "{'path':'catalog.xlsx'}"), SC_OK);
    assert_true(sc_json_equal(rows, sc_json_get(bed->value, "rows")));
    sc_json_free(rows);
}

static void what_begins_with_an_equals_sign_is_data(void **state)
{
    struct builtin_bed *bed =
            read_file(state, "t.csv", "a,b\n\"=HYPERLINK(\"\"http://x\"\")\",=1+1\n", "");

    builtin_bed_expect(bed, "rows.0.b", "'=1+1'");
    assert_non_null(strstr(
            sc_json_get_string(sc_json_at(sc_json_get(bed->value, "rows"), 0), "a", ""),
            "=HYPERLINK"));
}

static void bytes_that_are_no_text_are_refused(void **state)
{
    struct builtin_bed *bed = *state;

    builtin_bed_give(bed, "t.csv", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1,\0\0\1", 24);
    assert_int_equal(builtin_bed_call(bed, "table.read", "{'path':'t.csv'}"), SC_INVALID);
}

static void a_row_that_is_too_long_is_refused(void **state)
{
    struct builtin_bed *bed = read_file(state, "t.csv", "a,b\n1,2\n1,2,3\n", "");

    assert_int_equal(bed->err.code, SC_INVALID);
    assert_non_null(strstr(bed->err.msg, "3"));
}

static void repeated_heads_are_told_apart(void **state)
{
    struct builtin_bed *bed = read_file(state, "t.csv", "price,price\n1,2\n", "");

    builtin_bed_expect(bed, "rows.0", "{'price':1,'price (2)':2}");
    assert_true(sc_json_count(sc_json_get(bed->value, "notes")) > 0);
}

static void a_million_columns_are_refused(void **state)
{
    struct builtin_bed *bed = *state;
    char *text = sc_zalloc(2000000);

    for (size_t i = 0; i < 1999998; i += 2)
        memcpy(text + i, "a,", 2);
    builtin_bed_give(bed, "t.csv", text, 1999998);
    free(text);
    assert_int_equal(builtin_bed_call(bed, "table.read", "{'path':'t.csv'}"), SC_INVALID);
}

static void too_many_rows_are_refused_in_a_sentence(void **state)
{
    struct builtin_bed *bed = read_file(state, "t.csv", "a\n1\n2\n3\n", ",'max_rows':2");

    assert_int_equal(bed->err.code, SC_INVALID);
}

static void a_file_over_the_limit_is_refused_unread(void **state)
{
    struct builtin_bed *bed = *state;
    char path[96];

    builtin_bed_give_text(bed, "big.csv", "a\n");
    snprintf(path, sizeof(path), "%s/big.csv", bed->in);
    assert_int_equal(truncate(path, 200000000), 0);
    assert_int_equal(
            builtin_bed_call(bed, "table.read", "{'path':'big.csv'}"), SC_INVALID);
    assert_non_null(strstr(bed->err.msg, "200 MB"));
}

static void an_empty_file_is_told(void **state)
{
    struct builtin_bed *bed = read_file(state, "t.csv", "", "");

    assert_int_equal(bed->err.code, SC_INVALID);
    assert_non_null(strstr(bed->err.msg, "empty"));
}

static void json_rows_keep_lists_and_missing_fields(void **state)
{
    struct builtin_bed *bed = read_file(state, "t.json",
            "{\"total\":2,\"items\":[{\"id\":1,\"tags\":[\"a\"]},{\"id\":2.5,\"x\":null}]"
            "}",
            "");

    builtin_bed_expect(bed, "rows.0", "{'id':1,'tags':['a'],'x':''}");
    builtin_bed_expect(bed, "rows.1", "{'id':2.5,'tags':null,'x':''}");
}

static void json_that_is_no_table_is_refused(void **state)
{
    struct builtin_bed *bed = read_file(state, "t.json", "{\"a\":1}", "");

    assert_int_equal(bed->err.code, SC_INVALID);
}

static void json_elements_that_are_no_objects_are_refused(void **state)
{
    struct builtin_bed *bed = read_file(state, "t.json", "[{\"a\":1},2]", "");

    assert_int_equal(bed->err.code, SC_INVALID);
    assert_non_null(strstr(bed->err.msg, "element 2"));
}

static void an_excel_of_1997_is_named_as_such(void **state)
{
    struct builtin_bed *bed = read_file(state, "t.xls", "\xd0\xcf\x11\xe0\xa1\xb1", "");

    assert_int_equal(bed->err.code, SC_INVALID);
    assert_non_null(strstr(bed->err.msg, "save it as .xlsx"));
}

static void cancelling_ends_with_cancelled(void **state)
{
    struct builtin_bed *bed = *state;

    sc_scope_cancel(&bed->scope);
    (void)!builtin_bed_call(bed, "table.read", "{'path':'t.csv'}");
    assert_int_equal(bed->err.code, SC_CANCELLED);
    assert_null(bed->value);
}

static void a_weight_is_counted_in_kilograms_whatever_the_sheet_says(void **state)
{
    struct builtin_bed *bed =
            read_file(state, "t.csv", "sku,重量(g)\nA1,400\nA2,0.5kg\nA3,2 lb\n",
                    ",'columns':{'weight':['重量']},'types':{'weight':'number'},"
                    "'units':{'weight':'kg'}");

    builtin_bed_expect(bed, "rows",
            "[{'sku':'A1','weight':0.4},{'sku':'A2','weight':0.5},"
            "{'sku':'A3','weight':0.90718474}]");
}

static void a_weight_in_an_unknown_unit_is_refused(void **state)
{
    struct builtin_bed *bed = read_file(state, "t.csv", "sku,weight\nA1,4 stone\n",
            ",'types':{'weight':'number'},'columns':{'weight':['weight']},"
            "'units':{'weight':'kg'}");

    assert_int_equal(bed->err.code, SC_INVALID);
    assert_non_null(strstr(bed->err.msg, "row 2 has '4 stone'"));
}

static void percentages_may_have_their_sign(void **state)
{
    struct builtin_bed *bed = read_file(
            state, "t.csv", "duty\n4.7%\n12％\n3\n", ",'types':{'duty':'percent'}");

    builtin_bed_expect(bed, "rows", "[{'duty':4.7},{'duty':12},{'duty':3}]");
    builtin_bed_expect(bed, "columns.0.type", "'percent'");
}

static void a_chinese_head_settles_a_thousand_with_a_note(void **state)
{
    struct builtin_bed *bed = read_file(state, "t.csv", "货号;成本\nA1;1,280\nA2;40.5\n",
            ",'types':{'成本':'number'}");

    builtin_bed_expect(bed, "rows.0", "{'货号':'A1','成本':1280}");
    assert_true(builtin_bed_noted(bed, "'1,280' in row 2 was read as 1280"));
}

static void a_column_that_writes_both_ways_stays_in_doubt(void **state)
{
    struct builtin_bed *bed = read_file(
            state, "t.csv", "成本;x\n1,280;1\n12,50;2\n", ",'types':{'成本':'number'}");

    assert_int_equal(bed->err.code, SC_INVALID);
    assert_non_null(strstr(bed->err.msg, "row 2 has '1,280'"));
}

static void a_locale_does_not_make_numbers_of_barcodes(void **state)
{
    struct builtin_bed *bed =
            read_file(state, "t.csv", "ean\n690123456789012345\n", ",'locale':'zh'");

    builtin_bed_expect(bed, "rows", "[{'ean':'690123456789012345'}]");
}

static void of_two_heads_that_mean_the_same_it_is_told_which_counts(void **state)
{
    struct builtin_bed *bed = read_file(state, "t.csv", "进价,采购价\n40,44\n",
            ",'columns':{'cost':['成本','采购价','进价']}");

    builtin_bed_expect(bed, "rows.0.cost", "44");
    assert_true(builtin_bed_noted(bed, "'采购价' and '进价' mean the same"));
}

static void an_exact_head_goes_before_one_that_says_more(void **state)
{
    struct builtin_bed *bed = read_file(
            state, "t.csv", "成本(USD),成本\n5,40\n", ",'columns':{'cost':['成本']}");

    builtin_bed_expect(bed, "rows.0.cost", "40");
}

static void a_head_says_its_currency_in_words_too(void **state)
{
    struct builtin_bed *bed = read_file(state, "t.csv", "成本(人民币)\n40\n",
            ",'columns':{'cost':['成本']},'currencies':{'cost':'USD'}");

    assert_int_equal(bed->err.code, SC_INVALID);
    assert_non_null(strstr(bed->err.msg, "'成本(人民币)' is not in USD"));
    bed = read_file(state, "u.csv", "cost_usd\n40\n",
            ",'columns':{'cost':['cost']},'currencies':{'cost':'CNY'}");
    assert_int_equal(bed->err.code, SC_INVALID);
    assert_non_null(strstr(bed->err.msg, "'cost_usd' is not in CNY"));
    bed = read_file(state, "v.csv", "成本(美元)\n40\n",
            ",'columns':{'cost':['成本']},'currencies':{'cost':'USD'}");
    builtin_bed_expect(bed, "rows.0.cost", "40");
}

static void gaps_in_columns_of_the_plan_are_told_by_row(void **state)
{
    struct builtin_bed *bed = read_file(state, "t.csv", "sku,cost\nA1,\nA2,3\nA3,\n",
            ",'columns':{'cost':['cost']},'types':{'cost':'number'}");

    assert_true(builtin_bed_noted(bed, "column 'cost' is empty in row 2, 4"));
}

static void what_must_not_repeat_is_told_by_rows_of_the_file(void **state)
{
    struct builtin_bed *bed = read_file(state, "t.csv", "货号\nA1\n\nB\nA1 \n",
            ",'columns':{'sku':['货号']},'unique':['sku']");

    assert_int_equal(bed->err.code, SC_INVALID);
    assert_non_null(strstr(bed->err.msg, "'货号': row 5 repeats 'A1' of row 2"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_weight_is_counted_in_kilograms_whatever_the_sheet_says),
        T(a_weight_in_an_unknown_unit_is_refused),
        T(percentages_may_have_their_sign),
        T(a_chinese_head_settles_a_thousand_with_a_note),
        T(a_column_that_writes_both_ways_stays_in_doubt),
        T(a_locale_does_not_make_numbers_of_barcodes),
        T(of_two_heads_that_mean_the_same_it_is_told_which_counts),
        T(an_exact_head_goes_before_one_that_says_more),
        T(a_head_says_its_currency_in_words_too),
        T(gaps_in_columns_of_the_plan_are_told_by_row),
        T(what_must_not_repeat_is_told_by_rows_of_the_file),
        T(columns_get_types_from_their_values),
        T(a_number_keeps_its_digits),
        T(ids_that_look_like_numbers_stay_text),
        T(a_doubtful_thousand_stays_text_with_a_note),
        T(a_locale_settles_the_doubt),
        T(a_cell_that_is_no_number_is_named_with_its_row),
        T(chinese_heads_stay_and_can_be_mapped),
        T(a_missing_column_is_told_with_those_there),
        T(a_missing_column_is_told_with_the_heads_looked_for),
        T(amounts_of_another_currency_are_refused_by_place),
        T(a_unit_in_a_head_is_not_taken_for_a_currency),
        T(rows_that_add_up_the_others_are_left_out),
        T(gbk_is_found_out),
        T(both_forms_of_the_demo_catalog_are_equal),
        T(what_begins_with_an_equals_sign_is_data),
        T(bytes_that_are_no_text_are_refused),
        T(a_row_that_is_too_long_is_refused),
        T(repeated_heads_are_told_apart),
        T(a_million_columns_are_refused),
        T(too_many_rows_are_refused_in_a_sentence),
        T(a_file_over_the_limit_is_refused_unread),
        T(an_empty_file_is_told),
        T(json_rows_keep_lists_and_missing_fields),
        T(json_that_is_no_table_is_refused),
        T(json_elements_that_are_no_objects_are_refused),
        T(an_excel_of_1997_is_named_as_such),
        T(cancelling_ends_with_cancelled),
    };
    return cmocka_run_group_tests_name("builtin/table_read", tests, NULL, NULL);
}
