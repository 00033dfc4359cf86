/* What made an event of a record, given to the machine once more. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "exec/once.h"
#include "exec/replay_run.h"

static size_t step_of(const struct replay *r, const struct recorded *event)
{
    const struct sc_plan *plan = r->machine->plan;

    return plan && event->step ? sc_plan_find(plan, event->step) : SC_NO_STEP;
}

static void read_error(const struct recorded *event, bool retryable, struct sc_error *ret)
{
    *ret = (struct sc_error){ 0 };
    machine_error_from(sc_json_get(event->body, "error"), ret);
    ret->retryable = retryable;
}

/* --- evaluations --- */

/* What done() asked about and had happened by then. */
static struct sc_json *known_of(
        struct replay *r, const struct flight *flight, const struct recorded *event)
{
    const char *agent = sc_json_get_string(sc_machine_spec(r->machine), "agent", "");
    const struct sc_json *asked = sc_json_get(flight->answer, "asked");
    struct sc_json *known = NULL;
    struct sc_error err;

    if (asked && r->parts.store)
        (void)sc_once_known_by(r->parts.store, agent, asked, event->at_ms, &known, &err);
    return known;
}

/* A worker that died or hung then: that is no decision of the program. */
static bool was_broken(const struct recorded *event, struct sc_error *ret_err)
{
    if (event->kind != SC_EVENT_RESULT || event->element >= 0)
        return false;
    read_error(event, false, ret_err);
    return ret_err->code == SC_UNAVAILABLE || ret_err->code == SC_TIMEOUT;
}

static void give_answer(struct replay *r, struct flight *flight, struct recorded *event)
{
    struct sc_json *known = known_of(r, flight, event), *answer = flight->answer;
    struct sc_error err = flight->err, broken;
    size_t step = flight->command.step;
    struct sc_command note = { 0 };

    flight->answer = NULL;
    replay_land(r, flight);
    if (was_broken(event, &broken)) {
        err = broken;
        sc_json_free(answer);
        answer = NULL;
    }
    if (known) {
        sc_json_free(answer);
        sc_machine_known(r->machine, step, known);
    } else if (sc_machine_evaluated(
                       r->machine, step, answer, err.code ? &err : NULL, &note)) {
        replay_note(r, &note);
    }
}

/* true: an answer was given, or is waited for. */
static bool feed_evaluation(struct replay *r, struct recorded *event, size_t step)
{
    struct flight *flight = replay_flight(r, SC_COMMAND_EVALUATE, step, -1);

    if (!flight)
        return false;
    if (flight->op)
        r->awaited = true;
    else
        give_answer(r, flight, event);
    return true;
}

/* --- claims --- */

static bool feed_claim(
        struct replay *r, const struct recorded *event, struct flight *flight)
{
    const char *earlier = sc_json_get_string(event->body, "earlier", NULL);
    const char *skipped = sc_json_get_string(event->body, "skipped", "");
    struct sc_command intend = flight->command, note = { 0 };
    struct sc_claim claim = { .kind = SC_CLAIM_OK };
    char *result = NULL;

    if (earlier) {
        struct sc_json *value = sc_json_copy(sc_json_get(event->body, "value"));

        sc_json_free(sc_json_detach(value, "earlier"));
        result = sc_json_text(value);
        sc_json_free(value);
        claim = (struct sc_claim){ SC_CLAIM_EARLIER, SC_EFFECT_DONE, result, earlier };
    } else if (strcmp(skipped, "limit") == 0) {
        claim.kind = SC_CLAIM_LIMIT;
    }
    replay_land(r, flight);
    if (sc_machine_claimed(r->machine, &intend, &claim, &note))
        replay_note(r, &note);
    free(result);
    return true;
}

/* --- calls --- */

/* It was found in the store after a restart: the call had happened, or is in doubt. */
static void feed_recovered(
        struct replay *r, const struct recorded *event, const struct sc_command *call)
{
    const struct sc_json *value = sc_json_get(event->body, "value");
    char *result = value ? sc_json_text(value) : NULL;
    bool doubt = sc_json_get_bool(event->body, "in_doubt", false);
    struct sc_effect_row row = { .task_id = r->machine->task_id,
        .step_id = event->step,
        .element = event->element,
        .result = result,
        .state = value   ? SC_EFFECT_DONE
                 : doubt ? SC_EFFECT_IN_DOUBT
                         : SC_EFFECT_FAILED };
    struct sc_command note = { 0 };

    if (sc_machine_recovered(r->machine, call, &row, &note))
        replay_note(r, &note);
    free(result);
}

