#include "model/failure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

enum { QUOTE_MAX = 100, SCAN_MAX = 4096, MAX_DELAY_S = 1000000 };

enum kind {
    KIND_UNKNOWN,
    KIND_NO_CREDIT,
    KIND_TOO_LONG,
    KIND_BUSY,
    KIND_DOWN,
    KIND_NO_MODEL,
    KIND_REFUSED_KEY,
    KIND_REFUSED
};

/* Words of codes, types and messages, in order of trust: a 429 without credit is not
 * worth a second try. */
static const struct {
    const char *word;
    enum kind kind;
} words[] = {
    { "insufficient_quota", KIND_NO_CREDIT },
    { "credit_balance", KIND_NO_CREDIT },
    { "insufficient balance", KIND_NO_CREDIT },
    { "insufficient credit", KIND_NO_CREDIT },
    { "exceeded_current_quota", KIND_NO_CREDIT },
    { "exceeded your current quota", KIND_NO_CREDIT },
    { "AccountOverdue", KIND_NO_CREDIT },
    { "Arrearage", KIND_NO_CREDIT },
    { "billing_error", KIND_NO_CREDIT },
    { "context_length_exceeded", KIND_TOO_LONG },
    { "prompt is too long", KIND_TOO_LONG },
    { "exceeds the context window", KIND_TOO_LONG },
    { "maximum context length", KIND_TOO_LONG },
    { "available context size", KIND_TOO_LONG },
    { "exceeded model token limit", KIND_TOO_LONG },
    { "context window exceeds limit", KIND_TOO_LONG },
    { "input token count", KIND_TOO_LONG },
    { "Range of input length", KIND_TOO_LONG },
    { "rate_limit", KIND_BUSY },
    { "RateLimit", KIND_BUSY },
    { "rate-limited", KIND_BUSY },
    { "slow_down", KIND_BUSY },
    { "too many requests", KIND_BUSY },
    { "Throttling", KIND_BUSY },
    { "overloaded", KIND_DOWN },
    { "server_error", KIND_DOWN },
    { "InternalError", KIND_DOWN },
    { "network_error", KIND_DOWN },
    { "insufficient_system_resource", KIND_DOWN },
    { "model_not_found", KIND_NO_MODEL },
    { "invalid_api_key", KIND_REFUSED_KEY },
    { "authentication_error", KIND_REFUSED_KEY },
    { "AuthenticationError", KIND_REFUSED_KEY },
    { "permission_denied", KIND_REFUSED_KEY },
    { "permission_error", KIND_REFUSED_KEY },
    { "API_KEY_INVALID", KIND_REFUSED_KEY },
    { "RESOURCE_EXHAUSTED", KIND_BUSY },
    { "timeout_error", KIND_DOWN },
    { "invalid_request", KIND_REFUSED },
};

static enum kind kind_of_words(const char *text)
{
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcasestr(text, words[i].word))
            return words[i].kind;
    return KIND_UNKNOWN;
}

static enum kind kind_of_status(long status)
{
    switch (status) {
    case 401:
    case 403:
        return KIND_REFUSED_KEY;
    case 402:
        return KIND_NO_CREDIT;
    case 404:
        return KIND_NO_MODEL;
    case 408:
    case 409:
        return KIND_DOWN;
    case 429:
        return KIND_BUSY;
    default:
        return status < 500 ? KIND_REFUSED : KIND_DOWN;
    }
}

/* --- the provider's own words --- */

/* One line, shortened, in quotes; "" when there is nothing to say. */
static void quote(const struct sc_model_source *source, const char *text, size_t len,
        char ret_text[QUOTE_MAX + 8])
{
    char *copy = sc_strndup(text, len < SCAN_MAX ? len : SCAN_MAX);
    size_t keep;

    if (source->hide)
        source->hide(source->hide_arg, copy);
    len = sc_utf8_valid(copy, strlen(copy));
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)copy[i] < ' ' || copy[i] == 0x7f)
            copy[i] = ' ';
    keep = sc_utf8_cut(copy, len, QUOTE_MAX);
    ret_text[0] = '\0';
    if (keep)
        snprintf(ret_text, QUOTE_MAX + 8, ": '%.*s%s'", (int)keep, copy,
                keep < len ? "…" : "");
    free(copy);
}

