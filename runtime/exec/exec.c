#include "exec/exec.h"

#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/mem.h"
#include "exec/exec_run.h"
#include "exec/spec.h"
#include "loop/timer.h"
#include "store/memory.h"

/* --- a run, in order: created or loaded, pumped, committed, closed --- */

static void flush_soon(struct run *run);
static void settle_down(struct run *run);
static void close_run(struct run *run, const struct sc_error *err);
static bool write_rest(struct run *run);
static void on_committed(struct sc_op *op, const struct sc_error *err);

enum { DEFAULT_PATIENCE_MS = 10000, MODEL_PATIENCE_MS = 60000 };

struct sc_exec *sc_exec_new(const struct sc_exec_parts *parts)
{
    struct sc_exec *exec = sc_new(struct sc_exec);

    exec->parts = *parts;
    if (exec->parts.patience_ms <= 0)
        exec->parts.patience_ms = DEFAULT_PATIENCE_MS;
    if (exec->parts.model_patience_ms <= 0)
        exec->parts.model_patience_ms = MODEL_PATIENCE_MS;
    sc_map_init(&exec->running);
    return exec;
}

void sc_exec_free(struct sc_exec *exec)
{
    if (!exec)
        return;
    SC_ASSERT(exec->running.count == 0);
    sc_map_release(&exec->running, NULL);
    sc_exec_forget_prompts(exec);
    free(exec);
}

int64_t run_now_ms(const struct run *run)
{
    struct sc_clock *clock = run->exec->parts.clock;

    return clock->wall_ms(clock);
}

/* --- the op --- */

static void run_cancel(struct sc_op *op)
{
    struct run *run = sc_container_of(op, struct run, op);
    struct sc_error err;

    sc_fail(&err, SC_CANCELLED, "the run was given up; the task can be resumed");
    run->given_up = !run->closing;
    close_run(run, &err);
}

static void run_release(struct sc_op *op)
{
    struct run *run = sc_container_of(op, struct run, op);

    sc_machine_free(run->machine);
    sc_change_free(run->change);
    sc_json_free(run->report);
    free(run->intends);
    free(run->sent);
    free(run->spec_text);
    free(run->id);
    free(run);
}

static const struct sc_op_class run_class = {
    .name = "task",
    .cancel = run_cancel,
    .release = run_release,
};

static void leave(struct run *run)
{
    if (!sc_change_empty(run->change))
        sc_exec_forget_prompts(run->exec); /* some may have been in it */
    if (run->id && sc_map_get(&run->exec->running, run->id) == run) {
        sc_map_remove(&run->exec->running, run->id);
        if (run->exec->parts.budgets)
            sc_budgets_forget(run->exec->parts.budgets, run->id);
    }
    sc_op_finish(&run->op, run->err.code ? &run->err : NULL);
}

static void on_empty(struct sc_scope *scope)
{
    struct run *run = sc_container_of(scope, struct run, scope);

    if (!write_rest(run))
        leave(run);
}

static void close_run(struct run *run, const struct sc_error *err)
{
    if (run->closing)
        return;
    run->closing = true;
    if (err)
        run->err = *err;
    sc_scope_close(&run->scope, on_empty);
}

void run_fail(struct run *run, const struct sc_error *err)
{
    if (!run->closing)
        sc_log(run->exec->parts.log, SC_DEBUG, "task.run", "task=%s error=%s", run->id,
                err->msg);
    close_run(run, err);
}

static struct run *run_new(
        struct sc_scope *scope, struct sc_exec *exec, sc_op_done_fn *done, void *arg)
{
    struct run *run = sc_new(struct run);

    run->exec = exec;
    run->change = sc_change_new();
    sc_list_init(&run->waiting);
    sc_scope_init(&run->scope, scope->loop);
    sc_op_begin(&run->op, &run_class, scope, done, arg);
    if (scope->cancelled)
        run_cancel(&run->op);
    return run;
}

static struct sc_machine *machine_for(struct run *run, struct sc_json *take_spec)
{
    struct sc_machine_options options = { .registry = run->exec->parts.registry,
        .task_id = run->id,
        .parallel = run->exec->parts.parallel,
        .has_model = run->exec->parts.budgets != NULL };

    return sc_machine_new(&options, take_spec);
}

/* --- writing --- */

