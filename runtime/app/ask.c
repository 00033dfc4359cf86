#include "app/ask.h"

#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <uv.h>

#include "app/print.h"
#include "app/say.h"
#include "base/mem.h"
#include "loop/loop.h"

enum { LINE_MAX_BYTES = 4096, ROWS_SHOWN = 30, ARGS_SHOWN = 400 };

struct question {
    struct question *next;
    char *task_id, *step_id;
    bool approval;
    struct sc_json *what;
};

struct sc_asker {
    uv_tty_t input;
    struct sc_screen *screen;
    const char *language;
    struct sc_asker_events events;
    struct question *first, *last; /* the first one is shown */
    char room[LINE_MAX_BYTES], line[LINE_MAX_BYTES];
    size_t len; /* of line */
    bool gone;
};

/* --- what a line means --- */

static bool is_one_of(const char *line, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(line, words[i]) == 0)
            return true;
    }
    return false;
}

static bool is_yes(const char *line)
{
    static const char *const words[] = { "y", "Y", "yes", "Yes", "YES", "是", "好",
        "批准", "はい" };

    return is_one_of(line, words, sizeof(words) / sizeof(*words));
}

static bool is_no(const char *line)
{
    static const char *const words[] = { "", "n", "N", "no", "No", "NO", "否", "不",
        "拒绝", "いいえ" };

    return is_one_of(line, words, sizeof(words) / sizeof(*words));
}

static void add_once(struct sc_json *chosen, unsigned long at)
{
    SC_JSON_EACH(index, chosen)
    {
        int64_t known = -1;

        if (sc_json_int(index, &known) && known == (int64_t)at)
            return;
    }
    sc_json_append(chosen, sc_json_new_int((int64_t)at));
}

/* "1,3-5" of count things as indexes from 0, or NULL when it is no such list. */
static struct sc_json *pick(const char *line, size_t count)
{
    struct sc_json *chosen = sc_json_new_array();
    bool good = *line != '\0';

    while (good && *line) {
        char *end;
        unsigned long from = strtoul(line, &end, 10), to = from;

        good = end != line && *line != '-' && from >= 1 && from <= count;
        if (good && *end == '-') {
            line = end + 1;
            to = strtoul(line, &end, 10);
            good = end != line && to >= from && to <= count;
        }
        for (; good && from <= to; from++)
            add_once(chosen, from - 1);
        line = end + strspn(end, ", ");
        good = good && (line != end || !*line);
    }
    if (good)
        return chosen;
    sc_json_free(chosen);
    return NULL;
}

static struct sc_json *items_at(const struct sc_json *list, const struct sc_json *indexes)
{
    struct sc_json *items = sc_json_new_array();

    SC_JSON_EACH(index, indexes)
    {
        int64_t at = -1;

        if (sc_json_int(index, &at))
            sc_json_append(items, sc_json_copy(sc_json_at(list, (size_t)at)));
    }
    return items;
}

static struct sc_json *approval_of(const char *line, const struct sc_json *what)
{
    struct sc_json *answer = sc_json_new_object(), *some;

    if (is_yes(line) || is_no(line)) {
        sc_json_set_bool(answer, "approve", is_yes(line));
        return answer;
    }
    some = pick(line, sc_json_count(sc_json_get(what, "elements")));
    if (some) {
        sc_json_set(answer, "approve", some);
        return answer;
    }
    sc_json_free(answer);
    return NULL;
}

/* The choice that was typed instead of its number. */
static struct sc_json *named(const struct sc_json *choices, const char *line)
{
    SC_JSON_EACH(choice, choices)
    if (sc_json_is(choice, SC_JSON_STRING) && strcmp(sc_json_string(choice), line) == 0)
        return sc_json_copy(choice);
    return NULL;
}

static struct sc_json *choice_of(const char *line, const struct sc_json *what)
{
    const struct sc_json *rows = sc_json_get(what, "rows");
    const struct sc_json *list = rows ? rows : sc_json_get(what, "choices");
    bool many = rows || sc_json_get_bool(what, "multi", false);
    struct sc_json *indexes, *picked, *one;

    if (!list)
        return *line ? sc_json_new_string(line) : NULL;
    if (many && (strcmp(line, "all") == 0 || strcmp(line, "全部") == 0))
        return sc_json_copy(list);
    indexes = pick(line, sc_json_count(list));
    if (!indexes)
        return many ? NULL : named(list, line);
    picked = items_at(list, indexes);
    sc_json_free(indexes);
    if (many)
        return picked;
    one = sc_json_count(picked) == 1 ? sc_json_copy(sc_json_first(picked)) : NULL;
    sc_json_free(picked);
    return one;
}

struct sc_json *sc_answer_of_line(
        const char *line, bool approval, const struct sc_json *what)
{
    return approval ? approval_of(line, what) : choice_of(line, what);
}

/* --- showing --- */

static void show_list(const struct sc_json *list)
{
    size_t shown = 0;

    SC_JSON_EACH(item, list)
    {
        const struct sc_json *preview = sc_json_get(item, "preview");

        if (++shown > ROWS_SHOWN) {
            fprintf(stderr, "  … %zu\n", sc_json_count(list));
            return;
        }
        fprintf(stderr, "%3zu. ", shown);
        sc_print_value(stderr, preview ? preview : item, ARGS_SHOWN);
        fputc('\n', stderr);
    }
}

