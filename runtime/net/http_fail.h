/* net/http_fail.h - curl's failures as sentences.
 *
 * Purpose:   say what happened, to which host, and what can be done.
 * Thread:    any.
 */
#pragma once

#include <curl/curl.h>

#include "base/error.h"

/* answered: some of the reply had arrived; sent: the request may have left. */
void sc_http_fail(struct sc_error *ret_err, CURLcode result, const char *host, bool sent,
        bool answered);
