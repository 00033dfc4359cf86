#include "tool/match.h"

#include <stdlib.h>

#include "base/mem.h"

static char *differs(
        const struct sc_json *expected, const struct sc_json *given, const char *at)
{
    char *want = sc_json_text(expected),
         *got = given ? sc_json_text(given) : sc_strdup("nothing");
    char *why = sc_strdupf("%s should be %.200s, is %.200s", at, want, got);

    free(want);
    free(got);
    return why;
}

static char *match_list(
        const struct sc_json *expected, const struct sc_json *given, const char *at)
{
    const struct sc_json *item = sc_json_first(given);
    size_t index = 0;

    if (sc_json_count(expected) != sc_json_count(given))
        return sc_strdupf("%s should have %zu items, has %zu", at,
                sc_json_count(expected), sc_json_count(given));
    SC_JSON_EACH(want, expected)
    {
        char *place = sc_strdupf("%s[%zu]", at, index++);
        char *why = sc_json_mismatch(want, item, place);

        free(place);
        if (why)
            return why;
        item = sc_json_next(item);
    }
    return NULL;
}

char *sc_json_mismatch(
        const struct sc_json *expected, const struct sc_json *given, const char *root)
{
    if (sc_json_type(expected) != sc_json_type(given) || !given)
        return differs(expected, given, root);
    if (sc_json_is(expected, SC_JSON_ARRAY))
        return match_list(expected, given, root);
    if (!sc_json_is(expected, SC_JSON_OBJECT))
        return sc_json_equal(expected, given) ? NULL : differs(expected, given, root);
    SC_JSON_EACH(want, expected)
    {
        char *place = sc_strdupf("%s.%s", root, sc_json_key(want));
        char *why = sc_json_mismatch(want, sc_json_get(given, sc_json_key(want)), place);

        free(place);
        if (why)
            return why;
    }
    return NULL;
}