static bool row_is_stale(const struct run *run)
{
    return !run->created || sc_machine_state(run->machine) != run->row_state ||
           (run->row_state == SC_TASK_WAITING &&
                   sc_machine_wake_ms(run->machine) != run->row_wake_ms);
}

/* Their ids say later what else holds a fact that is to be forgotten. */
static void add_memory_uses(struct run *run)
{
    SC_JSON_EACH(item, sc_json_get(sc_machine_spec(run->machine), "memory"))
    sc_change_memory_use(run->change, sc_json_get_string(item, "id", ""), run->id);
}

static void add_row(struct run *run)
{
    const struct sc_json *spec = sc_machine_spec(run->machine);
    struct sc_task_row row = { .id = run->id,
        .agent = sc_json_get_string(spec, "agent", ""),
        .words = sc_json_get_string(spec, "words", ""),
        .state = sc_machine_state(run->machine),
        .created_ms = run->created_ms,
        .ended_ms = sc_machine_ended(run->machine) ? run_now_ms(run) : 0,
        .spec = run->spec_text,
        .answer = sc_machine_answer_text(run->machine),
        .routine = sc_json_get_string(spec, "routine", NULL),
        .cost_micro = sc_machine_cost_micro(run->machine) };

    if (row.state == SC_TASK_WAITING)
        row.wake_ms = sc_machine_wake_ms(run->machine);
    run->row_state = row.state;
    run->row_wake_ms = row.wake_ms;
    (run->created ? sc_change_task_update : sc_change_task_create)(run->change, &row);
    if (!run->created)
        add_memory_uses(run);
    run->created = true;
    free(run->spec_text); /* on its way to the store */
    run->spec_text = NULL;
}

static void send(struct run *run)
{
    struct sc_change *change = run->change;

    free(run->sent);
    run->sent = run->intends;
    run->sent_count = run->intend_count;
    run->intends = NULL;
    run->intend_count = run->intend_cap = 0;
    run->change = sc_change_new();
    run->committing = true;
    sc_store_apply_start(&run->scope, run->exec->parts.store, change, on_committed, run);
}

static void on_rest_written(struct sc_op *op, const struct sc_error *err)
{
    (void)err; /* then it is as after a crash */
    leave(op->arg);
}

/* Of a run that is given up: what is known already, a reply that is paid among it, is
 * kept. Not from the first intent on: nobody acts on it, and later it would seem that
 * somebody did. */
static bool write_rest(struct run *run)
{
    if (!run->given_up || run->broken || !run->created)
        return false;
    if (run->intend_count > 0) {
        sc_change_cut(run->change, run->before_intends);
        sc_exec_forget_prompts(run->exec);
    }
    if (sc_change_empty(run->change))
        return false;
    if (row_is_stale(run))
        add_row(run);
    sc_scope_init(&run->scope, run->op.scope->loop);
    sc_store_apply_start(
            &run->scope, run->exec->parts.store, run->change, on_rest_written, run);
    run->change = sc_change_new();
    return true;
}

static void hand_in_claims(struct run *run, struct sc_op *op)
{
    size_t count;
    const struct sc_claim *claims = sc_store_claims(op, &count);

    for (size_t i = 0; i < run->sent_count && i < count && !run->closing; i++) {
        struct sc_command note = { 0 };

        if (sc_machine_claimed(run->machine, &run->sent[i], &claims[i], &note))
            run_note(run, &note);
    }
    run->sent_count = 0;
}

static void on_committed(struct sc_op *op, const struct sc_error *err)
{
    struct run *run = op->arg;

    run->committing = false;
    run->broken = err != NULL;
    if (run->closing)
        return;
    if (err) {
        sc_exec_forget_prompts(run->exec);
        run_fail(run, err);
        return;
    }
    hand_in_claims(run, op);
    run_pump(run);
}

/* What happens within one turn of the loop is written together. */
static void soon_cancel(struct sc_op *op)
{
    (void)op; /* it is finishing already */
}

static void soon_release(struct sc_op *op)
{
    free(op);
}

static void on_soon(struct sc_op *op, const struct sc_error *err)
{
    struct run *run = op->arg;

    (void)err;
    run->flushing = false;
    if (run->closing || run->committing)
        return;
    if (row_is_stale(run))
        add_row(run);
    if (!sc_change_empty(run->change))
        send(run);
    else
        settle_down(run);
}

