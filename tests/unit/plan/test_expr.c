#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <lauxlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "plan/expr.h"

struct fixture {
    struct sc_arena arena;
    struct sc_error err;
    lua_State *L;
    uint64_t seed;
};

static int setup(void **state)
{
    struct fixture *f = sc_new(struct fixture);

    f->L = luaL_newstate();
    f->seed = 20261123;
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    lua_close(f->L);
    sc_arena_release(&f->arena);
    free(f);
    return 0;
}

static struct sc_node *parse(struct fixture *f, const char *text)
{
    f->err = (struct sc_error){ 0 };
    return sc_expr_parse(&f->arena, text, strlen(text), &f->err);
}

/* "sheet.rows[1].sku paid.failed? …": uses in order, `?` for optional ones. */
static const char *uses_of(struct fixture *f, const char *text)
{
    struct sc_node *node = parse(f, text);
    struct sc_buf out;
    char *copy;

    if (!node)
        fail_msg("%s: %s", text, f->err.msg);
    sc_buf_init(&out);
    for (const struct sc_use *use = sc_expr_uses(&f->arena, node); use; use = use->next) {
        sc_buf_addf(&out, "%s%s", out.len ? " " : "", use->name);
        for (size_t i = 0; i < use->key_count; i++) {
            if (use->keys[i].field)
                sc_buf_addf(&out, ".%s", use->keys[i].field);
            else
                sc_buf_addf(&out, "[%d]", (int)use->keys[i].index);
        }
        sc_buf_adds(&out, use->optional ? "?" : "");
    }
    copy = sc_arena_text(&f->arena, sc_buf_text(&out), out.len);
    sc_buf_release(&out);
    return copy;
}

static void refused(struct fixture *f, const char *text, const char *sentence)
{
    if (parse(f, text))
        fail_msg("accepted: %s", text);
    assert_string_equal(f->err.msg, sentence);
}

static void names_are_found_with_their_ways_in(void **state)
{
    struct fixture *f = *state;

    assert_string_equal(uses_of(f, "sheet.rows[1].sku"), "sheet.rows[1].sku");
    assert_string_equal(uses_of(f, "#paid + #paid.failed"), "paid paid.failed");
    assert_string_equal(uses_of(f, "a['b c'].d"), "a.b c.d");
    assert_string_equal(uses_of(f, "a[i].b"), "a[0].b i");
    assert_string_equal(uses_of(f, "(a).b"), "a.b");
    assert_string_equal(uses_of(f, "a[-1]"), "a[0]");
    assert_string_equal(uses_of(f, "{ x = y, [z] = 1, w }"), "y z w");
    assert_string_equal(uses_of(f, "'sheet.rows' .. \"x\""), "");
}

static void locals_and_parameters_are_not_free(void **state)
{
    struct fixture *f = *state;

    assert_string_equal(
            uses_of(f, "map(paid, function(p) return {id = p.id} end)"), "map paid");
    assert_string_equal(uses_of(f, "(function() local x = x; return x.y end)()"), "x");
    assert_string_equal(
            uses_of(f, "(function() for i = 1, n do local t = i end return i end)()"),
            "n i");
    assert_string_equal(
            uses_of(f, "(function() for k, v in pairs(t) do k = v end return v end)()"),
            "pairs t v");
    assert_string_equal(
            uses_of(f, "(function() repeat local a = b until a return a end)()"), "b a");
    assert_string_equal(
            uses_of(f, "(function() local function g(n) return g(n) end return g end)()"),
            "");
    assert_string_equal(uses_of(f, "(function() if a then local b = 1 elseif c then "
                                   "return b else return d end end)()"),
            "a c b d");
}

static void default_makes_only_its_first_argument_optional(void **state)
{
    struct fixture *f = *state;

    assert_string_equal(uses_of(f, "default(mail.text, other.text)"),
            "default mail.text? other.text");
    assert_string_equal(uses_of(f, "mail and default(#mail, 0)"), "mail default mail?");
    assert_string_equal(uses_of(f, "step_state('mail') == 'done'"), "step_state mail?");
}

static void plain_references_are_recognised(void **state)
{
    struct fixture *f = *state;

    assert_non_null(sc_expr_plain(&f->arena, parse(f, "a.b[1].c")));
    assert_non_null(sc_expr_plain(&f->arena, parse(f, "item")));
    assert_non_null(sc_expr_plain(&f->arena, parse(f, "a['x y']")));
    assert_null(sc_expr_plain(&f->arena, parse(f, "a[i]")));
    assert_null(sc_expr_plain(&f->arena, parse(f, "a[0]")));
    assert_null(sc_expr_plain(&f->arena, parse(f, "a[1.5]")));
    assert_null(sc_expr_plain(&f->arena, parse(f, "a.b()")));
    assert_null(sc_expr_plain(&f->arena, parse(f, "'a'")));
    assert_null(sc_expr_plain(&f->arena, parse(f, "#a")));
}

