/* Properties of the machine, over random plans, orders of outcomes and deaths. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/map.h"
#include "base/mem.h"
#include "exec/machine.h"
#include "fakes/exec_bed.h"

enum { PLANS = 150, MAX_STEPS = 8, MAX_PENDING = 64, MAX_EVENTS = 4000 };

struct entry {
    enum sc_event_kind kind;
    int64_t at_ms;
    char *text;
};

struct world {
    struct exec_bed *bed;
    uint64_t seed;
    struct sc_machine *machine;
    char *spec;
    struct entry journal[MAX_EVENTS];
    size_t journal_count;
    struct sc_command pending[MAX_PENDING];
    size_t pending_count;
    struct sc_map effects; /* key -> how often; NULL: intended only */
    struct sc_map tries;   /* step and element -> calls */
    int64_t now_ms;
    size_t deaths;
    unsigned death_chance; /* per thousand */
};

static uint64_t chance(struct world *w, uint64_t below)
{
    w->seed ^= w->seed << 13;
    w->seed ^= w->seed >> 7;
    w->seed ^= w->seed << 17;
    return w->seed % below;
}

/* --- plans: a graph of reads, computations and writes, some over lists --- */

static void add_step(struct world *w, struct sc_buf *plan, size_t s)
{
    static const char *const tools[] = { "f.value", "f.write", "f.post", "f.value" };
    uint64_t dep = s ? chance(w, s) : 0, more = s ? chance(w, s) : 0;

    sc_buf_addf(plan, "%s{\"id\":\"s%zu\",", s ? "," : "", s);
    if (s == 0) {
        sc_buf_addf(plan, "\"tool\":\"f.rows\",\"args\":{\"n\":%d}}", (int)chance(w, 6));
        return;
    }
    sc_buf_addf(
            plan, "\"tool\":\"%s\",\"after\":[\"s%d\"],", tools[chance(w, 4)], (int)more);
    if (chance(w, 3) == 0)
        sc_buf_addf(plan, "\"each\":\"=s0.rows\",\"args\":{\"value\":\"=item.id\","
                          "\"what\":\"w\"}}");
    else
        sc_buf_addf(plan, "\"args\":{\"value\":\"=s%d\",\"what\":\"w\"}}", (int)dep);
}

static void make_spec(struct world *w)
{
    struct sc_buf plan = { 0 };
    size_t count = 2 + (size_t)chance(w, MAX_STEPS - 2);

    sc_buf_adds(
            &plan, "{\"words\":\"w\",\"agent\":\"a\",\"yes\":true,\"plan\":{\"steps\":[");
    for (size_t s = 0; s < count; s++)
        add_step(w, &plan, s);
    sc_buf_adds(&plan, "]}}");
    w->spec = sc_buf_detach(&plan);
}

/* --- the world around a machine --- */

static struct sc_machine *new_machine(struct world *w)
{
    struct sc_machine_options options = {
        .registry = w->bed->registry, .task_id = "t1", .parallel = 3
    };
    struct sc_json *spec = sc_json_parse(w->spec, strlen(w->spec), NULL, NULL);

    assert_non_null(spec);
    return sc_machine_new(&options, spec);
}

static struct sc_machine *fold(struct world *w)
{
    struct sc_machine *machine = new_machine(w);

    for (size_t i = 0; i < w->journal_count; i++) {
        struct sc_json *body =
                sc_json_parse(w->journal[i].text, strlen(w->journal[i].text), NULL, NULL);

        assert_int_equal(sc_machine_apply(machine, w->journal[i].kind,
                                 w->journal[i].at_ms, body, NULL),
                SC_OK);
    }
    return machine;
}

/* What is under way is not known to a fold: running is pending there, and what a stopped
 * `each` had done is gathered in the end. */
static struct sc_json *comparable(const struct sc_machine *machine)
{
    struct sc_json *report = sc_machine_report(machine, false);
    struct sc_json *steps = sc_json_detach(report, "steps");

    SC_JSON_EACH(step, steps)
    {
        if (strcmp(sc_json_get_string(step, "state", ""), "running") == 0)
            sc_json_set_string(step, "state", "pending");
        if (!sc_machine_ended(machine) &&
                strcmp(sc_json_get_string(step, "state", ""), "done") != 0)
            sc_json_free(sc_json_detach(step, "result"));
    }
    sc_json_free(report);
    return steps;
}

