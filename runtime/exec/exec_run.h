/* exec/exec_run.h - a task that runs here; for exec.c and exec_perform.c only.
 *
 * Purpose:   the shell of one machine: what is under way, and the change that gathers
 *            what will be written next.
 * Contract:  one change of a run is in flight at most, so its journal has no holes.
 *            Notes gather while one is on its way, or until the next turn of the loop.
 * Thread:    loop.
 */
#pragma once

#include "base/id.h"
#include "base/map.h"
#include "exec/exec.h"
#include "exec/machine.h"
#include "loop/op.h"

/* A text that the store has, for this process has written it. */
enum { SC_KEPT_PROMPTS = 8 };
struct kept_prompt {
    struct sc_json *text; /* NULL: none */
    char hash[SC_HASH_TEXT];
    int64_t said_ms; /* when the store was last told that it is in use */
};

struct sc_exec {
    struct sc_exec_parts parts;
    struct sc_map running;                    /* task id -> struct run */
    struct kept_prompt kept[SC_KEPT_PROMPTS]; /* see prompts.h */
    size_t kept_next;
    struct sc_id_source ids;
};

struct run {
    struct sc_op op; /* first; the caller's */
    struct sc_exec *exec;
    char *id;
    char *spec_text;
    struct sc_machine *machine;
    struct sc_scope scope;  /* everything this run has under way */
    struct sc_list waiting; /* struct under_way */

    int64_t seq, created_ms;
    struct sc_change *change;
    struct sc_command *intends; /* in change, in order */
    size_t intend_count, intend_cap;
    size_t before_intends;   /* a mark in change, when it has some */
    struct sc_command *sent; /* those of the change in flight */
    size_t sent_count;
    bool pumping, committing, flushing;
    bool timer;
    bool told; /* what the model was asked first is kept */

    bool created;
    enum sc_task_state row_state; /* as last written */
    int64_t row_wake_ms;

    bool closing;
    bool given_up;       /* by whom waits for it */
    bool broken;         /* a change of it could not be written */
    struct sc_error err; /* of the run, when closing */
    struct sc_json *report;
};

/* A call, an evaluation or a model request. */
struct under_way {
    struct run *run;
    struct sc_list in_run;
    struct sc_op *op;
    bool may_stop; /* nothing is lost when it is cancelled */
    bool early;    /* element is its number, see machine_early.h */
    size_t step, element;
    int64_t started_ms;
    struct sc_tool *tool;
    struct sc_tool_context context;
    char key[SC_HASH_TEXT];
};

/* exec.c */
void run_pump(struct run *run);
void run_fail(struct run *run, const struct sc_error *err);
int64_t run_now_ms(const struct run *run);

/* exec_perform.c */
void run_perform(struct run *run, struct sc_command *command);
void run_note(struct run *run, struct sc_command *note);
