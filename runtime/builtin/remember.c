/* What agents know and come to know: memory.search, memory.note. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "builtin/call.h"
#include "codec/tz.h"
#include "memory/meaning.h"
#include "memory/memory.h"

enum { FOUND = 5 };

/* A date among the arguments as an instant; end: the last moment of that day. 0: none. */
static enum sc_code read_day(const struct sc_builtin_call *call, const char *name,
        bool end, int64_t *ret_ms, struct sc_error *err)
{
    const char *text = sc_json_get_string(call->args, name, NULL);
    const struct sc_json *env = call->request.context->env;
    struct sc_tz *zone;
    struct sc_iso_time time;
    enum sc_code code;

    *ret_ms = 0;
    if (!text)
        return SC_OK;
    zone = sc_tz_new(sc_json_get_string(env, "zone", "UTC"), err);
    if (!zone)
        return err->code;
    code = sc_iso_parse(text, &time, err);
    if (!code)
        code = sc_tz_parse(zone, text, ret_ms, err);
    if (!code && end && !time.has_time)
        *ret_ms = sc_tz_add_days(zone, *ret_ms, 1);
    sc_tz_free(zone);
    return code ? sc_wrap(err, "%s", name) : SC_OK;
}

static int64_t now_ms(const struct sc_builtin_call *call)
{
    return call->parts->clock->wall_ms(call->parts->clock);
}

static void apply(
        struct sc_builtin_call *call, struct sc_change *take_change, sc_op_done_fn *done)
{
    sc_builtin_call_wait_for(call, sc_store_apply_start(call->op.scope,
                                           call->parts->store, take_change, done, call));
}

/* --- search --- */

/* {id, subject, text, source, label, valid_from, valid_to, conflicts}: a fact and a piece
 * of a document look alike. */
static struct sc_json *result_item(const struct sc_json *item)
{
    static const char *const names[][2] = { { "id", "id" }, { "kind", "kind" },
        { "subject", "subject" }, { "document", "subject" }, { "statement", "text" },
        { "text", "text" }, { "source", "source" }, { "label", "label" },
        { "valid_from", "valid_from" }, { "valid_to", "valid_to" } };
    struct sc_json *json = sc_json_new_object();

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        const struct sc_json *value = sc_json_get(item, names[i][0]);

        if (value)
            sc_json_set(json, names[i][1], sc_json_copy(value));
    }
    sc_json_set_bool(json, "conflicts", sc_json_get(item, "conflicts") != NULL);
    return json;
}

/* That the task was told them is on record before it is told. */
static void on_used(struct sc_op *op, const struct sc_error *err)
{
    struct sc_builtin_call *call = op->arg;
    struct sc_json *result = call->outcome.value;

    if (err) {
        sc_builtin_call_fail(call, err);
        return;
    }
    call->outcome.value = NULL;
    sc_builtin_call_end(call, result);
}

/* note: why it was found by words alone, or NULL. */
static void use(
        struct sc_builtin_call *call, const struct sc_json *found, const char *note)
{
    struct sc_change *change = sc_change_new();
    struct sc_json *items;

    call->outcome.value = sc_json_new_object();
    if (note)
        sc_json_set_string(call->outcome.value, "note", note);
    items = sc_json_set(call->outcome.value, "items", sc_json_new_array());
    SC_JSON_EACH(item, found)
    {
        sc_change_memory_use(change, sc_json_get_string(item, "id", ""),
                call->request.context->task_id);
        sc_json_append(items, result_item(item));
    }
    apply(call, change, on_used);
}

static void find(
        struct sc_builtin_call *call, const struct sc_sense *sense, const char *note)
{
    struct sc_memory_query query = { .words = sc_json_get_string(
                                             call->args, "words", NULL),
        .subject = sc_json_get_string(call->args, "subject", NULL),
        .agent = call->request.context->agent,
        .trusted = sc_json_get_bool(call->args, "trusted", false),
        .limit = sc_json_get_int(call->args, "limit", FOUND) };
    struct sc_error err;
    struct sc_json *found = NULL;

    if (!read_day(call, "at", false, &query.at_ms, &err)) {
        if (!query.at_ms)
            query.at_ms = now_ms(call);
        found = sc_memory_find(call->parts->memory, &query, sense, &err);
    }
    if (found)
        use(call, found, note);
    else
        sc_builtin_call_fail(call, &err);
    sc_json_free(found);
}

/* Without the model for vectors, words are enough. */
static void on_sense(struct sc_op *op, const struct sc_error *err)
{
    struct sc_builtin_call *call = op->arg;
    struct sc_sense *sense = sc_meaning_take_sense(op);
    char *note = err ? sc_strdupf("found by words alone: %s", err->msg) : NULL;

    if (err && err->code == SC_CANCELLED)
        sc_builtin_call_fail(call, err);
    else
        find(call, sense, note);
    sc_sense_free(sense);
    free(note);
}

void sc_remember_search(struct sc_builtin_call *call)
{
    const struct sc_tool_context *context = call->request.context;
    const struct sc_model_account account = { context->task_id, context->agent, -1 };
    const char *words = sc_json_get_string(call->args, "words", NULL);

    if (words && call->parts->meaning)
        sc_builtin_call_wait_for(
                call, sc_meaning_ask_start(call->op.scope, call->parts->meaning, words,
                              &account, on_sense, call));
    else
        find(call, NULL, NULL);
}

/* --- note --- */

static const char *state_of(enum sc_claim_kind kind)
{
    if (kind == SC_CLAIM_CORRECTED)
        return "corrected";
    return kind == SC_CLAIM_EARLIER ? "known" : "added";
}

/* What was corrected stays so: its correction is the answer. */
static void on_noted(struct sc_op *op, const struct sc_error *err)
{
    struct sc_builtin_call *call = op->arg;
    const struct sc_claim *claims;
    struct sc_json *result;
    size_t count;

    if (err) {
        sc_builtin_call_fail(call, err);
        return;
    }
    claims = sc_store_claims(op, &count);
    SC_ASSERT(count == 1);
    result = sc_json_new_object();
    sc_json_set_string(result, "id", claims[0].result ? claims[0].result : call->state);
    sc_json_set_string(result, "state", state_of(claims[0].kind));
    sc_builtin_call_end(call, result);
}

void sc_remember_note(struct sc_builtin_call *call)
{
    const struct sc_tool_context *context = call->request.context;
    char *source = sc_strdupf("task %s", context->task_id);
    struct sc_fact fact = { .agent = context->agent,
        .subject = sc_json_get_string(call->args, "subject", NULL),
        .statement = sc_json_get_string(call->args, "statement", NULL),
        .source = source,
        .trusted = !context->hearsay };
    struct sc_change *change = sc_change_new();
    struct sc_error err;

    call->state = sc_zalloc(SC_ID_LEN + 1);
    if (read_day(call, "valid_from", false, &fact.valid_from_ms, &err) ||
            read_day(call, "valid_to", true, &fact.valid_to_ms, &err) ||
            sc_memory_put_fact(call->parts->memory, change, &fact, call->state, &err)) {
        sc_change_free(change);
        sc_builtin_call_fail(call, &err);
    } else {
        apply(call, change, on_noted);
    }
    free(source);
}
