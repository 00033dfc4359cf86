/* fuzz: codec */
/* Any bytes as JSON: what is read, written and read again is the same value, compact,
 * indented and canonical. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The text must be JSON for the same value. */
static void assert_means(const struct sc_buf *text, const struct sc_json *item)
{
    struct sc_json *again = sc_json_parse(text->data, text->len, NULL, NULL);

    SC_ASSERT(again != NULL);
    SC_ASSERT(sc_json_equal(again, item));
    sc_json_free(again);
}

static void use(const struct sc_json *item)
{
    char hash[SC_HASH_TEXT], hash_of_copy[SC_HASH_TEXT];
    struct sc_json *copy = sc_json_copy(item);
    struct sc_buf text;
    int64_t whole;
    double value;

    sc_buf_init(&text);
    sc_json_write(&text, item);
    assert_means(&text, item);
    sc_buf_clear(&text);
    sc_json_write_pretty(&text, item);
    assert_means(&text, item);
    sc_buf_clear(&text);
    sc_json_write_canonical(&text, item);
    assert_means(&text, item);
    sc_buf_release(&text);
    SC_ASSERT(sc_json_equal(item, copy));
    sc_json_hash(item, hash);
    sc_json_hash(copy, hash_of_copy);
    SC_ASSERT(strcmp(hash, hash_of_copy) == 0);
    if (sc_json_int(item, &whole))
        SC_ASSERT(sc_json_double(item, &value));
    sc_json_free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sc_error err = { 0 };
    struct sc_json *item = sc_json_parse((const char *)data, size, NULL, &err);

    SC_ASSERT((item != NULL) == (err.code == SC_OK));
    if (item)
        use(item);
    sc_json_free(item);
    return 0;
}
