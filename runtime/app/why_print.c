/* The page of `supercargo why`. */
#include <stdlib.h>
#include <string.h>

#include "app/print.h"
#include "app/report.h"
#include "app/say.h"
#include "app/task_list.h"
#include "app/when.h"
#include "app/why.h"
#include "app/why_words.h"
#include "base/mem.h"

enum {
    HEAD = 12,
    SHORT_HASH = 12,
    ARGS_SHOWN = 48,
    WORDS_SHOWN = 400,
    SHOWN = 12, /* of a list that may be long */
    MICRO = 1000000
};

static const struct {
    const char *en, *zh, *ja;
} rows[] = {
#define X(name, en, zh, ja) { en, zh, ja },
    SC_WHY_TABLE(X)
#undef X
};

const char *sc_why_say(const char *language, enum sc_why_word what)
{
    if (strncmp(language, "zh", 2) == 0)
        return rows[what].zh;
    return strncmp(language, "ja", 2) == 0 ? rows[what].ja : rows[what].en;
}

char *sc_why_fill(const char *language, enum sc_why_word what, const char *const *values)
{
    struct sc_buf text;

    sc_buf_init(&text);
    for (const char *at = sc_why_say(language, what); *at; at++) {
        if (at[0] == '{' && at[1] >= '0' && at[1] <= '9' && at[2] == '}') {
            sc_buf_adds(&text, values[at[1] - '0']);
            at += 2;
        } else {
            sc_buf_addc(&text, *at);
        }
    }
    return sc_buf_detach(&text);
}

struct page {
    FILE *out;
    const struct sc_json *why;
    const char *language;
    struct sc_tz *zone;
};

static const char *say(const struct page *page, enum sc_why_word what)
{
    return sc_why_say(page->language, what);
}

static const char *text_of(const struct sc_json *json, const char *name)
{
    return sc_json_get_string(json, name, "");
}

static void print_time(
        const struct page *page, const struct sc_json *json, const char *name)
{
    int64_t at_ms = sc_json_get_int(json, name, 0);
    char at[SC_WHEN_TEXT];

    if (!at_ms)
        return;
    sc_when_format(page->zone, at_ms, at);
    fputs(at, page->out);
}

static void head(const struct page *page, enum sc_why_word what)
{
    fputs("  ", page->out);
    sc_print_cell(page->out, say(page, what), HEAD);
    fputc(' ', page->out);
}

static void title(const struct page *page, enum sc_why_word what)
{
    fprintf(page->out, "\n%s\n", say(page, what));
}

/* "… and 88 more" after the first of a long list; false: print no more. */
static bool goes_on(const struct page *page, const struct sc_json *list, size_t printed)
{
    if (printed < SHOWN)
        return true;
    if (printed == SHOWN)
        fprintf(page->out, "  … +%zu\n", sc_json_count(list) - printed);
    return false;
}

static void print_error(const struct page *page, const struct sc_json *error)
{
    if (!error)
        return;
    fputs("  ✗ ", page->out);
    sc_print_short(page->out, text_of(error, "message"), WORDS_SHOWN);
}

static void print_sum(const struct page *page, const struct sc_json *usage)
{
    int64_t micro = sc_json_get_int(usage, "cost_micro", 0);

    fprintf(page->out, "%lld + %lld %s  %s%lld.%06lld USD",
            (long long)sc_json_get_int(usage, "input_tokens", 0),
            (long long)sc_json_get_int(usage, "output_tokens", 0),
            sc_say(page->language, SC_SAY_TOKENS),
            sc_json_get_bool(usage, "cost_known", true) ? "" : "≤ ",
            (long long)(micro / MICRO), (long long)(micro % MICRO));
}

/* --- who, how, with what --- */

static void print_asked(const struct page *page)
{
    const struct sc_json *asked = sc_json_get(page->why, "asked");

    head(page, SC_WHY_ASKED);
    print_time(page, asked, "at_ms");
    if (sc_json_get(asked, "by"))
        fprintf(page->out, "  %s (%s)", text_of(asked, "by"), text_of(asked, "via"));
    fputs("\n  ", page->out);
    sc_print_cell(page->out, "", HEAD);
    fputc(' ', page->out);
    sc_print_short(page->out, text_of(page->why, "words"), WORDS_SHOWN);
    fputc('\n', page->out);
}

