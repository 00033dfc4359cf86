#include "app/keep.h"

#include <stdlib.h>
#include <string.h>

#include "app/print.h"
#include "app/say.h"
#include "app/when.h"
#include "base/mem.h"
#include "loop/timer.h"
#include "store/prune.h"

enum { SLICE = 20, REST_MS = 20, SLICES = 200, KILO = 1000 };

/* --- what is asked for --- */

/* "2 GB" in bytes. */
static bool read_size(const char *text, int64_t *ret_bytes)
{
    static const char *const units[] = { "B", "KB", "MB", "GB", "TB" };
    char *end;
    double n = strtod(text, &end);
    int64_t unit = 1;

    end += strspn(end, " ");
    for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++, unit *= KILO)
        if (strcmp(units[i], end) == 0 && n > 0 && n < KILO * KILO) {
            *ret_bytes = (int64_t)(n * (double)unit);
            return true;
        }
    return false;
}

static enum sc_code read_prune(struct sc_prune *prune, const char *age, const char *size,
        const char *where, struct sc_error *err)
{
    int64_t age_ms;

    if (age && !sc_when_age(age, &age_ms))
        return sc_fail(err, SC_INVALID,
                "%s: an age is written as 90d or \"90 days\", not "
                "'%.40s'",
                where, age);
    if (size && !read_size(size, &prune->most_bytes))
        return sc_fail(err, SC_INVALID,
                "%s: a size is written as 500MB or \"2 GB\", not "
                "'%.40s'",
                where, size);
    if (age)
        prune->before_ms = prune->now_ms - age_ms;
    return SC_OK;
}

static struct sc_prune new_prune(const struct sc_app *app)
{
    return (struct sc_prune){ .now_ms = app->clock->wall_ms(app->clock), .tasks = SLICE };
}

static enum sc_code read_config(
        const struct sc_app *app, struct sc_prune *prune, struct sc_error *err)
{
    const struct sc_json *keep = sc_json_get(app->config, "keep");

    prune->keep_failed = sc_json_get_bool(keep, "failed", false);
    return read_prune(prune, sc_json_get_string(keep, "tasks", NULL),
            sc_json_get_string(keep, "size", NULL), "supercargo.lua: keep", err);
}

static enum sc_code read_options(
        const struct sc_app *app, struct sc_prune *prune, struct sc_error *err)
{
    const struct sc_options *options = app->options;

    if (!options->older_than && !options->max_size) {
        if (read_config(app, prune, err))
            return err->code;
    } else if (read_prune(prune, options->older_than, options->max_size, "task prune",
                       err)) {
        return err->code;
    }
    prune->keep_failed = prune->keep_failed || options->keep_failed;
    if (prune->before_ms || prune->most_bytes)
        return SC_OK;
    return sc_fail(err, SC_INVALID,
            "say what may go: --older-than 90d or --max-size 2GB, or `keep` in "
            "supercargo.lua");
}

/* Sizes are said of history; the store knows that of its whole file. */
static enum sc_code leave_memory(
        const struct sc_app *app, struct sc_prune *prune, struct sc_error *err)
{
    if (!prune->most_bytes)
        return SC_OK;
    return sc_store_history_limit(app->store, prune->most_bytes, &prune->most_bytes, err);
}

/* --- the command --- */

struct pruning {
    struct sc_pruned all;
    struct sc_error err;
    bool done;
};

static void on_slice(struct sc_op *op, const struct sc_error *err)
{
    struct pruning *pruning = op->arg;
    const struct sc_pruned *slice;

    pruning->done = true;
    if (err) {
        pruning->err = *err;
        return;
    }
    slice = sc_store_pruned(op);
    pruning->all.tasks += slice->tasks;
    pruning->all.kept_rows += slice->kept_rows;
    pruning->all.bytes += slice->bytes;
    pruning->all.more = slice->more;
}

static enum sc_code prune_all(
        struct sc_app *app, const struct sc_prune *prune, struct pruning *pruning)
{
    do {
        pruning->done = false;
        sc_store_prune_start(&app->scope, app->store, prune, on_slice, pruning);
        sc_app_wait(app, &pruning->done);
    } while (!pruning->err.code && pruning->all.more);
    return pruning->err.code;
}

static void print_pruned(
        const struct sc_app *app, const struct sc_pruned *pruned, bool dry_run)
{
    if (app->options->json) {
        struct sc_json *json = sc_json_new_object();

        sc_json_set_int(json, "tasks", pruned->tasks);
        sc_json_set_int(json, "receipts_kept", pruned->kept_rows);
        sc_json_set_int(json, "bytes", pruned->bytes);
        sc_json_set_bool(json, "dry_run", dry_run);
        sc_print_json(stdout, json);
        sc_json_free(json);
        return;
    }
    printf("%s: %lld (%lld %s), %.1f MB\n",
            sc_say(app->language, dry_run ? SC_SAY_WOULD_PRUNE : SC_SAY_HAS_PRUNED),
            (long long)pruned->tasks, (long long)pruned->kept_rows,
            sc_say(app->language, SC_SAY_RECEIPTS_STAY),
            (double)pruned->bytes / (KILO * KILO));
}

int sc_keep_prune(struct sc_app *app)
{
    struct sc_prune prune = new_prune(app);
    struct pruning pruning = { .all = { 0 } };
    struct sc_error err;

    if (read_options(app, &prune, &err) || leave_memory(app, &prune, &err))
        return sc_app_fail(app->options, &err);
    if (app->options->dry_run) {
        if (sc_store_prunable(app->store, &prune, &pruning.all, &err))
            return sc_app_fail(app->options, &err);
    } else if (prune_all(app, &prune, &pruning)) {
        return sc_app_fail(app->options, &pruning.err);
    }
    print_pruned(app, &pruning.all, app->options->dry_run);
    return SC_EXIT_DONE;
}

/* --- beside a run --- */

struct keeping {
    struct sc_app *app;
    struct sc_prune prune;
    int slices;
};

static void next_slice(struct keeping *keeping);

static void on_rested(struct sc_op *op, const struct sc_error *err)
{
    struct keeping *keeping = op->arg;

    if (err)
        free(keeping); /* the app closes */
    else
        next_slice(keeping);
}

static void on_kept(struct sc_op *op, const struct sc_error *err)
{
    struct keeping *keeping = op->arg;
    const struct sc_pruned *slice = err ? NULL : sc_store_pruned(op);

    if (err && err->code != SC_CANCELLED)
        sc_log(keeping->app->log, SC_WARN, "keep", "error=%s", err->msg);
    if (slice && slice->tasks > 0)
        sc_exec_forget_prompts(keeping->app->exec);
    if (slice && slice->more && ++keeping->slices < SLICES)
        sc_sleep_start(&keeping->app->scope, REST_MS, on_rested, keeping);
    else
        free(keeping);
}

static void next_slice(struct keeping *keeping)
{
    sc_store_prune_start(
            &keeping->app->scope, keeping->app->store, &keeping->prune, on_kept, keeping);
}

enum sc_code sc_keep_start(struct sc_app *app, struct sc_error *err)
{
    struct sc_prune prune = new_prune(app);
    struct keeping *keeping;

    if (read_config(app, &prune, err) || leave_memory(app, &prune, err))
        return err->code;
    if (!prune.before_ms && !prune.most_bytes)
        return SC_OK;
    keeping = sc_new(struct keeping);
    *keeping = (struct keeping){ .app = app, .prune = prune };
    next_slice(keeping);
    return SC_OK;
}
