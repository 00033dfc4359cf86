/* model/address.h - where requests to a model go.
 *
 * Purpose:   people give addresses in many forms: a host alone, with a version, with the
 *            path of a format behind it. One base comes of all.
 * Ownership: what is returned is the caller's.
 * Thread:    any.
 * Errors:    SC_INVALID: no address, or one that holds a user name or a password.
 */
#pragma once

#include "model/format.h"

/* The part that the path of a format is put behind: without it and without slashes at the
 * end, with "/v1" when the address is a host alone. */
char *sc_address_base(
        const char *url, const struct sc_format *format, struct sc_error *err);

/* The base with the format's path. */
char *sc_address_of(
        const char *base, const struct sc_format *format, const char *model, bool stream);

/* The host in an address, without its port. */
char *sc_address_host(const char *base);

bool sc_address_is_plain(const char *url); /* http, not https */
bool sc_address_is_this_machine(const char *host);
