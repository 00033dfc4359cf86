/* builtin/ask_model.h - one piece of work for a model within a tool's call.
 *
 * Purpose:   ask, judge the answer, send it back with what is wrong at most twice. The
 *            model sees what it is given as data, has no tools, and decides nothing: its
 *            answer is the call's result.
 * Contract:  sc_ask_model takes over the call and ends it. With a schema the answer is
 *            JSON that is valid by it, without one it is text.
 * Ownership: the work's JSON is taken.
 * Thread:    loop.
 * Errors:    SC_UNAVAILABLE: no model is configured; SC_PROTOCOL: no valid answer came;
 *            those of model/model.h.
 */
#pragma once

#include "builtin/call.h"

struct sc_model_work {
    const char *rules;           /* what is to be done, in words of ours */
    const char *wish;            /* what the plan asks for, or NULL */
    struct sc_json *take_data;   /* what it is done with, or NULL */
    struct sc_json *take_images; /* array of data: URLs, or NULL */
    struct sc_json *take_schema; /* of the answer; NULL: text */
    /* What is wrong with a valid answer, as an array of sentences; NULL: nothing. */
    struct sc_json *(*judge)(
            const struct sc_builtin_call *call, const struct sc_json *answer);
    /* The call's result from the answer (a string when there is no schema). */
    struct sc_json *(*result)(
            const struct sc_builtin_call *call, const struct sc_json *answer);
};

void sc_ask_model(struct sc_builtin_call *call, const struct sc_model_work *work);

/* The operations. */
void sc_model_write(struct sc_builtin_call *call);
void sc_model_extract(struct sc_builtin_call *call);
void sc_model_classify(struct sc_builtin_call *call);
void sc_model_translate(struct sc_builtin_call *call);
void sc_model_look(struct sc_builtin_call *call);