static void fold_must_be_the_same(struct world *w)
{
    struct sc_machine *folded = fold(w);
    struct sc_json *a = comparable(w->machine), *b = comparable(folded);

    if (!sc_json_equal(a, b))
        print_error("%s\n%s\n", sc_json_text(a), sc_json_text(b));
    assert_true(sc_json_equal(a, b));
    sc_json_free(a);
    sc_json_free(b);
    sc_machine_free(folded);
}

static void note(struct world *w, struct sc_command *command)
{
    struct sc_call_view view;

    assert_true(w->journal_count < MAX_EVENTS);
    if (command->settles) {
        sc_machine_call(w->machine, command->step, command->element, &view);
        assert_non_null(sc_map_get(&w->effects, view.key));
    }
    w->journal[w->journal_count++] =
            (struct entry){ command->event, w->now_ms, sc_json_text(command->body) };
    assert_int_equal(
            sc_machine_apply(w->machine, command->event, w->now_ms, command->body, NULL),
            SC_OK);
    command->body = NULL;
}

static const struct sc_json *with_id(const struct sc_json *steps, const char *id)
{
    SC_JSON_EACH(step, steps)
    {
        if (strcmp(sc_json_get_string(step, "id", ""), id) == 0)
            return step;
    }
    return NULL;
}

static void order_must_respect_edges(struct world *w, const struct sc_command *command)
{
    struct sc_json *report = sc_machine_report(w->machine, false);
    const struct sc_json *plan = sc_json_get(sc_json_get(report, "plan"), "steps");
    const char *id = sc_machine_step_id(w->machine, command->step);

    SC_JSON_EACH(after, sc_json_get(with_id(plan, id), "after"))
    assert_string_equal(sc_json_get_string(with_id(sc_json_get(report, "steps"),
                                                   sc_json_string(after)),
                                "state", ""),
            "done");
    sc_json_free(report);
}

static void take(struct world *w, struct sc_command *command)
{
    order_must_respect_edges(w, command);
    assert_true(w->pending_count < MAX_PENDING);
    assert_true(command->kind != SC_COMMAND_EVALUATE &&
                command->kind != SC_COMMAND_MODEL &&
                command->kind != SC_COMMAND_QUESTION);
    if (command->kind == SC_COMMAND_INTEND)
        note(w, command);
    w->pending[w->pending_count] = *command;
    w->pending[w->pending_count++].body = NULL;
    sc_command_release(w->machine, command);
}

static size_t times(struct sc_map *map, const char *key, size_t add)
{
    size_t count = (size_t)(uintptr_t)sc_map_get(map, key) + add;

    if (add)
        sc_map_set(map, key, (void *)(uintptr_t)count);
    return count;
}

/* Every first try of a read or of a key-idempotent write fails. */
static bool call(
        struct world *w, const struct sc_command *command, struct sc_command *ret)
{
    struct sc_call_view view;
    struct sc_tool_outcome outcome = { .kind = SC_TOOL_VALUE };
    struct sc_error err;
    struct sc_called called = { .outcome = &outcome, .now_ms = w->now_ms };
    char name[64];
    bool note_it;

    sc_machine_call(w->machine, command->step, command->element, &view);
    called.tool = view.tool;
    snprintf(name, sizeof(name), "%s %d", view.step_id, (int)command->element);
    if (*view.key)
        times(&w->effects, view.key, 2);
    if (times(&w->tries, name, 1) == 1 && strcmp(view.tool->name, "f.post") != 0) {
        sc_fail(&err, SC_TIMEOUT, "late");
        called.err = &err;
    } else {
        outcome.value = sc_json_new_object();
        sc_json_set_string(outcome.value, "what", view.step_id);
        if (strcmp(view.tool->name, "f.rows") == 0) {
            struct sc_json *rows =
                    sc_json_add(outcome.value, "rows", sc_json_new_array());
            int64_t n = sc_json_get_int(view.args, "n", 0);

            for (int64_t i = 0; i < n; i++)
                sc_json_set_int(sc_json_append(rows, sc_json_new_object()), "id", i);
        }
    }
    note_it =
            sc_machine_called(w->machine, command->step, command->element, &called, ret);
    sc_json_free(outcome.value);
    return note_it;
}

static bool complete(
        struct world *w, const struct sc_command *command, struct sc_command *ret)
{
    struct sc_claim claim = { .kind = SC_CLAIM_OK };
    struct sc_call_view view;
    struct sc_effect_row row;

    sc_machine_call(w->machine, command->step, command->element, &view);
    if (command->kind == SC_COMMAND_CALL)
        return call(w, command, ret);
    if (command->kind == SC_COMMAND_INTEND) {
        times(&w->effects, view.key, 1);
        return sc_machine_claimed(w->machine, command, &claim, ret);
    }
    row = (struct sc_effect_row){ .task_id = "t1",
        .step_id = view.step_id,
        .element = view.element,
        .state = SC_EFFECT_INTENT };
    return sc_machine_recovered(
            w->machine, command, sc_map_get(&w->effects, view.key) ? &row : NULL, ret);
}

