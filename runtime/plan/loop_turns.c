/* The loop strategy: the model calls tools itself, turn by turn. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "plan/loop_args.h"
#include "plan/planner.h"
#include "plan/prompt.h"
#include "plan/shown.h"
#include "plan/signature.h"

extern const char sc_prompt_loop[]; /* prompts/loop.md, by sc_embed */
extern const char sc_prompt_loop_tools[];
extern const size_t sc_prompt_loop_tools_len;

/* --- the request --- */

/* `table.read` is `table__read` on the wire, where dots are not allowed. */
static char *wire_name(const char *name)
{
    struct sc_buf wire = { 0 };

    for (; *name; name++)
        if (*name == '.')
            sc_buf_adds(&wire, "__");
        else
            sc_buf_addc(&wire, *name);
    return sc_buf_detach(&wire);
}

static struct sc_json *wire_tool(const struct sc_tool *tool)
{
    struct sc_json *json = sc_json_new_object();
    const struct sc_json *params = sc_json_get(tool->descriptor, "params");
    char *name = wire_name(tool->name);
    struct sc_buf description = { 0 };

    sc_buf_addf(&description, "%s [%s]",
            sc_json_get_string(tool->descriptor, "summary", ""),
            sc_effect_word(tool->effect));
    sc_signature_write_example(&description, tool);
    sc_json_add(json, "name", sc_json_new_string(name));
    sc_json_add(json, "description", sc_json_new_string(description.data));
    if (params)
        sc_json_add(json, "parameters", sc_json_copy(params));
    free(name);
    sc_buf_release(&description);
    return json;
}

/* What a loop has beside the tools: prompts/loop_tools.json. */
static struct sc_json *own_tool(const char *which)
{
    struct sc_json *all =
            sc_json_parse(sc_prompt_loop_tools, sc_prompt_loop_tools_len, NULL, NULL);
    struct sc_json *tool = sc_json_detach(all, which);

    SC_ASSERT(tool);
    sc_json_free(all);
    return tool;
}

/* A number or a yes: there is never more of it to look at. */
static bool is_brief(const struct sc_tool *tool)
{
    static const char *const types[] = { "integer", "number", "boolean", "null" };
    const char *type =
            sc_json_get_string(sc_json_get(tool->descriptor, "returns"), "type", "");

    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
        if (strcmp(type, types[i]) == 0)
            return true;
    return false;
}

/* *ret_count: of all; *ret_long: of those whose results may be long. */
static struct sc_json *wire_tools(const struct sc_planner_task *task, bool named_only,
        size_t *ret_count, size_t *ret_long)
{
    struct sc_json *list = sc_json_new_array();
    const struct sc_tool **tools = sc_shown_tools(task, named_only, ret_count);

    *ret_long = 0;
    for (size_t i = 0; i < *ret_count; i++) {
        sc_json_append(list, wire_tool(tools[i]));
        *ret_long += !is_brief(tools[i]);
    }
    free(tools);
    return list;
}

static bool are_few(const struct sc_json *tools, size_t count)
{
    struct sc_buf text = { 0 };
    bool few = count <= SC_SHOWN_TOOLS;

    if (few)
        sc_json_write(&text, tools);
    few = few && text.len <= SC_SHOWN_BYTES;
    sc_buf_release(&text);
    return few;
}

static void add_fitting(struct sc_json *list, const struct sc_planner_task *task)
{
    const struct sc_tool *tools[SC_SHOWN_FITTING];
    size_t count = sc_shown_fitting(task, task->words, SC_SHOWN_FITTING, tools);

    for (size_t i = 0; i < count; i++)
        sc_json_append(list, wire_tool(tools[i]));
}

/* All tools; or the named ones, two by which the others are reached, and those for the
 * words of the task. The array never grows, as what stands behind it would have to be
 * read anew: a search is answered in a message, and what it found called by its name. */
static struct sc_json *offered_tools(const struct sc_planner_task *task)
{
    size_t count, may_be_long;
    struct sc_json *tools = wire_tools(task, false, &count, &may_be_long);
    bool few = are_few(tools, count);

    if (!few) {
        sc_json_free(tools);
        tools = wire_tools(task, true, &count, &may_be_long);
        sc_json_append(tools, own_tool("find"));
        sc_json_append(tools, own_tool("call"));
    }
    if (!few || may_be_long > 0)
        sc_json_append(tools, own_tool("look"));
    if (!few)
        add_fitting(tools, task);
    return tools;
}

static struct sc_json *system_message(const struct sc_planner_task *task)
{
    struct sc_buf text = { 0 };
    struct sc_json *message;

    sc_buf_adds(&text, sc_prompt_loop);
    sc_prompt_add_instructions(&text, task->instructions);
    message = sc_prompt_message("system", text.data);
    sc_buf_release(&text);
    return message;
}

void sc_loop_request(const struct sc_planner_task *task,
        const struct sc_planner_turn *turns, size_t turn_count,
        struct sc_json **ret_messages, struct sc_json **ret_tools)
{
    struct sc_json *messages = sc_json_new_array();

    sc_json_append(messages, system_message(task));
    sc_json_append(messages, sc_prompt_task(task, NULL));
    sc_prompt_add_turns(messages, turns, turn_count);
    *ret_messages = messages;
    *ret_tools = offered_tools(task);
}

/* --- calls as steps --- */

