/* A plan in words: what each step does, with what, how often, and what it will ask. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "plan/plan.h"
#include "plan/template.h"

enum { MAX_ARGS = 5, MAX_VALUE = 60, MAX_ITEMS = 12 };

struct words {
    const char *comma, *colon, *stop;
    const char *for_each, *where, *when, *once, *limit, *after_error_skip, *replan;
    const char *finally, *asks_write, *asks_spend, *approved, *gate_stop, *gate_ask;
    const char *unknown, *values, *fields, *computed;
    const char *periods[4]; /* hour day week month */
};

/* What a sentence is written from. */
struct context {
    const struct words *words;
    const struct sc_plan *plan;
    const struct sc_json *inputs; /* or NULL */
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
    .computed = "computed",
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
    .computed = "由前面的步骤算出",
    .periods = { "每小时", "每天", "每周", "每月" },
};

static const struct words japanese = {
    .comma = "、",
    .colon = ":",
    .stop = "。",
    .for_each = "%2$sの各%1$sについて",
    .where = "%s のものだけ",
    .when = "%s のときだけ",
    .once = "%s ごとに一度だけ",
    .limit = "%2$sに最大%1$lld回",
    .after_error_skip = "一つ失敗しても続ける",
    .replan = "失敗したら計画し直す",
    .finally = "途中の結果にかかわらず行う",
    .asks_write = "変更を行うので先に承認を求める",
    .asks_spend = "お金を使うので先に承認を求める",
    .approved = "手順「%s」で承認済み",
    .gate_stop = "%s でなければタスクを止める(%s)",
    .gate_ask = "%s でなければ確認を求める(%s)",
    .unknown = "不明なツール",
    .values = "%zu個の値",
    .fields = "%zu個の項目",
    .computed = "前の手順から計算",
    .periods = { "1時間", "1日", "1週間", "1か月" },
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
        struct sc_buf *out, const struct context *c, const struct sc_json *value)
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
            sc_buf_addf(out,
                    sc_json_is(value, SC_JSON_ARRAY) ? c->words->values
                                                     : c->words->fields,
                    sc_json_count(value));
        sc_buf_release(&text);
    } else {
        sc_json_write(out, value);
    }
}

/* What `=inputs.name` stands for in this task, or NULL. */
static const struct sc_json *input_of(
        const struct context *c, const struct sc_json *value)
{
    static const char prefix[] = "=inputs.";
    const char *text = sc_json_is(value, SC_JSON_STRING) ? sc_json_string(value) : "";

    return strncmp(text, prefix, strlen(prefix)) == 0
                   ? sc_json_get(c->inputs, text + strlen(prefix))
                   : NULL;
}

static const char *base_name(const char *path)
{
    const char *slash = path[0] == '/' ? strrchr(path, '/') : NULL;

    return slash ? slash + 1 : path;
}

/* A value of the task itself: lists of texts without their signs, files by name. */
static void add_input(
        struct sc_buf *out, const struct context *c, const struct sc_json *value)
{
    size_t shown = 0;

    if (sc_json_is(value, SC_JSON_STRING)) {
        add_text(out, base_name(sc_json_string(value)));
        return;
    }
    if (!sc_json_is(value, SC_JSON_ARRAY)) {
        add_value(out, c, value);
        return;
    }
    SC_JSON_EACH(item, value)
    {
        if (shown == MAX_ITEMS) {
            sc_buf_adds(out, "…");
            return;
        }
        sc_buf_adds(out, shown++ ? c->words->comma : "");
        add_input(out, c, item);
    }
}

char *sc_plan_fill(const char *text, const struct sc_json *inputs)
{
    static const char open[] = "{{inputs.";
    const struct context c = { &english, NULL, inputs };
    const char *at, *end;
    struct sc_buf out;

    sc_buf_init(&out);
    while ((at = strstr(text, open)) && (end = strstr(at, "}}"))) {
        const char *from = at + strlen(open);
        char *name = sc_strndup(from, (size_t)(end - from));
        const struct sc_json *value = sc_json_get(inputs, name);

        sc_buf_add(&out, text, (size_t)(at - text));
        if (value)
            add_input(&out, &c, value);
        else
            sc_buf_add(&out, at, (size_t)(end + 2 - at));
        free(name);
        text = end + 2;
    }
    sc_buf_adds(&out, text);
    return sc_buf_detach(&out);
}

/* A name with its fields: "sheet.rows". */
static bool is_reference(const char *text)
{
    return text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                             "0123456789_.")] == '\0';
}

static bool is_expression(const struct sc_json *value)
{
    const char *text = sc_json_is(value, SC_JSON_STRING) ? sc_json_string(value) : "";

    return text[0] == '=' && text[1] != '=';
}

static bool is_list_with_expressions(const struct sc_json *value)
{
    if (sc_json_is(value, SC_JSON_ARRAY))
        SC_JSON_EACH(item, value)
    if (is_expression(item))
        return true;
    return false;
}

/* ["=inputs.to"] is shown as what the input is. */
static void add_list(
        struct sc_buf *out, const struct context *c, const struct sc_json *list)
{
    size_t shown = 0;

    SC_JSON_EACH(item, list)
    {
        const struct sc_json *input = input_of(c, item);

        if (shown == MAX_ITEMS) {
            sc_buf_adds(out, "…");
            return;
        }
        sc_buf_adds(out, shown++ ? c->words->comma : "");
        if (input)
            add_input(out, c, input);
        else if (is_expression(item))
            sc_buf_adds(out, c->words->computed);
        else
            add_value(out, c, item);
    }
}

static void add_filled(
        struct sc_buf *out, const struct context *c, const struct sc_json *arg)
{
    char *text;

