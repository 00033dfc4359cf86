/* app/ask.h - questions to the person at the terminal.
 *
 * Purpose:   show an approval or a question, read the answer, one after the other, while
 *            the loop goes on.
 * Contract:  on_answer is called from the loop with an answer in the form of
 *            sc_exec_answer; an answer that is not understood is asked for again. When
 *            the input ends, on_gone is called once and nothing more is asked.
 * Ownership: questions are copied; the screen is borrowed. sc_asker_free: the memory goes
 *            when the loop next turns.
 * Thread:    loop.
 */
#pragma once

#include "app/screen.h"

struct sc_asker;

struct sc_asker_events {
    void (*on_answer)(void *arg, const char *task_id, const char *step_id,
            const struct sc_json *answer);
    void (*on_gone)(void *arg);
    void *arg;
};

/* NULL: nobody is there, for input or output is no terminal. */
struct sc_asker *sc_asker_new(struct sc_loop *loop, struct sc_screen *screen,
        const char *language, const struct sc_asker_events *events);
void sc_asker_free(struct sc_asker *asker); /* NULL is fine */

/* false: nobody is there any more. */
bool sc_asker_ask(struct sc_asker *asker, const struct sc_question *question);

/* What a line means as an answer to what was asked; NULL: not understood. The caller's.
 */
struct sc_json *sc_answer_of_line(
        const char *line, bool approval, const struct sc_json *what);
