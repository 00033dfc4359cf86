/* fakes/exec_bed.h - an executor with tools, a model and a person that are scripted.
 *
 * Purpose:   run whole tasks in a test, with a real store in a folder of its own.
 * Contract:  Tools (all take {fail, times, id, …}, see exec_bed_tools.c):
 *              f.value   none   {value} -> {value}
 *              f.rows    read   {n} -> {rows: [{id: "r1", amount: 1}, …]}
 *              f.write   write, idempotent by key   {what} -> {what, id}
 *              f.post    write, not idempotent      {what} -> {what, id}
 *              f.pay     spend, idempotent by key   {what} -> {what, id}
 *              f.told    the same, with a preview
 *              ask       none   asks the person its arguments
 *              f.wait    none   {ms} waits so long
 *              f.next    read, not idempotent; f.dear, f.rare: read, with a cost, a rate
 *              f.model, model.x  none, as tools that ask a model
 *            {"until": n}: a call ends when so many turns of the model were told.
 *            An effect is a line in the sink file; what was sunk under a key is not sunk
 *            again by a tool that is idempotent by key.
 *            The evaluator knows `a`, `a.b`, `#a`, numbers, 'texts', `x == y`, `x + y`,
 *            `x <= y`, `not x` and
 *            `done('t', k)`. The model gives the next of its replies by how many
 *            turns it sees.
 * Ownership: release what was set up. Folder and sink stay if they were given.
 * Thread:    loop.
 */
#pragma once

#include "exec/exec.h"
#include "fakes/temp_folder.h"
#include "loop/loop.h"
#include "tool/registry.h"

struct exec_bed {
    struct sc_loop *loop;
    struct sc_scope scope;
    struct sc_store *store;
    struct sc_registry *registry;
    struct sc_evaluator evaluator;
    struct sc_model model;
    struct sc_budgets *budgets; /* around it */
    struct sc_clock clock;
    struct sc_exec *exec;

    int64_t now_ms, step_ms;   /* the clock goes on by so much at each look */
    enum sc_code eval_failure; /* of requests, eval_failures times */
    size_t eval_failures;
    size_t eval_count, most_evaluated; /* requests; elements of one */
    size_t call_count, model_count, running, most_running;

    const char *const *replies; /* JSON texts of scripted replies, ends with NULL */
    /* A call of a reply comes in pieces of so many bytes; 0: all at once. A piece with a
     * "|" (which is left out) waits until one more call of a tool was answered. */
    size_t stream_piece;
    size_t break_at;        /* bytes after which the stream breaks, once; 0: never */
    size_t answered, turns; /* calls of tools; turns told */
    size_t model_failures;  /* so many requests fail first, as busy */
    uint32_t model_wait_ms; /* that they ask for; 0: 3 */
    bool filtered;          /* replies are kept back, and only what they cost is told */
    const char *priced_as;  /* a model of the price table; NULL: 1000 at most */
    int64_t longest_answer; /* of that model in tokens; 0: a short one */
    int64_t answer_limit;   /* what the last request asked for */
    bool unpriced;          /* nobody can say what a request costs */
    char forced_tool[16];   /* of the last request */
    struct sc_json *sent;   /* the messages of all requests; NULL: nobody looks */

    /* The person: NULL has nobody there; else the JSON text that answers everything. */
    const char *answer;
    size_t question_count;
    struct sc_json *question;

    const char *preview_tail; /* of the sentence of f.told */
    bool preview_fails;
    size_t preview_count;

    /* Kill this process when so many moments have passed; 0: never. */
    size_t kill_at, moments;

    void (*on_event)(
            struct exec_bed *bed, const struct sc_exec_event *event); /* or NULL */

    struct sc_op *op; /* of the run, while it runs */
    struct sc_json *report;
    struct sc_error err; /* of the last run */
    char task_id[32], question_step[32];
    char folder[SC_TEMP_FOLDER];
    char sink[SC_TEMP_FOLDER + 16];
    int shop_port; /* effects go to an effect_peer there, whose log is the sink */
    bool own_folder;
    bool quiet_clock;     /* a look at the clock is no moment to be killed at */
    bool answer_at_once;  /* inside the question, as a terminal does */
    bool give_up_at_call; /* the same, but only the run ends */
    bool cancel_at_call;  /* when a call hangs */
    bool done;
    bool replays_differ;
    struct sc_json *replayed;
};

/* folder NULL: a new one. */
void exec_bed_init(struct exec_bed *bed, const char *folder);
void exec_bed_release(struct exec_bed *bed);
void exec_bed_lose_model(struct exec_bed *bed); /* none is configured any more */

/* A spec with env and the plan's text, or no plan. */
struct sc_task_spec exec_bed_spec(struct sc_json **ret_plan, const char *plan);

void exec_bed_run(struct exec_bed *bed, const struct sc_task_spec *spec);
void exec_bed_run_plan(struct exec_bed *bed, const char *plan); /* with yes */
void exec_bed_resume(struct exec_bed *bed, const char *task_id);

const char *exec_bed_state(const struct exec_bed *bed); /* of the last report */
const struct sc_json *exec_bed_step(const struct exec_bed *bed, const char *id);
const char *exec_bed_step_state(const struct exec_bed *bed, const char *id);
size_t exec_bed_effects(const struct exec_bed *bed, const char *what); /* lines of it */

/* exec_bed_replay.c. The outcome is the caller's. exec_bed_release replays all tasks of
 * the store and expects them to come out as they are, unless replays_differ. */
struct sc_json *exec_bed_replay(struct exec_bed *bed, const char *task_id);
struct sc_json *exec_bed_replay_record(
        struct exec_bed *bed, const struct sc_json *record);
void exec_bed_replay_all(struct exec_bed *bed);

/* exec_bed_tools.c */
void exec_bed_add_tools(struct exec_bed *bed);
/* exec_bed_eval.c */
void exec_bed_set_evaluator(struct exec_bed *bed);
/* exec_bed_model.c */
void exec_bed_set_model(struct exec_bed *bed);
/* An op that ends with the next turn of the loop. */
void exec_bed_soon(struct sc_scope *scope, sc_op_done_fn *done, void *arg);
/* A moment at which the process may be killed. */
void exec_bed_moment(struct exec_bed *bed);
