#include "app/models.h"

#include <stdlib.h>

#include "base/mem.h"
#include "model/endpoint.h"
#include "model/price_file.h"

enum { EMBED_FIRST_BYTE_MS = 20000 }; /* a person waits, and words are there too */

/* Log lines must not hold what the environment keeps secret. */
static void mask_keys(const struct sc_app *app, const struct sc_model_settings *settings)
{
    for (size_t i = 0; i < settings->key_count; i++) {
        const char *key = sc_settings_variable(settings->keys[i].variable);

        if (key)
            sc_log_mask(app->log, key);
    }
}

static void find_price(const struct sc_app *app, struct sc_model_settings *settings)
{
    if (!settings->priced)
        settings->priced = sc_price_file_find(
                app->prices, settings->profile->id, settings->name, &settings->price);
}

static enum sc_code open_endpoint(
        struct sc_app *app, struct sc_app_model *model, struct sc_error *err)
{
    struct sc_model_settings *settings = &model->settings;
    struct sc_endpoint_config config = { .profile = settings->by_host ? NULL
                                                                      : settings->profile,
        .format = settings->embeds ? settings->profile->embed.format : NULL,
        .first_byte_ms = settings->embeds ? EMBED_FIRST_BYTE_MS : 0,
        .url = settings->url ? settings->url : settings->profile->url,
        .model = settings->name,
        .price = settings->priced ? &settings->price : NULL,
        .limiter = &model->limiter,
        .stream = settings->stream && !app->options->batch };

    for (size_t i = 0; i < settings->key_count; i++) {
        struct sc_key_source *key = &settings->keys[i];

        config.keys[i] = (struct sc_model_key){ .get = sc_key_source_get,
            .arg = key,
            .name = key->variable,
            .purse = key->purse,
            .url = settings->url ? NULL : key->url };
    }
    model->model = sc_endpoint_new(&config, app->multi, app->clock, err);
    return model->model ? SC_OK : err->code;
}

/* code: how reading its settings ended. */
static struct sc_app_model *finish(struct sc_app *app, struct sc_app_model *model,
        enum sc_code code, struct sc_error *err)
{
    struct sc_model_settings *settings = &model->settings;

    if (!code && settings->profile && !app->options->offline) {
        find_price(app, settings);
        mask_keys(app, settings);
        code = open_endpoint(app, model, err);
    }
    if (code == SC_OK)
        return model;
    sc_app_model_free(model);
    return NULL;
}

struct sc_app_model *sc_app_model_new(
        struct sc_app *app, const char *words, struct sc_error *err)
{
    struct sc_app_model *model = sc_new(struct sc_app_model);

    return finish(app, model,
            sc_model_settings_read(
                    &model->settings, app->config, words, app->data_folder, err),
            err);
}

struct sc_app_model *sc_app_embedder_new(struct sc_app *app, struct sc_error *err)
{
    struct sc_app_model *model = sc_new(struct sc_app_model);

    return finish(app, model,
            sc_embed_settings_read(&model->settings, app->config, app->data_folder, err),
            err);
}

void sc_app_model_free(struct sc_app_model *model)
{
    if (!model)
        return;
    sc_endpoint_free(model->model);
    sc_model_settings_release(&model->settings);
    free(model);
}
