/* builtin/place_walk.h - steps into folders that cannot be led astray.
 *
 * Purpose:   the parts of place.c that touch the disk.
 * Contract:  no symbolic link below the start is followed, no part is "." or "..".
 * Thread:    any.
 */
#pragma once

#include <stdbool.h>

#include "base/error.h"

/* May the text be a path below a folder: parts that are names, no "..", not absolute? */
enum sc_code sc_walk_check(const char *path, struct sc_error *err);

/* Opens the folder that holds the last part of path, from the folder at fd; makes folders
 * on the way when asked. *ret_last points into path. -1 on failure. */
int sc_walk_parent(int folder, const char *path, bool make, const char **ret_last,
        struct sc_error *err);

/* Opens a file below the folder at fd for reading. -1 on failure. */
int sc_walk_open(int folder, const char *path, struct sc_error *err);

/* What errno means for a file of that name. */
enum sc_code sc_walk_failed(struct sc_error *err, const char *name);
