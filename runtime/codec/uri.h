/* codec/uri.h - resolving one URI against another (RFC 3986, part 5).
 *
 * Purpose:   $ref and $id of schemas; links of documents.
 * Contract:  text in, text out; nothing is decoded or fetched. A base may be "".
 * Ownership: the caller frees what is returned.
 * Thread:    any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Never NULL. The reference's fragment is kept. */
char *sc_uri_resolve(const char *base, const char *reference);

/* Does it begin with a scheme ("https:", "urn:")? */
bool sc_uri_is_absolute(const char *uri);
