/* The commands of a machine, performed; and what came back, told to it. */
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/mem.h"
#include "exec/exec_run.h"
#include "exec/limit.h"
#include "exec/machine_early.h"
#include "exec/once.h"
#include "exec/prompts.h"
#include "loop/timer.h"

/* --- what is under way --- */

static struct under_way *begin(struct run *run, const struct sc_command *command)
{
    struct under_way *u = sc_new(struct under_way);

    u->run = run;
    u->step = command->step;
    u->element = command->element;
    u->started_ms = run->exec->parts.clock->mono_ms(run->exec->parts.clock);
    sc_list_append(&run->waiting, &u->in_run);
    return u;
}

static void end(struct under_way *u)
{
    sc_list_remove(&u->in_run);
    if (u->tool)
        sc_tool_unref(u->tool);
    free(u);
}

/* A note that followed, then whatever is next. A run that closes hears no more: what was
 * under way is as after a crash. */
static void go_on(struct run *run, bool has_note, struct sc_command *note)
{
    if (has_note)
        run_note(run, note);
    run_pump(run);
}

/* --- notes --- */

static void tell(struct run *run, const struct sc_exec_event *event)
{
    if (run->exec->parts.on_event)
        run->exec->parts.on_event(run->exec->parts.arg, event);
}

static void settle(struct run *run, const struct sc_command *note, int64_t now_ms)
{
    struct sc_call_view view;
    char *result = NULL;

    sc_machine_call(run->machine, note->step, note->element, &view);
    if (note->settle == SC_EFFECT_DONE)
        result = sc_json_text(sc_json_get(note->body, "value"));
    sc_change_effect_settle(
            run->change, view.tool_name, view.key, note->settle, result, now_ms);
    free(result);
}

void run_note(struct run *run, struct sc_command *note)
{
    int64_t now_ms = run_now_ms(run);
    char *text = sc_json_text(note->body);
    struct sc_error err;

    tell(run, &(struct sc_exec_event){ .task_id = run->id,
                      .kind = sc_event_word(note->event),
                      .body = note->body });
    if (note->settles)
        settle(run, note, now_ms);
    if (note->event == SC_EVENT_ALLOWED && sc_json_get_bool(note->body, "approve", false))
        sc_budgets_allow(run->exec->parts.budgets, run->id,
                sc_json_get_string(note->body, "key", ""));
    sc_change_journal(
            run->change, run->id, ++run->seq, now_ms, sc_event_word(note->event), text);
    free(text);
    if (sc_machine_apply(run->machine, note->event, now_ms, note->body, &err))
        run_fail(run, &err);
    note->body = NULL;
}

/* --- the model --- */

static void on_model_text(void *arg, const char *text, size_t len)
{
    struct run *run = arg;

    tell(run, &(struct sc_exec_event){
                      .task_id = run->id, .kind = "text", .text = text, .len = len });
}

/* A step may have been completed that can begin. */
static void on_model_arguments(
        void *arg, size_t call, const char *name, const char *text, size_t len)
{
    struct run *run = arg;

    if (!run->closing && sc_machine_streamed(run->machine, call, name, text, len))
        run_pump(run);
}

/* What the budgets have to say, before what the request itself came to. */
static void note_budgets(struct run *run)
{
    struct sc_budgets *budgets = run->exec->parts.budgets;
    struct sc_command note;
    struct sc_json *said;

    while (budgets && !run->closing && (said = sc_budgets_take_note(budgets, run->id))) {
        note = (struct sc_command){ 0 };
        sc_machine_noted(said, &note);
        run_note(run, &note);
    }
}

static void note_spent(struct run *run, const struct sc_model_usage *usage)
{
    struct sc_command note = { 0 };

    if (usage->requests == 0)
        return;
    sc_machine_spent(usage, &note);
    run_note(run, &note);
}

static void on_reply(struct sc_op *op, const struct sc_error *err)
{
    struct under_way *u = op->arg;
    struct run *run = u->run;
    struct sc_model *model = sc_budgets_model(run->exec->parts.budgets);
    struct sc_model_usage usage;
    struct sc_clock *clock = run->exec->parts.clock;
    int64_t took_ms = clock->mono_ms(clock) - u->started_ms;
    struct sc_command note = { 0 };
    bool has_note;

    end(u);
    if (run->closing)
        return;
    sc_budgets_take_cost(op, run->change, &usage);
    note_budgets(run);
    if (err)
        note_spent(run, &usage); /* else the reply tells it */
    if (err)
        has_note = sc_machine_model_failed(run->machine, err, sc_random(), &note);
    else
        has_note = sc_machine_replied(run->machine, model->reply(op), &note);
    if (has_note)
        sc_json_add(note.body, "ms", sc_json_new_int(took_ms));
    go_on(run, has_note, &note);
}

