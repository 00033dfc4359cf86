#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <lauxlib.h>

#include "lua/lib.h"

static int setup(void **state)
{
    lua_State *L = luaL_newstate();

    lua_pushcfunction(L, sc_luaopen_money);
    lua_newtable(L); /* the globals of the sandbox */
    lua_pushvalue(L, -1);
    lua_setglobal(L, "G");
    lua_call(L, 1, 0);
    *state = L;
    return 0;
}

static int teardown(void **state)
{
    lua_close(*state);
    return 0;
}

/* The value of an expression over money, or the error, as text. */
static void expect(void **state, const char *expression, const char *wanted)
{
    lua_State *L = *state;

    lua_settop(L, 0);
    lua_pushfstring(L, "local money = G.money return %s", expression);
    if (luaL_loadstring(L, lua_tostring(L, -1)) == LUA_OK)
        lua_pcall(L, 0, 1, 0);
    if (!strstr(luaL_tolstring(L, -1, NULL), wanted))
        fail_msg("%s is %s, not %s", expression, lua_tostring(L, -1), wanted);
}

static void tenths_add_up(void **state)
{
    expect(state, "money.add('0.1', '0.2')", "0.3");
    expect(state, "money.add(0.1, 0.2)", "0.3");
    expect(state, "money.sub('1', 0.9)", "0.1");
    expect(state, "money.mul('19.99', 3)", "59.97");
}

static void division_rounds_as_it_is_told(void **state)
{
    expect(state, "money.div('2', '3', 4)", "0.6667");
    expect(state, "money.div('2', '3', 4, 'down')", "0.6666");
    expect(state, "money.round('2.5', 0)", "3");
    expect(state, "money.round('2.5', 0, 'half_even')", "2");
    expect(state, "money.round('2.01', 0, 'up')", "3");
}

static void amounts_compare_by_value(void **state)
{
    expect(state, "money.compare('1.0', 1)", "0");
    expect(state, "money.compare('0.9', '1')", "-1");
    expect(state, "money.compare(2, '1.99')", "1");
}

static void numbers_become_text_without_an_exponent(void **state)
{
    expect(state, "money.text(0.00001)", "0.00001");
    expect(state, "money.text(9007199254740993)", "9007199254740993");
}

static void what_is_no_amount_is_told(void **state)
{
    expect(state, "money.add('12.5K', 1)", "bad argument #1");
    expect(state, "money.add({}, 1)", "bad argument #1");
    expect(state, "money.add(0/0, 1)", "bad argument #1");
    expect(state, "money.div(1, 0, 2)", "zero");
    expect(state, "money.div(1, 3, 99)", "0 to 30 decimals");
    expect(state, "money.round(1, 0, 'sideways')", "half_up");
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(tenths_add_up),
        T(division_rounds_as_it_is_told),
        T(amounts_compare_by_value),
        T(numbers_become_text_without_an_exponent),
        T(what_is_no_amount_is_told),
    };
    return cmocka_run_group_tests_name("lua/money", tests, NULL, NULL);
}
