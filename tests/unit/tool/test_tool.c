#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tool/check.h"
#include "tool/tool.h"

static struct sc_json *json(const char *text)
{
    struct sc_error err = { 0 };
    struct sc_json *value = sc_json_parse(text, strlen(text), NULL, &err);

    if (!value)
        fail_msg("%s: %s", text, err.msg);
    return value;
}

/* A right descriptor with members set (or, by null, left out). */
static struct sc_json *descriptor(const char *members)
{
    struct sc_json *base = json(
            "{\"name\":\"shop.pay\",\"summary\":\"Pay.\",\"effect\":\"spend\",\"params\":"
            "{\"type\":\"object\",\"required\":[\"to\"],\"properties\":{\"to\":{\"type\":"
            "\"string\"},\"n\":{\"type\":\"number\"}}},\"returns\":{\"type\":\"object\"},"
            "\"functions\":[\"run\",\"preview\"]}");
    struct sc_json *more = json(members);

    SC_JSON_EACH(member, more)
    {
        const char *key = sc_json_key(member);

        if (sc_json_type(member) == SC_JSON_NULL)
            sc_json_free(sc_json_detach(base, key));
        else
            sc_json_set(base, key, sc_json_copy(member));
    }
    sc_json_free(more);
    return base;
}

static struct sc_tool *good(const char *members)
{
    struct sc_error err = { 0 };
    struct sc_tool *tool = sc_tool_new(descriptor(members), NULL, NULL, &err);

    if (!tool)
        fail_msg("%s", err.msg);
    return tool;
}

static void wrong(const char *members, const char *sentence)
{
    struct sc_json *value = descriptor(members);
    struct sc_error err = { 0 };

    if (sc_tool_new(value, NULL, NULL, &err))
        fail_msg("accepted: %s", members);
    assert_int_equal(err.code, SC_INVALID);
    assert_string_equal(err.msg, sentence);
    sc_json_free(value); /* not taken on failure */
}

static void defaults_follow_from_the_effect(void **state)
{
    struct sc_tool *pay = good("{}"), *read = good("{\"effect\":\"read\"}");
    struct sc_tool *none = good("{\"effect\":\"none\"}");

    (void)state;
    assert_int_equal(pay->effect, SC_EFFECT_SPEND);
    assert_int_equal(pay->idempotent, SC_IDEMPOTENT_NO);
    assert_int_equal(pay->retry.attempts, 1);
    assert_int_equal(pay->timeout_ms, 60000);
    assert_false(pay->returns_trusted);
    assert_int_equal(read->idempotent, SC_IDEMPOTENT_YES);
    assert_int_equal(read->retry.attempts, 3);
    assert_false(read->returns_trusted);
    assert_true(none->returns_trusted);
    assert_int_equal(strlen(none->version), 16);
    sc_tool_unref(pay);
    sc_tool_unref(read);
    sc_tool_unref(none);
}

static void every_field_is_taken(void **state)
{
    struct sc_tool *tool = good(
            "{\"idempotent\":\"key\",\"timeout\":2.5,\"retry\":{\"attempts\":4,\"wait\":"
            "0.25,\"max_wait\":8},\"trust\":\"trusted\",\"version\":"
            "\"0123456789abcdef01234567\",\"hosts\":[\"api.example.com\"],\"secrets\":"
            "[\"shop\"],\"files\":[\"in\",\"out\"],\"data\":[\"rates.json\"],"
            "\"controls\":"
            "[\"to\"],\"rate\":{\"n\":2,\"per\":1},\"texts\":{\"zh\":{\"summary\":\"x\"}}"
            ","
            "\"examples\":[{\"words\":{\"en\":\"pay\"},\"args\":{}}],\"tests\":[{"
            "\"name\":"
            "\"t\",\"args\":{},\"fails\":\"invalid\"}]}");

    (void)state;
    assert_int_equal(tool->idempotent, SC_IDEMPOTENT_KEY);
    assert_int_equal(tool->timeout_ms, 2500);
    assert_int_equal(tool->retry.attempts, 4);
    assert_int_equal(tool->retry.wait_ms, 250);
    assert_int_equal(tool->retry.max_wait_ms, 8000);
    assert_true(tool->returns_trusted);
    assert_string_equal(tool->version, "0123456789abcdef");
    sc_tool_unref(tool);
}