static void ask_model(struct run *run, const struct sc_command *command)
{
    const struct sc_json *spec = sc_machine_spec(run->machine);
    struct sc_model *model = sc_budgets_model(run->exec->parts.budgets);
    const struct sc_model_account account = { .task_id = run->id,
        .agent = sc_json_get_string(spec, "agent", ""),
        .task_budget_micro = sc_json_get_int(spec, "budget_micro", -1) };
    /* The rules and the tools, which stand in the first message, come again. */
    struct sc_model_request request = {
        .account = &account, .stable_messages = 1, .on_arg = run
    };
    struct under_way *u = begin(run, command);

    sc_machine_request(run->machine, &request.messages, &request.tools);
    run_keep_prompts(run, request.messages, request.tools, model->name(model));
    request.force_tool = sc_machine_forced_tool(run->machine);
    request.on_text = run->exec->parts.on_event ? on_model_text : NULL;
    if (sc_machine_may_stream(run->machine))
        request.on_arguments = on_model_arguments;
    u->may_stop = true;
    u->op = model->start(model, &run->scope, &request, on_reply, u);
}

/* --- expressions --- */

/* What done() asked about and has happened; NULL: nothing, the answer holds. */
static struct sc_json *known_of(
        struct run *run, size_t step, const struct sc_json *answer, struct sc_error *err)
{
    const char *agent = sc_json_get_string(sc_machine_spec(run->machine), "agent", "");
    const struct sc_json *asked = sc_json_get(answer, "asked");
    struct sc_json *known = NULL;

    if (!asked ||
            sc_once_known(run->exec->parts.store, agent, asked,
                    sc_machine_known_rounds(run->machine, step), &known, err) == SC_OK)
        err->code = SC_OK;
    return known;
}

static void on_evaluated(struct sc_op *op, const struct sc_error *err)
{
    struct under_way *u = op->arg;
    struct run *run = u->run;
    size_t step = u->step;
    struct sc_command note = { 0 };
    struct sc_json **answer = NULL, *taken = NULL, *known;
    struct sc_error unknown;

    end(u);
    if (run->closing)
        return;
    if (!err) {
        answer = run->exec->parts.evaluator->answer(op);
        taken = *answer;
        *answer = NULL;
    }
    known = known_of(run, step, taken, &unknown);
    if (known || unknown.code) {
        sc_json_free(taken);
        taken = NULL;
    }
    if (known) {
        sc_machine_known(run->machine, step, known);
        run_pump(run);
    } else {
        go_on(run,
                sc_machine_evaluated(
                        run->machine, step, taken, unknown.code ? &unknown : err, &note),
                &note);
    }
}

static void evaluate(struct run *run, const struct sc_command *command)
{
    struct sc_evaluator *evaluator = run->exec->parts.evaluator;
    struct under_way *u = begin(run, command);

    u->may_stop = true;
    u->op = evaluator->start(evaluator, &run->scope, command->body, on_evaluated, u);
}

/* --- tools --- */

/* Those that tools have sent. */
static void note_requests(struct run *run)
{
    struct sc_budgets *budgets = run->exec->parts.budgets;
    struct sc_model_usage usage;

    if (!budgets || run->closing)
        return;
    note_budgets(run);
    if (sc_budgets_take_usage(budgets, run->id, &usage))
        note_spent(run, &usage);
}

static struct sc_called called_of(
        const struct under_way *u, struct sc_op *op, const struct sc_error *err)
{
    struct sc_clock *clock = u->run->exec->parts.clock;

    return (struct sc_called){ .tool = u->tool,
        .outcome = sc_tool_outcome(u->tool, op),
        .err = err,
        .took_ms = clock->mono_ms(clock) - u->started_ms,
        .now_ms = run_now_ms(u->run),
        .chance = sc_random() };
}

