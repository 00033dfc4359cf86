/* model.look: what is in images of the task. */
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/mem.h"
#include "builtin/ask_model.h"
#include "builtin/place.h"
#include "loop/work.h"

enum { MAX_IMAGE = 5 * 1024 * 1024 };

/* Of one call, until the images are read. */
struct reading {
    struct sc_json *urls;
};

/* By its first bytes; NULL: none that models take. */
static const char *type_of(const char *data, size_t len)
{
    static const struct {
        const char *start;
        size_t len;
        const char *type;
    } types[] = {
        { "\x89PNG\r\n\x1a\n", 8, "image/png" },
        { "\xff\xd8\xff", 3, "image/jpeg" },
        { "GIF87a", 6, "image/gif" },
        { "GIF89a", 6, "image/gif" },
    };

    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
        if (len >= types[i].len && memcmp(data, types[i].start, types[i].len) == 0)
            return types[i].type;
    if (len >= 12 && memcmp(data, "RIFF", 4) == 0 && memcmp(data + 8, "WEBP", 4) == 0)
        return "image/webp";
    return NULL;
}

static char *url_of(const char *type, const char *data, size_t len)
{
    size_t room = sodium_base64_ENCODED_LEN(len, sodium_base64_VARIANT_ORIGINAL);
    char *text = sc_zalloc(room), *url;

    sodium_bin2base64(
            text, room, (const unsigned char *)data, len, sodium_base64_VARIANT_ORIGINAL);
    url = sc_strdupf("data:%s;base64,%s", type, text);
    free(text);
    return url;
}

/* On the thread pool. */
static enum sc_code read_images(void *data, struct sc_error *err)
{
    struct sc_builtin_call *call = data;
    struct reading *reading = call->state;

    SC_JSON_EACH(path, sc_json_get(call->args, "paths"))
    {
        const char *name = sc_json_string(path), *type;
        size_t len;
        char *bytes = sc_place_read(call->request.context, name, MAX_IMAGE, &len, err),
             *url;

        if (!bytes)
            return err->code;
        type = type_of(bytes, len);
        if (!type) {
            free(bytes);
            return sc_fail(err, SC_INVALID,
                    "'%s' is no image that models take: PNG, JPEG, GIF or WebP", name);
        }
        url = url_of(type, bytes, len);
        sc_json_append(reading->urls, sc_json_new_string(url));
        free(url);
        free(bytes);
    }
    return SC_OK;
}

static struct sc_json *seen(
        const struct sc_builtin_call *call, const struct sc_json *answer)
{
    struct sc_json *result = sc_json_new_object();

    sc_json_add(result, sc_json_get(call->args, "schema") ? "value" : "text",
            sc_json_copy(answer));
    return result;
}

static void on_read(struct sc_op *op, const struct sc_error *err)
{
    struct sc_builtin_call *call = op->arg;
    struct reading *reading = call->state;
    struct sc_model_work work = {
        .rules = "Look at the images and answer what is asked about them. Say what is to "
                 "be seen; what cannot be made out, say so.",
        .wish = sc_json_get_string(call->args, "question", ""),
        .take_images = reading->urls,
        .result = seen,
    };

    call->inner = NULL;
    call->state = NULL;
    free(reading);
    if (err) {
        sc_json_free(work.take_images);
        sc_builtin_call_fail(call, err);
        return;
    }
    if (sc_json_get(call->args, "schema"))
        work.take_schema = sc_json_copy(sc_json_get(call->args, "schema"));
    sc_ask_model(call, &work);
}

void sc_model_look(struct sc_builtin_call *call)
{
    struct reading *reading = sc_new(struct reading);

    reading->urls = sc_json_new_array();
    call->state = reading;
    sc_builtin_call_wait_for(
            call, sc_work_start(call->op.scope, read_images, call, on_read, call));
}
