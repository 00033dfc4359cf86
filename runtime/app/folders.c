#include "app/folders.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "loop/file.h"

enum { LEVELS_UP = 4 };

static const char *variable(const char *name)
{
    const char *value = getenv(name);

    return value && *value ? value : NULL;
}

bool sc_is_folder(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool sc_is_file(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

char *sc_folder_data(const char *given, struct sc_error *err)
{
    if (!given)
        given = variable("SUPERCARGO_DATA");
    if (given)
        return sc_strdup(given);
    if (variable("XDG_DATA_HOME"))
        return sc_strdupf("%s/supercargo", variable("XDG_DATA_HOME"));
    if (variable("HOME"))
        return sc_strdupf("%s/.local/share/supercargo", variable("HOME"));
    sc_fail(err, SC_INVALID, "no data folder: set HOME, or give --data DIR");
    return NULL;
}

char *sc_folder_config(void)
{
    if (variable("SUPERCARGO_CONFIG"))
        return sc_strdup(variable("SUPERCARGO_CONFIG"));
    if (variable("XDG_CONFIG_HOME"))
        return sc_strdupf("%s/supercargo", variable("XDG_CONFIG_HOME"));
    if (variable("HOME"))
        return sc_strdupf("%s/.config/supercargo", variable("HOME"));
    return NULL;
}

static char *program_path(struct sc_error *err)
{
    char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

    if (n < 0) {
        sc_fail(err, SC_INTERNAL, "cannot find the program's own file in /proc/self/exe");
        return NULL;
    }
    return sc_strndup(path, (size_t)n);
}

char *sc_worker_path(struct sc_error *err)
{
    char *program = program_path(err), *worker;

    if (!program)
        return NULL;
    worker = sc_strdupf("%s-worker", program);
    if (access(worker, X_OK) == 0) {
        free(program);
        return worker;
    }
    free(worker);
    return program;
}

static bool is_home(const char *folder)
{
    char *tools = sc_strdupf("%s/tools", folder),
         *agents = sc_strdupf("%s/agents", folder);
    bool both = sc_is_folder(tools) && sc_is_folder(agents);

    free(tools);
    free(agents);
    return both;
}

static char *home_near(char *program)
{
    for (int level = 0; level < LEVELS_UP; level++) {
        char *slash = strrchr(program, '/'), *shared;

        if (!slash)
            break;
        *slash = '\0';
        if (is_home(program))
            return sc_strdup(program);
        shared = sc_strdupf("%s/share/supercargo", program);
        if (is_home(shared))
            return shared;
        free(shared);
    }
    return NULL;
}

char *sc_folder_home(const char *given, struct sc_error *err)
{
    char *program, *home;

    if (!given)
        given = variable("SUPERCARGO_HOME");
    if (given) {
        if (is_home(given))
            return sc_strdup(given);
        sc_fail(err, SC_NOT_FOUND, "'%s' does not hold the folders tools and agents",
                given);
        return NULL;
    }
    program = program_path(err);
    if (!program)
        return NULL;
    home = home_near(program);
    free(program);
    if (!home)
        sc_fail(err, SC_NOT_FOUND,
                "the folders tools and agents were not found beside the program: give "
                "--home DIR or set SUPERCARGO_HOME");
    return home;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

char **sc_folder_list(const char *path, size_t *ret_count)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    char **names = NULL;
    size_t count = 0;

    *ret_count = 0;
    if (!folder)
        return NULL;
    while ((entry = readdir(folder))) {
        if (entry->d_name[0] == '.')
            continue;
        names = sc_realloc(names, (count + 1) * sizeof(*names));
        names[count++] = sc_strdup(entry->d_name);
    }
    closedir(folder);
    if (count)
        qsort(names, count, sizeof(*names), by_name);
    *ret_count = count;
    return names;
}

void sc_folder_list_free(char **names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(names[i]);
    free(names);
}

enum sc_code sc_folder_make(const char *path, struct sc_error *err)
{
    char *part = sc_strdup(path);
    enum sc_code code = SC_OK;

    for (char *slash = part + 1; !code && slash; *slash = '/', slash++) {
        slash = strchr(slash, '/');
        if (!slash)
            break;
        *slash = '\0';
        if (mkdir(part, 0755) != 0 && errno != EEXIST)
            code = sc_fail(err, SC_STORAGE, "cannot make the folder '%s': %s", part,
                    strerror(errno));
    }
    if (!code && mkdir(path, 0755) != 0 && errno != EEXIST)
        code = sc_fail(err, SC_STORAGE, "cannot make the folder '%s': %s", path,
                strerror(errno));
    free(part);
    return code;
}

char *sc_folder_scratch(struct sc_error *err)
{
    const char *temporary = variable("TMPDIR");
    char *path = sc_strdupf("%s/supercargo-XXXXXX", temporary ? temporary : "/tmp");

    if (mkdtemp(path))
        return path;
    sc_fail(err, SC_STORAGE, "cannot make the folder '%s': %s", path, strerror(errno));
    free(path);
    return NULL;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

void sc_folder_remove(const char *path)
{
    (void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

char *sc_read_text(const char *path, size_t limit, size_t *ret_len, struct sc_error *err)
{
    struct sc_buf text;

    sc_buf_init(&text);
    if (sc_file_read(path, limit, &text, err)) {
        sc_buf_release(&text);
        return NULL;
    }
    *ret_len = text.len;
    return sc_buf_detach(&text);
}
