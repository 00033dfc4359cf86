/* app/cmd_cost.c - supercargo cost. */
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/print.h"
#include "app/say.h"
#include "app/spending.h"
#include "base/mem.h"
#include "codec/tz.h"
#include "exec/limit.h"

enum { NAME_SHOWN = 40, MOST_DAYS = 3700, PERCENT = 100, DAY_LEN = 10 };

static const char *const groups[] = { "agent", "model", "task", "day" };

enum { BY_AGENT, BY_MODEL, BY_TASK, BY_DAY, GROUPS };

static const enum sc_spending_by by_group[] = { SC_SPENDING_BY_AGENT,
    SC_SPENDING_BY_MODEL, SC_SPENDING_BY_TASK, SC_SPENDING_IN_ALL };

struct costs {
    struct sc_app *app;
    struct sc_json *env;
    const char *zone;
    struct sc_budget_money money;
    char rate_date[SC_SPENDING_DATE];
    size_t group;
    int64_t from_ms, now_ms;
    const char *day; /* of the row that is read, or NULL */
    struct sc_json *rows;
    struct sc_spending_row total;
};

/* --- reading --- */

static void put_sum(
        const struct costs *c, struct sc_json *json, const char *name, int64_t micro)
{
    char text[SC_BUDGET_SUM], *micro_name = sc_strdupf("%s_micro_usd", name);

    sc_budget_sum(micro, &c->money, text);
    text[strcspn(text, " ")] = '\0';
    sc_json_set(json, name, sc_json_new_number(text));
    sc_json_set_int(json, micro_name, micro);
    free(micro_name);
}

static struct sc_json *row_to_json(
        const struct costs *c, const struct sc_spending_row *row)
{
    struct sc_json *json = sc_json_new_object();

    sc_json_set_string(json, "name", c->day ? c->day : row->name);
    sc_json_set_int(json, "requests", row->requests);
    sc_json_set_int(json, "input_tokens", row->input_tokens);
    sc_json_set_int(json, "output_tokens", row->output_tokens);
    put_sum(c, json, "cost", row->cost_micro);
    sc_json_set_bool(json, "cost_known", row->cost_known);
    return json;
}

static void on_row(void *arg, const struct sc_spending_row *row)
{
    struct costs *c = arg;

    sc_json_append(c->rows, row_to_json(c, row));
    c->total.requests += row->requests;
    c->total.input_tokens += row->input_tokens;
    c->total.output_tokens += row->output_tokens;
    c->total.cost_micro += row->cost_micro;
    c->total.cost_known = c->total.cost_known && row->cost_known;
}

static enum sc_code read_rows(
        struct costs *c, int64_t from_ms, int64_t to_ms, struct sc_error *err)
{
    const struct sc_spending_filter filter = {
        .agent = c->app->options->agent, .from_ms = from_ms, .to_ms = to_ms
    };

    return sc_store_spending_by(
            c->app->store, &filter, by_group[c->group], on_row, c, err);
}

static enum sc_code read_days(struct costs *c, struct sc_error *err)
{
    struct sc_tz *zone = sc_tz_new(c->zone, err);
    int64_t from_ms = c->from_ms, to_ms = 0;
    enum sc_code code = SC_OK;
    char day[SC_ISO_TEXT];

    if (!zone)
        return err->code;
    for (int i = 0; i < MOST_DAYS && from_ms <= c->now_ms && !code;
            i++, from_ms = to_ms) {
        sc_tz_format(zone, from_ms, day);
        day[DAY_LEN] = '\0';
        c->day = day;
        to_ms = sc_tz_add_days(zone, from_ms, 1);
        code = read_rows(c, from_ms, to_ms, err);
    }
    c->day = NULL;
    sc_tz_free(zone);
    return code;
}

static enum sc_code read_group(struct costs *c, struct sc_error *err)
{
    const char *by = c->app->options->by;

    c->group = BY_MODEL;
    for (size_t i = 0; by && i < GROUPS; i++)
        if (strcmp(groups[i], by) == 0)
            c->group = i;
    if (by && strcmp(groups[c->group], by) != 0)
        return sc_fail(
                err, SC_INVALID, "--by is agent, model, day or task, not '%.40s'", by);
    return SC_OK;
}

