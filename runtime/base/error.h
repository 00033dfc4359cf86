/* base/error.h - the one error type of the runtime.
 *
 * Purpose:   say what failed, in a word a program can test and a sentence a
 *            person can read, and whether trying again could help.
 * Ownership: a plain value. Copy it freely; nothing in it is on the heap.
 * Thread:    any.
 * Errors:    none; formatting truncates.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define SC_ERROR_CODES(X)               \
    X(OK, "ok", false)                  \
    X(INVALID, "invalid", false)        \
    X(NOT_FOUND, "not_found", false)    \
    X(CONFLICT, "conflict", false)      \
    X(DENIED, "denied", false)          \
    X(BUDGET, "budget", false)          \
    X(CANCELLED, "cancelled", false)    \
    X(TIMEOUT, "timeout", true)         \
    X(BUSY, "busy", true)               \
    X(UNAVAILABLE, "unavailable", true) \
    X(PROTOCOL, "protocol", false)      \
    X(STORAGE, "storage", false)        \
    X(SCRIPT, "script", false)          \
    X(NO_MEMORY, "no_memory", false)    \
    X(INTERNAL, "internal", false)

enum sc_code {
#define X(name, word, retry) SC_##name,
    SC_ERROR_CODES(X)
#undef X
};

struct sc_error {
    enum sc_code code;
    bool retryable;          /* default comes from the code's row */
    uint32_t retry_after_ms; /* 0: caller picks its own backoff */
    int detail;              /* errno, HTTP status or sqlite code; 0: none */
    char msg[240];           /* one sentence, no newline, no secrets */
};

/* Fills *err (which may be NULL) and returns code, so that a failing function
 * ends with `return sc_fail(err, SC_TIMEOUT, "...")`. */
enum sc_code sc_fail(struct sc_error *err, enum sc_code code, const char *fmt, ...)
        __attribute__((format(printf, 3, 4)));

/* Prepends context, as in "load plan: missing step 'b'". Returns err->code. */
enum sc_code sc_wrap(struct sc_error *err, const char *fmt, ...)
        __attribute__((format(printf, 2, 3)));

/* The stable word used in Lua, JSON and the journal. Never NULL. */
const char *sc_code_word(enum sc_code code);

/* The code of a stable word; SC_INTERNAL for a word that is none. */
enum sc_code sc_code_of_word(const char *word);
