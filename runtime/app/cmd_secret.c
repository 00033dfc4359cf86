/* app/cmd_secret.c - supercargo secret set|list|rm. */
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "app/app.h"
#include "app/print.h"
#include "app/report.h"
#include "app/secrets.h"
#include "base/mem.h"

enum { VALUE_MAX = 64 * 1024, CTRL_C = 3 };

/* The value comes from standard input, never from the command line, where others on the
 * machine could see it. On a terminal it is not shown. */
static char *read_value(void)
{
    struct termios shown, hidden;
    bool terminal = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &shown) == 0;
    char *value = sc_zalloc(VALUE_MAX + 2);

    if (terminal) {
        hidden = shown; /* Ctrl-C ends the line, so that the echo comes back */
        hidden.c_cc[VEOL] = CTRL_C;
        hidden.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
        fputs("Value: ", stderr);
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    }
    if (!fgets(value, VALUE_MAX + 2, stdin))
        value[0] = '\0';
    if (terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
        fputc('\n', stderr);
    }
    value[strcspn(value, "\r\n")] = '\0';
    if (strchr(value, CTRL_C))
        value[0] = '\0';
    return value;
}

static int set(struct sc_app *app)
{
    struct sc_error err;
    char *value = read_value();
    enum sc_code code = sc_secret_set(
            app->data_folder, sc_options_word(app->options, 1), value, &err);

    sc_secret_release(value);
    return code ? sc_app_fail(app->options, &err) : SC_EXIT_DONE;
}

static int list(struct sc_app *app)
{
    struct sc_json *names = sc_secret_names(app->data_folder);

    if (app->options->json)
        sc_print_json(stdout, names);
    else
        SC_JSON_EACH(name, names)
    sc_print_line(stdout, "", sc_json_string(name));
    sc_json_free(names);
    return SC_EXIT_DONE;
}

int sc_cmd_secret(struct sc_app *app)
{
    const char *what = sc_options_word(app->options, 0);
    struct sc_error err;

    if (strcmp(what, "list") == 0)
        return list(app);
    if (strcmp(what, "set") == 0 && *sc_options_word(app->options, 1) &&
            !*sc_options_word(app->options, 2))
        return set(app);
    if (strcmp(what, "rm") == 0 && *sc_options_word(app->options, 1)) {
        if (sc_secret_remove(app->data_folder, sc_options_word(app->options, 1), &err))
            return sc_app_fail(app->options, &err);
        return SC_EXIT_DONE;
    }
    sc_fail(&err, SC_INVALID,
            "write: supercargo secret set NAME (the value is read from standard input), "
            "or: "
            "supercargo secret list, or: supercargo secret rm NAME");
    sc_app_fail(app->options, &err);
    return SC_EXIT_USAGE;
}
