#include "net/egress.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { HTTPS_PORT = 443, HTTP_PORT = 80, NO_PORT = -1, ANY_PORT = -2, HOST_MAX = 253 };

/* An address as 16 bytes: IPv4 in its mapped form. */
struct address {
    uint8_t bytes[16];
    bool v4;
};

/* --- addresses --- */

struct range {
    uint8_t start[16];
    int bits;
};

#define V4(a, b, c, d)                                       \
    {                                                        \
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d \
    }

/* What is not the public IPv4 internet. */
static const struct range special_v4[] = {
    { V4(0, 0, 0, 0), 8 },       /* this host */
    { V4(10, 0, 0, 0), 8 },      /* private */
    { V4(100, 64, 0, 0), 10 },   /* carrier-grade NAT */
    { V4(127, 0, 0, 0), 8 },     /* loopback */
    { V4(169, 254, 0, 0), 16 },  /* link-local, cloud metadata */
    { V4(172, 16, 0, 0), 12 },   /* private */
    { V4(192, 0, 0, 0), 24 },    /* protocol assignments */
    { V4(192, 0, 2, 0), 24 },    /* documentation */
    { V4(192, 88, 99, 0), 24 },  /* 6to4 relays */
    { V4(192, 168, 0, 0), 16 },  /* private */
    { V4(198, 18, 0, 0), 15 },   /* benchmarks */
    { V4(198, 51, 100, 0), 24 }, /* documentation */
    { V4(203, 0, 113, 0), 24 },  /* documentation */
    { V4(224, 0, 0, 0), 4 },     /* multicast */
    { V4(240, 0, 0, 0), 4 },     /* reserved, broadcast */
};

/* IPv6 is refused outside 2000::/3, and in these parts of it. */
static const struct range global_v6 = { { 0x20 }, 3 };
static const struct range special_v6[] = {
    { { 0x20, 0x01, 0x00 }, 23 },       /* protocol assignments, Teredo */
    { { 0x20, 0x01, 0x0d, 0xb8 }, 32 }, /* documentation */
    { { 0x20, 0x02 }, 16 },             /* 6to4 */
    { { 0x3f, 0xff }, 20 },             /* documentation */
};

/* How an IPv6-only network reaches IPv4: the last four bytes are the address. */
static const struct range nat64 = { { 0x00, 0x64, 0xff, 0x9b }, 96 };

static bool in_range(const struct address *address, const struct range *range)
{
    int whole = range->bits / 8, rest = range->bits % 8;
    uint8_t mask = (uint8_t)(0xff00 >> rest);

    if (memcmp(address->bytes, range->start, (size_t)whole) != 0)
        return false;
    return rest == 0 || (address->bytes[whole] & mask) == (range->start[whole] & mask);
}

static bool v4_is_special(const uint8_t v4[4])
{
    struct address address = { V4(v4[0], v4[1], v4[2], v4[3]), true };

    for (size_t i = 0; i < sizeof(special_v4) / sizeof(*special_v4); i++) {
        struct range range = special_v4[i];

        range.bits += 96;
        if (in_range(&address, &range))
            return true;
    }
    return false;
}

static bool is_special(const struct address *address)
{
    if (address->v4)
        return v4_is_special(address->bytes + 12);
    if (in_range(address, &nat64))
        return v4_is_special(address->bytes + 12);
    if (!in_range(address, &global_v6))
        return true;
    for (size_t i = 0; i < sizeof(special_v6) / sizeof(*special_v6); i++)
        if (in_range(address, &special_v6[i]))
            return true;
    return false;
}

static void from_v4(struct address *address, const void *v4)
{
    static const uint8_t prefix[12] = { [10] = 0xff, [11] = 0xff };

    address->v4 = true;
    memcpy(address->bytes, prefix, sizeof(prefix));
    memcpy(address->bytes + sizeof(prefix), v4, 4);
}

static void from_v6(struct address *address, const void *v6)
{
    static const struct range mapped = { { [10] = 0xff, [11] = 0xff }, 96 };

    memcpy(address->bytes, v6, sizeof(address->bytes));
    address->v4 = in_range(address, &mapped);
}

static bool parse_address(const char *text, struct address *ret_address)
{
    struct in_addr v4;
    struct in6_addr v6;

    if (inet_pton(AF_INET, text, &v4) == 1) {
        from_v4(ret_address, &v4);
        return true;
    }
    if (inet_pton(AF_INET6, text, &v6) == 1) {
        from_v6(ret_address, &v6);
        return true;
    }
    return false;
}

static bool is_loopback(const struct address *address)
{
    static const uint8_t one[16] = { [15] = 1 };

    if (address->v4)
        return address->bytes[12] == 127;
    return memcmp(address->bytes, one, sizeof(one)) == 0;
}

static void print_address(const struct address *address, char ret_text[INET6_ADDRSTRLEN])
{
    if (address->v4)
        inet_ntop(AF_INET, address->bytes + 12, ret_text, INET6_ADDRSTRLEN);
    else
        inet_ntop(AF_INET6, address->bytes, ret_text, INET6_ADDRSTRLEN);
}

/* --- entries --- */

struct entry {
    char host[HOST_MAX + 1]; /* without "*" and brackets */
    bool below;              /* "*.example.com": host is ".example.com" */
    int port;                /* or NO_PORT, ANY_PORT */
};

