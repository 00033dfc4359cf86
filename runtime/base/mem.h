/* base/mem.h - allocation that cannot fail, and assertions that stay on.
 *
 * Purpose:   take out-of-memory out of every signature. Small fixed sizes abort;
 *            a size that came from outside is checked against a limit first, or is
 *            asked for with sc_try_realloc.
 * Ownership: free with free().
 * Thread:    any.
 */
#pragma once

#include <stddef.h>

#define sc_new(T)          ((T *)sc_zalloc(sizeof(T)))
#define sc_new_array(T, n) ((T *)sc_zalloc_array((n), sizeof(T)))

/* Zeroed memory, or abort with a message. */
void *sc_zalloc(size_t size);

/* As above for n items; aborts when n * size overflows. */
void *sc_zalloc_array(size_t n, size_t size);

/* Grows or shrinks; aborts on failure. New bytes are not zeroed. */
void *sc_realloc(void *p, size_t size);

/* NULL on failure, p then still valid: for sizes from outside. */
void *sc_try_realloc(void *p, size_t size);

/* Copies; NULL stays NULL. sc_strndup adds the NUL. */
char *sc_strdup(const char *s);
char *sc_strndup(const char *s, size_t len);

/* A formatted string on the heap. */
char *sc_strdupf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* On in every build. The condition must have no side effects. */
#define SC_ASSERT(cond) ((cond) ? (void)0 : sc_assert_failed(#cond, __FILE__, __LINE__))

_Noreturn void sc_assert_failed(const char *cond, const char *file, int line);
