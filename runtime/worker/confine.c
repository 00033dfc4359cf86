#include "worker/confine.h"

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/mem.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SANITIZED = 1 }; /* shadow memory needs its address space */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif
#else
enum { SANITIZED = 0 };
#endif

static const rlim_t address_space = (rlim_t)4 << 30;

static enum sc_code limit(
        __rlimit_resource_t what, const char *name, rlim_t value, struct sc_error *err)
{
    struct rlimit old, now = { value, value };

    if (getrlimit(what, &old) == 0 && old.rlim_max < value)
        now = (struct rlimit){ old.rlim_max, old.rlim_max };
    if (setrlimit(what, &now) == 0)
        return SC_OK;
    return sc_fail(err, SC_INTERNAL, "limit of %s: %s", name, strerror(errno));
}

static enum sc_code close_others(int fd, struct sc_error *err)
{
    unsigned keep = (unsigned)fd;

    if (fd < 0 || (keep > 3 && close_range(3, keep - 1, 0) != 0) ||
            close_range(keep < 3 ? 3 : keep + 1, ~0U, 0) != 0)
        return sc_fail(err, SC_INTERNAL, "close descriptors: %s", strerror(errno));
    return SC_OK;
}

enum sc_code sc_confine_begin(int fd, struct sc_error *err)
{
    pid_t parent = getppid();

    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 ||
            prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return sc_fail(err, SC_INTERNAL, "prctl: %s", strerror(errno));
    if (getppid() != parent)
        return sc_fail(err, SC_UNAVAILABLE, "the daemon is gone");
    if (!setlocale(LC_ALL, "C"))
        return sc_fail(err, SC_INTERNAL, "no C locale");
    clearenv();
    signal(SIGPIPE, SIG_IGN);
    if (close_others(fd, err) != SC_OK)
        return err->code;
    if (!SANITIZED && limit(RLIMIT_AS, "memory", address_space, err) != SC_OK)
        return err->code;
    if (limit(RLIMIT_CORE, "core", 0, err) != SC_OK ||
            limit(RLIMIT_FSIZE, "file size", 0, err) != SC_OK)
        return err->code;
    return SC_OK;
}

enum sc_code sc_confine_end(struct sc_error *err)
{
    if (SANITIZED) /* their reports at the end need pipes and processes */
        return SC_OK;
    if (limit(RLIMIT_NPROC, "processes", 0, err) != SC_OK)
        return err->code;
    return limit(RLIMIT_NOFILE, "descriptors", 0, err);
}
