/* Every script in tests/lua/attacks ends with an error, in time, and alone. */
#include <dirent.h>
#include <stdio.h>

#include "rig.h"

enum { CPU_LIMIT_MS = 300 };

static void read_file(const char *name, char **ret_text)
{
    char *path = sc_strdupf("%s/tests/lua/attacks/%s", SC_SOURCE_DIR, name);
    FILE *file = fopen(path, "r");
    char *text = sc_zalloc(65536);

    assert_non_null(file);
    assert_true(fread(text, 1, 65535, file) > 0);
    fclose(file);
    free(path);
    *ret_text = text;
}

/* Any script can be left half-way by SC_TIMEOUT; the others say why they ended. */
static void assert_harmless(struct rig *rig, const char *name)
{
    const struct sc_error *err = &rig->err;

    if (err->code != SC_SCRIPT && err->code != SC_TIMEOUT && err->code != SC_NO_MEMORY)
        fail_msg("%s: %s: %s", name, sc_code_word(err->code), err->msg);
    if (strstr(err->msg, "assertion failed"))
        fail_msg("%s: %s", name, err->msg);
}

static void attack(const char *name, struct rig *rig)
{
    char *body, *source;
    struct sc_tool *tool;

    read_file(name, &body);
    source = sc_strdupf(
            "local function attack(args)\n%s\nend\n"
            "if args.attack then return attack(args) end\n"
            "return { fine = (\"x\"):upper() .. tostring(string.rep('y', 2)) }",
            body);
    tool = rig_tool(rig, source);

    rig_start(rig, tool, "{\"attack\":true}", CPU_LIMIT_MS);
    rig_wait(rig);
    assert_harmless(rig, name);

    rig_start(rig, tool, "{}", LIMIT_MS);
    rig_wait(rig);
    if (rig->err.code)
        fail_msg("after %s: %s", name, rig->err.msg);
    assert_json(rig->answer, "{\"fine\":\"Xyy\"}");
    sc_tool_unref(tool);
    free(source);
    free(body);
}

static void every_attack_ends_and_others_are_served(void **state)
{
    char *path = sc_strdupf("%s/tests/lua/attacks", SC_SOURCE_DIR);
    DIR *folder = opendir(path);
    struct dirent *entry;
    int count = 0;

    (void)state;
    assert_non_null(folder);
    while ((entry = readdir(folder))) {
        struct rig rig;

        if (!strstr(entry->d_name, ".lua"))
            continue;
        rig_open(&rig, SC_WORKER_HOST, 1);
        attack(entry->d_name, &rig);
        rig_close(&rig);
        count++;
    }
    closedir(folder);
    free(path);
    assert_true(count > 60);
}

/* While a file is loaded there is a time limit as well. */
static void a_file_that_does_not_end_is_no_tool(void **state)
{
    struct rig rig;

    (void)state;
    rig_open(&rig, SC_WORKER_HOST, 1);
    rig_define(&rig, "tool", "while true do pcall(function() while true do end end) end");
    assert_int_equal(rig.err.code, SC_TIMEOUT);
    rig_define(&rig, "config", "return config { a = 1 }");
    assert_int_equal(rig.err.code, SC_OK);
    rig_close(&rig);
}

static void a_file_that_is_huge_is_no_tool(void **state)
{
    struct rig rig;
    struct sc_buf source;

    (void)state;
    sc_buf_init(&source);
    for (int i = 0; i < 300000; i++)
        sc_buf_addf(&source, "x%d=1\n", i);
    rig_open(&rig, SC_WORKER_HOST, 1);
    rig_define(&rig, "tool", source.data);
    assert_says(&rig.err, SC_SCRIPT, "over 256 KiB");
    rig_close(&rig);
    sc_buf_release(&source);
}

/* What strains the compiler: `head`, then `part` so many times, then `tail`. */
static const struct strain {
    const char *name, *head, *part, *tail;
    int count;
    const char *says;
} strains[] = {
    { "brackets in brackets", "return ", "(", "1", 300, "C stack overflow" },
    { "tables in tables", "return ", "{", "1", 300, "C stack overflow" },
    { "blocks in blocks", "", "do ", "", 300, "C stack overflow" },
    { "signs before a number", "return ", "- ", "1", 100000, "C stack overflow" },
    { "fields of fields", "local a = nil; return a", ".x", "", 100000, "index a nil" },
    { "locals", "", "local x = 1 ", "", 300, "too many local variables" },
    { "texts joined", "return ''", "..'a'", "", 50000, "overflow" },
};

static void assert_strain(struct rig *rig, const struct strain *strain)
{
    struct sc_buf source;

    sc_buf_init(&source);
    sc_buf_adds(&source, strain->head);
    for (int i = 0; i < strain->count; i++)
        sc_buf_adds(&source, strain->part);
    sc_buf_adds(&source, strain->tail);
    rig_define(rig, "tool", source.data);
    if (rig->err.code != SC_SCRIPT || !strstr(rig->err.msg, strain->says))
        fail_msg("%s: %s: %s", strain->name, sc_code_word(rig->err.code), rig->err.msg);
    sc_buf_release(&source);
}

static void a_file_that_strains_the_compiler_is_no_tool(void **state)
{
    struct rig rig;

    (void)state;
    rig_open(&rig, SC_WORKER_HOST, 1);
    for (size_t i = 0; i < sizeof(strains) / sizeof(*strains); i++)
        assert_strain(&rig, &strains[i]);
    rig_define(&rig, "config", "return config { a = 1 }");
    assert_int_equal(rig.err.code, SC_OK);
    rig_close(&rig);
}

/* An expression of a plan has less time than a tool, and its row says what happened. */
static void an_expression_that_does_not_end_is_ended(void **state)
{
    struct rig rig;

    (void)state;
    rig_open(&rig, SC_WORKER_HOST, 1);
    rig_evaluate(&rig, "{\"eval\":[{\"name\":\"v\",\"of\":"
                       "\"=pcall(function() while true do end end)\"}]}");
    assert_int_equal(rig.err.code, SC_TIMEOUT);
    rig_evaluate(&rig, "{\"eval\":[{\"name\":\"v\",\"of\":\"=1 + 1\"}]}");
    assert_int_equal(rig.err.code, SC_OK);
    assert_json(rig.answer, "{\"rows\":[{\"values\":{\"v\":2}}]}");
    rig_close(&rig);
}

static void bytecode_is_no_tool(void **state)
{
    struct rig rig;

    (void)state;
    rig_open(&rig, SC_WORKER_HOST, 1);
    rig_define(&rig, "tool", "\x1bLuaS");
    assert_says(&rig.err, SC_SCRIPT, "binary chunk");
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_attack_ends_and_others_are_served),
        cmocka_unit_test(a_file_that_does_not_end_is_no_tool),
        cmocka_unit_test(a_file_that_is_huge_is_no_tool),
        cmocka_unit_test(a_file_that_strains_the_compiler_is_no_tool),
        cmocka_unit_test(an_expression_that_does_not_end_is_ended),
        cmocka_unit_test(bytecode_is_no_tool),
    };
    return cmocka_run_group_tests_name("worker/attacks", tests, NULL, NULL);
}
