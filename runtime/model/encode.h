/* model/encode.h - what the encoders of requests share.
 *
 * Purpose:   the neutral request of model/model.h is in chat form; the encoders of other
 *            formats read its messages through these.
 * Contract:  the same request gives the same bytes, whatever the clock: what is the same
 *            from request to request stands in front, so that a provider can cache it.
 * Thread:    any.
 */
#pragma once

#include "base/buf.h"
#include "model/format.h"
#include "model/profile.h"

void sc_chat_encode(struct sc_buf *out, const struct sc_profile *profile,
        const char *model, const struct sc_model_request *request, bool stream);

void sc_responses_encode(struct sc_buf *out, const struct sc_profile *profile,
        const char *model, const struct sc_model_request *request, bool stream);
void sc_messages_encode(struct sc_buf *out, const struct sc_profile *profile,
        const char *model, const struct sc_model_request *request, bool stream);
void sc_gemini_encode(struct sc_buf *out, const struct sc_profile *profile,
        const char *model, const struct sc_model_request *request, bool stream);

/* Adds text as a JSON string. */
void sc_encode_string(struct sc_buf *out, const char *text);

/* Adds ,"name":string */
void sc_encode_member(struct sc_buf *out, const char *name, const char *text);

/* Adds the name under which requests of one agent, which begin alike, share a cache; or
 * nothing. */
void sc_encode_cache_key(struct sc_buf *out, const struct sc_profile *profile,
        const struct sc_model_request *request);

/* Adds a tool's JSON Schema of parameters; that of an empty object when it has none. */
void sc_encode_parameters(struct sc_buf *out, const struct sc_json *tool);

/* The texts of the leading system messages as one; *ret_first: the message after them.
 * Takes in how the answer must look when the provider is told in words. */
char *sc_encode_system(const struct sc_model_request *request, bool schema_in_words,
        const struct sc_json **ret_first);

/* Adds the sentence by which a provider is told of the schema in words. */
void sc_encode_schema_words(struct sc_buf *out, const struct sc_json *schema);

/* The text of a message's content: of its text parts, when it has parts. */
char *sc_encode_text_of(const struct sc_json *message);

/* Of a content part {"type":"image_url","image_url":{"url":"data:image/png;base64,…"}}:
 * its media type and data. false: the part is no such image. */
bool sc_encode_image(
        const struct sc_json *part, char ret_type[64], const char **ret_data);
