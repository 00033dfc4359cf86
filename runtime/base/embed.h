/* base/embed.h - files that were compiled into the program.
 *
 * Purpose:   the form of the tables that sc_embed_folder of scripts/cmake makes
 *            out of a folder: `extern const struct sc_embedded <symbol>[];`.
 * Contract:  sorted by name; the last entry has the name NULL. data is followed by a
 *            NUL that len does not count.
 * Ownership: static.
 * Thread:    any.
 */
#pragma once

#include <stddef.h>

struct sc_embedded {
    const char *name; /* path inside the folder */
    const unsigned char *data;
    size_t len;
};
