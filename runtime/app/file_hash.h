/* app/file_hash.h - is a file still what it was?
 *
 * Purpose:   size and SHA-256 of a file, for records and for looking later.
 * Ownership: the caller frees.
 * Thread:    loop.
 */
#pragma once

#include "codec/json.h"

/* {path, bytes, hash}: no hash above 64 MiB, which would keep a person waiting; no bytes
 * when there is no such file. */
struct sc_json *sc_file_hash(const char *path);
