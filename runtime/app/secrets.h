/* app/secrets.h - keys at rest: encrypted, by name.
 *
 * Purpose:   keep what configuration and tools name but must never hold. One file a
 *            secret in DATA/secrets/, sealed by libsodium's secretbox with the key file
 *            DATA/secrets/.key (mode 0600, made when first needed).
 * Contract:  names are [a-z][a-z0-9_-]*, at most 64; values at most 64 KiB, without NUL.
 *            A value is in memory only between get and release.
 * Ownership: a value is freed with sc_secret_release, which zeroes it first.
 * Thread:    loop.
 * Errors:    SC_NOT_FOUND, SC_INVALID (name, value), SC_DENIED (the key does not fit),
 *            SC_STORAGE.
 */
#pragma once

#include "base/error.h"
#include "codec/json.h"

enum sc_code sc_secret_set(const char *data_folder, const char *name, const char *value,
        struct sc_error *err);

/* NULL on failure. */
char *sc_secret_get(const char *data_folder, const char *name, struct sc_error *err);
void sc_secret_release(char *value);

enum sc_code sc_secret_remove(
        const char *data_folder, const char *name, struct sc_error *err);

/* The names that exist. */
struct sc_json *sc_secret_names(const char *data_folder);
