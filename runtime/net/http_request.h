/* net/http_request.h - what curl is told of a request.
 *
 * Purpose:   the parts of net/http.c that only prepare: where the URL leads, the headers
 *            as curl's list, the method.
 * Ownership: sc_http_target and sc_http_head own their memory; release accepts zeroed
 *            ones.
 * Thread:    loop.
 * Errors:    SC_INVALID.
 */
#pragma once

#include <curl/curl.h>

#include "net/http.h"

/* Where a URL leads. */
struct sc_http_target {
    char *url;
    char *host; /* lower case, no brackets, no trailing dot */
    bool https;
    uint16_t port;
};

/* Keeps what is there when the URL is the same. */
enum sc_code sc_http_target_set(struct sc_http_target *target, const char *url,
        struct sc_error *err) __attribute__((warn_unused_result));
void sc_http_target_release(struct sc_http_target *target);
bool sc_http_target_same_origin(
        const struct sc_http_target *a, const struct sc_http_target *b);

/* All request headers in one block that curl reads as its list. */
struct sc_http_head {
    struct curl_slist *list; /* NULL: none */
    void *block;
    size_t size;
};

/* Refuses names and values that would break the request, and headers that are curl's:
 * Host, Content-Length, Transfer-Encoding, Connection and the like. */
enum sc_code sc_http_head_set(struct sc_http_head *head, const struct sc_http_spec *spec,
        bool has_body, struct sc_error *err) __attribute__((warn_unused_result));

/* Leaves only what any host may see. */
void sc_http_head_strip(struct sc_http_head *head);

/* No longer speaks of a body. */
void sc_http_head_strip_body(struct sc_http_head *head);
void sc_http_head_release(struct sc_http_head *head); /* wipes it */

/* A word of capital letters, at most 16. */
bool sc_http_method_valid(const char *method);