static void set_outcome(const struct recorded *event, struct sc_tool_outcome *outcome)
{
    const struct sc_json *value = sc_json_get(event->body, "value");

    outcome->maybe_happened = sc_json_get_bool(event->body, "maybe", false) ||
                              sc_json_get_bool(event->body, "in_doubt", false);
    if (event->kind == SC_EVENT_ASKED) {
        outcome->kind = SC_TOOL_ASK;
        outcome->value = sc_json_copy(sc_json_get(event->body, "what"));
    } else if (event->kind == SC_EVENT_SLEEPING) {
        outcome->kind = SC_TOOL_WAIT;
        outcome->until_ms = sc_json_get_int(event->body, "until_ms", 0);
    } else if (value) {
        outcome->value = sc_json_copy(value);
    }
}

static void feed_returned(
        struct replay *r, const struct recorded *event, const struct sc_command *call)
{
    struct sc_tool_outcome outcome = { .kind = SC_TOOL_VALUE };
    struct sc_called called = { .tool = machine_tool(r->machine, call->step),
        .outcome = &outcome,
        .took_ms = sc_json_get_int(event->body, "ms", 0),
        .now_ms = event->at_ms };
    struct sc_command note = { 0 };
    struct sc_error err;

    set_outcome(event, &outcome);
    if (sc_json_get(event->body, "error")) {
        read_error(event, event->kind == SC_EVENT_ATTEMPT, &err);
        called.err = &err;
    }
    if (sc_machine_called(r->machine, call->step, call->element, &called, &note))
        replay_note(r, &note);
    sc_json_free(outcome.value);
}

static bool feed_call(
        struct replay *r, const struct recorded *event, struct flight *flight)
{
    struct sc_command call = flight->command;
    bool returned = sc_json_get(event->body, "attempt") ||
                    event->kind == SC_EVENT_ASKED || event->kind == SC_EVENT_SLEEPING;
    bool intended = r->machine->steps[call.step].elements[call.element].intent;

    replay_land(r, flight);
    if (returned || !intended)
        feed_returned(r, event, &call);
    else
        feed_recovered(r, event, &call);
    return true;
}

/* The same intent once more: after a restart the store did not have the first. */
static bool feed_intent(struct replay *r, const struct recorded *event)
{
    size_t step = step_of(r, event);
    struct flight *flight = replay_flight(r, SC_COMMAND_INTEND, step, event->element);
    struct sc_command about, note = { 0 };

    if (!flight)
        flight = replay_flight(r, SC_COMMAND_CALL, step, event->element);
    if (!flight || step == SC_NO_STEP)
        return false;
    about = flight->command;
    replay_land(r, flight);
    if (sc_machine_recovered(r->machine, &about, NULL, &note))
        replay_note(r, &note);
    return true;
}

/* What the tool had said of a call to come: in the question, or in place of the call. */
static bool feed_preview(struct replay *r, const struct recorded *event)
{
    struct flight *flight =
            replay_flight(r, SC_COMMAND_PREVIEW, step_of(r, event), event->element);
    const struct sc_json *previews = sc_json_get(event->body, "previews");
    const char *text =
            sc_json_get_string(sc_json_get(event->body, "value"), "preview", NULL);
    struct sc_command about, note = { 0 };

    if (!flight)
        return false;
    about = flight->command;
    if (event->kind == SC_EVENT_ASKED) {
        char *index = sc_strdupf("%zu", about.element);

        text = sc_json_get_string(previews, index, NULL);
        free(index);
    }
    replay_land(r, flight);
    if (sc_machine_previewed(r->machine, about.step, about.element, text, &note))
        replay_note(r, &note);
    return true;
}

static bool feed_element(struct replay *r, struct recorded *event)
{
    size_t step = step_of(r, event);
    struct flight *call, *claim;

    if (step == SC_NO_STEP || event->element < 0)
        return false;
    call = replay_flight(r, SC_COMMAND_CALL, step, event->element);
    claim = replay_flight(r, SC_COMMAND_INTEND, step, event->element);
    if (call)
        return feed_call(r, event, call);
    if (claim)
        return feed_claim(r, event, claim);
    return false;
}

/* --- models --- */

static bool has_hash(const struct sc_json *text, const char *hash)
{
    char now[SC_HASH_TEXT];

    if (!*hash)
        return true;
    sc_json_hash(text, now);
    return strcmp(hash, now) == 0;
}

static void compare_prompt(struct replay *r, const struct recorded *event)
{
    const struct sc_json *sent = event->body;

    if (!has_hash(sc_json_first(r->machine->messages),
                sc_json_get_string(sent, "rules", "")) ||
            !has_hash(r->machine->tools, sc_json_get_string(sent, "tools", "")))
        r->prompt_changed = true;
}

static bool feed_sent(struct replay *r, struct recorded *event)
{
    if (!replay_flight(r, SC_COMMAND_MODEL, SC_NO_STEP, -1))
        return false;
    compare_prompt(r, event);
    replay_take(r, event);
    return true;
}

