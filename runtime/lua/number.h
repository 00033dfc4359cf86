/* lua/number.h - numbers in decimals, as people count.
 *
 * Purpose:   0.1 + 0.2 is 0.3 in a plan. A float stands for its shortest decimal text;
 * the sum is exact and then the nearest float. Thread:    worker.
 */
#pragma once

#include <lua.h>

/* (list, count) -> sum */
int sc_lua_sum(lua_State *L);
