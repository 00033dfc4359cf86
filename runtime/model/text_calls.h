/* model/text_calls.h - calls that a model wrote into its text.
 *
 * Purpose:   weak models, and servers that do not know the template of theirs, answer in
 *            words where a call was meant. These forms are read:
 *              <tool_call>{"name":…,"arguments":…}</tool_call>, one or several
 *              a fence (```json) of such an object, or of an array of them
 *              the bare object or array
 *              Action: NAME / Action Input: {…}
 * Contract:  only what an answer ends with is a call: a model that calls waits then. What
 *            is quoted in a sentence, or in code before the end, is text. What a model
 *            made up behind its call (a result, an observation) is cut off. All or none:
 *            one that cannot be read leaves everything text.
 * Ownership: the caller owns the calls and the rest.
 * Thread:    any.
 */
#pragma once

#include "model/calls.h"

enum sc_text_calls {
    SC_TEXT_CALLS_NONE,  /* the model is known to call as it should: text is text */
    SC_TEXT_CALLS_MAYBE, /* tools were offered; nobody knows if it can call them */
    SC_TEXT_CALLS_ONLY   /* they were described in words (model/offer.h) */
};

struct sc_text_source {
    const char *text;
    enum sc_text_calls mode;
    const char *names; /* of the tools offered, each followed by a NUL */
    size_t names_len;
};

/* False when there are none; else ret_said is the text in front of them, and *ret_len how
 * much of the text counts: up to the end of the last call. In mode ONLY a tagged call of
 * a tool that was not offered, or of what is not JSON, is a call: its caller says what is
 * wrong with it. */
bool sc_calls_from_text(struct sc_calls *calls, const struct sc_text_source *source,
        struct sc_buf *ret_said, size_t *ret_len);
