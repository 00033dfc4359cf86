/* builtin/decode.h - the text of a file of unknown encoding.
 *
 * Purpose:   UTF-8, UTF-16, GB18030 (GBK) and Shift_JIS as UTF-8.
 * Contract:  a BOM decides; then valid UTF-8; then whichever of the others ICU finds
 *            likeliest. What is not text (U+0000) is refused. The BOM is dropped.
 * Thread:    any.
 * Errors:    SC_INVALID.
 */
#pragma once

#include "base/buf.h"
#include "base/error.h"

/* *encoding: "auto" or a name; set to the name used. */
enum sc_code sc_decode(const char *data, size_t len, const char **encoding,
        struct sc_buf *out, struct sc_error *err);
