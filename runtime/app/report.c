#include "app/report.h"

#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/print.h"
#include "app/say.h"
#include "base/mem.h"
#include "base/utf8.h"

enum {
    SHORT_TEXT = 60,
    LONG_TEXT = 240,
    SHOWN_MEMBERS = 4,
    SHOWN_ELEMENTS = 5,
    SHOWN_REMARKS = 10
};

static const struct {
    const char *state;
    enum sc_say word;
    int code;
} states[] = {
    { "done", SC_SAY_DONE, SC_EXIT_DONE },
    { "unproven", SC_SAY_UNPROVEN, SC_EXIT_UNPROVEN },
    { "failed", SC_SAY_FAILED, SC_EXIT_FAILED },
    { "cancelled", SC_SAY_CANCELLED, SC_EXIT_INTERRUPTED },
    { "in_doubt", SC_SAY_IN_DOUBT, SC_EXIT_IN_DOUBT },
    { "over_budget", SC_SAY_OVER_BUDGET, SC_EXIT_OVER_BUDGET },
    { "waiting", SC_SAY_WAITING, SC_EXIT_WAITING },
    { "planning", SC_SAY_PLANNING, SC_EXIT_FAILED },
    { "running", SC_SAY_RUNNING, SC_EXIT_FAILED },
    { "planned", SC_SAY_PLANNED, SC_EXIT_DONE },
    { "dry_run", SC_SAY_NOTHING_CHANGED, SC_EXIT_DONE },
};

static size_t state_of(const struct sc_json *report)
{
    const char *state = sc_json_get_string(report, "state", "failed");

    for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++)
        if (strcmp(states[i].state, state) == 0)
            return i;
    return 2;
}

void sc_report_break(struct sc_json *report, const struct sc_error *err)
{
    struct sc_json *error = sc_json_set(report, "error", sc_json_new_object());

    sc_json_set_string(report, "state", "running");
    sc_json_set_string(error, "code", sc_code_word(err->code));
    sc_json_set_string(error, "message", err->msg);
}

int sc_report_exit(const struct sc_json *report)
{
    return states[state_of(report)].code;
}

static char *list_in_short(const struct sc_json *result, const char *language)
{
    size_t failed = sc_json_count(sc_json_get(result, "failed"));
    size_t skipped = sc_json_count(sc_json_get(result, "skipped"));
    struct sc_buf text;

    sc_buf_init(&text);
    sc_buf_addf(&text, "%zu %s", sc_json_count(sc_json_get(result, "items")),
            sc_say(language, SC_SAY_ELEMENTS));
    if (failed)
        sc_buf_addf(&text, ", %zu %s", failed, sc_say(language, SC_SAY_FAILED_ONES));
    if (skipped)
        sc_buf_addf(&text, ", %zu %s", skipped, sc_say(language, SC_SAY_SKIPPED_ONES));
    return sc_buf_detach(&text);
}

/* The first plain members: "base CNY, date 2026-11-20". */
static char *object_in_short(const struct sc_json *object)
{
    struct sc_buf text;
    size_t shown = 0;

    sc_buf_init(&text);
    SC_JSON_EACH(member, object)
    {
        bool plain =
                !sc_json_is(member, SC_JSON_OBJECT) && !sc_json_is(member, SC_JSON_ARRAY);

        if (!plain || shown == SHOWN_MEMBERS)
            continue;
        sc_buf_addf(&text, "%s%s ", shown++ ? ", " : "", sc_json_key(member));
        if (sc_json_is(member, SC_JSON_STRING))
            sc_buf_adds(&text, sc_json_string(member));
        else
            sc_json_write(&text, member);
    }
    return sc_buf_detach(&text);
}

static char *cut(char *take_text)
{
    char *text = take_text;

    if (strlen(text) > SHORT_TEXT) {
        size_t n = sc_utf8_cut(text, strlen(text), SHORT_TEXT);

        text = sc_strdupf("%.*s…", (int)n, take_text);
        free(take_text);
    }
    return text;
}

