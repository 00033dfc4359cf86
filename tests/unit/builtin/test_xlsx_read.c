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

#define ROWS(rows) "<sheetData>" rows "</sheetData>"

static struct builtin_bed *read_sheet(
        void **state, const char *worksheet, const char *more)
{
    struct builtin_bed *bed = *state;
    char *args = sc_strdupf("{'path':'t.xlsx'%s}", more);

    builtin_bed_give_sheet(bed, "t.xlsx", worksheet);
    (void)!builtin_bed_call(bed, "table.read", args);
    free(args);
    return bed;
}

/* A workbook of all usual parts, with this worksheet, these styles and texts. */
static struct builtin_bed *read_book(void **state, const char *workbook,
        const char *styles, const char *strings, const char *worksheet)
{
    struct builtin_bed *bed = *state;
    const char *parts[] = { "_rels/.rels", builtin_bed_rels, "xl/workbook.xml", workbook,
        "xl/_rels/workbook.xml.rels", builtin_bed_book_rels, "xl/worksheets/sheet1.xml",
        worksheet, "xl/styles.xml", styles, "xl/sharedStrings.xml", strings, NULL };

    builtin_bed_give_zip(bed, "t.xlsx", parts);
    (void)!builtin_bed_call(bed, "table.read", "{'path':'t.xlsx'}");
    return bed;
}

static const char heads[] = "<row r='1'><c r='A1' t='inlineStr'><is><t>a</t></is></c>"
                            "<c r='B1' t='inlineStr'><is><t>b</t></is></c></row>";

static char *with_heads(const char *rows)
{
    return sc_strdupf("<sheetData>%s%s</sheetData>", heads, rows);
}

static struct builtin_bed *read_rows(void **state, const char *rows)
{
    char *sheet = with_heads(rows);
    struct builtin_bed *bed = read_sheet(state, sheet, "");

    free(sheet);
    return bed;
}

static void shared_texts_join_their_runs_without_phonetics(void **state)
{
    struct builtin_bed *bed = read_book(state, builtin_bed_workbook, "<styleSheet/>",
            "<sst><si><t>品名</t></si><si><r><t>東</t></r><r><t>京</t></r>"
            "<rPh sb='0' eb='2'><t>トウキョウ</t></rPh></si></sst>",
            "<worksheet><sheetData><row r='1'><c r='A1' t='s'><v>0</v></c></row>"
            "<row r='2'><c r='A2' t='s'><v>1</v></c></row></sheetData></worksheet>");

    builtin_bed_expect(bed, "rows", "[{'品名':'東京'}]");
    builtin_bed_expect(bed, "sheet", "'Lager'");
}

static void styles_tell_dates_from_numbers(void **state)
{
    struct builtin_bed *bed = read_book(state, builtin_bed_workbook,
            "<styleSheet><numFmts><numFmt numFmtId='170' formatCode='yyyy\"年\"m\"月\"'/>"
            "<numFmt numFmtId='171' formatCode='[h]:mm'/></numFmts>"
            "<cellStyleXfs><xf numFmtId='14'/></cellStyleXfs>"
            "<cellXfs><xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='170'/>"
            "<xf numFmtId='171'/><xf numFmtId='22'/></cellXfs></styleSheet>",
            "<sst/>",
            "<worksheet><sheetData><row r='1'><c r='A1' t='str'><v>n</v></c>"
            "<c r='B1' t='str'><v>day</v></c><c r='C1' t='str'><v>month</v></c>"
            "<c r='D1' t='str'><v>span</v></c><c r='E1' t='str'><v>at</v></c></row>"
            "<row r='2'><c r='A2'><v>46349</v></c><c r='B2' s='1'><v>46349</v></c>"
            "<c r='C2' s='2'><v>46327</v></c><c r='D2' s='3'><v>1.5</v></c>"
            "<c r='E2' "
            "s='4'><v>46349.354166666664</v></c></row></sheetData></worksheet>");

    builtin_bed_expect(bed, "rows.0",
            "{'n':46349,'day':'2026-11-23','month':'2026-11-01','span':1.5,"
            "'at':'2026-11-23T08:30:00'}");
}

