#include "lua/amount.h"

#include <lauxlib.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/cell_text.h"
#include "lua/convert.h"
#include "lua/state.h"

enum { CLEAN_DIGITS = 15, NOISE_UNITS = 4, MOST_TEXT = 200 };

int sc_lua_refuse(lua_State *L, const char *helper, int arg, const char *format, ...)
{
    char text[200];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    luaL_error(L, "%s: argument %d %s", helper, arg, text);
    abort(); /* luaL_error does not return */
}

/* --- arguments --- */

static double unit_in_last_place(double value)
{
    double size = fabs(value);

    return nextafter(size, (double)INFINITY) - size;
}

/* The decimal text that a float was meant to be. */
static void clean_text(double value, char ret_text[SC_DOUBLE_TEXT])
{
    char rounded[SC_DOUBLE_TEXT];
    double gap;

    sc_lua_double_text(value, ret_text);
    snprintf(rounded, sizeof(rounded), "%.*g", CLEAN_DIGITS, value);
    gap = fabs(strtod(rounded, NULL) - value);
    if (gap > 0 && gap < NOISE_UNITS * unit_in_last_place(value))
        memcpy(ret_text, rounded, sizeof(rounded));
}

static const char *what_is(lua_State *L, int index)
{
    if (lua_isnoneornil(L, index))
        return "nil";
    return lua_pushfstring(L, "a %s", luaL_typename(L, index));
}

/* Does not raise. */
static enum sc_code read_amount(
        lua_State *L, int index, struct sc_money *ret_amount, struct sc_error *err)
{
    char text[SC_DOUBLE_TEXT];

    if (lua_type(L, index) == LUA_TSTRING)
        return sc_lua_read_number(lua_tostring(L, index), NULL, ret_amount, err);
    if (lua_isinteger(L, index)) {
        *ret_amount = sc_money_of_int(lua_tointeger(L, index));
        return SC_OK;
    }
    if (lua_type(L, index) != LUA_TNUMBER)
        return sc_fail(err, SC_INVALID, "not a number");
    if (!isfinite(lua_tonumber(L, index)))
        return sc_fail(err, SC_INVALID, "it is not finite");
    clean_text(lua_tonumber(L, index), text);
    return sc_money_parse(text, ret_amount, err);
}

void sc_lua_amount_at(
        lua_State *L, const char *helper, int index, struct sc_money *ret_amount)
{
    struct sc_error err;

    if (read_amount(L, index, ret_amount, &err) == SC_OK)
        return;
    if (lua_isstring(L, index))
        sc_lua_refuse(L, helper, index, "is wrong: %s", err.msg);
    sc_lua_refuse(L, helper, index, "is %s, not a number", what_is(L, index));
}

int64_t sc_lua_whole_at(
        lua_State *L, const char *helper, int index, int64_t least, int64_t most)
{
    int is_whole = 0;
    lua_Integer value = 0;

    if (lua_type(L, index) == LUA_TNUMBER)
        value = lua_tointegerx(L, index, &is_whole);
    if (!is_whole || value < least || value > most)
        sc_lua_refuse(L, helper, index, "must be a whole number from %lld to %lld",
                (long long)least, (long long)most);
    return value;
}

const char *sc_lua_text_at(lua_State *L, const char *helper, int index)
{
    size_t len;
    const char *text;

    if (lua_type(L, index) != LUA_TSTRING)
        sc_lua_refuse(L, helper, index, "is %s, not a text", what_is(L, index));
    text = lua_tolstring(L, index, &len);
    if (len > MOST_TEXT || strlen(text) != len)
        sc_lua_refuse(L, helper, index, "is a text that is too long for this");
    return text;
}

const char *sc_lua_currency_at(lua_State *L, const char *helper, int index)
{
    const char *code = sc_lua_text_at(L, helper, index);

    if (sc_money_digits(code) < 0)
        sc_lua_refuse(L, helper, index, "is '%.20s', not a currency such as EUR", code);
    return code;
}

int sc_lua_push_member(lua_State *L, int index, const char *name)
{
    int type;

    index = lua_absindex(L, index);
    if (!sc_lua_push_behind(L, index))
        lua_pushvalue(L, index);
    lua_pushstring(L, name);
    type = lua_rawget(L, -2);
    lua_remove(L, -2);
    return type;
}

