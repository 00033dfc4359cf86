#include "exec/budget_text.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "codec/money.h"
#include "codec/tz.h"

enum { MICRO = 1000000, PERCENT = 100, DAY_TEXT = 10, MONTH_TEXT = 7 };

enum tongue { EN, ZH, JA, TONGUES };

static enum tongue tongue_of(const char *language)
{
    if (language && strncmp(language, "zh", 2) == 0)
        return ZH;
    return language && strncmp(language, "ja", 2) == 0 ? JA : EN;
}

/* Whose budget it is; {0} is the agent. */
static const char *const names[SC_BUDGET_KINDS][TONGUES] = {
    [SC_BUDGET_TASK] = { "the budget of the task", "本任务的预算", "このタスクの予算" },
    [SC_BUDGET_AGENT_DAY] = { "the day budget of agent {0}", "代理 {0} 的每日预算",
            "エージェント {0} の1日の予算" },
    [SC_BUDGET_AGENT_MONTH] = { "the month budget of agent {0}", "代理 {0} 的每月预算",
            "エージェント {0} の1か月の予算" },
    [SC_BUDGET_DAY] = { "the day budget", "每日预算", "1日の予算" },
    [SC_BUDGET_MONTH] = { "the month budget", "每月预算", "1か月の予算" },
};

enum sentence { REFUSED, REFUSED_TASK, UNKNOWN, USED, ASK, SENTENCES };

/* What stands at {0} to {6} of a sentence. */
enum part { NAME, WINDOW, WORST, LEFT, ANEW, PERCENT_USED, USED_OF_MOST, PARTS };

static const char *const sentences[SENTENCES][TONGUES] = {
    [REFUSED] = { "{0}{1} has no room: the next model request could cost {2}, {3} are "
                  "left; it starts anew at {4}",
            "{0}{1}已不够:下一次模型请求最多 {2},只剩 {3};{4} 重新开始",
            "{0}{1}が足りません:次のモデル要求は最大 {2}、残り {3}。{4} に改まります" },
    [REFUSED_TASK] = { "the next model request could cost {2}, and {3} are left of the "
                       "budget: raise --budget, or say the model's price in "
                       "supercargo.lua (model.price)",
            "下一次模型请求最多 {2},预算只剩 {3}:请提高 --budget,或在 supercargo.lua 的 "
            "model.price 写明价格",
            "次のモデル要求は最大 {2}、予算の残りは {3}:--budget を上げるか "
            "supercargo.lua の model.price に価格を" },
    [UNKNOWN] = { "nobody can say what the next model request may cost: say the model's "
                  "price in supercargo.lua (model.price)",
            "无法得知下一次模型请求的费用:请在 supercargo.lua 的 model.price 写明价格",
            "次のモデル要求の費用が不明です:supercargo.lua の model.price に価格を" },
    [USED] = { "{5} % of {0}{1} is used: {6}", "{0}{1}已用 {5} %:{6}",
            "{0}{1}の {5} % を使いました:{6}" },
    [ASK] = { "{5} % of {0}{1} is used: {6}. Go on with the rest?",
            "{0}{1}已用 {5} %:{6}。继续使用剩余部分吗?",
            "{0}{1}の {5} % を使いました:{6}。残りを使って続けますか?" },
};

/* The form with its {n} filled in, cut between characters when it is too long. */
static void fill(const char *form, const char *const *parts, char *text, size_t size)
{
    struct sc_buf out = { 0 };

    for (; *form; form++) {
        if (form[0] == '{' && form[1] >= '0' && form[1] <= '9' && form[2] == '}') {
            sc_buf_adds(&out, parts[form[1] - '0']);
            form += 2;
        } else {
            sc_buf_addc(&out, *form);
        }
    }
    snprintf(text, size, "%.*s", (int)sc_utf8_cut(out.data, out.len, size - 1), out.data);
    sc_buf_release(&out);
}

static void when(
        const struct sc_budget_line *line, int64_t at_ms, size_t keep, char *text)
{
    struct sc_tz *zone = sc_tz_new(line->zone ? line->zone : "UTC", NULL);
    char iso[SC_ISO_TEXT];

    if (!zone)
        zone = sc_tz_new("UTC", NULL);
    sc_tz_format(zone, at_ms, iso);
    sc_tz_free(zone);
    snprintf(text, SC_ISO_TEXT, "%.*s", (int)keep, iso);
}

