#include "exec/replay.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "exec/replay_run.h"

static void advance(struct replay *r);

/* --- the op --- */

static void on_empty(struct sc_scope *scope)
{
    struct replay *r = sc_container_of(scope, struct replay, scope);

    sc_op_finish(&r->op, r->err.code ? &r->err : NULL);
}

static void close_replay(struct replay *r, const struct sc_error *err)
{
    if (r->over)
        return;
    r->over = true;
    if (err)
        r->err = *err;
    sc_scope_close(&r->scope, on_empty);
}

static void replay_cancel(struct sc_op *op)
{
    struct sc_error err;

    sc_fail(&err, SC_CANCELLED, "the replay was given up");
    close_replay(sc_container_of(op, struct replay, op), &err);
}

static void replay_release(struct sc_op *op)
{
    struct replay *r = sc_container_of(op, struct replay, op);

    while (r->flights)
        replay_land(r, r->flights);
    sc_machine_free(r->machine);
    sc_json_free(r->outcome);
    free(r->events);
    free(r);
}

/* --- the record --- */

static enum sc_code read_events(struct replay *r, struct sc_error *err)
{
    const struct sc_json *events = sc_json_get(r->record, "events");

    r->events = sc_new_array(struct recorded, sc_json_count(events) + 1);
    SC_JSON_EACH(json, events)
    {
        struct recorded *event = &r->events[r->count++];
        const char *kind = sc_json_get_string(json, "kind", "");

        event->seq = sc_json_get_int(json, "seq", 0);
        event->at_ms = sc_json_get_int(json, "at_ms", 0);
        event->kind = sc_event_of_word(kind);
        event->body = sc_json_get(json, "body");
        event->step = sc_json_get_string(event->body, "step", NULL);
        event->element = sc_json_get_int(event->body, "element", -1);
        if (event->kind == SC_EVENT_COUNT)
            return sc_fail(err, SC_INVALID, "unknown kind '%s' at event %lld", kind,
                    (long long)event->seq);
    }
    return SC_OK;
}

static struct recorded *first_left(struct replay *r)
{
    while (r->first < r->count && r->events[r->first].used)
        r->first++;
    return r->first < r->count ? &r->events[r->first] : NULL;
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static struct recorded *find_event(struct replay *r, const struct sc_command *note)
{
    const char *step = sc_json_get_string(note->body, "step", NULL);
    int64_t element = sc_json_get_int(note->body, "element", -1);

    for (size_t i = r->first; i < r->count; i++) {
        struct recorded *event = &r->events[i];

        if (!event->used && event->kind == note->event && event->element == element &&
                same_text(event->step, step))
            return event;
    }
    return NULL;
}

/* --- comparing --- */

/* Without what is chance, or was an answer and not a decision. */
static struct sc_json *decided(const struct sc_json *body)
{
    static const char *const others[] = { "wait_ms", "reply", "version", "ms", "early" };
    struct sc_json *json = sc_json_copy(body);

    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
        sc_json_free(sc_json_detach(json, others[i]));
    return json;
}

static bool same_decision(const struct sc_json *a, const struct sc_json *b)
{
    struct sc_json *one = decided(a), *two = decided(b);
    bool same = sc_json_equal(one, two);

    sc_json_free(one);
    sc_json_free(two);
    return same;
}

void replay_diverge(struct replay *r, const struct recorded *event, const char *why,
        struct sc_json *take_now)
{
    struct sc_json *json;

    if (sc_json_get(r->outcome, "divergence")) {
        sc_json_free(take_now);
        return;
    }
    json = sc_json_set(r->outcome, "divergence", sc_json_new_object());
    if (event) {
        sc_json_set_int(json, "seq", event->seq);
        sc_json_set_string(json, "kind", sc_event_word(event->kind));
        if (event->step)
            sc_json_set_string(json, "step", event->step);
        sc_json_set(json, "recorded", decided(event->body));
    }
    sc_json_set_string(json, "why", why);
    if (take_now)
        sc_json_set(json, "now", take_now);
    close_replay(r, NULL);
}

static struct sc_json *note_in_short(const struct sc_command *note)
{
    struct sc_json *json = sc_json_new_object();

