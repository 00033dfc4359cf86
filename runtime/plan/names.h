/* plan/names.h - the names that expressions know besides steps and elements.
 *
 * Purpose:   one table of helpers, read by the checks; the functions themselves are
 *            Lua and live with the evaluator.
 * Thread:    any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* What a helper answers, for the types of fields. */
enum sc_gives {
    SC_GIVES_ANY,
    SC_GIVES_SAME,    /* a list of the elements it was given */
    SC_GIVES_ELEMENT, /* one of them */
    SC_GIVES_MAPPED,  /* a list of what its function gives, or of that field */
    SC_GIVES_INDEX,   /* an object whose members are elements */
    SC_GIVES_GROUPS,  /* an object whose members are lists of elements */
    SC_GIVES_VALUE,   /* its first argument, or the second instead */
    SC_GIVES_NUMBER,
    SC_GIVES_TEXT,
    SC_GIVES_BOOL,
    SC_GIVES_TEXTS /* a list of texts */
};

struct sc_helper {
    const char *name;
    int min_args, max_args;
    enum sc_gives gives;
    bool over_list; /* the first argument is a list, the second a function or a field */
};

/* NULL when it is not a helper. */
const struct sc_helper *sc_helper_find(const char *name);
const struct sc_helper *sc_helper_at(size_t index); /* NULL: past the last */

/* `inputs`, `env`, `item`, `index`, libraries and basic functions of Lua. */
bool sc_name_is_builtin(const char *name);

/* May a step or an element be called so? NULL, or why not ("is a helper"). */
const char *sc_name_wrong(const char *name);
