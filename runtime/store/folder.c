#include "store/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

struct sc_folder {
    int fd; /* of the lock file */
};

static enum sc_code fail(const char *path, const char *what, struct sc_error *err)
{
    int number = errno;
    const char *mend =
            number == ENOSPC || number == EDQUOT
                    ? "free some space and try again"
                    : "make it writable for this user or choose another data folder";

    sc_fail(err, SC_STORAGE, "'%s': %s (%s); %s", path, what, strerror(number), mend);
    if (err)
        err->detail = number;
    return SC_STORAGE;
}

/* The entry of a new folder is durable only when the one above is. */
static enum sc_code sync_above(const char *path, struct sc_error *err)
{
    char *above = sc_strdupf("%s/..", path);
    int fd = open(above, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum sc_code code = SC_OK;

    if (fd >= 0 && fsync(fd) != 0 && errno != EINVAL)
        code = fail(path, "the new folder cannot be kept", err);
    if (fd >= 0)
        close(fd);
    free(above);
    return code;
}

static enum sc_code make_one(const char *path, struct sc_error *err)
{
    struct stat st;

    if (mkdir(path, 0700) == 0)
        return sync_above(path, err);
    if (errno == EEXIST || errno == EROFS || errno == EACCES) {
        int number = errno;

        if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
            return SC_OK;
        errno = number == EEXIST ? ENOTDIR : number;
    }
    return fail(path, "the data folder cannot be made", err);
}

static enum sc_code make_all(const char *path, struct sc_error *err)
{
    char *copy = sc_strdup(path);
    enum sc_code code = SC_OK;

    for (char *at = copy + 1; *copy && *at && !code; at++)
        if (*at == '/') {
            *at = '\0';
            code = make_one(copy, err);
            *at = '/';
        }
    if (!code)
        code = make_one(copy, err);
    free(copy);
    return code;
}

static enum sc_code fail_taken(const char *path, int fd, struct sc_error *err)
{
    char pid[16] = "";
    ssize_t len = pread(fd, pid, sizeof(pid) - 1, 0);

    if (len < 0)
        len = 0;
    pid[strspn(pid, "0123456789")] = '\0';
    return sc_fail(err, SC_CONFLICT,
            "data folder '%s' is in use by %s%s; stop it first or choose another with "
            "--data",
            path, len > 0 && *pid ? "process " : "another process", pid);
}

static enum sc_code write_pid(const char *path, int fd, struct sc_error *err)
{
    char pid[16];
    int len = snprintf(pid, sizeof(pid), "%ld\n", (long)getpid());

    if (ftruncate(fd, 0) != 0 || pwrite(fd, pid, (size_t)len, 0) != len)
        return fail(path, "the lock file cannot be written", err);
    return SC_OK;
}

static enum sc_code lock(struct sc_folder *folder, const char *path, struct sc_error *err)
{
    char *name = sc_strdupf("%s/store.lock", path);

    folder->fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    free(name);
    if (folder->fd < 0)
        return fail(path, "the data folder cannot be written", err);
    if (flock(folder->fd, LOCK_EX | LOCK_NB) == 0)
        return write_pid(path, folder->fd, err);
    if (errno == EWOULDBLOCK)
        return fail_taken(path, folder->fd, err);
    return fail(path, "the data folder cannot be locked", err);
}

struct sc_folder *sc_folder_take(const char *path, struct sc_error *err)
{
    struct sc_folder *folder = sc_new(struct sc_folder);

    folder->fd = -1;
    if (make_all(path, err) || lock(folder, path, err)) {
        sc_folder_release(folder);
        return NULL;
    }
    return folder;
}

void sc_folder_release(struct sc_folder *folder)
{
    if (!folder)
        return;
    if (folder->fd >= 0)
        close(folder->fd); /* unlocks; the file stays, as removing it would race */
    free(folder);
}
