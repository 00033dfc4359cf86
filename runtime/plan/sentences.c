/* A plan in words: what each step does, with what, how often, and what it will ask. */
#include <string.h>

#include "base/utf8.h"
#include "plan/plan.h"
#include "plan/template.h"

enum { MAX_ARGS = 5, MAX_VALUE = 60 };

struct words {
    const char *comma, *colon, *stop;
    const char *for_each, *where, *when, *once, *limit, *after_error_skip, *replan;
    const char *finally, *asks_write, *asks_spend, *approved, *gate_stop, *gate_ask;
    const char *unknown, *values, *fields;
    const char *periods[4]; /* hour day week month */
};

static const struct words english = {
    .comma = ", ",
    .colon = ": ",
    .stop = "; ",
    .for_each = "for each %s of %s",
    .where = "where %s",
    .when = "only if %s",
    .once = "once ever for each %s",
    .limit = "at most %lld %s",
    .after_error_skip = "goes on when one fails",
    .replan = "makes a new plan when it fails",
    .finally = "whatever happened before",
    .asks_write = "changes something: asks first",
    .asks_spend = "spends money: asks first",
    .approved = "approved in step '%s'",
    .gate_stop = "only while %s, or the task stops (%s)",
    .gate_ask = "only while %s, or you are asked (%s)",
    .unknown = "unknown tool",
    .values = "%zu values",
    .fields = "%zu fields",
    .periods = { "an hour", "a day", "a week", "a month" },
};

static const struct words chinese = {
    .comma = ",",
    .colon = ":",
    .stop = ";",
    .for_each = "对%2$s中的每个%1$s",
    .where = "仅当 %s",
    .when = "仅在 %s 时执行",
    .once = "每个 %s 永远只做一次",
    .limit = "%2$s最多%1$lld次",
    .after_error_skip = "单个失败时继续",
    .replan = "失败时重新计划",
    .finally = "无论之前结果如何都执行",
    .asks_write = "会更改数据:先征求同意",
    .asks_spend = "会花钱:先征求同意",
    .approved = "已在步骤“%s”中批准",
    .gate_stop = "须满足 %s,否则任务停止(%s)",
    .gate_ask = "须满足 %s,否则先问您(%s)",
    .unknown = "未知工具",
    .values = "%zu个值",
    .fields = "%zu个字段",
    .periods = { "每小时", "每天", "每周", "每月" },
};

/* A string of a plan as a person reads it: expressions without their signs. */
static void add_text(struct sc_buf *out, const char *text)
{
    size_t len, cut;

    if (text[0] == '=')
        text++;
    len = strlen(text);
    cut = sc_utf8_cut(text, len, MAX_VALUE);
    sc_buf_add(out, text, cut);
    if (cut < len)
        sc_buf_adds(out, "…");
}

