#include "app/model_prices.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "app/print.h"
#include "app/say.h"
#include "base/mem.h"
#include "model/price_file.h"

enum { NAME_WIDTH = 40, MICRO = 1000000 };

/* --- prices as JSON --- */

struct listing {
    struct sc_json *models;
    char *pattern; /* of fnmatch */
    const struct sc_price_file *own;
};

/* Micro-dollars as dollars, to the last digit that counts. */
static struct sc_json *dollars(int64_t micro)
{
    char text[32];
    size_t len = (size_t)snprintf(text, sizeof(text), "%lld.%06lld",
            (long long)(micro / MICRO), (long long)(micro % MICRO));

    while (text[len - 1] == '0')
        text[--len] = '\0';
    if (text[len - 1] == '.')
        text[--len] = '\0';
    return sc_json_new_number(text);
}

static void add_tier(struct sc_json *json, const struct sc_price_tier *tier)
{
    sc_json_set(json, "input", dollars(tier->input));
    sc_json_set(json, "cached", dollars(tier->cached));
    sc_json_set(json, "output", dollars(tier->output));
}

static void add_off_peak(struct sc_json *json, const struct sc_price *price)
{
    struct sc_json *hours = sc_json_set(json, "peak_utc", sc_json_new_array());

    for (size_t i = 0; i < price->peak_count; i++) {
        struct sc_json *pair = sc_json_append(hours, sc_json_new_array());

        sc_json_append(pair, sc_json_new_int(price->peaks[i].from));
        sc_json_append(pair, sc_json_new_int(price->peaks[i].to));
    }
    add_tier(sc_json_set(json, "off_peak", sc_json_new_object()), &price->off_peak);
}

void sc_price_to_json(struct sc_json *json, const struct sc_price *price)
{
    add_tier(json, &price->tiers[0]);
    if (price->window)
        sc_json_set_int(json, "window", price->window);
    if (price->max_output)
        sc_json_set_int(json, "max_output", price->max_output);
    if (price->tier_count > 1)
        sc_json_set(json, "tiers", sc_json_new_array());
    for (size_t i = 1; i < price->tier_count; i++) {
        struct sc_json *tier =
                sc_json_append(sc_json_get(json, "tiers"), sc_json_new_object());

        sc_json_set_int(tier, "above", price->tiers[i].above);
        add_tier(tier, &price->tiers[i]);
    }
    if (price->peak_count)
        add_off_peak(json, price);
}

static void add_model(struct listing *listing, const char *name,
        const struct sc_price *price, const char *source)
{
    struct sc_json *json;

    if (fnmatch(listing->pattern, name, FNM_CASEFOLD) != 0)
        return;
    json = sc_json_append(listing->models, sc_json_new_object());
    sc_json_set_string(json, "model", name);
    sc_json_set_string(json, "source", source);
    sc_price_to_json(json, price);
}

static void on_own(void *arg, const char *name, const struct sc_price *price)
{
    add_model(arg, name, price, "file");
}

static void on_table(void *arg, const char *name, const struct sc_price *price)
{
    struct listing *listing = arg;
    struct sc_price own;

    if (!sc_price_file_find(listing->own, NULL, name, &own))
        add_model(listing, name, price, "table");
}

/* --- prices for a reader --- */

char *sc_price_text(const struct sc_json *price)
{
    return sc_strdupf("%s / %s / %s", sc_json_number(sc_json_get(price, "input")),
            sc_json_number(sc_json_get(price, "cached")),
            sc_json_number(sc_json_get(price, "output")));
}

static void print_tier(const struct sc_json *tier)
{
    char *text = sc_price_text(tier);

    fputs(text, stdout);
    free(text);
}

static void print_model(const struct sc_app *app, const struct sc_json *model)
{
    const struct sc_json *off_peak = sc_json_get(model, "off_peak");
    const char *name = sc_json_get_string(model, "model", "");
    bool own = strcmp(sc_json_get_string(model, "source", ""), "file") == 0;
    int gap = NAME_WIDTH - (int)strlen(name) - own;

    sc_print_short(stdout, name, SC_PRICE_TEXT);
    printf("%s%*s  ", own ? "*" : "", gap > 0 ? gap : 0, "");
    print_tier(model);
    SC_JSON_EACH(tier, sc_json_get(model, "tiers"))
    {
        printf("; %s %s: ", sc_say(app->language, SC_SAY_ABOVE),
                sc_json_number(sc_json_get(tier, "above")));
        print_tier(tier);
    }
    if (off_peak) {
        printf("; %s: ", sc_say(app->language, SC_SAY_OFF_PEAK));
        print_tier(off_peak);
    }
    putchar('\n');
}

static void print_prices(
        const struct sc_app *app, const struct sc_json *models, const char *date)
{
    SC_JSON_EACH(model, models)
    print_model(app, model);
    if (sc_json_count(models) == 0)
        printf("%s\n", sc_say(app->language, SC_SAY_NO_PRICES));
    printf("\n%s %s\n", sc_say(app->language, SC_SAY_PRICE_UNIT), date);
    if (app->prices)
        sc_print_line(stdout, "* ", sc_say(app->language, SC_SAY_PRICE_OWN));
}

int sc_model_prices(const struct sc_app *app)
{
    const char *words = sc_options_word(app->options, 1);
    struct sc_json *json = sc_json_new_object();
    struct listing listing = { .own = app->prices, .pattern = sc_strdupf("*%s*", words) };
    char date[SC_PRICE_TEXT], dearest[SC_PRICE_TEXT];

    sc_price_about(date, dearest);
    sc_json_set_string(json, "date", date);
    sc_json_set_string(json, "unit", "USD per million tokens");
    listing.models = sc_json_set(json, "models", sc_json_new_array());
    sc_price_file_each(app->prices, on_own, &listing);
    sc_price_each(on_table, &listing);
    if (app->options->json)
        sc_print_json(stdout, json);
    else
        print_prices(app, listing.models, date);
    free(listing.pattern);
    sc_json_free(json);
    return SC_EXIT_DONE;
}
