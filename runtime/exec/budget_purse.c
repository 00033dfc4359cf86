#include "exec/budget_purse.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/money.h"

enum { WARN_PERCENT = 75, ASK_PERCENT = 90, ALL_PERCENT = 100 };

struct sc_purse *sc_purse_new(const struct sc_model_account *account,
        const struct sc_budget_style *style, const struct sc_json *allowed)
{
    struct sc_purse *purse = sc_new(struct sc_purse);

    purse->most_micro = account->task_budget_micro;
    purse->language = sc_strdup(style->language);
    purse->style = *style;
    purse->style.language = purse->language;
    purse->allowed = allowed ? sc_json_copy(allowed) : sc_json_new_array();
    purse->warned = sc_json_new_array();
    purse->paused = sc_json_new_array();
    purse->notes = sc_json_new_array();
    return purse;
}

void sc_purse_free(void *value)
{
    struct sc_purse *purse = value;

    if (!purse)
        return;
    sc_json_free(purse->allowed);
    sc_json_free(purse->warned);
    sc_json_free(purse->paused);
    sc_json_free(purse->notes);
    free(purse->language);
    free(purse);
}

static bool has_key(const struct sc_json *keys, const char *key)
{
    SC_JSON_EACH(item, keys)
    if (sc_json_is(item, SC_JSON_STRING) && strcmp(sc_json_string(item), key) == 0)
        return true;
    return false;
}

static void note(struct sc_purse *purse, const char *kind,
        const struct sc_budget_line *line, const char *text)
{
    struct sc_json *json = sc_json_new_object();
    char key[SC_BUDGET_KEY];

    sc_budget_key(line, key);
    sc_json_set_string(json, "kind", kind);
    sc_json_set_string(json, "key", key);
    sc_json_set_string(json, "text", text);
    sc_json_append(purse->notes, json);
}

static bool is_past(const struct sc_budget_line *line, int percent)
{
    return line->used_micro > 0 && (sc_int128)line->used_micro * ALL_PERCENT >=
                                           (sc_int128)line->most_micro * percent;
}

void sc_purse_allow(struct sc_purse *purse, const char *key)
{
    sc_json_append(purse->allowed, sc_json_new_string(key));
}

void sc_purse_warn(struct sc_purse *purse, const struct sc_budget_line *line)
{
    char key[SC_BUDGET_KEY], text[SC_BUDGET_TEXT];

    sc_budget_key(line, key);
    if (!is_past(line, WARN_PERCENT) || has_key(purse->warned, key))
        return;
    sc_json_append(purse->warned, sc_json_new_string(key));
    sc_budget_text_used(line, false, &purse->style, text);
    note(purse, "warned", line, text);
}

bool sc_purse_holds(struct sc_purse *purse, const struct sc_budget_line *line)
{
    char key[SC_BUDGET_KEY], text[SC_BUDGET_TEXT];

    sc_budget_key(line, key);
    if (!is_past(line, ASK_PERCENT) || is_past(line, ALL_PERCENT) ||
            has_key(purse->allowed, key))
        return false;
    if (has_key(purse->paused, key))
        return true;
    sc_json_append(purse->paused, sc_json_new_string(key));
    sc_budget_text_used(line, true, &purse->style, text);
    note(purse, "paused", line, text);
    return true;
}

void sc_purse_refuse(
        struct sc_purse *purse, const struct sc_budget_line *line, const char *text)
{
    note(purse, "refused", line, text);
}
