#include "lua/number.h"

#include <lauxlib.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/json_number.h"
#include "lua/convert.h"
#include "lua/state.h"

enum { PLACES = 12 }; /* decimals that a sum keeps exactly */

__extension__ typedef __int128 wide;

/* value * 10^PLACES; false when it has more places or is too large. */
static bool scale(double value, wide *ret_scaled)
{
    char text[SC_DOUBLE_TEXT];
    struct sc_decimal_view view;
    wide scaled = 0;
    int64_t place;

    if (!isfinite(value))
        return false;
    sc_lua_double_text(value, text);
    view = sc_decimal_view(text);
    place = (int64_t)view.count - view.point; /* decimals */
    if (place > PLACES || view.point > 19)
        return false;
    for (size_t i = 0, seen = 0; seen < view.count; i++) {
        if (view.first[i] == '.')
            continue;
        scaled = scaled * 10 + (view.first[i] - '0');
        seen++;
    }
    for (; place < PLACES; place++)
        scaled *= 10;
    *ret_scaled = view.negative ? -scaled : scaled;
    return true;
}

static double unscale(wide sum)
{
    char text[64], digits[48];
    bool negative = sum < 0;
    int n = 0;

    if (negative)
        sum = -sum;
    do {
        digits[n++] = (char)('0' + (int)(sum % 10));
        sum /= 10;
    } while (sum > 0);
    text[0] = negative ? '-' : '+';
    for (int i = 0; i < n; i++)
        text[1 + i] = digits[n - 1 - i];
    snprintf(text + 1 + n, sizeof(text) - 1 - (size_t)n, "e-%d", PLACES);
    return strtod(text, NULL);
}

static int sum_floats(lua_State *L, lua_Integer n)
{
    double plain = 0;
    wide exact = 0;
    bool is_exact = true;

    for (lua_Integer i = 1; i <= n; i++) {
        wide scaled;
        double value;

        lua_rawgeti(L, 1, i);
        value = lua_tonumber(L, -1);
        lua_pop(L, 1);
        plain += value;
        is_exact = is_exact && scale(value, &scaled) &&
                   !__builtin_add_overflow(exact, scaled, &exact);
    }
    lua_pushnumber(L, is_exact ? unscale(exact) : plain);
    return 1;
}

int sc_lua_sum(lua_State *L)
{
    lua_Integer n = luaL_checkinteger(L, 2), whole = 0;

    luaL_checktype(L, 1, LUA_TTABLE);
    sc_lua_charge(L, n * 20);
    for (lua_Integer i = 1; i <= n; i++) {
        lua_Integer value;
        bool fits;

        if (lua_rawgeti(L, 1, i) != LUA_TNUMBER)
            return luaL_error(L, "sum: element %I is no number", (LUAI_UACINT)i);
        if (!lua_isinteger(L, -1))
            return sum_floats(L, n);
        value = lua_tointeger(L, -1);
        fits = !__builtin_add_overflow(whole, value, &whole);
        lua_pop(L, 1);
        if (!fits)
            return sum_floats(L, n);
    }
    lua_pushinteger(L, whole);
    return 1;
}
