/* lua/lib_money.c - decimal arithmetic: money.add("0.1", "0.2") is "0.3". */
#include "codec/money.h"
#include "lua/convert.h"
#include "lua/lib.h"

/* The text of an argument: a float stands for its shortest decimal text. */
static void amount_at(lua_State *L, int index, struct sc_money *ret_amount)
{
    char shortest[SC_DOUBLE_TEXT];
    const char *text = shortest;
    struct sc_error err;

    if (lua_type(L, index) == LUA_TNUMBER && !lua_isinteger(L, index))
        sc_lua_double_text(lua_tonumber(L, index), shortest);
    else
        text = luaL_checkstring(L, index);
    if (sc_money_parse(text, ret_amount, &err) != SC_OK)
        luaL_argerror(L, index, lua_pushstring(L, err.msg));
}

static int push(lua_State *L, enum sc_code code, const struct sc_money *amount,
        const struct sc_error *err)
{
    char text[SC_MONEY_TEXT];

    if (code != SC_OK)
        return luaL_error(L, "%s", err->msg);
    sc_money_format(amount, text);
    lua_pushstring(L, text);
    return 1;
}

typedef enum sc_code combine_fn(const struct sc_money *a, const struct sc_money *b,
        struct sc_money *ret_amount, struct sc_error *err);

static int combine(lua_State *L, combine_fn *fn)
{
    struct sc_money a, b, result = { 0 };
    struct sc_error err;

    amount_at(L, 1, &a);
    amount_at(L, 2, &b);
    return push(L, fn(&a, &b, &result, &err), &result, &err);
}

/* add(a, b) -> text */
static int l_add(lua_State *L)
{
    return combine(L, sc_money_add);
}

/* sub(a, b) -> text */
static int l_sub(lua_State *L)
{
    return combine(L, sc_money_sub);
}

/* mul(a, b) -> text */
static int l_mul(lua_State *L)
{
    return combine(L, sc_money_mul);
}

static struct sc_money_round round_at(lua_State *L, int places, int how)
{
    struct sc_money_round round;
    lua_Integer scale = luaL_checkinteger(L, places);
    const char *word = luaL_optstring(L, how, "half_up");

    luaL_argcheck(L, scale >= 0 && scale <= SC_MONEY_SCALE, places, "0 to 30 decimals");
    round.scale = (int)scale;
    luaL_argcheck(L, sc_rounding_of_word(word, &round.rounding), how,
            "half_up, half_even, up or down");
    return round;
}

/* div(a, b, places [, how]) -> text */
static int l_div(lua_State *L)
{
    struct sc_money a, b, result = { 0 };
    struct sc_error err;

    amount_at(L, 1, &a);
    amount_at(L, 2, &b);
    return push(L, sc_money_div(&a, &b, round_at(L, 3, 4), &result, &err), &result, &err);
}

/* round(a, places [, how]) -> text */
static int l_round(lua_State *L)
{
    struct sc_money a, result = { 0 };
    struct sc_error err;

    amount_at(L, 1, &a);
    return push(L, sc_money_round(&a, round_at(L, 2, 3), &result, &err), &result, &err);
}

/* compare(a, b) -> -1, 0 or 1 */
static int l_compare(lua_State *L)
{
    struct sc_money a, b;
    int order;

    amount_at(L, 1, &a);
    amount_at(L, 2, &b);
    order = sc_money_compare(&a, &b);
    lua_pushinteger(L, (order > 0) - (order < 0));
    return 1;
}

/* text(number) -> the number as decimal text, never with an exponent */
static int l_text(lua_State *L)
{
    struct sc_money a;

    amount_at(L, 1, &a);
    return push(L, SC_OK, &a, NULL);
}

int sc_luaopen_money(lua_State *L)
{
    static const luaL_Reg functions[] = { { "add", l_add }, { "sub", l_sub },
        { "mul", l_mul }, { "div", l_div }, { "round", l_round },
        { "compare", l_compare }, { "text", l_text }, { NULL, NULL } };

    luaL_newlib(L, functions);
    sc_lua_add_library(L, "money");
    return 0;
}
