#include "builtin_bed.h"
#include "memory/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zip.h>

#include <cmocka.h>

#include "base/mem.h"

const char builtin_bed_workbook[] =
        "<workbook xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/"
        "relationships'><sheets><sheet name='Lager' sheetId='1' r:id='rId1'/></sheets>"
        "</workbook>";
const char builtin_bed_rels[] =
        "<Relationships><Relationship Id='rId1' Type='http://schemas.openxmlformats.org/"
        "officeDocument/2006/relationships/officeDocument' Target='xl/workbook.xml'/>"
        "</Relationships>";
const char builtin_bed_book_rels[] =
        "<Relationships><Relationship Id='rId1' Type='x/worksheet' "
        "Target='worksheets/sheet1.xml'/><Relationship Id='rId2' Type='x/styles' "
        "Target='styles.xml'/><Relationship Id='rId3' Type='x/sharedStrings' "
        "Target='/xl/sharedStrings.xml'/></Relationships>";

static int64_t now_ms(struct sc_clock *clock)
{
    return sc_container_of(clock, struct builtin_bed, clock)->now_ms;
}

static char *with_quotes(const char *json)
{
    char *text = sc_strdup(json);

    for (char *c = text; *c; c++)
        *c = (char)(*c == '\'' ? '"' : *c);
    return text;
}

static struct sc_json *parse(const char *json)
{
    char *text = with_quotes(json);
    struct sc_error err;
    struct sc_json *value = sc_json_parse(text, strlen(text), NULL, &err);

    if (!value)
        fail_msg("%s: %s", text, err.msg);
    free(text);
    return value;
}

void builtin_bed_init(struct builtin_bed *bed, struct sc_loop *loop,
        struct sc_store *store, struct sc_multi *multi)
{
    *bed = (struct builtin_bed){ 0 };
    sc_temp_folder_make(bed->folder);
    snprintf(bed->in, sizeof(bed->in), "%s/in", bed->folder);
    snprintf(bed->out, sizeof(bed->out), "%s/out", bed->folder);
    assert_int_equal(mkdir(bed->in, 0755), 0);
    bed->loop = loop;
    sc_scope_init(&bed->scope, loop);
    bed->clock = (struct sc_clock){ now_ms, now_ms };
    bed->now_ms = (int64_t)BED_NOW_S * 1000;
    bed->parts = (struct sc_builtin_parts){
        .loop = loop, .multi = multi, .store = store, .clock = &bed->clock
    };
    if (store)
        bed->parts.memory = sc_memory_new(store, &bed->clock);
    bed->builtins = sc_builtins_new(&bed->parts);
    bed->env = parse("{'now':'2026-11-23T09:00:00+08:00','today':'2026-11-23',"
                     "'zone':'Asia/Shanghai','language':'en'}");
    bed->files = sc_json_new_array();
    bed->inputs = sc_json_new_object();
    bed->descriptor = parse("{'hosts':['127.0.0.1:*']}");
    bed->tool = (struct sc_tool){
        .name = "test.tool", .effect = SC_EFFECT_READ, .descriptor = bed->descriptor
    };
    bed->context = (struct sc_tool_context){ .task_id = "t",
        .agent = "tester",
        .step_id = "s",
        .env = bed->env,
        .out_dir = bed->out,
        .inputs = bed->inputs,
        .files = bed->files };
}

void builtin_bed_release(struct builtin_bed *bed)
{
    sc_builtins_free(bed->builtins);
    sc_memory_free(bed->parts.memory);
    sc_json_free(bed->value);
    sc_json_free(bed->descriptor);
    sc_json_free(bed->env);
    sc_json_free(bed->files);
    sc_json_free(bed->inputs);
    sc_temp_folder_remove(bed->folder);
}

int builtin_bed_setup(void **state)
{
    struct builtin_bed *bed = sc_new(struct builtin_bed);

    builtin_bed_init(bed, sc_loop_new(NULL), NULL, NULL);
    *state = bed;
    return 0;
}

int builtin_bed_teardown(void **state)
{
    struct builtin_bed *bed = *state;

    builtin_bed_release(bed);
    sc_loop_free(bed->loop);
    free(bed);
    return 0;
}

/* --- files --- */

