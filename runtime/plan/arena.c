#include "plan/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { BLOCK_SIZE = 4096 - 64, ALIGN = 16 };

struct sc_arena_block {
    struct sc_arena_block *older;
    size_t size;
    _Alignas(16) char bytes[];
};

void sc_arena_release(struct sc_arena *arena)
{
    while (arena->block) {
        struct sc_arena_block *older = arena->block->older;

        free(arena->block);
        arena->block = older;
    }
    arena->used = 0;
}

void *sc_arena_alloc(struct sc_arena *arena, size_t size)
{
    size_t need = (size + ALIGN - 1) / ALIGN * ALIGN;
    void *piece;

    SC_ASSERT(size < SIZE_MAX / 2);
    if (!arena->block || arena->block->size - arena->used < need) {
        size_t room = need > BLOCK_SIZE ? need : BLOCK_SIZE;
        struct sc_arena_block *block = sc_zalloc(sizeof(*block) + room);

        block->older = arena->block;
        block->size = room;
        arena->block = block;
        arena->used = 0;
    }
    piece = arena->block->bytes + arena->used;
    arena->used += need;
    return piece;
}

void *sc_arena_array(struct sc_arena *arena, size_t n, size_t size)
{
    SC_ASSERT(size == 0 || n <= SIZE_MAX / 2 / size);
    return sc_arena_alloc(arena, n * size);
}

char *sc_arena_text(struct sc_arena *arena, const char *text, size_t len)
{
    char *copy = sc_arena_alloc(arena, len + 1);

    memcpy(copy, text, len);
    return copy;
}

char *sc_arena_printf(struct sc_arena *arena, const char *fmt, ...)
{
    va_list ap;
    char *text;
    int len;

    va_start(ap, fmt);
    len = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    SC_ASSERT(len >= 0);
    text = sc_arena_alloc(arena, (size_t)len + 1);
    va_start(ap, fmt);
    vsnprintf(text, (size_t)len + 1, fmt, ap);
    va_end(ap);
    return text;
}
