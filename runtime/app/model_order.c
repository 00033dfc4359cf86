#include "app/model_order.h"

#include <stdlib.h>
#include <string.h>

#include "app/models.h"
#include "base/mem.h"
#include "model/fallback.h"

/* Numbers of models. */
struct numbers {
    size_t at[SC_MODEL_ORDER_MOST];
    size_t count;
};

static bool is_same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* The model that words name, opened once. */
static enum sc_code add(struct sc_app *app, struct sc_model_order *order,
        const char *words, struct numbers *numbers, struct sc_error *err)
{
    size_t i = 0;

    while (i < order->count && !is_same(order->words[i], words))
        i++;
    if (i == SC_MODEL_ORDER_MOST || numbers->count == SC_MODEL_ORDER_MOST)
        return sc_fail(err, SC_INVALID, "models: at most %d", SC_MODEL_ORDER_MOST);
    if (i == order->count) {
        order->models[i] = sc_app_model_new(app, words, err);
        if (!order->models[i])
            return err->code;
        order->words[i] = sc_strdup(words);
        order->count++;
    }
    if (order->models[i]->model)
        numbers->at[numbers->count++] = i;
    return SC_OK;
}

static enum sc_code add_list(struct sc_app *app, struct sc_model_order *order,
        const struct sc_json *list, struct numbers *numbers, struct sc_error *err)
{
    enum sc_code code = SC_OK;

    if (list && (!sc_json_is(list, SC_JSON_ARRAY) || sc_json_count(list) == 0))
        return sc_fail(err, SC_INVALID,
                "models must be a list, as { \"deepseek\", \"openai\" }");
    SC_JSON_EACH(item, list)
    {
        if (code)
            break;
        code = sc_json_is(item, SC_JSON_STRING)
                       ? add(app, order, sc_json_string(item), numbers, err)
                       : sc_fail(err, SC_INVALID, "models must be a list of names");
    }
    return code;
}

/* Of everybody: --model, else the list, else the configured one. */
static enum sc_code add_default(struct sc_app *app, struct sc_model_order *order,
        struct numbers *numbers, struct sc_error *err)
{
    const struct sc_json *list = sc_json_get(app->config, "models");

    if (app->options->model || !list)
        return add(app, order, app->options->model, numbers, err);
    return add_list(app, order, list, numbers, err) ? sc_wrap(err, "supercargo.lua")
                                                    : SC_OK;
}

/* Its own `models`, or the one of its `model`. */
static enum sc_code add_agent(struct sc_app *app, struct sc_model_order *order,
        const struct sc_json *agent, struct numbers *numbers, struct sc_error *err)
{
    const char *one = sc_json_get_string(agent, "model", NULL);
    const struct sc_json *list = sc_json_get(agent, "models");

    numbers->count = 0;
    if (app->options->model)
        return SC_OK;
    if (list ? add_list(app, order, list, numbers, err)
             : one && add(app, order, one, numbers, err))
        return sc_wrap(err, "agent %s", sc_json_get_string(agent, "name", ""));
    return SC_OK;
}

/* All are opened first: a request goes to those of its agent. */
static enum sc_code open_all(struct sc_app *app, struct sc_model_order *order,
        struct numbers *all, struct numbers *of_agents, struct sc_error *err)
{
    enum sc_code code = add_default(app, order, all, err);

    for (size_t i = 0; i < app->catalog.agent_count && !code; i++)
        code = add_agent(app, order, app->catalog.agents[i].json, &of_agents[i], err);
    return code;
}

static void put_in_order(struct sc_app *app, struct sc_model_order *order,
        const struct numbers *all, const struct numbers *of_agents)
{
    struct sc_fallback_model models[SC_MODEL_ORDER_MOST];

    if (all->count == 0)
        return;
    for (size_t i = 0; i < order->count; i++)
        models[i] = (struct sc_fallback_model){ order->models[i]->model,
            &order->models[i]->limiter };
    order->model = sc_fallback_new(models, order->count, app->clock);
    sc_fallback_order(order->model, NULL, all->at, all->count);
    for (size_t i = 0; i < app->catalog.agent_count; i++)
        if (of_agents[i].count)
            sc_fallback_order(order->model, app->catalog.agents[i].name, of_agents[i].at,
                    of_agents[i].count);
}

struct sc_model_order *sc_model_order_new(struct sc_app *app, struct sc_error *err)
{
    struct sc_model_order *order = sc_new(struct sc_model_order);
    struct numbers all = { .count = 0 };
    struct numbers *of_agents =
            sc_new_array(struct numbers, app->catalog.agent_count + 1);
    enum sc_code code = open_all(app, order, &all, of_agents, err);

    if (code == SC_OK)
        put_in_order(app, order, &all, of_agents);
    free(of_agents);
    if (code == SC_OK)
        return order;
    sc_model_order_free(order);
    return NULL;
}

void sc_model_order_free(struct sc_model_order *order)
{
    if (!order)
        return;
    sc_fallback_free(order->model);
    for (size_t i = 0; i < order->count; i++) {
        sc_app_model_free(order->models[i]);
        free(order->words[i]);
    }
    free(order);
}
