#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "plan/route.h"
#include "plan/route_words.h"

/* How values of each type are said; files and currencies twice, for phrases that name two
 * of them. */
static const char *value_of(enum sc_slot_type type, const char *language, int nth)
{
    static const struct {
        enum sc_slot_type type;
        const char *language;
        const char *values[2];
    } said[] = {
        { SC_SLOT_MARKET, "zh", { "德国", "日本" } },
        { SC_SLOT_MARKET, "ja", { "ドイツ", "日本" } },
        { SC_SLOT_MARKET, NULL, { "Germany", "Japan" } },
        { SC_SLOT_CURRENCY, "zh", { "美元", "欧元" } },
        { SC_SLOT_CURRENCY, "ja", { "ドル", "ユーロ" } },
        { SC_SLOT_CURRENCY, NULL, { "USD", "EUR" } },
        { SC_SLOT_FILE, NULL, { "catalog.xlsx", "orders.csv" } },
        { SC_SLOT_PERCENT, NULL, { "20%", "30%" } },
        { SC_SLOT_DATE, NULL, { "2026-11-27", "2026-12-24" } },
    };

    for (size_t i = 0; i < sizeof(said) / sizeof(*said); i++) {
        if (said[i].type == type &&
                (!said[i].language || strcmp(said[i].language, language) == 0))
            return said[i].values[nth % 2];
    }
    return nth % 2 ? "12" : "7";
}

char *sc_route_example(
        const char *phrase, const struct sc_json *inputs, const char *language)
{
    int used[SC_SLOT_NONE + 1] = { 0 };
    struct sc_buf out;
    const char *open, *close;

    sc_buf_init(&out);
    for (; (open = strchr(phrase, '{')) && (close = strchr(open, '}'));
            phrase = close + 1) {
        char *name = sc_strndup(open + 1, (size_t)(close - open - 1));
        enum sc_slot_type type = sc_route_slot_of(
                sc_json_get_string(sc_json_get(inputs, name), "type", "text"));

        sc_buf_add(&out, phrase, (size_t)(open - phrase));
        sc_buf_adds(&out, value_of(type, language, used[type]++));
        free(name);
    }
    sc_buf_adds(&out, phrase);
    return sc_buf_detach(&out);
}
