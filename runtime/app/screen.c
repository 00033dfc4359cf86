#include "app/screen.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/print.h"
#include "app/report.h"
#include "app/say.h"
#include "base/map.h"
#include "base/mem.h"

enum { TEXT_MAX = 200, ID_MAX = 40, SHOWN_FAILURES = 3 };

/* How far an `each` is. */
struct progress {
    size_t total, done, failed;
};

struct sc_screen {
    FILE *out;
    const char *language;
    const char *prompt;
    struct sc_map steps; /* "task/step" -> struct progress, of each-steps */
    bool quiet;
    bool terminal; /* out is one: lines may be rewritten, colours used */
    bool drawn;    /* a line without its end stands there */
};

enum mark { GOOD, BAD, OTHER };

struct sc_screen *sc_screen_new(FILE *out, const char *language, bool quiet)
{
    struct sc_screen *screen = sc_new(struct sc_screen);

    screen->out = out;
    screen->language = language;
    screen->quiet = quiet;
    screen->terminal = !quiet && isatty(fileno(out));
    sc_map_init(&screen->steps);
    return screen;
}

void sc_screen_free(struct sc_screen *screen)
{
    if (!screen)
        return;
    sc_map_release(&screen->steps, free);
    free(screen);
}

void sc_screen_rest(struct sc_screen *screen)
{
    if (screen->drawn)
        fputs("\r\033[K", screen->out);
    screen->drawn = false;
    fflush(screen->out);
}

void sc_screen_prompt(struct sc_screen *screen, const char *prompt)
{
    sc_screen_rest(screen);
    screen->prompt = prompt;
    if (prompt)
        fputs(prompt, screen->out);
    fflush(screen->out);
}

static const char *mark_of(const struct sc_screen *screen, enum mark mark)
{
    static const char *const plain[] = { "ok   ", "FAIL ", "-    " };
    static const char *const coloured[] = { "\033[32m✓\033[0m ", "\033[31m✗\033[0m ",
        "\033[2m-\033[0m " };

    return screen->terminal ? coloured[mark] : plain[mark];
}

/* A line that stays. */
static void begin_line(struct sc_screen *screen, enum mark mark, const char *name)
{
    if (screen->prompt)
        fputs("\r\033[K", screen->out);
    sc_screen_rest(screen);
    fputs(mark_of(screen, mark), screen->out);
    sc_print_short(screen->out, name, ID_MAX);
    for (size_t len = strlen(name); len < 16; len++)
        fputc(' ', screen->out);
    fputc(' ', screen->out);
}

static void end_line(struct sc_screen *screen)
{
    fputc('\n', screen->out);
    if (screen->prompt)
        fputs(screen->prompt, screen->out);
    fflush(screen->out);
}

static void print_line(
        struct sc_screen *screen, enum mark mark, const char *name, const char *text)
{
    begin_line(screen, mark, name);
    sc_print_short(screen->out, text, TEXT_MAX);
    end_line(screen);
}

/* What happens now: a line that the next one replaces; only on a terminal. */
static void draw(struct sc_screen *screen, const char *name, const struct progress *p)
{
    if (!screen->terminal || screen->prompt)
        return;
    fputs("\r\033[K\033[2m… ", screen->out);
    sc_print_short(screen->out, name, ID_MAX);
    if (p)
        fprintf(screen->out, " %zu/%zu", p->done, p->total);
    fputs("\033[0m", screen->out);
    fflush(screen->out);
    screen->drawn = true;
}

void sc_screen_plan(struct sc_screen *screen, const struct sc_json *sentences)
{
    if (screen->quiet)
        return;
    sc_screen_rest(screen);
    SC_JSON_EACH(sentence, sentences)
    {
        sc_print_text(screen->out, sc_json_string(sentence));
        fputc('\n', screen->out);
    }
    fputc('\n', screen->out);
}

void sc_screen_begin(struct sc_screen *screen, const char *what)
{
    draw(screen, what, NULL);
}

/* --- each kind of event --- */

static struct progress *progress_of(
        struct sc_screen *screen, const char *task, const char *step, bool make)
{
    char *key = sc_strdupf("%s/%s", task, step);
    struct progress *p = sc_map_get(&screen->steps, key);

    if (!p && make) {
        p = sc_new(struct progress);
        sc_map_set(&screen->steps, key, p);
    }
    free(key);
    return p;
}

