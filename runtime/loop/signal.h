/* loop/signal.h - SIGINT and SIGTERM as a callback on the loop.
 *
 * Purpose:   let the program end in order when it is asked to.
 * Contract:  on_signal runs from the loop, for each signal. The handles do not keep the
 *            loop alive. SIGPIPE is ignored from then on: a peer that hangs up is an
 *            error of that write, not the end of the program.
 * Ownership: sc_signals_free restores the default action of both; the memory goes when
 *            the loop next turns.
 * Thread:    loop.
 * Errors:    SC_INTERNAL.
 */
#pragma once

#include "base/error.h"

struct sc_loop;
struct sc_signals;

typedef void sc_signal_fn(void *arg, int signum);

struct sc_signals *sc_signals_new(
        struct sc_loop *loop, sc_signal_fn *on_signal, void *arg, struct sc_error *err);
void sc_signals_free(struct sc_signals *signals);
