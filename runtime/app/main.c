/* app/main.c - the program: finds the command, opens what it needs, runs it. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "app/app.h"
#include "app/folders.h"
#include "base/mem.h"
#include "worker/pool.h"

#define RUN_OPTIONS \
    "agent file input out strategy model yes dry-run budget batch parallel offline"

static const struct sc_command commands[] = {
    { "run", "\"TASK\" [OPTION]…", "do a task given in words", RUN_OPTIONS,
            "  supercargo run \"price catalog.xlsx for Germany and Japan\" -f "
            "catalog.xlsx\n"
            "  supercargo run \"把库存低于14天销量的商品列出来\" -f stock.csv --json\n" },
    { "plan", "\"TASK\" [OPTION]…",
            "show the plan of a task as sentences; change nothing",
            "agent file input out strategy model budget offline",
            "  supercargo plan \"list what to restock\" -f catalog.xlsx\n"
            "  supercargo plan \"列出需要补货的商品\" -f catalog.xlsx --json\n" },
    { "task", "list | show ID | cancel ID | resume [ID] | export ID | prune",
            "look at tasks, end them, go on",
            "agent state routine since until grep after limit yes offline older-than "
            "max-size keep-failed dry-run fixture",
            "  supercargo task list --state waiting\n"
            "  supercargo task list --since 7d --grep 补货\n"
            "  supercargo task export 1m843vpd --fixture tests/refund   # then: check "
            "tests/refund\n"
            "  supercargo task prune --older-than 90d --keep-failed --dry-run\n"
            "  supercargo task resume 1m843vpd --yes   # as much of the id as is unique\n"
            "  supercargo task resume          # all that were interrupted\n" },
    { "why", "TASK", "everything that is recorded of a task, on one page", "",
            "  supercargo why 1m843vpd\n"
            "  supercargo why 1m843vpd --json     # with the prompts as they were "
            "sent\n" },
    { "replay", "TASK", "fold the record of a task again; call nothing", "",
            "  supercargo replay 1m843vpd\n" },
    { "tool", "list | show NAME | call NAME", "look at tools, call one",
            "args file out yes dry-run offline",
            "  supercargo tool show price.landed\n"
            "  supercargo tool call value --args '{\"value\":1}'\n" },
    { "agent", "list | show NAME", "look at agents", "",
            "  supercargo agent list\n"
            "  supercargo agent show operator\n" },
    { "routine", "list | show NAME | run NAME | save TASK --name NAME",
            "saved plans that need no model", RUN_OPTIONS " name",
            "  supercargo routine list\n"
            "  supercargo routine run restock-list -f stock.csv --input cover=14\n"
            "  supercargo routine save 1m843vpd --name july-prices\n" },
    { "check", "[PATH]…", "read tools and agents and run their tests", "offline",
            "  supercargo check tools/price.landed\n" },
    { "memory",
            "add \"FACT\" | add -f FILE | search [WORDS] | show ID | correct ID \"FACT\" "
            "| "
            "forget ID… | export | embed",
            "see, correct and erase what agents know",
            "agent file subject source valid-from valid-to at limit untrusted",
            "  supercargo memory add \"VAT in Germany is 19 %\" --subject \"VAT DE\"\n"
            "  supercargo memory add \"德国仓每周三发货\" --agent price-keeper "
            "--valid-to "
            "2026-12-31\n"
            "  supercargo memory add -f returns.md --source \"supplier's site\" "
            "--untrusted\n"
            "  supercargo memory search \"ドイツの倉庫\" --at 2026-06-01\n"
            "  supercargo memory correct 1m843vpd \"VAT in Germany is 16 %\"\n"
            "  supercargo memory forget 1m843vpd      # and says who else still holds "
            "it\n"
            "  supercargo memory export > facts.jsonl\n" },
    { "secret", "set NAME | list | rm NAME", "keep keys, encrypted, under a name", "",
            "  supercargo secret set openai < key.txt\n"
            "  supercargo secret list\n" },
    { "model", "list | test [PROVIDER/NAME] | prices [PATTERN]",
            "see which models can be used, try one, see what they cost", "",
            "  supercargo model list\n"
            "  supercargo model test deepseek/deepseek-v4-pro\n"
            "  supercargo model prices deepseek\n"
            "  supercargo model prices 'qwen3*max'\n" },
    { "cost", "[OPTION]…", "what models have cost, and what of each budget is used",
            "by since agent",
            "  supercargo cost --by day --since 2026-11-01\n"
            "  supercargo cost --by agent --json\n" },
    { "doctor", "[OPTION]…", "look for what is wrong with the installation", "offline",
            "  supercargo doctor --json\n" },
    { "version", "", "print the version", "", NULL },
    { 0 },
};

enum { RUNS = SC_APP_STORE | SC_APP_TOOLS | SC_APP_EXEC };

/* What a command needs; looking at things works while another process owns the data
 * folder. */
