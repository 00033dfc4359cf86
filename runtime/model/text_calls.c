#include "model/text_calls.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { MAX_TRIES = 50, MAX_TRIED = 16 << 20 }; /* and so many bytes in them */

static const char open_tag[] = "<tool_call>", close_tag[] = "</tool_call>";
static const char fence[] = "```";

/* An answer under the eye of one reader after the other; what it must end with lies in
 * [text, end). */
struct answer {
    const struct sc_text_source *source;
    const char *text, *end;
    struct sc_calls found;
    const char *first; /* where the first call begins */
};

/* --- one call from its JSON --- */

static bool is_offered(const struct sc_text_source *source, const char *name)
{
    const char *names = source->names, *end = names + source->names_len;

    for (; names < end; names += strlen(names) + 1)
        if (strcmp(names, name) == 0)
            return true;
    return false;
}

static const struct sc_json *one_of(
        const struct sc_json *json, const char *const *keys, size_t count)
{
    const struct sc_json *found = NULL;

    for (size_t i = 0; i < count && !found; i++)
        found = sc_json_get(json, keys[i]);
    return found;
}

#define ONE_OF(json, keys) one_of(json, keys, sizeof(keys) / sizeof((keys)[0]))

static void add(struct answer *a, const char *name, const struct sc_json *arguments)
{
    size_t at = sc_calls_add(&a->found, -1, "", name);
    struct sc_buf *out = &a->found.items[at].arguments;

    if (sc_json_is(arguments, SC_JSON_OBJECT))
        sc_json_write(out, arguments);
    else
        sc_buf_adds(out, sc_json_string(arguments));
}

static bool add_object(struct answer *a, const struct sc_json *json, bool any_name)
{
    static const char *const names[] = { "name", "tool", "action" };
    static const char *const arguments[] = { "arguments", "parameters", "args", "input",
        "action_input" };
    const struct sc_json *function = sc_json_get(json, "function");
    const char *name;

    if (sc_json_is(function, SC_JSON_OBJECT))
        json = function;
    name = sc_json_string(ONE_OF(json, names));
    if (!*name || (!any_name && !is_offered(a->source, name)))
        return false;
    add(a, name, ONE_OF(json, arguments));
    return true;
}

/* An object, or several in an array, perhaps as {"tool_calls":[…]}. */
static bool add_json(struct answer *a, const char *text, const char *end)
{
    struct sc_json *json = sc_json_parse(text, (size_t)(end - text), NULL, NULL);
    const struct sc_json *list = sc_json_get(json, "tool_calls");
    bool good;

    if (!list && sc_json_is(json, SC_JSON_ARRAY))
        list = json;
    good = list ? sc_json_count(list) > 0 : json && add_object(a, json, false);
    SC_JSON_EACH(item, list)
    good = good && add_object(a, item, false);
    if (good)
        a->first = text;
    sc_json_free(json);
    return good;
}

/* --- where things stand in the text --- */

static const char *skip_space(const char *text, const char *end)
{
    while (text < end && strchr(" \t\r\n", *text))
        text++;
    return text;
}

/* Where `part` first stands before end, at the beginning of a line if so wanted. */
static const char *find(
        const char *text, const char *part, const char *end, bool line_start)
{
    const char *from = text;
    size_t len = strlen(part);

    for (; (from = strstr(from, part)) && from + len <= end; from++)
        if (!line_start || from == text || from[-1] == '\n')
            return from;
    return NULL;
}

/* Is there an open fence or an open `…` in front of `at`? */
static bool is_in_code(const char *text, const char *at)
{
    size_t ticks = 0;
    bool in_fence = false;

    while (text < at) {
        if (strncmp(text, fence, sizeof(fence) - 1) == 0) {
            in_fence = !in_fence;
            ticks = 0;
            text += sizeof(fence) - 1;
            continue;
        }
        if (*text == '\n')
            ticks = 0;
        ticks += *text++ == '`';
    }
    return in_fence || ticks % 2 == 1;
}

/* --- the forms --- */

static bool add_tagged(struct answer *a, const char *text, const char *end)
{
    bool any_name = a->source->mode == SC_TEXT_CALLS_ONLY;
    struct sc_json *json = sc_json_parse(text, (size_t)(end - text), NULL, NULL);
    bool good = json && add_object(a, json, any_name);

    if (!json && any_name) {
        size_t at = sc_calls_add(&a->found, -1, "", "");

        sc_buf_add(&a->found.items[at].arguments, text, (size_t)(end - text));
        good = true;
    }
    sc_json_free(json);
    return good;
}