char *sc_result_in_short(const struct sc_json *result, const char *language)
{
    const struct sc_json *rows = sc_json_get(result, "rows");

    if (!result || sc_json_is(result, SC_JSON_NULL))
        return sc_strdup("");
    if (sc_json_true(sc_json_get(result, "$each")))
        return list_in_short(result, language);
    if (sc_json_is(result, SC_JSON_OBJECT) && *sc_json_get_string(result, "path", ""))
        return sc_strdup(sc_json_get_string(result, "path", ""));
    if (sc_json_is(rows, SC_JSON_ARRAY))
        return sc_strdupf("%zu %s", sc_json_count(rows), sc_say(language, SC_SAY_ROWS));
    if (sc_json_is(result, SC_JSON_ARRAY))
        return sc_strdupf(
                "%zu %s", sc_json_count(result), sc_say(language, SC_SAY_ELEMENTS));
    if (sc_json_is(result, SC_JSON_STRING))
        return cut(sc_strdup(sc_json_string(result)));
    if (sc_json_is(result, SC_JSON_OBJECT))
        return cut(object_in_short(result));
    return cut(sc_json_text(result));
}

static void print_step(FILE *out, const struct sc_json *step, const char *language)
{
    const struct sc_json *error = sc_json_get(step, "error");
    char *text = sc_result_in_short(sc_json_get(step, "result"), language);
    int64_t ms =
            sc_json_get_int(step, "ended_ms", 0) - sc_json_get_int(step, "started_ms", 0);

    fprintf(out, "  %-10s %-16s %-16s ", sc_json_get_string(step, "state", ""),
            sc_json_get_string(step, "id", ""), sc_json_get_string(step, "tool", ""));
    sc_print_short(
            out, error ? sc_json_get_string(error, "message", "") : text, LONG_TEXT);
    if (ms > 0)
        fprintf(out, "  %lld ms", (long long)ms);
    fputc('\n', out);
    free(text);
}

static void print_cost(FILE *out, const struct sc_json *usage, const char *language)
{
    int64_t micro = sc_json_get_int(usage, "cost_micro", 0);
    int64_t requests = sc_json_get_int(usage, "requests", 0);
    int64_t tokens = sc_json_get_int(usage, "input_tokens", 0) +
                     sc_json_get_int(usage, "output_tokens", 0);

    fprintf(out, "\n%s: ", sc_say(language, SC_SAY_COST));
    if (requests == 0) {
        fprintf(out, "0 (%s)\n", sc_say(language, SC_SAY_NO_MODEL));
        return;
    }
    if (!sc_json_get_bool(usage, "cost_known", true))
        fprintf(out, "%s ", sc_say(language, SC_SAY_AT_MOST));
    fprintf(out, "%lld.%06lld %s (%lld %s, %lld %s)\n", (long long)(micro / 1000000),
            (long long)(micro % 1000000), sc_json_get_string(usage, "currency", "USD"),
            (long long)requests, sc_say(language, SC_SAY_REQUESTS), (long long)tokens,
            sc_say(language, SC_SAY_TOKENS));
}

static void print_checks(FILE *out, const struct sc_json *checks, const char *language)
{
    if (sc_json_count(checks) == 0)
        return;
    fprintf(out, "\n%s\n", sc_say(language, SC_SAY_CHECKS));
    SC_JSON_EACH(check, checks)
    {
        fputs(sc_json_get_bool(check, "holds", false) ? "  ✓ " : "  ✗ ", out);
        if (sc_json_get(check, "refused"))
            fprintf(out, "%s: %s", sc_json_get_string(check, "refused", ""),
                    sc_say(language, SC_SAY_REFUSED));
        else
            sc_print_text(out, sc_json_get_string(check, "say", ""));
        fputc('\n', out);
    }
}

static void print_paragraph(FILE *out, const char *text)
{
    if (!*text)
        return;
    fputc('\n', out);
    sc_print_text(out, text);
    fputc('\n', out);
}

static void print_error(FILE *out, const struct sc_json *error)
{
    const char *step = sc_json_get_string(error, "step", NULL);

    if (!error)
        return;
    fputc('\n', out);
    if (step)
        fprintf(out, "%s: ", step);
    sc_print_line(out, "", sc_json_get_string(error, "message", ""));
}

