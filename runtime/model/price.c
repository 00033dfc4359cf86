#include "model/price.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "codec/json.h"
#include "model/model.h"

enum { HOUR_MS = 3600 * 1000, HOURS = 24, WEEK_DAYS = 7, WORK_DAYS = 5 };

/* 1970-01-01 was a Thursday; Monday is 0. */
enum { FIRST_WEEKDAY = 3 };

static const int64_t million = 1000000;

extern const char sc_prices_json[]; /* prices.json, by sc_embed */
extern const size_t sc_prices_json_len;

/* --- the table: one line a model, so that one is found without parsing all --- */

/* Parses what stands between key and the end of its line. NULL when key is not there. */
static struct sc_json *parse_line(const char *key, size_t len)
{
    const char *line = memmem(sc_prices_json, sc_prices_json_len, key, len);
    const char *end;
    struct sc_json *json;

    if (!line)
        return NULL;
    line += len;
    end = strchr(line, '\n');
    if (end[-1] == ',')
        end--;
    json = sc_json_parse(line, (size_t)(end - line), NULL, NULL);
    SC_ASSERT(json);
    return json;
}

static struct sc_json *find_entry(const char *provider, const char *model)
{
    struct sc_buf name = { 0 }, key = { 0 };
    struct sc_json *entry;

    if (provider)
        sc_buf_addf(&name, "%s/", provider);
    sc_buf_adds(&name, model);
    sc_buf_addc(&key, '\n');
    sc_json_write_string(&key, name.data, name.len);
    sc_buf_addc(&key, ':');
    entry = parse_line(key.data, key.len);
    sc_buf_release(&name);
    sc_buf_release(&key);
    return entry;
}

void sc_price_about(char ret_date[SC_PRICE_TEXT], char ret_dearest[SC_PRICE_TEXT])
{
    static const char start[] = "{\"about\":";
    struct sc_json *json = parse_line(start, sizeof(start) - 1);

    SC_ASSERT(json);
    snprintf(ret_date, SC_PRICE_TEXT, "%s", sc_json_get_string(json, "date", ""));
    snprintf(ret_dearest, SC_PRICE_TEXT, "%s", sc_json_get_string(json, "dearest", ""));
    sc_json_free(json);
}

/* --- an entry as a struct --- */

static struct sc_price_tier read_tier(const struct sc_json *json)
{
    struct sc_price_tier tier = {
        .above = sc_json_get_int(json, "above", 0),
        .input = sc_json_get_int(json, "in", 0),
        .output = sc_json_get_int(json, "out", 0),
    };

    tier.cached = sc_json_get_int(json, "cached", tier.input);
    return tier;
}

static void read_entry(const struct sc_json *entry, struct sc_price *price)
{
    const struct sc_json *off_peak = sc_json_get(entry, "off_peak");

    *price = (struct sc_price){
        .window = sc_json_get_int(entry, "window", 0),
        .max_output = sc_json_get_int(entry, "max_out", 0),
    };
    SC_JSON_EACH(tier, sc_json_get(entry, "tiers"))
    {
        SC_ASSERT(price->tier_count < SC_PRICE_TIERS);
        price->tiers[price->tier_count++] = read_tier(tier);
    }
    if (!off_peak)
        return;
    price->off_peak = read_tier(off_peak);
    SC_JSON_EACH(hours, sc_json_get(entry, "peak_utc"))
    {
        int64_t from = 0, to = 0;

        SC_ASSERT(price->peak_count < SC_PRICE_PEAKS);
        (void)sc_json_int(sc_json_at(hours, 0), &from);
        (void)sc_json_int(sc_json_at(hours, 1), &to);
        price->peaks[price->peak_count++] =
                (struct sc_price_hours){ .from = (int)from, .to = (int)to };
    }
}

void sc_price_find(const char *provider, const char *model, struct sc_price *ret_price)
{
    char date[SC_PRICE_TEXT], dearest[SC_PRICE_TEXT];
    struct sc_json *entry = provider ? find_entry(provider, model) : NULL;
    bool known;

    if (!entry)
        entry = find_entry(NULL, model);
    known = entry != NULL;
    if (!entry) {
        sc_price_about(date, dearest);
        entry = find_entry(NULL, dearest);
        SC_ASSERT(entry);
    }
    read_entry(entry, ret_price);
    ret_price->known = known;
    if (!known)
        ret_price->window = ret_price->max_output = 0;
    sc_json_free(entry);
}

void sc_price_each(sc_price_fn *each, void *arg)
{
    struct sc_json *all = sc_json_parse(sc_prices_json, sc_prices_json_len, NULL, NULL);

    SC_ASSERT(all);
    SC_JSON_EACH(entry, sc_json_get(all, "models"))
    {
        struct sc_price price;

        read_entry(entry, &price);
        price.known = true;
        each(arg, sc_json_key(entry), &price);
    }
    sc_json_free(all);
}

/* --- costs --- */

/* Public holidays, when it is cheaper too, are not known here: that errs high. */
static bool is_peak(const struct sc_price *price, int64_t wall_ms)
{
    int64_t hours = wall_ms / HOUR_MS;
    int hour = (int)(hours % HOURS);
    int weekday = (int)((hours / HOURS + FIRST_WEEKDAY) % WEEK_DAYS);

    if (weekday >= WORK_DAYS)
        return false;
    for (size_t i = 0; i < price->peak_count; i++)
        if (hour >= price->peaks[i].from && hour < price->peaks[i].to)
            return true;
    return false;
}

static const struct sc_price_tier *tier_of(
        const struct sc_price *price, int64_t input_tokens)
{
    const struct sc_price_tier *tier = &price->tiers[0];

    for (size_t i = 1; i < price->tier_count; i++)
        if (input_tokens > price->tiers[i].above)
            tier = &price->tiers[i];
    return tier;
}

static int64_t micro_of(
        const struct sc_price_tier *tier, int64_t fresh, int64_t cached, int64_t output)
{
    int64_t sum = fresh * tier->input + cached * tier->cached + output * tier->output;

    return sum / million + (sum % million != 0);
}

/* What is put into a cache for five minutes costs a quarter more. */
static int64_t of_writing(const struct sc_price_tier *tier, int64_t written)
{
    int64_t sum = written * tier->input / 4;

    return sum / million + (sum % million != 0);
}

/* Token counts come from outside: keeps the products within 64 bits. */
static int64_t sane(int64_t tokens)
{
    static const int64_t most = 1000000000;

    if (tokens < 0)
        return 0;
    return tokens > most ? most : tokens;
}

void sc_price_usage(
        const struct sc_price *price, int64_t wall_ms, struct sc_model_usage *usage)
{
    const struct sc_price_tier *tier = tier_of(price, usage->input_tokens);
    int64_t input = sane(usage->input_tokens), cached = sane(usage->cached_tokens);
    int64_t written = sane(usage->written_tokens);

    if (price->peak_count && !is_peak(price, wall_ms))
        tier = &price->off_peak;
    if (cached > input)
        cached = input;
    if (written > input - cached)
        written = input - cached;
    usage->cost_micro =
            micro_of(tier, input - cached, cached, sane(usage->output_tokens)) +
            of_writing(tier, written);
    usage->cost_known = price->known;
}

int64_t sc_price_worst(
        const struct sc_price *price, int64_t input_tokens, int64_t output_tokens)
{
    const struct sc_price_tier *tier = tier_of(price, input_tokens);

    return micro_of(tier, sane(input_tokens), 0, sane(output_tokens)) +
           (tier->cached < tier->input ? of_writing(tier, sane(input_tokens)) : 0);
}
