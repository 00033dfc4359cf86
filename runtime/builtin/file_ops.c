#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "builtin/call.h"
#include "builtin/decode.h"
#include "builtin/note.h"
#include "builtin/place.h"

enum { DEFAULT_TEXT_BYTES = 8388608 };

/* --- file.list --- */

struct listing {
    struct sc_json *files;
    const char *pattern;
};

static void on_file(void *arg, const struct sc_place_file *file)
{
    struct listing *l = arg;
    const char *slash = strrchr(file->name, '/');
    char modified[SC_TIME_TEXT];
    struct sc_json *one;

    if (l->pattern && fnmatch(l->pattern, slash ? slash + 1 : file->name, 0) != 0)
        return;
    one = sc_json_append(l->files, sc_json_new_object());
    sc_time_format(file->modified_ms, modified);
    sc_json_set_string(one, "name", file->name);
    sc_json_set_string(one, "path", file->path);
    sc_json_set_int(one, "bytes", file->bytes);
    sc_json_set_string(one, "modified", modified);
    sc_json_set_string(one, "from", file->input ? "in" : "out");
}

enum sc_code sc_file_ops_list(struct sc_builtin_call *call, struct sc_error *err)
{
    const char *from = sc_json_get_string(call->args, "from", "both");
    struct sc_json *value = sc_json_new_object();
    struct listing l = { .files = sc_json_set(value, "files", sc_json_new_array()),
        .pattern = sc_json_get_string(call->args, "pattern", NULL) };

    (void)err;
    if (!sc_place_list(call->request.context, strcmp(from, "out") != 0,
                strcmp(from, "in") != 0, on_file, &l)) {
        sc_note(sc_json_set(value, "notes", sc_json_new_array()),
                "there are more files than are listed");
    }
    call->outcome.value = value;
    return SC_OK;
}

/* --- file.read --- */

enum sc_code sc_file_ops_read(struct sc_builtin_call *call, struct sc_error *err)
{
    const char *path = sc_json_get_string(call->args, "path", "");
    size_t max = (size_t)sc_json_get_int(call->args, "max_bytes", DEFAULT_TEXT_BYTES);
    const char *encoding = sc_json_get_string(call->args, "encoding", "auto");
    size_t len;
    char *data = sc_place_read(call->request.context, path, max, &len, err);
    struct sc_json *value;
    struct sc_buf text;
    enum sc_code code;

    if (!data)
        return err->code;
    sc_buf_init(&text);
    code = sc_decode(data, len, &encoding, &text, err);
    free(data);
    if (code == SC_OK) {
        value = sc_json_new_object();
        sc_json_set(value, "text", sc_json_new_string_len(sc_buf_text(&text), text.len));
        sc_json_set_int(value, "bytes", (int64_t)len);
        sc_json_set_string(value, "encoding", encoding);
        call->outcome.value = value;
    }
    sc_buf_release(&text);
    return code;
}

/* --- file.write --- */

enum sc_code sc_file_ops_write(struct sc_builtin_call *call, struct sc_error *err)
{
    const char *text = sc_json_get_string(call->args, "text", "");
    struct sc_place_write write = {
        .path = sc_json_get_string(call->args, "path", ""),
        .data = text,
        .len = strlen(text),
        .overwrite = sc_json_get_bool(call->args, "overwrite", false),
    };
    char *path, *name;
    struct sc_json *value;
    enum sc_code code = sc_place_write(call->request.context, &write, &path, &name, err);

    if (code != SC_OK)
        return code;
    value = sc_json_new_object();
    sc_json_set_string(value, "path", path);
    sc_json_set_string(value, "name", name);
    sc_json_set_int(value, "bytes", (int64_t)write.len);
    free(path);
    free(name);
    call->outcome.value = value;
    return SC_OK;
}