static void drive(struct world *w)
{
    struct sc_command command;

    while (sc_machine_next(w->machine, w->now_ms, &command)) {
        if (command.kind == SC_COMMAND_NOTE)
            note(w, &command);
        else if (command.kind == SC_COMMAND_STOP_CALLS)
            sc_command_release(w->machine, &command);
        else
            take(w, &command);
    }
}

/* An intent is durable in the moment that its event is. */
static void die(struct world *w)
{
    for (size_t i = 0; i < w->pending_count; i++) {
        struct sc_call_view view;

        if (w->pending[i].kind != SC_COMMAND_INTEND)
            continue;
        sc_machine_call(w->machine, w->pending[i].step, w->pending[i].element, &view);
        times(&w->effects, view.key, 1);
    }
    w->deaths++;
    sc_machine_free(w->machine);
    w->pending_count = 0;
    w->machine = fold(w);
}

static void go_on(struct world *w)
{
    struct sc_command command, next = { 0 };
    size_t i;

    if (w->pending_count == 0) {
        assert_true(sc_machine_wake_ms(w->machine) > 0);
        w->now_ms = sc_machine_wake_ms(w->machine);
        return;
    }
    i = (size_t)chance(w, w->pending_count);
    command = w->pending[i];
    w->pending[i] = w->pending[--w->pending_count];
    if (complete(w, &command, &next))
        note(w, &next);
}

static void run(struct world *w)
{
    w->machine = new_machine(w);
    w->now_ms = 1000;
    drive(w);
    while (!sc_machine_ended(w->machine)) {
        if (w->death_chance && chance(w, 1000) < w->death_chance)
            die(w);
        else
            go_on(w);
        drive(w);
        if (w->journal_count % 7 == 0)
            fold_must_be_the_same(w);
    }
    fold_must_be_the_same(w);
}

static void forget(struct world *w)
{
    for (size_t i = 0; i < w->journal_count; i++)
        free(w->journal[i].text);
    sc_map_release(&w->effects, NULL);
    sc_map_release(&w->tries, NULL);
    sc_machine_free(w->machine);
}

static struct world *new_world(struct exec_bed *bed, const char *spec, uint64_t seed)
{
    struct world *w = sc_new(struct world);

    w->bed = bed;
    w->seed = seed;
    w->spec = sc_strdup(spec);
    sc_map_init(&w->effects);
    sc_map_init(&w->tries);
    return w;
}

static void free_world(struct world *w)
{
    forget(w);
    free(w->spec);
    free(w);
}

static char *random_spec(uint64_t seed)
{
    struct world w = { .seed = seed };

    make_spec(&w);
    return w.spec;
}

static struct sc_json *results_of(const struct world *w)
{
    struct sc_json *steps = comparable(w->machine), *results = sc_json_new_object();

    SC_JSON_EACH(step, steps)
    sc_json_add(results, sc_json_get_string(step, "id", ""),
            sc_json_get(step, "result") ? sc_json_detach(step, "result")
                                        : sc_json_new_null());
    sc_json_free(steps);
    return results;
}

/* --- the properties --- */

static void any_order_gives_the_same_results(void **state)
{
    for (uint64_t i = 1; i <= PLANS; i++) {
        char *spec = random_spec(i * 7919);
        struct world *a = new_world(*state, spec, i), *b = new_world(*state, spec, ~i);
        struct sc_json *first, *second;

        run(a);
        run(b);
        assert_int_equal(sc_machine_state(a->machine), SC_TASK_DONE);
        first = results_of(a);
        second = results_of(b);
        assert_true(sc_json_equal(first, second));
        sc_json_free(first);
        sc_json_free(second);
        free_world(a);
        free_world(b);
        free(spec);
    }
}

