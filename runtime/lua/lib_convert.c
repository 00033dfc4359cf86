/* lua/lib_convert.c - money(amount, currency), convert, and sums of money. */
#include <lauxlib.h>
#include <stdarg.h>
#include <string.h>

#include "lua/amount.h"
#include "lua/lib.h"

/* (the library, amount, currency) -> {amount =, currency =} */
static int l_money(lua_State *L)
{
    struct sc_lua_money money;
    struct sc_money_round round = { .rounding = SC_ROUND_DOWN };
    struct sc_money least;
    const char *code;

    lua_remove(L, 1);
    lua_settop(L, 2);
    sc_lua_amount_at(L, "money", 1, &money.amount);
    code = sc_lua_currency_at(L, "money", 2);
    round.scale = sc_money_digits(code);
    if (sc_money_round(&money.amount, round, &least, NULL) == SC_OK &&
            sc_money_compare(&least, &money.amount) != 0)
        sc_lua_refuse(L, "money", 1, "has more decimals than %s has (%d): round it first",
                code, round.scale);
    memcpy(money.currency, code, sizeof(money.currency));
    sc_lua_push_money(L, &money);
    return 1;
}

/* Pushes the rates: the argument, or the field `rates` of what fx.rates gave. The code of
 * its base is stored, "" when it does not say. */
static void push_rates(lua_State *L, int index, char ret_base[SC_CURRENCY_TEXT])
{
    ret_base[0] = '\0';
    if (!lua_istable(L, index))
        sc_lua_refuse(L, "convert", index, "is no table of rates: see fx.rates");
    if (sc_lua_push_member(L, index, "base") == LUA_TSTRING &&
            lua_rawlen(L, -1) < SC_CURRENCY_TEXT)
        memcpy(ret_base, lua_tostring(L, -1), lua_rawlen(L, -1) + 1);
    lua_pop(L, 1);
    if (sc_lua_push_member(L, index, "rates") != LUA_TTABLE) {
        lua_pop(L, 1);
        lua_pushvalue(L, index);
    }
}

/* What one unit of the base buys of the currency; the rates are on top. */
static void rate_of(
        lua_State *L, const char *base, const char *code, struct sc_money *ret_rate)
{
    int rates = 4;

    if (sc_lua_push_member(L, -1, code) == LUA_TNIL) {
        if (strcmp(base, code) != 0)
            sc_lua_refuse(L, "convert", rates,
                    "has no rate of %s: pass the result of fx.rates", code);
        *ret_rate = sc_money_of_int(1);
    } else {
        lua_insert(L, rates); /* so that a wrong rate is named as that argument */
        sc_lua_amount_at(L, "convert", rates, ret_rate);
        if (ret_rate->units <= 0)
            sc_lua_refuse(
                    L, "convert", rates, "has a rate of %s that is not above 0", code);
        lua_rotate(L, rates, -1);
    }
    lua_pop(L, 1);
}

/* convert(amount, from, to, rates) -> of the same kind as amount, rounded to the decimals
 * of the currency */
static int l_convert(lua_State *L)
{
    struct sc_lua_money money = { 0 };
    struct sc_money from_rate, to_rate, product;
    const char *from, *to;
    char base[SC_CURRENCY_TEXT];
    struct sc_error err;
    bool is_money;

    lua_settop(L, 4);
    is_money = sc_lua_money_at(L, 1, &money);
    if (!is_money)
        sc_lua_amount_at(L, "convert", 1, &money.amount);
    from = sc_lua_currency_at(L, "convert", 2);
    to = sc_lua_currency_at(L, "convert", 3);
    if (is_money && strcmp(money.currency, from) != 0)
        sc_lua_refuse(L, "convert", 1, "is in %s, not in %s", money.currency, from);
    push_rates(L, 4, base);
    if (strcmp(from, to) != 0) {
        struct sc_money_round round = { sc_money_digits(to), SC_ROUND_HALF_UP };

        rate_of(L, base, from, &from_rate);
        rate_of(L, base, to, &to_rate);
        if (sc_money_mul(&money.amount, &to_rate, &product, &err) != SC_OK ||
                sc_money_div(&product, &from_rate, round, &money.amount, &err) != SC_OK)
            return luaL_error(L, "convert: %s", err.msg);
    }
    memcpy(money.currency, to, sizeof(money.currency));
    if (is_money)
        sc_lua_push_money(L, &money);
    else
        sc_lua_push_amount(L, &money.amount);
    return 1;
}

/* std.lua calls: its lines are nobody's business. */
static int raise(lua_State *L, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    lua_pushvfstring(L, format, args);
    va_end(args);
    return lua_error(L);
}

/* currency(value) -> its code when it is money, else nil */
static int l_currency(lua_State *L)
{
    struct sc_lua_money money;

    if (sc_lua_money_at(L, 1, &money))
        lua_pushstring(L, money.currency);
    else
        lua_pushnil(L);
    return 1;
}

/* sum_money(list, count) -> money; all elements are money of one currency */
static int l_sum_money(lua_State *L)
{
    lua_Integer n = luaL_checkinteger(L, 2);
    struct sc_lua_money total = { 0 }, next;
    struct sc_error err;

    lua_settop(L, 1);
    for (lua_Integer i = 1; i <= n; i++) {
        lua_rawgeti(L, 1, i);
        if (!sc_lua_money_at(L, 2, &next))
            return raise(L, "sum: element %I is no money", (LUAI_UACINT)i);
        if (i > 1 && strcmp(total.currency, next.currency) != 0)
            return raise(L, "sum: element %I is in %s, not in %s: see convert(...)",
                    (LUAI_UACINT)i, next.currency, total.currency);
        if (sc_money_add(&total.amount, &next.amount, &total.amount, &err) != SC_OK)
            return raise(L, "sum: %s", err.msg);
        memcpy(total.currency, next.currency, sizeof(total.currency));
        lua_settop(L, 1);
    }
    sc_lua_push_money(L, &total);
    return 1;
}

/* less(a, b): of two amounts of money of one currency */
static int l_less(lua_State *L)
{
    struct sc_lua_money a, b;

    if (!sc_lua_money_at(L, 1, &a) || !sc_lua_money_at(L, 2, &b))
        return raise(L, "an amount of money cannot be compared with a %s",
                luaL_typename(L, 2));
    if (strcmp(a.currency, b.currency) != 0)
        return raise(L, "%s and %s cannot be compared: see convert(...)", a.currency,
                b.currency);
    lua_pushboolean(L, sc_money_compare(&a.amount, &b.amount) < 0);
    return 1;
}

const luaL_Reg sc_lua_money_natives[] = { { "currency", l_currency },
    { "sum_money", l_sum_money }, { "less", l_less }, { NULL, NULL } };

/* The library `money` can be called, and convert stands beside it. */
int sc_luaopen_convert(lua_State *L)
{
    static const luaL_Reg functions[] = { { "convert", l_convert }, { NULL, NULL } };

    luaL_setfuncs(L, functions, 0);
    lua_getfield(L, 1, "money");
    lua_getmetatable(L, -1);
    lua_pushcfunction(L, l_money);
    lua_setfield(L, -2, "__call");
    return 0;
}