void builtin_bed_give(
        struct builtin_bed *bed, const char *name, const void *data, size_t len)
{
    char *path = sc_strdupf("%s/%s", bed->in, name);
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, len, file), len);
    fclose(file);
    sc_json_append(bed->files, sc_json_new_string(path));
    free(path);
}

void builtin_bed_give_text(struct builtin_bed *bed, const char *name, const char *text)
{
    builtin_bed_give(bed, name, text, strlen(text));
}

void builtin_bed_give_zip(
        struct builtin_bed *bed, const char *name, const char *const *parts)
{
    char *path = sc_strdupf("%s/%s", bed->in, name);
    zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);

    assert_non_null(zip);
    for (; *parts; parts += 2) {
        zip_source_t *source = zip_source_buffer(zip, parts[1], strlen(parts[1]), 0);

        assert_true(zip_file_add(zip, parts[0], source, 0) >= 0);
    }
    assert_int_equal(zip_close(zip), 0);
    sc_json_append(bed->files, sc_json_new_string(path));
    free(path);
}

void builtin_bed_give_sheet(
        struct builtin_bed *bed, const char *name, const char *worksheet)
{
    char *sheet = sc_strdupf("<worksheet>%s</worksheet>", worksheet);
    const char *parts[] = { "_rels/.rels", builtin_bed_rels, "xl/workbook.xml",
        builtin_bed_workbook, "xl/_rels/workbook.xml.rels", builtin_bed_book_rels,
        "xl/worksheets/sheet1.xml", sheet, NULL };

    builtin_bed_give_zip(bed, name, parts);
    free(sheet);
}

char *builtin_bed_written(struct builtin_bed *bed, const char *name, size_t *ret_len)
{
    char *path = sc_strdupf("%s/%s", bed->out, name);
    FILE *file = fopen(path, "rb");
    char *data = NULL;

    if (file) {
        data = sc_zalloc(1 << 20);
        *ret_len = fread(data, 1, (1 << 20) - 1, file);
        fclose(file);
    }
    free(path);
    return data;
}

/* --- calls --- */

static void on_done(struct sc_op *op, const struct sc_error *err)
{
    struct builtin_bed *bed = op->arg;
    struct sc_tool_outcome *outcome = sc_builtin_outcome(op);

    bed->done = true;
    bed->err = err ? *err : (struct sc_error){ 0 };
    bed->kind = outcome->kind;
    bed->until_ms = outcome->until_ms;
    bed->value = outcome->value;
    outcome->value = NULL;
}

enum sc_code builtin_bed_call(
        struct builtin_bed *bed, const char *operation, const char *args)
{
    struct sc_json *json = parse(args);
    struct sc_tool_call call = {
        .args = json, .key = "k", .context = &bed->context, .timeout_ms = 5000
    };

    sc_json_free(bed->value);
    bed->value = NULL;
    bed->done = false;
    sc_builtin_start(
            &bed->scope, bed->builtins, operation, &bed->tool, &call, on_done, bed);
    while (!bed->done)
        uv_run(sc_loop_uv(bed->loop), UV_RUN_ONCE);
    sc_json_free(json);
    return bed->err.code;
}

static const struct sc_json *walk(const struct sc_json *at, const char *path)
{
    while (*path && at) {
        size_t len = strcspn(path, ".");
        char name[128];

        snprintf(name, sizeof(name), "%.*s", (int)len, path);
        at = sc_json_is(at, SC_JSON_ARRAY) ? sc_json_at(at, strtoul(name, NULL, 10))
                                           : sc_json_get(at, name);
        path += path[len] ? len + 1 : len;
    }
    return at;
}

void builtin_bed_expect(struct builtin_bed *bed, const char *path, const char *json)
{
    struct sc_json *wanted = parse(json);
    const struct sc_json *found = walk(bed->value, path);
    char *text = found ? sc_json_text(found) : sc_strdup("nothing");

    if (bed->err.code)
        fail_msg("the call failed: %s", bed->err.msg);
    if (!found || !sc_json_equal(found, wanted))
        fail_msg("%s is %s, not %s", path, text, json);
    free(text);
    sc_json_free(wanted);
}

bool builtin_bed_noted(const struct builtin_bed *bed, const char *words)
{
    SC_JSON_EACH(note, sc_json_get(bed->value, "notes"))
    {
        if (strstr(sc_json_string(note), words))
            return true;
    }
    return false;
}
