/* Tools that fail as told: {"fail": code word, "times": n, "id": name of the count,
 * "maybe": the effect may have happened, "late": it fails after its effect}. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "fakes/effect_client.h"
#include "fakes/exec_bed.h"

struct fake_call {
    struct sc_op op;
    struct exec_bed *bed;
    struct sc_tool_outcome outcome;
    size_t until; /* so many turns were told */
    bool waits, cancelled;
};

static void call_cancel(struct sc_op *op)
{
    struct fake_call *c = sc_container_of(op, struct fake_call, op);
    struct sc_error err;

    c->cancelled = true;
    if (c->waits) /* its next look ends it */
        return;
    c->bed->running--;
    sc_fail(&err, SC_CANCELLED, "cancelled");
    sc_op_finish(op, &err);
}

static void call_release(struct sc_op *op)
{
    struct fake_call *c = sc_container_of(op, struct fake_call, op);

    sc_json_free(c->outcome.value);
    free(c);
}

static const struct sc_op_class call_class = { "fake", call_cancel, call_release };

static struct sc_tool_outcome *outcome_of(struct sc_op *op)
{
    return &sc_container_of(op, struct fake_call, op)->outcome;
}

/* How often this was called, by any process: each call is a line in a file. */
static size_t count_call(struct exec_bed *bed, const char *tool, const char *id)
{
    char *path = sc_strdupf("%s/calls", bed->folder);
    char *call = sc_strdupf("%s %s\n", tool, id), line[128];
    FILE *file = fopen(path, "a+e");
    size_t count = 0;

    SC_ASSERT(file != NULL);
    fputs(call, file);
    rewind(file);
    while (fgets(line, sizeof(line), file))
        count += strcmp(line, call) == 0;
    fclose(file);
    free(path);
    free(call);
    return count;
}

static bool is_sunk(struct exec_bed *bed, const char *key)
{
    FILE *file = fopen(bed->sink, "re");
    char line[512];
    bool found = false;

    if (!file)
        return false;
    while (!found && fgets(line, sizeof(line), file))
        found = strstr(line, key) != NULL;
    fclose(file);
    return found;
}

