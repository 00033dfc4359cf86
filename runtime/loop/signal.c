#include "loop/signal.h"

#include <signal.h>
#include <stdlib.h>

#include "base/list.h"
#include "base/mem.h"
#include "loop/loop.h"

enum { SIGNALS = 2 };
static const int caught[SIGNALS] = { SIGINT, SIGTERM };

struct sc_signals {
    uv_signal_t handles[SIGNALS];
    int open;
    sc_signal_fn *on_signal;
    void *arg;
};

static void on_uv_signal(uv_signal_t *handle, int signum)
{
    struct sc_signals *signals = handle->data;

    signals->on_signal(signals->arg, signum);
}

static void on_closed(uv_handle_t *handle)
{
    struct sc_signals *signals = handle->data;

    if (--signals->open == 0)
        free(signals);
}

struct sc_signals *sc_signals_new(
        struct sc_loop *loop, sc_signal_fn *on_signal, void *arg, struct sc_error *err)
{
    struct sc_signals *signals = sc_new(struct sc_signals);
    int r = 0;

    signals->on_signal = on_signal;
    signals->arg = arg;
    for (int i = 0; i < SIGNALS && r == 0; i++) {
        uv_signal_t *handle = &signals->handles[i];

        r = uv_signal_init(sc_loop_uv(loop), handle);
        if (r < 0)
            break;
        handle->data = signals;
        signals->open++;
        uv_unref((uv_handle_t *)handle);
        r = uv_signal_start(handle, on_uv_signal, caught[i]);
    }
    if (r == 0) {
        signal(SIGPIPE, SIG_IGN);
        return signals;
    }
    sc_fail(err, SC_INTERNAL, "signals could not be caught: %s", uv_strerror(r));
    sc_signals_free(signals);
    return NULL;
}

void sc_signals_free(struct sc_signals *signals)
{
    int open;

    if (!signals)
        return;
    open = signals->open;
    if (open == 0)
        free(signals);
    for (int i = 0; i < open; i++)
        uv_close((uv_handle_t *)&signals->handles[i], on_closed);
}
