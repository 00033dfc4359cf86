/* builtin/place.h - the folders of a task, and nothing else of the disk.
 *
 * Purpose:   turn the name a plan uses into an open file: what the person gave is
 *            readable, what the task wrote is readable, and the output folder alone can
 *            be written.
 * Contract:  below the output folder, and below folders the person gave, every part of
 *            a path is opened by itself without following symbolic links, so that no
 *            name leads out. A written file appears whole or not at all. An input of
 *            the task is never overwritten.
 * Ownership: the caller closes what it gets.
 * Thread:    any.
 * Errors:    SC_DENIED (leads outside), SC_NOT_FOUND, SC_CONFLICT (exists), SC_INVALID
 *            (not a name; too large; not a file), SC_STORAGE (disk).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "tool/tool.h"

/* Opens a file of the task for reading: an ordinary file of at most max_bytes. */
int sc_place_open(const struct sc_tool_context *context, const char *path,
        size_t max_bytes, struct sc_error *err);

/* All of it, on the heap with a NUL behind it; NULL on failure. */
char *sc_place_read(const struct sc_tool_context *context, const char *path,
        size_t max_bytes, size_t *ret_len, struct sc_error *err);

struct sc_place_write {
    const char *path; /* below the output folder */
    const void *data;
    size_t len;
    bool overwrite; /* a file with other content may be replaced */
};

/* Writes a whole file. One that has the same content already is left as it is, so that
 * doing it twice is the same as once. *ret_path: absolute; *ret_name: below the output
 * folder; both on the heap. */
enum sc_code sc_place_write(const struct sc_tool_context *context,
        const struct sc_place_write *write, char **ret_path, char **ret_name,
        struct sc_error *err);

/* Calls each for the task's files, inputs first. */
struct sc_place_file {
    const char *name; /* last part of an input, path below the output folder */
    const char *path; /* to open it with */
    bool input;
    long long bytes;
    long long modified_ms;
};
typedef void sc_place_file_fn(void *arg, const struct sc_place_file *file);

/* False when there were more than the limit of files and some were left out. */
bool sc_place_list(const struct sc_tool_context *context, bool inputs, bool outputs,
        sc_place_file_fn *each, void *arg);
