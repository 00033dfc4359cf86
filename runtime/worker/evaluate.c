#include "worker/evaluate.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "lua/convert.h"
#include "lua/fiber.h"
#include "lua/lib.h"

enum {
    CPU_MS = 2000,
    TICKS = 400000,  /* of 1000 instructions */
    MAX_KEPT = 2000, /* compiled expressions */
    MAX_ASKED_BYTES = 8 << 20
};

/* The fiber's stack while it runs. */
enum { FUNCTIONS = 1, ENV, NAMES, META, FIXED = META };

struct sc_evaluation {
    size_t memory_limit;
    struct sc_lua *lua;
    int kept; /* registry reference: text -> function */
    int kept_count;
};

struct sc_evaluation *sc_evaluation_new(size_t memory_limit)
{
    struct sc_evaluation *evaluation = sc_new(struct sc_evaluation);

    evaluation->memory_limit = memory_limit;
    return evaluation;
}

void sc_evaluation_free(struct sc_evaluation *evaluation)
{
    if (!evaluation)
        return;
    sc_lua_free(evaluation->lua);
    free(evaluation);
}

/* --- compiling --- */

/* Pushes the function of an expression, from those kept or new. It takes the names as
 * its argument: the same function may run in two requests at once. */
static void push_function(
        lua_State *L, struct sc_evaluation *evaluation, const struct sc_instruction *of)
{
    struct sc_buf *text;
    struct sc_error err;

    lua_rawgeti(L, LUA_REGISTRYINDEX, evaluation->kept);
    lua_pushlstring(L, of->text, of->text_len);
    lua_pushvalue(L, -1);
    if (lua_rawget(L, -3) == LUA_TFUNCTION) {
        lua_replace(L, -3);
        lua_pop(L, 1);
        return;
    }
    lua_pop(L, 1);
    text = sc_lua_push_buf(L);
    sc_buf_adds(text, "local _ENV = ... return (");
    sc_program_lua(of->text, of->text_len, text);
    sc_buf_adds(text, "\n)");
    lua_newtable(L);
    if (sc_lua_compile(L, text->data, text->len, "=plan", -1, &err) != SC_OK)
        luaL_error(L, "%s: %s", of->where, err.msg);
    sc_buf_release(text);
    lua_replace(L, -3);
    lua_pop(L, 1); /* kept, text, function */
    lua_pushvalue(L, -2);
    lua_pushvalue(L, -2);
    lua_rawset(L, -5);
    evaluation->kept_count++;
    lua_replace(L, -3);
    lua_pop(L, 1);
}

