/* base/utf8.h - is it UTF-8?
 *
 * Purpose:   check text from outside once, at the door (no overlong forms, no
 *            surrogates, nothing above U+10FFFF).
 * Thread:    any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Length of the longest valid prefix; equal to len when all is well. */
size_t sc_utf8_valid(const char *text, size_t len);

/* Writes a code point (valid, not a surrogate); returns 1 to 4. */
size_t sc_utf8_put(uint32_t code, char ret_text[4]);

/* Reads one code point at text (len > 0) and stores its length; 0xfffd, length 1 for
 * bytes that are not UTF-8. */
uint32_t sc_utf8_get(const char *text, size_t len, size_t *ret_len);

/* The largest n <= max at which text can be cut without splitting a character. */
size_t sc_utf8_cut(const char *text, size_t len, size_t max);
