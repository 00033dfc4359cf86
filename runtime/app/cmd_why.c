/* app/cmd_why.c - supercargo why TASK. */
#include <stdlib.h>

#include "app/app.h"
#include "app/print.h"
#include "app/task_id.h"
#include "app/why.h"

int sc_cmd_why(struct sc_app *app)
{
    struct sc_error err;
    struct sc_json *why;
    char *id;

    if (app->options->words.count != 1)
        return sc_app_usage(app->options, "why TASK");
    id = sc_task_id_whole(app, sc_options_word(app->options, 0), &err);
    why = id ? sc_why(app, id, &err) : NULL;
    free(id);
    if (!why)
        return sc_app_fail(app->options, &err);
    if (app->options->json)
        sc_print_json(stdout, why);
    else
        sc_why_print(stdout, why, app->language);
    sc_json_free(why);
    return SC_EXIT_DONE;
}
