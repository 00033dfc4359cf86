#include "fakes/exec_bed.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

void exec_bed_moment(struct exec_bed *bed)
{
    if (++bed->moments == bed->kill_at)
        kill(getpid(), SIGKILL);
}

static struct exec_bed *bed_of_clock(struct sc_clock *clock)
{
    return sc_container_of(clock, struct exec_bed, clock);
}

static int64_t tick(struct sc_clock *clock)
{
    struct exec_bed *bed = bed_of_clock(clock);
    int64_t now_ms = bed->now_ms;

    if (!bed->quiet_clock)
        exec_bed_moment(bed);
    bed->now_ms += bed->step_ms;
    return now_ms;
}

static int64_t look(struct sc_clock *clock)
{
    return bed_of_clock(clock)->now_ms;
}

static void on_event(void *arg, const struct sc_exec_event *event)
{
    struct exec_bed *bed = arg;

    snprintf(bed->task_id, sizeof(bed->task_id), "%s", event->task_id);
    bed->turns += strcmp(event->kind, "turn") == 0;
    if (bed->on_event)
        bed->on_event(bed, event);
    exec_bed_moment(bed);
}

static void nothing(struct sc_op *op)
{
    (void)op;
}

static void soon_release(struct sc_op *op)
{
    free(op);
}

void exec_bed_soon(struct sc_scope *scope, sc_op_done_fn *done, void *arg)
{
    static const struct sc_op_class cls = { "soon", nothing, soon_release };
    struct sc_op *op = sc_new(struct sc_op);

    sc_op_begin(op, &cls, scope, done, arg);
    sc_op_finish(op, NULL);
}

struct pending_answer {
    struct sc_op op;
    struct exec_bed *bed;
    char task_id[32], step_id[32];
};

static void answer_release(struct sc_op *op)
{
    free(sc_container_of(op, struct pending_answer, op));
}

static void on_answer(struct sc_op *op, const struct sc_error *err)
{
    struct pending_answer *p = sc_container_of(op, struct pending_answer, op);
    struct sc_json *answer =
            sc_json_parse(p->bed->answer, strlen(p->bed->answer), NULL, NULL);

    (void)err;
    sc_exec_answer(p->bed->exec, p->task_id, p->step_id, answer);
    sc_json_free(answer);
}

static bool on_question(void *arg, const struct sc_question *question)
{
    static const struct sc_op_class cls = { "answer", nothing, answer_release };
    struct exec_bed *bed = arg;
    struct pending_answer *p;

    bed->question_count++;
    snprintf(bed->question_step, sizeof(bed->question_step), "%s", question->step_id);
    sc_json_free(bed->question);
    bed->question = sc_json_copy(question->what);
    if (!bed->answer)
        return false;
    if (bed->answer_at_once) {
        struct sc_json *answer =
                sc_json_parse(bed->answer, strlen(bed->answer), NULL, NULL);
        bool taken =
                sc_exec_answer(bed->exec, question->task_id, question->step_id, answer);

        sc_json_free(answer);
        return taken;
    }
    p = sc_new(struct pending_answer);
    p->bed = bed;
    snprintf(p->task_id, sizeof(p->task_id), "%s", question->task_id);
    snprintf(p->step_id, sizeof(p->step_id), "%s", question->step_id);
    sc_op_begin(&p->op, &cls, &bed->scope, on_answer, NULL);
    sc_op_finish(&p->op, NULL);
    return true;
}

static void make_exec(struct exec_bed *bed, struct sc_model *model)
{
    const struct sc_budgets_parts money = {
        .loop = bed->loop, .model = model, .store = bed->store, .clock = &bed->clock
    };
    struct sc_exec_parts parts = { .loop = bed->loop,
        .registry = bed->registry,
        .evaluator = &bed->evaluator,
        .store = bed->store,
        .clock = &bed->clock,
        .parallel = 4,
        .on_event = on_event,
        .on_question = on_question,
        .arg = bed };

    bed->budgets = model ? sc_budgets_new(&money) : NULL;
    parts.budgets = bed->budgets;
    bed->exec = sc_exec_new(&parts);
}

static void open_exec(struct exec_bed *bed)
{
    const struct sc_store_options options = { .folder = bed->folder };

    bed->store = sc_store_open(bed->loop, &options, &bed->err);
    if (!bed->store)
        fprintf(stderr, "%s\n", bed->err.msg);
    SC_ASSERT(bed->store != NULL);
    make_exec(bed, &bed->model);
}

static void free_exec(struct exec_bed *bed)
{
    sc_exec_free(bed->exec);
    if (bed->budgets)
        sc_budgets_close(bed->budgets, NULL, NULL);
    sc_loop_run(bed->loop);
}

