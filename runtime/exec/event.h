/* exec/event.h - what can happen to a task: the kinds of its journal.
 *
 * Purpose:   one table of words; bodies are JSON, made and read in machine_*.c.
 * Contract:  turn {reply, ms, plan | steps, told | repair | found | answer | stop};
 *            model_failed {error, ms, wait_ms}; shown {messages};
 *            prepared {step, rows, values}; asked {step, element | approval, hash,
 *            previews {element: text} | gate, what}; answered {step, element | hash |
 *            gate, answer, by}; intent {step, element}; attempt {step, element, attempt,
 *            ms, version, error, maybe, wait_ms}; sleeping {step, element, until_ms,
 *            value}; result {step, element, attempt, ms, version, value | error |
 *            skipped, in_doubt, earlier, early: hash of what it adopts}; left_out {step,
 *            why, needs}; stopped {step, error, budget}; cancelled {error}; ended {state,
 *            answer, checks, error}; spent {usage}; warned {key, text}; paused {key,
 *            text}; allowed {key, approve, by, error}; sent {rules: hash, tools: hash,
 *            model}: the first request to a model, whose texts the store has once; early
 *            {id, tool, version, args, hash, ms, error}: a step was called before its
 * plan was there; the value comes with the result that adopts it. A word once written is
 * never given another meaning. Thread:    any.
 */
#pragma once

#define SC_EVENTS(X)                \
    X(TURN, "turn")                 \
    X(MODEL_FAILED, "model_failed") \
    X(SHOWN, "shown")               \
    X(PREPARED, "prepared")         \
    X(ASKED, "asked")               \
    X(ANSWERED, "answered")         \
    X(INTENT, "intent")             \
    X(ATTEMPT, "attempt")           \
    X(SLEEPING, "sleeping")         \
    X(RESULT, "result")             \
    X(LEFT_OUT, "left_out")         \
    X(STOPPED, "stopped")           \
    X(CANCELLED, "cancelled")       \
    X(ENDED, "ended")               \
    X(SPENT, "spent")               \
    X(WARNED, "warned")             \
    X(PAUSED, "paused")             \
    X(ALLOWED, "allowed")           \
    X(SENT, "sent")                 \
    X(EARLY, "early")

enum sc_event_kind {
#define X(name, word) SC_EVENT_##name,
    SC_EVENTS(X)
#undef X
            SC_EVENT_COUNT
};
const char *sc_event_word(enum sc_event_kind kind);
enum sc_event_kind sc_event_of_word(const char *word); /* SC_EVENT_COUNT: none */
