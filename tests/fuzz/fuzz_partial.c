/* fuzz: plan */
/* Any text as a plan that arrives in pieces: how it is cut does not matter, and the steps
 * of what is JSON are those of the whole. The first byte says how long a piece is. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "plan/partial.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct sc_json *fed(const char *text, size_t len, size_t piece)
{
    struct sc_partial *partial = sc_partial_new();
    struct sc_json *steps = sc_json_new_array();

    for (size_t at = 0; at < len; at += piece)
        sc_partial_feed(partial, text + at, len - at < piece ? len - at : piece, steps);
    sc_partial_free(partial);
    return steps;
}

static bool all_objects(const struct sc_json *list)
{
    SC_JSON_EACH(item, list)
    {
        if (!sc_json_is(item, SC_JSON_OBJECT))
            return false;
    }
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data + 1;
    struct sc_json *whole, *pieces, *json;
    const struct sc_json *steps;

    if (size < 2)
        return 0;
    whole = fed(text, size - 1, size);
    pieces = fed(text, size - 1, 1 + (size_t)data[0] % 64);
    SC_ASSERT(sc_json_equal(whole, pieces));
    json = sc_json_parse(text, size - 1, NULL, NULL);
    steps = sc_json_get(json, "steps");
    if (sc_json_is(steps, SC_JSON_ARRAY) && all_objects(steps))
        SC_ASSERT(sc_json_equal(whole, steps));
    else if (json && !sc_json_is(steps, SC_JSON_ARRAY))
        SC_ASSERT(sc_json_count(whole) == 0);
    sc_json_free(json);
    sc_json_free(pieces);
    sc_json_free(whole);
    return 0;
}