/* Key-idempotent effects are made under one key; others once, or they are in doubt. */
static void any_death_leaves_each_effect_once_or_in_doubt(void **state)
{
    size_t deaths = 0, doubts = 0;

    for (uint64_t i = 1; i <= PLANS; i++) {
        char *spec = random_spec(i * 104729);
        struct world *a = new_world(*state, spec, i), *b = new_world(*state, spec, ~i);

        b->death_chance = 100;
        run(a);
        run(b);
        if (sc_machine_state(b->machine) == SC_TASK_DONE) {
            struct sc_json *first = results_of(a), *second = results_of(b);

            assert_true(sc_json_equal(first, second));
            assert_int_equal(a->effects.count, b->effects.count);
            sc_json_free(first);
            sc_json_free(second);
        } else {
            assert_int_equal(sc_machine_state(b->machine), SC_TASK_IN_DOUBT);
            assert_non_null(strstr(spec, "f.post"));
            doubts++;
        }
        deaths += b->deaths;
        free_world(a);
        free_world(b);
        free(spec);
    }
    print_message("%zu deaths, %zu plans in doubt\n", deaths, doubts);
    assert_true(deaths > PLANS / 2);
    assert_true(doubts > 0);
}

static struct sc_command *find_pending(struct world *w, enum sc_command_kind kind)
{
    for (size_t i = 0; i < w->pending_count; i++)
        if (w->pending[i].kind == kind)
            return &w->pending[i];
    return NULL;
}

static void tell(struct world *w, enum sc_event_kind kind, const char *text)
{
    assert_int_equal(sc_machine_apply(w->machine, kind, 1000,
                             sc_json_parse(text, strlen(text), NULL, NULL), NULL),
            SC_OK);
}

/* Begun by b before a restart, wanted by a before it is known what became of it. */
static void a_once_under_way_here_is_waited_for(void **state)
{
    static const char spec[] = "{\"yes\":true,\"plan\":{\"steps\":["
                               "{\"id\":\"a\",\"tool\":\"f.post\",\"once\":\"x\"},"
                               "{\"id\":\"b\",\"tool\":\"f.post\",\"once\":\"x\","
                               "\"on_error\":\"skip\"}]}}";
    const struct sc_effect_row row = {
        .task_id = "t1", .step_id = "b", .element = -1, .state = SC_EFFECT_INTENT
    };
    struct world *w = new_world(*state, spec, 1);
    struct sc_command next = { 0 }, *recover;
    struct sc_error err = { 0 };

    w->machine = new_machine(w);
    tell(w, SC_EVENT_PREPARED,
            "{\"step\":\"a\",\"values\":[{\"args\":{},\"once\":\"x\"}]}");
    tell(w, SC_EVENT_PREPARED,
            "{\"step\":\"b\",\"values\":[{\"args\":{},\"once\":\"x\"}]}");
    tell(w, SC_EVENT_INTENT, "{\"step\":\"b\",\"element\":0}");
    drive(w);
    assert_null(find_pending(w, SC_COMMAND_INTEND));
    recover = find_pending(w, SC_COMMAND_RECOVER);
    assert_non_null(recover);
    assert_true(sc_machine_recovered(w->machine, recover, &row, &next));
    assert_int_equal(
            sc_machine_apply(w->machine, next.event, 1000, next.body, &err), SC_OK);
    drive(w);

    assert_non_null(find_pending(w, SC_COMMAND_INTEND));
    free_world(w);
}

/* The first one may have happened; then the program did not run, and its tool went. */
static void a_second_try_of_a_tool_that_is_gone_is_in_doubt(void **state)
{
    struct exec_bed *bed = *state;
    struct sc_registry *all = bed->registry, *none = sc_registry_new();
    struct world *w = new_world(bed,
            "{\"yes\":true,\"plan\":{\"steps\":[{\"id\":\"a\",\"tool\":\"f.write\"}]}}",
            1);

    w->machine = new_machine(w);
    w->now_ms = 1000;
    drive(w);
    go_on(w); /* the claim */
    drive(w);
    go_on(w); /* the call: a timeout */
    sc_machine_free(w->machine);
    bed->registry = none;
    w->machine = fold(w);
    bed->registry = all;
    w->now_ms += 3600000;
    drive(w);

    assert_int_equal(w->pending_count, 0);
    assert_int_equal(sc_machine_state(w->machine), SC_TASK_IN_DOUBT);
    free_world(w);
    sc_registry_free(none);
}

static void plan_by_model(struct world *w, const char *reply)
{
    struct sc_json *json = sc_json_parse(reply, strlen(reply), NULL, NULL);
    struct sc_model_reply *planned = sc_model_reply_take_json(json, NULL);
    struct sc_command command, next = { 0 };

    assert_non_null(planned);
    assert_true(sc_machine_next(w->machine, w->now_ms, &command));
    assert_int_equal(command.kind, SC_COMMAND_MODEL);
    assert_true(sc_machine_replied(w->machine, planned, &next));
    note(w, &next);
    sc_model_reply_free(planned);
}