static void push_functions(
        lua_State *L, struct sc_evaluation *evaluation, const struct sc_program *program)
{
    lua_newtable(L);
    for (size_t i = 0; i < program->count; i++) {
        if (program->list[i].kind != SC_VALUE && program->list[i].kind != SC_INSERT)
            continue;
        push_function(L, evaluation, &program->list[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}

/* --- names --- */

static int l_read_only(lua_State *L)
{
    return luaL_error(L, "an expression cannot assign to '%s'",
            lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "a name");
}

/* default(x, otherwise): x comes as a function, in which what is missing is nil */
static int l_default(lua_State *L)
{
    struct sc_lua *lua = sc_lua_of(L);
    size_t len;
    int status;

    lua_settop(L, 2);
    if (lua_isfunction(L, 1)) {
        lua_pushvalue(L, 1);
        lua->lenient++; /* no turn ends inside: another request must not see it */
        status = lua_pcall(L, 0, 1, 0);
        lua->lenient--;
        if (status != LUA_OK)
            return lua_error(L);
        lua_replace(L, 1);
    }
    if (lua_isnil(L, 1) || lua_islightuserdata(L, 1))
        return 1;
    if (lua_type(L, 1) == LUA_TSTRING && (lua_tolstring(L, 1, &len), len == 0))
        return 1;
    lua_settop(L, 1);
    return 1;
}

/* step_state(id): upvalue 1 is the table of states */
static int l_step_state(lua_State *L)
{
    luaL_checkstring(L, 1);
    lua_settop(L, 1);
    if (lua_rawget(L, lua_upvalueindex(1)) == LUA_TNIL)
        return luaL_error(L, "step_state: there is no such step");
    return 1;
}

/* What done() does not know it says no to, and hands on: [tool, key]. */
static void ask(lua_State *L, struct sc_evaluate *e)
{
    for (int i = 1; i <= 2; i++) {
        size_t len;
        const char *text = lua_tolstring(L, i, &len);

        sc_buf_adds(&e->asked, i == 2 ? "," : e->asked.len ? ",[" : "[");
        sc_json_write_string(&e->asked, text, len);
    }
    sc_buf_addc(&e->asked, ']');
    if (e->asked.len > MAX_ASKED_BYTES)
        luaL_error(L, "done: it is asked about too much");
}

/* done(tool, key): upvalue 1 has "tool\nkey" -> true, or false once it was asked about;
 * upvalue 2 is the evaluate */
static int l_done(lua_State *L)
{
    bool known;

    luaL_checkstring(L, 1);
    luaL_argcheck(L, lua_isstring(L, 2), 2, "a key is a text or a number");
    lua_settop(L, 2);
    lua_pushfstring(L, "%s\n%s", lua_tostring(L, 1), lua_tostring(L, 2));
    lua_pushvalue(L, -1);
    known = lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL;
    if (!known) {
        ask(L, lua_touserdata(L, lua_upvalueindex(2)));
        lua_pushvalue(L, 3);
        lua_pushboolean(L, false);
        lua_rawset(L, lua_upvalueindex(1));
    }
    lua_pushboolean(L, lua_toboolean(L, 4));
    return 1;
}

/* upvalue 1: names that are bound to nil; then the standard globals, upvalue 2 */
static int l_other_name(lua_State *L)
{
    lua_settop(L, 2);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) {
        lua_pushnil(L);
        return 1;
    }
    lua_pushvalue(L, 2);
    lua_gettable(L, lua_upvalueindex(2));
    return 1;
}

static void push_done(lua_State *L, const struct sc_json *done)
{
    lua_newtable(L);
    SC_JSON_EACH(pair, done)
    {
        lua_pushfstring(L, "%s\n%s", sc_json_string(sc_json_at(pair, 0)),
                sc_json_string(sc_json_at(pair, 1)));
        lua_pushboolean(L, true);
        lua_rawset(L, -3);
    }
}

/* Adds the values of an object to the table below the top, names of nulls to the top. */
static void bind(lua_State *L, const struct sc_json *object)
{
    SC_JSON_EACH(member, object)
    {
        if (sc_json_is(member, SC_JSON_NULL)) {
            lua_pushboolean(L, true);
            lua_setfield(L, -2, sc_json_key(member));
        } else {
            sc_lua_push_json(L, member, SC_CONVERT_STRICT);
            lua_setfield(L, -3, sc_json_key(member));
        }
    }
}

/* The helpers that write and reckon as the person of `env` does. */
static void bind_person(lua_State *L, int names, const struct sc_json *env)
{
    sc_lua_bind_dates(L, names, sc_json_get_string(env, "zone", NULL));
    sc_lua_bind_fmt(L, names, sc_json_get_string(env, "language", NULL));
}

/* Pushes the table of the request's names, which falls through to the globals. */
static void push_names(lua_State *L, struct sc_evaluate *e)
{
    const struct sc_json *request = e->request;
    int names = lua_gettop(L) + 1;

    lua_newtable(L);
    lua_pushcfunction(L, l_default);
    lua_setfield(L, names, "default");
    push_done(L, sc_json_get(request, "done"));
    lua_pushlightuserdata(L, e);
    lua_pushcclosure(L, l_done, 2);
    lua_setfield(L, names, "done");
    sc_lua_push_json(L, sc_json_get(request, "states"), 0);
    if (!lua_istable(L, -1))
        lua_newtable(L);
    lua_pushcclosure(L, l_step_state, 1);
    lua_setfield(L, names, "step_state");
    bind_person(L, names, sc_json_get(sc_json_get(request, "bind"), "env"));
    lua_settop(L, names);
    lua_newtable(L); /* bound to nil */
    bind(L, sc_json_get(request, "bind"));
    sc_lua_push_env(L); /* the standard globals, by its metatable */
    lua_pushcclosure(L, l_other_name, 2);
    lua_createtable(L, 0, 2);
    lua_insert(L, -2);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, names);
}

/* The names of an element, which hide those of the request. */
static void push_row_names(lua_State *L, const struct sc_json *row)
{
    int names = lua_gettop(L) + 1;

    lua_newtable(L);
    lua_newtable(L);
    bind(L, row);
    lua_pushvalue(L, NAMES);
    lua_pushcclosure(L, l_other_name, 2);
    lua_createtable(L, 0, 2);
    lua_insert(L, -2);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, names);
}

