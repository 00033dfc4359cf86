#include "builtin/place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/id.h"
#include "base/mem.h"
#include "builtin/place_walk.h"

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* --- what the person gave --- */

/* Is it among the inputs of the task, as a text or in a list of texts? */
static bool is_input(const struct sc_json *inputs, const char *path)
{
    SC_JSON_EACH(input, inputs)
    {
        if (sc_json_is(input, SC_JSON_STRING) && strcmp(sc_json_string(input), path) == 0)
            return true;
        if (!sc_json_is(input, SC_JSON_ARRAY))
            continue;
        SC_JSON_EACH(item, input)
        {
            if (strcmp(sc_json_string(item), path) == 0)
                return true;
        }
    }
    return false;
}

/* Below a folder the person gave? Then the rest of the path. */
static const char *rest_below(const char *folder, const char *path)
{
    size_t len = strlen(folder);

    while (len > 1 && folder[len - 1] == '/')
        len--;
    if (strncmp(folder, path, len) != 0 || path[len] != '/')
        return NULL;
    return path + len + 1;
}

static int open_below(const char *folder, const char *path, struct sc_error *err)
{
    int at = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int fd;

    if (at < 0) {
        sc_walk_failed(err, path);
        return -1;
    }
    fd = sc_walk_open(at, path, err);
    close(at);
    return fd;
}

static int open_given(const char *path, struct sc_error *err)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

    if (fd < 0)
        sc_walk_failed(err, last_part(path));
    return fd;
}

/* The one given file that the name means: its whole path, or its last part. NULL when
 * there is none; *ret_many when there are several. */
static const char *find_given(
        const struct sc_tool_context *context, const char *path, bool *ret_many)
{
    const char *found = NULL;

    *ret_many = false;
    SC_JSON_EACH(file, context->files)
    {
        const char *given = sc_json_string(file);

        if (strcmp(given, path) == 0)
            return given;
        if (strcmp(last_part(given), path) != 0)
            continue;
        *ret_many = *ret_many || (found && strcmp(found, given) != 0);
        found = given;
    }
    if (!found && *path == '/' && is_input(context->inputs, path))
        return path;
    return found;
}

static int open_below_given(const struct sc_tool_context *context, const char *path,
        bool *ret_tried, struct sc_error *err)
{
    SC_JSON_EACH(file, context->files)
    {
        const char *rest = rest_below(sc_json_string(file), path);

        if (rest) {
            *ret_tried = true;
            return open_below(sc_json_string(file), rest, err);
        }
    }
    return -1;
}

static int open_any(
        const struct sc_tool_context *context, const char *path, struct sc_error *err)
{
    bool many, tried = false;
    const char *given = find_given(context, path, &many);
    const char *rest = context->out_dir ? rest_below(context->out_dir, path) : NULL;
    int fd;

    if (many) {
        sc_fail(err, SC_CONFLICT, "several files are called '%s': give the whole path",
                path);
        return -1;
    }
    if (given)
        return open_given(given, err);
    fd = open_below_given(context, path, &tried, err);
    if (tried)
        return fd;
    if (sc_walk_check(rest ? rest : path, err) != SC_OK)
        return -1;
    if (!context->out_dir) {
        sc_fail(err, SC_NOT_FOUND, "there is no file '%s' among the task's files", path);
        return -1;
    }
    fd = open_below(context->out_dir, rest ? rest : path, err);
    return fd;
}

int sc_place_open(const struct sc_tool_context *context, const char *path,
        size_t max_bytes, struct sc_error *err)
{
    int fd = open_any(context, path, err);
    struct stat info;

    if (fd < 0)
        return -1;
    if (fstat(fd, &info) < 0 || !S_ISREG(info.st_mode))
        sc_fail(err, SC_INVALID, "'%s' is not a file", last_part(path));
    else if ((unsigned long long)info.st_size > max_bytes)
        sc_fail(err, SC_INVALID, "'%s' has %lld MB; at most %zu MB are read (max_bytes)",
                last_part(path), (long long)info.st_size / 1000000, max_bytes / 1000000);
    else
        return fd;
    close(fd);
    return -1;
}

static char *read_all(int fd, size_t max_bytes, size_t *ret_len, struct sc_error *err)
{
    struct stat info;
    size_t len = 0, cap;
    char *data;
    ssize_t n = 1;

    if (fstat(fd, &info) < 0) {
        sc_walk_failed(err, "file");
        return NULL;
    }
    cap = (size_t)info.st_size < max_bytes ? (size_t)info.st_size : max_bytes;
    data = sc_try_realloc(NULL, cap + 1);
    if (!data) {
        sc_fail(err, SC_NO_MEMORY, "no memory for a file of %zu bytes", cap);
        return NULL;
    }
    while (len < cap && n > 0) {
        n = read(fd, data + len, cap - len);
        if (n > 0)
            len += (size_t)n;
        else if (n < 0 && errno == EINTR)
            n = 1;
    }
    if (n < 0) {
        sc_walk_failed(err, "file");
        free(data);
        return NULL;
    }
    data[len] = '\0';
    *ret_len = len;
    return data;
}

char *sc_place_read(const struct sc_tool_context *context, const char *path,
        size_t max_bytes, size_t *ret_len, struct sc_error *err)
{
    int fd = sc_place_open(context, path, max_bytes, err);
    char *data;

    if (fd < 0)
        return NULL;
    data = read_all(fd, max_bytes, ret_len, err);
    close(fd);
    return data;
}
