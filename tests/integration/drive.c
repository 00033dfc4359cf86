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
#include "base/list.h"
#include "base/mem.h"

enum { ARGS = 32 };

#define NOBODY "65534"

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

enum { OWN_ENV = 3, ALL_ENV = 24 };

/* What a program borrows until its end. */
struct running {
    struct program program;
    const char *argv[ARGS], *env[ALL_ENV];
    char *own[OWN_ENV], *work;
};

static struct program *begin(struct driver *d, va_list ap)
{
    struct running *running = sc_new(struct running);
    struct program *program = &running->program;

    running->argv[0] = SC_PROGRAM;
    for (size_t n = 1; n + 1 < ARGS; n++)
        if (!(running->argv[n] = va_arg(ap, const char *)))
            break;
    running->own[0] = sc_strdupf("HOME=%s", d->folder);
    running->own[1] = sc_strdupf("SUPERCARGO_CONFIG=%s/config", d->folder);
    running->own[2] = sc_strdupf("SUPERCARGO_DATA=%s/data", d->folder);
    running->work = below(d, "work");
    for (size_t i = 0; i < OWN_ENV; i++)
        running->env[i] = running->own[i];
    for (size_t i = 0; d->env[i]; i++)
        running->env[OWN_ENV + i] = d->env[i];
    *program = (struct program){ .argv = running->argv,
        .env = running->env,
        .folder = running->work,
        .input = d->input,
        .out_path = d->out_path,
        .file_limit = d->file_limit,
        .user = d->user,
        .deadline_ms = d->deadline_ms };
    program_begin(program);
    return program;
}

struct program *driver_begin(struct driver *d, ...)
{
    struct program *program;
    va_list ap;

    va_start(ap, d);
    program = begin(d, ap);
    va_end(ap);
    return program;
}

void driver_end(struct driver *d, struct program *program)
{
    struct running *running = sc_container_of(program, struct running, program);

    program_end(program);
    forget(d);
    d->code = program->code;
    d->peak_kib = program->peak_kib;
    d->out = program->out ? program->out : sc_strdup("");
    d->err = program->err ? program->err : sc_strdup("");
    d->json = sc_json_parse(d->out, program->out_len, NULL, NULL);
    for (size_t i = 0; i < OWN_ENV; i++)
        free(running->own[i]);
    free(running->work);
    free(running);
}

void drive(struct driver *d, ...)
{
    struct program *program;
    va_list ap;

    va_start(ap, d);
    program = begin(d, ap);
    va_end(ap);
    driver_end(d, program);
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

bool driver_be_bound(struct driver *d)
{
    const char *argv[] = { "/bin/chown", "-R", NOBODY ":" NOBODY, d->folder, NULL };
    struct program chown_all = { .argv = argv };

    if (geteuid() != 0)
        return true;
    program_run(&chown_all);
    program_release(&chown_all);
    d->user = (uid_t)strtoul(NOBODY, NULL, 10);
    drive(d, "version", NULL);
    return d->code == 0;
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

int driver_setup(void **state)
{
    struct driver *d = sc_new(struct driver);

    driver_init(d);
    *state = d;
    return 0;
}

int driver_teardown(void **state)
{
    driver_release(*state);
    free(*state);
    return 0;
}

void driver_routine(struct driver *d, const char *name, const char *plan)
{
    char *file = sc_strdupf("config/routines/%s.json", name);
    char *text = sc_strdupf(
            "{\"name\":\"%s\",\"agent\":\"any\",\"summary\":\"%s\",\"inputs\":{},"
            "\"phrases\":{},\"plan\":%s}",
            name, name, plan);

    driver_write(d, "config/agents/any/agent.lua",
            "return agent { name = \"any\", summary = \"All.\", tools = { \"*\" } }\n");
    driver_write(d, file, text);
    free(file);
    free(text);
}

void assert_says(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("'%s' is not in: %s", part, text);
}

void assert_says_not(const char *text, const char *part)
{
    if (strstr(text, part))
        fail_msg("'%s' is in: %s", part, text);
}

void assert_one_sentence(struct driver *d, int code, const char *part)
{
    size_t lines = 0;

    assert_says(d->err, part);
    assert_int_equal(d->code, code);
    assert_string_equal(d->out, "");
    for (const char *c = d->err; *c; c++)
        lines += *c == '\n';
    assert_int_equal(lines, 1);
}

void assert_error(struct driver *d, const char *code, const char *part)
{
    if (d->code != 1 || !d->json)
        fail_msg("%d %s%s", d->code, d->out, d->err);
    assert_says(driver_text(d, "error.message"), part);
    assert_string_equal(driver_text(d, "error.code"), code);
    assert_string_equal(driver_text(d, "state"), "failed");
    assert_null(strchr(driver_text(d, "error.message"), '\n'));
}
