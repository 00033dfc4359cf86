/* app/load.h - reads configuration, tools, agents and routines.
 *
 * Purpose:   every Lua file is read in a worker; here the folders are walked, and what
 *            came back is put in its place. A file that cannot be read is a sentence in
 *            the list of problems, and the good ones beside it stay.
 * Thread:    loop.
 * Errors:    SC_UNAVAILABLE when no worker can be started.
 */
#pragma once

#include "app/app.h"

/* Fills app->config, registry, catalog and problems from the home folder and the
 * configuration folder. */
enum sc_code sc_load_all(struct sc_app *app, struct sc_error *err);

/* Only what lies below one path (a tool's or agent's folder, or a folder of them). */
enum sc_code sc_load_path(struct sc_app *app, const char *path, struct sc_error *err);
