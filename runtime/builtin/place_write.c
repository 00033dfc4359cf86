#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/id.h"
#include "base/mem.h"
#include "builtin/place.h"
#include "builtin/place_walk.h"

/* Is the file that fd has open one of the task's inputs? */
static bool is_same_file(const char *path, const struct stat *of)
{
    struct stat info;

    return *path == '/' && stat(path, &info) == 0 && info.st_dev == of->st_dev &&
           info.st_ino == of->st_ino;
}

static bool among(const struct sc_json *list, const struct stat *of)
{
    SC_JSON_EACH(item, list)
    {
        if (is_same_file(sc_json_string(item), of) ||
                (sc_json_is(item, SC_JSON_ARRAY) && among(item, of)))
            return true;
    }
    return false;
}

static bool has_content(int fd, const struct sc_place_write *write, off_t size)
{
    char piece[16384];
    size_t at = 0;

    if (size < 0 || (size_t)size != write->len)
        return false;
    while (at < write->len) {
        ssize_t n = read(fd, piece, sizeof(piece));

        if (n <= 0 || (size_t)n > write->len - at ||
                memcmp(piece, (const char *)write->data + at, (size_t)n) != 0)
            return false;
        at += (size_t)n;
    }
    return true;
}

/* What stands there already: *ret_same when it is the very content. */
static enum sc_code check_present(const struct sc_tool_context *context,
        const struct sc_place_write *write, int fd, bool *ret_same, struct sc_error *err)
{
    struct stat info;

    if (fstat(fd, &info) < 0 || !S_ISREG(info.st_mode))
        return sc_fail(err, SC_CONFLICT, "'%s' exists and is not a file", write->path);
    if (among(context->files, &info) || among(context->inputs, &info))
        return sc_fail(err, SC_DENIED,
                "'%s' is an input of the task and is not overwritten: choose another "
                "name",
                write->path);
    *ret_same = has_content(fd, write, info.st_size);
    if (!*ret_same && !write->overwrite)
        return sc_fail(err, SC_CONFLICT,
                "'%s' exists with other content: choose another name, or say overwrite",
                write->path);
    return SC_OK;
}

static bool write_whole(int fd, const struct sc_place_write *file)
{
    size_t at = 0;

    while (at < file->len) {
        ssize_t n = write(fd, (const char *)file->data + at, file->len - at);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        at += (size_t)n;
    }
    return fsync(fd) == 0;
}

/* A new file beside it, then its name at once. */
static enum sc_code replace(int parent, const char *last,
        const struct sc_place_write *write, struct sc_error *err)
{
    char temporary[40];
    int fd;
    enum sc_code code = SC_OK;

    snprintf(temporary, sizeof(temporary), ".%016llx.part",
            (unsigned long long)sc_random());
    fd = openat(parent, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
            0644);
    if (fd < 0)
        return sc_walk_failed(err, write->path);
    if (!write_whole(fd, write) || renameat(parent, temporary, parent, last) < 0) {
        code = sc_walk_failed(err, write->path);
        unlinkat(parent, temporary, 0);
    } else {
        fsync(parent);
    }
    close(fd);
    return code;
}

static enum sc_code write_in(const struct sc_tool_context *context, int parent,
        const char *last, const struct sc_place_write *write, struct sc_error *err)
{
    int fd = openat(parent, last, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    bool same = false;
    enum sc_code code;

    if (fd < 0 && errno == ELOOP)
        return sc_fail(
                err, SC_DENIED, "'%s' is a link, which is not followed", write->path);
    if (fd < 0 && errno != ENOENT)
        return sc_walk_failed(err, write->path);
    if (fd < 0)
        return replace(parent, last, write, err);
    code = check_present(context, write, fd, &same, err);
    close(fd);
    if (code != SC_OK || same)
        return code;
    return replace(parent, last, write, err);
}

/* Makes the folder and those above it. */
static bool make_folders(const char *path)
{
    char *part = sc_strdup(path);
    bool made = true;

    for (char *slash = strchr(part + 1, '/'); made && slash;
            slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        made = mkdir(part, 0755) == 0 || errno == EEXIST;
        *slash = '/';
    }
    made = made && (mkdir(path, 0755) == 0 || errno == EEXIST);
    free(part);
    return made;
}

/* The output folder; made when it is not there yet. */
static int open_out(const struct sc_tool_context *context, struct sc_error *err)
{
    int at;

    if (!context->out_dir) {
        sc_fail(err, SC_DENIED, "the task has no output folder");
        return -1;
    }
    at = open(context->out_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (at < 0 && errno == ENOENT && make_folders(context->out_dir))
        at = open(context->out_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (at < 0)
        sc_fail(err, SC_STORAGE,
                "the output folder '%s' cannot be used (%s): give another one with --out",
                context->out_dir, strerror(errno));
    return at;
}

enum sc_code sc_place_write(const struct sc_tool_context *context,
        const struct sc_place_write *write, char **ret_path, char **ret_name,
        struct sc_error *err)
{
    const char *last;
    enum sc_code code = sc_walk_check(write->path, err);
    int out, parent;

    if (code != SC_OK)
        return code;
    out = open_out(context, err);
    if (out < 0)
        return err ? err->code : SC_STORAGE;
    parent = sc_walk_parent(out, write->path, true, &last, err);
    close(out);
    if (parent < 0)
        return err ? err->code : SC_STORAGE;
    code = write_in(context, parent, last, write, err);
    close(parent);
    if (code == SC_OK) {
        *ret_path = sc_strdupf("%s/%s", context->out_dir, write->path);
        *ret_name = sc_strdup(write->path);
    }
    return code;
}