static void print_route(const struct page *page)
{
    const struct sc_json *route = sc_json_get(page->why, "route");
    const char *by = text_of(route, "by");

    if (!route)
        return;
    head(page, SC_WHY_ROUTED);
    fputs(say(page, strcmp(by, "routine") == 0  ? SC_WHY_BY_ROUTINE
                    : strcmp(by, "person") == 0 ? SC_WHY_BY_PERSON
                    : strcmp(by, "plan") == 0   ? SC_WHY_BY_PLAN
                                                : SC_WHY_BY_MODEL),
            page->out);
    if (sc_json_get(route, "routine"))
        fprintf(page->out, ": %s %s", text_of(route, "routine"),
                text_of(route, "version"));
    if (strcmp(by, "model") == 0 && sc_json_get(route, "score"))
        fprintf(page->out, " (%s: %lld %%)", say(page, SC_WHY_NEAREST),
                (long long)sc_json_get_int(route, "score", 0));
    else if (sc_json_get(route, "score"))
        fprintf(page->out, " (%lld %%)", (long long)sc_json_get_int(route, "score", 0));
    fputc('\n', page->out);
}

static void print_recalled(const struct page *page)
{
    size_t printed = 0;

    SC_JSON_EACH(item, sc_json_get(page->why, "recalled"))
    {
        if (printed++ == 0)
            head(page, SC_WHY_RECALLED);
        else
            fprintf(page->out, "  %*s ", HEAD, "");
        fprintf(page->out, "%s  %s  ", text_of(item, "id"), text_of(item, "label"));
        sc_print_short(page->out,
                sc_json_get_string(item, "statement", text_of(item, "text")),
                WORDS_SHOWN);
        fputc('\n', page->out);
    }
}

static void print_version(const struct page *page, const struct sc_json *thing)
{
    const struct sc_json *now = sc_json_get(thing, "now");

    fprintf(page->out, "%s  %s", text_of(thing, "name"), text_of(thing, "version"));
    if (now && sc_json_is(now, SC_JSON_NULL))
        fprintf(page->out, "  (%s)", say(page, SC_WHY_GONE));
    else if (now && sc_json_get(thing, "version"))
        fprintf(page->out, "  (%s %s)", say(page, SC_WHY_CHANGED), sc_json_string(now));
    fputc('\n', page->out);
}

static void print_versions(const struct page *page)
{
    const struct sc_json *tools = sc_json_get(page->why, "tools");
    size_t printed = 0;

    head(page, SC_WHY_AGENT);
    print_version(page, sc_json_get(page->why, "agent"));
    SC_JSON_EACH(tool, tools)
    {
        if (printed++ == 0)
            head(page, SC_WHY_TOOLS);
        else
            fprintf(page->out, "  %*s ", HEAD, "");
        print_version(page, tool);
    }
    if (sc_json_get(page->why, "program")) {
        head(page, SC_WHY_PROGRAM);
        fprintf(page->out, "%s\n", text_of(page->why, "program"));
    }
}

/* --- requests --- */

static void print_prompt(const struct page *page, const char *hash)
{
    const struct sc_json *prompt = sc_json_get(sc_json_get(page->why, "prompts"), hash);
    const char *role = sc_json_get_string(prompt, "role", "tools");
    char *text = prompt ? sc_json_text(prompt) : NULL;

    if (text)
        fprintf(page->out, "  %s %zu B %.*s", role, strlen(text), SHORT_HASH, hash);
    free(text);
}

static void print_sent(const struct page *page, const struct sc_json *sent)
{
    if (!sent)
        return;
    fprintf(page->out, "     %s:", say(page, SC_WHY_SENT));
    print_prompt(page, text_of(sent, "rules"));
    print_prompt(page, text_of(sent, "tools"));
    fputc('\n', page->out);
}

static void print_request(const struct page *page, const struct sc_json *request)
{
    const char *purse = text_of(request, "purse");

    fprintf(page->out, "  %lld. ", (long long)sc_json_get_int(request, "n", 0));
    print_time(page, request, "at_ms");
    fprintf(page->out, "  %lld ms  %s", (long long)sc_json_get_int(request, "ms", 0),
            text_of(request, "model"));
    if (*text_of(request, "provider"))
        fprintf(page->out, " (%s%s%s)", text_of(request, "provider"), *purse ? ", " : "",
                purse);
    fputs("  ", page->out);
    if (sc_json_get(request, "usage"))
        print_sum(page, sc_json_get(request, "usage"));
    fprintf(page->out, "  → %s", text_of(request, "became"));
    print_error(page, sc_json_get(request, "error"));
    fputc('\n', page->out);
    print_sent(page, sc_json_get(request, "sent"));
}

