/* app/origin.h - where a task comes from, for those who ask later.
 *
 * Purpose:   {by, via, program, agent, route: {by, routine?, version?, score?,
 *            nearest?}, files: [{path, bytes, hash}]}: the part of `supercargo why` that
 *            is known only when the task is asked for.
 * Ownership: the caller frees.
 * Thread:    loop.
 */
#pragma once

#include "app/request.h"

/* score: of the routine that came nearest, 0 to 1; negative when no words were
 * compared. */
struct sc_json *sc_origin_of(
        const struct sc_app *app, const struct sc_request *request, double score);
