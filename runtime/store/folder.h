/* store/folder.h - the data folder and who owns it.
 *
 * Purpose:   make the folder; let one process at a time write in it.
 * Contract:  the lock is the kernel's: it ends with the process, however that ends, so
 *            that no stale lock is ever in the way.
 * Ownership: the taker releases.
 * Thread:    any.
 * Errors:    SC_CONFLICT names the process that has the folder; SC_STORAGE.
 */
#pragma once

#include "base/error.h"

struct sc_folder;

/* Makes the folder and those above it (mode 0700) and locks it. */
struct sc_folder *sc_folder_take(const char *path, struct sc_error *err);
void sc_folder_release(struct sc_folder *folder);
