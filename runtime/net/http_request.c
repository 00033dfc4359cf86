#include "net/http_request.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

enum { URL_MAX = 16 * 1024, HOST_MAX = 253, HEADERS_MAX = 200, HEAD_MAX = 256 * 1024 };

/* --- target --- */

void sc_http_target_release(struct sc_http_target *target)
{
    free(target->url);
    free(target->host);
    *target = (struct sc_http_target){ 0 };
}

static bool get_part(CURLU *parser, CURLUPart part, unsigned flags, char **ret_text)
{
    return curl_url_get(parser, part, ret_text, flags) == CURLUE_OK;
}

/* "Shop.Example.COM." and "[::1]" as egress rules write them. */
static char *plain_host(const char *host)
{
    size_t len = strlen(host);
    char *plain;

    if (*host == '[' && len > 2) {
        host++;
        len -= 2;
    }
    if (len > 1 && host[len - 1] == '.')
        len--;
    plain = sc_strndup(host, len);
    for (char *at = plain; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    return plain;
}

static enum sc_code read_parts(
        CURLU *parser, struct sc_http_target *target, struct sc_error *err)
{
    char *scheme = NULL, *host = NULL, *port = NULL, *user = NULL, *zone = NULL;
    enum sc_code code = SC_OK;

    if (!get_part(parser, CURLUPART_SCHEME, 0, &scheme) ||
            (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0) ||
            !get_part(parser, CURLUPART_HOST, 0, &host) || strlen(host) > HOST_MAX ||
            !get_part(parser, CURLUPART_PORT, CURLU_DEFAULT_PORT, &port) ||
            get_part(parser, CURLUPART_ZONEID, 0, &zone)) {
        code = sc_fail(
                err, SC_INVALID, "the address is not an http or https URL with a host");
    } else if (get_part(parser, CURLUPART_USER, 0, &user)) {
        code = sc_fail(err, SC_INVALID,
                "the address contains a user name; credentials belong into a header");
    } else {
        target->https = strcmp(scheme, "https") == 0;
        target->host = plain_host(host);
        target->port = (uint16_t)strtoul(port, NULL, 10);
    }
    curl_free(scheme);
    curl_free(host);
    curl_free(port);
    curl_free(user);
    curl_free(zone);
    return code;
}

enum sc_code sc_http_target_set(
        struct sc_http_target *target, const char *url, struct sc_error *err)
{
    struct sc_http_target fresh = { 0 };
    enum sc_code code;
    CURLU *parser;

    if (target->url && strcmp(target->url, url) == 0)
        return SC_OK;
    if (strlen(url) > URL_MAX)
        return sc_fail(err, SC_INVALID, "the address is longer than %d bytes", URL_MAX);
    parser = curl_url();
    SC_ASSERT(parser != NULL);
    if (curl_url_set(parser, CURLUPART_URL, url, 0) != CURLUE_OK)
        code = sc_fail(
                err, SC_INVALID, "the address is not an http or https URL with a host");
    else
        code = read_parts(parser, &fresh, err);
    curl_url_cleanup(parser);
    if (code)
        return code;
    fresh.url = sc_strdup(url);
    sc_http_target_release(target);
    *target = fresh;
    return SC_OK;
}

bool sc_http_target_same_origin(
        const struct sc_http_target *a, const struct sc_http_target *b)
{
    return a->https == b->https && a->port == b->port && strcmp(a->host, b->host) == 0;
}

/* --- head --- */

static bool is_token(const char *name)
{
    size_t len = strspn(name, "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                              "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

    return len > 0 && name[len] == '\0';
}

static bool is_value(const char *value)
{
    for (; *value; value++)
        if (((unsigned char)*value < ' ' && *value != '\t') || *value == 0x7f)
            return false;
    return true;
}

static bool is_curls_own(const char *name)
{
    static const char *const own[] = { "Host", "Content-Length", "Transfer-Encoding",
        "Connection", "Proxy-Connection", "Keep-Alive", "Upgrade", "TE", "Trailer",
        "Expect", "Accept-Encoding" };

    for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
        if (strcasecmp(name, own[i]) == 0)
            return true;
    return false;
}

static enum sc_code check_header(
        const struct sc_http_header *header, struct sc_error *err)
{
    if (!is_token(header->name))
        return sc_fail(err, SC_INVALID, "a header's name is not a word");
    if (is_curls_own(header->name))
        return sc_fail(err, SC_INVALID, "the header '%s' is set by the program itself",
                header->name);
    if (!is_value(header->value))
        return sc_fail(err, SC_INVALID,
                "the value of the header '%.60s' contains a control character",
                header->name);
    return SC_OK;
}

/* Nodes first, their text behind them. */
struct writer {
    struct curl_slist *nodes;
    size_t used;
    char *text;
};

static void put_header(struct writer *writer, const char *name, const char *value)
{
    struct curl_slist *node = &writer->nodes[writer->used++];
    size_t name_len = strlen(name), value_len = strlen(value);

    node->data = writer->text;
    node->next = node + 1;
    memcpy(writer->text, name, name_len);
    writer->text += name_len;
    /* curl reads "Name:" as "leave it out" and "Name;" as an empty value. */
    *writer->text++ = value_len ? ':' : ';';
    if (value_len)
        *writer->text++ = ' ';
    memcpy(writer->text, value, value_len + 1);
    writer->text += value_len + 1;
}

static void leave_out(struct writer *writer, const char *line)
{
    struct curl_slist *node = &writer->nodes[writer->used++];
    size_t size = strlen(line) + 1;

    node->data = writer->text;
    node->next = node + 1;
    memcpy(writer->text, line, size);
    writer->text += size;
}

static enum sc_code measure(const struct sc_http_spec *spec, size_t *ret_text,
        bool *ret_has_type, struct sc_error *err)
{
    size_t text = 0;

    *ret_has_type = false;
    if (spec->header_count > HEADERS_MAX)
        return sc_fail(err, SC_INVALID, "more than %d headers", HEADERS_MAX);
    for (size_t i = 0; i < spec->header_count; i++) {
        const struct sc_http_header *header = &spec->headers[i];
        enum sc_code code = check_header(header, err);

        if (code)
            return code;
        *ret_has_type |= strcasecmp(header->name, "Content-Type") == 0;
        text += strlen(header->name) + strlen(header->value) + 3;
    }
    if (text > HEAD_MAX)
        return sc_fail(err, SC_INVALID, "the headers are longer than %d bytes", HEAD_MAX);
    *ret_text = text;
    return SC_OK;
}

enum sc_code sc_http_head_set(struct sc_http_head *head, const struct sc_http_spec *spec,
        bool has_body, struct sc_error *err)
{
    static const char no_type[] = "Content-Type:", no_expect[] = "Expect:";
    struct writer writer = { 0 };
    size_t text = 0, nodes, size;
    bool has_type;
    enum sc_code code = measure(spec, &text, &has_type, err);

    if (code)
        return code;
    sc_http_head_release(head);
    if (spec->header_count == 0 && !has_body)
        return SC_OK;
    nodes = spec->header_count + 2;
    size = nodes * sizeof(struct curl_slist) + text + sizeof(no_type) + sizeof(no_expect);
    writer.nodes = sc_zalloc(size);
    writer.text = (char *)(writer.nodes + nodes);
    for (size_t i = 0; i < spec->header_count; i++)
        put_header(&writer, spec->headers[i].name, spec->headers[i].value);
    if (has_body)
        leave_out(&writer, no_expect);
    if (has_body && !has_type)
        leave_out(&writer, no_type);
    writer.nodes[writer.used - 1].next = NULL;
    head->list = head->block = writer.nodes;
    head->size = size;
    return SC_OK;
}

static bool begins(const char *line, const char *name)
{
    return strncasecmp(line, name, strlen(name)) == 0;
}

static bool is_public(const char *line)
{
    return begins(line, "Accept:") || begins(line, "Accept-Language:") ||
           begins(line, "Content-Type:") || begins(line, "User-Agent:") ||
           begins(line, "Expect:");
}

static bool is_not_of_a_body(const char *line)
{
    return !begins(line, "Content-") && !begins(line, "Expect:");
}

static void keep_only(struct sc_http_head *head, bool (*keep)(const char *line))
{
    struct curl_slist **link = &head->list;

    while (*link) {
        if (keep((*link)->data))
            link = &(*link)->next;
        else
            *link = (*link)->next;
    }
}

void sc_http_head_strip(struct sc_http_head *head)
{
    keep_only(head, is_public);
}

void sc_http_head_strip_body(struct sc_http_head *head)
{
    keep_only(head, is_not_of_a_body);
}

void sc_http_head_release(struct sc_http_head *head)
{
    if (head->block)
        explicit_bzero(head->block, head->size);
    free(head->block);
    *head = (struct sc_http_head){ 0 };
}

bool sc_http_method_valid(const char *method)
{
    size_t len = strspn(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

    return len > 0 && len <= 16 && method[len] == '\0';
}
