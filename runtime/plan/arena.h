/* plan/arena.h - memory that is given back all at once.
 *
 * Purpose:   trees of small nodes (expressions, types, steps) without owners of parts.
 * Contract:  pieces are zeroed and aligned for any object. Zeroed is empty.
 * Ownership: the arena owns every piece until sc_arena_release.
 * Thread:    that of the owner.
 * Errors:    aborts on out-of-memory, so bound what comes from outside first.
 */
#pragma once

#include <stddef.h>

struct sc_arena_block;

struct sc_arena {
    struct sc_arena_block *block; /* the newest; older ones behind it */
    size_t used;                  /* of the newest */
};

void sc_arena_release(struct sc_arena *arena);
void *sc_arena_alloc(struct sc_arena *arena, size_t size);
void *sc_arena_array(struct sc_arena *arena, size_t n, size_t size);
char *sc_arena_text(struct sc_arena *arena, const char *text, size_t len);
char *sc_arena_printf(struct sc_arena *arena, const char *fmt, ...)
        __attribute__((format(printf, 2, 3)));

#define sc_arena_new(arena, T) ((T *)sc_arena_alloc((arena), sizeof(T)))
