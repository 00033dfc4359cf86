#include "sandbox.h"

/* In a state of its own: the helpers are loaded when the first of them is used. */
static void join_may_be_the_first_helper_used(void **state)
{
    expect(state, "join({'a', 1}, '、')", "\"a、1\"");
}

static void join_stays_the_same_after_others(void **state)
{
    expect(state, "sum({1, 2})", "3");
    expect(state, "join({'a', 'b'})", "\"a, b\"");
    expect(state, "join({{x = 1}, {x = 2}}, '-', 'x')", "\"1-2\"");
}

static void what_is_no_list_and_no_fiber_is_refused(void **state)
{
    struct sc_lua *lua = *state;

    assert_false(sandbox_run(lua, "join(5)"));
    assert_non_null(strstr(lua_tostring(lua->L, -1), "join: needs a list, got number"));
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, sandbox_open, sandbox_close)
    const struct CMUnitTest tests[] = {
        T(join_may_be_the_first_helper_used),
        T(join_stays_the_same_after_others),
        T(what_is_no_list_and_no_fiber_is_refused),
    };
    return cmocka_run_group_tests_name("lua/join", tests, NULL, NULL);
}