    if (is_list_with_expressions(arg)) {
        add_list(out, c, arg);
        return;
    }
    if (!sc_json_is(arg, SC_JSON_STRING)) {
        add_value(out, c, arg);
        return;
    }
    text = sc_plan_fill(sc_json_string(arg), c->inputs);
    add_text(out, text);
    free(text);
}

/* An argument for the reader. What a step only reads or computes with is left out; of
 * what changes something, all is shown. */
static bool add_arg(
        struct sc_buf *out, const struct context *c, const struct sc_json *arg, bool acts)
{
    const struct sc_json *input = input_of(c, arg);
    bool plain = !is_expression(arg) || is_reference(sc_json_string(arg) + 1);

    if (input)
        add_input(out, c, input);
    else if (is_expression(arg) && !acts)
        return false;
    else if (plain)
        add_filled(out, c, arg);
    else
        sc_buf_adds(out, c->words->computed);
    return true;
}

static void add_args(struct sc_buf *out, const struct context *c,
        const struct sc_step *step, bool acts)
{
    size_t shown = 0;
    struct sc_buf text;

    SC_JSON_EACH(arg, step->args)
    {
        sc_buf_init(&text);
        if (add_arg(&text, c, arg, acts) && shown++ < MAX_ARGS) {
            sc_buf_adds(out, shown > 1 ? c->words->comma : c->words->colon);
            sc_buf_addf(out, "%s %s", sc_json_key(arg), sc_buf_text(&text));
        }
        sc_buf_release(&text);
    }
    if (shown > MAX_ARGS)
        sc_buf_addf(out, "%s…", c->words->comma);
}

static void add_note(struct sc_buf *out, const struct context *c, const char *fmt,
        const struct sc_json *value)
{
    struct sc_buf text;

    if (!value)
        return;
    sc_buf_init(&text);
    add_value(&text, c, value);
    sc_buf_adds(out, c->words->stop);
    sc_buf_addf(out, fmt, sc_buf_text(&text));
    sc_buf_release(&text);
}

static void add_each_list(struct sc_buf *out, const struct context *c, const char *name,
        const struct sc_json *list)
{
    const struct sc_json *input = input_of(c, list);
    struct sc_buf text;

    sc_buf_init(&text);
    if (input)
        add_input(&text, c, input);
    else
        add_value(&text, c, list);
    sc_buf_adds(out, c->words->stop);
    sc_buf_addf(out, c->words->for_each, name, sc_buf_text(&text));
    sc_buf_release(&text);
}

static void add_each(
        struct sc_buf *out, const struct context *c, const struct sc_step *step)
{
    if (!sc_json_is(step->each, SC_JSON_OBJECT)) {
        if (step->each)
            add_each_list(out, c, step->as, step->each);
        return;
    }
    SC_JSON_EACH(list, step->each)
    add_each_list(out, c, sc_json_key(list), list);
}

static const char *period(const struct words *w, const char *per)
{
    static const char *const names[] = { "hour", "day", "week", "month" };
    size_t i = 0;

    while (i < 3 && strcmp(names[i], per) != 0)
        i++;
    return w->periods[i];
}

static void add_gates(struct sc_buf *out, const struct context *c, size_t index)
{
    const struct words *w = c->words;

    for (size_t i = 0; i < c->plan->gate_count; i++) {
        const struct sc_gate *gate = &c->plan->gates[i];
        struct sc_buf require;

        if (gate->before != index)
            continue;
        sc_buf_init(&require);
        add_value(&require, c, gate->require);
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

static void add_effect(struct sc_buf *out, const struct context *c,
        const struct sc_step *step, const struct sc_tool *tool)
{
    const struct words *w = c->words;
    const char *by = approver(c->plan, step->id);

    if (!tool || tool->effect <= SC_EFFECT_READ)
        return;
    sc_buf_adds(out, w->stop);
    if (by)
        sc_buf_addf(out, w->approved, by);
    else
        sc_buf_adds(out, tool->effect == SC_EFFECT_SPEND ? w->asks_spend : w->asks_write);
}

static void add_notes(struct sc_buf *out, const struct context *c, size_t index)
{
    const struct sc_step *step = &c->plan->steps[index];
    const struct words *w = c->words;

    add_each(out, c, step);
    add_note(out, c, w->where, step->where);
    add_note(out, c, w->when, step->when);
    add_note(out, c, w->once, step->once);
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
    add_gates(out, c, index);
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

static const struct words *words_of(const char *language)
{
    if (language && strncmp(language, "zh", 2) == 0)
        return &chinese;
    return language && strncmp(language, "ja", 2) == 0 ? &japanese : &english;
}

struct sc_json *sc_plan_sentences(const struct sc_plan *plan,
        const struct sc_registry *registry, const struct sc_json *inputs,
        const char *language)
{
    const struct context c = { words_of(language), plan, inputs };
    struct sc_json *lines = sc_json_new_array();
    struct sc_buf line;

    sc_buf_init(&line);
    for (size_t i = 0; i < plan->step_count; i++) {
        const struct sc_step *step = &plan->steps[i];
        const struct sc_tool *tool = sc_registry_get(registry, step->tool);

        sc_buf_clear(&line);
        sc_buf_addf(&line, "%zu. ", i + 1);
        if (tool)
            add_summary(&line, sc_tool_text(tool, "summary", language ? language : "en"));
        else
            sc_buf_adds(&line, c.words->unknown);
        add_args(&line, &c, step, !tool || tool->effect > SC_EFFECT_READ);
        sc_buf_addf(&line, " (%s)", step->tool);
        add_notes(&line, &c, i);
        add_effect(&line, &c, step, tool);
        sc_json_append(lines, sc_json_new_string(sc_buf_text(&line)));
    }
    sc_buf_release(&line);
    return lines;
}