static void the_first_wrong_field_is_named(void **state)
{
    (void)state;
    wrong("{\"name\":\"Shop\"}",
            "tool 'Shop': field 'name' must be lower-case words joined "
            "by dots, as 'table.read'");
    wrong("{\"name\":\"shop__pay\"}", "tool 'shop__pay': field 'name' must be lower-case "
                                      "words joined by dots, as 'table.read'");
    wrong("{\"name\":\"shop.\"}", "tool 'shop.': field 'name' must be lower-case words "
                                  "joined by dots, as 'table.read'");
    wrong("{\"summary\":null}", "tool 'shop.pay': field 'summary' is missing");
    wrong("{\"summary\":\"\"}",
            "tool 'shop.pay': field 'summary' must be a text that is not empty");
    wrong("{\"effect\":\"delete\"}", "tool 'shop.pay': field 'effect' must be \"none\", "
                                     "\"read\", \"write\" or \"spend\"");
    wrong("{\"params\":{\"type\":\"array\"}}",
            "tool 'shop.pay': field 'params' must be a JSON Schema of type \"object\"");
    wrong("{\"returns\":7}", "tool 'shop.pay': field 'returns' must be a JSON Schema");
    wrong("{\"timeout\":0}", "tool 'shop.pay': field 'timeout' must be seconds, above 0 "
                             "and at most 86400");
    wrong("{\"retry\":{\"attempts\":0}}",
            "tool 'shop.pay': field 'retry' must have attempts from 1 to 20");
    wrong("{\"hosts\":[\"https://x.com/\"]}",
            "tool 'shop.pay': field 'hosts' must be a list "
            "of host names, as { \"api.example.com\" }");
    wrong("{\"files\":[\"home\"]}",
            "tool 'shop.pay': field 'files' must be a list of \"in\" and \"out\"");
    wrong("{\"data\":[\"../x.json\"]}", "tool 'shop.pay': field 'data' must be a list of "
                                        ".json files in the tool's own folder");
    wrong("{\"controls\":[\"iban\"]}",
            "tool 'shop.pay': field 'controls' names 'iban', which "
            "params does not have");
    wrong("{\"sumary\":\"x\"}",
            "tool 'shop.pay': unknown field 'sumary'; did you mean 'summary'?");
    wrong("{\"functions\":[\"preview\"]}",
            "tool 'shop.pay': field 'run' must be a function or builtin \"…\"");
    wrong("{\"builtin\":\"x\"}",
            "tool 'shop.pay': field 'run' must be a function or builtin \"…\"");
    wrong("{\"tests\":[{\"name\":\"t\"}]}", "tool 'shop.pay': field 'tests' holds a test "
                                            "without gives and fails, or with both");
}

static void a_schema_that_is_none_is_refused(void **state)
{
    struct sc_json *value = descriptor("{\"returns\":{\"type\":\"object\",\"properties\":"
                                       "{\"a\":{\"type\":\"strin\"}}}}");
    struct sc_error err = { 0 };

    (void)state;
    assert_null(sc_tool_new(value, NULL, NULL, &err));
    assert_int_equal(err.code, SC_INVALID);
    assert_non_null(strstr(err.msg, "tool 'shop.pay': field 'returns'"));
    sc_json_free(value);
}

static void texts_fall_back_from_a_region_to_its_language_to_the_plain_one(void **state)
{
    struct sc_tool *tool = good("{\"texts\":{\"zh\":{\"summary\":\"付款\"},\"zh-TW\":{"
                                "\"summary\":\"付款!\"}}}");

    (void)state;
    assert_string_equal(sc_tool_text(tool, "summary", "zh"), "付款");
    assert_string_equal(sc_tool_text(tool, "summary", "zh-CN"), "付款");
    assert_string_equal(sc_tool_text(tool, "summary", "zh-TW"), "付款!");
    assert_string_equal(sc_tool_text(tool, "summary", "ja"), "Pay.");
    assert_string_equal(sc_tool_text(tool, "summary", NULL), "Pay.");
    assert_string_equal(sc_tool_text(tool, "nothing", "zh"), "");
    sc_tool_unref(tool);
}

static void arguments_and_results_are_checked(void **state)
{
    struct sc_tool *tool = good("{}");
    struct sc_json *right = json("{\"to\":\"x\",\"n\":1}"), *bad = json("{\"n\":\"1\"}");
    struct sc_error err = { 0 };

    (void)state;
    assert_int_equal(sc_tool_check_args(tool, right, &err), SC_OK);
    assert_int_equal(sc_tool_check_args(tool, bad, &err), SC_INVALID);
    assert_non_null(strstr(err.msg, "shop.pay: args"));
    assert_non_null(strstr(err.msg, "n"));
    assert_int_equal(sc_tool_check_args(tool, NULL, &err), SC_INVALID);
    assert_int_equal(sc_tool_check_result(tool, right, &err), SC_OK);
    assert_int_equal(
            sc_tool_check_result(tool, sc_json_get(right, "n"), &err), SC_INVALID);
    assert_non_null(strstr(err.msg, "shop.pay: result"));
    sc_json_free(right);
    sc_json_free(bad);
    sc_tool_unref(tool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_follow_from_the_effect),
        cmocka_unit_test(every_field_is_taken),
        cmocka_unit_test(the_first_wrong_field_is_named),
        cmocka_unit_test(a_schema_that_is_none_is_refused),
        cmocka_unit_test(texts_fall_back_from_a_region_to_its_language_to_the_plain_one),
        cmocka_unit_test(arguments_and_results_are_checked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
