/* app/cmd_tool.c - supercargo tool list|show|call. */
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/print.h"
#include "app/report.h"
#include "app/request.h"
#include "app/say.h"
#include "base/mem.h"
#include "tool/check.h"

static int list_tools(const struct sc_app *app)
{
    struct sc_json *list = sc_json_new_array();

    for (size_t i = 0; i < sc_registry_count(app->registry); i++) {
        const struct sc_tool *tool = sc_registry_at(app->registry, i);

        if (app->options->json)
            sc_json_append(list, sc_json_copy(tool->descriptor));
        else
            printf("%-16s %-6s %s\n", tool->name, sc_effect_word(tool->effect),
                    sc_tool_text(tool, "summary", app->language));
    }
    if (app->options->json)
        sc_print_json(stdout, list);
    sc_json_free(list);
    SC_JSON_EACH(problem, app->problems)
    sc_print_line(stderr, "", sc_json_string(problem));
    return SC_EXIT_DONE;
}

static bool is_required(const struct sc_json *schema, const char *name)
{
    SC_JSON_EACH(required, sc_json_get(schema, "required"))
    if (strcmp(sc_json_string(required), name) == 0)
        return true;
    return false;
}

static int widest_key(const struct sc_json *object)
{
    size_t widest = 0;

    SC_JSON_EACH(member, object)
    if (strlen(sc_json_key(member)) > widest)
        widest = strlen(sc_json_key(member));
    return (int)widest;
}

/* number; DE, FR, IT; string or null. */
static char *type_words(const struct sc_json *field)
{
    const struct sc_json *words = sc_json_get(field, "enum");
    const char *between = words ? ", " : " or ";
    struct sc_buf text;

    if (!words)
        words = sc_json_get(field, "type");
    sc_buf_init(&text);
    if (sc_json_is(words, SC_JSON_STRING))
        sc_buf_adds(&text, sc_json_string(words));
    SC_JSON_EACH(word, words)
    {
        char *json = sc_json_is(word, SC_JSON_STRING) ? NULL : sc_json_text(word);

        sc_buf_addf(&text, "%s%s", text.len ? between : "",
                json ? json : sc_json_string(word));
        free(json);
    }
    return sc_buf_detach(&text);
}

static void print_fields(
        const char *title, const struct sc_json *schema, const char *language)
{
    const struct sc_json *properties = sc_json_get(schema, "properties");
    int width = widest_key(properties);

    if (sc_json_count(properties) == 0)
        return;
    printf("\n%s\n", title);
    SC_JSON_EACH(field, properties)
    {
        char *words = type_words(field);
        const char *about = sc_json_get_string(field, "description", "");
        bool required = is_required(schema, sc_json_key(field));

        printf("  %-*s  %-8s%s%s", width, sc_json_key(field), words, required ? "  " : "",
                required ? sc_say(language, SC_SAY_REQUIRED) : "");
        sc_print_line(stdout, *about ? "  " : "", about);
        free(words);
    }
}

static int show_tool(const struct sc_app *app, const struct sc_tool *tool)
{
    if (app->options->json) {
        sc_print_json(stdout, tool->descriptor);
        return SC_EXIT_DONE;
    }
    printf("%s: %s\n\neffect %s, version %s\n%s\n", tool->name,
            sc_tool_text(tool, "summary", app->language), sc_effect_word(tool->effect),
            tool->version, sc_json_get_string(app->paths, tool->name, ""));
    print_fields(sc_say(app->language, SC_SAY_ARGUMENTS),
            sc_json_get(tool->descriptor, "params"), app->language);
    print_fields(sc_say(app->language, SC_SAY_GIVES),
            sc_json_get(tool->descriptor, "returns"), app->language);
    if (sc_json_count(sc_json_get(tool->descriptor, "examples")))
        printf("\n%s\n", sc_say(app->language, SC_SAY_EXAMPLES));
    SC_JSON_EACH(example, sc_json_get(tool->descriptor, "examples"))
    {
        char *args = sc_json_text(sc_json_get(example, "args"));

        printf("  supercargo tool call %s --args '%s'\n", tool->name, args);
        free(args);
    }
    return SC_EXIT_DONE;
}