static bool feed_reply(struct replay *r, const struct recorded *event)
{
    struct flight *flight = replay_flight(r, SC_COMMAND_MODEL, SC_NO_STEP, -1);
    struct sc_model_reply *reply;
    struct sc_command note = { 0 };
    struct sc_error err;

    if (!flight)
        return false;
    replay_land(r, flight);
    reply = sc_model_reply_from_json(sc_json_get(event->body, "reply"), &err);
    if (!reply)
        replay_diverge(r, event, err.msg, NULL);
    else if (sc_machine_replied(r->machine, reply, &note))
        replay_note(r, &note);
    sc_model_reply_free(reply);
    return true;
}

static bool feed_model_failure(struct replay *r, const struct recorded *event)
{
    struct flight *flight = replay_flight(r, SC_COMMAND_MODEL, SC_NO_STEP, -1);
    struct sc_command note = { 0 };
    struct sc_error err;

    if (!flight)
        return false;
    replay_land(r, flight);
    read_error(event, event->kind == SC_EVENT_MODEL_FAILED, &err);
    if (sc_machine_model_failed(r->machine, &err, 0, &note))
        replay_note(r, &note);
    return true;
}

/* --- people --- */

static bool feed_answer(struct replay *r, const struct recorded *event)
{
    struct sc_command note = { 0 };

    if (!sc_machine_answered(r->machine, event->step ? event->step : "",
                sc_json_get(event->body, "answer"),
                sc_json_get_string(event->body, "by", ""), &note))
        return false;
    replay_note(r, &note);
    return true;
}

static bool feed_cancel(struct replay *r)
{
    struct sc_command note = { 0 };

    if (!sc_machine_cancelled(r->machine, &note))
        return false;
    replay_note(r, &note);
    return true;
}

/* --- any --- */

/* What the task did not wait for in the end: a read that was cancelled. */
static bool forget_call(struct replay *r)
{
    struct flight *flight = replay_flight(r, SC_COMMAND_CALL, SC_NO_STEP, -1);
    struct sc_tool_outcome outcome = { .kind = SC_TOOL_VALUE };
    struct sc_error err;
    struct sc_called called = { .outcome = &outcome, .err = &err };
    struct sc_command about, note = { 0 };

    if (!flight || !r->machine->stopping)
        return false;
    about = flight->command;
    called.tool = machine_tool(r->machine, about.step);
    sc_fail(&err, SC_CANCELLED, "the task stopped");
    replay_land(r, flight);
    if (sc_machine_called(r->machine, about.step, about.element, &called, &note))
        sc_json_free(note.body);
    return true;
}

/* The same for a request: a budget refused it, or it was given up. */
static bool forget_request(struct replay *r)
{
    struct flight *flight = replay_flight(r, SC_COMMAND_MODEL, SC_NO_STEP, -1);
    struct sc_command note = { 0 };
    struct sc_error err;

    if (!flight || !r->machine->stopping)
        return false;
    sc_fail(&err, SC_CANCELLED, "the task stopped");
    replay_land(r, flight);
    if (sc_machine_model_failed(r->machine, &err, 0, &note))
        sc_json_free(note.body);
    return true;
}

/* Lets the machine go on with what is due to it, in no order that the record tells. */
static bool feed_anything(struct replay *r, struct recorded *event)
{
    struct flight *claim;

    if (feed_evaluation(r, event, step_of(r, event)) ||
            feed_evaluation(r, event, SC_NO_STEP))
        return true;
    claim = replay_flight(r, SC_COMMAND_INTEND, SC_NO_STEP, -1);
    if (claim) {
        static const struct recorded nothing;

        return feed_claim(r, &nothing, claim);
    }
    return forget_call(r) || forget_request(r);
}

bool replay_feed(struct replay *r, struct recorded *event)
{
    switch ((int)event->kind) {
    case SC_EVENT_SENT:
        return feed_sent(r, event) || feed_anything(r, event);
    case SC_EVENT_TURN:
        return feed_reply(r, event) || feed_anything(r, event);
    case SC_EVENT_EARLY: /* nothing follows from it; nor need a replay wait for it */
        event->used = true;
        r->came_out++;
        return true;
    case SC_EVENT_SPENT:
    case SC_EVENT_WARNED:
    case SC_EVENT_PAUSED:
    case SC_EVENT_ALLOWED:
        replay_take(r, event);
        return true;
    case SC_EVENT_INTENT:
        return feed_intent(r, event) || feed_anything(r, event);
    case SC_EVENT_ANSWERED:
        return feed_answer(r, event) || feed_anything(r, event);
    case SC_EVENT_CANCELLED:
        return feed_cancel(r);
    case SC_EVENT_MODEL_FAILED:
        return feed_model_failure(r, event) || feed_anything(r, event);
    case SC_EVENT_STOPPED:
        if (sc_json_get_bool(event->body, "budget", false)) {
            replay_take(r, event);
            return true;
        }
        return feed_anything(r, event) || feed_model_failure(r, event);
    default:
        return feed_element(r, event) || feed_preview(r, event) ||
               feed_anything(r, event);
    }
}