/* The first of this month when nothing was said. */
static enum sc_code read_since(struct costs *c, struct sc_error *err)
{
    const char *since = c->app->options->since;
    struct sc_tz *zone = sc_tz_new(c->zone, err);
    enum sc_code code = SC_OK;

    if (!zone)
        return err->code;
    c->from_ms = sc_tz_start_of(zone, SC_TZ_MONTH, c->now_ms);
    if (since && sc_tz_parse(zone, since, &c->from_ms, err))
        code = sc_wrap(err, "--since");
    sc_tz_free(zone);
    return code;
}

/* --- how much of each budget is used --- */

static void add_budget(const struct costs *c, struct sc_budget_line *line,
        const struct sc_spending *spending, struct sc_json *list)
{
    int64_t used = spending->cost_micro + spending->lost_micro;
    struct sc_json *json = sc_json_append(list, sc_json_new_object());
    char key[SC_BUDGET_KEY];

    sc_budget_key(line, key);
    sc_json_set_string(json, "name", key);
    put_sum(c, json, "used", used);
    put_sum(c, json, "reserved", spending->reserved_micro);
    put_sum(c, json, "limit", line->most_micro);
    sc_json_set_int(json, "percent",
            line->most_micro > 0 ? used * PERCENT / line->most_micro : PERCENT);
}

static enum sc_code read_budget(const struct costs *c, const char *agent,
        const struct sc_json *budget, struct sc_json *list, struct sc_error *err)
{
    static const enum sc_budget_kind kinds[2][2] = { { SC_BUDGET_DAY, SC_BUDGET_MONTH },
        { SC_BUDGET_AGENT_DAY, SC_BUDGET_AGENT_MONTH } };

    for (int month = 0; month < 2; month++) {
        struct sc_budget_line line = {
            .kind = kinds[agent != NULL][month], .agent = agent, .zone = c->zone
        };
        struct sc_spending_filter filter = { .agent = agent };
        struct sc_spending spending;

        if (sc_spending_read(c->app, budget, month ? SC_SPENDING_MONTH : SC_SPENDING_DAY,
                    &line.most_micro, err))
            return err->code;
        if (line.most_micro < 0)
            continue;
        sc_limit_window(
                month ? "month" : "day", c->zone, c->now_ms, &line.from_ms, &line.to_ms);
        filter.from_ms = line.from_ms;
        filter.to_ms = line.to_ms;
        if (sc_store_spending(c->app->store, &filter, &spending, err))
            return err->code;
        add_budget(c, &line, &spending, list);
    }
    return SC_OK;
}

static enum sc_code read_budgets(
        const struct costs *c, struct sc_json *list, struct sc_error *err)
{
    const struct sc_catalog *catalog = &c->app->catalog;
    enum sc_code code =
            read_budget(c, NULL, sc_json_get(c->app->config, "budget"), list, err);

    for (size_t i = 0; i < catalog->agent_count && !code; i++)
        code = read_budget(c, catalog->agents[i].name,
                sc_json_get(catalog->agents[i].json, "budget"), list, err);
    return code;
}

/* --- the whole, as --json has it --- */

static enum sc_code read_all(struct costs *c, struct sc_json *json, struct sc_error *err)
{
    const struct sc_spending_filter filter = {
        .agent = c->app->options->agent, .from_ms = c->from_ms, .to_ms = INT64_MAX
    };
    struct sc_spending spending = { 0 };
    struct sc_json *budgets;
    enum sc_code code;

    c->rows = sc_json_set(json, "rows", sc_json_new_array());
    budgets = sc_json_set(json, "budgets", sc_json_new_array());
    if (!c->app->store) /* nothing was run yet */
        return SC_OK;
    code = c->group == BY_DAY ? read_days(c, err)
                              : read_rows(c, c->from_ms, INT64_MAX, err);
    if (code || sc_store_spending(c->app->store, &filter, &spending, err))
        return err->code;
    put_sum(c, json, "reserved", spending.reserved_micro);
    put_sum(c, json, "lost", spending.lost_micro);
    return read_budgets(c, budgets, err);
}

static struct sc_json *costs_to_json(struct costs *c, struct sc_error *err)
{
    struct sc_json *json = sc_json_new_object(), *total;