static void write_line(struct exec_bed *bed, const char *line)
{
    int fd = open(bed->sink, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    ssize_t written = write(fd, line, strlen(line));

    SC_ASSERT(written == (ssize_t)strlen(line));
    close(fd);
}

static void sink(
        struct exec_bed *bed, const struct sc_tool *tool, const struct sc_tool_call *call)
{
    const char *what = sc_json_get_string(call->args, "what", "-");
    bool once = tool->idempotent != SC_IDEMPOTENT_NO;
    char *line = sc_strdupf("%s %s %s\n", tool->name, call->key, what);

    SC_ASSERT(call->key != NULL);
    if (bed->shop_port)
        effect_client_post(bed->shop_port, tool->name, once ? call->key : NULL, what);
    else if (!once || !is_sunk(bed, call->key))
        write_line(bed, line);
    free(line);
}

static struct sc_json *rows(int64_t n)
{
    struct sc_json *value = sc_json_new_object();
    struct sc_json *list = sc_json_add(value, "rows", sc_json_new_array());

    for (int64_t i = 1; i <= n; i++) {
        struct sc_json *row = sc_json_append(list, sc_json_new_object());
        char *id = sc_strdupf("r%lld", (long long)i);

        sc_json_set_string(row, "id", id);
        sc_json_set_int(row, "amount", i);
        free(id);
    }
    return value;
}

static struct sc_json *value_of(const struct sc_tool *tool, const struct sc_json *args)
{
    const struct sc_json *what = sc_json_get(args, "what");
    struct sc_json *value;

    if (strcmp(tool->name, "f.rows") == 0)
        return rows(sc_json_get_int(args, "n", 3));
    value = sc_json_new_object();
    if (tool->effect > SC_EFFECT_READ) {
        sc_json_add(value, "what", what ? sc_json_copy(what) : sc_json_new_null());
        sc_json_set_int(value, "id", 7);
    } else if (sc_json_get(args, "value")) {
        sc_json_add(value, "value", sc_json_copy(sc_json_get(args, "value")));
    }
    return value;
}

static void answer(
        struct fake_call *c, const struct sc_tool *tool, const struct sc_tool_call *call)
{
    if (strcmp(tool->name, "ask") == 0) {
        c->outcome.kind = SC_TOOL_ASK;
        c->outcome.value = sc_json_copy(call->args);
    } else if (strcmp(tool->name, "f.wait") == 0) {
        c->outcome.kind = SC_TOOL_WAIT;
        c->outcome.until_ms = c->bed->now_ms + sc_json_get_int(call->args, "ms", 0);
    } else {
        c->outcome.value = value_of(tool, call->args);
    }
}

/* A call hangs for as long as somebody is to lose patience with it. */
static bool hangs(struct exec_bed *bed, const struct sc_tool_call *call)
{
    if (bed->cancel_at_call)
        sc_exec_cancel(bed->exec, call->context->task_id);
    if (bed->give_up_at_call)
        sc_op_cancel(bed->op);
    return bed->cancel_at_call || bed->give_up_at_call;
}

static void look(struct fake_call *c);

static void on_look(struct sc_op *op, const struct sc_error *none)
{
    (void)none;
    look(op->arg);
}

/* Is it time to end? */
static void look(struct fake_call *c)
{
    struct sc_error err;

    c->waits = !c->cancelled && c->bed->turns < c->until;
    if (c->waits) {
        exec_bed_soon(c->op.scope, on_look, c);
        return;
    }
    c->bed->running--;
    c->bed->answered++;
    sc_fail(&err, SC_CANCELLED, "cancelled");
    sc_op_finish(&c->op, c->cancelled ? &err : NULL);
}

static struct sc_op *fake_start(struct sc_tool *tool, struct sc_scope *scope,
        const struct sc_tool_call *call, sc_op_done_fn *done, void *arg)
{
    struct fake_call *c = sc_new(struct fake_call);
    const char *fail = sc_json_get_string(call->args, "fail", NULL);
    const char *id = sc_json_get_string(call->args, "id", "-");
    bool fails = fail && (int64_t)count_call(tool->impl, tool->name, id) <=
                                 sc_json_get_int(call->args, "times", 1000);
    struct sc_error err;

    c->bed = tool->impl;
    c->bed->call_count++;
    if (++c->bed->running > c->bed->most_running)
        c->bed->most_running = c->bed->running;
    sc_op_begin(&c->op, &call_class, scope, done, arg);
    exec_bed_moment(c->bed);
    if (tool->effect > SC_EFFECT_READ &&
            (!fails || sc_json_get_bool(call->args, "late", false))) {
        sink(c->bed, tool, call);
        exec_bed_moment(c->bed);
    }
    if (sc_json_get_bool(call->args, "hang", false) && hangs(c->bed, call))
        return &c->op;
    c->until = (size_t)sc_json_get_int(call->args, "until", 0);
    if (!fails) {
        answer(c, tool, call);
        look(c);
        return &c->op;
    }
    c->bed->running--;
    c->bed->answered++;
    c->outcome.maybe_happened = sc_json_get_bool(call->args, "maybe", false);
    sc_fail(&err, sc_code_of_word(fail), "it said %s", fail);
    sc_op_finish(&c->op, &err);
    return &c->op;
}

static void tool_release(struct sc_tool *tool)
{
    tool->impl = NULL;
}

/* --- a preview: "Will write x.", or a failure, or nothing for ever --- */

struct fake_preview {
    struct sc_op op;
    struct sc_json *text;
};

static void preview_cancel(struct sc_op *op)
{
    struct sc_error err;

    sc_fail(&err, SC_CANCELLED, "the preview was cancelled");
    sc_op_finish(op, &err);
}

static void preview_release(struct sc_op *op)
{
    struct fake_preview *p = sc_container_of(op, struct fake_preview, op);

    sc_json_free(p->text);
    free(p);
}

static struct sc_op *preview_start(struct sc_tool *tool, struct sc_scope *scope,
        const struct sc_json *args, const char *language, sc_op_done_fn *done, void *arg)
{
    static const struct sc_op_class preview_op = { "preview", preview_cancel,
        preview_release };
    struct fake_preview *p = sc_new(struct fake_preview);
    struct exec_bed *bed = tool->impl;
    struct sc_error err;
    char *text;

    bed->preview_count++;
    sc_op_begin(&p->op, &preview_op, scope, done, arg);
    exec_bed_moment(bed);
    if (bed->preview_fails) {
        sc_fail(&err, SC_TIMEOUT, "no answer within its time");
        sc_op_finish(&p->op, &err);
        return &p->op;
    }
    text = sc_strdupf("%s: will write %s%s", language,
            sc_json_get_string(args, "what", "?"),
            bed->preview_tail ? bed->preview_tail : "");
    p->text = sc_json_new_string(text);
    free(text);
    sc_op_finish(&p->op, NULL);
    return &p->op;
}

static const struct sc_json *preview_answer(struct sc_op *op)
{
    return sc_container_of(op, struct fake_preview, op)->text;
}

static const struct sc_preview_class fake_preview = { preview_start, preview_answer,
    NULL };

static const struct sc_tool_class fake_class = { "fake", fake_start, outcome_of,
    tool_release };

/* rest: further fields of its descriptor. */
static void add_tool_of(struct exec_bed *bed, const char *name, const char *effect,
        const char *idempotent, const char *rest)
{
    char *text = sc_strdupf("{\"name\":\"%s\",\"summary\":\"Does %s.\",\"effect\":\"%s\","
                            "\"idempotent\":%s,\"timeout\":5,"
                            "\"retry\":{\"attempts\":3,\"wait\":0.002},"
                            "\"params\":{\"type\":\"object\"},"
                            "\"returns\":{\"type\":\"object\"},%s}",
            name, name, effect, idempotent, rest);
    struct sc_json *descriptor = sc_json_parse(text, strlen(text), NULL, NULL);
    struct sc_error err = { 0 };
    struct sc_tool *tool = sc_tool_new(descriptor, &fake_class, bed, &err);

    if (!tool)
        fprintf(stderr, "%s\n", err.msg);
    SC_ASSERT(tool != NULL);
    if (strcmp(name, "f.told") == 0)
        tool->preview = &fake_preview;
    sc_registry_add(bed->registry, tool);
    free(text);
}

static void add_tool(struct exec_bed *bed, const char *name, const char *effect,
        const char *idempotent)
{
    add_tool_of(bed, name, effect, idempotent, "\"builtin\":\"x\"");
}

void exec_bed_add_tools(struct exec_bed *bed)
{
    add_tool(bed, "f.value", "none", "true");
    add_tool(bed, "f.rows", "read", "true");
    add_tool(bed, "f.write", "write", "\"key\"");
    add_tool(bed, "f.told", "spend", "\"key\"");
    add_tool(bed, "f.post", "write", "false");
    add_tool(bed, "f.pay", "spend", "\"key\"");
    add_tool(bed, "ask", "none", "true");
    add_tool(bed, "f.wait", "none", "true");
    add_tool(bed, "f.next", "read", "false");
    add_tool(bed, "model.x", "none", "true");
    add_tool_of(bed, "f.dear", "read", "true", "\"functions\":[\"run\",\"cost\"]");
    add_tool_of(bed, "f.rare", "read", "true",
            "\"builtin\":\"x\",\"rate\":{\"n\":5,\"per\":60}");
    add_tool_of(bed, "f.model", "none", "true", "\"builtin\":\"model.write\"");
}
