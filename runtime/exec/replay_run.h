/* exec/replay_run.h - a replay under way; for exec/replay*.c only.
 *
 * Purpose:   what the machine has handed out and waits for, and how far the record has
 *            come out.
 * Contract:  replay.c drives and compares, replay_feed.c answers from the record.
 * Thread:    loop.
 */
#pragma once

#include "exec/machine_state.h"
#include "exec/replay.h"

struct recorded {
    int64_t seq, at_ms;
    enum sc_event_kind kind;
    const char *step; /* or NULL */
    int64_t element;  /* -1: none */
    const struct sc_json *body;
    bool used;
};

/* Handed out by the machine, not answered yet. */
struct flight {
    struct flight *next;
    struct replay *replay;
    struct sc_command command; /* without its body */
    struct sc_op *op;          /* an evaluation that runs */
    struct sc_json *answer;    /* of an evaluation */
    struct sc_error err;
};

struct replay {
    struct sc_op op; /* first; the caller's */
    struct sc_scope scope;
    struct sc_replay_parts parts;
    struct sc_machine *machine;
    const struct sc_json *record;
    struct recorded *events;
    size_t count, first; /* those before first are used */
    struct flight *flights;
    size_t came_out;
    int64_t woken_ms; /* when it was woken last, before its time in the record */
    bool awaited;     /* an evaluation is, before anything else can be said */
    bool prompt_changed, over;
    struct sc_json *outcome;
    struct sc_error err;
};

/* --- replay.c --- */

/* What the machine decided: it must be in the record, and is folded as it is there. */
void replay_note(struct replay *r, struct sc_command *note);
/* What came from outside is folded as it is. */
void replay_take(struct replay *r, struct recorded *event);
/* now is taken, or NULL. */
void replay_diverge(struct replay *r, const struct recorded *event, const char *why,
        struct sc_json *take_now);
void replay_land(struct replay *r, struct flight *flight);
struct flight *replay_flight(
        const struct replay *r, enum sc_command_kind kind, size_t step, int64_t element);

/* --- replay_feed.c --- */

/* Gives the machine what makes the event; false: nothing can. */
bool replay_feed(struct replay *r, struct recorded *event);
