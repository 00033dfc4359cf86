/* lua/lib_fmt.c - fmt: numbers, money and dates as the person writes them. */
#include <lauxlib.h>
#include <string.h>

#include "codec/date_text.h"
#include "lua/amount.h"
#include "lua/convert.h"
#include "lua/lib.h"

enum { VALUE = 1, FORM = 2 };              /* the arguments */
enum { LANGUAGE = 1, MOST_DECIMALS = 15 }; /* LANGUAGE: upvalue, a locale or nil */

/* What the second argument says. */
struct form {
    const char *language, *word; /* "EUR", "long", …; NULL */
    int places;                  /* -1: as many as there are */
};

/* A number is decimals, a text is a word; a table {language =, form =} is both. */
static struct form form_at(lua_State *L, int index)
{
    struct form form = { .places = -1 };

    form.language = lua_tostring(L, lua_upvalueindex(LANGUAGE));
    if (lua_istable(L, index)) {
        if (sc_lua_push_member(L, index, "language") == LUA_TSTRING)
            form.language = lua_tostring(L, -1);
        sc_lua_push_member(L, index, "form");
        lua_replace(L, index); /* the language stays on the stack, so it stays alive */
    }
    if (!form.language)
        sc_lua_refuse(L, "fmt", 2, "must say {language = …} here");
    if (lua_type(L, index) == LUA_TNUMBER)
        form.places = (int)sc_lua_whole_at(L, "fmt", index, 0, MOST_DECIMALS);
    else if (!lua_isnil(L, index))
        form.word = sc_lua_text_at(L, "fmt", index);
    return form;
}

static void add_number(lua_State *L, struct sc_money *amount, const char *currency,
        const struct form *form, struct sc_buf *out)
{
    struct sc_money_round round = { form->places, SC_ROUND_HALF_UP };
    struct sc_error err;
    enum sc_code code = SC_OK;

    if (form->places >= 0)
        code = sc_money_round(amount, round, amount, &err);
    if (code == SC_OK)
        code = sc_money_format_local(amount, currency, form->language, out, &err);
    if (code != SC_OK)
        luaL_error(L, "fmt: %s", err.msg);
}

/* A number, or money; a word is the currency of a bare number. */
static void add_amount(lua_State *L, const struct form *form, struct sc_buf *out)
{
    struct sc_lua_money money = { 0 };
    const char *currency = NULL;

    if (sc_lua_money_at(L, VALUE, &money))
        currency = money.currency;
    else
        sc_lua_amount_at(L, "fmt", VALUE, &money.amount);
    if (form->word && !currency && sc_money_digits(form->word) >= 0)
        currency = form->word;
    else if (form->word)
        sc_lua_refuse(L, "fmt", FORM,
                "is '%.20s': for a number say decimals, or a currency", form->word);
    add_number(L, &money.amount, currency, form, out);
}

static void add_date(lua_State *L, const struct sc_iso_time *time,
        const struct form *form, struct sc_buf *out)
{
    struct sc_date_form as = { SC_DATE_MEDIUM, true, time->has_time };
    const char *word = form->word ? form->word : "medium";
    struct sc_error err;

    if (strcmp(word, "date") == 0)
        as.time = false;
    else if (strcmp(word, "time") == 0 && time->has_time)
        as.date = false;
    else if (form->places >= 0 || !sc_date_style_of_word(word, &as.style))
        sc_lua_refuse(L, "fmt", FORM,
                "must be 'short', 'medium', 'long', 'full', 'date' or 'time' for this");
    if (sc_date_format_local(&time->local, as, form->language, out, &err) != SC_OK)
        luaL_error(L, "fmt: %s", err.msg);
}

/* fmt(value [, form]) -> text. form: decimals, a currency, or for dates 'short' to
 * 'full', 'date', 'time'; or {language = …, form = …} */
static int l_fmt(lua_State *L)
{
    struct sc_iso_time time;
    struct sc_buf *out;
    struct form form;

    lua_settop(L, 2);
    out = sc_lua_push_buf(L);
    form = form_at(L, FORM);
    if (lua_type(L, VALUE) == LUA_TSTRING &&
            sc_iso_parse(lua_tostring(L, VALUE), &time, NULL) == SC_OK)
        add_date(L, &time, &form, out);
    else
        add_amount(L, &form, out);
    lua_pushlstring(L, sc_buf_text(out), out->len);
    return 1;
}

void sc_lua_bind_fmt(lua_State *L, int names, const char *language)
{
    lua_pushstring(L, language); /* nil when NULL */
    lua_pushcclosure(L, l_fmt, 1);
    lua_setfield(L, names, "fmt");
}

int sc_luaopen_fmt(lua_State *L)
{
    sc_lua_bind_fmt(L, 1, NULL);
    return 0;
}
