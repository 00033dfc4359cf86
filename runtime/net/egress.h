/* net/egress.h - where a request may go.
 *
 * Purpose:   hold a tool to the hosts that it declares, and keep everybody away from
 *            the machine itself and its private networks.
 * Contract:  hosts are "api.example.com", "*.example.com" (below it, at any depth, not
 *            itself), an IP address, each with ":port" or ":*" (any port); without a
 *            port: 443, and 80 for a loopback host. The scheme must be https; http only
 *            to a host that is loopback by its name or address.
 *            An address that is not public (private, loopback, link-local, carrier,
 *            benchmark, multicast, documentation; IPv4 inside IPv6 counts as IPv4) is
 *            refused, whatever name led to it, unless a host entry is that very address;
 *            "localhost" stands for 127.0.0.1 and ::1.
 *            net/http.h asks about the name before a request and each redirect, and
 *            about the address that is really connected to, also on a connection used
 *            again.
 * Ownership: the caller's; only read.
 * Thread:    any.
 * Errors:    SC_DENIED; SC_INVALID for an entry of wrong form.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/error.h"

struct sc_egress {
    const char *const *hosts;
    size_t host_count;
};

/* Is an entry well-formed? For those who read entries: say so early. */
enum sc_code sc_egress_check_entry(const char *entry, struct sc_error *err)
        __attribute__((warn_unused_result));

/* host: in lower case, addresses in their usual form, IPv6 without brackets. */
enum sc_code sc_egress_check_host(const struct sc_egress *egress, bool https,
        const char *host, uint16_t port, struct sc_error *err)
        __attribute__((warn_unused_result));

enum sc_code sc_egress_check_address(const struct sc_egress *egress,
        const struct sockaddr *address, struct sc_error *err)
        __attribute__((warn_unused_result));

/* As above, for the textual form of an address. */
enum sc_code sc_egress_check_ip(const struct sc_egress *egress, const char *ip,
        struct sc_error *err) __attribute__((warn_unused_result));
