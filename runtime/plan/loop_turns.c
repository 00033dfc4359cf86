/* The loop strategy: the model calls tools itself, turn by turn. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "plan/planner.h"
#include "plan/prompt.h"

extern const char sc_prompt_loop[]; /* prompts/loop.md, by sc_embed */

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
    char *description =
            sc_strdupf("%s [%s]", sc_json_get_string(tool->descriptor, "summary", ""),
                    sc_effect_word(tool->effect));

    sc_json_add(json, "name", sc_json_new_string(name));
    sc_json_add(json, "description", sc_json_new_string(description));
    if (params)
        sc_json_add(json, "parameters", sc_json_copy(params));
    free(name);
    free(description);
    return json;
}

static struct sc_json *wire_tools(const struct sc_planner_task *task)
{
    struct sc_json *tools = sc_json_new_array();
    size_t count = task->registry ? sc_registry_count(task->registry) : 0;

    for (size_t i = 0; i < count; i++) {
        const struct sc_tool *tool = sc_registry_at(task->registry, i);

        if (sc_registry_allows(task->tools, tool->name))
            sc_json_append(tools, wire_tool(tool));
    }
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
    *ret_tools = wire_tools(task);
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

/* Arguments of a call are values, whatever they begin with: as a plan's text, `=` at the
 * start is doubled, and text with `{{` becomes an expression that is that text. */
static char *as_plan_text(const char *text)
{
    struct sc_buf out = { 0 };

    if (!strstr(text, "{{")) {
        sc_buf_addf(&out, "%s%s", *text == '=' ? "=" : "", text);
        return sc_buf_detach(&out);
    }
    sc_buf_adds(&out, "='");
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\' || *text == '{' || (unsigned char)*text < ' ')
            sc_buf_addf(&out, "\\%03d", *text);
        else
            sc_buf_addc(&out, *text);
    }
    sc_buf_addc(&out, '\'');
    return sc_buf_detach(&out);
}

static struct sc_json *as_template(const struct sc_json *value)
{
    bool is_object = sc_json_is(value, SC_JSON_OBJECT);
    struct sc_json *copy;
    char *text;

    if (sc_json_is(value, SC_JSON_STRING)) {
        text = as_plan_text(sc_json_string(value));
        copy = sc_json_new_string(text);
        free(text);
        return copy;
    }
    if (!is_object && !sc_json_is(value, SC_JSON_ARRAY))
        return sc_json_copy(value);
    copy = is_object ? sc_json_new_object() : sc_json_new_array();
    SC_JSON_EACH(member, value)
    {
        if (is_object)
            sc_json_add(copy, sc_json_key(member), as_template(member));
        else
            sc_json_append(copy, as_template(member));
    }
    return copy;
}

static void refuse(struct sc_json **refused, const char *call_id, char *take_message)
{
    struct sc_json *entry = sc_json_new_object();

    if (!*refused)
        *refused = sc_json_new_array();
    sc_json_add(entry, "id", sc_json_new_string(call_id));
    sc_json_add(entry, "message", sc_json_new_string(take_message));
    sc_json_append(*refused, entry);
    free(take_message);
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

static char *not_json(const struct sc_model_call *call)
{
    struct sc_error err;
    struct sc_json *json =
            sc_json_parse(call->arguments, strlen(call->arguments), NULL, &err);

    sc_json_free(json);
    if (json)
        return sc_strdup("the arguments must be a JSON object");
    return sc_strdupf("the arguments are not JSON: %s", err.msg);
}

struct sc_json *sc_loop_steps(const struct sc_model_reply *reply, size_t turn,
        const struct sc_plan_scope *scope, struct sc_json **ret_refused)
{
    struct sc_json *steps = NULL, *refused = NULL;

    for (size_t i = 0; i < reply->call_count; i++) {
        const struct sc_model_call *call = &reply->calls[i];
        const struct sc_tool *tool = find_tool(scope, call->name);
        struct sc_json *step;
        char *id;

        if (!tool || !call->args) {
            refuse(&refused, call->id,
                    tool || !*call->name ? not_json(call)
                                         : no_such_tool(scope, call->name));
            continue;
        }
        if (!steps)
            steps = sc_json_new_array();
        step = sc_json_append(steps, sc_json_new_object());
        id = sc_strdupf("t%zu_%zu", turn, i + 1);
        sc_json_add(step, "id", sc_json_new_string(id));
        sc_json_add(step, "tool", sc_json_new_string(tool->name));
        sc_json_add(step, "args", as_template(call->args));
        free(id);
    }
    *ret_refused = refused;
    return steps;
}

/* --- results as messages --- */

static void cut_text(struct sc_buf *text, size_t max)
{
    size_t len = text->len, keep;

    if (len <= max)
        return;
    keep = sc_utf8_cut(text->data, len, max);
    text->len = keep;
    sc_buf_addf(text, "… [cut: these are the first %zu of %zu bytes]", keep, len);
}

struct sc_json *sc_loop_answers(const struct sc_model_reply *reply,
        const struct sc_json *results, size_t max_bytes)
{
    struct sc_json *messages = sc_json_new_array();

    for (size_t i = 0; i < reply->call_count; i++) {
        const struct sc_json *result = sc_json_get(results, reply->calls[i].id);
        struct sc_buf text = { 0 };

        if (result)
            sc_json_write(&text, result);
        else
            sc_buf_adds(&text, "{\"error\":{\"message\":\"this call was not made\"}}");
        cut_text(&text, max_bytes);
        sc_json_append(
                messages, sc_prompt_result(reply->calls[i].id, sc_buf_text(&text)));
        sc_buf_release(&text);
    }
    return messages;
}
