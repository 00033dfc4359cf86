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
 * written and hashed once in a while. */
static const char *keep_shared(struct run *run, const struct sc_json *text)
{
    bool there;
    struct kept_prompt *place = place_of(run->exec, text, &there);
    int64_t now_ms = run_now_ms(run);
    char *body;

    if (there && now_ms - place->said_ms < SC_PROMPT_USE_MS)
        return place->hash;
    if (!there) {
        sc_json_free(place->text);
        place->text = sc_json_copy(text);
        sc_json_hash(text, place->hash);
    }
    place->said_ms = now_ms;
    body = sc_json_text(text);
    sc_change_prompt(run->change, place->hash, body, now_ms);
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
