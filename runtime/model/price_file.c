#include "model/price_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/words.h"

enum { MICRO = 1000000, MOST_DOLLARS = 1000000, LAST_HOUR = 24 };

struct sc_price_file {
    struct sc_json *json; /* checked: every entry can be read */
};

static enum sc_code check_fields(const struct sc_json *object, const char *where,
        const char *const *names, size_t count, struct sc_error *err)
{
    if (!sc_json_is(object, SC_JSON_OBJECT))
        return sc_fail(err, SC_INVALID, "%s must be an object", where);
    SC_JSON_EACH(member, object)
    {
        const char *key = sc_json_key(member), *near;
        size_t i = 0;

        while (i < count && strcmp(names[i], key) != 0)
            i++;
        if (i < count)
            continue;
        near = sc_words_nearest(key, names, count);
        return sc_fail(err, SC_INVALID, "%s has no field '%.40s'%s%s%s", where, key,
                near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    }
    return SC_OK;
}

#define CHECK_FIELDS(object, where, names, err) \
    check_fields(object, where, names, sizeof(names) / sizeof(*(names)), err)

/* A member that is a whole number from 0 up. */
static enum sc_code read_count(const struct sc_json *object, const char *where,
        const char *name, int64_t *ret_count, struct sc_error *err)
{
    const struct sc_json *member = sc_json_get(object, name);

    *ret_count = 0;
    if (member && (!sc_json_int(member, ret_count) || *ret_count < 0))
        return sc_fail(err, SC_INVALID, "%s: %s must be a number of tokens", where, name);
    return SC_OK;
}

static enum sc_code read_dollars(const struct sc_json *object, const char *where,
        const char *name, int64_t *ret_micro, struct sc_error *err)
{
    double dollars;

    if (!sc_json_double(sc_json_get(object, name), &dollars) || dollars < 0 ||
            dollars > MOST_DOLLARS)
        return sc_fail(err, SC_INVALID,
                "%s: %s must be said, in dollars per million tokens", where, name);
    *ret_micro = llround(dollars * MICRO);
    return SC_OK;
}

static enum sc_code read_tier(const struct sc_json *object, const char *where,
        struct sc_price_tier *tier, struct sc_error *err)
{
    if (read_dollars(object, where, "input", &tier->input, err) ||
            read_dollars(object, where, "output", &tier->output, err))
        return err->code;
    tier->cached = tier->input;
    if (sc_json_get(object, "cached"))
        return read_dollars(object, where, "cached", &tier->cached, err);
    return SC_OK;
}

static enum sc_code read_tiers(const struct sc_json *tiers, const char *where,
        struct sc_price *price, struct sc_error *err)
{
    static const char *const names[] = { "above", "input", "cached", "output" };

    if (tiers && !sc_json_is(tiers, SC_JSON_ARRAY))
        return sc_fail(err, SC_INVALID, "%s: tiers must be a list", where);
    SC_JSON_EACH(object, tiers)
    {
        const struct sc_price_tier *before = &price->tiers[price->tier_count - 1];
        struct sc_price_tier tier;

        if (price->tier_count == SC_PRICE_TIERS)
            return sc_fail(err, SC_INVALID, "%s has more than %d tiers", where,
                    SC_PRICE_TIERS - 1);
        if (CHECK_FIELDS(object, where, names, err) ||
                read_tier(object, where, &tier, err) ||
                read_count(object, where, "above", &tier.above, err))
            return err->code;
        if (tier.above <= before->above)
            return sc_fail(err, SC_INVALID,
                    "%s: each tier must begin above more tokens than the one before it",
                    where);
        price->tiers[price->tier_count++] = tier;
    }
    return SC_OK;
}

/* Both or none: a price for the night without the hours of the day says nothing. */
static enum sc_code read_hours(const struct sc_json *entry, const char *where,
        struct sc_price *price, struct sc_error *err)
{
    static const char *const names[] = { "input", "cached", "output" };
    const struct sc_json *off_peak = sc_json_get(entry, "off_peak");
    const struct sc_json *peaks = sc_json_get(entry, "peak_utc");

    if (!off_peak && !peaks)
        return SC_OK;
    if (CHECK_FIELDS(off_peak, where, names, err) ||
            read_tier(off_peak, where, &price->off_peak, err))
        return sc_wrap(err, "off_peak");
    SC_JSON_EACH(hours, peaks)
    {
        int64_t from = -1, to = -1;

        if (price->peak_count == SC_PRICE_PEAKS || sc_json_count(hours) != 2 ||
                !sc_json_int(sc_json_at(hours, 0), &from) ||
                !sc_json_int(sc_json_at(hours, 1), &to) || from < 0 || to <= from ||
                to > LAST_HOUR)
            break;
        price->peaks[price->peak_count++] =
                (struct sc_price_hours){ .from = (int)from, .to = (int)to };
    }
    if (price->peak_count == 0 || price->peak_count != sc_json_count(peaks))
        return sc_fail(err, SC_INVALID,
                "%s: peak_utc must be a list of up to %d pairs of hours, as [[1, 4]]",
                where, SC_PRICE_PEAKS);
    return SC_OK;
}

enum sc_code sc_price_read(const struct sc_json *entry, const char *where,
        struct sc_price *ret_price, struct sc_error *err)
{
    static const char *const names[] = { "input", "cached", "output", "window",
        "max_output", "tiers", "off_peak", "peak_utc" };
    struct sc_price price = { .tier_count = 1, .known = true };

    if (CHECK_FIELDS(entry, where, names, err) ||
            read_tier(entry, where, &price.tiers[0], err) ||
            read_count(entry, where, "window", &price.window, err) ||
            read_count(entry, where, "max_output", &price.max_output, err) ||
            read_tiers(sc_json_get(entry, "tiers"), where, &price, err) ||
            read_hours(entry, where, &price, err))
        return err->code;
    *ret_price = price;
    return SC_OK;
}

static enum sc_code check_file(const struct sc_json *json, struct sc_error *err)
{
    static const char *const names[] = { "date", "models" };
    const struct sc_json *models = sc_json_get(json, "models");

    if (CHECK_FIELDS(json, "the file", names, err))
        return err->code;
    if (!sc_json_is(models, SC_JSON_OBJECT))
        return sc_fail(err, SC_INVALID,
                "the file must have 'models', as "
                "{\"models\": {\"NAME\": {\"input\": 0.3, "
                "\"output\": 1.2}}}");
    SC_JSON_EACH(entry, models)
    {
        struct sc_price price;
        char where[SC_PRICE_TEXT + 2];

        snprintf(where, sizeof(where), "'%.*s'", SC_PRICE_TEXT - 1, sc_json_key(entry));
        if (sc_price_read(entry, where, &price, err))
            return err->code;
    }
    return SC_OK;
}

struct sc_price_file *sc_price_file_read(
        const char *text, size_t len, struct sc_error *err)
{
    struct sc_json *json = sc_json_parse(text, len, NULL, err);
    struct sc_price_file *file;

    if (!json)
        return NULL;
    if (check_file(json, err)) {
        sc_json_free(json);
        return NULL;
    }
    file = sc_new(struct sc_price_file);
    file->json = json;
    return file;
}

void sc_price_file_free(struct sc_price_file *file)
{
    if (!file)
        return;
    sc_json_free(file->json);
    free(file);
}

static struct sc_price entry_price(const struct sc_json *entry)
{
    struct sc_price price = { 0 };
    struct sc_error err;
    enum sc_code code = sc_price_read(entry, "", &price, &err);

    SC_ASSERT(code == SC_OK); /* it was checked when it was read */
    return price;
}

bool sc_price_file_find(const struct sc_price_file *file, const char *provider,
        const char *model, struct sc_price *ret_price)
{
    const struct sc_json *models = file ? sc_json_get(file->json, "models") : NULL;
    const struct sc_json *entry = NULL;

    if (provider) {
        char *name = sc_strdupf("%s/%s", provider, model);

        entry = sc_json_get(models, name);
        free(name);
    }
    if (!entry)
        entry = sc_json_get(models, model);
    if (entry)
        *ret_price = entry_price(entry);
    return entry != NULL;
}

void sc_price_file_each(const struct sc_price_file *file, sc_price_fn *each, void *arg)
{
    SC_JSON_EACH(entry, file ? sc_json_get(file->json, "models") : NULL)
    {
        struct sc_price price = entry_price(entry);

        each(arg, sc_json_key(entry), &price);
    }
}

const char *sc_price_file_date(const struct sc_price_file *file)
{
    return sc_json_get_string(file->json, "date", "");
}