/* From the first tag on there is nothing but calls. The last may lack its end. */
static bool read_tags(struct answer *a)
{
    const char *at = find(a->text, open_tag, a->end, false);

    if (!at || is_in_code(a->text, at))
        return false;
    a->first = at;
    while (at < a->end) {
        const char *body = at + sizeof(open_tag) - 1, *close;

        if (strncmp(at, open_tag, sizeof(open_tag) - 1) != 0)
            return false;
        close = find(body, close_tag, a->end, false);
        if (!add_tagged(a, body, close ? close : a->end))
            return false;
        at = skip_space(close ? close + sizeof(close_tag) - 1 : a->end, a->end);
    }
    return true;
}

/* ```json, with the fence's end as the end of the answer. */
static bool read_fence(struct answer *a)
{
    size_t mark = sizeof(fence) - 1;
    const char *close, *open = NULL, *next = a->text, *body;

    if ((size_t)(a->end - a->text) < 2 * mark)
        return false;
    close = a->end - mark;
    if (strncmp(close, fence, mark) != 0)
        return false;
    while ((next = find(next, fence, close, false))) {
        open = next;
        next += mark;
    }
    if (!open || is_in_code(a->text, open))
        return false;
    body = open + mark;
    while (body < close && *body != '\n' && *body != '{' && *body != '[')
        body++;
    if (!add_json(a, body, close))
        return false;
    a->first = open;
    return true;
}

/* All of the answer, or all from the beginning of a line. */
static bool read_bare(struct answer *a)
{
    const char *line = a->text;
    size_t tried = 0;

    for (int tries = 0; line && tries < MAX_TRIES && tried < MAX_TRIED; tries++) {
        const char *start = skip_space(line, a->end);

        if (*start == '{' || *start == '[') {
            tried += (size_t)(a->end - a->text);
            if (!is_in_code(a->text, start) && add_json(a, start, a->end))
                return true;
        }
        line = start < a->end ? find(start, "\n", a->end, false) : NULL;
    }
    return false;
}

/* Action: NAME
 * Action Input: {…} */
static bool read_react(struct answer *a)
{
    static const char action[] = "Action:", input[] = "Action Input:";
    const char *at = find(a->text, action, a->end, true);
    const char *arguments = at ? find(at, input, a->end, true) : NULL;
    const char *name = at ? skip_space(at + sizeof(action) - 1, a->end) : NULL;
    struct sc_json *json;
    char *called;
    size_t len;

    if (!arguments || is_in_code(a->text, at))
        return false;
    len = strcspn(name, " \t\r\n");
    arguments = skip_space(arguments + sizeof(input) - 1, a->end);
    json = sc_json_parse(arguments, (size_t)(a->end - arguments), NULL, NULL);
    called = sc_strndup(name, len);
    if (sc_json_is(json, SC_JSON_OBJECT) && is_offered(a->source, called)) {
        add(a, called, json);
        a->first = at;
    }
    free(called);
    sc_json_free(json);
    return a->found.count > 0;
}

/* --- all of it --- */

/* What follows such a word is made up: results come from us. */
static const char *end_of_own_words(const char *text, const char *end)
{
    static const char *const fakes[] = { "<tool_result", "Observation:" };

    for (size_t i = 0; i < sizeof(fakes) / sizeof(fakes[0]); i++) {
        const char *at = find(text, fakes[i], end, true);

        if (at)
            end = at;
    }
    while (end > text && strchr(" \t\r\n", end[-1]))
        end--;
    return end;
}

bool sc_calls_from_text(struct sc_calls *calls, const struct sc_text_source *source,
        struct sc_buf *ret_said, size_t *ret_len)
{
    static bool (*const readers[])(
            struct answer *) = { read_tags, read_fence, read_bare, read_react };
    const char *text = source->text;
    struct answer a = { .source = source, .text = text };

    if (source->mode == SC_TEXT_CALLS_NONE)
        return false;
    a.end = end_of_own_words(text, text + strlen(text));
    for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
        if (readers[i](&a))
            break;
        sc_calls_release(&a.found);
    }
    if (!a.found.count)
        return false;
    *calls = a.found;
    *ret_said = (struct sc_buf){ 0 };
    sc_buf_add(ret_said, text, (size_t)(a.first - text));
    *ret_len = (size_t)(a.end - text);
    return true;
}
