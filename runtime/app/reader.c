#include "app/reader.h"

#include <stdlib.h>

#include "plan/plan.h"

static void set_assumptions(
        struct sc_json *plan, const struct sc_json *texts, const struct sc_json *inputs)
{
    const struct sc_json *said = sc_json_get(texts, "assume");
    struct sc_json *list = sc_json_new_array();

    if (!said)
        said = sc_json_get(plan, "assume");
    SC_JSON_EACH(text, said)
    {
        char *filled = sc_json_is(text, SC_JSON_STRING)
                               ? sc_plan_fill(sc_json_string(text), inputs)
                               : sc_json_text(text);

        sc_json_append(list, sc_json_new_string(filled));
        free(filled);
    }
    sc_json_set(plan, "assume", list);
}

static void set_checks(struct sc_json *plan, const struct sc_json *texts)
{
    const struct sc_json *said = sc_json_first(sc_json_get(texts, "checks"));
    struct sc_json *check = sc_json_first(sc_json_get(plan, "checks"));

    for (; said && check; said = sc_json_next(said), check = sc_json_next(check)) {
        if (sc_json_is(said, SC_JSON_STRING))
            sc_json_set_string(check, "say", sc_json_string(said));
    }
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
