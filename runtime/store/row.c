#include "store/row.h"

#include <stddef.h>
#include <string.h>

static const char *const task_words[] = {
    [SC_TASK_PLANNING] = "planning",
    [SC_TASK_RUNNING] = "running",
    [SC_TASK_WAITING] = "waiting",
    [SC_TASK_DONE] = "done",
    [SC_TASK_UNPROVEN] = "unproven",
    [SC_TASK_FAILED] = "failed",
    [SC_TASK_CANCELLED] = "cancelled",
    [SC_TASK_IN_DOUBT] = "in_doubt",
    [SC_TASK_OVER_BUDGET] = "over_budget",
    [SC_TASK_PLANNED] = "planned",
    [SC_TASK_DRY_RUN] = "dry_run",
};

static const char *const effect_words[] = {
    [SC_EFFECT_INTENT] = "intent",
    [SC_EFFECT_DONE] = "done",
    [SC_EFFECT_FAILED] = "failed",
    [SC_EFFECT_IN_DOUBT] = "in_doubt",
};

static bool find_word(
        const char *const *words, size_t count, const char *word, size_t *ret_at)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i], word) == 0) {
            *ret_at = i;
            return true;
        }
    return false;
}

const char *sc_task_state_word(enum sc_task_state state)
{
    return task_words[state];
}

bool sc_task_state_of_word(const char *word, enum sc_task_state *ret_state)
{
    size_t at;

    if (!find_word(task_words, sizeof(task_words) / sizeof(task_words[0]), word, &at))
        return false;
    *ret_state = (enum sc_task_state)at;
    return true;
}

bool sc_task_state_ends(enum sc_task_state state)
{
    return state > SC_TASK_WAITING;
}

const char *sc_effect_state_word(enum sc_effect_state state)
{
    return effect_words[state];
}

bool sc_effect_state_of_word(const char *word, enum sc_effect_state *ret_state)
{
    size_t at;

    if (!find_word(
                effect_words, sizeof(effect_words) / sizeof(effect_words[0]), word, &at))
        return false;
    *ret_state = (enum sc_effect_state)at;
    return true;
}