static bool parse_port(const char *text, int *ret_port)
{
    char *end;
    long port;

    if (strcmp(text, "*") == 0) {
        *ret_port = ANY_PORT;
        return true;
    }
    if (*text < '0' || *text > '9')
        return false;
    port = strtol(text, &end, 10);
    if (*end || port < 1 || port > 65535)
        return false;
    *ret_port = (int)port;
    return true;
}

/* Where the host ends: at its port, or at the end. An IPv6 address has brackets when a
 * port follows. */
static const char *end_of_host(const char *text, const char **ret_port)
{
    const char *colon = strchr(text, ':');

    *ret_port = NULL;
    if (*text == '[') {
        const char *bracket = strchr(text, ']');

        if (bracket && bracket[1] == ':')
            *ret_port = bracket + 2;
        return bracket;
    }
    if (!colon || strchr(colon + 1, ':'))
        return text + strlen(text);
    *ret_port = colon + 1;
    return colon;
}

static bool parse_entry(const char *text, struct entry *ret_entry)
{
    const char *port, *end = end_of_host(text, &port);
    size_t len;

    *ret_entry = (struct entry){ .port = NO_PORT };
    if (!end || (*end == ']' && end[1] && !port))
        return false;
    if (*text == '[')
        text++;
    if (strncmp(text, "*.", 2) == 0) {
        ret_entry->below = true;
        text++;
    }
    len = (size_t)(end - text);
    if (len == 0 || len > HOST_MAX || (ret_entry->below && len < 2))
        return false;
    memcpy(ret_entry->host, text, len);
    if (strpbrk(ret_entry->host, "*/@ \t?#[]") ||
            (port && !parse_port(port, &ret_entry->port)))
        return false;
    return true;
}

enum sc_code sc_egress_check_entry(const char *entry, struct sc_error *err)
{
    struct entry parsed;

    if (parse_entry(entry, &parsed))
        return SC_OK;
    return sc_fail(err, SC_INVALID,
            "'%.100s' is not a host: write api.example.com, *.example.com or an address, "
            "with :port if need be",
            entry);
}

static bool same_host(const struct entry *entry, const char *host)
{
    size_t len = strlen(host), suffix = strlen(entry->host);
    struct address ours, theirs;

    if (entry->below)
        return len > suffix && strcasecmp(host + len - suffix, entry->host) == 0;
    if (strcasecmp(host, entry->host) == 0)
        return true;
    return parse_address(entry->host, &ours) && parse_address(host, &theirs) &&
           memcmp(ours.bytes, theirs.bytes, sizeof(ours.bytes)) == 0;
}

static bool host_is_loopback(const char *host)
{
    struct address address;

    if (strcasecmp(host, "localhost") == 0)
        return true;
    return parse_address(host, &address) && is_loopback(&address);
}

static bool port_fits(const struct entry *entry, bool loopback, uint16_t port)
{
    if (entry->port == ANY_PORT || entry->port == port)
        return true;
    return entry->port == NO_PORT &&
           (port == HTTPS_PORT || (loopback && port == HTTP_PORT));
}

enum sc_code sc_egress_check_host(const struct sc_egress *egress, bool https,
        const char *host, uint16_t port, struct sc_error *err)
{
    bool loopback = host_is_loopback(host), named = false;
    struct entry entry;

    for (size_t i = 0; i < egress->host_count && !named; i++)
        named = parse_entry(egress->hosts[i], &entry) && same_host(&entry, host) &&
                port_fits(&entry, loopback, port);
    if (!named)
        return sc_fail(err, SC_DENIED,
                "'%.100s' port %u is not among the hosts that this tool declares", host,
                (unsigned)port);
    if (!https && !loopback)
        return sc_fail(err, SC_DENIED, "'%.100s' may be reached by https only", host);
    return SC_OK;
}

/* --- the address connected to --- */

static bool address_is_named(
        const struct sc_egress *egress, const struct address *address)
{
    for (size_t i = 0; i < egress->host_count; i++) {
        struct address named;
        struct entry entry;

        if (!parse_entry(egress->hosts[i], &entry))
            continue;
        if (strcasecmp(entry.host, "localhost") == 0 && is_loopback(address))
            return true;
        if (parse_address(entry.host, &named) &&
                memcmp(named.bytes, address->bytes, sizeof(named.bytes)) == 0)
            return true;
    }
    return false;
}

static enum sc_code check(const struct sc_egress *egress, const struct address *address,
        struct sc_error *err)
{
    char text[INET6_ADDRSTRLEN];

    if (!is_special(address) || address_is_named(egress, address))
        return SC_OK;
    print_address(address, text);
    return sc_fail(err, SC_DENIED,
            "the name leads to %s, an address that is not on the public internet; "
            "a tool must declare such an address itself",
            text);
}

enum sc_code sc_egress_check_address(const struct sc_egress *egress,
        const struct sockaddr *address, struct sc_error *err)
{
    struct address parsed;

    if (address->sa_family == AF_INET)
        from_v4(&parsed, &((const struct sockaddr_in *)(const void *)address)->sin_addr);
    else if (address->sa_family == AF_INET6)
        from_v6(&parsed,
                &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr);
    else
        return sc_fail(err, SC_DENIED, "the address is not an internet address");
    return check(egress, &parsed, err);
}

enum sc_code sc_egress_check_ip(
        const struct sc_egress *egress, const char *ip, struct sc_error *err)
{
    struct address parsed;

    if (!parse_address(ip, &parsed))
        return sc_fail(err, SC_DENIED, "the address is not an internet address");
    return check(egress, &parsed, err);
}
