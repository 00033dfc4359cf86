/* Finding tools by words, and a prefix that stays the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "plan/planner.h"
#include "plan/retrieve.h"

enum { MANY = 10000, MOST_FOUND = 8, PREFIX_TASKS = 50 };

struct fixture {
    struct sc_registry *registry;
};

static struct sc_json *parse(const char *text)
{
    struct sc_error err;
    struct sc_json *json = sc_json_parse(text, strlen(text), NULL, &err);

    if (!json)
        fail_msg("%s: %s", err.msg, text);
    return json;
}

static void no_release(struct sc_tool *tool)
{
    (void)tool;
}

static const struct sc_tool_class fake_class = { "fake", NULL, NULL, no_release };

/* A tool with a summary in English, Chinese and Japanese and one parameter. */
static void add_tool(struct sc_registry *registry, const char *name, const char *en,
        const char *zh, const char *ja)
{
    struct sc_json *json = parse(
            "{\"effect\":\"read\",\"functions\":[\"run\"],\"params\":{\"type\":"
            "\"object\","
            "\"properties\":{\"id\":{\"type\":\"string\",\"description\":\"Of the record."
            "\"}}},\"returns\":{\"type\":\"object\"},\"texts\":{\"zh\":{},\"ja\":{}}}");
    struct sc_json *texts = sc_json_get(json, "texts");
    struct sc_error err;
    struct sc_tool *tool;

    sc_json_set_string(json, "name", name);
    sc_json_set_string(json, "summary", en);
    sc_json_set_string(sc_json_get(texts, "zh"), "summary", zh);
    sc_json_set_string(sc_json_get(texts, "ja"), "summary", ja);
    tool = sc_tool_new(json, &fake_class, NULL, &err);
    if (!tool)
        fail_msg("%s", err.msg);
    sc_registry_add(registry, tool);
}

/* Tools of a kind: verbs on things in a department. */
static void add_many(struct sc_registry *registry, size_t count)
{
    static const char *const verbs[] = { "list", "find", "update", "archive", "export" };
    static const char *const things[] = { "contract", "visitor", "sensor", "ticket",
        "lecture", "patient", "recipe", "route" };

    for (size_t i = 0; i < count; i++) {
        const char *verb = verbs[i % 5], *thing = things[i / 5 % 8];
        char *name = sc_strdupf("dept%zu.%s_%s", i, verb, thing);
        char *en = sc_strdupf("To %s each %s of department %zu.", verb, thing, i);

        add_tool(registry, name, en, "部门的内部记录。", "部署の内部記録です。");
        free(name);
        free(en);
    }
}

