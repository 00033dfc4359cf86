#include "builtin/measure.h"

#include <stdio.h>
#include <string.h>

#include "codec/money.h"

static const struct weight {
    const char *name;
    const char *kg;
} weights[] = {
    { "kg", "1" },
    { "kgs", "1" },
    { "kilo", "1" },
    { "公斤", "1" },
    { "千克", "1" },
    { "キロ", "1" },
    { "g", "0.001" },
    { "gr", "0.001" },
    { "gram", "0.001" },
    { "grams", "0.001" },
    { "gramm", "0.001" },
    { "克", "0.001" },
    { "グラム", "0.001" },
    { "斤", "0.5" },
    { "lb", "0.45359237" },
    { "lbs", "0.45359237" },
    { "磅", "0.45359237" },
    { "oz", "0.028349523125" },
    { "盎司", "0.028349523125" },
};

static const struct weight *weight_of(const char *unit, size_t len)
{
    for (size_t i = 0; i < sizeof(weights) / sizeof(*weights); i++) {
        if (strlen(weights[i].name) == len && strncmp(weights[i].name, unit, len) == 0)
            return &weights[i];
    }
    return NULL;
}

bool sc_measure_is_weight(const char *unit, size_t len)
{
    return weight_of(unit, len) != NULL;
}

size_t sc_measure_split(const char *text)
{
    size_t len = strlen(text), longest = 0;

    for (size_t i = 0; i < sizeof(weights) / sizeof(*weights); i++) {
        size_t n = strlen(weights[i].name);

        if (n > longest && n < len && strcmp(text + len - n, weights[i].name) == 0)
            longest = n;
    }
    return len - longest;
}

static bool times(const char *number, const char *factor, char *ret_number, size_t size)
{
    struct sc_money a, b, product;
    char text[SC_MONEY_TEXT];

    if (sc_money_parse(number, &a, NULL) != SC_OK ||
            sc_money_parse(factor, &b, NULL) != SC_OK ||
            sc_money_mul(&a, &b, &product, NULL) != SC_OK)
        return false;
    sc_money_format(&product, text);
    return (size_t)snprintf(ret_number, size, "%s", text) < size;
}

bool sc_measure_to_kg(const char *number, const char *unit, char *ret_number, size_t size)
{
    const struct weight *weight = weight_of(unit, strlen(unit));

    return weight && times(number, weight->kg, ret_number, size);
}

bool sc_measure_to_percent(const char *number, char *ret_number, size_t size)
{
    return times(number, "100", ret_number, size);
}