static const char *message_of(const struct sc_json *body)
{
    return sc_json_get_string(sc_json_get(body, "error"), "message", "");
}

static bool is_cancelled(const struct sc_json *body)
{
    return strcmp(sc_json_get_string(sc_json_get(body, "error"), "code", ""),
                   sc_code_word(SC_CANCELLED)) == 0;
}

static void show_element(struct sc_screen *screen, const char *step, struct progress *p,
        const struct sc_json *body)
{
    const struct sc_json *error = sc_json_get(body, "error");

    p->done++;
    p->failed += error != NULL;
    if (error && p->failed <= SHOWN_FAILURES)
        print_line(screen, BAD, step, message_of(body));
    if (p->done < p->total) {
        if (p->done * 100 / p->total != (p->done - 1) * 100 / p->total)
            draw(screen, step, p);
        return;
    }
    begin_line(screen, p->failed ? BAD : GOOD, step);
    fprintf(screen->out, "%zu %s", p->total, sc_say(screen->language, SC_SAY_ELEMENTS));
    if (p->failed)
        fprintf(screen->out, ", %zu %s", p->failed,
                sc_say(screen->language, SC_SAY_FAILED_ONES));
    end_line(screen);
}

static void show_result(struct sc_screen *screen, const char *task,
        const struct sc_json *body, const char *step)
{
    struct progress *p = progress_of(screen, task, step, false);
    char *text;

    if (p && sc_json_get(body, "element")) {
        show_element(screen, step, p, body);
        return;
    }
    if (is_cancelled(body)) { /* not this step's fault */
        print_line(screen, OTHER, step, sc_say(screen->language, SC_SAY_CANCELLED));
        return;
    }
    if (sc_json_get(body, "error")) {
        print_line(screen, BAD, step, message_of(body));
        return;
    }
    text = sc_result_in_short(sc_json_get(body, "value"), screen->language);
    print_line(screen, sc_json_get(body, "skipped") ? OTHER : GOOD, step,
            sc_json_get(body, "skipped") ? sc_say(screen->language, SC_SAY_SKIPPED_ONES)
                                         : text);
    free(text);
}

/* A try that failed and is made again. */
static void show_retry(
        struct sc_screen *screen, const struct sc_json *body, const char *name)
{
    int64_t wait_ms = sc_json_get_int(body, "wait_ms", 0);

    begin_line(screen, OTHER, name);
    sc_print_short(screen->out, message_of(body), TEXT_MAX);
    fprintf(screen->out, "; %s %lld s", sc_say(screen->language, SC_SAY_AGAIN_IN),
            (long long)((wait_ms + 999) / 1000));
    end_line(screen);
}

static void show_prepared(struct sc_screen *screen, const char *task,
        const struct sc_json *body, const char *step)
{
    const struct sc_json *rows = sc_json_get(body, "rows");

    if (rows)
        progress_of(screen, task, step, true)->total = sc_json_count(rows);
    draw(screen, step, NULL);
}

void sc_screen_event(struct sc_screen *screen, const struct sc_exec_event *event)
{
    const char *kind = event->kind;
    const char *step = sc_json_get_string(event->body, "step", "");

    if (screen->quiet || strcmp(kind, "text") == 0)
        return;
    if (strcmp(kind, "result") == 0)
        show_result(screen, event->task_id, event->body, step);
    else if (strcmp(kind, "attempt") == 0)
        show_retry(screen, event->body, step);
    else if (strcmp(kind, "model_failed") == 0)
        show_retry(screen, event->body, sc_say(screen->language, SC_SAY_MODEL));
    else if (strcmp(kind, "warned") == 0)
        print_line(screen, OTHER, sc_say(screen->language, SC_SAY_BUDGET),
                sc_json_get_string(event->body, "text", ""));
    else if (strcmp(kind, "left_out") == 0)
        print_line(screen, OTHER, step, sc_json_get_string(event->body, "why", ""));
    else if (strcmp(kind, "turn") == 0)
        draw(screen, sc_say(screen->language, SC_SAY_PLANNING), NULL);
    else if (strcmp(kind, "prepared") == 0)
        show_prepared(screen, event->task_id, event->body, step);
    else if (*step)
        draw(screen, step, progress_of(screen, event->task_id, step, false));
}
