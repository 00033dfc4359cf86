/* app/print.h - text for people, on a terminal or in a file.
 *
 * Purpose:   everything that commands print which is not their own words: answers, names,
 *            arguments, what a model or a stranger wrote.
 * Contract:  control characters (but line ends and tabs), and those that turn the
 *            direction of writing, are shown as U+FFFD: text cannot move the cursor,
 *            hide what stands there or imitate a prompt.
 * Thread:    loop.
 */
#pragma once

#include <stdio.h>

#include "codec/json.h"

void sc_print_text(FILE *out, const char *text);

/* The same on one line, line ends as spaces, cut at max bytes with "…". */
void sc_print_short(FILE *out, const char *text, size_t max);

/* A word of ours and spaces up to a width; Chinese and Japanese characters take two
 * columns. */
void sc_print_cell(FILE *out, const char *text, int columns);

/* One line: head, the text in the way of sc_print_text, line end. */
void sc_print_line(FILE *out, const char *head, const char *text);

/* A value in one line of JSON and its line end. */
void sc_print_json(FILE *out, const struct sc_json *json);

/* A value for a reader: a text as it is, an amount with its currency, else JSON. */
void sc_print_value(FILE *out, const struct sc_json *value, size_t max);

/* A title and the texts of an array below it, or nothing when it is empty. Of objects:
 * their `path`. */
void sc_print_list(FILE *out, const char *title, const struct sc_json *list);
