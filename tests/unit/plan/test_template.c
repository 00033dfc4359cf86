#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "plan/plan.h"
#include "plan/template.h"

static struct sc_json *json(const char *text)
{
    struct sc_error err = { 0 };
    struct sc_json *value = sc_json_parse(text, strlen(text), NULL, &err);

    if (!value)
        fail_msg("%s: %s", text, err.msg);
    return value;
}

static const char names[] =
        "{\"sheet\":{\"rows\":[{\"sku\":\"A 1\",\"price\":1.50}],\"n\":null},"
        "\"paid\":{\"$each\":true,\"items\":[{\"id\":7}],\"failed\":[],\"unknown\":[],"
        "\"skipped\":[{\"why\":\"limit\"}]}}";

static void resolves(const char *template_text, const char *expected)
{
    struct sc_json *template_json = json(template_text), *bound = json(names);
    struct sc_error err = { 0 };
    struct sc_json *value;
    char *text;

    assert_true(sc_template_is_plain(template_json));
    value = sc_template_resolve(template_json, bound, &err);
    if (!value)
        fail_msg("%s: %s", template_text, err.msg);
    text = sc_json_text(value);
    assert_string_equal(text, expected);
    free(text);
    sc_json_free(value);
    sc_json_free(template_json);
    sc_json_free(bound);
}

static void fails(const char *template_text, const char *sentence)
{
    struct sc_json *template_json = json(template_text), *bound = json(names);
    struct sc_error err = { 0 };

    assert_null(sc_template_resolve(template_json, bound, &err));
    assert_int_equal(err.code, SC_INVALID);
    assert_string_equal(err.msg, sentence);
    sc_json_free(template_json);
    sc_json_free(bound);
}

static void literals_are_themselves(void **state)
{
    (void)state;
    resolves("{\"a\":[1.0,null,true,\"x\"],\"b\":\"}}\"}",
            "{\"a\":[1.0,null,true,\"x\"],\"b\":\"}}\"}");
    resolves("\"==SUM(A1)\"", "\"=SUM(A1)\"");
}

static void references_are_followed(void **state)
{
    (void)state;
    resolves("{\"a\":\"=sheet.rows[1].price\"}", "{\"a\":1.50}");
    resolves("[\"=sheet['rows'][1].sku\"]", "[\"A 1\"]");
    resolves("\"=sheet.n\"", "null");
}

static void the_result_of_an_each_step_is_a_list_with_three_more(void **state)
{
    (void)state;
    resolves("\"=paid\"", "[{\"id\":7}]");
    resolves("\"=paid[1].id\"", "7");
    resolves("\"=paid.skipped[1].why\"", "\"limit\"");
}

static void what_is_missing_is_named(void **state)
{
    (void)state;
    fails("\"=sheet.rows[1].skuu\"", "sheet.rows[1] has no field 'skuu'");
    fails("\"=sheet.rows[2].sku\"", "sheet.rows has 1 elements, so no [2]");
    fails("\"=sheet.n.x\"", "sheet.n is null, so it has no .x");
    fails("\"=shete\"", "'shete' has no value");
    fails("{\"a\":{\"b\":\"=1 + 1\"}}", "'=1 + 1' is not a plain reference");
}

static void anything_computed_is_not_plain(void **state)
{
    static const char *const templates[] = { "\"=a + 1\"", "\"x {{a}}\"", "\"=f(a)\"",
        "{\"a\":[\"=a[i]\"]}", "\"=\"", "\"=a }}{{\"", NULL };

    (void)state;
    for (size_t i = 0; templates[i]; i++) {
        struct sc_json *template_json = json(templates[i]);

        if (sc_template_is_plain(template_json))
            fail_msg("plain: %s", templates[i]);
        sc_json_free(template_json);
    }
}

/* "text|<expr>|text" */
static void splits(const char *text, const char *expected)
{
    struct sc_arena arena = { 0 };
    struct sc_text split;
    struct sc_error err = { 0 };
    struct sc_buf out;

    sc_buf_init(&out);
    if (sc_text_read(&arena, text, &split, &err))
        fail_msg("%s: %s", text, err.msg);
    for (const struct sc_piece *piece = split.pieces; piece; piece = piece->next)
        sc_buf_addf(&out, piece->is_expr ? "%s<%.*s>" : "%s%.*s", out.len ? "|" : "",
                (int)piece->len, piece->text);
    assert_string_equal(sc_buf_text(&out), expected);
    sc_buf_release(&out);
    sc_arena_release(&arena);
}

static void holes_are_balanced(void **state)
{
    (void)state;
    splits("Invoice {{item.invoice}}", "Invoice |<item.invoice>");
    splits("{{a}}{{b}} c", "<a>|<b>| c");
    splits("{{ {x={1}}.x[1] }}!", "< {x={1}}.x[1] >|!");
    splits("{{'}}' .. [[}}]]}}", "<'}}' .. [[}}]]>");
    splits("no }} hole", "no }} hole");
    splits("", "");
    splits("=a.b", "<a.b>");
}

static void wrong_strings_are_refused(void **state)
{
    struct sc_arena arena = { 0 };
    struct sc_text split;
    struct sc_error err = { 0 };

    (void)state;
    assert_int_equal(sc_text_read(&arena, "a {{b", &split, &err), SC_INVALID);
    assert_string_equal(err.msg, "'{{' without its '}}': {{b");
    assert_int_equal(sc_text_read(&arena, "a {{b}", &split, &err), SC_INVALID);
    assert_int_equal(sc_text_read(&arena, "a {{'b}}", &split, &err), SC_INVALID);
    assert_int_equal(sc_text_read(&arena, "=a .. '{{b}}'", &split, &err), SC_INVALID);
    assert_non_null(strstr(err.msg, "in one string"));
    sc_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(literals_are_themselves),
        cmocka_unit_test(references_are_followed),
        cmocka_unit_test(the_result_of_an_each_step_is_a_list_with_three_more),
        cmocka_unit_test(what_is_missing_is_named),
        cmocka_unit_test(anything_computed_is_not_plain),
        cmocka_unit_test(holes_are_balanced),
        cmocka_unit_test(wrong_strings_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