static void fail_call(
        struct world *w, const struct sc_command *command, enum sc_code code)
{
    struct sc_tool_outcome outcome = { .kind = SC_TOOL_VALUE };
    struct sc_command next = { 0 };
    struct sc_call_view view;
    struct sc_error err;
    struct sc_called called = { .outcome = &outcome, .err = &err, .now_ms = w->now_ms };

    sc_machine_call(w->machine, command->step, command->element, &view);
    called.tool = view.tool;
    sc_fail(&err, code, "it said so");
    assert_true(sc_machine_called(
            w->machine, command->step, command->element, &called, &next));
    note(w, &next);
}

/* One element of a step waits to try again when another fails for good. */
static void a_new_plan_waits_for_effects_that_may_have_happened(void **state)
{
    static const char reply[] =
            "{\"native\":{\"role\":\"assistant\",\"content\":\"\"},"
            "\"calls\":[{\"id\":\"c1\",\"name\":\"plan\",\"arguments\":\"{\\\"steps\\\":["
            "{\\\"id\\\":\\\"a\\\",\\\"tool\\\":\\\"f.write\\\","
            "\\\"each\\\":[\\\"x\\\",\\\"y\\\"],\\\"on_error\\\":\\\"replan\\\","
            "\\\"args\\\":{\\\"what\\\":\\\"=item\\\"}}]}\"}]}";
    struct exec_bed *bed = *state;
    struct sc_machine_options options = {
        .registry = bed->registry, .task_id = "t1", .parallel = 3, .has_model = true
    };
    struct world *w = new_world(bed, "{\"yes\":true,\"words\":\"w\"}", 1);
    struct sc_command next = { 0 }, command;

    w->machine =
            sc_machine_new(&options, sc_json_parse(w->spec, strlen(w->spec), NULL, NULL));
    w->now_ms = 1000;
    plan_by_model(w, reply);
    drive(w);
    assert_int_equal(w->pending_count, 2);
    assert_false(complete(w, &w->pending[0], &next));
    assert_false(complete(w, &w->pending[1], &next));
    w->pending_count = 0;
    drive(w);
    assert_int_equal(w->pending_count, 2);
    fail_call(w, &w->pending[0], SC_TIMEOUT);
    fail_call(w, &w->pending[1], SC_INVALID);
    w->pending_count = 0;
    assert_false(sc_machine_next(w->machine, w->now_ms, &command));

    assert_true(sc_machine_wake_ms(w->machine) > 0);
    w->now_ms = sc_machine_wake_ms(w->machine);
    drive(w);
    assert_int_equal(w->pending_count, 1);
    times(&w->tries, "a 0", 1);
    times(&w->tries, "a 1", 1);
    assert_true(complete(w, &w->pending[0], &next)); /* it happened */
    note(w, &next);
    w->pending_count = 0;
    assert_true(sc_machine_next(w->machine, w->now_ms, &command));
    assert_int_equal(command.kind, SC_COMMAND_MODEL);
    free_world(w);
}

static void a_journal_that_is_not_ours_is_refused(void **state)
{
    struct world *w = new_world(
            *state, "{\"plan\":{\"steps\":[{\"id\":\"a\",\"tool\":\"f.value\"}]}}", 1);
    struct sc_json *body = sc_json_new_object();
    struct sc_error err = { 0 };

    w->machine = new_machine(w);
    sc_json_set_string(body, "step", "b");
    assert_int_equal(
            sc_machine_apply(w->machine, SC_EVENT_RESULT, 1, body, &err), SC_INVALID);
    body = sc_json_new_object();
    sc_json_set_string(body, "step", "a");
    sc_json_set_int(body, "element", INT64_MAX);
    assert_int_equal(
            sc_machine_apply(w->machine, SC_EVENT_RESULT, 1, body, &err), SC_INVALID);
    assert_int_equal(sc_event_of_word("nonsense"), SC_EVENT_COUNT);
    free_world(w);
}

static int setup(void **state)
{
    struct exec_bed *bed = calloc(1, sizeof(*bed));

    exec_bed_init(bed, NULL);
    *state = bed;
    return 0;
}

static int teardown(void **state)
{
    exec_bed_release(*state);
    free(*state);
    return 0;
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(any_order_gives_the_same_results),
        T(any_death_leaves_each_effect_once_or_in_doubt),
        T(a_once_under_way_here_is_waited_for),
        T(a_second_try_of_a_tool_that_is_gone_is_in_doubt),
        T(a_new_plan_waits_for_effects_that_may_have_happened),
        T(a_journal_that_is_not_ours_is_refused),
    };
    return cmocka_run_group_tests_name("exec/machine", tests, NULL, NULL);
}