static void show_approval(struct sc_asker *asker, const struct sc_json *what)
{
    const struct sc_json *elements = sc_json_get(what, "elements");
    const char *tool = sc_json_get_string(what, "tool", "");

    fputc('\n', stderr);
    sc_print_text(stderr, sc_json_get_string(what, "preview", tool));
    fprintf(stderr, "\n  %s (%s)\n", tool, sc_json_get_string(what, "effect", ""));
    if (!elements && sc_json_get(what, "args")) {
        fputs("  ", stderr);
        sc_print_value(stderr, sc_json_get(what, "args"), ARGS_SHOWN);
        fputc('\n', stderr);
    }
    show_list(elements);
    sc_screen_prompt(asker->screen,
            sc_say(asker->language, elements ? SC_SAY_APPROVE_SOME : SC_SAY_APPROVE));
}

static void show_choice(struct sc_asker *asker, const struct sc_json *what)
{
    const struct sc_json *rows = sc_json_get(what, "rows");

    fputc('\n', stderr);
    sc_print_text(stderr, sc_json_get_string(what, "question", ""));
    fputc('\n', stderr);
    show_list(rows ? rows : sc_json_get(what, "choices"));
    sc_screen_prompt(asker->screen, sc_say(asker->language, SC_SAY_CHOOSE));
}

/* What was typed before an approval is shown cannot be meant for it. */
static void drop_typed(struct sc_asker *asker)
{
    (void)tcflush(STDIN_FILENO, TCIFLUSH);
    asker->len = 0;
}

static void show_first(struct sc_asker *asker)
{
    const struct question *question = asker->first;

    sc_screen_prompt(asker->screen, NULL);
    if (question && question->approval)
        drop_typed(asker);
    if (question && question->approval)
        show_approval(asker, question->what);
    else if (question)
        show_choice(asker, question->what);
}

/* --- reading --- */

static void drop_first(struct sc_asker *asker)
{
    struct question *question = asker->first;

    asker->first = question->next;
    if (!asker->first)
        asker->last = NULL;
    free(question->task_id);
    free(question->step_id);
    sc_json_free(question->what);
    free(question);
}

static void take_line(struct sc_asker *asker)
{
    const struct question *question = asker->first;
    struct sc_json *answer;

    if (!question)
        return;
    answer = sc_answer_of_line(asker->line, question->approval, question->what);
    if (!answer) {
        fprintf(stderr, "%s\n", sc_say(asker->language, SC_SAY_NOT_UNDERSTOOD));
        show_first(asker);
        return;
    }
    sc_screen_prompt(asker->screen, NULL);
    asker->events.on_answer(
            asker->events.arg, question->task_id, question->step_id, answer);
    sc_json_free(answer);
    drop_first(asker);
    show_first(asker);
    if (!asker->first)
        uv_read_stop((uv_stream_t *)&asker->input);
}

static void end_input(struct sc_asker *asker)
{
    asker->gone = true;
    uv_read_stop((uv_stream_t *)&asker->input);
    sc_screen_prompt(asker->screen, NULL);
    asker->events.on_gone(asker->events.arg);
}

/* Whole lines only; what is longer than the buffer is no answer to anything asked here.
 */
static void take_bytes(struct sc_asker *asker, const char *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (data[i] == '\n') {
            asker->line[asker->len] = '\0';
            asker->line[strcspn(asker->line, "\r")] = '\0';
            asker->len = 0;
            take_line(asker);
            if (asker->first && asker->first->approval)
                return; /* the rest was typed before it was shown */
        } else if (asker->len < LINE_MAX_BYTES - 1) {
            asker->line[asker->len++] = data[i];
        }
    }
}

static void give_room(uv_handle_t *handle, size_t wanted, uv_buf_t *ret)
{
    struct sc_asker *asker = handle->data;

    (void)wanted;
    *ret = uv_buf_init(asker->room, sizeof(asker->room));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct sc_asker *asker = stream->data;

    if (n < 0)
        end_input(asker);
    else
        take_bytes(asker, buf->base, (size_t)n);
}

/* --- the asker --- */

struct sc_asker *sc_asker_new(struct sc_loop *loop, struct sc_screen *screen,
        const char *language, const struct sc_asker_events *events)
{
    struct sc_asker *asker;

    if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
        return NULL;
    asker = sc_new(struct sc_asker);
    if (uv_tty_init(sc_loop_uv(loop), &asker->input, STDIN_FILENO, 0) < 0) {
        free(asker);
        return NULL;
    }
    asker->input.data = asker;
    asker->screen = screen;
    asker->language = language;
    asker->events = *events;
    return asker;
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void sc_asker_free(struct sc_asker *asker)
{
    if (!asker)
        return;
    while (asker->first)
        drop_first(asker);
    uv_close((uv_handle_t *)&asker->input, on_closed);
}

bool sc_asker_ask(struct sc_asker *asker, const struct sc_question *question)
{
    struct question *q;
    bool shown = asker->first != NULL;

    if (asker->gone)
        return false;
    if (!shown && uv_read_start((uv_stream_t *)&asker->input, give_room, on_read) < 0)
        return false;
    q = sc_new(struct question);
    q->task_id = sc_strdup(question->task_id);
    q->step_id = sc_strdup(question->step_id);
    q->approval = question->approval;
    q->what = sc_json_copy(question->what);
    if (asker->last)
        asker->last->next = q;
    else
        asker->first = q;
    asker->last = q;
    if (!shown)
        show_first(asker);
    return true;
}
