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
    struct sc_json *body = sc_json_new_object(), *list;
    struct sc_command note = { .event = SC_EVENT_SENT, .body = body };
    char hash[SC_HASH_TEXT];
    size_t at = 0;

    sc_json_add(body, "from", sc_json_new_int((int64_t)run->told));
    list = sc_json_add(body, "messages", sc_json_new_array());
    SC_JSON_EACH(message, messages)
    {
        if (at++ < run->told)
            continue;
        keep(run, message, at == 1, hash);
        sc_json_append(list, sc_json_new_string(hash));
    }
    if (tools && run->told == 0) { /* they stay as they are */
        keep(run, tools, true, hash);
        sc_json_add(body, "tools", sc_json_new_string(hash));
    }
    sc_json_add(body, "model", sc_json_new_string(model));
    run->told = at;
    run_note(run, &note);
}