static void write_lua_string(struct sc_buf *out, const char *text)
{
    sc_buf_addc(out, '"');
    for (; *text; text++) {
        /* '{' too: "{{" would read as a template. */
        if ((unsigned char)*text < ' ' || strchr("\"\\{", *text))
            sc_buf_addf(out, "\\%03d", (unsigned char)*text);
        else
            sc_buf_addc(out, *text);
    }
    sc_buf_addc(out, '"');
}

/* Data that must not be taken for an expression: a string that could be becomes an
 * expression that gives just that string. */
static struct sc_json *as_literal(const struct sc_json *value)
{
    struct sc_json *copy;

    if (sc_json_is(value, SC_JSON_STRING)) {
        const char *text = sc_json_string(value);
        struct sc_buf quoted;

        if (text[0] != '=' && !strstr(text, "{{"))
            return sc_json_copy(value);
        sc_buf_init(&quoted);
        sc_buf_addc(&quoted, '=');
        write_lua_string(&quoted, text);
        copy = sc_json_new_string(quoted.data);
        sc_buf_release(&quoted);
        return copy;
    }
    if (sc_json_is(value, SC_JSON_ARRAY)) {
        copy = sc_json_new_array();
        SC_JSON_EACH(item, value)
        sc_json_append(copy, as_literal(item));
        return copy;
    }
    if (sc_json_is(value, SC_JSON_OBJECT)) {
        copy = sc_json_new_object();
        SC_JSON_EACH(item, value)
        sc_json_add(copy, sc_json_key(item), as_literal(item));
        return copy;
    }
    return sc_json_copy(value);
}

static struct sc_json *plan_of_call(
        const struct sc_tool *tool, const struct sc_json *args)
{
    struct sc_json *plan = sc_json_new_object(), *step = sc_json_new_object();
    struct sc_json *steps = sc_json_new_array();

    sc_json_set_string(step, "id", "call");
    sc_json_set_string(step, "tool", tool->name);
    sc_json_set(step, "args", as_literal(args));
    sc_json_append(steps, step);
    sc_json_set_string(plan, "goal", tool->name);
    sc_json_set(plan, "steps", steps);
    return plan;
}

/* A call goes the way of every step: checked, journaled, approved where it has effects.
 */
static int call_tool(struct sc_app *app, const struct sc_tool *tool)
{
    const char *text = app->options->args ? app->options->args : "{}";
    struct sc_request request;
    struct sc_error err;
    struct sc_json *args = sc_json_parse(text, strlen(text), NULL, &err), *plan;
    int code;

    if (!args) {
        sc_wrap(&err, "--args is not JSON");
        return sc_app_fail(app->options, &err);
    }
    if (sc_tool_check_args(tool, args, &err)) {
        sc_json_free(args);
        return sc_app_fail(app->options, &err);
    }
    plan = plan_of_call(tool, args);
    if (sc_request_of_plan(&request, app, tool->name, plan, &err))
        code = sc_app_fail(app->options, &err);
    else
        code = sc_request_run(app, &request);
    sc_request_release(&request);
    sc_json_free(plan);
    sc_json_free(args);
    return code;
}

int sc_cmd_tool(struct sc_app *app)
{
    const char *what = sc_options_word(app->options, 0);
    const char *name = sc_options_word(app->options, 1);
    const struct sc_tool *tool;
    bool show = strcmp(what, "show") == 0;

    if (strcmp(what, "list") == 0)
        return list_tools(app);
    if (!*name || (!show && strcmp(what, "call") != 0))
        return sc_app_usage(app->options,
                "tool list, or: supercargo tool show NAME, or: supercargo tool call NAME "
                "--args JSON");
    tool = sc_registry_get(app->registry, name);
    if (!tool)
        return sc_app_unknown(
                app, "tool", name, sc_registry_nearest(app->registry, name));
    return show ? show_tool(app, tool) : call_tool(app, tool);
}