static enum sc_code say(const struct sc_model_source *source, enum kind kind, long status,
        const char *said, struct sc_error *err)
{
    const char *host = source->host, *model = source->model;
    char quoted[QUOTE_MAX + 8];
    enum sc_code code = SC_INVALID;

    quote(source, said, strlen(said), quoted);
    switch (kind) {
    case KIND_NO_CREDIT:
        code = sc_fail(err, SC_BUDGET,
                "the account at %s has no credit left: top it up or use another model%s",
                host, quoted);
        break;
    case KIND_TOO_LONG:
        sc_fail(err, code,
                "the request is longer than %s can read: give less, or use a model with "
                "a larger window%s",
                model, quoted);
        break;
    case KIND_BUSY:
        code = sc_fail(err, SC_BUSY, "%s asks to slow down%s", host, quoted);
        break;
    case KIND_DOWN:
    case KIND_UNKNOWN:
        code = sc_fail(err, SC_UNAVAILABLE, "%s failed (%ld)%s", host, status, quoted);
        break;
    case KIND_NO_MODEL:
        sc_fail(err, code, "%s has no model '%s' there: check the model's name and url%s",
                host, model, quoted);
        break;
    case KIND_REFUSED_KEY:
        code = sc_fail(err, SC_DENIED,
                "the key was refused by %s: set %s to one that is valid there%s", host,
                source->key_name, quoted);
        break;
    case KIND_REFUSED:
        sc_fail(err, code, "%s refused the request (%ld)%s", host, status, quoted);
        break;
    }
    if (err)
        err->detail = (int)status;
    return code;
}

/* Everything an error object says, for the search of words, and its message. */
static const char *collect(const struct sc_json *error, struct sc_buf *text)
{
    static const char *const members[] = { "code", "type", "status" };
    const char *message = sc_json_get_string(error, "message", "");
    const struct sc_json *metadata = sc_json_get(error, "metadata");

    if (sc_json_is(error, SC_JSON_STRING))
        message = sc_json_string(error);
    if (!*message)
        message = sc_json_get_string(error, "detail", "");
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
        sc_buf_addf(text, "%s ", sc_json_get_string(error, members[i], ""));
    SC_JSON_EACH(detail, sc_json_get(error, "details"))
    sc_buf_addf(text, "%s ", sc_json_get_string(detail, "reason", ""));
    if (sc_json_is(sc_json_get(metadata, "raw"), SC_JSON_STRING))
        message = sc_json_get_string(metadata, "raw", message);
    sc_buf_adds(text, message);
    return message;
}

/* Gemini tells when to come back within its error: {"retryDelay": "17s"}. */
static uint32_t delay_of(const struct sc_json *error)
{
    SC_JSON_EACH(detail, sc_json_get(error, "details"))
    {
        double seconds = strtod(sc_json_get_string(detail, "retryDelay", "0"), NULL);

        if (seconds > 0 && seconds < MAX_DELAY_S)
            return (uint32_t)(seconds * 1000);
    }
    return 0;
}

static enum sc_code classify(const struct sc_model_source *source, long status,
        const struct sc_json *error, struct sc_error *err)
{
    struct sc_buf text = { 0 };
    const char *message = collect(error, &text);
    enum kind kind = kind_of_words(sc_buf_text(&text));
    int64_t inner = sc_json_get_int(error, "code", 0);
    uint32_t delay_ms = delay_of(error);
    enum sc_code code;

    if (status < 400 && inner >= 400 && inner < 600)
        status = (long)inner;
    if (status >= 400 && (kind == KIND_UNKNOWN || kind == KIND_REFUSED))
        kind = kind_of_status(status);
    if (kind == KIND_NO_CREDIT && delay_ms) /* a quota that comes back */
        kind = KIND_BUSY;
    code = say(source, kind, status, *message ? message : sc_buf_text(&text), err);
    if (err)
        err->retry_after_ms = delay_ms;
    sc_buf_release(&text);
    return code;
}

