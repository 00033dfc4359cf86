/* The bounded string functions give what Lua's own give: any pattern, any text. */
#include <lualib.h>
#include <stdio.h>

#include "sandbox.h"

enum { ROUNDS = 20000 };

struct both {
    lua_State *plain; /* Lua as it comes */
    void *sandbox;
    uint32_t seed;
};

static int setup(void **state)
{
    struct both *both = calloc(1, sizeof(*both));

    both->plain = luaL_newstate();
    luaL_openlibs(both->plain);
    sandbox_open(&both->sandbox);
    both->seed = 7;
    *state = both;
    return 0;
}

static int teardown(void **state)
{
    struct both *both = *state;

    lua_close(both->plain);
    sandbox_close(&both->sandbox);
    free(both);
    return 0;
}

static uint32_t next(struct both *both, uint32_t below)
{
    both->seed = both->seed * 1664525 + 1013904223;
    return (both->seed >> 8) % below;
}

/* A text of pieces picked by chance. */
static void pick(struct both *both, const char *const *pieces, size_t count, char *to)
{
    size_t len = 0, parts = next(both, 7);

    to[0] = '\0';
    for (size_t i = 0; i < parts; i++)
        len += (size_t)snprintf(to + len, 8, "%s", pieces[next(both, (uint32_t)count)]);
}

/* All results as one text; "error" when the pattern is malformed. */
static const char *plain_result(lua_State *L, const char *source)
{
    lua_settop(L, 0);
    assert_int_equal(luaL_loadstring(L, source), LUA_OK);
    return lua_pcall(L, 0, 1, 0) == LUA_OK ? lua_tostring(L, -1) : "error";
}

/* false when the expression is an error, to both. */
static bool assert_same(struct both *both, const char *expression)
{
    char *source =
            sc_strdupf("(function(...) local t = {} for i = 1, select('#', ...) do "
                       "t[i] = tostring((select(i, ...))) end "
                       "return table.concat(t, '|') end)(%s)",
                    expression);
    char *plain = sc_strdupf("return %s", source);
    struct sc_lua *lua = both->sandbox;
    const char *wanted = plain_result(both->plain, plain);
    const char *got = sandbox_run(lua, source) ? lua_tostring(lua->L, -1) : "error";

    if (strcmp(wanted, got) != 0)
        fail_msg("%s is %s, not %s", expression, got, wanted);
    free(source);
    free(plain);
    return strcmp(got, "error") != 0;
}

static void any_pattern_matches_as_in_lua(void **state)
{
    static const char *const texts[] = { "a", "b", "ab", "1", " ", "(", ")", "x=", "%",
        "]", "-", "A" };
    static const char *const parts[] = { "a", "b", ".", "%a", "%d", "%s", "[ab]", "[^a]",
        "[a-c]", "[%a_]", "[]]", "*", "+", "-", "?", "(", ")", "^", "$", "%1", "%b()",
        "%f[%a]", "%%", "[", "%", "[^%s-]", "%w" };
    struct both *both = *state;

    for (int i = 0; i < ROUNDS; i++) {
        char text[64], pattern[64], *find, *match, *gsub;

        pick(both, texts, sizeof(texts) / sizeof(*texts), text);
        pick(both, parts, sizeof(parts) / sizeof(*parts), pattern);
        find = sc_strdupf("string.find([==[%s]==], [==[%s]==])", text, pattern);
        match = sc_strdupf("string.match([==[%s]==], [==[%s]==], -2)", text, pattern);
        gsub = sc_strdupf(
                "string.gsub([==[%s]==], [==[%s]==], '<%%0>', 3)", text, pattern);
        /* Lua's gsub overlooks a capture without an end; ours does not. */
        if (assert_same(both, find) && assert_same(both, match))
            assert_same(both, gsub);
        free(find);
        free(match);
        free(gsub);
    }
}

static void formats_are_written_as_in_lua(void **state)
{
    assert_same(*state,
            "string.format('%5.2f|%-8s|%q|%%|%x|%+d', 1.005, 'ab', 'a\\nb', 255, 7)");
    assert_same(*state, "string.format('%s %s %s', 1, 2.5, true)");
    assert_same(*state, "string.format('%d', 1.5)");
    assert_same(*state, "string.format('%s')");
    assert_same(*state, "string.format('%y', 1)");
    assert_same(*state, "string.find('abc', '()b()')");
    assert_same(*state, "string.rep('ab', 3, '-')");
    assert_same(*state, "('x'):rep(0)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(any_pattern_matches_as_in_lua, setup, teardown),
        cmocka_unit_test_setup_teardown(formats_are_written_as_in_lua, setup, teardown),
    };
    return cmocka_run_group_tests_name("lua/string", tests, NULL, NULL);
}
