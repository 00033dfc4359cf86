/* lua/lib_date.c - dates and times as ISO 8601 text: date, days_between, hours_between,
 * add_days, start_of and in_zone. A date without a time belongs to no zone. */
#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#include "codec/cell_text.h"
#include "codec/tz.h"
#include "lua/amount.h"
#include "lua/lib.h"

enum {
    DATE_LEN = 10, /* of 2026-11-23 */
    HOUR_MS = 3600 * 1000,
    MOST_DAYS = 3700000,
    PERSONS_ZONE = 1 /* upvalue: the name of a zone, or nil */
};

struct moment {
    const char *text; /* on the Lua stack */
    struct sc_iso_time time;
};

static struct moment moment_at(lua_State *L, const char *helper, int index)
{
    struct moment moment = { .text = sc_lua_text_at(L, helper, index) };
    struct sc_error err;

    if (sc_iso_parse(moment.text, &moment.time, &err) != SC_OK)
        sc_lua_refuse(L, helper, index, "is wrong: %s", err.msg);
    return moment;
}

static int64_t days_of(const struct sc_local *local)
{
    return sc_days_of_date(local->year, local->month, local->day);
}

/* --- zones, kept in the state --- */

static int free_zone(lua_State *L)
{
    struct sc_tz **zone = luaL_checkudata(L, 1, "sc.zone");

    sc_tz_free(*zone);
    *zone = NULL;
    return 0;
}

/* The zone of that name, which stays as long as the state. */
static struct sc_tz *zone_named(
        lua_State *L, const char *helper, int arg, const char *name)
{
    int top = lua_gettop(L);
    struct sc_error err;
    struct sc_tz **zone;

    if (luaL_newmetatable(L, "sc.zone")) {
        lua_pushcfunction(L, free_zone);
        lua_setfield(L, -2, "__gc");
    }
    lua_pop(L, 1);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, "sc.zones");
    if (lua_getfield(L, -1, name) == LUA_TNIL) {
        /* NOLINTNEXTLINE(bugprone-sizeof-expression): the userdata holds a pointer */
        zone = lua_newuserdatauv(L, sizeof(*zone), 0);
        *zone = NULL;
        luaL_setmetatable(L, "sc.zone");
        *zone = sc_tz_new(name, &err);
        if (!*zone)
            sc_lua_refuse(L, helper, arg, "is wrong: %s", err.msg);
        lua_pushvalue(L, -1);
        lua_setfield(L, -4, name);
    }
    zone = lua_touserdata(L, -1);
    lua_settop(L, top);
    return *zone;
}

/* The zone of the person, whose clock a time without an offset shows; NULL: not known. */
static struct sc_tz *persons_zone(lua_State *L, const char *helper, int arg)
{
    const char *name = lua_tostring(L, lua_upvalueindex(PERSONS_ZONE));

    return name ? zone_named(L, helper, arg, name) : NULL;
}

/* The instant of a time; refuses a date, and a time that could be anywhere. */
static int64_t instant_at(lua_State *L, const char *helper, int index)
{
    struct moment moment = moment_at(L, helper, index);
    struct sc_tz *zone;

    if (!moment.time.has_time)
        sc_lua_refuse(L, helper, index, "is '%s', a date without a time", moment.text);
    if (moment.time.has_offset)
        return sc_iso_instant(&moment.time);
    zone = persons_zone(L, helper, index);
    if (!zone)
        sc_lua_refuse(L, helper, index, "is '%s', which has no offset such as +08:00",
                moment.text);
    return sc_tz_instant(zone, &moment.time.local);
}

/* --- the helpers --- */

/* How 03/04/2026 is to be read. */
static struct sc_writing order_at(lua_State *L, int index)
{
    struct sc_writing writing = { 0 };
    const char *form;

    if (lua_isnil(L, index))
        return writing;
    form = sc_lua_text_at(L, "date", index);
    writing.day_first = strcmp(form, "dmy") == 0;
    writing.month_first = strcmp(form, "mdy") == 0;
    if (!writing.day_first && !writing.month_first)
        sc_lua_refuse(L, "date", index, "is '%.20s', not 'dmy' or 'mdy'", form);
    return writing;
}

/* date(text [, form]) -> the date in it */
static int l_date(lua_State *L)
{
    struct sc_writing writing;
    char date[SC_DATE_TEXT];
    enum sc_reading reading;
    const char *text;

    lua_settop(L, 2);
    text = sc_lua_text_at(L, "date", 1);
    writing = order_at(L, 2);
    reading = sc_cell_date(text, &writing, date);
    if (reading == SC_READ_DOUBTFUL)
        sc_lua_refuse(L, "date", 1,
                "is '%.40s', which can mean two days: say date(text, 'dmy') or 'mdy'",
                text);
    if (reading == SC_READ_NOT)
        sc_lua_refuse(L, "date", 1, "is '%.40s', which is no date", text);
    lua_pushlstring(L, date, DATE_LEN);
    return 1;
}

/* days_between(a, b) -> days of the calendar from a to b. Two times with offsets are
 * looked at on the clock of a. */