static int setup(void **state)
{
    struct fixture *f = sc_new(struct fixture);

    f->registry = sc_registry_new();
    add_tool(f->registry, "orders.refund", "Pay an order's money back to the buyer.",
            "把订单的钱退还给买家。", "注文の代金を購入者に返金します。");
    add_tool(f->registry, "reviews.list", "Customer reviews of a product, newest first.",
            "商品的买家评价,最新在前。", "商品のレビューを新しい順に。");
    add_tool(f->registry, "shipping.label", "Print a label for a parcel.",
            "打印包裹面单。", "荷物の送り状を印刷します。");
    add_tool(f->registry, "ask", "Ask the person.", "询问操作人。", "人に尋ねます。");
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    sc_registry_free(f->registry);
    free(f);
    return 0;
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

static const char *best(const struct fixture *f, const char *words)
{
    const struct sc_tool *tools[MOST_FOUND];
    size_t count = sc_retrieve(f->registry, NULL, words, MOST_FOUND, tools);

    return count ? tools[0]->name : "(none)";
}

static void words_of_three_languages_find_their_tool_among_10000(void **state)
{
    struct fixture *f = *state;

    add_many(f->registry, MANY);
    assert_string_equal(
            best(f, "Please refund order 4711, it was lost"), "orders.refund");
    assert_string_equal(best(f, "Refunds for the lost orders"), "orders.refund");
    assert_string_equal(best(f, "给买家退还订单4711的钱"), "orders.refund");
    assert_string_equal(best(f, "注文4711を返金してください"), "orders.refund");
    assert_string_equal(best(f, "what do the customers' reviews say?"), "reviews.list");
    assert_string_equal(best(f, "看看商品的评价"), "reviews.list");
    assert_string_equal(best(f, "新しいレビューを見せて"), "reviews.list");
    assert_string_equal(best(f, "make SHIPPING labels"), "shipping.label");
    assert_string_equal(best(f, "打印面单"), "shipping.label");
    assert_string_equal(
            best(f, "update the recipe of department 4711"), "dept4711.find_recipe");
    assert_string_equal(best(f, "qqq zzz"), "(none)");
    assert_string_equal(best(f, ""), "(none)");
}

static void what_an_agent_may_not_use_is_not_found(void **state)
{
    struct fixture *f = *state;
    struct sc_json *allowed = parse("[\"reviews.*\"]");
    const struct sc_tool *tools[MOST_FOUND];

    assert_int_equal(
            sc_retrieve(f->registry, allowed, "refund review", MOST_FOUND, tools), 1);
    assert_string_equal(tools[0]->name, "reviews.list");
    sc_json_free(allowed);
}

/* --- in a request --- */

static char *message_at(struct sc_json *messages, size_t i)
{
    return sc_strdup(sc_json_get_string(sc_json_at(messages, i), "content", ""));
}

static void request(const struct fixture *f, const char *words, const char *allowed,
        char **ret_system, char **ret_user, size_t *ret_bytes)
{
    struct sc_json *patterns = parse(allowed), *messages, *tools;
    struct sc_planner_task task = {
        .words = words, .language = "en", .registry = f->registry, .tools = patterns
    };

    sc_planner_request(&task, NULL, 0, &messages, &tools);
    *ret_system = message_at(messages, 0);
    *ret_user = message_at(messages, 1);
    *ret_bytes = strlen(*ret_system) + strlen(*ret_user);
    sc_json_free(messages);
    sc_json_free(tools);
    sc_json_free(patterns);
}

static void few_tools_are_all_in_the_prefix(void **state)
{
    struct fixture *f = *state;
    char *system, *user;
    size_t bytes;

    request(f, "refund 4711", "[\"*\"]", &system, &user, &bytes);
    assert_non_null(strstr(system, "\norders.refund [read]"));
    assert_non_null(strstr(system, "\nreviews.list [read]"));
    assert_null(strstr(user, "more tools"));
    free(system);
    free(user);
}

static void of_10000_tools_the_named_and_the_fitting_are_shown(void **state)
{
    struct fixture *f = *state;
    char *system, *user;
    size_t bytes;

    add_many(f->registry, MANY);
    request(f, "refund order 4711", "[\"*\",\"reviews.list\"]", &system, &user, &bytes);
    assert_non_null(strstr(system, "\nreviews.list [read]"));
    assert_non_null(strstr(system, "\nask [read]"));
    assert_null(strstr(system, "\norders.refund [read]"));
    assert_non_null(strstr(user, "\norders.refund [read]"));
    assert_non_null(strstr(user, "{\"find\":["));
    assert_null(strstr(user, "\nreviews.list [read]"));
    assert_true(bytes < 40000);
    free(system);
    free(user);
}

static void many_signatures_are_cut_even_of_few_tools(void **state)
{
    struct fixture *f = *state;
    char *long_text = sc_zalloc(30001), *system, *user;
    size_t bytes;

    memset(long_text, 'x', 30000);
    add_tool(f->registry, "big.one", long_text, "长", "長");
    add_tool(f->registry, "big.two", long_text, "长", "長");
    request(f, "refund order 4711", "[\"*\"]", &system, &user, &bytes);
    assert_null(strstr(system, "big.one"));
    assert_non_null(strstr(user, "\norders.refund [read]"));
    free(system);
    free(user);
    free(long_text);
}

/* Whatever the task, the clock and the inputs: the same tools and agent begin with the
 * same bytes. */
static void the_prefix_is_the_same_for_all_tasks(void **state)
{
    struct fixture *f = *state;
    char *first = NULL;

    for (size_t many = 0; many < 2; many++) {
        for (int i = 0; i < PREFIX_TASKS; i++) {
            char *words =
                    sc_strdupf("task %d about orders, 评价 and %d labels", i, i * 7);
            char *system, *user;
            size_t bytes;

            request(f, words, "[\"*\"]", &system, &user, &bytes);
            if (first)
                assert_string_equal(system, first);
            else
                first = sc_strdup(system);
            free(system);
            free(user);
            free(words);
        }
        free(first);
        first = NULL;
        add_many(f->registry, 100);
    }
}

static void found_tools_are_told_with_their_signatures(void **state)
{
    struct fixture *f = *state;
    struct sc_json *json =
            parse("{\"calls\":[{\"id\":\"p\",\"name\":\"plan\",\"arguments\":"
                  "\"{}\"}]}");
    struct sc_json *finds = parse("[\"print a label\",\"退还订单的钱\",\"fly\"]");
    struct sc_model_reply *reply = sc_model_reply_take_json(json, NULL);
    struct sc_planner_task task = { .words = "x", .registry = f->registry };
    struct sc_json *messages = sc_planner_found(reply, &task, finds);
    const char *text = sc_json_get_string(sc_json_first(messages), "content", "");

    assert_string_equal(
            sc_json_get_string(sc_json_first(messages), "tool_call_id", ""), "p");
    assert_non_null(strstr(text, "\"print a label\":\nshipping.label [read]"));
    assert_non_null(strstr(text, "\"退还订单的钱\":\norders.refund [read]"));
    assert_non_null(strstr(text, "\"fly\":\n(none)"));
    sc_json_free(messages);
    sc_json_free(finds);
    sc_model_reply_free(reply);
}

static struct sc_json *loop_tools(const struct fixture *f, const char *words)
{
    struct sc_json *allowed = parse("[\"*\",\"reviews.list\"]"), *messages, *tools;
    const struct sc_planner_task task = {
        .words = words, .language = "en", .registry = f->registry, .tools = allowed
    };

    sc_loop_request(&task, NULL, 0, &messages, &tools);
    sc_json_free(messages);
    sc_json_free(allowed);
    return tools;
}

static const char *name_at(const struct sc_json *tools, size_t i)
{
    return sc_json_get_string(sc_json_at(tools, i), "name", "");
}

/* What is the same for all tasks stands in front. */
static void a_loop_with_10000_tools_offers_the_named_and_the_fitting(void **state)
{
    static const char *const names[] = { "ask", "reviews__list", "tool__find",
        "tool__call", "result__look" };
    enum { NAMES = sizeof(names) / sizeof(*names) };
    struct fixture *f = *state;
    struct sc_json *tools, *other;
    char *text;

    add_many(f->registry, MANY);
    tools = loop_tools(f, "refund order 4711");
    other = loop_tools(f, "打印面单");

    for (size_t i = 0; i < NAMES; i++) {
        assert_string_equal(name_at(tools, i), names[i]);
        assert_string_equal(name_at(other, i), names[i]);
    }
    assert_string_equal(name_at(tools, NAMES), "orders__refund");
    assert_string_equal(name_at(other, NAMES), "shipping__label");
    text = sc_json_text(tools);
    assert_true(strlen(text) < 20000);
    sc_json_free(tools);
    sc_json_free(other);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(words_of_three_languages_find_their_tool_among_10000),
        T(what_an_agent_may_not_use_is_not_found),
        T(few_tools_are_all_in_the_prefix),
        T(of_10000_tools_the_named_and_the_fitting_are_shown),
        T(many_signatures_are_cut_even_of_few_tools),
        T(the_prefix_is_the_same_for_all_tasks),
        T(found_tools_are_told_with_their_signatures),
        T(a_loop_with_10000_tools_offers_the_named_and_the_fitting),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