void exec_bed_lose_model(struct exec_bed *bed)
{
    free_exec(bed);
    make_exec(bed, NULL);
}

void exec_bed_init(struct exec_bed *bed, const char *folder)
{
    *bed = (struct exec_bed){
        .now_ms = 1700000000000, .step_ms = 1, .own_folder = !folder
    };
    if (folder)
        snprintf(bed->folder, sizeof(bed->folder), "%s", folder);
    else
        sc_temp_folder_make(bed->folder);
    snprintf(bed->sink, sizeof(bed->sink), "%s/sink", bed->folder);
    bed->loop = sc_loop_new(NULL);
    sc_scope_init(&bed->scope, bed->loop);
    bed->registry = sc_registry_new();
    bed->clock = (struct sc_clock){ tick, look };
    exec_bed_add_tools(bed);
    exec_bed_set_evaluator(bed);
    exec_bed_set_model(bed);
    open_exec(bed);
}

void exec_bed_release(struct exec_bed *bed)
{
    if (!bed->replays_differ)
        exec_bed_replay_all(bed);
    free_exec(bed);
    sc_store_close(bed->store);
    sc_loop_run(bed->loop);
    sc_loop_free(bed->loop);
    sc_registry_free(bed->registry);
    sc_json_free(bed->question);
    sc_json_free(bed->report);
    if (bed->own_folder)
        sc_temp_folder_remove(bed->folder);
}

static void on_done(struct sc_op *op, const struct sc_error *err)
{
    struct exec_bed *bed = op->arg;
    const struct sc_json *report = sc_exec_report(op);

    bed->done = true;
    bed->op = NULL;
    bed->err = err ? *err : (struct sc_error){ 0 };
    bed->report = report ? sc_json_copy(report) : NULL;
    snprintf(bed->task_id, sizeof(bed->task_id), "%s",
            sc_json_get_string(report, "id", ""));
}

static void wait_for(struct exec_bed *bed)
{
    sc_loop_run(bed->loop);
    SC_ASSERT(bed->done);
}

static void forget(struct exec_bed *bed)
{
    bed->done = false;
    sc_json_free(bed->report);
    bed->report = NULL;
}

struct sc_task_spec exec_bed_spec(struct sc_json **ret_plan, const char *plan)
{
    *ret_plan = plan ? sc_json_parse(plan, strlen(plan), NULL, NULL) : NULL;
    SC_ASSERT(!plan || *ret_plan);
    return (struct sc_task_spec){ .words = "do it",
        .agent = "tester",
        .language = "en",
        .plan = *ret_plan,
        .budget_micro = -1 };
}

void exec_bed_run(struct exec_bed *bed, const struct sc_task_spec *spec)
{
    forget(bed);
    bed->op = sc_exec_run_start(&bed->scope, bed->exec, spec, on_done, bed);
    wait_for(bed);
}

void exec_bed_run_plan(struct exec_bed *bed, const char *plan)
{
    struct sc_json *json;
    struct sc_task_spec spec = exec_bed_spec(&json, plan);

    spec.yes = true;
    exec_bed_run(bed, &spec);
    sc_json_free(json);
}

void exec_bed_resume(struct exec_bed *bed, const char *task_id)
{
    char id[32];

    snprintf(id, sizeof(id), "%s", task_id);
    forget(bed);
    bed->op = sc_exec_resume_start(&bed->scope, bed->exec, id, on_done, bed);
    wait_for(bed);
}

const char *exec_bed_state(const struct exec_bed *bed)
{
    return sc_json_get_string(bed->report, "state", "none");
}

const struct sc_json *exec_bed_step(const struct exec_bed *bed, const char *id)
{
    SC_JSON_EACH(step, sc_json_get(bed->report, "steps"))
    {
        if (strcmp(sc_json_get_string(step, "id", ""), id) == 0)
            return step;
    }
    return NULL;
}

const char *exec_bed_step_state(const struct exec_bed *bed, const char *id)
{
    return sc_json_get_string(exec_bed_step(bed, id), "state", "none");
}

/* Lines of the sink are: tool, key, what. */
size_t exec_bed_effects(const struct exec_bed *bed, const char *what)
{
    FILE *file = fopen(bed->sink, "re");
    char line[512], wanted[128];
    size_t count = 0;

    if (!file)
        return 0;
    snprintf(wanted, sizeof(wanted), " %s\n", what);
    while (fgets(line, sizeof(line), file)) {
        size_t len = strlen(line), end = strlen(wanted);

        count += len >= end && strcmp(line + len - end, wanted) == 0;
    }
    fclose(file);
    return count;
}