static const struct {
    const char *name, *first_word; /* NULL: any */
    int parts;
    int (*run)(struct sc_app *app);
} runners[] = {
    { "run", NULL, RUNS, sc_cmd_run },
    { "plan", NULL, RUNS, sc_cmd_plan },
    { "task", "cancel", RUNS, sc_cmd_task },
    { "task", "resume", RUNS, sc_cmd_task },
    { "task", "prune", SC_APP_STORE | SC_APP_TOOLS, sc_cmd_task },
    { "task", NULL, SC_APP_LOOK, sc_cmd_task },
    { "why", NULL, SC_APP_LOOK | SC_APP_TOOLS, sc_cmd_why },
    { "replay", NULL, SC_APP_LOOK | SC_APP_TOOLS, sc_cmd_replay },
    { "tool", "call", RUNS, sc_cmd_tool },
    { "tool", NULL, SC_APP_TOOLS, sc_cmd_tool },
    { "agent", NULL, SC_APP_TOOLS, sc_cmd_agent },
    { "routine", "run", RUNS, sc_cmd_routine },
    { "routine", "save", SC_APP_LOOK | SC_APP_TOOLS, sc_cmd_routine },
    { "routine", NULL, SC_APP_TOOLS, sc_cmd_routine },
    { "check", NULL, SC_APP_STORE | SC_APP_TOOLS | SC_APP_SCRATCH, sc_cmd_check },
    { "memory", "search", SC_APP_LOOK | SC_APP_TOOLS, sc_cmd_memory },
    { "memory", "show", SC_APP_LOOK, sc_cmd_memory },
    { "memory", NULL, SC_APP_STORE | SC_APP_TOOLS, sc_cmd_memory },
    { "secret", NULL, 0, sc_cmd_secret },
    { "model", NULL, SC_APP_TOOLS, sc_cmd_model },
    { "cost", NULL, SC_APP_TOOLS | SC_APP_LOOK, sc_cmd_cost },
    { "doctor", NULL, SC_APP_TOOLS | SC_APP_LOOK | SC_APP_EXAMINE, sc_cmd_doctor },
};

static int run_in_app(
        const struct sc_options *options, int parts, int (*run)(struct sc_app *app))
{
    struct sc_app app;
    struct sc_error err;
    int code;

    if (sc_app_open(&app, options, parts, &err))
        code = sc_app_fail(options, &err);
    else
        code = run(&app);
    sc_app_close(&app);
    return code;
}

static int run_command(const struct sc_options *options)
{
    const char *first = options->words.count ? options->words.items[0] : "";

    for (size_t i = 0; i < sizeof(runners) / sizeof(*runners); i++) {
        if (strcmp(runners[i].name, options->command) == 0 &&
                (!runners[i].first_word || strcmp(runners[i].first_word, first) == 0))
            return run_in_app(options, runners[i].parts, runners[i].run);
    }
    SC_ASSERT(false); /* every command has a runner */
    return SC_EXIT_USAGE;
}

static int print_version(const struct sc_options *options)
{
    if (options->json)
        printf("{\"version\":\"%s\"}\n", SC_VERSION);
    else
        printf("supercargo %s\n", SC_VERSION);
    return SC_EXIT_DONE;
}

static int dispatch(const struct sc_options *options)
{
    if (options->version ||
            (options->command && strcmp(options->command, "version") == 0))
        return print_version(options);
    if (!options->command && options->json && !options->help)
        return sc_app_usage(options, "COMMAND --json");
    if (!options->command) {
        sc_help(options->help ? stdout : stderr, commands);
        return options->help ? SC_EXIT_DONE : SC_EXIT_USAGE;
    }
    if (options->help) {
        sc_help_command(stdout, sc_command_find(commands, options->command));
        return SC_EXIT_DONE;
    }
    return run_command(options);
}

/* A caller may have closed 0, 1 or 2; what is opened next must not take their place.
 * Writing to what stands there then fails, as it should. */
static void fill_descriptors(void)
{
    int fd;

    do {
        fd = open("/dev/null", O_RDONLY);
    } while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
}

/* A core file would hold keys and secrets; the worker does the same for itself. */
static void leave_no_core(void)
{
    const struct rlimit none = { 0, 0 };

    (void)setrlimit(RLIMIT_CORE, &none);
}

/* What was printed has arrived, or the command has not done its work. */
static int check_output(int code)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    fprintf(stderr, "supercargo: standard output cannot be written (%s)\n",
            strerror(errno));
    return code == SC_EXIT_DONE ? SC_EXIT_FAILED : code;
}

int main(int argc, char **argv)
{
    struct sc_options options;
    struct sc_error err;
    int code;

    if (argc == 2 && strcmp(argv[1], "--worker") == 0)
        return sc_worker_main(SC_WORKER_FD);
    fill_descriptors();
    leave_no_core();
    (void)signal(SIGXFSZ, SIG_IGN); /* a file at its limit is an error of that write */
    if (sc_options_parse(&options, argc, argv, commands, &err)) {
        options.command = NULL;
        sc_app_fail(&options, &err);
        code = SC_EXIT_USAGE;
    } else {
        code = dispatch(&options);
    }
    sc_options_release(&options);
    return check_output(code);
}
