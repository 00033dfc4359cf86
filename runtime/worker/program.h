/* worker/program.h - templates as a flat list of instructions.
 *
 * Purpose:   read the templates of a request once, however many rows there are.
 * Contract:  running the instructions in order writes {"name": value, …}: literals are
 *            copied as they are, so that no number passes through Lua.
 * Ownership: sc_program_free.
 * Thread:    worker.
 * Errors:    SC_SCRIPT (a text that is half template, half expression).
 */
#pragma once

#include "codec/json.h"
#include "plan/arena.h"

enum sc_instruction_kind {
    SC_WRITE,    /* text, as JSON */
    SC_VALUE,    /* expression -> JSON */
    SC_INSERT,   /* expression -> text inside a JSON string */
    SC_END_ENTRY /* one template is complete */
};

struct sc_instruction {
    enum sc_instruction_kind kind;
    size_t from, len; /* SC_WRITE: in literals */
    const char *text; /* expression */
    size_t text_len;
    const char *where; /* "args.lines[0].amount": places in JSON count from 0 */
    const char *name;  /* of the entry */
};

struct sc_program {
    struct sc_arena arena;
    struct sc_buf literals;
    struct sc_instruction *list;
    size_t count, cap;
};

struct sc_program *sc_program_new(const struct sc_json *eval, struct sc_error *err);
void sc_program_free(struct sc_program *program);

/* The Lua text of an expression, in which the first argument of default(…) has become a
 * function, so that what is missing in it does no harm. */
void sc_program_lua(const char *text, size_t len, struct sc_buf *out);
