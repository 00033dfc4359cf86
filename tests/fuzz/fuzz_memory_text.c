/* fuzz: memory */
/* Any text as what is to be remembered: pieces are whole, short enough and not empty,
 * whatever the kind of file (the first byte); terms and keys are UTF-8, and a text finds
 * itself. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "memory/cut.h"
#include "store/terms.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_utf8(const char *text)
{
    size_t len = strlen(text);

    SC_ASSERT(sc_utf8_valid(text, len) == len);
}

/* Every term of a query is a term of the index. */
static void check_terms(const char *text)
{
    struct sc_terms *terms = sc_new(struct sc_terms);
    char *kept = sc_terms_of(text), *key = sc_terms_key(text);

    check_utf8(kept);
    check_utf8(key);
    sc_terms_read(terms, text);
    for (size_t i = 0; i < terms->count; i++) {
        char *term = sc_strdupf("%s ", terms->items[i].text);

        check_utf8(term);
        SC_ASSERT(strstr(kept, term) != NULL);
        free(term);
    }
    free(terms);
    free(kept);
    free(key);
}

static void on_piece(void *arg, const char *piece)
{
    (void)arg;
    SC_ASSERT(*piece != '\0' && strlen(piece) <= SC_PIECE_MAX);
    check_utf8(piece);
    check_terms(piece);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = { "a.txt", "a.md", "a.csv", "a.json" };
    char *text;

    if (size < 1)
        return 0;
    text = sc_strndup((const char *)data + 1, size - 1);
    text[sc_utf8_valid(text, strlen(text))] = '\0';
    check_terms(text);
    sc_cut(names[data[0] % 4], text, strlen(text), on_piece, NULL);
    free(text);
    return 0;
}
