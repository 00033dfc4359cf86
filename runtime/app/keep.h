/* app/keep.h - how long tasks are kept.
 *
 * Purpose:   `task prune`, and `keep = { tasks = "90 days", size = "2 GB", failed = true
 *            }` of supercargo.lua, which a run applies beside its work in small slices.
 * Thread:    loop.
 * Errors:    SC_INVALID, naming option or field.
 */
#pragma once

#include "app/app.h"

int sc_keep_prune(struct sc_app *app);

/* Begins when supercargo.lua says so; ends with the app. */
enum sc_code sc_keep_start(struct sc_app *app, struct sc_error *err);
