#include "integration/drive.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "fakes/program.h"

enum { ARGS = 32 };

static char *below(const struct driver *d, const char *name)
{
    return sc_strdupf("%s/%s", d->folder, name);
}

static void make_folder(const struct driver *d, const char *name)
{
    char *path = below(d, name);

    assert_true(mkdir(path, 0755) == 0);
    free(path);
}

void driver_init(struct driver *d)
{
    const char *tmp = getenv("TMPDIR");

    *d = (struct driver){ 0 };
    snprintf(d->folder, sizeof(d->folder), "%s/supercargo-test-XXXXXX",
            tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(d->folder));
    make_folder(d, "work");
    make_folder(d, "config");
}

static void forget(struct driver *d)
{
    free(d->out);
    free(d->err);
    sc_json_free(d->json);
    d->out = d->err = NULL;
    d->json = NULL;
}

void driver_release(struct driver *d)
{
    const char *argv[] = { "/bin/rm", "-rf", d->folder, NULL };
    struct program rm = { .argv = argv };

    forget(d);
    program_run(&rm);
    program_release(&rm);
}

static void run(struct driver *d, const char **argv)
{
    char *home = sc_strdupf("HOME=%s", d->folder);
    char *config = sc_strdupf("SUPERCARGO_CONFIG=%s/config", d->folder);
    char *data = sc_strdupf("SUPERCARGO_DATA=%s/data", d->folder);
    char *work = below(d, "work");
    const char *env[24] = { home, config, data };
    struct program program = { .argv = argv,
        .env = env,
        .folder = work,
        .input = d->input,
        .deadline_ms = d->deadline_ms };

    for (size_t i = 0; d->env[i]; i++)
        env[3 + i] = d->env[i];
    program_run(&program);
    forget(d);
    d->code = program.code;
    d->out = program.out;
    d->err = program.err;
    d->json = sc_json_parse(d->out, program.out_len, NULL, NULL);
    free(home);
    free(config);
    free(data);
    free(work);
}

void drive(struct driver *d, ...)
{
    const char *argv[ARGS] = { SC_PROGRAM };
    va_list ap;
    size_t n = 1;

    va_start(ap, d);
    while (n + 1 < ARGS && (argv[n] = va_arg(ap, const char *)))
        n++;
    va_end(ap);
    run(d, argv);
}

void driver_write(struct driver *d, const char *name, const char *text)
{
    char *path = below(d, name), *slash = path + strlen(d->folder);
    FILE *file;

    while ((slash = strchr(slash + 1, '/'))) {
        *slash = '\0';
        mkdir(path, 0755);
        *slash = '/';
    }
    file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    free(path);
}

void driver_copy(struct driver *d, const char *from, const char *name)
{
    char *to = below(d, name);
    const char *argv[] = { "/bin/cp", "-r", from, to, NULL };
    struct program cp = { .argv = argv };

    program_run(&cp);
    assert_int_equal(cp.code, 0);
    program_release(&cp);
    free(to);
}

bool driver_has(struct driver *d, const char *name)
{
    char *path = below(d, name);
    bool there = access(path, F_OK) == 0;

    free(path);
    return there;
}

char *driver_read(struct driver *d, const char *name)
{
    char *path = below(d, name), piece[4096];
    FILE *file = fopen(path, "r");
    struct sc_buf text;
    size_t n;

    sc_buf_init(&text);
    assert_non_null(file);
    while ((n = fread(piece, 1, sizeof(piece), file)) > 0)
        sc_buf_add(&text, piece, n);
    fclose(file);
    free(path);
    return sc_buf_detach(&text);
}

const char *driver_text(struct driver *d, const char *path)
{
    const struct sc_json *at = d->json;
    char name[64];

    while (*path) {
        size_t len = strcspn(path, ".");

        snprintf(name, sizeof(name), "%.*s", (int)len, path);
        at = sc_json_get(at, name);
        path += len + (path[len] == '.');
    }
    return sc_json_is(at, SC_JSON_NUMBER) ? sc_json_number(at) : sc_json_string(at);
}
