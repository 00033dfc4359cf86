#include "app/reader.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

static void add_value(struct sc_buf *out, const struct sc_json *value)
{
    size_t shown = 0;

    if (sc_json_is(value, SC_JSON_STRING)) {
        sc_buf_adds(out, sc_json_string(value));
    } else if (sc_json_is(value, SC_JSON_ARRAY)) {
        SC_JSON_EACH(item, value)
        {
            sc_buf_adds(out, shown++ ? ", " : "");
            add_value(out, item);
        }
    } else {
        sc_json_write(out, value);
    }
}

/* The text with the values of inputs in their places. */
static struct sc_json *filled(const char *text, const struct sc_json *inputs)
{
    static const char open[] = "{{inputs.";
    struct sc_json *string;
    struct sc_buf out;
    const char *at, *end;

    sc_buf_init(&out);
    while ((at = strstr(text, open)) && (end = strstr(at, "}}"))) {
        const char *from = at + strlen(open);
        char *name = sc_strndup(from, (size_t)(end - from));
        const struct sc_json *value = sc_json_get(inputs, name);

        sc_buf_add(&out, text, (size_t)(at - text));
        if (value)
            add_value(&out, value);
        else
            sc_buf_adds(&out, name);
        free(name);
        text = end + 2;
    }
    sc_buf_adds(&out, text);
    string = sc_json_new_string(sc_buf_text(&out));
    sc_buf_release(&out);
    return string;
}

static void set_assumptions(
        struct sc_json *plan, const struct sc_json *texts, const struct sc_json *inputs)
{
    const struct sc_json *said = sc_json_get(texts, "assume");
    struct sc_json *list = sc_json_new_array();

    if (!said)
        said = sc_json_get(plan, "assume");
    SC_JSON_EACH(text, said)
    if (sc_json_is(text, SC_JSON_STRING))
        sc_json_append(list, filled(sc_json_string(text), inputs));
    sc_json_set(plan, "assume", list);
}

static void set_checks(struct sc_json *plan, const struct sc_json *texts)
{
    const struct sc_json *said = sc_json_first(sc_json_get(texts, "checks"));
    struct sc_json *check = sc_json_first(sc_json_get(plan, "checks"));

    for (; said && check; said = sc_json_next(said), check = sc_json_next(check))
        sc_json_set_string(check, "say", sc_json_string(said));
}

struct sc_json *sc_reader_plan(
        const struct sc_json *routine, const struct sc_json *inputs, const char *language)
{
    const struct sc_json *texts = sc_json_get(sc_json_get(routine, "texts"), language);
    struct sc_json *plan = sc_json_copy(sc_json_get(routine, "plan"));

    if (sc_json_get(texts, "goal"))
        sc_json_set_string(plan, "goal", sc_json_get_string(texts, "goal", ""));
    set_assumptions(plan, texts, inputs);
    set_checks(plan, texts);
    return plan;
}