/* What a single step gave is the answer when there is no other. */
static void print_answer(FILE *out, const struct sc_json *report)
{
    const struct sc_json *steps = sc_json_get(report, "steps");
    const struct sc_json *result = sc_json_get(sc_json_first(steps), "result");
    const char *answer = sc_json_get_string(report, "answer", "");
    char *text;

    print_paragraph(out, answer);
    if (*answer || sc_json_count(steps) != 1 || !result)
        return;
    text = sc_json_is(result, SC_JSON_STRING) ? sc_strdup(sc_json_string(result))
                                              : sc_json_text(result);
    print_paragraph(out, text);
    free(text);
}

/* The effects that a dry run held back. */
static void add_held_back(const struct sc_json *result, struct sc_json *lines)
{
    if (sc_json_get_bool(result, "dry_run", false))
        sc_json_append(
                lines, sc_json_new_string(sc_json_get_string(result, "preview", "?")));
    SC_JSON_EACH(item, sc_json_get(result, "items"))
    add_held_back(item, lines);
}

/* Elements that failed in steps that went on without them: one line a step. */
static void add_failures(
        const struct sc_json *step, const char *language, struct sc_json *lines)
{
    const struct sc_json *result = sc_json_get(step, "result");
    const struct sc_json *failed = sc_json_get(result, "failed");
    const struct sc_json *error = sc_json_get(sc_json_first(failed), "error");
    char *line;

    if (!sc_json_true(sc_json_get(result, "$each")) || sc_json_count(failed) == 0)
        return;
    line = sc_strdupf("%s: %zu %s: %s", sc_json_get_string(step, "id", ""),
            sc_json_count(failed), sc_say(language, SC_SAY_FAILED_ONES),
            sc_json_get_string(error, "message", ""));
    sc_json_append(lines, sc_json_new_string(line));
    free(line);
}

static bool has_line(const struct sc_json *lines, const struct sc_json *line)
{
    SC_JSON_EACH(other, lines)
    {
        if (sc_json_equal(other, line))
            return true;
    }
    return false;
}

/* What tools remarked, each sentence once. */
static void add_remarks(const struct sc_json *result, struct sc_json *lines)
{
    SC_JSON_EACH(note, sc_json_get(result, "notes"))
    {
        if (sc_json_count(lines) < SHOWN_REMARKS && sc_json_is(note, SC_JSON_STRING) &&
                !has_line(lines, note))
            sc_json_append(lines, sc_json_copy(note));
    }
    if (sc_json_true(sc_json_get(result, "$each")))
        SC_JSON_EACH(item, sc_json_get(result, "items"))
    add_remarks(item, lines);
}

static void print_remarks(FILE *out, const struct sc_json *report, const char *language)
{
    struct sc_json *lines = sc_json_new_array();

    SC_JSON_EACH(step, sc_json_get(report, "steps"))
    add_remarks(sc_json_get(step, "result"), lines);
    sc_print_list(out, sc_say(language, SC_SAY_NOTED), lines);
    sc_json_free(lines);
}

static void print_steps_notes(
        FILE *out, const struct sc_json *report, const char *language)
{
    struct sc_json *held_back = sc_json_new_array(), *failures = sc_json_new_array();

    SC_JSON_EACH(step, sc_json_get(report, "steps"))
    {
        add_held_back(sc_json_get(step, "result"), held_back);
        add_failures(step, language, failures);
    }
    sc_print_list(out, sc_say(language, SC_SAY_WOULD_DO), held_back);
    sc_print_list(out, sc_say(language, SC_SAY_WENT_WRONG), failures);
    sc_json_free(held_back);
    sc_json_free(failures);
}

