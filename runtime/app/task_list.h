/* app/task_list.h - supercargo task list.
 *
 * Purpose:   the tasks that the options ask for, a page of them; words of their states.
 * Thread:    loop.
 */
#pragma once

#include "app/app.h"

int sc_task_list_print(struct sc_app *app);

/* "dry_run" -> "試行" */
const char *sc_task_state_say(enum sc_task_state state, const char *language);
