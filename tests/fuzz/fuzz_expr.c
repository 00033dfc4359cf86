/* fuzz: plan */
/* Any text as an expression and as a string with holes: read or refused, nothing else. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "plan/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = sc_strndup((const char *)data, size);
    struct sc_arena arena = { 0 };
    struct sc_error err = { 0 };
    struct sc_node *node = sc_expr_parse(&arena, text, size, &err);
    struct sc_text split;

    if (node) {
        sc_expr_uses(&arena, node);
        sc_expr_plain(&arena, node);
    } else {
        SC_ASSERT(err.code == SC_INVALID && err.msg[0]);
    }
    (void)!sc_text_read(&arena, text, &split, &err);
    sc_arena_release(&arena);
    free(text);
    return 0;
}