/* One thing that the person is asked; of an `each`, its elements in their own words. */
static void print_question(FILE *out, const struct sc_json *item, const char *language)
{
    const struct sc_json *what = sc_json_get(item, "what");
    const struct sc_json *elements = sc_json_get(what, "elements");
    const char *text = sc_json_get_string(what, "question",
            sc_json_get_string(what, "preview", sc_json_get_string(what, "tool", "")));
    size_t shown = 0;

    fprintf(out, "  %-16s ", sc_json_get_string(item, "step", ""));
    sc_print_short(out, text, LONG_TEXT);
    if (elements)
        fprintf(out, " (%zu %s)", sc_json_count(elements),
                sc_say(language, SC_SAY_ELEMENTS));
    fputc('\n', out);
    SC_JSON_EACH(element, elements)
    {
        const char *preview = sc_json_get_string(element, "preview", NULL);

        if (!preview || shown++ == SHOWN_ELEMENTS)
            break;
        fprintf(out, "  %-16s   ", "");
        sc_print_short(out, preview, LONG_TEXT);
        fputc('\n', out);
    }
}

/* What the plan proposes; nobody is to believe that it will happen by itself. */
static void print_schedule(FILE *out, const struct sc_json *report, const char *language)
{
    const struct sc_json *schedule = sc_json_get(sc_json_get(report, "plan"), "schedule");
    struct sc_json *lines;
    char *when;

    if (!schedule)
        return;
    lines = sc_json_new_array();
    when = sc_strdupf("%s (%s)", sc_json_get_string(schedule, "cron", ""),
            sc_json_get_string(schedule, "zone", ""));
    sc_json_append(lines, sc_json_new_string(when));
    sc_json_append(lines, sc_json_new_string(sc_say(language, SC_SAY_REPEAT_HOW)));
    if (sc_json_get_string(report, "id", NULL)) {
        free(when);
        when = sc_strdupf("supercargo routine save %s --name …",
                sc_json_get_string(report, "id", ""));
        sc_json_append(lines, sc_json_new_string(when));
    }
    sc_print_list(out, sc_say(language, SC_SAY_REPEAT), lines);
    sc_json_free(lines);
    free(when);
}

static void print_way_on(FILE *out, const struct sc_json *report, const char *language)
{
    if (sc_report_exit(report) == SC_EXIT_WAITING)
        fprintf(out, "\n%s supercargo task resume %s --yes\n",
                sc_say(language, SC_SAY_GO_ON), sc_json_get_string(report, "id", ""));
}

static void print_waiting(FILE *out, const struct sc_json *waiting, const char *language)
{
    if (sc_json_count(waiting))
        fprintf(out, "\n%s\n", sc_say(language, SC_SAY_WAITS_FOR));
    SC_JSON_EACH(item, waiting)
    print_question(out, item, language);
}

void sc_report_print(
        FILE *out, const struct sc_json *report, const char *language, bool with_steps)
{
    const struct sc_json *error = sc_json_get(report, "error");

    fputs(sc_say(language, states[state_of(report)].word), out);
    if (sc_json_get_string(report, "id", NULL))
        fprintf(out, "  (%s %s)", sc_say(language, SC_SAY_TASK),
                sc_json_get_string(report, "id", ""));
    fputc('\n', out);
    if (with_steps)
        print_paragraph(out, sc_json_get_string(report, "words", ""));
    print_answer(out, report);
    print_error(out, error);
    if (with_steps) {
        fputc('\n', out);
        SC_JSON_EACH(step, sc_json_get(report, "steps"))
        print_step(out, step, language);
    }
    print_steps_notes(out, report, language);
    print_waiting(out, sc_json_get(report, "waiting"), language);
    print_checks(out, sc_json_get(report, "checks"), language);
    print_remarks(out, report, language);
    sc_print_list(out, sc_say(language, SC_SAY_FILES), sc_json_get(report, "files"));
    sc_print_list(out, sc_say(language, SC_SAY_ASSUMED),
            sc_json_get(sc_json_get(report, "plan"), "assume"));
    print_schedule(out, report, language);
    print_cost(out, sc_json_get(report, "usage"), language);
    SC_JSON_EACH(warning, sc_json_get(report, "warnings"))
    sc_print_line(out, "", sc_json_get_string(warning, "text", ""));
    print_way_on(out, report, language);
}