/* --- the three doors --- */

static bool is_page(const char *body, size_t len)
{
    while (len && (*body == ' ' || *body == '\r' || *body == '\n' || *body == '\t'))
        body++, len--;
    return len && *body == '<';
}

enum sc_code sc_failure_of_text(const struct sc_model_source *source, const char *body,
        size_t len, struct sc_error *err)
{
    char quoted[QUOTE_MAX + 8];

    quote(source, body, len, quoted);
    if (is_page(body, len))
        return sc_fail(err, SC_PROTOCOL,
                "%s answered with a web page, not as a model does: check the model's url "
                "(most end in /v1)",
                source->host);
    return sc_fail(err, SC_PROTOCOL, "%s answered with what is not JSON%s", source->host,
            quoted);
}

enum sc_code sc_failure_of_break(
        const struct sc_model_source *source, struct sc_error *err)
{
    sc_fail(err, SC_PROTOCOL, "the reply of %s broke off before its end", source->host);
    if (err)
        err->retryable = true;
    return SC_PROTOCOL;
}

enum sc_code sc_failure_of_length(
        const struct sc_model_source *source, struct sc_error *err)
{
    return say(source, KIND_TOO_LONG, 0, "", err);
}

enum sc_code sc_failure_of_filter(
        const struct sc_model_source *source, struct sc_error *err)
{
    return sc_fail(
            err, SC_INVALID, "the content filter of %s stopped the reply", source->host);
}

enum sc_code sc_failure_of_error(const struct sc_model_source *source,
        const struct sc_json *error, struct sc_error *err)
{
    return classify(source, 200, error, err);
}

enum sc_code sc_failure_of_status(const struct sc_model_source *source, long status,
        const char *body, size_t len, struct sc_error *err)
{
    struct sc_json *json = sc_json_parse(body, len, NULL, NULL);
    const struct sc_json *first =
            sc_json_is(json, SC_JSON_ARRAY) ? sc_json_first(json) : json;
    const struct sc_json *error = sc_json_get(first, "error");
    enum sc_code code;

    if (json) {
        code = classify(source, status, error ? error : json, err);
    } else if (is_page(body, len) && status < 500 &&
               kind_of_status(status) != KIND_BUSY) {
        code = sc_failure_of_text(source, body, len, err);
        if (err)
            err->detail = (int)status;
    } else {
        char *said = is_page(body, len) ? sc_strdup("") : sc_strndup(body, len);

        code = say(source, kind_of_status(status), status, said, err);
        free(said);
    }
    sc_json_free(json);
    return code;
}

/* Whoever stands before the model gave up waiting; the model may have gone on. */
static bool is_time_out(int status)
{
    enum { REQUEST_TIMEOUT = 408, GATEWAY_TIMEOUT = 504, CLOUDFLARE_TIMEOUT = 524 };

    return status == REQUEST_TIMEOUT || status == GATEWAY_TIMEOUT ||
           status == CLOUDFLARE_TIMEOUT;
}

bool sc_failure_costs_nothing(const struct sc_error *err, bool seen)
{
    enum { STATUS = 100 }; /* of HTTP, or larger */

    if (err->detail == SC_FAILURE_UNSENT)
        return true;
    return !seen && !is_time_out(err->detail) &&
           (err->code == SC_DENIED || err->code == SC_INVALID || err->code == SC_BUDGET ||
                   err->code == SC_BUSY || err->detail >= STATUS);
}