/* --- running --- */

static void begin_row(lua_State *L, struct sc_evaluate *e)
{
    const struct sc_json *row = e->row;

    lua_settop(L, FIXED);
    if (e->rows_begun)
        sc_buf_addc(&e->result, ',');
    e->row_start = e->result.len;
    e->rows_begun = e->in_row = true;
    e->at = 0;
    sc_buf_adds(&e->result, "{\"values\":{");
    e->entry_start = e->result.len;
    if (row) {
        push_row_names(L, row);
        lua_setfield(L, META, "__index");
        e->row = sc_json_next(row);
    }
}

static void end_row(struct sc_evaluate *e)
{
    sc_buf_adds(&e->result, "}}");
    e->in_row = false;
}

static void end_rows(struct sc_evaluate *e)
{
    sc_buf_addc(&e->result, ']');
    if (e->asked.len) {
        sc_buf_adds(&e->result, ",\"asked\":[");
        sc_buf_add(&e->result, e->asked.data, e->asked.len);
        sc_buf_addc(&e->result, ']');
    }
    sc_buf_addc(&e->result, '}');
}

/* Instead of the values: what went wrong, and where. */
static void fail_row(struct sc_evaluate *e, const struct sc_error *err)
{
    const struct sc_instruction *of = &e->program->list[e->at];

    e->result.len = e->row_start;
    sc_buf_addf(&e->result,
            "{\"error\":{\"code\":\"%s\",\"message\":", sc_code_word(err->code));
    sc_json_write_string(&e->result, err->msg, strlen(err->msg));
    sc_buf_adds(&e->result, ",\"at\":");
    sc_json_write_string(&e->result, of->name, strlen(of->name));
    sc_buf_adds(&e->result, "}}");
    e->in_row = false;
}

static bool is_no(const char *json, size_t len)
{
    return (len == 4 && memcmp(json, "null", 4) == 0) ||
           (len == 5 && memcmp(json, "false", 5) == 0);
}

/* An entry is complete. A "where" that says no is the row's last. */
static void end_entry(struct sc_evaluate *e)
{
    static const char where[] = "\"where\":";
    const char *entry = e->result.data + e->entry_start;
    size_t len = e->result.len - e->entry_start, skip = sizeof(where) - 1;

    if (*entry == ',') {
        entry++;
        len--;
    }
    if (len > skip && memcmp(entry, where, skip) == 0 && is_no(entry + skip, len - skip))
        end_row(e);
    e->entry_start = e->result.len;
    e->at++;
}

/* Writes what needs no Lua; false when an expression is next. */
static bool write_on(struct sc_evaluate *e)
{
    const struct sc_program *program = e->program;

    while (e->in_row && e->at < program->count) {
        const struct sc_instruction *at = &program->list[e->at];

        if (at->kind == SC_END_ENTRY) {
            end_entry(e);
        } else if (at->kind == SC_WRITE) {
            sc_buf_add(&e->result, program->literals.data + at->from, at->len);
            e->at++;
        } else {
            return false;
        }
    }
    if (e->in_row)
        end_row(e);
    return true;
}