bool sc_lua_money_at(lua_State *L, int index, struct sc_lua_money *ret_money)
{
    int top = lua_gettop(L);
    bool yes = false;

    if (!lua_istable(L, index))
        return false;
    if (sc_lua_push_member(L, index, "currency") == LUA_TSTRING &&
            sc_money_digits(lua_tostring(L, -1)) >= 0) {
        memcpy(ret_money->currency, lua_tostring(L, -1), sizeof(ret_money->currency));
        sc_lua_push_member(L, index, "amount");
        yes = read_amount(L, lua_gettop(L), &ret_money->amount, NULL) == SC_OK;
    }
    lua_settop(L, top);
    return yes;
}

/* --- results --- */

static void drop_zeros(struct sc_money *amount)
{
    while (amount->scale > 0 && amount->units % 10 == 0) {
        amount->units /= 10;
        amount->scale--;
    }
}

void sc_lua_push_amount(lua_State *L, const struct sc_money *amount)
{
    struct sc_money least = *amount, again;
    char text[SC_MONEY_TEXT], shortest[SC_DOUBLE_TEXT];
    double value;

    drop_zeros(&least);
    if (least.scale == 0 && least.units >= INT64_MIN && least.units <= INT64_MAX) {
        lua_pushinteger(L, (lua_Integer)least.units);
        return;
    }
    sc_money_format(&least, text);
    value = strtod(text, NULL);
    sc_lua_double_text(value, shortest);
    if (least.scale > 0 && sc_money_parse(shortest, &again, NULL) == SC_OK &&
            sc_money_compare(&again, &least) == 0)
        lua_pushnumber(L, value);
    else
        lua_pushstring(L, text);
}

void sc_lua_push_money(lua_State *L, const struct sc_lua_money *money)
{
    lua_createtable(L, 0, 2);
    sc_lua_push_amount(L, &money->amount);
    lua_setfield(L, -2, "amount");
    lua_pushstring(L, money->currency);
    lua_setfield(L, -2, "currency");
}

/* --- numbers as people write them --- */

/* What may stand behind a number, and how many zeros it means. */
static const struct {
    const char *sign;
    int zeros;
} sizes[] = {
    { "%", 0 },
    { "％", 0 },
    { "K", 3 },
    { "k", 3 },
    { "M", 6 },
    { "千", 3 },
    { "万", 4 },
    { "萬", 4 },
    { "亿", 8 },
    { "億", 8 },
    { "万元", 4 },
    { "亿元", 8 },
    { "万円", 4 },
    { "億円", 8 },
};

static void cut_spaces(char *text, size_t *len)
{
    while (*len > 0 && (text[*len - 1] == ' ' || text[*len - 1] == '\t'))
        text[--*len] = '\0';
}

/* Cuts the size off the text; the zeros it means. */
static int take_size(char *text)
{
    size_t len = strlen(text);

    cut_spaces(text, &len);
    for (size_t i = sizeof(sizes) / sizeof(*sizes); i-- > 0;) {
        size_t of = strlen(sizes[i].sign);

        if (len > of && strcmp(text + len - of, sizes[i].sign) == 0) {
            len -= of;
            text[len] = '\0';
            cut_spaces(text, &len);
            return sizes[i].zeros;
        }
    }
    return 0;
}

/* Without a locale: what is doubtful is refused. */
static enum sc_code read_clear(
        const char *text, struct sc_money *ret_amount, struct sc_error *err)
{
    static const struct sc_writing unknown = { 0 };
    char plain[SC_NUMBER_TEXT];

    switch (sc_cell_number(text, &unknown, plain)) {
    case SC_READ_OK:
        return sc_money_parse(plain, ret_amount, err);
    case SC_READ_DOUBTFUL:
        return sc_fail(err, SC_INVALID,
                "'%.60s' can mean two numbers: say how it is written, as in "
                "number(text, 'de')",
                text);
    case SC_READ_NOT:
        break;
    }
    return sc_fail(err, SC_INVALID, "'%.60s' is not a number", text);
}

enum sc_code sc_lua_read_number(const char *text, const char *locale,
        struct sc_money *ret_amount, struct sc_error *err)
{
    char number[MOST_TEXT + 1], currency[SC_CURRENCY_TEXT];
    struct sc_money amount, factor = sc_money_of_int(1);
    enum sc_code code;
    int zeros;

    if (strlen(text) > MOST_TEXT)
        return sc_fail(err, SC_INVALID, "'%.60s…' is not a number", text);
    memcpy(number, text, strlen(text) + 1);
    zeros = take_size(number);
    code = locale ? sc_money_parse_local(number, locale, &amount, currency, err)
                  : read_clear(number, &amount, err);
    while (code == SC_OK && zeros-- > 0)
        factor.units *= 10;
    return code == SC_OK ? sc_money_mul(&amount, &factor, ret_amount, err) : code;
}
