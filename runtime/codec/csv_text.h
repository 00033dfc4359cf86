/* codec/csv_text.h - from bytes of some encoding to UTF-8; for the csv*.c files only.
 *
 * Purpose:   guess the encoding of a sample, decode a stream piece by piece.
 * Contract:  a decoder is strict: bytes that the encoding does not have are an error, not
 *            a question mark.
 * Ownership: sc_csv_decoder_new / _free.
 * Thread:    that of the owner.
 * Errors:    SC_INVALID.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"

struct sc_csv_decoder;

/* The encoding of a sample that is not plain ASCII. at_start: a BOM may be there, and
 * units of two bytes are told by their zeros. whole: the sample is all there is. Never
 * NULL. */
struct sc_csv_sample {
    const char *data;
    size_t len;
    bool at_start, whole;
};
const char *sc_csv_guess_encoding(const struct sc_csv_sample *sample);

/* The separator that splits the first lines of the text most evenly. */
char sc_csv_guess_separator(const char *text, size_t len);

struct sc_csv_decoder *sc_csv_decoder_new(const char *encoding, struct sc_error *err);
void sc_csv_decoder_free(struct sc_csv_decoder *decoder);
const char *sc_csv_decoder_name(const struct sc_csv_decoder *decoder);

/* Adds what data (and what was kept of before) means; end: nothing follows. */
enum sc_code sc_csv_decode(struct sc_csv_decoder *decoder, const char *data, size_t len,
        bool end, struct sc_buf *out, struct sc_error *err);
