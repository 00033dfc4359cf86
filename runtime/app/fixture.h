/* app/fixture.h - a task that failed becomes a test.
 *
 * Purpose:   `task export ID --fixture DIR` writes DIR/task.json (what was asked, and the
 *            recorded replies and results, without the data of people) and DIR/README.md;
 *            `check DIR` runs the task on them with the tools and routines of now.
 * Contract:  nothing outside is called; new files go with the command. The test passes
 *            when the task comes to the state that `expect` names.
 * Thread:    loop.
 * Errors:    SC_INVALID, SC_NOT_FOUND, SC_STORAGE, naming the file.
 */
#pragma once

#include "app/app.h"

int sc_fixture_export(struct sc_app *app, const char *id);

bool sc_fixture_is(const char *folder);

/* NULL when it passes, else why not, on the heap. */
char *sc_fixture_check(struct sc_app *app, const char *folder);
