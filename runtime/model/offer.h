/* model/offer.h - how tools are offered to a model: as the provider has it, or in words.
 *
 * Purpose:   some models and servers refuse requests with tools. They get the same
 *            request with the tools described in the prompt, calls and results as tagged
 *            text (model/text_calls.h reads the answers), from then on for as long as
 *            the process lives.
 * Contract:  the same request gives the same bytes, and the messages of a request begin
 *            with those of the request before it, in words as well.
 * Ownership: the table is embedded in an endpoint.
 * Thread:    loop.
 */
#pragma once

#include "model/model.h"

/* What is known of a model. */
struct sc_offer {
    char *model;
    bool taken;    /* a request with tools went through */
    bool called;   /* it has called one as it should */
    bool in_words; /* it refuses them */
    bool unforced; /* it refuses to be told which one to call */
    int ready;     /* requests that were kept ready in words while nothing was known */
};

struct sc_offers {
    struct sc_offer *items;
    size_t count;
};

/* The entry of a model, made if there is none; until the next one is made. */
struct sc_offer *sc_offers_of(struct sc_offers *offers, const char *model);
void sc_offers_release(struct sc_offers *offers);

/* The messages of a request with its tools in words; it is sent without tools then. The
 * caller's to free. */
struct sc_json *sc_offer_in_words(const struct sc_model_request *request);

/* Did the model of this conversation call a tool as it should? */
bool sc_offer_was_called(const struct sc_json *messages);

/* Does a refusal say that tools are what was refused? */
bool sc_offer_refused(long status, const char *body, size_t len);

/* Does it speak of the choice of a tool? */
bool sc_offer_refused_choice(long status, const char *body, size_t len);