static void errors_are_one_sentence_with_the_place(void **state)
{
    struct fixture *f = *state;

    refused(f, "", "an expression is empty (at character 1)");
    refused(f, "a +", "expected a value, found the end (at character 4)");
    refused(f, "a b", "expected the end of the expression, found 'b' (at character 3)");
    refused(f, "f(1, 2", "expected ')', found the end (at character 7)");
    refused(f, "'abc", "a string does not end (at character 1)");
    refused(f, "a != b",
            "'!' is not Lua; write 'not', or '~=' for unequal (at character 3)");
    refused(f, "'\xe4\xbb\xb7' .. )", "expected a value, found ')' (at character 8)");
    refused(f, "1..2", "a number is written wrongly (at character 1)");
    refused(f, "(function() x = 1 end)()",
            "an expression cannot set a name that is not local; write 'local' first "
            "(at character 13)");
    refused(f, "(function() break end)()", "'break' outside a loop (at character 13)");
    refused(f, "...", "'...' outside a function that has it (at character 1)");
}

static char *repeated(struct fixture *f, const char *a, const char *b, const char *c)
{
    enum { TIMES = 4000 };
    char *text =
            sc_arena_alloc(&f->arena, TIMES * (strlen(a) + strlen(c)) + strlen(b) + 1);
    size_t len = 0;

    for (int i = 0; i < TIMES * 2 + 1; i++) {
        const char *part = i < TIMES ? a : i == TIMES ? b : c;

        memcpy(text + len, part, strlen(part));
        len += strlen(part);
    }
    return text;
}

static void deep_nesting_is_refused(void **state)
{
    struct fixture *f = *state;

    assert_null(parse(f, repeated(f, "(", "1", ")")));
    assert_string_equal(f->err.msg, "nested more than 100 deep (at character 101)");
    assert_null(parse(f, repeated(f, "{", "", "}")));
    assert_null(parse(f, repeated(f, "f(", "", ")")));
    assert_null(parse(f, repeated(f, "a[", "1", "]")));
    assert_null(parse(f, repeated(f, "not ", "a", "")));
    assert_null(parse(f, repeated(f, "-", "a", "")));
    assert_null(parse(f, repeated(f, "", "a", ".b")));
    assert_null(parse(f, repeated(f, "", "1", "+1")));
    assert_null(parse(f, repeated(f, "1 ..", "1", "")));
    assert_null(parse(f, repeated(f, "", "f", "()")));
    assert_null(parse(f, repeated(f, "do ", "", "")));
}

static void what_is_too_long_is_refused(void **state)
{
    struct fixture *f = *state;
    char *text = sc_arena_alloc(&f->arena, SC_EXPR_MAX_BYTES + 2);

    memset(text, ' ', SC_EXPR_MAX_BYTES + 1);
    text[0] = '1';
    assert_null(parse(f, text));
    assert_non_null(strstr(f->err.msg, "over the limit"));
}

static const char *const corpus[] = {
    "sheet.rows",
    "item.status == 'approved'",
    "money(item.amount, item.currency)",
    "map(paid, function(p) return {supplier=p.item.supplier, id=p.payment_id} end)",
    "sum(sheet.rows,'amount') <= 5000",
    "#paid + #paid.failed + #paid.skipped == #sheet.rows",
    "default(inputs.margin, 30) / 100",
    "(function() local t, n = {}, 0 for i, r in ipairs(rows) do if r.qty < 5 then "
    "n = n + 1; t[n] = r.sku end end return t end)()",
    "(function(...) local a <const>, b = ..., {...} while a do if b then break end end "
    "repeat local z = 1 until z > 0 return a, b end)(1, 2)",
    "a.b:c(1):d{ 1, 2; x = 3, [4] = 'y' } .. [[long\nstring]] .. [==[ ]] ]==]",
    "0x1F + 0x.8p1 + 1e-3 + .5 + 3. // 2 % 7 ^ -2 & 1 | 2 ~ 3 << 4 >> 1",
    "not a and (b or c) ~= nil and - - x < #'abc' -- comment\n",
    "'\\n\\x41\\65\\u{4e2d}\\z  \\\"' .. \"\\'\" --[[ long ]] .. ''",
    "(function() local t = {} function t.f(x) return x end function t:g() return self "
    "end goto done ::done:: do return end end)()",
    "flat_map(orders, function(o) return map(o.lines, function(l) return merge(l, "
    "{order = o.id}) end) end)",
    "f'x' .. g\"y\" .. h[[z]]",
};

