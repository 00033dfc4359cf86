/* app/hostcall.h - what a script wants from outside, handed to the builtins.
 *
 * Purpose:   the handler of worker/pool.h: a host call becomes a builtin operation under
 *            the contract of the tool that asks, or a line of the log. An expression may
 *            ask for nothing, a script for few: files, models and memory are for tools
 *            that say so themselves.
 * Thread:    loop.
 */
#pragma once

#include "worker/pool.h"

/* Is the operation one for scripts? */
bool sc_app_may_be_asked(const char *name);

/* For struct sc_pool_options; arg is the app. */
void sc_app_host_call(void *arg, struct sc_host_call *call);
