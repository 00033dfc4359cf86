/* loop/file.h - whole files: read with a limit, replaced in one piece.
 *
 * Purpose:   configuration, definitions, answers to be written for a person.
 * Contract:  these block: while the loop serves, call them inside sc_work_start.
 *            Only regular files are read. A write is seen by others completely or not at
 *            all, also after a power cut: temporary file beside it, fsync, rename,
 *            fsync of the folder.
 * Ownership: the buf read into is the caller's; it is untouched on failure.
 * Thread:    any.
 * Errors:    SC_NOT_FOUND, SC_DENIED (no permission), SC_INVALID (not a file, over the
 *            limit), SC_STORAGE (the rest; detail is the errno).
 */
#pragma once

#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"

/* Appends the file to ret_text, at most limit bytes. */
enum sc_code sc_file_read(const char *path, size_t limit, struct sc_buf *ret_text,
        struct sc_error *err) __attribute__((warn_unused_result));

/* mode as for open: 0644, or 0600 for what others must not read. */
enum sc_code sc_file_write(const char *path, const void *data, size_t len, int mode,
        struct sc_error *err) __attribute__((warn_unused_result));