static void days_can_count_from_1904(void **state)
{
    struct builtin_bed *bed = read_book(state,
            "<workbook><workbookPr date1904='1'/><sheets><sheet name='S' "
            "xmlns:r='r' r:id='rId1'/></sheets></workbook>",
            "<styleSheet><cellXfs><xf numFmtId='14'/></cellXfs></styleSheet>", "<sst/>",
            "<worksheet><sheetData><row r='1'><c r='A1' t='str'><v>d</v></c></row>"
            "<row r='2'><c r='A2' s='0'><v>0</v></c></row>"
            "<row r='3'><c r='A3' s='0'><v>44887</v></c></row></sheetData></worksheet>");

    builtin_bed_expect(bed, "rows", "[{'d':'1904-01-01'},{'d':'2026-11-23'}]");
}

static void the_29th_of_february_1900_does_not_shift_earlier_days(void **state)
{
    struct builtin_bed *bed = read_book(state, builtin_bed_workbook,
            "<styleSheet><cellXfs><xf numFmtId='14'/></cellXfs></styleSheet>", "<sst/>",
            "<worksheet><sheetData><row r='1'><c r='A1' t='str'><v>d</v></c></row>"
            "<row r='2'><c r='A2' s='0'><v>1</v></c></row>"
            "<row r='3'><c r='A3' s='0'><v>61</v></c></row></sheetData></worksheet>");

    builtin_bed_expect(bed, "rows", "[{'d':'1900-01-01'},{'d':'1900-03-01'}]");
}

static void numbers_are_those_that_excel_shows(void **state)
{
    struct builtin_bed *bed = read_rows(state,
            "<row r='2'><c r='A2'><v>19.989999999999998</v></c><c r='B2'>"
            "<v>123456789012345678</v></c></row>"
            "<row r='3'><c r='A3'><v>1.5E-3</v></c><c r='B3'><v>7</v></c></row>");

    builtin_bed_expect(bed, "rows.0.a", "19.99");
    builtin_bed_expect(bed, "rows.0.b", "123456789012345678");
    builtin_bed_expect(bed, "rows.1.a", "0.0015");
}

static void formulas_give_their_last_value_and_are_never_run(void **state)
{
    struct builtin_bed *bed = read_rows(state,
            "<row r='2'><c r='A2'><f>1+1</f><v>3</v></c>"
            "<c r='B2' t='str'><f>HYPERLINK(\"http://x\")</f><v>=1+1</v></c></row>");

    builtin_bed_expect(bed, "rows.0", "{'a':3,'b':'=1+1'}");
}

static void errors_of_the_sheet_are_null_with_a_note(void **state)
{
    struct builtin_bed *bed = read_rows(state,
            "<row r='2'><c r='A2' t='e'><v>#N/A</v></c><c r='B2' t='b'><v>1</v></c></row>"
            "<row r='3'><c r='A3'><v>4</v></c><c r='B3' t='b'><v>0</v></c></row>");

    builtin_bed_expect(bed, "rows", "[{'a':null,'b':true},{'a':4,'b':false}]");
    assert_true(builtin_bed_noted(bed, "1 cells hold a spreadsheet error"));
}

static void gaps_between_cells_and_rows_are_kept_apart(void **state)
{
    struct builtin_bed *bed = read_rows(
            state, "<row r='5'><c r='B5'><v>9</v></c></row><row r='9'><c r='A9'/></row>");

    builtin_bed_expect(bed, "rows", "[{'a':'','b':9}]");
}

static void titles_above_the_head_are_skipped_with_a_note(void **state)
{
    struct builtin_bed *bed = read_sheet(state,
            ROWS("<row r='1'><c r='A1' t='str'><v>Stock list</v></c></row>"
                 "<row r='3'><c r='A3' t='str'><v>sku</v></c><c r='B3' "
                 "t='str'><v>n</v></c>"
                 "<c r='C3' t='str'><v>p</v></c></row>"
                 "<row r='4'><c r='A4' t='str'><v>A1</v></c><c r='B4'><v>2</v></c>"
                 "<c r='C4'><v>3</v></c></row>"),
            "");

    builtin_bed_expect(bed, "rows", "[{'sku':'A1','n':2,'p':3}]");
    assert_true(builtin_bed_noted(bed, "the head is row 3"));
}

