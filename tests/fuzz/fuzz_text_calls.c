/* fuzz: model */
/* The first byte is the mode, the rest what a model wrote. Whatever it is, calls that are
 * found lie within it and have names that were offered, unless tools were in words. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/text_calls.h"

static const char names[] = "orders__list\0orders__refund";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sc_text_source source = { .names = names, .names_len = sizeof(names) };
    struct sc_calls calls = { 0 };
    struct sc_buf said = { 0 };
    size_t len = 0;
    char *text;

    if (size == 0)
        return 0;
    source.mode = (enum sc_text_calls)(data[0] % 3);
    text = sc_strndup((const char *)data + 1, size - 1);
    source.text = text;
    if (sc_calls_from_text(&calls, &source, &said, &len)) {
        SC_ASSERT(source.mode != SC_TEXT_CALLS_NONE);
        SC_ASSERT(calls.count > 0 && len <= strlen(text) && said.len <= len);
        SC_ASSERT(strncmp(sc_buf_text(&said), text, said.len) == 0);
        for (size_t i = 0; i < calls.count && source.mode == SC_TEXT_CALLS_MAYBE; i++)
            SC_ASSERT(strncmp(calls.items[i].name, "orders__", 8) == 0);
    } else {
        SC_ASSERT(calls.count == 0);
    }
    sc_calls_release(&calls);
    sc_buf_release(&said);
    free(text);
    return 0;
}
