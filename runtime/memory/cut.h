/* memory/cut.h - a long text in pieces that can be found one by one.
 *
 * Purpose:   cut at blank lines, else at the ends of lines, sentences and words; each
 *            piece begins with what it cannot be understood without: the heading above
 *            it, or the header of its table.
 * Contract:  no piece is empty or longer than SC_PIECE_MAX bytes; every word of the text
 *            is in one.
 * Ownership: a piece is valid during its call.
 * Thread:    any.
 */
#pragma once

#include <stddef.h>

enum { SC_PIECE_MAX = 1500 };

typedef void sc_piece_fn(void *arg, const char *piece);

/* name: of a file, whose ending tells what it is. text is valid UTF-8. */
void sc_cut(const char *name, const char *text, size_t len, sc_piece_fn *fn, void *arg);
