/* app/app.h - the composition root: every part of the program, made once and handed down.
 *
 * Purpose:   what a command needs, opened as far as the command asks for.
 * Contract:  sc_app_open opens the parts named in `parts`; on failure everything opened
 *            so far is closed by sc_app_close, which accepts a half-open app.
 *            sc_app_wait runs the loop until a flag is set, so that commands read from
 *            top to bottom.
 * Ownership: the app owns all its parts; options are borrowed.
 * Thread:    loop.
 */
#pragma once

#include "app/catalog.h"
#include "app/model_settings.h"
#include "app/options.h"
#include "app/settings.h"
#include "base/clock.h"
#include "base/log.h"
#include "exec/exec.h"
#include "loop/loop.h"

struct sc_app_model;
struct sc_meaning;
struct sc_model_order;
struct sc_asker;
struct sc_builtins;
struct sc_multi;
struct sc_pool;
struct sc_price_file;
struct sc_screen;
struct sc_signals;

enum sc_exit {
    SC_EXIT_DONE = 0,
    SC_EXIT_FAILED = 1,
    SC_EXIT_USAGE = 2,
    SC_EXIT_WAITING = 3,
    SC_EXIT_UNPROVEN = 4,
    SC_EXIT_IN_DOUBT = 5,
    SC_EXIT_OVER_BUDGET = 6,
    SC_EXIT_INTERRUPTED = 130
};

enum sc_app_part {
    SC_APP_STORE = 1,    /* the data folder, as its owner */
    SC_APP_LOOK = 2,     /* the data folder, only to read it */
    SC_APP_TOOLS = 4,    /* configuration, tools, agents and routines */
    SC_APP_EXEC = 8,     /* all that runs a task */
    SC_APP_SCRATCH = 16, /* the data folder is a new one that goes with the app */
    SC_APP_EXAMINE = 32  /* a store that cannot be opened is told in store_error */
};

struct sc_app {
    const struct sc_options *options;
    struct sc_log *log;
    struct sc_clock *clock;
    struct sc_loop *loop;
    struct sc_scope scope; /* of what commands start */
    struct sc_store *store;
    struct sc_memory *memory; /* NULL without a store */
    struct sc_error store_error;
    struct sc_multi *multi;
    struct sc_builtins *builtins;
    struct sc_pool *pool;
    struct sc_registry *registry;
    struct sc_catalog catalog;
    struct sc_json *config;        /* of supercargo.lua; an empty object without one */
    struct sc_json *env;           /* what plans see as env */
    struct sc_json *paths;         /* name of a tool -> its file */
    struct sc_json *problems;      /* sentences about files that could not be read */
    const char *config_problem;    /* the first of them about supercargo.lua, or NULL */
    struct sc_price_file *prices;  /* of the person's own, or NULL */
    struct sc_model_order *order;  /* of the models for tasks: NULL until then */
    struct sc_model *model;        /* of it; NULL: none configured */
    struct sc_app_model *embedder; /* for vectors of texts; NULL: not opened */
    struct sc_meaning *meaning;    /* NULL: what is known is found by words alone */
    struct sc_budgets *budgets;    /* around both; NULL without them */
    struct sc_exec *exec;
    struct sc_screen *screen;
    struct sc_asker *asker; /* NULL: nobody is there to answer */
    bool person_gone;       /* was there, and is no more */
    bool interrupted;       /* by Ctrl-C or SIGTERM: what runs is being stopped */
    struct sc_signals *signals;
    bool scratch; /* the data folder is removed at the end */
    char *data_folder, *home_folder, *config_folder;
    char *user;           /* who runs the program, by the system's name */
    const char *language; /* of messages: "en" "zh" "ja" */
};

enum sc_code sc_app_open(struct sc_app *app, const struct sc_options *options, int parts,
        struct sc_error *err);
void sc_app_close(struct sc_app *app);

void sc_app_wait(struct sc_app *app, const bool *flag);

/* Shows a plan before it runs; not with --json. inputs: the task's, or NULL. */
void sc_app_preview(
        struct sc_app *app, const struct sc_json *json, const struct sc_json *inputs);

/* Prints the sentence (an object with "error" when --json) and returns the exit code that
 * belongs to it. */
int sc_app_fail(const struct sc_options *options, const struct sc_error *err);

/* The command line was no use: prints how to write it; returns the exit code. */
int sc_app_usage(const struct sc_options *options, const char *words);

/* "there is no KIND 'name'", with the nearest of the names, or what is wrong with its
 * file; returns the exit code. */
int sc_app_unknown(
        const struct sc_app *app, const char *kind, const char *name, const char *near);

/* The commands, one file each (cmd_*.c). Each returns an exit code. */
int sc_cmd_run(struct sc_app *app);
int sc_cmd_plan(struct sc_app *app);
int sc_cmd_task(struct sc_app *app);
int sc_cmd_why(struct sc_app *app);
int sc_cmd_replay(struct sc_app *app);
int sc_cmd_tool(struct sc_app *app);
int sc_cmd_agent(struct sc_app *app);
int sc_cmd_routine(struct sc_app *app);
int sc_cmd_check(struct sc_app *app);
int sc_cmd_doctor(struct sc_app *app);
int sc_cmd_memory(struct sc_app *app);
int sc_cmd_secret(struct sc_app *app);
int sc_cmd_cost(struct sc_app *app);
int sc_cmd_model(struct sc_app *app);