static void on_called(struct sc_op *op, const struct sc_error *err)
{
    struct under_way *u = op->arg;
    struct run *run = u->run;
    struct sc_called called = called_of(u, op, err);
    struct sc_command note = { 0 };
    bool has_note;

    note_requests(run);
    has_note = !run->closing &&
               sc_machine_called(run->machine, u->step, u->element, &called, &note);

    end(u);
    if (!run->closing)
        go_on(run, has_note, &note);
}

static void start_call(
        struct under_way *u, const struct sc_call_view *view, sc_op_done_fn *done)
{
    struct run *run = u->run;
    const struct sc_json *spec = sc_machine_spec(run->machine);
    struct sc_tool_call call;

    memcpy(u->key, view->key, sizeof(u->key));
    u->tool = sc_tool_ref(view->tool);
    u->may_stop = view->tool->effect <= SC_EFFECT_READ;
    u->context = (struct sc_tool_context){ .task_id = run->id,
        .agent = sc_json_get_string(spec, "agent", ""),
        .step_id = view->step_id,
        .hearsay = view->hearsay,
        .env = sc_json_get(spec, "env"),
        .out_dir = sc_json_get_string(spec, "out_dir", NULL),
        .inputs = sc_json_get(spec, "inputs"),
        .files = sc_json_get(spec, "files") };
    call = (struct sc_tool_call){ .args = view->args,
        .key = *u->key ? u->key : NULL,
        .context = &u->context,
        .timeout_ms = view->tool->timeout_ms };
    u->op = sc_tool_start(u->tool, &run->scope, &call, done, u);
}

static void call_tool(struct run *run, const struct sc_command *command)
{
    struct sc_call_view view;

    sc_machine_call(run->machine, command->step, command->element, &view);
    start_call(begin(run, command), &view, on_called);
}

/* --- while the plan streams in --- */

static void on_early_called(struct sc_op *op, const struct sc_error *err)
{
    struct under_way *u = op->arg;
    struct run *run = u->run;
    struct sc_called called = called_of(u, op, err);
    struct sc_command note = { 0 };

    if (!run->closing)
        sc_machine_early_called(run->machine, u->element, &called, &note);
    end(u);
    if (!run->closing)
        go_on(run, true, &note);
}

/* Nothing is journaled of it before it has ended, but somebody may watch. */
static void tell_begun(struct run *run, const struct sc_call_view *view)
{
    struct sc_json *body = sc_json_new_object();

    sc_json_set_string(body, "step", view->step_id);
    sc_json_set_string(body, "tool", view->tool_name);
    tell(run,
            &(struct sc_exec_event){ .task_id = run->id, .kind = "begun", .body = body });
    sc_json_free(body);
}

static void call_early(struct run *run, const struct sc_command *command)
{
    struct under_way *u = begin(run, command);
    struct sc_call_view view;

    u->early = true;
    sc_machine_early_call(run->machine, command->element, &view);
    tell_begun(run, &view);
    start_call(u, &view, on_early_called);
}

static void stop_early(struct run *run, const struct sc_command *command)
{
    struct sc_list *node = run->waiting.next;

    while (node != &run->waiting) {
        struct under_way *u = sc_container_of(node, struct under_way, in_run);

        node = node->next;
        if (u->early && u->element == command->element)
            sc_op_cancel(u->op);
    }
}

/* --- what a call would do --- */

static void on_previewed(struct sc_op *op, const struct sc_error *err)
{
    struct under_way *u = op->arg;
    struct run *run = u->run;
    const struct sc_json *answer = err ? NULL : u->tool->preview->answer(op);
    const char *text = sc_json_is(answer, SC_JSON_STRING) ? sc_json_string(answer) : NULL;
    struct sc_command note = { 0 };
    bool has_note =
            !run->closing && sc_machine_previewed(run->machine, u->step, u->element,
                                     text && *text ? text : NULL, &note);

    end(u);
    if (!run->closing)
        go_on(run, has_note, &note);
}

static void preview(struct run *run, const struct sc_command *command)
{
    const struct sc_json *spec = sc_machine_spec(run->machine);
    struct under_way *u = begin(run, command);
    struct sc_call_view view;

    sc_machine_call(run->machine, command->step, command->element, &view);
    u->tool = sc_tool_ref(view.tool);
    u->may_stop = true;
    u->op = u->tool->preview->start(u->tool, &run->scope, view.args,
            sc_json_get_string(spec, "language", "en"), on_previewed, u);
}

static void stop_calls(struct run *run)
{
    struct sc_list *node = run->waiting.next;

    while (node != &run->waiting) {
        struct under_way *u = sc_container_of(node, struct under_way, in_run);

        node = node->next;
        if (u->may_stop && u->op)
            sc_op_cancel(u->op);
    }
}