    sc_json_set_string(json, "kind", sc_event_word(note->event));
    sc_json_set(json, "body", decided(note->body));
    return json;
}

/* --- folding --- */

void replay_take(struct replay *r, struct recorded *event)
{
    struct sc_error err;

    event->used = true;
    r->came_out++;
    if (sc_machine_apply(
                r->machine, event->kind, event->at_ms, sc_json_copy(event->body), &err))
        replay_diverge(r, event, err.msg, NULL);
}

void replay_note(struct replay *r, struct sc_command *note)
{
    struct recorded *event = find_event(r, note);

    if (!event && !first_left(r)) /* the record ends before the task does */
        close_replay(r, NULL);
    else if (!event)
        replay_diverge(
                r, first_left(r), "this is not in the record", note_in_short(note));
    else if (!same_decision(event->body, note->body))
        replay_diverge(r, event, "it comes out otherwise", decided(note->body));
    else
        replay_take(r, event);
    sc_json_free(note->body);
    note->body = NULL;
}

/* --- what the machine has handed out --- */

void replay_land(struct replay *r, struct flight *flight)
{
    struct flight **at = &r->flights;

    while (*at != flight)
        at = &(*at)->next;
    *at = flight->next;
    sc_json_free(flight->answer);
    free(flight);
}

struct flight *replay_flight(
        const struct replay *r, enum sc_command_kind kind, size_t step, int64_t element)
{
    for (struct flight *f = r->flights; f; f = f->next) {
        bool there = (step == SC_NO_STEP || f->command.step == step) &&
                     (element < 0 || f->command.element == (size_t)element);

        if (f->command.kind == kind && there)
            return f;
    }
    return NULL;
}

static void on_evaluated(struct sc_op *op, const struct sc_error *err)
{
    struct flight *flight = op->arg;
    struct replay *r = flight->replay;

    flight->op = NULL;
    if (err) {
        flight->err = *err;
    } else {
        struct sc_json **answer = r->parts.evaluator->answer(op);

        flight->answer = *answer;
        *answer = NULL;
    }
    if (r->awaited && !r->over)
        advance(r);
}

/* The last is the first to be found: those that wait the longest are at the end. */
static struct flight *take_off(struct replay *r, const struct sc_command *command)
{
    struct flight *flight = sc_new(struct flight), **end = &r->flights;

