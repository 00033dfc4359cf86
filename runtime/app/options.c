#include "app/options.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/words.h"

enum kind { FLAG, TEXT, LIST };

struct option {
    const char *name;
    char letter; /* 0: none */
    enum kind kind;
    const char *value; /* placeholder */
    const char *help;
    size_t at;
};

#define AT(field) offsetof(struct sc_options, field)

static const struct option table[] = {
    { "agent", 'a', TEXT, "NAME", "the agent that does it (default: chosen by the task)",
            AT(agent) },
    { "file", 'f', LIST, "FILE", "a file the task may read; may be given several times",
            AT(files) },
    { "input", 'i', LIST, "KEY=VALUE", "an input of the task or routine", AT(inputs) },
    { "out", 'o', TEXT, "DIR", "where new files go (default: ./supercargo-out)",
            AT(out) },
    { "strategy", 0, TEXT, "plan|loop",
            "plan: the whole plan first; loop: the model calls tools turn by turn",
            AT(strategy) },
    { "model", 'm', TEXT, "PROVIDER/NAME",
            "the model that plans (default: see supercargo model list)", AT(model) },
    { "yes", 'y', FLAG, NULL, "approve what the plan writes (never what it spends)",
            AT(yes) },
    { "dry-run", 'n', FLAG, NULL, "read and compute, but change nothing", AT(dry_run) },
    { "budget", 0, TEXT, "N[CUR]", "the most that models may cost, as 0.50 or 3CNY",
            AT(budget) },
    { "batch", 0, TEXT, "FILE", "run each line of FILE as a task of its own", AT(batch) },
    { "limit", 0, TEXT, "N",
            "how many are listed (default: 50; of what is searched for: 10)", AT(limit) },
    { "parallel", 0, TEXT, "N", "tasks at once with --batch (default: 16)",
            AT(parallel) },
    { "older-than", 0, TEXT, "AGE", "prune what ended longer ago, as 90d",
            AT(older_than) },
    { "max-size", 0, TEXT, "SIZE", "prune the oldest until the data is smaller, as 2GB",
            AT(max_size) },
    { "keep-failed", 0, FLAG, NULL, "prune nothing that did not end well",
            AT(keep_failed) },
    { "fixture", 0, TEXT, "DIR", "a new folder for the test that the task becomes",
            AT(fixture) },
    { "args", 0, TEXT, "JSON", "arguments of the tool", AT(args) },
    { "name", 0, TEXT, "NAME", "the name to save under", AT(name) },
    { "state", 0, TEXT, "WORD", "only tasks in this state, such as waiting or done",
            AT(state) },
    { "by", 0, TEXT, "WORD", "a line for each agent, model, day or task (default: model)",
            AT(by) },
    { "since", 0, TEXT, "DATE", "from this day on, or an age such as 7d", AT(since) },
    { "until", 0, TEXT, "DATE", "up to the end of this day, or an age", AT(until) },
    { "grep", 0, TEXT, "WORDS", "only tasks asked for in these words; pric* finds price",
            AT(grep) },
    { "routine", 0, TEXT, "NAME", "only tasks of this routine", AT(routine) },
    { "after", 0, TEXT, "ID", "go on after this task, the last of the page before",
            AT(after) },
    { "subject", 0, TEXT, "WORDS",
            "what a fact is about: facts of one subject may conflict", AT(subject) },
    { "source", 0, TEXT, "WORDS", "who said so (default: you)", AT(source) },
    { "valid-from", 0, TEXT, "DATE", "the day from which a fact holds (default: now)",
            AT(valid_from) },
    { "valid-to", 0, TEXT, "DATE", "the last day on which it holds", AT(valid_to) },
    { "at", 0, TEXT, "DATE", "what held on that day (default: now)", AT(at) },
    { "untrusted", 0, FLAG, NULL, "others wrote it, and it may be wrong", AT(untrusted) },
    { "language", 'l', TEXT, "en|zh|ja", "language of plans and messages", AT(language) },
    { "offline", 0, FLAG, NULL, "never use the network", AT(offline) },
    { "json", 'j', FLAG, NULL, "print one JSON value on standard output", AT(json) },
    { "data", 0, TEXT, "DIR", "the data folder (default: $XDG_DATA_HOME/supercargo)",
            AT(data) },
    { "home", 0, TEXT, "DIR", "the folder that holds tools/ and agents/", AT(home) },
    { "verbose", 'v', FLAG, NULL, "log what happens to standard error", AT(verbose) },
    { "help", 'h', FLAG, NULL, "show this", AT(help) },
    { "version", 0, FLAG, NULL, "show the version", AT(version) },
};

