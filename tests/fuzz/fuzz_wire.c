/* fuzz: worker */
/* Any bytes from the other side of the socket: frames within their bounds, or an error;
 * and the same frames however the bytes arrive. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/json.h"
#include "worker/wire.h"
#include "worker/wire_error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at(const struct sc_frame *frame)
{
    struct sc_error err = { 0 };
    struct sc_json *json = sc_json_parse(frame->data, frame->len, NULL, &err);

    if (json)
        sc_wire_error_read(json, &err);
    sc_json_free(json);
}

/* Reads one frame from the front; bytes used, or 0. *ret_broken: it is none. */
static size_t read_one(const char *bytes, size_t size, bool *ret_broken)
{
    struct sc_frame frame = { 0 };
    struct sc_error err = { 0 };
    size_t used = 0;

    *ret_broken = sc_frame_read(bytes, size, &frame, &used, &err) != SC_OK;
    if (*ret_broken) {
        SC_ASSERT(err.code == SC_PROTOCOL && err.msg[0] && used == 0);
    } else if (used > 0) {
        SC_ASSERT(used <= size && used == frame.len + SC_FRAME_HEAD);
        SC_ASSERT(frame.data == bytes + SC_FRAME_HEAD);
        SC_ASSERT(frame.kind > 0 && frame.kind < SC_FRAME_KINDS);
        look_at(&frame);
    }
    return used;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *bytes = sc_strndup((const char *)data, size); /* exactly so many readable */
    size_t at = 0, used;
    bool broken, broken_before;

    do {
        used = read_one(bytes + at, size - at, &broken);
        /* With one byte less it is not whole yet, unless the head was wrong already. */
        if (used > 0) {
            SC_ASSERT(read_one(bytes + at, used - 1, &broken_before) == 0);
            SC_ASSERT(!broken_before);
        }
        at += used;
    } while (used > 0);
    free(bytes);
    return 0;
}