static void merged_heads_of_two_rows_are_joined(void **state)
{
    struct builtin_bed *bed = read_sheet(state,
            ROWS("<row r='1'><c r='A1' t='str'><v>sku</v></c>"
                 "<c r='B1' t='str'><v>价格</v></c><c r='C1'/></row>"
                 "<row r='2'><c r='A2'/><c r='B2' t='str'><v>成本</v></c>"
                 "<c r='C2' t='str'><v>售价</v></c></row>"
                 "<row r='3'><c r='A3' t='str'><v>A1</v></c><c r='B3'><v>2</v></c>"
                 "<c r='C3'><v>3</v></c></row>") "<mergeCells><mergeCell "
                                                 "ref='A1:A2'/><mergeCell "
                                                 "ref='B1:C1'/></mergeCells>",
            "");

    builtin_bed_expect(bed, "rows", "[{'sku':'A1','价格 成本':2,'价格 售价':3}]");
}

static void a_sheet_that_is_not_there_is_told_with_those_that_are(void **state)
{
    struct builtin_bed *bed = read_sheet(state, ROWS(""), ",'sheet':'Preise'");

    assert_int_equal(bed->err.code, SC_NOT_FOUND);
    assert_non_null(strstr(bed->err.msg, "'Lager'"));
}

static void hidden_sheets_are_passed_over(void **state)
{
    struct builtin_bed *bed = *state;
    const char *parts[] = { "_rels/.rels", builtin_bed_rels, "xl/workbook.xml",
        "<workbook xmlns:r='r'><sheets><sheet name='old' state='hidden' r:id='rId9'/>"
        "<sheet name='new' r:id='rId1'/></sheets></workbook>",
        "xl/_rels/workbook.xml.rels", builtin_bed_book_rels, "xl/worksheets/sheet1.xml",
        "<worksheet><sheetData><row><c t='str'><v>h</v></c></row>"
        "<row><c><v>5</v></c></row></sheetData></worksheet>",
        NULL };

    builtin_bed_give_zip(bed, "t.xlsx", parts);
    assert_int_equal(builtin_bed_call(bed, "table.read", "{'path':'t.xlsx'}"), SC_OK);
    builtin_bed_expect(bed, "sheet", "'new'");
    builtin_bed_expect(bed, "rows", "[{'h':5}]");
}

static void namespace_prefixes_do_not_matter(void **state)
{
    struct builtin_bed *bed = read_sheet(state,
            "<x:sheetData xmlns:x='urn:x'><x:row r='1'><x:c r='A1' "
            "t='str'><x:v>h</x:v></x:c>"
            "</x:row><x:row r='2'><x:c r='A2'><x:v>5</x:v></x:c></x:row></x:sheetData>",
            "");

    builtin_bed_expect(bed, "rows", "[{'h':5}]");
}

static void what_is_no_zip_archive_is_refused(void **state)
{
    struct builtin_bed *bed = *state;

    builtin_bed_give_text(bed, "t.xlsx", "PK\3\4 and then nothing of the kind");
    assert_int_equal(
            builtin_bed_call(bed, "table.read", "{'path':'t.xlsx'}"), SC_INVALID);
    assert_non_null(strstr(bed->err.msg, "not an XLSX workbook"));
}

static void a_zip_archive_of_something_else_is_refused(void **state)
{
    struct builtin_bed *bed = *state;
    const char *parts[] = { "readme.txt", "hello", NULL };

    builtin_bed_give_zip(bed, "t.xlsx", parts);
    assert_int_equal(
            builtin_bed_call(bed, "table.read", "{'path':'t.xlsx'}"), SC_INVALID);
    assert_non_null(strstr(bed->err.msg, "not a workbook"));
}

static void half_a_file_is_refused(void **state)
{
    struct builtin_bed *bed = read_rows(state, "<row r='2'><c r='A2'><v>1</v></c></row>");
    char path[96];
    struct stat info;

    snprintf(path, sizeof(path), "%s/t.xlsx", bed->in);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(truncate(path, info.st_size / 2), 0);
    assert_int_equal(
            builtin_bed_call(bed, "table.read", "{'path':'t.xlsx'}"), SC_INVALID);
}

static void a_bomb_of_entities_is_refused_before_it_grows(void **state)
{
    struct builtin_bed *bed = *state;
    const char *parts[] = { "_rels/.rels", builtin_bed_rels, "xl/workbook.xml",
        builtin_bed_workbook, "xl/_rels/workbook.xml.rels", builtin_bed_book_rels,
        "xl/worksheets/sheet1.xml",
        "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>"
        "<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'>]><worksheet><sheetData><row><c t='str'>"
        "<v>&c;</v></c></row></sheetData></worksheet>",
        NULL };

    builtin_bed_give_zip(bed, "t.xlsx", parts);
    assert_int_equal(
            builtin_bed_call(bed, "table.read", "{'path':'t.xlsx'}"), SC_INVALID);
    assert_non_null(strstr(bed->err.msg, "document type"));
}

