/* fuzz: codec */
/* Any text as a number: what is read plainly, or as a locale writes it, is the same when
 * it has been written and read again. The first byte chooses the locale. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "codec/money.h"
#include "codec/tz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void assert_comes_back(const struct sc_money *amount)
{
    char text[SC_MONEY_TEXT];
    struct sc_money again;

    sc_money_format(amount, text);
    SC_ASSERT(sc_money_parse(text, &again, NULL) == SC_OK);
    SC_ASSERT(sc_money_compare(amount, &again) == 0 && amount->scale == again.scale);
}

static void assert_comes_back_locally(const struct sc_money *amount, const char *locale)
{
    struct sc_money again;
    struct sc_buf text;

    sc_buf_init(&text);
    if (sc_money_format_local(amount, NULL, locale, &text, NULL) == SC_OK) {
        SC_ASSERT(sc_money_parse_number(text.data, locale, &again, NULL) == SC_OK);
        SC_ASSERT(sc_money_compare(amount, &again) == 0);
    }
    sc_buf_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const locales[] = { "en", "de", "fr", "ja", "zh", "en_IN", "de_CH",
        "es", "pt_BR", "sv" };
    const char *locale = locales[size ? data[0] % 10 : 0];
    char *text = sc_strndup((const char *)data + (size > 0), size - (size > 0));
    char currency[SC_CURRENCY_TEXT];
    struct sc_iso_time time;
    struct sc_money amount;

    if (sc_money_parse(text, &amount, NULL) == SC_OK)
        assert_comes_back(&amount);
    if (sc_money_parse_local(text, locale, &amount, currency, NULL) == SC_OK) {
        assert_comes_back(&amount);
        assert_comes_back_locally(&amount, locale);
        SC_ASSERT(!currency[0] || sc_money_digits(currency) >= 0);
    }
    if (sc_iso_parse(text, &time, NULL) == SC_OK)
        SC_ASSERT(time.local.year > 0);
    free(text);
    return 0;
}
