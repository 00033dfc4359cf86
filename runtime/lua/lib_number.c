/* lua/lib_number.c - number, round, ceil and floor: decimal, as people count. */
#include <lauxlib.h>

#include "lua/amount.h"
#include "lua/lib.h"

enum { MOST_PLACES = 15 };

/* number(text [, locale]) -> number */
static int l_number(lua_State *L)
{
    struct sc_money amount;
    struct sc_error err;
    const char *locale;

    lua_settop(L, 2);
    if (lua_type(L, 1) == LUA_TNUMBER) {
        lua_settop(L, 1);
        return 1;
    }
    locale = lua_isnil(L, 2) ? NULL : sc_lua_text_at(L, "number", 2);
    if (sc_lua_read_number(sc_lua_text_at(L, "number", 1), locale, &amount, &err) !=
            SC_OK)
        return luaL_error(L, "number: %s", err.msg);
    sc_lua_push_amount(L, &amount);
    return 1;
}

/* To places decimals, or with places below 0 to tens, hundreds, … */
static enum sc_code round_to(const struct sc_money *amount, int64_t places,
        enum sc_rounding rounding, struct sc_money *ret_amount, struct sc_error *err)
{
    struct sc_money_round round = { (int)places, rounding };
    struct sc_money step = sc_money_of_int(1);

    if (places >= amount->scale) { /* nothing to do, and no zeros to add */
        *ret_amount = *amount;
        return SC_OK;
    }
    if (places >= 0)
        return sc_money_round(amount, round, ret_amount, err);
    while (places++ < 0)
        step.units *= 10;
    return sc_money_round_step(amount, &step, rounding, ret_amount, err);
}

/* (x [, places]) -> x rounded; money to the decimals of its currency */
static int round_with(
        lua_State *L, const char *helper, enum sc_rounding above, enum sc_rounding below)
{
    struct sc_lua_money money = { 0 };
    struct sc_error err;
    int64_t places = 0;
    bool is_money;

    lua_settop(L, 2);
    is_money = sc_lua_money_at(L, 1, &money);
    if (is_money)
        places = sc_money_digits(money.currency);
    else
        sc_lua_amount_at(L, helper, 1, &money.amount);
    if (!lua_isnil(L, 2))
        places = sc_lua_whole_at(L, helper, 2, -MOST_PLACES, MOST_PLACES);
    if (round_to(&money.amount, places, money.amount.units < 0 ? below : above,
                &money.amount, &err) != SC_OK)
        return luaL_error(L, "%s: %s", helper, err.msg);
    if (is_money)
        sc_lua_push_money(L, &money);
    else
        sc_lua_push_amount(L, &money.amount);
    return 1;
}

static int l_round_half(lua_State *L)
{
    return round_with(L, "round", SC_ROUND_HALF_UP, SC_ROUND_HALF_UP);
}

static int l_round_up(lua_State *L)
{
    return round_with(L, "ceil", SC_ROUND_UP, SC_ROUND_DOWN);
}

static int l_round_down(lua_State *L)
{
    return round_with(L, "floor", SC_ROUND_DOWN, SC_ROUND_UP);
}

int sc_luaopen_number(lua_State *L)
{
    static const luaL_Reg functions[] = { { "number", l_number },
        { "round", l_round_half }, { "ceil", l_round_up }, { "floor", l_round_down },
        { NULL, NULL } };

    luaL_setfuncs(L, functions, 0);
    return 0;
}