enum { OPTION_COUNT = sizeof(table) / sizeof(*table) };

static void add(struct sc_strings *list, const char *text)
{
    list->items = sc_realloc(list->items, (list->count + 1) * sizeof(*list->items));
    list->items[list->count++] = text;
}

static const struct option *find(const char *name, size_t len)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (strlen(table[i].name) == len && strncmp(table[i].name, name, len) == 0)
            return &table[i];
    return NULL;
}

static const struct option *find_letter(char letter)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (table[i].letter && table[i].letter == letter)
            return &table[i];
    return NULL;
}

static enum sc_code unknown(const char *given, size_t len, struct sc_error *err)
{
    char *name = sc_strndup(given, len);
    const char *names[OPTION_COUNT], *near;

    for (size_t i = 0; i < OPTION_COUNT; i++)
        names[i] = table[i].name;
    near = sc_words_nearest(name, names, OPTION_COUNT);
    if (near)
        sc_fail(err, SC_INVALID, "there is no option --%s; did you mean --%s?", name,
                near);
    else
        sc_fail(err, SC_INVALID, "there is no option --%s; see supercargo --help", name);
    free(name);
    return SC_INVALID;
}

static enum sc_code store_value(struct sc_options *options, const struct option *option,
        const char *value, struct sc_error *err)
{
    char *field = (char *)options + option->at;

    if (option->kind == FLAG) {
        if (value)
            return sc_fail(err, SC_INVALID, "--%s takes no value", option->name);
        *(bool *)(void *)field = true;
        return SC_OK;
    }
    if (!value)
        return sc_fail(
                err, SC_INVALID, "--%s needs a value: %s", option->name, option->value);
    if (option->kind == LIST)
        add((struct sc_strings *)(void *)field, value);
    else
        *(const char **)(void *)field = value;
    return SC_OK;
}

/* One option at argv[*at]; moves *at past a value of its own. */
static enum sc_code parse_option(
        struct sc_options *options, int argc, char **argv, int *at, struct sc_error *err)
{
    const char *text = argv[*at], *equals = NULL, *value = NULL;
    const struct option *option;

    if (text[1] == '-') {
        size_t len;

        equals = strchr(text, '=');
        len = equals ? (size_t)(equals - text - 2) : strlen(text + 2);
        option = find(text + 2, len);
        if (!option)
            return unknown(text + 2, len, err);
        value = equals ? equals + 1 : NULL;
    } else {
        option = text[2] ? NULL : find_letter(text[1]);
        if (!option)
            return sc_fail(err, SC_INVALID,
                    "there is no option '%s'; see supercargo --help", text);
    }
    if (option->kind != FLAG && !value && *at + 1 < argc)
        value = argv[++*at];
    return store_value(options, option, value, err);
}

static bool takes(const struct sc_command *command, const char *name)
{
    size_t len = strlen(name);
    const char *at = command->options;

    while ((at = strstr(at, name))) {
        bool starts = at == command->options || at[-1] == ' ';

        if (starts && (at[len] == ' ' || at[len] == '\0'))
            return true;
        at += len;
    }
    return strcmp(name, "help") == 0 || strcmp(name, "verbose") == 0 ||
           strcmp(name, "data") == 0 || strcmp(name, "home") == 0 ||
           strcmp(name, "json") == 0 || strcmp(name, "language") == 0;
}

/* Was the option given? */
static bool given(const struct sc_options *options, const struct option *option)
{
    const char *field = (const char *)options + option->at;

    if (option->kind == FLAG)
        return *(const bool *)(const void *)field;
    if (option->kind == LIST)
        return ((const struct sc_strings *)(const void *)field)->count > 0;
    return *(const char *const *)(const void *)field != NULL;
}

static enum sc_code check_takes(const struct sc_options *options,
        const struct sc_command *command, struct sc_error *err)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (given(options, &table[i]) && !takes(command, table[i].name))
            return sc_fail(err, SC_INVALID,
                    "'supercargo %s' takes no --%s; see supercargo %s --help",
                    command->name, table[i].name, command->name);
    return SC_OK;
}

static enum sc_code unknown_command(
        const char *name, const struct sc_command *commands, struct sc_error *err)
{
    const char *names[32], *near;
    size_t n = 0;

    for (; commands[n].name && n < 32; n++)
        names[n] = commands[n].name;
    near = sc_words_nearest(name, names, n);
    if (near)
        return sc_fail(err, SC_INVALID,
                "there is no command '%s'; did you mean '%s'? To run a task, write: "
                "supercargo run \"…\"",
                name, near);
    return sc_fail(err, SC_INVALID,
            "there is no command '%.60s'; to run a task, write: supercargo run \"…\"",
            name);
}

