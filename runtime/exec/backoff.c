#include "exec/backoff.h"

int64_t sc_backoff_ms(int64_t wait_ms, int64_t max_wait_ms, int attempt,
        int64_t retry_after_ms, uint64_t chance)
{
    int64_t wait = wait_ms > 0 ? wait_ms : 0;

    for (int i = 1; i < attempt && wait < max_wait_ms; i++)
        wait *= 2;
    if (max_wait_ms > 0 && wait > max_wait_ms)
        wait = max_wait_ms;
    wait -= (int64_t)(chance % (uint64_t)(wait / 2 + 1));
    return wait > retry_after_ms ? wait : retry_after_ms;
}
