/* fakes/bounded.h - run a loop, but not for ever.
 *
 * Purpose:   a test that waits for something that never comes must fail, not hang.
 * Contract:  true when *flag became true before limit_ms; false when the loop has
 *            nothing more to do, or the limit passed.
 * Thread:    loop.
 */
#pragma once

#include <stdbool.h>
#include <uv.h>

struct bounded_timer {
    uv_timer_t timer;
    bool fired;
};

static inline void bounded_on_limit(uv_timer_t *timer)
{
    ((struct bounded_timer *)timer->data)->fired = true;
}

static inline void bounded_on_closed(uv_handle_t *handle)
{
    handle->data = NULL;
}

static inline bool bounded_run(uv_loop_t *uv, const bool *flag, uint64_t limit_ms)
{
    struct bounded_timer limit = { .fired = false };
    bool alive = true;

    uv_timer_init(uv, &limit.timer);
    limit.timer.data = &limit;
    uv_timer_start(&limit.timer, bounded_on_limit, limit_ms, 0);
    uv_unref((uv_handle_t *)&limit.timer);
    while (!*flag && !limit.fired && alive)
        alive = uv_run(uv, UV_RUN_ONCE) != 0;
    uv_close((uv_handle_t *)&limit.timer, bounded_on_closed);
    while (limit.timer.data)
        uv_run(uv, UV_RUN_NOWAIT);
    return *flag;
}
