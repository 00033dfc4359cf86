/* model/embed.h - texts to vectors, by a model for embeddings.
 *
 * Purpose:   any number of texts, in requests that are small enough for every provider,
 *            one after the other; what comes back is checked, for it is kept for long.
 * Contract:  the model is a struct sc_model (an endpoint with a format for embeddings, or
 *            budgets around one), so that keys, errors, limits and costs are those of
 *            every request. All vectors have the same number of finite values, at least
 *            one of them not 0, and length 1. Nothing is tried again here.
 * Ownership: texts are borrowed until done. The vectors are valid inside done.
 * Thread:    loop.
 * Errors:    as model/model.h; SC_PROTOCOL: too few vectors, of other lengths, or what
 *            are no numbers; SC_INVALID: a text that is empty or too long.
 */
#pragma once

#include "model/model.h"

enum {
    SC_EMBED_TEXT_MAX = 8000,     /* bytes of a text: at most as many tokens */
    SC_EMBED_REQUEST_MAX = 48000, /* of all texts in a request, */
    SC_EMBED_TEXTS_MAX = 64,      /* and how many */
    SC_EMBED_DIMS_MAX = 8192
};

struct sc_embed_request {
    const char *const *texts;
    size_t count;
    size_t batch; /* texts in a request that the provider takes; 0: SC_EMBED_TEXTS_MAX */
    const struct sc_model_account *account; /* NULL: nobody's */
};

struct sc_embeddings {
    const float *values; /* dims for each text, in their order */
    size_t count, dims;
    struct sc_model_usage usage; /* of all requests */
};

struct sc_op *sc_embed_start(struct sc_scope *scope, struct sc_model *model,
        const struct sc_embed_request *request, sc_op_done_fn *done, void *arg);

/* Inside done; after a failure only the usage tells. */
const struct sc_embeddings *sc_embed_result(struct sc_op *op);
