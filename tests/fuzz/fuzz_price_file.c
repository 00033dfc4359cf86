/* fuzz: model */
/* Fuzzes price files: one that was taken gives every price that it names, none below
 * zero, tiers in order. */
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "model/price_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(void *arg, const char *name, const struct sc_price *price)
{
    const struct sc_price_file *file = arg;
    struct sc_price found;

    SC_ASSERT(sc_price_file_find(file, NULL, name, &found) && found.known);
    SC_ASSERT(price->tier_count >= 1 && price->tier_count <= SC_PRICE_TIERS);
    for (size_t i = 0; i < price->tier_count; i++) {
        SC_ASSERT(price->tiers[i].input >= 0 && price->tiers[i].output >= 0);
        SC_ASSERT(i == 0 || price->tiers[i].above > price->tiers[i - 1].above);
    }
    SC_ASSERT(sc_price_worst(price, 1000000, 1000000) >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sc_error err;
    struct sc_price_file *file = sc_price_file_read((const char *)data, size, &err);

    SC_ASSERT(file || err.msg[0]);
    if (file)
        sc_price_file_each(file, check, file);
    sc_price_file_free(file);
    return 0;
}