static bool is_month(const struct sc_budget_line *line)
{
    return line->kind == SC_BUDGET_MONTH || line->kind == SC_BUDGET_AGENT_MONTH;
}

/* "2026-11-23" or "2026-11" */
static void window_of(const struct sc_budget_line *line, char *text)
{
    *text = '\0';
    if (line->kind != SC_BUDGET_TASK)
        when(line, line->from_ms, is_month(line) ? MONTH_TEXT : DAY_TEXT, text);
}

void sc_budget_key(const struct sc_budget_line *line, char ret_key[SC_BUDGET_KEY])
{
    bool agents =
            line->kind == SC_BUDGET_AGENT_DAY || line->kind == SC_BUDGET_AGENT_MONTH;
    char window[SC_ISO_TEXT];

    window_of(line, window);
    if (line->kind == SC_BUDGET_TASK)
        snprintf(ret_key, SC_BUDGET_KEY, "task");
    else
        snprintf(ret_key, SC_BUDGET_KEY, "%s%s%s%s %s", agents ? "agent " : "",
                agents ? line->agent : "", agents ? " " : "",
                is_month(line) ? "month" : "day", window);
}

void sc_budget_sum(
        int64_t micro, const struct sc_budget_money *money, char ret_text[SC_BUDGET_SUM])
{
    int64_t rate = money->rate_micro > 0 ? money->rate_micro : MICRO;
    sc_int128 units = (sc_int128)micro * rate / MICRO;

    snprintf(ret_text, SC_BUDGET_SUM, "%lld.%06lld %s", (long long)(units / MICRO),
            (long long)(units % MICRO), *money->currency ? money->currency : "USD");
}

static int percent_of(const struct sc_budget_line *line)
{
    if (line->most_micro <= 0)
        return PERCENT;
    return (int)((sc_int128)line->used_micro * PERCENT / line->most_micro);
}

static void say(const struct sc_budget_line *line, enum sentence sentence,
        int64_t worst_micro, const struct sc_budget_style *style, char *ret_text)
{
    enum tongue tongue = tongue_of(style->language);
    int64_t rest = line->most_micro - line->used_micro;
    const char *agent = line->agent ? line->agent : "";
    char name[SC_BUDGET_KEY], day[SC_ISO_TEXT], window[SC_ISO_TEXT + 8];
    char anew[SC_ISO_TEXT], percent[8], worst[SC_BUDGET_SUM], left[SC_BUDGET_SUM];
    char used[SC_BUDGET_SUM], most[SC_BUDGET_SUM], of[2 * SC_BUDGET_SUM + 8];

    fill(names[line->kind][tongue], &agent, name, sizeof(name));
    window_of(line, day);
    snprintf(window, sizeof(window), *day ? " (%s)" : "%s", day);
    when(line, line->to_ms, SC_ISO_TEXT - 1, anew);
    snprintf(percent, sizeof(percent), "%d", percent_of(line));
    sc_budget_sum(worst_micro, &style->money, worst);
    sc_budget_sum(rest > 0 ? rest : 0, &style->money, left);
    sc_budget_sum(line->used_micro, &style->money, used);
    sc_budget_sum(line->most_micro, &style->money, most);
    snprintf(of, sizeof(of), "%s / %s", used, most);
    fill(sentences[sentence][tongue],
            (const char *const[PARTS]){ name, window, worst, left, anew, percent, of },
            ret_text, SC_BUDGET_TEXT);
}

void sc_budget_text_refused(const struct sc_budget_line *line, int64_t worst_micro,
        const struct sc_budget_style *style, char ret_text[SC_BUDGET_TEXT])
{
    bool of_task = line->kind == SC_BUDGET_TASK;

    say(line,
            worst_micro < 0 ? UNKNOWN
            : of_task       ? REFUSED_TASK
                            : REFUSED,
            worst_micro, style, ret_text);
}

void sc_budget_text_used(const struct sc_budget_line *line, bool ask,
        const struct sc_budget_style *style, char ret_text[SC_BUDGET_TEXT])
{
    say(line, ask ? ASK : USED, 0, style, ret_text);
}
