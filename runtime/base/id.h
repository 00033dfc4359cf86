/* base/id.h - names for new things: short, sortable by time, safe to read aloud.
 *
 * Purpose:   task ids. Nine characters of time (to the millisecond) and four of chance,
 *            in Crockford's base 32 in lower case: no i, l, o, u.
 * Thread:    any.
 */
#pragma once

#include <stdint.h>

enum { SC_ID_LEN = 13 };

/* Makes ids that are never the same twice and rise, also within a millisecond and when
 * the clock is set back. Zeroed to begin with. */
struct sc_id_source {
    int64_t wall_ms; /* of the last one */
    uint32_t chance;
};
void sc_id_next(struct sc_id_source *source, int64_t wall_ms, char ret_id[SC_ID_LEN + 1]);

/* Ids made with the same time differ by the random part only: a holder of many
 * (the store) still refuses a second use of one. */
void sc_id_make(int64_t wall_ms, uint32_t chance, char ret_id[SC_ID_LEN + 1]);

/* A random number from the system. */
uint64_t sc_random(void);