static int l_days_between(lua_State *L)
{
    struct moment a = moment_at(L, "days_between", 1);
    struct moment b = moment_at(L, "days_between", 2);
    int64_t day = 24 * (int64_t)HOUR_MS, shown, to = days_of(&b.time.local);

    if (a.time.has_offset && b.time.has_offset) {
        shown = sc_iso_instant(&b.time) + a.time.offset_ms;
        to = shown / day - (shown % day < 0);
    }
    lua_pushinteger(L, to - days_of(&a.time.local));
    return 1;
}

/* hours_between(a, b) -> hours that pass from a to b */
static int l_hours_between(lua_State *L)
{
    int64_t from = instant_at(L, "hours_between", 1);
    int64_t ms = instant_at(L, "hours_between", 2) - from;

    if (ms % HOUR_MS == 0)
        lua_pushinteger(L, ms / HOUR_MS);
    else
        lua_pushnumber(L, (double)ms / HOUR_MS);
    return 1;
}

/* Pushes the date of a day, and what followed the date in the text. */
static void push_day(lua_State *L, int64_t days, const char *rest)
{
    struct sc_local date = sc_date_of_days(days);
    char text[SC_ISO_TEXT];

    sc_iso_format_date(&date, text);
    lua_pushfstring(L, "%s%s", text, rest);
}

/* Is the time's offset the one that the zone has then? */
static bool is_of_zone(struct sc_tz *zone, const struct sc_iso_time *time)
{
    return zone && sc_tz_offset(zone, sc_iso_instant(time)) == time->offset_ms;
}

/* add_days(date, n) -> the same time on the clock, n days later */
static int l_add_days(lua_State *L)
{
    struct moment moment = moment_at(L, "add_days", 1);
    int64_t n = sc_lua_whole_at(L, "add_days", 2, -MOST_DAYS, MOST_DAYS);
    int64_t days = days_of(&moment.time.local) + n;
    char text[SC_ISO_TEXT];
    struct sc_tz *zone;

    if (days < sc_days_of_date(1, 1, 1) || days > sc_days_of_date(9999, 12, 31))
        sc_lua_refuse(L, "add_days", 2, "leads outside the years 1 to 9999");
    zone = moment.time.has_offset ? persons_zone(L, "add_days", 1) : NULL;
    if (!is_of_zone(zone, &moment.time)) {
        push_day(L, days, moment.text + DATE_LEN);
        return 1;
    }
    sc_tz_format(zone, sc_tz_add_days(zone, sc_iso_instant(&moment.time), n), text);
    lua_pushstring(L, text);
    return 1;
}

/* start_of(unit, date) -> the first day of its week, month, quarter or year */
static int l_start_of(lua_State *L)
{
    static const char *const units[] = { "day", "week", "month", "quarter", "year" };
    const char *unit = sc_lua_text_at(L, "start_of", 1);
    struct sc_local date = moment_at(L, "start_of", 2).time.local;
    int i = 0;

    while (i < 5 && strcmp(units[i], unit) != 0)
        i++;
    switch (i) {
    case 0:
        break;
    case 1:
        date.day -= sc_weekday(date.year, date.month, date.day) - 1;
        break;
    case 2:
        date.day = 1;
        break;
    case 3:
        date.month -= (date.month - 1) % 3;
        date.day = 1;
        break;
    case 4:
        date.month = date.day = 1;
        break;
    default:
        sc_lua_refuse(L, "start_of", 1,
                "is '%.20s', not 'day', 'week', 'month', 'quarter' or 'year'", unit);
    }
    push_day(L, days_of(&date), "");
    return 1;
}

/* in_zone(time, zone) -> what the clocks there show; a date stays as it is */
static int l_in_zone(lua_State *L)
{
    const char *name = sc_lua_text_at(L, "in_zone", 2);
    struct sc_tz *zone = zone_named(L, "in_zone", 2, name);
    char text[SC_ISO_TEXT];

    if (!moment_at(L, "in_zone", 1).time.has_time) {
        lua_settop(L, 1);
        return 1;
    }
    sc_tz_format(zone, instant_at(L, "in_zone", 1), text);
    lua_pushstring(L, text);
    return 1;
}

/* --- */

void sc_lua_bind_dates(lua_State *L, int names, const char *zone)
{
    static const luaL_Reg functions[] = { { "hours_between", l_hours_between },
        { "add_days", l_add_days }, { "in_zone", l_in_zone }, { NULL, NULL } };

    lua_pushvalue(L, names);
    lua_pushstring(L, zone); /* nil when NULL */
    luaL_setfuncs(L, functions, 1);
    lua_pop(L, 1);
}

int sc_luaopen_date(lua_State *L)
{
    static const luaL_Reg functions[] = { { "date", l_date },
        { "days_between", l_days_between }, { "start_of", l_start_of }, { NULL, NULL } };

    luaL_setfuncs(L, functions, 0);
    sc_lua_bind_dates(L, 1, NULL);
    return 0;
}
