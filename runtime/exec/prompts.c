#include "exec/prompts.h"

#include <stdlib.h>
#include <string.h>

/* The first message and the tools are the same for all tasks of an agent: when this
 * process has stored them, their hash is enough. */
static void keep(struct run *run, const struct sc_json *text, bool shared,
        char ret_hash[SC_HASH_TEXT])
{
    struct sc_map *kept = &run->exec->kept;
    char *body = NULL;

    sc_json_hash(text, ret_hash);
    if (!shared || !sc_map_get(kept, ret_hash))
        body = sc_json_text(text);
    if (shared)
        sc_map_set(kept, ret_hash, run->exec);
    sc_change_prompt(run->change, run->id, ret_hash, body);
    free(body);
}

void run_keep_prompts(struct run *run, const struct sc_json *messages,
        const struct sc_json *tools, const char *model)
{
    struct sc_command note = { .event = SC_EVENT_SENT };
    struct sc_json *list;
    char hash[SC_HASH_TEXT];

    if (run->told)
        return;
    run->told = true;
    note.body = sc_json_new_object();
    list = sc_json_add(note.body, "messages", sc_json_new_array());
    SC_JSON_EACH(message, messages)
    {
        keep(run, message, message == sc_json_first(messages), hash);
        sc_json_append(list, sc_json_new_string(hash));
    }
    if (tools) {
        keep(run, tools, true, hash);
        sc_json_add(note.body, "tools", sc_json_new_string(hash));
    }
    sc_json_add(note.body, "model", sc_json_new_string(model));
    run_note(run, &note);
}
