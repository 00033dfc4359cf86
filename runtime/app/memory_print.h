/* app/memory_print.h - facts and documents for a reader.
 *
 * Purpose:   what supercargo memory prints without --json; facts that contradict each
 *            other with dates, sources and the command that settles it.
 * Thread:    loop.
 */
#pragma once

#include "codec/json.h"
#include "codec/tz.h"

struct sc_memory_printer {
    struct sc_tz *zone; /* of the dates */
    const char *language;
};

/* A fact or piece: its line, where it comes from, what contradicts it. whole: all of its
 * text, and what it corrected. */
void sc_memory_print_item(
        const struct sc_memory_printer *printer, const struct sc_json *item, bool whole);

/* A document with its pieces. */
void sc_memory_print_document(
        const struct sc_memory_printer *printer, const struct sc_json *document);

/* The facts of an array as contradictions, and how to settle them; nothing when it is
 * empty. */
void sc_memory_print_conflicts(const struct sc_memory_printer *printer,
        const struct sc_json *others, const char *id);

/* What still holds what was forgotten, see memory/memory.h. */
void sc_memory_print_holders(
        const struct sc_memory_printer *printer, const struct sc_json *holders);
