/* The table of helpers (plan/names.h) and what the worker has are the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <lauxlib.h>

#include "lua/lib.h"
#include "lua/state.h"
#include "plan/names.h"
#include "rig.h"

/* What only tools may use: plans know neither the network nor fibers. */
static const char *const of_tools[] = { "json", "http", "cache", "state", "log", "spawn",
    "join", "race", "xpcall", "getmetatable", "setmetatable", "rawequal", "rawget",
    "rawlen" };

static bool is_of_tools(const char *name)
{
    for (size_t i = 0; i < sizeof(of_tools) / sizeof(*of_tools); i++) {
        if (strcmp(of_tools[i], name) == 0)
            return true;
    }
    return false;
}

/* Everything but what depends on the request. */
static void every_name_of_the_sandbox_is_known_to_plans_or_of_tools(void **state)
{
    struct sc_lua *lua = sc_lua_new(0, NULL);
    lua_State *L = lua->L;

    (void)state;
    sc_lua_push_env(L);
    assert_int_equal(luaL_getmetafield(L, -1, "__index"), LUA_TTABLE);
    assert_true(sc_lua_load_std(L, -1));
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
        const char *name = lua_tostring(L, -2);

        if (!sc_helper_find(name) && !sc_name_is_builtin(name) && !is_of_tools(name))
            fail_msg("plans do not know '%s' of the sandbox", name);
    }
    sc_lua_free(lua);
}

static int setup(void **state)
{
    struct rig *rig = calloc(1, sizeof(*rig));

    rig_open(rig, SC_WORKER_HOST, 1);
    *state = rig;
    return 0;
}

static int teardown(void **state)
{
    struct rig *rig = *state;

    rig_close(rig);
    free(rig);
    return 0;
}

static void every_helper_can_be_called_in_an_expression(void **state)
{
    const struct sc_helper *helper;

    for (size_t i = 0; (helper = sc_helper_at(i)); i++) {
        char *request = sc_strdupf("{\"bind\":{},\"eval\":[{\"name\":\"v\",\"of\":"
                                   "\"=select('#', pcall(%s))\"}]}",
                helper->name);
        const struct sc_json *row;

        rig_evaluate(*state, request);
        row = sc_json_first(sc_json_get(((struct rig *)*state)->answer, "rows"));
        if (!sc_json_get(row, "values"))
            fail_msg("'%s' is no name in an expression", helper->name);
        free(request);
    }
}

/* An example of each promise of types, and what it must give. */
static const struct {
    const char *expression, *value;
    enum sc_gives gives;
} promises[] = {
    { "filter({1, 2}, function(n) return n > 1 end)", "[2]", SC_GIVES_SAME },
    { "map({1, 2}, function(n) return n * 2 end)", "[2,4]", SC_GIVES_MAPPED },
    { "sort_by({ {n = 2}, {n = 1} }, 'n')", "[{\"n\":1},{\"n\":2}]", SC_GIVES_SAME },
    { "group_by({ {k = 'a'} }, 'k')", "{\"a\":[{\"k\":\"a\"}]}", SC_GIVES_GROUPS },
    { "index_by({ {k = 'a'} }, 'k')", "{\"a\":{\"k\":\"a\"}}", SC_GIVES_INDEX },
    { "keys({b = 1, a = 2})", "[\"a\",\"b\"]", SC_GIVES_TEXTS },
    { "unique({1, 1})", "[1]", SC_GIVES_SAME },
    { "take({1, 2}, 1)", "[1]", SC_GIVES_SAME },
    { "first({1, 2})", "1", SC_GIVES_ELEMENT },
    { "count({1, 2})", "2", SC_GIVES_NUMBER },
    { "any({1}, function(n) return n > 1 end)", "false", SC_GIVES_BOOL },
    { "all({2}, function(n) return n > 1 end)", "true", SC_GIVES_BOOL },
    { "join({'a', 1})", "\"a, 1\"", SC_GIVES_TEXT },
    { "split('a, b', ',')", "[\"a\",\"b\"]", SC_GIVES_TEXTS },
    { "default('', 3)", "3", SC_GIVES_VALUE },
    { "number('12,5', 'de')", "12.5", SC_GIVES_NUMBER },
    { "date('31.12.2026')", "\"2026-12-31\"", SC_GIVES_TEXT },
    { "days_between('2024-02-28', '2024-03-01')", "2", SC_GIVES_NUMBER },
    { "hours_between('2026-03-29 00:00', '2026-03-30 00:00')", "23", SC_GIVES_NUMBER },
    { "add_days('2026-11-23', 1)", "\"2026-11-24\"", SC_GIVES_TEXT },
    { "start_of('week', env.now)", "\"2026-11-23\"", SC_GIVES_TEXT },
    { "in_zone(env.now, 'UTC')", "\"2026-11-23T08:00:00+00:00\"", SC_GIVES_TEXT },
    { "fmt(1234.5)", "\"1.234,5\"", SC_GIVES_TEXT },
    { "len_bytes('é')", "2", SC_GIVES_NUMBER },
    { "done('payments.pay', 'a1')", "true", SC_GIVES_BOOL },
    { "step_state('pay')", "\"done\"", SC_GIVES_TEXT },
};

static void assert_promise(struct rig *rig, const char *expression, const char *value)
{
    char *request = sc_strdupf(
            "{\"bind\":{\"env\":{\"now\":\"2026-11-23T09:00:00+01:00\",\"zone\":"
            "\"Europe/"
            "Berlin\",\"language\":\"de\"}},\"done\":[[\"payments.pay\",\"a1\"]],"
            "\"states\":{\"pay\":\"done\"},\"eval\":[{\"name\":\"v\",\"of\":\"=%s\"}]}",
            expression);
    char *answer = sc_strdupf("{\"rows\":[{\"values\":{\"v\":%s}}]}", value);

    rig_evaluate(rig, request);
    if (rig->err.code != SC_OK)
        fail_msg("%s: %s", expression, rig->err.msg);
    assert_json(rig->answer, answer);
    free(request);
    free(answer);
}

static bool has_promise(const struct sc_helper *helper)
{
    size_t len = strlen(helper->name);

    for (size_t i = 0; i < sizeof(promises) / sizeof(*promises); i++) {
        if (strncmp(promises[i].expression, helper->name, len) == 0 &&
                promises[i].expression[len] == '(')
            return promises[i].gives == helper->gives;
    }
    return helper->gives == SC_GIVES_ANY;
}

static void helpers_give_what_the_table_promises(void **state)
{
    const struct sc_helper *helper;

    for (size_t i = 0; (helper = sc_helper_at(i)); i++) {
        if (!has_promise(helper))
            fail_msg("no example of what '%s' gives, or of another kind", helper->name);
    }
    for (size_t i = 0; i < sizeof(promises) / sizeof(*promises); i++)
        assert_promise(*state, promises[i].expression, promises[i].value);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_name_of_the_sandbox_is_known_to_plans_or_of_tools),
        T(every_helper_can_be_called_in_an_expression),
        T(helpers_give_what_the_table_promises),
    };
    return cmocka_run_group_tests_name("worker/helpers", tests, NULL, NULL);
}