/* The text of a value in a string: nothing, and things without a text, are errors. */
static enum sc_code insert_text(lua_State *L, struct sc_evaluate *e, struct sc_error *err)
{
    struct sc_buf json;
    char number[SC_DOUBLE_TEXT];
    size_t len;
    const char *text;

    if (lua_type(L, -1) == LUA_TNUMBER && !lua_isinteger(L, -1)) {
        sc_lua_double_text(lua_tonumber(L, -1), number);
        sc_buf_adds(&e->result, number);
        return SC_OK;
    }
    if (lua_isboolean(L, -1)) {
        sc_buf_adds(&e->result, lua_toboolean(L, -1) ? "true" : "false");
        return SC_OK;
    }
    if (lua_isnil(L, -1))
        return sc_fail(err, SC_SCRIPT, "the value in {{…}} is nil");
    if (!lua_isstring(L, -1))
        return sc_fail(err, SC_SCRIPT, "the value in {{…}} is a %s, not a text or number",
                luaL_typename(L, -1));
    text = lua_tolstring(L, -1, &len);
    if (len == 0)
        return sc_fail(err, SC_SCRIPT, "the value in {{…}} is empty");
    sc_buf_init(&json);
    sc_json_write_string(&json, text, len);
    sc_buf_add(&e->result, json.data + 1, json.len - 2);
    sc_buf_release(&json);
    return SC_OK;
}

static void take_value(lua_State *L, struct sc_evaluate *e)
{
    const struct sc_instruction *at = &e->program->list[e->at];
    struct sc_error err;
    enum sc_code code;

    if (at->kind == SC_INSERT) {
        code = insert_text(L, e, &err);
        if (code != SC_OK)
            sc_wrap(&err, "%s", at->where);
    } else {
        code = sc_lua_write_json(
                L, -1, SC_CONVERT_EMPTY_LISTS, at->where, &e->result, &err);
    }
    lua_pop(L, 1);
    if (code != SC_OK)
        fail_row(e, &err);
    else
        e->at++;
}

static void take_error(lua_State *L, struct sc_evaluate *e, int status)
{
    const struct sc_instruction *at = &e->program->list[e->at];
    struct sc_error err, placed;
    const char *msg, *rest;

    sc_lua_error_of(L, status, &e->meter, &err);
    lua_pop(L, 1);
    msg = err.msg;
    if (strncmp(msg, "plan:", 5) == 0 && (rest = strstr(msg, ": ")))
        msg = rest + 2;
    sc_fail(&placed, err.code, "%s: %s", at->where, msg);
    fail_row(e, &placed);
}

enum { NOT_CALLED = -1 }; /* instead of a status of Lua's */

/* What an expression gave, or how it failed. A run that was ended goes no further. */
static void take(lua_State *L, struct sc_evaluate *e, int status)
{
    if (status == LUA_OK || status == LUA_YIELD) {
        take_value(L, e);
    } else if (e->meter.killed || status == LUA_ERRMEM) {
        sc_lua_kill(e->lua, L, e->meter.killed ? e->meter.why : SC_NO_MEMORY);
        lua_error(L);
    } else {
        take_error(L, e, status);
    }
}

/* To the next expression; false when all rows are written. */
static bool go_on(lua_State *L, struct sc_evaluate *e)
{
    while (!e->in_row || write_on(e)) {
        if (e->rows_begun && !e->row)
            return false;
        begin_row(L, e);
    }
    return true;
}

static int run(lua_State *L, int status, lua_KContext ctx)
{
    struct sc_evaluate *e = (struct sc_evaluate *)ctx;

    if (status != NOT_CALLED)
        take(L, e, status);
    while (go_on(L, e)) {
        lua_rawgeti(L, FUNCTIONS, (lua_Integer)e->at + 1);
        lua_pushvalue(L, ENV);
        take(L, e, lua_pcallk(L, 1, 1, 0, ctx, run));
    }
    end_rows(e);
    return 0;
}

