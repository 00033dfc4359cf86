/* What answers the calls of a loop's turn; computed, never journaled, for it follows from
 * the state. And how old answers make place for new ones. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "exec/machine_state.h"

enum {
    CONTEXT_BYTES = 64 * 1024, /* of results in all that is told; then old ones go */
    KEPT_TURNS = 2             /* the last of which are never cleared */
};

/* The results of a turn's calls; those that are not the machine's are `made`. */
struct results {
    struct sc_loop_result *items;
    struct sc_json *made;
};

static const struct sc_json *step_error(
        const struct sc_machine *m, size_t s, struct sc_json *made)
{
    const struct run_step *step = &m->steps[s];
    struct sc_json *json = sc_json_append(made, sc_json_new_object());
    struct sc_error err;

    if (step->error) {
        sc_json_add(json, "error", sc_json_copy(step->error));
    } else {
        sc_fail(&err, SC_DENIED, "not done: %s", step->why ? step->why : "left out");
        sc_json_add(json, "error", machine_error(&err));
    }
    return json;
}

static const struct sc_json *told_for(const struct turn *turn, const char *call_id)
{
    SC_JSON_EACH(item, turn->told)
    {
        if (strcmp(sc_json_get_string(item, "id", ""), call_id) == 0)
            return item;
    }
    return NULL;
}

static const struct sc_json *told_result(const struct sc_json *told, struct sc_json *made)
{
    struct sc_json *json = sc_json_append(made, sc_json_new_object());
    const char *found = sc_json_get_string(told, "found", NULL);
    struct sc_error err;

    if (found) {
        sc_json_add(json, "tools", sc_json_new_string(found));
    } else {
        sc_fail(&err, SC_INVALID, "%s", sc_json_get_string(told, "message", ""));
        sc_json_add(json, "error", machine_error(&err));
    }
    return json;
}

static struct sc_loop_result result_of(const struct sc_machine *m,
        const struct turn *turn, const struct sc_model_call *call, size_t *step,
        struct sc_json *made)
{
    const struct sc_json *told = told_for(turn, call->id), *value;
    const char *id;

    if (told)
        return (struct sc_loop_result){ .value = told_result(told, made) };
    if (sc_loop_is_look(call))
        return (struct sc_loop_result){ .handle = sc_json_get_string(
                                                call->args, "what", NULL),
            .value = sc_json_append(made, sc_loop_look(m->names, call->args)),
            .is_look = true };
    if (*step == turn->first_step + turn->step_count)
        return (struct sc_loop_result){ 0 };
    id = m->plan->steps[*step].id;
    value = sc_json_get(m->names, id);
    if (!value)
        return (struct sc_loop_result){ .value = step_error(m, (*step)++, made) };
    ++*step;
    return (struct sc_loop_result){ .handle = id, .value = value };
}

static struct results results_of(const struct sc_machine *m, const struct turn *turn)
{
    size_t count = turn->reply->call_count, step = turn->first_step;
    struct results r = { sc_new_array(struct sc_loop_result, count + 1),
        sc_json_new_array() };

    for (size_t c = 0; c < count; c++)
        r.items[c] = result_of(m, turn, &turn->reply->calls[c], &step, r.made);
    return r;
}

static void results_release(struct results *r)
{
    free(r->items);
    sc_json_free(r->made);
}

/* --- making place --- */

static void count_bytes(struct turn *turn)
{
    turn->bytes = 0;
    SC_JSON_EACH(message, turn->answers)
    turn->bytes += strlen(sc_json_get_string(message, "content", ""));
}

static void clear_turn(const struct sc_machine *m, struct turn *turn)
{
    struct results r = results_of(m, turn);
    struct sc_json *answers = sc_loop_cleared(turn->answers, r.items);

    sc_json_free(turn->answers);
    turn->answers = answers;
    count_bytes(turn);
    results_release(&r);
}

/* Many turns at once, so that what is told stays the same, and cached, from one clearing
 * to the next. */
static void make_place(struct sc_machine *m)
{
    size_t bytes = 0;

    for (size_t i = 0; i < m->turn_count; i++)
        bytes += m->turns[i].bytes;
    if (bytes <= CONTEXT_BYTES || m->turn_count <= m->cleared_turns + KEPT_TURNS)
        return;
    while (m->cleared_turns + KEPT_TURNS < m->turn_count)
        clear_turn(m, &m->turns[m->cleared_turns++]);
    sc_json_free(m->messages);
    sc_json_free(m->tools);
    m->messages = m->tools = NULL;
}

void machine_answer_calls(struct sc_machine *m, struct turn *turn)
{
    struct results r = results_of(m, turn);

    turn->answers = sc_loop_answers(turn->reply, r.items);
    count_bytes(turn);
    results_release(&r);
    make_place(m);
}
