#include "loop/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/id.h"
#include "base/mem.h"

enum { PIECE = 64 * 1024 };

static enum sc_code fail_errno(
        struct sc_error *err, const char *what, const char *path, int number)
{
    enum sc_code code = SC_STORAGE;

    if (number == ENOENT || number == ENOTDIR)
        code = SC_NOT_FOUND;
    else if (number == EACCES || number == EPERM || number == EROFS)
        code = SC_DENIED;
    sc_fail(err, code, "'%s' could not be %s: %s", path, what, strerror(number));
    if (err)
        err->detail = number;
    return code;
}

/* Opens without waiting for the other end of a pipe, and refuses what is no file. */
static enum sc_code open_regular(const char *path, int *ret_fd, struct sc_error *err)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0)
        return fail_errno(err, "read", path, errno);
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        return sc_fail(err, SC_INVALID, "'%s' is not a file", path);
    }
    *ret_fd = fd;
    return SC_OK;
}

/* A file may grow, or not tell its size (/proc): read to its end. */
static enum sc_code read_all(
        int fd, const char *path, size_t limit, struct sc_buf *text, struct sc_error *err)
{
    for (;;) {
        char *room = sc_buf_reserve(text, PIECE);
        ssize_t n = read(fd, room, PIECE);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail_errno(err, "read", path, errno);
        if (n == 0)
            return SC_OK;
        text->len += (size_t)n;
        if (text->len > limit)
            return sc_fail(err, SC_INVALID,
                    "'%s' is larger than %zu bytes, the most that is read", path, limit);
    }
}

enum sc_code sc_file_read(
        const char *path, size_t limit, struct sc_buf *ret_text, struct sc_error *err)
{
    struct sc_buf text;
    enum sc_code code;
    int fd = -1;

    code = open_regular(path, &fd, err);
    if (code)
        return code;
    sc_buf_init(&text);
    code = read_all(fd, path, limit, &text, err);
    if (!code)
        sc_buf_add(ret_text, sc_buf_text(&text), text.len);
    close(fd);
    sc_buf_release(&text);
    return code;
}

static int write_all(int fd, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, data, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        data += n;
        len -= (size_t)n;
    }
    return 0;
}

static int write_new(const char *path, const void *data, size_t len, int mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    int number = 0;

    if (fd < 0)
        return errno;
    if (write_all(fd, data, len) < 0 || fsync(fd) < 0)
        number = errno;
    if (close(fd) < 0 && number == 0)
        number = errno;
    return number;
}

/* Makes the new name last, not only the bytes. */
static int sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int number = 0;

    if (fd < 0)
        return errno;
    if (fsync(fd) < 0)
        number = errno;
    close(fd);
    return number;
}

enum sc_code sc_file_write(
        const char *path, const void *data, size_t len, int mode, struct sc_error *err)
{
    char *folder_text = sc_strdup(path), *name_text = sc_strdup(path);
    const char *folder = dirname(folder_text);
    char *temporary = sc_strdupf(
            "%s/.%.200s.%016" PRIx64, folder, basename(name_text), sc_random());
    int number = write_new(temporary, data, len, mode);

    if (number == 0 && rename(temporary, path) < 0)
        number = errno;
    if (number)
        unlink(temporary);
    else
        number = sync_folder(folder);
    free(temporary);
    free(folder_text);
    free(name_text);
    return number ? fail_errno(err, "written", path, number) : SC_OK;
}
