#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "plan_bed.h"

static const char payments[] =
        "{\"steps\":[{\"id\":\"sheet\",\"tool\":\"table.read\",\"args\":{\"path\":"
        "\"=inputs.sheet\",\"max_rows\":5}},{\"id\":\"paid\",\"tool\":\"payments.pay\","
        "\"each\":\"=sheet.rows\",\"where\":\"=item.status == 'approved'\",\"once\":"
        "\"=item.invoice\",\"limit\":{\"n\":5,\"per\":\"day\"},\"on_error\":\"skip\","
        "\"args\":{\"to\":\"Invoice {{item.invoice}}\",\"amount\":\"=item.amount\"}},"
        "{\"id\":\"note\",\"tool\":\"nobody\",\"when\":\"=#paid > 0\",\"finally\":true}],"
        "\"gates\":[{\"before\":\"paid\",\"require\":\"=sheet.row_count <= 10\",\"say\":"
        "\"too many\"}]}";

static void says(const char *plan_text, const char *language, const char *expected)
{
    struct sc_registry *registry = bed_registry();
    struct sc_plan *plan = bed_plan(plan_text);
    static const char said[] =
            "{\"sheet\":\"/home/li/七月.xlsx\",\"markets\":[\"DE\",\"JP\"]}";
    struct sc_json *inputs = sc_json_parse(said, strlen(said), NULL, NULL);
    struct sc_json *sentences = sc_plan_sentences(plan, registry, inputs, language);
    char *lines = bed_lines(sentences);

    assert_string_equal(lines, expected);
    free(lines);
    sc_json_free(sentences);
    sc_json_free(inputs);
    sc_plan_free(plan);
    sc_registry_free(registry);
}

static const char english[] =
        "1. Read a table: path 七月.xlsx, max_rows 5 (table.read)\n"
        "2. Pay somebody: to Invoice {{item.invoice}}, amount item.amount "
        "(payments.pay); for "
        "each item of sheet.rows; where item.status == 'approved'; once ever for each "
        "item.invoice; at most 5 a day; goes on when one fails; only while "
        "sheet.row_count <= "
        "10, or the task stops (too many); spends money: asks first\n"
        "3. unknown tool (nobody); only if #paid > 0; whatever happened before";

static void a_plan_reads_as_english(void **state)
{
    (void)state;
    says(payments, "en", english);
    says(payments, NULL, english);
}

static void a_plan_reads_as_chinese(void **state)
{
    (void)state;
    says(payments, "zh-CN",
            "1. 读取表格:path 七月.xlsx,max_rows 5 (table.read)\n"
            "2. 付款:to Invoice {{item.invoice}},amount item.amount (payments.pay);对"
            "sheet.rows中的每个item;仅当 item.status == 'approved';每个 item.invoice "
            "永远只做一次;每天最多5次;单个失败时继续;须满足 sheet.row_count <= "
            "10,否则任务"
            "停止(too many);会花钱:先征求同意\n"
            "3. 未知工具 (nobody);仅在 #paid > 0 时执行;无论之前结果如何都执行");
}

static void an_approval_given_by_ticks_is_not_asked_again(void **state)
{
    (void)state;
    says("{\"steps\":[{\"id\":\"sure\",\"tool\":\"ask\",\"approves\":\"pay\"},{\"id\":"
         "\"pay\",\"tool\":\"payments.pay\",\"args\":{\"to\":\"=sure.answer\",\"amount\":"
         "1}}"
         "]}",
            "en",
            "1. Ask the person (ask)\n"
            "2. Pay somebody: to sure.answer, amount 1 (payments.pay); approved in step "
            "'sure'");
}

static void long_values_are_cut_between_characters(void **state)
{
    (void)state;
    says("{\"steps\":[{\"id\":\"a\",\"tool\":\"value\",\"args\":{\"value\":"
         "\"一二三四五六七八九十一二三四五六七八九十一二\",\"b\":[1,2],\"c\":["
         "1000000,1000000,1000000,1000000,1000000,1000000,1000000,1000000],\"d\":1,"
         "\"e\":2,\"f\":3}}]}",
            "en",
            "1. Keep a value: value 一二三四五六七八九十一二三四五六七八九十…, b [1,2], "
            "c 8 "
            "values, d 1, e 2, … (value)");
}

static void inputs_are_shown_as_what_they_are(void **state)
{
    (void)state;
    says("{\"steps\":[{\"id\":\"a\",\"tool\":\"table.read\",\"each\":\"=inputs.markets\","
         "\"args\":{\"path\":\"{{item}}.csv\",\"max_rows\":\"=#inputs.markets\"}},"
         "{\"id\":\"b\",\"tool\":\"payments.pay\",\"args\":{\"to\":\"=a.items\","
         "\"amount\":\"=sum(a.items, 'x')\"}}]}",
            "ja",
            "1. Read a table:path {{item}}.csv (table.read)。DE、JPの各itemについて\n"
            "2. Pay somebody:to a.items、amount 前の手順から計算 "
            "(payments.pay)。お金を使うので先に承認を求める");
}

static void expressions_in_a_list_are_not_shown_as_they_are(void **state)
{
    (void)state;
    says("{\"steps\":[{\"id\":\"a\",\"tool\":\"payments.pay\",\"args\":{\"to\":["
         "\"=inputs.sheet\",\"x\",\"=1 + 1\"],\"amount\":[1,2]}}]}",
            "en",
            "1. Pay somebody: to 七月.xlsx, x, computed, amount [1,2] "
            "(payments.pay); spends money: asks first");
}

static void a_text_is_filled_with_inputs(void **state)
{
    static const char said[] =
            "{\"sheet\":\"/home/li/七月.xlsx\",\"markets\":[\"DE\",\"JP\"]}";
    struct sc_json *inputs = sc_json_parse(said, strlen(said), NULL, NULL);
    char *text = sc_plan_fill(
            "{{inputs.sheet}} for {{inputs.markets}} {{inputs.none}} {{x}} {{inputs.",
            inputs);

    (void)state;
    assert_string_equal(text, "七月.xlsx for DE, JP {{inputs.none}} {{x}} {{inputs.");
    free(text);
    sc_json_free(inputs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plan_reads_as_english),
        cmocka_unit_test(a_plan_reads_as_chinese),
        cmocka_unit_test(an_approval_given_by_ticks_is_not_asked_again),
        cmocka_unit_test(inputs_are_shown_as_what_they_are),
        cmocka_unit_test(expressions_in_a_list_are_not_shown_as_they_are),
        cmocka_unit_test(a_text_is_filled_with_inputs),
        cmocka_unit_test(long_values_are_cut_between_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