/* --- effects --- */

static void remember_intend(struct run *run, const struct sc_command *command)
{
    if (run->intend_count == run->intend_cap) {
        run->intend_cap = run->intend_cap ? 2 * run->intend_cap : 4;
        run->intends = sc_realloc(run->intends, run->intend_cap * sizeof(*run->intends));
    }
    run->intends[run->intend_count] = *command;
    run->intends[run->intend_count++].body = NULL;
}

static void intend(struct run *run, struct sc_command *command)
{
    const struct sc_json *spec = sc_machine_spec(run->machine);
    int64_t now_ms = run_now_ms(run);
    struct sc_call_view view;
    struct sc_effect_row row;
    char *args;

    sc_machine_call(run->machine, command->step, command->element, &view);
    args = sc_json_text(view.args);
    row = (struct sc_effect_row){ .task_id = run->id,
        .step_id = view.step_id,
        .element = view.element,
        .tool = view.tool->name,
        .version = view.tool->version,
        .key = view.key,
        .once = view.once,
        .agent = sc_json_get_string(spec, "agent", ""),
        .args_hash = view.args_hash,
        .args = args,
        .approver = view.approver,
        .state = SC_EFFECT_INTENT,
        .at_ms = now_ms };
    if (view.limit.key)
        sc_limit_window(view.limit_per ? view.limit_per : "day",
                sc_json_get_string(sc_json_get(spec, "env"), "zone", "UTC"), now_ms,
                &view.limit.from_ms, &view.limit.to_ms);
    if (run->intend_count == 0)
        run->before_intends = sc_change_mark(run->change);
    sc_change_effect_intend(run->change, &row, view.limit.key ? &view.limit : NULL);
    free(args);
    remember_intend(run, command);
    run_note(run, command);
}

struct recovery {
    struct run *run;
    const struct sc_command *command;
    struct sc_command note;
    bool found, has_note;
};

static void on_effect_row(void *arg, const struct sc_effect_row *row)
{
    struct recovery *r = arg;

    r->found = true;
    r->has_note = sc_machine_recovered(r->run->machine, r->command, row, &r->note);
}

static void recover(struct run *run, const struct sc_command *command)
{
    struct recovery r = { .run = run, .command = command };
    struct sc_call_view view;
    struct sc_error err;
    enum sc_code code;

    sc_machine_call(run->machine, command->step, command->element, &view);
    code = sc_store_effect_get(
            run->exec->parts.store, view.tool_name, view.key, on_effect_row, &r, &err);
    if (code && code != SC_NOT_FOUND) {
        run_fail(run, &err);
        return;
    }
    if (!r.found)
        r.has_note = sc_machine_recovered(run->machine, command, NULL, &r.note);
    if (r.has_note)
        run_note(run, &r.note);
}

/* --- questions --- */

static void ask_person(struct run *run, const struct sc_command *command)
{
    struct sc_question question = { .task_id = run->id,
        .step_id = sc_machine_step_id(run->machine, command->step),
        .approval = command->approval,
        .what = command->body };
    const struct sc_exec_parts *parts = &run->exec->parts;

    if (!parts->on_question || !parts->on_question(parts->arg, &question))
        sc_machine_unasked(run->machine, command);
}

void run_perform(struct run *run, struct sc_command *command)
{
    switch (command->kind) {
    case SC_COMMAND_NOTE:
        run_note(run, command);
        break;
    case SC_COMMAND_MODEL:
        ask_model(run, command);
        break;
    case SC_COMMAND_EVALUATE:
        evaluate(run, command);
        break;
    case SC_COMMAND_INTEND:
        intend(run, command);
        break;
    case SC_COMMAND_RECOVER:
        recover(run, command);
        break;
    case SC_COMMAND_CALL:
        call_tool(run, command);
        break;
    case SC_COMMAND_EARLY:
        call_early(run, command);
        break;
    case SC_COMMAND_STOP_EARLY:
        stop_early(run, command);
        break;
    case SC_COMMAND_PREVIEW:
        preview(run, command);
        break;
    case SC_COMMAND_QUESTION:
        ask_person(run, command);
        break;
    case SC_COMMAND_STOP_CALLS:
        stop_calls(run);
        break;
    }
    sc_command_release(run->machine, command);
}
