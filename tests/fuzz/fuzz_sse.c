/* fuzz: codec */
/* Any bytes as a stream of events: the size of the pieces (the first byte) changes
 * nothing. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/sse.h"

enum { MOST_BYTES = 512 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_event(void *arg, const struct sc_sse_event *event)
{
    SC_ASSERT(event->data[event->len] == '\0' && event->len <= MOST_BYTES);
    sc_buf_addf(arg, "\n%s|%zu|%s|", event->type, event->len, event->id);
    sc_buf_add(arg, event->data, event->len);
}

static void on_comment(void *arg, const char *text)
{
    sc_buf_addf(arg, "\n:%s", text);
}

static void read_stream(
        const char *data, size_t size, size_t piece, struct sc_buf *ret_seen)
{
    const struct sc_sse_handler handler = { on_event, on_comment, ret_seen };
    enum sc_code code = SC_OK;
    struct sc_sse sse;

    sc_buf_init(ret_seen);
    sc_sse_init(&sse, &handler, MOST_BYTES);
    for (size_t at = 0; at < size && code == SC_OK; at += piece)
        code = sc_sse_feed(&sse, data + at, size - at < piece ? size - at : piece, NULL);
    sc_buf_addf(ret_seen, "\n%s", sc_code_word(code));
    sc_sse_release(&sse);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sc_buf whole, pieces;

    if (size == 0)
        return 0;
    read_stream((const char *)data + 1, size - 1, size, &whole);
    read_stream((const char *)data + 1, size - 1, data[0] + 1u, &pieces);
    SC_ASSERT(whole.len == pieces.len && memcmp(whole.data, pieces.data, whole.len) == 0);
    sc_buf_release(&whole);
    sc_buf_release(&pieces);
    return 0;
}