    sc_json_set_string(json, "by", groups[c->group]);
    sc_json_set_int(json, "since_ms", c->from_ms);
    sc_json_set_string(json, "currency", *c->money.currency ? c->money.currency : "USD");
    if (*c->rate_date)
        sc_json_set_string(json, "rate_date", c->rate_date);
    if (read_all(c, json, err)) {
        sc_json_free(json);
        return NULL;
    }
    total = row_to_json(c, &c->total);
    sc_json_free(sc_json_detach(total, "name"));
    sc_json_set(json, "total", total);
    return json;
}

/* --- for a reader --- */

static void print_sum(const struct costs *c, const struct sc_json *json, const char *name)
{
    printf("%s %s", sc_json_number(sc_json_get(json, name)),
            *c->money.currency ? c->money.currency : "USD");
}

static void print_row(const struct costs *c, const char *name, const struct sc_json *row)
{
    const char *language = c->app->language;
    int64_t tokens = sc_json_get_int(row, "input_tokens", 0) +
                     sc_json_get_int(row, "output_tokens", 0);

    fputs("  ", stdout);
    sc_print_short(stdout, name, NAME_SHOWN);
    fputs("  ", stdout);
    if (!sc_json_get_bool(row, "cost_known", true))
        printf("%s ", sc_say(language, SC_SAY_AT_MOST));
    print_sum(c, row, "cost");
    printf("  (%lld %s, %lld %s)\n", (long long)sc_json_get_int(row, "requests", 0),
            sc_say(language, SC_SAY_REQUESTS), (long long)tokens,
            sc_say(language, SC_SAY_TOKENS));
}

static void print_open(const struct costs *c, const struct sc_json *json,
        const char *name, enum sc_say what)
{
    char *micro = sc_strdupf("%s_micro_usd", name);

    if (sc_json_get_int(json, micro, 0) > 0) {
        printf("%s: ", sc_say(c->app->language, what));
        print_sum(c, json, name);
        putchar('\n');
    }
    free(micro);
}

static void print_budget(const struct costs *c, const struct sc_json *budget)
{
    fputs("  ", stdout);
    sc_print_short(stdout, sc_json_get_string(budget, "name", ""), NAME_SHOWN);
    printf("  %lld %%  ", (long long)sc_json_get_int(budget, "percent", 0));
    print_sum(c, budget, "used");
    fputs(" / ", stdout);
    print_sum(c, budget, "limit");
    putchar('\n');
}

static void print_costs(const struct costs *c, const struct sc_json *json)
{
    const struct sc_json *budgets = sc_json_get(json, "budgets");
    const char *language = c->app->language;

    SC_JSON_EACH(row, sc_json_get(json, "rows"))
    print_row(c, sc_json_get_string(row, "name", ""), row);
    print_row(c, sc_say(language, SC_SAY_TOTAL), sc_json_get(json, "total"));
    print_open(c, json, "reserved", SC_SAY_RESERVED);
    print_open(c, json, "lost", SC_SAY_PERHAPS_PAID);
    if (sc_json_count(budgets))
        printf("%s\n", sc_say(language, SC_SAY_BUDGET));
    SC_JSON_EACH(budget, budgets)
    print_budget(c, budget);
    if (*c->rate_date)
        printf("%s %s\n", sc_say(language, SC_SAY_RATE_OF), c->rate_date);
}

int sc_cmd_cost(struct sc_app *app)
{
    struct costs c = { .app = app, .total = { .name = "", .cost_known = true } };
    struct sc_json *json = NULL;
    struct sc_error err;
    int code = SC_EXIT_DONE;

    c.now_ms = app->clock->wall_ms(app->clock);
    c.env = sc_settings_env(app->config, app->language, c.now_ms, &err);
    c.zone = sc_json_get_string(c.env, "zone", "UTC");
    sc_spending_money(app, &c.money, c.rate_date);
    if (c.env && !read_group(&c, &err) && !read_since(&c, &err))
        json = costs_to_json(&c, &err);
    if (!json)
        code = sc_app_fail(app->options, &err);
    else if (app->options->json)
        sc_print_json(stdout, json);
    else
        print_costs(&c, json);
    sc_json_free(json);
    sc_json_free(c.env);
    return code;
}