/* The body of the fiber: (evaluation, evaluate) */
static int evaluate(lua_State *L)
{
    struct sc_evaluation *evaluation = lua_touserdata(L, 1);
    struct sc_evaluate *e = lua_touserdata(L, 2);
    const struct sc_json *each = sc_json_get(e->request, "each");

    lua_settop(L, 0);
    push_functions(L, evaluation, e->program);
    lua_newtable(L); /* ENV: empty; what it falls through to changes from row to row */
    push_names(L, e);
    lua_createtable(L, 0, 3);
    lua_pushvalue(L, NAMES);
    lua_setfield(L, META, "__index");
    lua_pushcfunction(L, l_read_only);
    lua_setfield(L, META, "__newindex");
    lua_pushboolean(L, false);
    lua_setfield(L, META, "__metatable");
    lua_pushvalue(L, META);
    lua_setmetatable(L, ENV);
    sc_buf_adds(&e->result, "{\"rows\":[");
    e->row = sc_json_first(each);
    if (sc_json_is(each, SC_JSON_ARRAY) && !e->row) {
        end_rows(e);
        return 0;
    }
    return run(L, NOT_CALLED, (lua_KContext)e);
}

/* --- the op --- */

static int make_kept(lua_State *L)
{
    int *ret_ref = lua_touserdata(L, 1);

    lua_newtable(L);
    *ret_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    return 0;
}

static enum sc_code ensure_state(struct sc_evaluation *evaluation, struct sc_error *err)
{
    struct sc_meter meter = { .cpu_ns_limit = INT64_C(1000000000) };
    struct sc_lua *lua = evaluation->lua;

    if (lua && !lua->tainted && evaluation->kept_count < MAX_KEPT)
        return SC_OK;
    if (lua && lua->calls == 0)
        sc_lua_free(lua);
    evaluation->kept_count = 0;
    evaluation->lua = lua = sc_lua_new(evaluation->memory_limit, err);
    if (!lua)
        return err->code;
    lua_pushcfunction(lua->L, make_kept);
    lua_pushlightuserdata(lua->L, &evaluation->kept);
    return sc_lua_pcall(lua, 1, 0, &meter, err);
}

static void refused_cancel(struct sc_op *op)
{
    (void)op; /* is finished from the start */
}

static void refused_release(struct sc_op *op)
{
    free(op);
}

static const struct sc_op_class refused_class = {
    .name = "refused",
    .cancel = refused_cancel,
    .release = refused_release,
};

static struct sc_op *refuse(struct sc_scope *scope, const struct sc_error *err,
        sc_op_done_fn *done, void *arg)
{
    struct sc_op *op = sc_new(struct sc_op);

    sc_op_begin(op, &refused_class, scope, done, arg);
    sc_op_finish(op, err);
    return op;
}

struct sc_op *sc_evaluate_start(struct sc_evaluation *evaluation, struct sc_scope *scope,
        struct sc_evaluate *e, sc_op_done_fn *done, void *arg)
{
    struct sc_fiber_spec spec = { .meter = &e->meter };
    struct sc_error err;

    sc_buf_init(&e->result);
    sc_buf_init(&e->asked);
    e->meter = (struct sc_meter){
        .cpu_ns_limit = CPU_MS * INT64_C(1000000), .tick_limit = TICKS, .may_yield = true
    };
    if (ensure_state(evaluation, &err) != SC_OK)
        return refuse(scope, &err, done, arg);
    e->program = sc_program_new(sc_json_get(e->request, "eval"), &err);
    if (!e->program)
        return refuse(scope, &err, done, arg);
    e->lua = evaluation->lua;
    e->lua->calls++;
    lua_pushcfunction(e->lua->L, evaluate);
    lua_pushlightuserdata(e->lua->L, evaluation);
    lua_pushlightuserdata(e->lua->L, e);
    return sc_fiber_start_with(e->lua->L, 2, scope, &spec, done, arg);
}

void sc_evaluate_release(struct sc_evaluation *evaluation, struct sc_evaluate *e)
{
    if (e->lua && --e->lua->calls == 0 && e->lua != evaluation->lua)
        sc_lua_free(e->lua);
    sc_program_free(e->program);
    sc_buf_release(&e->result);
    sc_buf_release(&e->asked);
}
