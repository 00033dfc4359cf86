/* app/model_test.h - supercargo model test.
 *
 * Purpose:   one tiny request that shows whether key, address and name are right: how
 *            long it takes, whether tools work, whether the reply streams, what it costs
 *            and which key paid.
 * Thread:    loop.
 */
#pragma once

#include "app/app.h"

int sc_model_test(struct sc_app *app); /* the command; its exit code */
