#include "builtin/place_walk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/utf8.h"

enum { MAX_PARTS = 16 };

static bool is_up_or_here(const char *part, size_t len)
{
    return (len == 1 && part[0] == '.') || (len == 2 && part[0] == '.' && part[1] == '.');
}

static bool has_control(const char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return true;
    }
    return false;
}

enum sc_code sc_walk_check(const char *path, struct sc_error *err)
{
    size_t parts = 0;

    if (!*path || has_control(path) || sc_utf8_valid(path, strlen(path)) != strlen(path))
        return sc_fail(err, SC_INVALID, "path: '%s' is not a name of a file", path);
    if (*path == '/')
        return sc_fail(err, SC_DENIED, "path: '%s' is outside the task's folders", path);
    for (const char *part = path; part; parts++) {
        size_t len = strcspn(part, "/");

        if (is_up_or_here(part, len))
            return sc_fail(
                    err, SC_DENIED, "path: '%s' leads out of the task's folders", path);
        if (len == 0 || len > NAME_MAX || parts == MAX_PARTS)
            return sc_fail(err, SC_INVALID, "path: '%s' is not a name of a file", path);
        part = part[len] ? part + len + 1 : NULL;
    }
    return SC_OK;
}

enum sc_code sc_walk_failed(struct sc_error *err, const char *name)
{
    int why = errno;

    switch (why) {
    case ENOENT:
        return sc_fail(err, SC_NOT_FOUND, "there is no file '%s'", name);
    case ELOOP:
    case ENOTDIR:
        return sc_fail(err, SC_DENIED,
                "'%s' goes through a link or a file, which is not followed", name);
    case EACCES:
    case EPERM:
        return sc_fail(err, SC_DENIED, "'%s' may not be opened: %s", name, strerror(why));
    case ENOSPC:
    case EDQUOT:
        return sc_fail(err, SC_STORAGE, "no space on the disk for '%s'", name);
    case EROFS:
        return sc_fail(err, SC_STORAGE, "the folder of '%s' is read-only", name);
    default:
        return sc_fail(err, SC_STORAGE, "'%s': %s", name, strerror(why));
    }
}

static int step_into(int folder, const char *part, bool make)
{
    enum { HOW = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };
    int next = openat(folder, part, HOW);

    if (next < 0 && errno == ENOENT && make) {
        if (mkdirat(folder, part, 0755) < 0 && errno != EEXIST)
            return -1;
        next = openat(folder, part, HOW);
    }
    return next;
}

int sc_walk_parent(int folder, const char *path, bool make, const char **ret_last,
        struct sc_error *err)
{
    int at;
    const char *part = path;

    if (sc_walk_check(path, err) != SC_OK)
        return -1;
    at = fcntl(folder, F_DUPFD_CLOEXEC, 0);
    for (const char *slash; at >= 0 && (slash = strchr(part, '/')); part = slash + 1) {
        char name[NAME_MAX + 1];
        int next;

        memcpy(name, part, (size_t)(slash - part));
        name[slash - part] = '\0';
        next = step_into(at, name, make);
        if (next < 0)
            sc_walk_failed(err, path);
        close(at);
        if (next < 0)
            return -1;
        at = next;
    }
    if (at < 0)
        sc_walk_failed(err, path);
    *ret_last = part;
    return at;
}

int sc_walk_open(int folder, const char *path, struct sc_error *err)
{
    const char *last;
    int parent = sc_walk_parent(folder, path, false, &last, err);
    int fd;

    if (parent < 0)
        return -1;
    fd = openat(parent, last, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        sc_walk_failed(err, path);
    close(parent);
    return fd;
}
