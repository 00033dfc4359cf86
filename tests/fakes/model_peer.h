/* fakes/model_peer.h - a server that speaks OpenAI chat completions from a script.
 *
 * Purpose:   let tests decide what "the model" says, well or badly, streamed or not.
 * Contract:  POST /v1/chat/completions (any path that ends so). The script is a JSON
 *            object { "replies": [reply, …] }. Each request gets the first reply that is
 *            not used up and whose `when` fits; when none is left, HTTP 500. A request
 *            with "stream": true is answered by events, another by one JSON object.
 *            POST …/embeddings is answered by fakes/embedder.h with the script's
 *            "lexicon", the path of one.
 *            GET /read is answered {"reads": n}, after "read_delay_ms" of the script.
 *            Of a reply, all optional:
 *              when        text that the request's body must contain
 *              times       how often it may be used: 1; 0 for ever
 *              delay_ms    before anything is sent
 *              text        the message; text_bytes: that many letters instead
 *              reasoning   reasoning_content, before the text
 *              tool_calls  [{ "id"?, "name", "arguments": value, or text as it is }]
 *              finish      its finish_reason; null: none (a truncated turn)
 *              usage       as given; null: none; absent: 10 in, 5 out
 *              delta       bytes of text or arguments per event: 16
 *              status, headers {name: value}, body (text or value): this instead, raw
 *              chunks_file a file of bytes, beside the script, as an event stream
 *              html        true: a page with status 200
 *              stream_error value: sent as {"error": value} instead of the finish
 *              piece, piece_delay_ms  bytes handed over at once, and the wait between
 *              cut         hang up after that many bytes of the body
 *              no_done     true: without data: [DONE]
 *              hold        text of a call's arguments: what stands behind it is sent
 *                          when something was read
 *              hang_reads  true: nothing that is read meanwhile is answered
 *              hang        true: never answer
 *            The program: `model_peer SCRIPT [LOG]` prints its port and a newline,
 *            appends one JSON line per request to LOG ({"path", "authorization",
 *            "body"}) before it answers, and ends when its standard input closes.
 * Ownership: the script is taken; model_peer_free starts closing.
 * Thread:    loop.
 */
#pragma once

#include <stdio.h>

#include "codec/json.h"
#include "fakes/http_peer.h"

struct model_peer;

/* folder: for chunks_file; log: or NULL, borrowed. */
struct model_peer *model_peer_new(
        uv_loop_t *uv, struct sc_json *take_script, const char *folder, FILE *log);
void model_peer_free(struct model_peer *peer);
int model_peer_port(const struct model_peer *peer);
int model_peer_requests(const struct model_peer *peer);

/* The body of the last request, or NULL. Borrowed, until the next. */
const struct sc_json *model_peer_last(const struct model_peer *peer);
