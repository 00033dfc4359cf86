#include "base/id.h"

#include <sys/random.h>

#include "base/mem.h"

enum { CHANCE_MAX = 0xfffff, FIRST_CHANCE_MAX = 0x7ffff };

/* 256 bytes: as many as getrandom always gives at once. */
enum { RANDOM_READY = 32 };

void sc_id_next(struct sc_id_source *source, int64_t wall_ms, char ret_id[SC_ID_LEN + 1])
{
    if (wall_ms <= source->wall_ms && source->chance < CHANCE_MAX) {
        source->chance++;
    } else {
        source->wall_ms = wall_ms > source->wall_ms ? wall_ms : source->wall_ms + 1;
        source->chance = (uint32_t)sc_random() & FIRST_CHANCE_MAX;
    }
    sc_id_make(source->wall_ms, source->chance, ret_id);
}

void sc_id_make(int64_t wall_ms, uint32_t chance, char ret_id[SC_ID_LEN + 1])
{
    static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";
    uint64_t bits = ((uint64_t)wall_ms << 20) | (chance & CHANCE_MAX);

    for (int i = SC_ID_LEN - 1; i >= 0; i--, bits >>= 5)
        ret_id[i] = digits[bits & 31];
    ret_id[SC_ID_LEN] = '\0';
}

uint64_t sc_random(void)
{
    static _Thread_local uint64_t ready[RANDOM_READY];
    static _Thread_local size_t left;

    if (!left) {
        ssize_t n = getrandom(ready, sizeof(ready), 0);

        SC_ASSERT(n == (ssize_t)sizeof(ready)); /* as many bytes are never interrupted */
        left = RANDOM_READY;
    }
    return ready[--left];
}