static void an_entity_that_names_a_file_is_refused(void **state)
{
    struct builtin_bed *bed = *state;
    const char *parts[] = { "_rels/.rels", builtin_bed_rels, "xl/workbook.xml",
        builtin_bed_workbook, "xl/_rels/workbook.xml.rels", builtin_bed_book_rels,
        "xl/worksheets/sheet1.xml",
        "<!DOCTYPE x [<!ENTITY f SYSTEM 'file:///etc/passwd'>]><worksheet><sheetData>"
        "<row><c t='str'><v>&f;</v></c></row></sheetData></worksheet>",
        NULL };

    builtin_bed_give_zip(bed, "t.xlsx", parts);
    assert_int_equal(
            builtin_bed_call(bed, "table.read", "{'path':'t.xlsx'}"), SC_INVALID);
}

static void a_zip_bomb_is_refused(void **state)
{
    enum { MEGABYTES = 300 };
    struct builtin_bed *bed = *state;
    size_t len = (size_t)MEGABYTES << 20;
    char *spaces = sc_try_realloc(NULL, len + 1);
    const char *parts[] = { "_rels/.rels", builtin_bed_rels, "xl/workbook.xml",
        builtin_bed_workbook, "xl/_rels/workbook.xml.rels", builtin_bed_book_rels,
        "xl/worksheets/sheet1.xml", spaces, NULL };

    memset(spaces, ' ', len);
    memcpy(spaces, "<worksheet>", 11);
    spaces[len] = '\0';
    builtin_bed_give_zip(bed, "t.xlsx", parts);
    free(spaces);
    assert_int_equal(
            builtin_bed_call(bed, "table.read", "{'path':'t.xlsx'}"), SC_INVALID);
    assert_non_null(strstr(bed->err.msg, "unpacks to more than 256 MB"));
}

static void cells_out_of_order_are_refused(void **state)
{
    struct builtin_bed *bed = read_rows(
            state, "<row r='2'><c r='B2'><v>1</v></c><c r='A2'><v>2</v></c></row>");

    assert_int_equal(bed->err.code, SC_INVALID);
    assert_non_null(strstr(bed->err.msg, "out of order"));
}

static void rows_out_of_order_are_refused(void **state)
{
    struct builtin_bed *bed = read_rows(state, "<row r='9'/><row r='2'/>");

    assert_int_equal(bed->err.code, SC_INVALID);
}

static void an_address_beyond_the_last_column_is_refused(void **state)
{
    struct builtin_bed *bed =
            read_rows(state, "<row r='2'><c r='ZZZZ2'><v>1</v></c></row>");

    assert_int_equal(bed->err.code, SC_INVALID);
}

static void thousands_of_columns_of_one_name_are_refused(void **state)
{
    struct builtin_bed *bed;
    struct sc_buf sheet;

    sc_buf_init(&sheet);
    sc_buf_adds(&sheet, "<sheetData><row>");
    for (int i = 0; i < 16384; i++)
        sc_buf_adds(&sheet, "<c t='str'><v>a</v></c>");
    sc_buf_adds(&sheet, "</row></sheetData>");
    bed = read_sheet(state, sheet.data, "");
    sc_buf_release(&sheet);
    assert_int_equal(bed->err.code, SC_INVALID);
    assert_non_null(strstr(bed->err.msg, "16384 columns"));
}

static void a_text_that_does_not_exist_is_refused(void **state)
{
    struct builtin_bed *bed =
            read_rows(state, "<row r='2'><c r='A2' t='s'><v>99</v></c></row>");

    assert_int_equal(bed->err.code, SC_INVALID);
    assert_non_null(strstr(bed->err.msg, "names a text"));
}

static void xml_that_breaks_off_is_refused_with_its_line(void **state)
{
    struct builtin_bed *bed = read_sheet(state, "<sheetData><row r='1'><c", "");

    assert_int_equal(bed->err.code, SC_INVALID);
    assert_non_null(strstr(bed->err.msg, "line 1"));
}

