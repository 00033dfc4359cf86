/* exec/machine_step.h - what a machine holds of a step and of its elements.
 *
 * Purpose:   for the machine*.c files only; see exec/machine_state.h.
 * Contract:  fields marked volatile say what is under way in this process; they are
 *            empty after a fold and never journaled. A step without `each` has one
 *            element.
 * Thread:    loop.
 */
#pragma once

#include "exec/machine.h"

enum element_state {
    EL_NEW,
    EL_INTENT,   /* its intent is journaled; the claim is not known */
    EL_GRANTED,  /* the claim is ours: call */
    EL_CALLING,  /* volatile */
    EL_BACKOFF,  /* until due_ms, then EL_NEW or EL_GRANTED */
    EL_SLEEPING, /* a `wait`, until due_ms, then done */
    EL_ASKING,   /* an `ask` waits for a person */
    EL_DONE,     /* from here on: ended */
    EL_FAILED,
    EL_SKIPPED,
    EL_UNKNOWN /* in doubt */
};

struct element {
    enum element_state state;
    bool intent;   /* an intent is open: a second try keeps it */
    bool claiming; /* volatile: its intent is on its way to the store */
    bool asked;    /* volatile: its question was handed out */
    bool maybe;    /* the last try may have had its effect */
    bool due;      /* a sleeper whose time has come */
    int attempts;
    int64_t due_ms;
    int64_t wait_ms;             /* of a backoff: never longer from now on */
    const struct sc_json *row;   /* in step->rows: its names */
    const struct sc_json *given; /* in step->values: {args, once, limit} */
    struct sc_json *value;       /* result; question while EL_ASKING */
    struct sc_json *error;       /* also of the try before */
    const char *why;             /* skipped: "where" "limit" "denied"; static */
};

enum {
    SC_MACHINE_ELEMENTS = 1000000,
    SC_MACHINE_REPLANS = 3,
    SC_MACHINE_PREVIEWS = 20, /* of an `each`: nobody reads more */
    SC_MACHINE_PREVIEW_BYTES = 1000
};

/* What done() was told so far, for one evaluation. */
struct known {
    struct sc_json *pairs; /* [tool, key] */
    int rounds;            /* so often it asked about more */
};

/* The elements of an `each` whose expressions are computed, a piece at a time. */
struct piece {
    struct sc_json *rows;   /* the piece itself */
    struct sc_json *passed; /* rows of the pieces before */
    struct sc_json *values; /* what came of those */
    size_t bound;           /* weight of the other names a request carries */
};

/* Which element of which step, and when. */
struct sc_event_at {
    size_t step, element;
    int64_t at_ms;
};

enum step_phase {
    PHASE_WAITING,  /* for other steps */
    PHASE_LOOKING,  /* gates, `when`, the list of `each` */
    PHASE_ROWS,     /* `where`, `once`, arguments */
    PHASE_PREPARED, /* arguments are known; perhaps an approval */
    PHASE_RUNNING,
    PHASE_DONE, /* from here on: ended */
    PHASE_FAILED,
    PHASE_LEFT_OUT,
    PHASE_IN_DOUBT
};

enum approval { APPROVAL_NONE, APPROVAL_ASKED, APPROVAL_GIVEN };

struct edge {
    size_t to, next; /* next: index + 1; 0: none */
};

struct run_step {
    enum step_phase phase;
    enum approval approval;
    bool touched;     /* the journal has something of it: a replan may not change it */
    bool ticked;      /* approved by the ticks of an `ask`: see that they cover it */
    bool gate_passed; /* a person let it through */
    bool gate_asked;
    struct sc_json *gate_what; /* what the gate asks */
    size_t asking;             /* elements that wait for a person */
    bool queued;               /* volatile: in machine->queue */
    bool flying;               /* volatile: an evaluation is under way */
    bool asked;                /* volatile: its question was handed out */
    bool evaluated_again;      /* volatile: a worker died, this is the second try */
    struct known known;        /* volatile */
    struct piece piece;        /* volatile: until PREPARED */
    bool early;                /* its result came while the plan streamed in */
    bool simulated;            /* dry run: it has no real result */
    bool previewing;           /* volatile: a preview is under way */
    bool previewed;            /* volatile: there is no more to be had */
    size_t preview_next;       /* volatile: the first element without one */
    struct sc_json *previews;  /* element as text -> what its tool says of it */
    size_t waits;              /* dependencies that have not ended */
    size_t edges;              /* of steps that wait for this one; index + 1 */
    size_t cursor;             /* the next element that was never looked at */
    size_t open;               /* elements that have not ended */
    size_t count, cap;
    struct element *elements;
    size_t *again; /* elements to look at again */
    size_t again_count, again_cap;
    struct sc_json *rows, *values;
    struct sc_json *error;        /* why it failed: {code, message} */
    char *why;                    /* left out */
    char args_hash[SC_HASH_TEXT]; /* of what a person approves */
    char *approver;
    int64_t started_ms, ended_ms;
};

static inline bool element_ended(const struct element *e)
{
    return e->state >= EL_DONE;
}

static inline bool step_ended(const struct run_step *step)
{
    return step->phase >= PHASE_DONE;
}
