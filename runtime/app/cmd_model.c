/* app/cmd_model.c - supercargo model list|test|prices. */
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/model_prices.h"
#include "app/model_test.h"
#include "app/print.h"
#include "app/say.h"
#include "app/secrets.h"
#include "base/mem.h"
#include "model/address.h"
#include "model/price_file.h"

enum { PROVIDER_WIDTH = 18, MODEL_WIDTH = 28, PRICE_WIDTH = 22 };

/* --- the list as JSON --- */

static bool is_local(const struct sc_profile *profile)
{
    char *host = profile->url ? sc_address_host(profile->url) : NULL;
    bool local = host && sc_address_is_this_machine(host);

    free(host);
    return local;
}

static void add_keys(struct sc_json *row, const struct sc_profile *profile)
{
    struct sc_json *keys = sc_json_set(row, "keys", sc_json_new_array());

    for (size_t i = 0; i < SC_PURSES && profile->purses[i].variable; i++) {
        const struct sc_purse *purse = &profile->purses[i];
        struct sc_json *key = sc_json_append(keys, sc_json_new_object());

        sc_json_set_string(key, "variable", purse->variable);
        sc_json_set_bool(key, "set", sc_settings_variable(purse->variable) != NULL);
        if (*purse->word)
            sc_json_set_string(key, "purse", purse->word);
    }
}

static void add_price(
        const struct sc_app *app, struct sc_json *row, const struct sc_profile *profile)
{
    struct sc_price price;

    if (!profile->model)
        return;
    if (!sc_price_file_find(app->prices, profile->id, profile->model, &price))
        sc_price_find(profile->prices, profile->model, &price);
    if (price.known)
        sc_price_to_json(sc_json_set(row, "price", sc_json_new_object()), &price);
}

static struct sc_json *row_of(const struct sc_app *app, const struct sc_profile *profile,
        const struct sc_json *secrets)
{
    struct sc_json *row = sc_json_new_object();

    sc_json_set_string(row, "provider", profile->id);
    sc_json_set_string(row, "url", profile->url);
    sc_json_set_string(row, "model", profile->model);
    add_keys(row, profile);
    sc_json_set_bool(row, "secret", false);
    SC_JSON_EACH(name, secrets)
    if (strcmp(sc_json_string(name), profile->id) == 0)
        sc_json_set_bool(row, "secret", true);
    sc_json_set_bool(row, "local", is_local(profile));
    add_price(app, row, profile);
    return row;
}

static struct sc_json *chosen_json(const struct sc_model_settings *settings)
{
    struct sc_json *json;

    if (!settings->profile)
        return sc_json_new_null();
    json = sc_json_new_object();
    sc_json_set_string(json, "provider", settings->profile->id);
    sc_json_set_string(json, "model", settings->name);
    sc_json_set_string(
            json, "url", settings->url ? settings->url : settings->profile->url);
    return json;
}

static struct sc_json *list_json(
        const struct sc_app *app, const struct sc_model_settings *settings)
{
    struct sc_json *json = sc_json_new_object(), *rows;
    struct sc_json *secrets = sc_secret_names(app->data_folder);
    const struct sc_profile *profile;

    sc_json_set(json, "used", chosen_json(settings));
    rows = sc_json_set(json, "providers", sc_json_new_array());
    for (size_t i = 0; (profile = sc_profile_at(i)); i++)
        sc_json_append(rows, row_of(app, profile, secrets));
    sc_json_free(secrets);
    return json;
}

/* --- the list for a reader --- */

static void print_column(const char *text, int width)
{
    printf("%-*s ", width, text && *text ? text : "-");
}

/* The variables of the purses, as far as they are set: "A (subscription), B". */
static bool print_variables(const struct sc_json *keys, bool set)
{
    const char *before = "";

    SC_JSON_EACH(key, keys)
    {
        const char *purse = sc_json_get_string(key, "purse", "");

        if (sc_json_get_bool(key, "set", false) != set)
            continue;
        printf("%s%s%s%s%s", before, sc_json_get_string(key, "variable", ""),
                *purse ? " (" : "", purse, *purse ? ")" : "");
        before = ", ";
    }
    return *before != '\0';
}

/* Where the key comes from, or what to set. */
static void print_keys(const struct sc_app *app, const struct sc_json *row)
{
    const struct sc_json *keys = sc_json_get(row, "keys");

    if (print_variables(keys, true))
        return;
    if (sc_json_get_bool(row, "secret", false)) {
        printf("%s %s", sc_say(app->language, SC_SAY_SECRET),
                sc_json_get_string(row, "provider", ""));
    } else if (sc_json_get_bool(row, "local", false)) {
        fputs(sc_say(app->language, SC_SAY_KEYLESS), stdout);
    } else {
        printf("%s: ", sc_say(app->language, SC_SAY_NO_KEY));
        (void)print_variables(keys, false);
    }
}

static void print_row(
        const struct sc_app *app, const struct sc_json *row, const char *used)
{
    const char *provider = sc_json_get_string(row, "provider", "");
    const struct sc_json *price = sc_json_get(row, "price");
    char *text = price ? sc_price_text(price) : NULL;

    fputs(strcmp(provider, used) == 0 ? "* " : "  ", stdout);
    print_column(provider, PROVIDER_WIDTH);
    print_column(sc_json_get_string(row, "model", NULL), MODEL_WIDTH);
    print_column(text, PRICE_WIDTH);
    print_keys(app, row);
    putchar('\n');
    free(text);
}

static void print_list(const struct sc_app *app, const struct sc_json *json)
{
    const struct sc_json *used = sc_json_get(json, "used");
    const char *provider = sc_json_get_string(used, "provider", "");
    char date[SC_PRICE_TEXT], dearest[SC_PRICE_TEXT];

    SC_JSON_EACH(row, sc_json_get(json, "providers"))
    print_row(app, row, provider);
    sc_price_about(date, dearest);
    printf("\n%s %s\n", sc_say(app->language, SC_SAY_PRICE_UNIT), date);
    if (!*provider) {
        printf("%s\n", sc_say(app->language, SC_SAY_NO_KEY_YET));
        return;
    }
    printf("* %s: %s/", sc_say(app->language, SC_SAY_USED), provider);
    sc_print_short(stdout, sc_json_get_string(used, "model", ""), SC_PRICE_TEXT);
    sc_print_line(stdout, ", ", sc_json_get_string(used, "url", ""));
}

static int list_models(const struct sc_app *app)
{
    struct sc_model_settings settings;
    struct sc_json *json;
    struct sc_error err;
    int code = SC_EXIT_DONE;

    if (sc_model_settings_read(&settings, app->config, NULL, app->data_folder, &err)) {
        code = sc_app_fail(app->options, &err);
    } else {
        json = list_json(app, &settings);
        if (app->options->json)
            sc_print_json(stdout, json);
        else
            print_list(app, json);
        sc_json_free(json);
    }
    sc_model_settings_release(&settings);
    return code;
}

int sc_cmd_model(struct sc_app *app)
{
    const char *what = sc_options_word(app->options, 0);
    struct sc_error err;

    if (app->config_problem) {
        sc_fail(&err, SC_INVALID, "%s", app->config_problem);
        return sc_app_fail(app->options, &err);
    }
    if (strcmp(what, "list") == 0)
        return list_models(app);
    if (strcmp(what, "test") == 0)
        return sc_model_test(app);
    if (strcmp(what, "prices") == 0)
        return sc_model_prices(app);
    return sc_app_usage(app->options,
            "model list, or: supercargo model test [PROVIDER/NAME], or: supercargo model "
            "prices [PATTERN]");
}
