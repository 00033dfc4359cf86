#include "plan/names.h"

#include <string.h>

#include "plan/lex.h"

enum { MANY = 99, MAX_NAME = 40 };

static const struct sc_helper helpers[] = {
    { "filter", 2, 3, SC_GIVES_SAME, true },
    { "map", 2, 2, SC_GIVES_MAPPED, true },
    { "flat_map", 2, 2, SC_GIVES_ANY, true },
    { "flatten", 1, 1, SC_GIVES_ANY, false },
    { "sort_by", 2, 3, SC_GIVES_SAME, true },
    { "group_by", 2, 2, SC_GIVES_GROUPS, true },
    { "index_by", 2, 2, SC_GIVES_INDEX, true },
    { "keys", 1, 1, SC_GIVES_TEXTS, false },
    { "entries", 1, 1, SC_GIVES_ANY, false },
    { "zip", 2, 2, SC_GIVES_ANY, false },
    { "unique", 1, 2, SC_GIVES_SAME, true },
    { "take", 2, 2, SC_GIVES_SAME, false },
    { "first", 1, 3, SC_GIVES_ELEMENT, true },
    { "count", 1, 3, SC_GIVES_NUMBER, true },
    { "any", 2, 3, SC_GIVES_BOOL, true },
    { "all", 2, 3, SC_GIVES_BOOL, true },
    { "sum", 1, 2, SC_GIVES_ANY, true }, /* a number, or money */
    { "min", 1, 2, SC_GIVES_ANY, true },
    { "max", 1, 2, SC_GIVES_ANY, true },
    { "ceil", 1, 2, SC_GIVES_ANY, false },
    { "floor", 1, 2, SC_GIVES_ANY, false },
    { "round", 1, 2, SC_GIVES_ANY, false },
    { "join", 1, 3, SC_GIVES_TEXT, false },
    { "split", 2, 2, SC_GIVES_TEXTS, false },
    { "default", 2, 2, SC_GIVES_VALUE, false },
    { "number", 1, 2, SC_GIVES_NUMBER, false },
    { "money", 2, 2, SC_GIVES_ANY, false },
    { "convert", 4, 4, SC_GIVES_ANY, false },
    { "date", 1, 2, SC_GIVES_TEXT, false },
    { "days_between", 2, 2, SC_GIVES_NUMBER, false },
    { "hours_between", 2, 2, SC_GIVES_NUMBER, false },
    { "add_days", 2, 2, SC_GIVES_TEXT, false },
    { "start_of", 2, 2, SC_GIVES_TEXT, false },
    { "in_zone", 2, 2, SC_GIVES_TEXT, false },
    { "fmt", 1, 2, SC_GIVES_TEXT, false },
    { "len_bytes", 1, 1, SC_GIVES_NUMBER, false },
    { "merge", 1, MANY, SC_GIVES_ANY, false },
    { "done", 2, 2, SC_GIVES_BOOL, false },
    { "step_state", 1, 1, SC_GIVES_TEXT, false },
};

static const char *const builtins[] = { "inputs", "env", "item", "index", "math",
    "string", "table", "utf8", "ipairs", "pairs", "tostring", "tonumber", "type",
    "select", "next", "error", "assert", "pcall" };

const struct sc_helper *sc_helper_at(size_t index)
{
    return index < sizeof(helpers) / sizeof(*helpers) ? &helpers[index] : NULL;
}

const struct sc_helper *sc_helper_find(const char *name)
{
    for (size_t i = 0; i < sizeof(helpers) / sizeof(*helpers); i++) {
        if (strcmp(helpers[i].name, name) == 0)
            return &helpers[i];
    }
    return NULL;
}

bool sc_name_is_builtin(const char *name)
{
    for (size_t i = 0; i < sizeof(builtins) / sizeof(*builtins); i++) {
        if (strcmp(builtins[i], name) == 0)
            return true;
    }
    return false;
}

const char *sc_name_wrong(const char *name)
{
    static const char form[] =
            "must be a lower-case letter, then letters, digits or '_', at most 40";
    size_t len = strlen(name);

    if (len == 0 || len > MAX_NAME || name[0] < 'a' || name[0] > 'z')
        return form;
    for (const char *c = name; *c; c++) {
        if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789_", *c))
            return form;
    }
    if (sc_lex_is_keyword(name))
        return "is a word of Lua";
    if (sc_helper_find(name))
        return "is a helper";
    return sc_name_is_builtin(name) ? "is reserved" : NULL;
}
