/* lua/amount.h - numbers and amounts of money as arguments and results of helpers.
 *
 * Purpose:   the helpers reckon in decimals: 0.1 + 0.2 is 0.3 to them.
 * Contract:  a float stands for its shortest decimal text, less what binary arithmetic
 *            added (under four units in the last place). A text is read as number(text)
 *            reads it. Money is a table {amount =, currency =}.
 *            What goes back is an integer or a float where that is the very same number,
 *            else a decimal text. Reading raises; the sentence names helper and argument.
 * Ownership: plain values.
 * Thread:    worker.
 */
#pragma once

#include <lua.h>

#include "codec/money.h"

struct sc_lua_money {
    struct sc_money amount;
    char currency[SC_CURRENCY_TEXT];
};

/* "round: argument 2 must be …": never returns. */
int sc_lua_refuse(lua_State *L, const char *helper, int arg, const char *format, ...)
        __attribute__((format(printf, 4, 5), noreturn));

void sc_lua_amount_at(
        lua_State *L, const char *helper, int index, struct sc_money *ret_amount);
int64_t sc_lua_whole_at(
        lua_State *L, const char *helper, int index, int64_t least, int64_t most);
const char *sc_lua_text_at(lua_State *L, const char *helper, int index);

/* A code of ISO 4217. */
const char *sc_lua_currency_at(lua_State *L, const char *helper, int index);

/* false when the value is no table with amount and currency. */
bool sc_lua_money_at(lua_State *L, int index, struct sc_lua_money *ret_money);

void sc_lua_push_amount(lua_State *L, const struct sc_money *amount);
void sc_lua_push_money(lua_State *L, const struct sc_lua_money *money);

/* Pushes a member of the table at index, without asking its metatable; nil when there is
 * none. */
int sc_lua_push_member(lua_State *L, int index, const char *name);

/* A number as people write it: "1.234,50" in de, "12.5K", "3万", "30 %". With locale
 * NULL only what can mean one thing. */
enum sc_code sc_lua_read_number(const char *text, const char *locale,
        struct sc_money *ret_amount, struct sc_error *err)
        __attribute__((warn_unused_result));
