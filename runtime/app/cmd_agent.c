/* app/cmd_agent.c - supercargo agent list|show NAME. */
#include <string.h>

#include "app/app.h"
#include "app/print.h"
#include "app/say.h"

static int list_agents(const struct sc_app *app)
{
    struct sc_json *list = sc_json_new_array();

    for (size_t i = 0; i < app->catalog.agent_count; i++) {
        const struct sc_agent *agent = &app->catalog.agents[i];

        if (app->options->json)
            sc_json_append(list, sc_json_copy(agent->json));
        else
            printf("%-16s %s\n", agent->name,
                    sc_text_of(agent->json, "summary", app->language));
    }
    if (app->options->json)
        sc_print_json(stdout, list);
    sc_json_free(list);
    return SC_EXIT_DONE;
}

static int show_agent(const struct sc_app *app, const struct sc_agent *agent)
{
    if (app->options->json) {
        sc_print_json(stdout, agent->json);
        return SC_EXIT_DONE;
    }
    printf("%s: %s\n\n%s\n", agent->name,
            sc_text_of(agent->json, "summary", app->language),
            sc_json_get_string(agent->json, "instructions", ""));
    sc_print_list(stdout, sc_say(app->language, SC_SAY_TOOLS),
            sc_json_get(agent->json, "tools"));
    printf("\n%s\n", sc_say(app->language, SC_SAY_ROUTINES));
    for (size_t i = 0; i < app->catalog.routine_count; i++) {
        const struct sc_routine *routine = &app->catalog.routines[i];

        if (strcmp(routine->agent, agent->name) == 0)
            printf("  %-20s %s\n", routine->name,
                    sc_text_of(routine->json, "summary", app->language));
    }
    return SC_EXIT_DONE;
}

int sc_cmd_agent(struct sc_app *app)
{
    const char *what = sc_options_word(app->options, 0);
    const char *name = sc_options_word(app->options, 1);
    const struct sc_agent *agent;

    if (strcmp(what, "list") == 0)
        return list_agents(app);
    if (strcmp(what, "show") != 0 || !*name)
        return sc_app_usage(app->options, "agent list, or: supercargo agent show NAME");
    agent = sc_catalog_agent(&app->catalog, name);
    if (!agent)
        return sc_app_unknown(
                app, "agent", name, sc_catalog_nearest_agent(&app->catalog, name));
    return show_agent(app, agent);
}
