/* app/models.h - a model out of the settings, ready to be asked.
 *
 * Purpose:   put together what app/model_settings.h found: address, keys, price, purses.
 * Ownership: the caller owns it, and frees it when the last request is done. The app's
 *            configuration, prices, network and clock are borrowed.
 * Thread:    loop.
 * Errors:    those of app/model_settings.h and model/endpoint.h.
 */
#pragma once

#include "app/app.h"
#include "app/model_settings.h"
#include "model/limiter.h"

struct sc_app_model {
    struct sc_model_settings settings; /* its profile is NULL: none is configured */
    struct sc_model *model;            /* NULL then, and with --offline */
    struct sc_limiter limiter;         /* what its provider allows */
};

/* words as in sc_model_settings_read. NULL on failure. */
struct sc_app_model *sc_app_model_new(
        struct sc_app *app, const char *words, struct sc_error *err);
/* The model for vectors of texts. */
struct sc_app_model *sc_app_embedder_new(struct sc_app *app, struct sc_error *err);
void sc_app_model_free(struct sc_app_model *model); /* NULL is fine */
