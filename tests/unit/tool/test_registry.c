#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tool/registry.h"

static int released;

static void on_release(struct sc_tool *tool)
{
    (void)tool;
    released++;
}

static const struct sc_tool_class counted = { .kind = "counted", .release = on_release };

static struct sc_tool *tool(const char *name)
{
    struct sc_error err = { 0 };
    char text[256];
    struct sc_tool *made;

    snprintf(text, sizeof(text),
            "{\"name\":\"%s\",\"summary\":\"Does.\",\"effect\":\"none\",\"builtin\":"
            "\"x\","
            "\"params\":{\"type\":\"object\"},\"returns\":{}}",
            name);
    made = sc_tool_new(
            sc_json_parse(text, strlen(text), NULL, NULL), &counted, NULL, &err);
    if (!made)
        fail_msg("%s", err.msg);
    return made;
}

static struct sc_registry *filled(void)
{
    struct sc_registry *registry = sc_registry_new();

    sc_registry_add(registry, tool("table.write"));
    sc_registry_add(registry, tool("ask"));
    sc_registry_add(registry, tool("table.read"));
    released = 0;
    return registry;
}

static void tools_are_in_order_of_name(void **state)
{
    struct sc_registry *registry = filled();

    (void)state;
    assert_int_equal(sc_registry_count(registry), 3);
    assert_string_equal(sc_registry_at(registry, 0)->name, "ask");
    assert_string_equal(sc_registry_at(registry, 1)->name, "table.read");
    assert_string_equal(sc_registry_at(registry, 2)->name, "table.write");
    assert_null(sc_registry_at(registry, 3));
    assert_string_equal(sc_registry_get(registry, "table.read")->name, "table.read");
    assert_null(sc_registry_get(registry, "table"));
    sc_registry_free(registry);
    assert_int_equal(released, 3);
}

static void a_new_version_replaces_but_a_call_keeps_the_old(void **state)
{
    struct sc_registry *registry = filled();
    struct sc_tool *old = sc_tool_ref(sc_registry_get(registry, "ask"));

    (void)state;
    sc_registry_add(registry, tool("ask"));
    assert_int_equal(sc_registry_count(registry), 3);
    assert_ptr_not_equal(sc_registry_get(registry, "ask"), old);
    assert_int_equal(released, 0);
    sc_tool_unref(old);
    assert_int_equal(released, 1);
    sc_registry_free(registry);
}

static void the_nearest_name_is_found(void **state)
{
    struct sc_registry *registry = filled();

    (void)state;
    assert_string_equal(sc_registry_nearest(registry, "table.raed"), "table.read");
    assert_null(sc_registry_nearest(registry, "mail.send"));
    sc_registry_free(registry);
}

static bool allows(const char *patterns, const char *name)
{
    struct sc_json *list = sc_json_parse(patterns, strlen(patterns), NULL, NULL);
    bool allowed = sc_registry_allows(list, name);

    sc_json_free(list);
    return allowed;
}

static void agents_are_allowed_by_name_and_pattern(void **state)
{
    (void)state;
    assert_true(sc_registry_allows(NULL, "table.read"));
    assert_true(allows("[\"table.*\"]", "table.read"));
    assert_true(allows("[\"ask\",\"*\"]", "table.read"));
    assert_true(allows("[\"table.read\"]", "table.read"));
    assert_false(allows("[\"table.*\"]", "tables.read"));
    assert_false(allows("[\"table.read\"]", "table.reader"));
    assert_false(allows("[]", "table.read"));
    assert_false(allows("[\"\"]", "table.read"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tools_are_in_order_of_name),
        cmocka_unit_test(a_new_version_replaces_but_a_call_keeps_the_old),
        cmocka_unit_test(the_nearest_name_is_found),
        cmocka_unit_test(agents_are_allowed_by_name_and_pattern),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
