#include "exec/prompts.h"

#include <stdlib.h>

/* The place of a text that this process has stored; else one to put it in. */
static struct kept_prompt *place_of(
        struct sc_exec *exec, const struct sc_json *text, bool *ret_there)
{
    for (size_t i = 0; i < SC_KEPT_PROMPTS; i++) {
        *ret_there = exec->kept[i].text && sc_json_equal(exec->kept[i].text, text);
        if (*ret_there)
            return &exec->kept[i];
    }
    return &exec->kept[exec->kept_next++ % SC_KEPT_PROMPTS];
}

/* The first message and the tools are the same for all tasks of an agent: they are
 * neither written nor hashed again. */
static const char *keep_shared(struct run *run, const struct sc_json *text)
{
    bool there;
    struct kept_prompt *place = place_of(run->exec, text, &there);
    char *body = NULL;

    if (!there) {
        sc_json_free(place->text);
        place->text = sc_json_copy(text);
        sc_json_hash(text, place->hash);
        body = sc_json_text(text);
    }
    sc_change_prompt(run->change, run->id, place->hash, body);
    free(body);
    return place->hash;
}

void sc_exec_forget_prompts(struct sc_exec *exec)
{
    for (size_t i = 0; i < SC_KEPT_PROMPTS; i++) {
        sc_json_free(exec->kept[i].text);
        exec->kept[i].text = NULL;
    }
}

void run_keep_prompts(struct run *run, const struct sc_json *messages,
        const struct sc_json *tools, const char *model)
{
    struct sc_command note = { .event = SC_EVENT_SENT };

    if (run->told)
        return;
    run->told = true;
    note.body = sc_json_new_object();
    sc_json_add(note.body, "rules",
            sc_json_new_string(keep_shared(run, sc_json_first(messages))));
    if (tools)
        sc_json_add(note.body, "tools", sc_json_new_string(keep_shared(run, tools)));
    sc_json_add(note.body, "model", sc_json_new_string(model));
    run_note(run, &note);
}