/* The name that `table__read` stands for, with its dots; a model may have kept them. */
static char *meant_name(const char *called)
{
    struct sc_buf name = { 0 };

    for (; *called; called++)
        if (called[0] == '_' && called[1] == '_') {
            sc_buf_addc(&name, '.');
            called++;
        } else {
            sc_buf_addc(&name, *called);
        }
    return sc_buf_detach(&name);
}

static const struct sc_tool *find_tool(
        const struct sc_plan_scope *scope, const char *called)
{
    char *name = meant_name(called);
    const struct sc_tool *tool =
            scope->registry ? sc_registry_get(scope->registry, name) : NULL;

    free(name);
    return tool && sc_registry_allows(scope->tools, tool->name) ? tool : NULL;
}

/* An answer that needs no step. */
static void tell(struct sc_json **told, const char *call_id, const char *kind, char *text)
{
    struct sc_json *entry = sc_json_new_object();

    if (!*told)
        *told = sc_json_new_array();
    sc_json_add(entry, "id", sc_json_new_string(call_id));
    sc_json_add(entry, kind, sc_json_new_string(text));
    sc_json_append(*told, entry);
    free(text);
}

static char *no_such_tool(const struct sc_plan_scope *scope, const char *called)
{
    char *meant = meant_name(called), *name, *text;
    const char *near =
            scope->registry ? sc_registry_nearest(scope->registry, meant) : NULL;

    free(meant);
    if (!near || !sc_registry_allows(scope->tools, near))
        return sc_strdupf("there is no tool '%.60s'", called);
    name = wire_name(near);
    text = sc_strdupf("there is no tool '%.60s': did you mean '%s'?", called, name);
    free(name);
    return text;
}

static char *not_json(const char *arguments)
{
    struct sc_error err;
    struct sc_json *json = sc_json_parse(arguments, strlen(arguments), NULL, &err);

    sc_json_free(json);
    if (json)
        return sc_strdup("the arguments must be a JSON object");
    return sc_strdupf("the arguments are not JSON: %s", err.msg);
}

static bool is_own(const struct sc_model_call *call, const char *wire, const char *name)
{
    return strcmp(call->name, wire) == 0 || strcmp(call->name, name) == 0;
}

bool sc_loop_is_look(const struct sc_model_call *call)
{
    return is_own(call, "result__look", "result.look");
}

static char *found_tools(const struct sc_planner_task *task, const struct sc_json *args)
{
    const char *words = sc_json_get_string(args, "words", "");
    struct sc_buf text = { 0 };

    if (!sc_shown_add_fitting(&text, task, words, SC_SHOWN_FOUND))
        sc_buf_adds(&text, "none but those that are shown");
    return sc_buf_detach(&text);
}

/* The tool and the arguments that a call means, which tool__call has inside. */
struct meant {
    const char *name, *arguments;
    const struct sc_json *args;
};

static struct meant meaning_of(const struct sc_model_call *call)
{
    const struct sc_json *inner = sc_json_get(call->args, "args");

    if (!is_own(call, "tool__call", "tool.call"))
        return (struct meant){ call->name, call->arguments, call->args };
    return (struct meant){ sc_json_get_string(call->args, "name", ""), call->arguments,
        sc_json_is(inner, SC_JSON_OBJECT) ? inner : NULL };
}

static struct sc_json *step_for(
        const char *tool, struct sc_json *take_args, size_t turn, size_t number)
{
    struct sc_json *step = sc_json_new_object();
    char *id = sc_strdupf("t%zu_%zu", turn, number);

    sc_json_add(step, "id", sc_json_new_string(id));
    sc_json_add(step, "tool", sc_json_new_string(tool));
    sc_json_add(step, "args", take_args);
    free(id);
    return step;
}

/* The step; NULL and *ret_wrong: what to answer instead. */
static struct sc_json *step_of(const struct sc_planner_task *task,
        const struct sc_model_call *call, size_t turn, size_t number, char **ret_wrong)
{
    const struct sc_plan_scope scope = { .registry = task->registry,
        .tools = task->tools };
    const struct meant meant = meaning_of(call);
    const struct sc_tool *tool = find_tool(&scope, meant.name);
    struct sc_json *args;

    if (!tool || !meant.args) {
        *ret_wrong = tool || !*meant.name ? not_json(meant.arguments)
                                          : no_such_tool(&scope, meant.name);
        return NULL;
    }
    args = sc_loop_args(meant.args, task->results, ret_wrong);
    return args ? step_for(tool->name, args, turn, number) : NULL;
}

struct sc_json *sc_loop_steps(const struct sc_model_reply *reply, size_t turn,
        const struct sc_planner_task *task, struct sc_json **ret_told)
{
    struct sc_json *steps = NULL, *told = NULL;

    for (size_t i = 0; i < reply->call_count; i++) {
        const struct sc_model_call *call = &reply->calls[i];
        struct sc_json *step;
        char *wrong;

        if (sc_loop_is_look(call))
            continue;
        if (is_own(call, "tool__find", "tool.find")) {
            tell(&told, call->id, "found", found_tools(task, call->args));
            continue;
        }
        step = step_of(task, call, turn, i + 1, &wrong);
        if (!step) {
            tell(&told, call->id, "message", wrong);
            continue;
        }
        if (!steps)
            steps = sc_json_new_array();
        sc_json_append(steps, step);
    }
    *ret_told = told;
    return steps;
}
