#include "app/task_list.h"

#include <string.h>

#include "app/print.h"
#include "app/say.h"
#include "app/when.h"
#include "base/id.h"

enum { LISTED = 50, MOST_LISTED = 1000000, WORDS_SHOWN = 60, STATE_COLUMNS = 11 };

static const enum sc_say state_words[SC_TASK_STATES] = {
    [SC_TASK_PLANNING] = SC_SAY_IS_PLANNING,
    [SC_TASK_RUNNING] = SC_SAY_IS_RUNNING,
    [SC_TASK_WAITING] = SC_SAY_IS_WAITING,
    [SC_TASK_DONE] = SC_SAY_IS_DONE,
    [SC_TASK_UNPROVEN] = SC_SAY_IS_UNPROVEN,
    [SC_TASK_FAILED] = SC_SAY_IS_FAILED,
    [SC_TASK_CANCELLED] = SC_SAY_IS_CANCELLED,
    [SC_TASK_IN_DOUBT] = SC_SAY_IS_IN_DOUBT,
    [SC_TASK_OVER_BUDGET] = SC_SAY_IS_OVER_BUDGET,
    [SC_TASK_PLANNED] = SC_SAY_IS_PLANNED,
    [SC_TASK_DRY_RUN] = SC_SAY_IS_DRY_RUN,
};

const char *sc_task_state_say(enum sc_task_state state, const char *language)
{
    return sc_say(language, state_words[state]);
}

/* The word of the program for a state that was named in any language. */
static const char *state_named(const char *word)
{
    static const char *const languages[] = { "en", "zh", "ja" };

    for (unsigned state = 0; word && state < SC_TASK_STATES; state++)
        for (size_t i = 0; i < sizeof(languages) / sizeof(*languages); i++)
            if (strcmp(word, sc_task_state_say(state, languages[i])) == 0)
                return sc_task_state_word(state);
    return word;
}

struct list {
    const struct sc_app *app;
    struct sc_tz *zone;
    struct sc_json *rows;
    long left;                /* of the limit; negative: there are more */
    char last[SC_ID_LEN + 1]; /* that was printed */
};

static void row_to_json(const struct sc_task_row *row, struct sc_json *json)
{
    sc_json_set_string(json, "id", row->id);
    sc_json_set_string(json, "state", sc_task_state_word(row->state));
    sc_json_set_string(json, "agent", row->agent);
    if (row->routine)
        sc_json_set_string(json, "routine", row->routine);
    sc_json_set_string(json, "words", row->words);
    sc_json_set_int(json, "created_ms", row->created_ms);
    sc_json_set_int(json, "ended_ms", row->ended_ms);
    sc_json_set_int(json, "cost_micro", row->cost_micro);
    if (row->pruned_ms)
        sc_json_set_int(json, "pruned_ms", row->pruned_ms);
}

static void list_row(void *arg, const struct sc_task_row *row)
{
    struct list *list = arg;
    char at[SC_WHEN_TEXT];

    if (--list->left < 0)
        return;
    if (list->app->options->json) {
        row_to_json(row, sc_json_append(list->rows, sc_json_new_object()));
        return;
    }
    snprintf(list->last, sizeof(list->last), "%s", row->id);
    sc_when_format(list->zone, row->created_ms, at);
    printf("%s  %s  ", row->id, at);
    sc_print_cell(
            stdout, sc_task_state_say(row->state, list->app->language), STATE_COLUMNS);
    printf(" %-12s ", row->agent);
    sc_print_short(stdout, row->words, WORDS_SHOWN);
    putchar('\n');
}

static enum sc_code read_filter(const struct list *list, struct sc_task_filter *filter,
        long *ret_limit, struct sc_error *err)
{
    const struct sc_options *options = list->app->options;
    const struct sc_when when = { list->zone,
        list->app->clock->wall_ms(list->app->clock) };

    *filter = (struct sc_task_filter){ .state = state_named(options->state),
        .agent = options->agent,
        .routine = options->routine,
        .words = options->grep,
        .after = options->after };
    if (sc_options_number("limit", options->limit, MOST_LISTED, LISTED, ret_limit, err) ||
            sc_when_parse(
                    &when, "since", options->since, false, &filter->since_ms, err) ||
            sc_when_parse(&when, "until", options->until, true, &filter->until_ms, err))
        return err->code;
    filter->limit = *ret_limit + 1; /* one more, to see that there are more */
    return SC_OK;
}

static void print_end(const struct list *list, long limit)
{
    const char *language = list->app->language;

    if (list->app->options->json)
        sc_print_json(stdout, list->rows);
    else if (list->left == limit)
        fprintf(stderr, "%s\n", sc_say(language, SC_SAY_NO_TASKS));
    else if (list->left < 0)
        fprintf(stderr, "%s --after %s\n", sc_say(language, SC_SAY_MORE), list->last);
}

int sc_task_list_print(struct sc_app *app)
{
    struct list list = {
        .app = app, .zone = sc_when_zone(), .rows = sc_json_new_array()
    };
    struct sc_task_filter filter;
    struct sc_error err;
    long limit;
    enum sc_code code = read_filter(&list, &filter, &limit, &err);

    list.left = limit;
    if (!code && app->store)
        code = sc_store_task_list(app->store, &filter, list_row, &list, &err);
    if (!code)
        print_end(&list, limit);
    sc_json_free(list.rows);
    sc_tz_free(list.zone);
    return code ? sc_app_fail(app->options, &err) : SC_EXIT_DONE;
}
