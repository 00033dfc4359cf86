#include "net/http_fail.h"

/* Codes that mean the same whenever they come. The host goes before. */
static const struct {
    CURLcode result;
    enum sc_code code;
    const char *says;
} rows[] = {
    { CURLE_COULDNT_RESOLVE_HOST, SC_UNAVAILABLE,
            "was not found; check the spelling of the name and the network" },
    { CURLE_COULDNT_RESOLVE_PROXY, SC_UNAVAILABLE,
            "was not reached: the proxy's name was not found; check the configuration" },
    { CURLE_COULDNT_CONNECT, SC_UNAVAILABLE,
            "accepts no connection; check that it runs and can be reached" },
    { CURLE_PROXY, SC_UNAVAILABLE,
            "was not reached through the proxy; check the configuration" },
    { CURLE_SSL_CONNECT_ERROR, SC_UNAVAILABLE,
            "and this program could not agree on a secure connection" },
    { CURLE_PEER_FAILED_VERIFICATION, SC_DENIED,
            "has a certificate that cannot be trusted; nothing was sent" },
    { CURLE_SSL_CACERT_BADFILE, SC_INVALID,
            "was not reached: the configured file of certificate authorities cannot be "
            "read" },
    { CURLE_BAD_CONTENT_ENCODING, SC_PROTOCOL,
            "sent a compressed reply that is damaged" },
    { CURLE_WEIRD_SERVER_REPLY, SC_PROTOCOL,
            "does not answer in HTTP; check the address and the port" },
    { CURLE_UNSUPPORTED_PROTOCOL, SC_PROTOCOL,
            "does not answer in HTTP; check the address and the port" },
    /* So curl calls a header line over its limit; otherwise memory does not run out. */
    { CURLE_OUT_OF_MEMORY, SC_PROTOCOL, "sent a header line that is too long" },
};

/* The connection broke: what that means depends on how far things were. */
static void fail_broken(
        struct sc_error *ret_err, const char *host, bool sent, bool answered)
{
    if (answered) {
        sc_fail(ret_err, SC_PROTOCOL, "'%.100s' ended its reply before it was complete",
                host);
        ret_err->retryable = true;
    } else if (sent) {
        sc_fail(ret_err, SC_UNAVAILABLE,
                "'%.100s' closed the connection without an answer", host);
    } else {
        sc_fail(ret_err, SC_UNAVAILABLE, "the connection to '%.100s' broke", host);
    }
}

void sc_http_fail(struct sc_error *ret_err, CURLcode result, const char *host, bool sent,
        bool answered)
{
    size_t i = 0, count = sizeof(rows) / sizeof(*rows);

    while (i < count && rows[i].result != result)
        i++;
    if (result == CURLE_OPERATION_TIMEDOUT)
        sc_fail(ret_err, SC_TIMEOUT,
                "'%.100s' accepted no connection in time; check that it can be reached",
                host);
    else if (i < count)
        sc_fail(ret_err, rows[i].code, "'%.100s' %s", host, rows[i].says);
    else
        fail_broken(ret_err, host, sent, answered);
    ret_err->detail = (int)result;
}