static void print_requests(const struct page *page)
{
    const struct sc_json *requests = sc_json_get(page->why, "requests");
    size_t printed = 0;

    if (sc_json_count(requests))
        title(page, SC_WHY_REQUESTS);
    SC_JSON_EACH(request, requests)
    if (goes_on(page, requests, printed++))
        print_request(page, request);
}

/* --- steps --- */

static void print_args(const struct page *page, const struct sc_json *args)
{
    size_t printed = 0;

    SC_JSON_EACH(member, args)
    {
        fprintf(page->out, "%s%s ", printed++ ? ", " : "", sc_json_key(member));
        sc_print_value(page->out, member, ARGS_SHOWN);
    }
}

static void print_step(const struct page *page, const struct sc_json *step)
{
    char *result = sc_result_in_short(sc_json_get(step, "result"), page->language);

    fprintf(page->out, "  %-9s %s  %s(", text_of(step, "state"), text_of(step, "id"),
            text_of(step, "tool"));
    print_args(page, sc_json_get(step, "args"));
    fputc(')', page->out);
    if (sc_json_get(step, "each")) {
        fputs(" × ", page->out);
        sc_print_value(page->out, sc_json_get(step, "each"), ARGS_SHOWN);
    }
    if (*result)
        fputs(" → ", page->out);
    sc_print_short(page->out, result, ARGS_SHOWN);
    if (*text_of(step, "why"))
        fprintf(page->out, "  (%s)", text_of(step, "why"));
    print_error(page, sc_json_get(step, "error"));
    fputc('\n', page->out);
    free(result);
}

static void print_steps(const struct page *page)
{
    const struct sc_json *steps = sc_json_get(page->why, "steps");

    if (sc_json_count(steps))
        title(page, SC_WHY_STEPS);
    SC_JSON_EACH(step, steps)
    print_step(page, step);
}

static void print_retry(const struct page *page, const struct sc_json *retry)
{
    fputs("  ", page->out);
    print_time(page, retry, "at_ms");
    fprintf(page->out, "  %s  %lld.", text_of(retry, "step"),
            (long long)sc_json_get_int(retry, "attempt", 0));
    print_error(page, sc_json_get(retry, "error"));
    fputc('\n', page->out);
}

static void print_early(const struct page *page, const struct sc_json *early)
{
    const char *step = text_of(early, "step");

    fputs("  ", page->out);
    print_time(page, early, "at_ms");
    fprintf(page->out, "  %s  %s  %lld ms  %s%s", text_of(early, "id"),
            text_of(early, "tool"), (long long)sc_json_get_int(early, "ms", 0),
            *step ? "→ " : "", *step ? step : say(page, SC_WHY_UNUSED));
    print_error(page, sc_json_get(early, "error"));
    fputc('\n', page->out);
}

/* --- people and effects --- */

static void print_approval(const struct page *page, const struct sc_json *approval)
{
    const struct sc_json *answer = sc_json_get(approval, "answer");
    const struct sc_json *approve = sc_json_get(answer, "approve");
    const char *hash = text_of(approval, "hash");

    if (!approve && sc_json_is(answer, SC_JSON_BOOL))
        approve = answer;
    fputs("  ", page->out);
    print_time(page, approval, "at_ms");
    fprintf(page->out, "  %s  %s: ", text_of(approval, "by"), text_of(approval, "step"));
    if (sc_json_is(approve, SC_JSON_BOOL))
        fputs(say(page, sc_json_true(approve) ? SC_WHY_APPROVED : SC_WHY_REFUSED),
                page->out);
    else
        sc_print_value(page->out, approve ? approve : answer, ARGS_SHOWN);
    if (*hash)
        fprintf(page->out, "  (%.*s)", SHORT_HASH, hash);
    SC_JSON_EACH(preview, sc_json_get(approval, "previews"))
    {
        fputs("\n    ", page->out);
        sc_print_short(page->out, sc_json_string(preview), ARGS_SHOWN);
    }
    fputc('\n', page->out);
}

