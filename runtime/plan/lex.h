/* plan/lex.h - the words of a Lua 5.4 expression.
 *
 * Purpose:   cut text into tokens for plan/expr.h, and find where a `{{…}}` ends.
 * Contract:  reads as Lua 5.4 does: escapes, long strings, comments, numerals.
 * Ownership: the text is borrowed; what tokens point to lives in the arena.
 * Thread:    that of the owner.
 * Errors:    a token of kind SC_TOKEN_ERROR whose text says what is wrong.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "plan/arena.h"

/* Words first, in the order of their names in lex.c; then signs, longest first. */
enum sc_token_kind {
    SC_TOKEN_AND,
    SC_TOKEN_BREAK,
    SC_TOKEN_DO,
    SC_TOKEN_ELSE,
    SC_TOKEN_ELSEIF,
    SC_TOKEN_END,
    SC_TOKEN_FALSE,
    SC_TOKEN_FOR,
    SC_TOKEN_FUNCTION,
    SC_TOKEN_GOTO,
    SC_TOKEN_IF,
    SC_TOKEN_IN,
    SC_TOKEN_LOCAL,
    SC_TOKEN_NIL,
    SC_TOKEN_NOT,
    SC_TOKEN_OR,
    SC_TOKEN_REPEAT,
    SC_TOKEN_RETURN,
    SC_TOKEN_THEN,
    SC_TOKEN_TRUE,
    SC_TOKEN_UNTIL,
    SC_TOKEN_WHILE,
    SC_TOKEN_ELLIPSIS,
    SC_TOKEN_CONCAT,
    SC_TOKEN_EQ,
    SC_TOKEN_NE,
    SC_TOKEN_LE,
    SC_TOKEN_GE,
    SC_TOKEN_SHL,
    SC_TOKEN_SHR,
    SC_TOKEN_IDIV,
    SC_TOKEN_LABEL,
    SC_TOKEN_SIGN, /* one character; `sign` says which */
    SC_TOKEN_NAME,
    SC_TOKEN_NUMBER,
    SC_TOKEN_STRING,
    SC_TOKEN_EOF,
    SC_TOKEN_ERROR
};

struct sc_token {
    enum sc_token_kind kind;
    char sign;
    size_t at, len;   /* where in the text */
    const char *text; /* name; decoded string; number as written; what is wrong */
    size_t text_len;
};

struct sc_lexer {
    const char *text;
    size_t len, pos;
    struct sc_arena *arena;
};

struct sc_token sc_lex(struct sc_lexer *lexer);

/* Is it a word that Lua keeps for itself? */
bool sc_lex_is_keyword(const char *word);

/* Can it be written as a name (`a.name`)? Keywords cannot. */
bool sc_lex_is_name(const char *word);
