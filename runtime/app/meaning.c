#include "app/meaning.h"

#include "app/models.h"
#include "app/spending.h"
#include "builtin/builtin.h"
#include "memory/meaning.h"

enum sc_code sc_app_embedder_open(struct sc_app *app, struct sc_error *err)
{
    app->embedder = sc_app_embedder_new(app, err);
    return app->embedder ? SC_OK : err->code;
}

void sc_app_meaning_open(struct sc_app *app)
{
    struct sc_model *model = app->embedder->model;

    if (!model || !app->store)
        return;
    app->meaning = sc_meaning_new(&(struct sc_meaning_parts){ .store = app->store,
            .model = app->budgets ? sc_budgets_embedder(app->budgets) : model,
            .batch = app->embedder->settings.profile->embed.batch,
            .exact = sc_json_get_bool(
                    sc_json_get(app->config, "embed"), "exact", false) });
    sc_builtins_set_meaning(app->builtins, app->meaning);
}

enum sc_code sc_app_meaning_alone(struct sc_app *app, bool counted, struct sc_error *err)
{
    if (sc_app_embedder_open(app, err))
        return err->code;
    if (app->embedder->model && counted) {
        app->env = sc_settings_env(
                app->config, app->language, app->clock->wall_ms(app->clock), err);
        if (!app->env || sc_spending_open(app, err))
            return err->code;
    }
    sc_app_meaning_open(app);
    return SC_OK;
}

void sc_app_meaning_close(struct sc_app *app)
{
    sc_meaning_free(app->meaning);
    sc_app_model_free(app->embedder);
}

/* --- asking --- */

struct asking {
    bool done;
    struct sc_sense *sense;
    struct sc_error *err;
};

static void on_sense(struct sc_op *op, const struct sc_error *err)
{
    struct asking *asking = op->arg;

    asking->done = true;
    if (err)
        *asking->err = *err;
    else
        asking->sense = sc_meaning_take_sense(op);
}

struct sc_sense *sc_app_sense(struct sc_app *app, const char *words,
        const struct sc_model_account *account, struct sc_error *err)
{
    struct asking asking = { .err = err };

    *err = (struct sc_error){ 0 };
    if (!app->meaning)
        return NULL;
    sc_meaning_ask_start(&app->scope, app->meaning, words, account, on_sense, &asking);
    sc_app_wait(app, &asking.done);
    return asking.sense;
}
