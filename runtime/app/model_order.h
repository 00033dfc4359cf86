/* app/model_order.h - the models for tasks, in the order in which they are asked.
 *
 * Purpose:   `models = { "deepseek/deepseek-v4-pro", "openai" }` of supercargo.lua, or of
 *            an agent for its tasks: the next one is asked when one is down (see
 *            model/fallback.h). Without a list there is one model, the configured one.
 * Contract:  --model is that one model for everything.
 * Ownership: the caller owns it, and frees it when the last request is done.
 * Thread:    loop.
 * Errors:    those of app/models.h; SC_INVALID for a list that is none.
 */
#pragma once

#include "app/app.h"

enum { SC_MODEL_ORDER_MOST = 16 };

struct sc_app_model;

struct sc_model_order {
    struct sc_app_model *models[SC_MODEL_ORDER_MOST];
    char *words[SC_MODEL_ORDER_MOST]; /* NULL: the configured one */
    size_t count;
    struct sc_model *model; /* over them; NULL: none is configured, or --offline */
};

struct sc_model_order *sc_model_order_new(struct sc_app *app, struct sc_error *err);
void sc_model_order_free(struct sc_model_order *order); /* NULL is fine */
