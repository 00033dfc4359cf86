/* app/shapes.h - what a planner gets to see of the files: their shape, never all of them.
 *
 * Thread: loop.
 * Purpose: columns with types and three sample rows of each table among the files.
 */
#pragma once

#include "app/app.h"

/* An object: file name -> shape, or {"error": sentence} for one that is no table. */
struct sc_json *sc_shapes_of_files(struct sc_app *app, const struct sc_json *files);