static void flush_soon(struct run *run)
{
    static const struct sc_op_class soon_class = { "soon", soon_cancel, soon_release };
    struct sc_op *op;

    if (run->flushing || run->committing || run->closing)
        return;
    run->flushing = true;
    op = sc_new(struct sc_op);
    sc_op_begin(op, &soon_class, &run->scope, on_soon, run);
    sc_op_finish(op, NULL);
}

/* --- going on --- */

void run_pump(struct run *run)
{
    struct sc_command command;

    if (run->pumping) /* asked from inside a command: the loop below goes on with it */
        return;
    run->pumping = true;
    while (!run->closing && sc_machine_next(run->machine, run_now_ms(run), &command))
        run_perform(run, &command);
    run->pumping = false;
    flush_soon(run);
}

static void on_timer(struct sc_op *op, const struct sc_error *err)
{
    struct run *run = op->arg;

    run->timer = false;
    if (!err && !run->closing)
        run_pump(run);
}

static int64_t patience_of(const struct run *run)
{
    const struct sc_exec_parts *parts = &run->exec->parts;

    return sc_machine_asks_model(run->machine) ? parts->model_patience_ms
                                               : parts->patience_ms;
}

/* Everything is written: is there anything to stay for? */
static void settle_down(struct run *run)
{
    int64_t wake_ms = sc_machine_wake_ms(run->machine);
    int64_t left_ms = wake_ms ? wake_ms - run_now_ms(run) : -1;

    if (sc_machine_ended(run->machine)) {
        close_run(run, NULL);
        return;
    }
    if (wake_ms && left_ms <= patience_of(run) && !run->timer) {
        run->timer = true;
        sc_sleep_start(&run->scope, left_ms > 0 ? (uint64_t)left_ms : 0, on_timer, run);
    }
    if (!run->timer && !sc_machine_busy(run->machine))
        close_run(run, NULL);
}

/* --- starting --- */

static void enter(struct run *run)
{
    const struct sc_json *spec = sc_machine_spec(run->machine);
    const struct sc_model_account account = { .task_id = run->id,
        .task_budget_micro = sc_json_get_int(spec, "budget_micro", -1) };

    sc_map_set(&run->exec->running, run->id, run);
    if (run->exec->parts.budgets)
        sc_budgets_begin(run->exec->parts.budgets, &account,
                sc_json_get_string(spec, "language", "en"),
                sc_machine_allowed(run->machine));
    run_pump(run);
}

static void start_new(struct run *run, const struct sc_task_spec *spec)
{
    char id[SC_ID_LEN + 1];
    struct sc_json *json = sc_spec_to_json(spec);

    run->created_ms = run_now_ms(run);
    sc_id_next(&run->exec->ids, run->created_ms, id);
    run->id = sc_strdup(id);
    run->spec_text = sc_json_text(json);
    run->machine = machine_for(run, json);
    enter(run);
}

struct sc_op *sc_exec_run_start(struct sc_scope *scope, struct sc_exec *exec,
        const struct sc_task_spec *spec, sc_op_done_fn *done, void *arg)
{
    struct run *run = run_new(scope, exec, done, arg);

    if (!run->closing)
        start_new(run, spec);
    return &run->op;
}

/* --- from the journal --- */

struct load {
    struct run *run;
    struct sc_json *spec;
    bool pruned;
    struct sc_error err;
};

static void on_row(void *arg, const struct sc_task_row *row)
{
    struct load *load = arg;
    const char *spec = row->spec ? row->spec : "{}";
    struct run *run = load->run;

    run->id = sc_strdup(row->id);
    run->created_ms = row->created_ms;
    run->created = true;
    run->row_state = row->state;
    run->row_wake_ms = row->wake_ms;
    load->pruned = row->pruned_ms != 0;
    load->spec = sc_json_parse(spec, strlen(spec), NULL, &load->err);
}