static bool lua_takes(struct fixture *f, const char *before, const char *text, size_t len,
        const char *after)
{
    struct sc_buf chunk;
    int status;

    sc_buf_init(&chunk);
    sc_buf_adds(&chunk, before);
    sc_buf_add(&chunk, text, len);
    sc_buf_adds(&chunk, after);
    status = luaL_loadbufferx(f->L, chunk.data, chunk.len, "=x", "t");
    lua_settop(f->L, 0);
    sc_buf_release(&chunk);
    return status == LUA_OK;
}

/* What fits between two kinds of brackets is one expression. */
static bool is_lua(struct fixture *f, const char *text, size_t len)
{
    return lua_takes(f, "return function() return (", text, len, "\n) end") &&
           lua_takes(f, "return function() return {", text, len, "\n} end");
}

static void real_expressions_are_accepted(void **state)
{
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(corpus) / sizeof(*corpus); i++) {
        if (!is_lua(f, corpus[i], strlen(corpus[i])))
            fail_msg("not Lua: %s", corpus[i]);
        if (!parse(f, corpus[i]))
            fail_msg("refused: %s: %s", corpus[i], f->err.msg);
    }
}

static size_t pick(struct fixture *f, size_t n)
{
    f->seed = f->seed * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(f->seed >> 33) % n;
}

/* Takes out, doubles or replaces a piece of the text. */
static size_t mutate(struct fixture *f, const char *from, char *to)
{
    static const char *const pieces[] = { "(", ")", "{", "}", "[", "]", "end", " do ",
        " return ", "=", "==", ".", "..", "...", ",", ";", "'", "\"", "\\", " local x",
        " and ", " not ", "1", "0x", "e5", "a", ":", "::", "<", "--", "[[", "]]", "~",
        "#", "function", " for ", " in ", " then ", "\n", "nil", "$", "if " };
    size_t len = strlen(from), at = pick(f, len + 1), cut = pick(f, 4);
    const char *piece =
            pick(f, 3) ? pieces[pick(f, sizeof(pieces) / sizeof(*pieces))] : "";

    if (cut > len - at)
        cut = len - at;
    memcpy(to, from, at);
    memcpy(to + at, piece, strlen(piece));
    memcpy(to + at + strlen(piece), from + at + cut, len - at - cut + 1);
    return strlen(to);
}

/* What we refuse on purpose: globals, and characters that do not exist. */
static bool on_purpose(struct fixture *f)
{
    return strstr(f->err.msg, "not local") || strstr(f->err.msg, "\\u needs");
}

static void broken_expressions_are_refused_when_lua_refuses_them(void **state)
{
    struct fixture *f = *state;
    char text[1024], again[1024];
    int accepted = 0;

    for (int i = 0; i < 60000; i++) {
        size_t len = mutate(f, corpus[pick(f, sizeof(corpus) / sizeof(*corpus))], again);
        bool ours, lua;

        if (pick(f, 2))
            len = mutate(f, again, text);
        else
            memcpy(text, again, len + 1);
        ours = parse(f, text) != NULL;
        lua = is_lua(f, text, len);
        if (ours != lua && !on_purpose(f) && !strstr(text, "goto") &&
                !strstr(text, "::") && !strstr(text, "<const>") &&
                !strstr(text, "local a <"))
            fail_msg("%s by us, %s by Lua: %s (%s)", ours ? "accepted" : "refused",
                    lua ? "accepted" : "refused", text, f->err.msg);
        accepted += ours;
        sc_arena_release(&f->arena);
    }
    assert_true(accepted > 2000);
}

static void garbage_never_crashes(void **state)
{
    struct fixture *f = *state;

    for (int i = 0; i < 20000; i++) {
        char text[64];
        size_t len = pick(f, sizeof(text));
        struct sc_node *node;

        for (size_t c = 0; c < len; c++)
            text[c] = (char)pick(f, 256);
        node = sc_expr_parse(&f->arena, text, len, &f->err);
        if (node)
            sc_expr_uses(&f->arena, node);
        else
            assert_int_equal(f->err.code, SC_INVALID);
        sc_arena_release(&f->arena);
    }
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(names_are_found_with_their_ways_in),
        T(locals_and_parameters_are_not_free),
        T(default_makes_only_its_first_argument_optional),
        T(plain_references_are_recognised),
        T(errors_are_one_sentence_with_the_place),
        T(deep_nesting_is_refused),
        T(what_is_too_long_is_refused),
        T(real_expressions_are_accepted),
        T(broken_expressions_are_refused_when_lua_refuses_them),
        T(garbage_never_crashes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
