/* The plan in a reply: a call of the tool `plan`, or JSON in the text. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "plan/planner.h"

enum { MAX_TRIES = 50, MAX_TRIED = 16 << 20 }; /* and so many bytes in them */

static void add_error(struct sc_json **ret_errors, const char *text)
{
    *ret_errors = sc_json_new_array();
    sc_json_append(*ret_errors, sc_json_new_string(text));
}

/* --- in a call --- */

static const struct sc_model_call *find_call(const struct sc_model_reply *reply)
{
    for (size_t i = 0; i < reply->call_count; i++)
        if (strcmp(reply->calls[i].name, "plan") == 0)
            return &reply->calls[i];
    return NULL;
}

static bool looks_like_plan(const struct sc_json *json)
{
    return sc_json_get(json, "steps") || sc_json_get(json, "look") ||
           sc_json_get(json, "find") || sc_json_get(json, "cannot");
}

/* Some models wrap the object once more: {"plan": {…}}, or {"plan": "{…}"}; or write the
 * call as text: {"name": "plan", "arguments": {…}}. */
static struct sc_json *unwrap(struct sc_json *take_json)
{
    bool call = strcmp(sc_json_get_string(take_json, "name", ""), "plan") == 0;
    const struct sc_json *inner = sc_json_get(take_json, call ? "arguments" : "plan");
    const char *text = sc_json_string(inner);
    struct sc_json *plan = NULL;

    if (looks_like_plan(take_json) || !inner)
        return take_json;
    if (sc_json_is(inner, SC_JSON_STRING))
        plan = sc_json_parse(text, strlen(text), NULL, NULL);
    else if (sc_json_is(inner, SC_JSON_OBJECT))
        plan = sc_json_copy(inner);
    if (!sc_json_is(plan, SC_JSON_OBJECT)) {
        sc_json_free(plan);
        return take_json;
    }
    sc_json_free(take_json);
    return plan;
}

static struct sc_json *from_call(const struct sc_model_call *call, struct sc_error *err)
{
    struct sc_json *json;

    if (call->args)
        return unwrap(sc_json_copy(call->args));
    json = sc_json_parse(call->arguments, strlen(call->arguments), NULL, err);
    if (json)
        sc_fail(err, SC_INVALID, "it is not an object");
    sc_json_free(json);
    return NULL;
}

/* --- in text --- */

/* Where the object that begins at text ends, or NULL: braces counted, strings jumped. */
static const char *end_of_object(const char *text)
{
    size_t depth = 0;
    bool in_string = false;

    for (; *text; text++) {
        if (in_string) {
            if (*text == '\\' && text[1])
                text++;
            else
                in_string = *text != '"';
        } else if (*text == '"') {
            in_string = true;
        } else if (*text == '{') {
            depth++;
        } else if (*text == '}' && --depth == 0) {
            return text + 1;
        }
    }
    return NULL;
}

/* The first object in the text that looks like a plan; prose and fences around it do not
 * matter. */
static struct sc_json *from_text(const char *text)
{
    size_t tried = 0;

    for (int tries = 0;
            tries < MAX_TRIES && tried < MAX_TRIED && (text = strchr(text, '{'));
            tries++) {
        const char *end = end_of_object(text);
        struct sc_json *json = NULL;

        tried += end ? (size_t)(end - text) : strlen(text);
        if (end)
            json = sc_json_parse(text, (size_t)(end - text), NULL, NULL);
        if (json)
            json = unwrap(json);
        if (looks_like_plan(json))
            return json;
        text = json ? end : text + 1;
        sc_json_free(json);
    }
    return NULL;
}

/* --- either --- */

static bool was_cut_off(const struct sc_model_reply *reply)
{
    return strcmp(reply->finish, "length") == 0;
}

static const char *why_no_plan(const struct sc_model_reply *reply)
{
    if (reply->call_count)
        return "only the tool `plan` can be called; other tools are steps of a plan";
    if (was_cut_off(reply))
        return "the answer was cut off before its end: think less, or write a shorter "
               "plan";
    return "there is no plan in the answer: call `plan`, or write one JSON object with "
           "steps, look or cannot";
}

static struct sc_json *find_json(
        const struct sc_model_reply *reply, struct sc_json **ret_errors)
{
    const struct sc_model_call *call = find_call(reply);
    struct sc_json *json;
    struct sc_error err = { 0 };
    char *text;

    if (call) {
        json = from_call(call, &err);
        if (!json) {
            text = sc_strdupf("the arguments of plan are not a JSON object: %s%s",
                    err.msg,
                    was_cut_off(reply)
                            ? "; the answer was cut off, so write a shorter plan"
                            : "");
            add_error(ret_errors, text);
            free(text);
        }
        return json;
    }
    json = from_text(reply->text);
    if (!json)
        add_error(ret_errors, why_no_plan(reply));
    return json;
}

static struct sc_plan *read_json(struct sc_json *take_json,
        const struct sc_plan_scope *scope, struct sc_json **ret_errors)
{
    struct sc_json *errors = NULL;
    struct sc_plan *plan = sc_plan_read(take_json, &errors, NULL);

    sc_json_free(take_json);
    if (plan && sc_plan_valid(plan, scope, &errors))
        return plan;
    sc_plan_free(plan);
    *ret_errors = errors;
    return NULL;
}

struct sc_plan *sc_planner_read(const struct sc_model_reply *reply,
        const struct sc_plan_scope *scope, struct sc_json **ret_errors)
{
    struct sc_json *json = find_json(reply, ret_errors);

    return json ? read_json(json, scope, ret_errors) : NULL;
}

/* --- a step in smaller ones --- */

static bool has_id(const struct sc_json *step, const char *id)
{
    return strcmp(sc_json_get_string(step, "id", ""), id) == 0;
}

static bool is_fragment(
        const struct sc_json *steps, const struct sc_json *plan, const char *step_id)
{
    SC_JSON_EACH(old, sc_json_get(plan, "steps"))
    {
        SC_JSON_EACH(step, steps)
        {
            const char *id = sc_json_get_string(step, "id", "");

            if (has_id(old, id) && strcmp(id, step_id) != 0)
                return false;
        }
    }
    return sc_json_count(steps) > 0;
}

static struct sc_json *spliced(
        const struct sc_json *plan, const char *step_id, const struct sc_json *steps)
{
    struct sc_json *whole = sc_json_copy(plan), *list = sc_json_new_array();

    SC_JSON_EACH(old, sc_json_get(plan, "steps"))
    {
        if (!has_id(old, step_id)) {
            sc_json_append(list, sc_json_copy(old));
            continue;
        }
        SC_JSON_EACH(step, steps)
        sc_json_append(list, sc_json_copy(step));
    }
    sc_json_set(whole, "steps", list);
    return whole;
}

struct sc_plan *sc_planner_read_split(const struct sc_model_reply *reply,
        const struct sc_json *plan, const char *step_id,
        const struct sc_plan_scope *scope, struct sc_json **ret_errors)
{
    struct sc_json *json = find_json(reply, ret_errors), *whole;
    const struct sc_json *steps = sc_json_get(json, "steps");

    if (json && is_fragment(steps, plan, step_id)) {
        whole = spliced(plan, step_id, steps);
        sc_json_free(json);
        json = whole;
    }
    return json ? read_json(json, scope, ret_errors) : NULL;
}