static void on_event_row(
        void *arg, int64_t seq, int64_t at_ms, const char *kind, const char *body)
{
    struct load *load = arg;
    enum sc_event_kind event = sc_event_of_word(kind);
    struct sc_json *json;

    if (load->err.code)
        return;
    json = sc_json_parse(body, strlen(body), NULL, &load->err);
    if (json && event == SC_EVENT_COUNT) {
        sc_json_free(json);
        sc_fail(&load->err, SC_INVALID, "unknown kind '%s'", kind);
    } else if (json) {
        (void)sc_machine_apply(load->run->machine, event, at_ms, json, &load->err);
    }
    if (load->err.code)
        sc_wrap(&load->err, "journal of task %s, line %lld", load->run->id,
                (long long)seq);
    load->run->seq = seq;
}

/* Without its journal a task looks as if it had not begun. */
static enum sc_code load_run(
        struct run *run, const char *task_id, bool to_go_on, struct sc_error *err)
{
    struct load load = { .run = run };
    struct sc_store *store = run->exec->parts.store;

    if (sc_store_task_get(store, task_id, on_row, &load, err))
        return err->code;
    if (load.pruned && to_go_on) {
        sc_json_free(load.spec);
        return sc_fail(err, SC_NOT_FOUND,
                "task %s has ended and its journal was pruned: it can only be shown",
                run->id);
    }
    if (load.spec) {
        run->machine = machine_for(run, load.spec);
        if (sc_store_journal_read(store, run->id, on_event_row, &load, err))
            return err->code;
    }
    if (load.err.code)
        *err = load.err;
    return load.err.code;
}

struct sc_op *sc_exec_resume_start(struct sc_scope *scope, struct sc_exec *exec,
        const char *task_id, sc_op_done_fn *done, void *arg)
{
    struct run *run = run_new(scope, exec, done, arg);
    struct sc_error err;

    if (run->closing)
        return &run->op;
    if (load_run(run, task_id, true, &err)) {
        close_run(run, &err);
    } else if (sc_map_get(&exec->running, run->id)) {
        sc_fail(&err, SC_CONFLICT, "task %s runs already", run->id);
        close_run(run, &err);
    } else {
        enter(run);
    }
    return &run->op;
}

/* --- asking a run --- */

const struct sc_json *sc_exec_report(struct sc_op *op)
{
    struct run *run = sc_container_of(op, struct run, op);

    if (!run->report && run->machine)
        run->report = sc_machine_report(run->machine, false);
    return run->report;
}

struct sc_json *sc_exec_brief(struct sc_op *op)
{
    const struct run *run = sc_container_of(op, struct run, op);

    return run->machine ? sc_machine_report(run->machine, true) : NULL;
}

bool sc_exec_answer(struct sc_exec *exec, const char *task_id, const char *step_id,
        const struct sc_json *answer)
{
    struct run *run = sc_map_get(&exec->running, task_id);
    struct sc_command note = { 0 };

    if (!run || run->closing ||
            !sc_machine_answered(run->machine, step_id, answer, "terminal", &note))
        return false;
    run_note(run, &note);
    run_pump(run);
    return true;
}

bool sc_exec_cancel(struct sc_exec *exec, const char *task_id)
{
    struct run *run = sc_map_get(&exec->running, task_id);
    struct sc_command note = { 0 };

    if (!run || run->closing)
        return false;
    if (sc_machine_cancelled(run->machine, &note)) {
        run_note(run, &note);
        run_pump(run);
    }
    return true;
}

/* What is left of a task whose journal was pruned. */
static void report_row(void *arg, const struct sc_task_row *row)
{
    struct sc_json *report = arg;

    if (!row->pruned_ms)
        return;
    sc_json_set_string(report, "words", row->words);
    sc_json_set_string(report, "agent", row->agent);
    if (row->answer)
        sc_json_set_string(report, "answer", row->answer);
    sc_json_set_int(report, "pruned_ms", row->pruned_ms);
}

struct sc_json *sc_exec_report_of(
        struct sc_store *store, const char *task_id, struct sc_error *err)
{
    struct sc_exec exec = { .parts = { .store = store } };
    struct run run = { .exec = &exec };
    struct sc_json *report = NULL;

    if (load_run(&run, task_id, false, err) == SC_OK)
        report = sc_machine_report(run.machine, false);
    if (report)
        sc_json_set_string(report, "state", sc_task_state_word(run.row_state));
    if (report)
        (void)sc_store_task_get(store, run.id, report_row, report, err);
    sc_machine_free(run.machine);
    free(run.spec_text);
    free(run.id);
    return report;
}
