/* app/screen.h - live progress of tasks.
 *
 * Purpose:   one line a step when it has ended, and on a terminal a line that is redrawn
 *            with what happens now; nothing with --json or in a batch.
 * Contract:  text from tools and models goes out as app/print.h says.
 * Ownership: borrows the output; one for the whole program.
 * Thread:    loop.
 */
#pragma once

#include <stdio.h>

#include "exec/exec.h"

struct sc_screen;

/* quiet: shows nothing. */
struct sc_screen *sc_screen_new(FILE *out, const char *language, bool quiet);
void sc_screen_free(struct sc_screen *screen);

/* One event of exec (exec/exec.h, on_event). */
void sc_screen_event(struct sc_screen *screen, const struct sc_exec_event *event);

/* A plan before it runs: its sentences, a line each. */
void sc_screen_plan(struct sc_screen *screen, const struct sc_json *sentences);

/* Something that takes its time begins: shown until the next event. */
void sc_screen_begin(struct sc_screen *screen, const char *what);

/* A prompt stands on the last line until NULL: what is printed goes above it. */
void sc_screen_prompt(struct sc_screen *screen, const char *prompt);

/* Ends a half-drawn line before other output. */
void sc_screen_rest(struct sc_screen *screen);