static void print_receipt(const struct page *page, const struct sc_json *receipt)
{
    char *result = sc_result_in_short(sc_json_get(receipt, "result"), page->language);

    fputs("  ", page->out);
    print_time(page, receipt, "at_ms");
    fprintf(page->out, "  %s  %s  %s %.*s", text_of(receipt, "state"),
            text_of(receipt, "tool"), say(page, SC_WHY_KEY), SHORT_HASH,
            text_of(receipt, "key"));
    if (sc_json_get(receipt, "once"))
        fprintf(page->out, " once %s", text_of(receipt, "once"));
    if (*text_of(receipt, "approver"))
        fprintf(page->out, "  %s %s", say(page, SC_WHY_ALLOWED_BY),
                text_of(receipt, "approver"));
    if (*result)
        fputs(" → ", page->out);
    sc_print_short(page->out, result, ARGS_SHOWN);
    fputc('\n', page->out);
    free(result);
}

static void print_each(const struct page *page, const char *name, enum sc_why_word what,
        void (*print)(const struct page *page, const struct sc_json *item))
{
    const struct sc_json *list = sc_json_get(page->why, name);
    size_t printed = 0;

    if (sc_json_count(list))
        title(page, what);
    SC_JSON_EACH(item, list)
    if (goes_on(page, list, printed++))
        print(page, item);
}

/* --- what came of it --- */

static void print_check(FILE *out, const struct sc_json *check)
{
    fputs(sc_json_get_bool(check, "holds", false) ? "  ✓ " : "  ✗ ", out);
    sc_print_line(out, "", text_of(check, "say"));
}

static void print_file(const struct page *page, const struct sc_json *file)
{
    const char *was = text_of(file, "was");

    fprintf(page->out, "  %s  ",
            say(page, sc_json_get_bool(file, "made", false) ? SC_WHY_MADE : SC_WHY_READ));
    sc_print_text(page->out, text_of(file, "path"));
    if (sc_json_get(file, "bytes"))
        fprintf(page->out, "  %lld B  %.*s", (long long)sc_json_get_int(file, "bytes", 0),
                SHORT_HASH, text_of(file, "hash"));
    else
        fprintf(page->out, "  (%s)", say(page, SC_WHY_NO_FILE));
    if (*was)
        fprintf(page->out, "  (%s %.*s)", say(page, SC_WHY_WAS), SHORT_HASH, was);
    fputc('\n', page->out);
}

static void print_outcome(const struct page *page)
{
    const struct sc_json *error = sc_json_get(page->why, "error");

    if (sc_json_count(sc_json_get(page->why, "checks")))
        fprintf(page->out, "\n%s\n", sc_say(page->language, SC_SAY_CHECKS));
    SC_JSON_EACH(check, sc_json_get(page->why, "checks"))
    print_check(page->out, check);
    print_each(page, "files", SC_WHY_FILES, print_file);
    if (*text_of(page->why, "answer"))
        sc_print_line(page->out, "\n", text_of(page->why, "answer"));
    if (error)
        sc_print_line(page->out, "\n✗ ", text_of(error, "message"));
    fprintf(page->out, "\n%s: ", sc_say(page->language, SC_SAY_COST));
    if (sc_json_get_int(sc_json_get(page->why, "usage"), "requests", 0) > 0)
        print_sum(page, sc_json_get(page->why, "usage"));
    else
        fprintf(page->out, "0 (%s)", sc_say(page->language, SC_SAY_NO_MODEL));
    fputc('\n', page->out);
}

void sc_why_print(FILE *out, const struct sc_json *why, const char *language)
{
    struct page page = { out, why, language, sc_when_zone() };
    enum sc_task_state state = SC_TASK_FAILED;

    (void)sc_task_state_of_word(text_of(why, "state"), &state);
    fprintf(out, "%s  %s\n\n", text_of(why, "id"), sc_task_state_say(state, language));
    print_asked(&page);
    print_route(&page);
    print_recalled(&page);
    print_versions(&page);
    if (sc_json_get(why, "pruned_ms"))
        fprintf(out, "\n%s\n", say(&page, SC_WHY_PRUNED));
    print_requests(&page);
    print_each(&page, "early", SC_WHY_EARLY, print_early);
    print_steps(&page);
    print_each(&page, "approvals", SC_WHY_APPROVALS, print_approval);
    print_each(&page, "receipts", SC_WHY_RECEIPTS, print_receipt);
    print_each(&page, "retries", SC_WHY_RETRIES, print_retry);
    print_outcome(&page);
    sc_tz_free(page.zone);
}