static void a_format_says_currency_percent_and_unit(void **state)
{
    static const char styles[] =
            "<styleSheet><numFmts><numFmt numFmtId='170' formatCode='[$€-407]#,##0.00'/>"
            "<numFmt numFmtId='171' formatCode='0&quot; g&quot;'/></numFmts>"
            "<cellXfs><xf numFmtId='0'/><xf numFmtId='10'/><xf numFmtId='170'/>"
            "<xf numFmtId='171'/></cellXfs></styleSheet>";
    static const char sheet[] =
            "<worksheet><sheetData><row r='1'><c r='A1' "
            "t='inlineStr'><is><t>cost</t></is>"
            "</c><c r='B1' t='inlineStr'><is><t>duty</t></is></c><c r='C1' t='inlineStr'>"
            "<is><t>weight</t></is></c></row><row r='2'><c r='A2' s='2'><v>40</v></c>"
            "<c r='B2' s='1'><v>0.047</v></c><c r='C2' s='3'><v>400</v></c></row>"
            "</sheetData></worksheet>";
    struct builtin_bed *bed =
            read_book(state, builtin_bed_workbook, styles, "<sst/>", sheet);

    (void)!builtin_bed_call(bed, "table.read",
            "{'path':'t.xlsx','types':{'duty':'percent','weight':'number'},"
            "'columns':{'weight':['weight']},'units':{'weight':'kg'}}");
    builtin_bed_expect(bed, "rows", "[{'cost':40,'duty':4.700,'weight':0.400}]");
    (void)!builtin_bed_call(
            bed, "table.read", "{'path':'t.xlsx','currencies':{'cost':'CNY'}}");
    assert_int_equal(bed->err.code, SC_INVALID);
    assert_non_null(strstr(bed->err.msg, "row 2 has '40 €', which is not in CNY"));
}

static void the_lowest_of_two_head_rows_can_be_named(void **state)
{
    struct builtin_bed *bed = read_sheet(state,
            ROWS("<row r='1'><c r='A1' t='inlineStr'><is><t>价格</t></is></c>"
                 "<c r='C1' t='inlineStr'><is><t>货号</t></is></c></row>"
                 "<row r='2'><c r='A2' t='inlineStr'><is><t>成本</t></is></c>"
                 "<c r='B2' t='inlineStr'><is><t>运费</t></is></c></row>"
                 "<row r='3'><c r='A3'><v>40</v></c><c r='B3'><v>2</v></c>"
                 "<c r='C3' t='inlineStr'><is><t>A1</t></is></c></row>") "<mergeCells><"
                                                                         "mergeCell "
                                                                         "ref='A1:B1'/></"
                                                                         "mergeCells>",
            ",'columns':{'cost':['成本'],'sku':['货号']}");

    builtin_bed_expect(bed, "rows", "[{'cost':40,'价格 运费':2,'sku':'A1'}]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_format_says_currency_percent_and_unit),
        T(the_lowest_of_two_head_rows_can_be_named),
        T(shared_texts_join_their_runs_without_phonetics),
        T(styles_tell_dates_from_numbers),
        T(days_can_count_from_1904),
        T(the_29th_of_february_1900_does_not_shift_earlier_days),
        T(numbers_are_those_that_excel_shows),
        T(formulas_give_their_last_value_and_are_never_run),
        T(errors_of_the_sheet_are_null_with_a_note),
        T(gaps_between_cells_and_rows_are_kept_apart),
        T(titles_above_the_head_are_skipped_with_a_note),
        T(merged_heads_of_two_rows_are_joined),
        T(a_sheet_that_is_not_there_is_told_with_those_that_are),
        T(hidden_sheets_are_passed_over),
        T(namespace_prefixes_do_not_matter),
        T(what_is_no_zip_archive_is_refused),
        T(a_zip_archive_of_something_else_is_refused),
        T(half_a_file_is_refused),
        T(a_bomb_of_entities_is_refused_before_it_grows),
        T(an_entity_that_names_a_file_is_refused),
        T(a_zip_bomb_is_refused),
        T(cells_out_of_order_are_refused),
        T(rows_out_of_order_are_refused),
        T(an_address_beyond_the_last_column_is_refused),
        T(thousands_of_columns_of_one_name_are_refused),
        T(a_text_that_does_not_exist_is_refused),
        T(xml_that_breaks_off_is_refused_with_its_line),
    };
    return cmocka_run_group_tests_name("builtin/xlsx_read", tests, NULL, NULL);
}
