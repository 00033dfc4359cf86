/* worker/wire_error.h - errors in frames: {"code", "message", "retryable"}.
 *
 * Purpose:   both sides write and read them in one way.
 * Thread:    any.
 */
#pragma once

#include "codec/json.h"

/* Appends the members, without the braces, so that others can follow. */
void sc_wire_error_write(struct sc_buf *out, const struct sc_error *err);
void sc_wire_error_read(const struct sc_json *json, struct sc_error *ret_err);
