/* app/hostcall.h - what a script wants from outside, handed to the builtins.
 *
 * Purpose:   the handler of worker/pool.h: a host call becomes a builtin operation under
 *            the contract of the tool that asks; an expression may ask for nothing.
 * Thread:    loop.
 */
#pragma once

#include "worker/pool.h"

/* For struct sc_pool_options; arg is the app. */
void sc_app_host_call(void *arg, struct sc_host_call *call);
