/* fuzz: codec */
/* An array of a schema and a value: the schema is refused with a sentence, or checks the
 * value, and the value is wrong if and only if something is said about it. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "codec/schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use(const struct sc_json *document, const struct sc_json *value,
        enum sc_schema_draft draft)
{
    const struct sc_schema_options options = { .draft = draft, .assert_format = true };
    struct sc_error err = { 0 };
    struct sc_json *errors = NULL;
    struct sc_schema *schema = sc_schema_new(document, &options, &err);

    SC_ASSERT((schema != NULL) == (err.code == SC_OK));
    if (!schema)
        return;
    if (sc_schema_check(schema, value, "args", 8, &errors))
        SC_ASSERT(!errors && sc_schema_check(schema, value, NULL, 0, NULL));
    else
        SC_ASSERT(sc_json_count(errors) > 0);
    sc_json_free(errors);
    sc_schema_free(schema);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sc_json *pair = sc_json_parse((const char *)data, size, NULL, NULL);

    if (sc_json_is(pair, SC_JSON_ARRAY) && sc_json_count(pair) == 2) {
        use(sc_json_at(pair, 0), sc_json_at(pair, 1), SC_DRAFT_2020_12);
        use(sc_json_at(pair, 0), sc_json_at(pair, 1), SC_DRAFT_7);
    }
    sc_json_free(pair);
    return 0;
}
