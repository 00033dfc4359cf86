/* model/failure.h - what a provider's refusal means.
 *
 * Purpose:   one classifier for all: statuses of 400 and more, errors inside a 200
 *            stream, web pages in place of JSON. The sentence says what to do.
 * Contract:  the provider's own words are quoted, shortened, on one line, with known
 *            secrets hidden first.
 * Ownership: all arguments are borrowed for the call.
 * Thread:    any.
 * Errors:    those of model/model.h. detail is the HTTP status, if there was one, or
 *            SC_FAILURE_UNSENT.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "codec/json.h"

enum { SC_FAILURE_UNSENT = -1 }; /* nothing of the request went out */

/* Who answered. */
struct sc_model_source {
    const char *host;
    const char *model;
    const char *key_name;                /* "OPENAI_API_KEY" */
    void (*hide)(void *arg, char *text); /* overwrites secrets in text; or NULL */
    void *hide_arg;
};

/* A reply with a status of 300 or more. */
enum sc_code sc_failure_of_status(const struct sc_model_source *source, long status,
        const char *body, size_t len, struct sc_error *err);

/* The "error" of a reply that had status 200. */
enum sc_code sc_failure_of_error(const struct sc_model_source *source,
        const struct sc_json *error, struct sc_error *err);

/* A reply that ends before it says how it finished: worth another try. */
enum sc_code sc_failure_of_break(
        const struct sc_model_source *source, struct sc_error *err);

/* The conversation is longer than the model's window. */
enum sc_code sc_failure_of_length(
        const struct sc_model_source *source, struct sc_error *err);

/* The provider's filter kept the answer back. */
enum sc_code sc_failure_of_filter(
        const struct sc_model_source *source, struct sc_error *err);

/* A reply that is not JSON at all. */
enum sc_code sc_failure_of_text(const struct sc_model_source *source, const char *body,
        size_t len, struct sc_error *err);

/* Did the request surely cost nothing: never sent, or refused before a piece of the reply
 * was seen? */
bool sc_failure_costs_nothing(const struct sc_error *err, bool seen);