/* The formats of the tables above take what is written in their order. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

static void add_value(
        struct sc_buf *out, const struct words *w, const struct sc_json *value)
{
    struct sc_buf text;

    if (sc_json_is(value, SC_JSON_STRING)) {
        add_text(out, sc_json_string(value));
    } else if (sc_json_is(value, SC_JSON_ARRAY) || sc_json_is(value, SC_JSON_OBJECT)) {
        sc_buf_init(&text);
        sc_json_write(&text, value);
        if (text.len <= MAX_VALUE)
            sc_buf_adds(out, sc_buf_text(&text));
        else
            sc_buf_addf(out, sc_json_is(value, SC_JSON_ARRAY) ? w->values : w->fields,
                    sc_json_count(value));
        sc_buf_release(&text);
    } else {
        sc_json_write(out, value);
    }
}

static void add_args(
        struct sc_buf *out, const struct words *w, const struct sc_step *step)
{
    size_t shown = 0;

    SC_JSON_EACH(arg, step->args)
    {
        if (shown == MAX_ARGS) {
            sc_buf_adds(out, w->comma);
            sc_buf_adds(out, "…");
            return;
        }
        sc_buf_adds(out, shown++ ? w->comma : w->colon);
        sc_buf_addf(out, "%s ", sc_json_key(arg));
        add_value(out, w, arg);
    }
}

static void add_note(struct sc_buf *out, const struct words *w, const char *fmt,
        const struct sc_json *value)
{
    struct sc_buf text;

    if (!value)
        return;
    sc_buf_init(&text);
    add_value(&text, w, value);
    sc_buf_adds(out, w->stop);
    sc_buf_addf(out, fmt, sc_buf_text(&text));
    sc_buf_release(&text);
}

static void add_each_list(struct sc_buf *out, const struct words *w, const char *name,
        const struct sc_json *list)
{
    struct sc_buf text;

    sc_buf_init(&text);
    add_value(&text, w, list);
    sc_buf_adds(out, w->stop);
    sc_buf_addf(out, w->for_each, name, sc_buf_text(&text));
    sc_buf_release(&text);
}

static void add_each(
        struct sc_buf *out, const struct words *w, const struct sc_step *step)
{
    if (!sc_json_is(step->each, SC_JSON_OBJECT)) {
        if (step->each)
            add_each_list(out, w, step->as, step->each);
        return;
    }
    SC_JSON_EACH(list, step->each)
    add_each_list(out, w, sc_json_key(list), list);
}

static const char *period(const struct words *w, const char *per)
{
    static const char *const names[] = { "hour", "day", "week", "month" };
    size_t i = 0;

    while (i < 3 && strcmp(names[i], per) != 0)
        i++;
    return w->periods[i];
}

static void add_gates(struct sc_buf *out, const struct words *w,
        const struct sc_plan *plan, size_t index)
{
    for (size_t i = 0; i < plan->gate_count; i++) {
        const struct sc_gate *gate = &plan->gates[i];
        struct sc_buf require;

        if (gate->before != index)
            continue;
        sc_buf_init(&require);
        add_value(&require, w, gate->require);
        sc_buf_adds(out, w->stop);
        sc_buf_addf(out, gate->ask ? w->gate_ask : w->gate_stop, sc_buf_text(&require),
                gate->say);
        sc_buf_release(&require);
    }
}

static const char *approver(const struct sc_plan *plan, const char *id)
{
    for (size_t i = 0; i < plan->step_count; i++) {
        if (plan->steps[i].approves && strcmp(plan->steps[i].approves, id) == 0)
            return plan->steps[i].id;
    }
    return NULL;
}

static void add_effect(struct sc_buf *out, const struct words *w,
        const struct sc_plan *plan, const struct sc_step *step,
        const struct sc_tool *tool)
{
    const char *by = approver(plan, step->id);

    if (!tool || tool->effect <= SC_EFFECT_READ)
        return;
    sc_buf_adds(out, w->stop);
    if (by)
        sc_buf_addf(out, w->approved, by);
    else
        sc_buf_adds(out, tool->effect == SC_EFFECT_SPEND ? w->asks_spend : w->asks_write);
}

static void add_notes(struct sc_buf *out, const struct words *w,
        const struct sc_plan *plan, size_t index)
{
    const struct sc_step *step = &plan->steps[index];

    add_each(out, w, step);
    add_note(out, w, w->where, step->where);
    add_note(out, w, w->when, step->when);
    add_note(out, w, w->once, step->once);
    if (step->limit.n >= 0) {
        sc_buf_adds(out, w->stop);
        sc_buf_addf(out, w->limit, (long long)step->limit.n, period(w, step->limit.per));
    }
    if (step->finally) {
        sc_buf_adds(out, w->stop);
        sc_buf_adds(out, w->finally);
    }
    if (step->on_error != SC_ON_ERROR_STOP) {
        sc_buf_adds(out, w->stop);
        sc_buf_adds(out,
                step->on_error == SC_ON_ERROR_SKIP ? w->after_error_skip : w->replan);
    }
    add_gates(out, w, plan, index);
}

#pragma GCC diagnostic pop

/* The length of what closes a remark that begins at text, or 0: "(CSV, XLSX)". */
static size_t remark_length(const char *text)
{
    static const char *const brackets[][2] = { { " (", ")" }, { "(", ")" } };

    for (size_t i = 0; i < 2; i++) {
        const char *close = strstr(text, brackets[i][1]);

        if (strncmp(text, brackets[i][0], strlen(brackets[i][0])) == 0 && close)
            return (size_t)(close - text) + strlen(brackets[i][1]);
    }
    return 0;
}

/* What the tool does, in short: the summary's first part, without remarks. */
static void add_summary(struct sc_buf *out, const char *summary)
{
    static const char *const ends[] = { ". ", ".", "。", ": ", ":", "; ", ";" };

    for (size_t remark; *summary; summary += remark ? remark : 1) {
        remark = remark_length(summary);
        for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
            size_t len = strlen(ends[i]);

            if (strncmp(summary, ends[i], len) == 0 && (i != 1 || !summary[1]))
                return;
        }
        if (!remark)
            sc_buf_addc(out, *summary);
    }
}

struct sc_json *sc_plan_sentences(const struct sc_plan *plan,
        const struct sc_registry *registry, const char *language)
{
    bool zh = language && strncmp(language, "zh", 2) == 0;
    const struct words *w = zh ? &chinese : &english;
    struct sc_json *lines = sc_json_new_array();
    struct sc_buf line;

    sc_buf_init(&line);
    for (size_t i = 0; i < plan->step_count; i++) {
        const struct sc_step *step = &plan->steps[i];
        const struct sc_tool *tool = sc_registry_get(registry, step->tool);

        sc_buf_clear(&line);
        sc_buf_addf(&line, "%zu. ", i + 1);
        if (tool)
            add_summary(&line, sc_tool_text(tool, "summary", zh ? language : "en"));
        else
            sc_buf_adds(&line, w->unknown);
        add_args(&line, w, step);
        sc_buf_addf(&line, " (%s)", step->tool);
        add_notes(&line, w, plan, i);
        add_effect(&line, w, plan, step, tool);
        sc_json_append(lines, sc_json_new_string(sc_buf_text(&line)));
    }
    sc_buf_release(&line);
    return lines;
}