    flight->replay = r;
    flight->command = *command;
    flight->command.body = NULL;
    while (*end)
        end = &(*end)->next;
    *end = flight;
    return flight;
}

static void perform(struct replay *r, struct sc_command *command)
{
    struct flight *flight;
    const struct sc_json *messages, *tools;

    switch (command->kind) {
    case SC_COMMAND_NOTE:
        replay_note(r, command);
        break;
    case SC_COMMAND_INTEND: /* it is on its way to the store when it is noted */
        take_off(r, command);
        replay_note(r, command);
        break;
    case SC_COMMAND_EVALUATE:
        flight = take_off(r, command);
        flight->op = r->parts.evaluator->start(
                r->parts.evaluator, &r->scope, command->body, on_evaluated, flight);
        break;
    case SC_COMMAND_MODEL:
        sc_machine_request(r->machine, &messages, &tools);
        take_off(r, command);
        break;
    case SC_COMMAND_RECOVER:
    case SC_COMMAND_CALL:
    case SC_COMMAND_PREVIEW:
        take_off(r, command);
        break;
    case SC_COMMAND_QUESTION:
        sc_machine_unasked(r->machine, command);
        break;
    case SC_COMMAND_EARLY: /* never: nothing streams in */
    case SC_COMMAND_STOP_EARLY:
    case SC_COMMAND_STOP_CALLS:
        break;
    }
    sc_command_release(r->machine, command);
}

static void pump(struct replay *r, int64_t now_ms)
{
    struct sc_command command;

    while (!r->over && sc_machine_next(r->machine, now_ms, &command))
        perform(r, &command);
}

/* The clock was set back while the task waited: what it waits for has come since. */
static bool wake(struct replay *r)
{
    int64_t wake_ms = sc_machine_wake_ms(r->machine);

    if (!wake_ms || wake_ms == r->woken_ms)
        return false;
    r->woken_ms = wake_ms;
    pump(r, wake_ms);
    return true;
}

/* Until the record has come out, or an evaluation is waited for. */
static void advance(struct replay *r)
{
    struct recorded *event;

    r->awaited = false;
    while (!r->over && !r->awaited) {
        event = first_left(r);
        if (event)
            pump(r, event->at_ms);
        if (r->over || !(event = first_left(r)))
            break;
        if (!replay_feed(r, event) && !wake(r))
            replay_diverge(r, event, "the program does not come to this", NULL);
    }
    if (!r->over && !r->awaited)
        close_replay(r, NULL);
}

/* --- tools that are not as they were --- */

static void name_tools(struct sc_map *tools, const struct sc_json *steps)
{
    SC_JSON_EACH(step, steps)
    sc_map_set(tools, sc_json_get_string(step, "id", ""),
            (void *)(uintptr_t)sc_json_get_string(step, "tool", ""));
}

static void name_tools_of(struct sc_map *tools, const struct sc_json *plan)
{
    name_tools(tools, sc_json_get(plan, "look"));
    name_tools(tools, sc_json_get(plan, "steps"));
}

/* The tool of each step of all plans, and of the calls of a loop. */
static void name_all_tools(const struct replay *r, struct sc_map *tools)
{
    sc_map_init(tools);
    name_tools_of(tools, sc_json_get(sc_json_get(r->record, "spec"), "plan"));
    for (size_t i = 0; i < r->count; i++) {
        if (r->events[i].kind != SC_EVENT_TURN)
            continue;
        name_tools_of(tools, sc_json_get(r->events[i].body, "plan"));
        name_tools(tools, sc_json_get(r->events[i].body, "steps"));
    }
}

static bool is_listed(const struct sc_json *list, const char *name)
{
    SC_JSON_EACH(item, list)
    {
        if (strcmp(sc_json_get_string(item, "name", ""), name) == 0)
            return true;
    }
    return false;
}

static void list_tool(struct replay *r, const char *name, const char *was)
{
    struct sc_tool *tool = sc_registry_get(r->parts.registry, name);
    struct sc_json *list = sc_json_get(r->outcome, "tools"), *json;
    bool changed = tool && was && strcmp(tool->version, was) != 0;

    if (!*name || (tool && !changed) || is_listed(list, name))
        return;
    json = sc_json_append(list, sc_json_new_object());
    sc_json_set_string(json, "name", name);
    sc_json_set_string(json, "was", was);
    sc_json_set_string(json, "now", tool ? tool->version : NULL);
}

static void look_at_tool(struct replay *r, const struct recorded *event, const char *name)
{
    const char *was = sc_json_get_string(event->body, "version", NULL);
    char *why;

    if (was || event->kind == SC_EVENT_PREPARED || event->kind == SC_EVENT_INTENT)
        list_tool(r, name, was);
    if (!was || sc_registry_get(r->parts.registry, name))
        return;
    why = sc_strdupf("there is no tool '%s' any more", name);
    replay_diverge(r, event, why, NULL);
    free(why);
}

static void look_at_tools(struct replay *r)
{
    struct sc_map tools;

    name_all_tools(r, &tools);
    for (size_t i = 0; i < r->count; i++) {
        const struct recorded *event = &r->events[i];
        const char *name = event->step ? sc_map_get(&tools, event->step) : NULL;

        if (name)
            look_at_tool(r, event, name);
    }
    sc_map_release(&tools, NULL);
}

/* --- start --- */

static void start(struct replay *r)
{
    const struct sc_json *spec = sc_json_get(r->record, "spec");
    struct sc_machine_options options = { .registry = r->parts.registry,
        .task_id = sc_json_get_string(r->record, "id", ""),
        .has_model = true };
    struct sc_error err;

    sc_json_set(r->outcome, "tools", sc_json_new_array());
    if (read_events(r, &err)) {
        close_replay(r, &err);
        return;
    }
    look_at_tools(r);
    if (r->over)
        return;
    r->machine =
            sc_machine_new(&options, spec ? sc_json_copy(spec) : sc_json_new_object());
    advance(r);
}

struct sc_op *sc_replay_start(struct sc_scope *scope, const struct sc_replay_parts *parts,
        const struct sc_json *record, sc_op_done_fn *done, void *arg)
{
    static const struct sc_op_class replay_class = {
        .name = "replay", .cancel = replay_cancel, .release = replay_release
    };
    struct replay *r = sc_new(struct replay);

    r->parts = *parts;
    r->record = record;
    r->outcome = sc_json_new_object();
    sc_scope_init(&r->scope, scope->loop);
    sc_op_begin(&r->op, &replay_class, scope, done, arg);
    if (scope->cancelled)
        replay_cancel(&r->op);
    else
        start(r);
    return &r->op;
}

const struct sc_json *sc_replay_outcome(struct sc_op *op)
{
    struct replay *r = sc_container_of(op, struct replay, op);

    sc_json_set_bool(
            r->outcome, "same", !r->err.code && !sc_json_get(r->outcome, "divergence"));
    sc_json_set_int(r->outcome, "events", (int64_t)r->came_out);
    sc_json_set_bool(r->outcome, "ended", r->machine && sc_machine_ended(r->machine));
    sc_json_set_bool(r->outcome, "prompt_changed", r->prompt_changed);
    return r->outcome;
}
