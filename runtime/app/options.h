/* app/options.h - the command line: one table gives parser and help.
 *
 * Purpose:   turn argv into a struct, or into one clear sentence.
 * Ownership: strings point into argv; lists are the struct's.
 * Thread:    loop.
 * Errors:    SC_INVALID, naming the option and the nearest one that exists.
 */
#pragma once

#include <stdio.h>

#include "base/error.h"

struct sc_strings {
    const char **items;
    size_t count;
};

struct sc_options {
    const char *command;     /* "run" */
    struct sc_strings words; /* what is no option, after the command */
    const char *agent, *out, *strategy, *budget, *data, *args, *language, *batch, *name;
    const char *state, *home, *parallel, *limit, *by, *since, *model;
    const char *until, *grep, *routine, *after, *older_than, *max_size, *fixture;
    const char *subject, *source, *valid_from, *valid_to, *at;
    struct sc_strings files, inputs;
    bool yes, dry_run, json, help, verbose, offline, version, keep_failed, untrusted;
};

/* What a command accepts and does. */
struct sc_command {
    const char *name;
    const char *usage;   /* after "supercargo NAME " */
    const char *summary; /* one line */
    const char *options; /* names of the options it takes, separated by spaces */
    const char *examples;
};

/* The n-th word after the command, or "". */
const char *sc_options_word(const struct sc_options *options, size_t n);

/* The value of an option that is a number from 1 to most; otherwise when it was not
 * given. SC_INVALID names the option. */
enum sc_code sc_options_number(const char *name, const char *text, long most,
        long otherwise, long *ret_number, struct sc_error *err);

/* err names what is wrong; commands ends with a NULL name. */
enum sc_code sc_options_parse(struct sc_options *options, int argc, char **argv,
        const struct sc_command *commands, struct sc_error *err);
void sc_options_release(struct sc_options *options);

void sc_help(FILE *out, const struct sc_command *commands);
void sc_help_command(FILE *out, const struct sc_command *command);
const struct sc_command *sc_command_find(
        const struct sc_command *commands, const char *name);
