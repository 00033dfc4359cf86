/* fakes/embedder.h - vectors of texts without a model: a stand-in.
 *
 * Purpose:   let searches by meaning be tested offline, the same in every run. A vector
 *            is what the text's words have in a lexicon written by hand, and a little of
 *            its pieces of letters. It understands nothing: a figure got with it tells
 *            that the ways of searching are put together well, not how well a real model
 *            finds.
 * Contract:  answers POST …/embeddings as OpenAI does.
 * Ownership: the lexicon is the embedder's.
 * Thread:    loop.
 */
#pragma once

#include "base/buf.h"
#include "fakes/http_peer.h"

enum { EMBEDDER_DIMS = 512 };

struct embedder {
    struct sc_buf lexicon; /* a line for each thing that words can mean, cut at | */
};

/* path: of the lexicon; false: it cannot be read. */
bool embedder_init(struct embedder *embedder, const char *path);
void embedder_release(struct embedder *embedder);

void embedder_answer(const struct embedder *embedder, struct peer_request *request);