const struct sc_command *sc_command_find(
        const struct sc_command *commands, const char *name)
{
    for (; commands->name; commands++)
        if (strcmp(commands->name, name) == 0)
            return commands;
    return NULL;
}

/* Known before anything else is, for mistakes are told in this form too. */
static bool wants_json(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--json") == 0 || strcmp(argv[i], "-j") == 0)
            return true;
    return false;
}

/* The first word is the command; behind -- all are words. */
static enum sc_code parse_arguments(
        struct sc_options *options, int argc, char **argv, struct sc_error *err)
{
    bool only_words = false;

    for (int i = 1; i < argc; i++) {
        if (!only_words && strcmp(argv[i], "--") == 0) {
            only_words = true;
        } else if (!only_words && argv[i][0] == '-' && argv[i][1]) {
            if (parse_option(options, argc, argv, &i, err))
                return err->code;
        } else if (!options->command) {
            options->command = argv[i];
        } else {
            add(&options->words, argv[i]);
        }
    }
    return SC_OK;
}

enum sc_code sc_options_parse(struct sc_options *options, int argc, char **argv,
        const struct sc_command *commands, struct sc_error *err)
{
    const struct sc_command *command;

    *options = (struct sc_options){ .json = wants_json(argc, argv) };
    if (argc > 1 && strcmp(argv[1], "help") == 0) { /* help run is run --help */
        options->help = true;
        argc--;
        argv++;
    }
    if (parse_arguments(options, argc, argv, err))
        return err->code;
    if (!options->command)
        return SC_OK;
    command = sc_command_find(commands, options->command);
    if (!command)
        return unknown_command(options->command, commands, err);
    return options->help ? SC_OK : check_takes(options, command, err);
}

enum sc_code sc_options_number(const char *name, const char *text, long most,
        long otherwise, long *ret_number, struct sc_error *err)
{
    char *end;

    *ret_number = otherwise;
    if (!text)
        return SC_OK;
    *ret_number = strtol(text, &end, 10);
    if (*end || end == text || *ret_number < 1 || *ret_number > most)
        return sc_fail(err, SC_INVALID, "--%s must be a number from 1 to %ld, is '%.40s'",
                name, most, text);
    return SC_OK;
}

const char *sc_options_word(const struct sc_options *options, size_t n)
{
    return n < options->words.count ? options->words.items[n] : "";
}

void sc_options_release(struct sc_options *options)
{
    free(options->words.items);
    free(options->files.items);
    free(options->inputs.items);
}

void sc_help(FILE *out, const struct sc_command *commands)
{
    fputs("Supercargo does chores for people who sell across borders: say what has to be "
          "done,\nsee the plan, approve what spends money or touches a customer, get the "
          "result.\n\nUsage: supercargo COMMAND [OPTION]…\n\n",
            out);
    for (const struct sc_command *c = commands; c->name; c++)
        fprintf(out, "  %-9s %s\n", c->name, c->summary);
    fputs("\nExamples:\n"
          "  supercargo run \"price catalog.xlsx for Germany and Japan\" --file "
          "catalog.xlsx\n"
          "  supercargo run \"把catalog.xlsx给德国和日本定价\" --file catalog.xlsx\n"
          "  supercargo plan \"list what to restock\" --file catalog.xlsx\n"
          "  supercargo task list\n"
          "\nsupercargo COMMAND --help says more.\n"
          "Exit codes: 0 done, 1 failed, 2 usage, 3 waiting for approval, 4 unproven, "
          "5 in doubt,\n6 over budget, 130 interrupted.\n",
            out);
}

void sc_help_command(FILE *out, const struct sc_command *command)
{
    fprintf(out, "%s\n\nUsage: supercargo %s %s\n\n", command->summary, command->name,
            command->usage);
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        char head[40];

        if (!takes(command, table[i].name))
            continue;
        snprintf(head, sizeof(head), "--%s%s%s", table[i].name, table[i].value ? " " : "",
                table[i].value ? table[i].value : "");
        if (table[i].letter)
            fprintf(out, "  -%c, %-20s %s\n", table[i].letter, head, table[i].help);
        else
            fprintf(out, "      %-20s %s\n", head, table[i].help);
    }
    if (command->examples)
        fprintf(out, "\nExamples:\n%s", command->examples);
}
