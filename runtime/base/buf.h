/* base/buf.h - a growing run of bytes.
 *
 * Purpose:   build text and binary messages without counting.
 * Contract:  data is always followed by a NUL that len does not count, so that a buf
 *            of text is a C string. An empty buf may have data == NULL until something
 *            is added; sc_buf_text gives "" then.
 * Ownership: the buf owns data; sc_buf_detach hands it out (free with free()).
 * Thread:    that of the owner.
 * Errors:    growing aborts on out-of-memory, so bound what comes from outside first.
 */
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <string.h>

struct sc_buf {
    char *data;
    size_t len;
    size_t cap;
};

void sc_buf_init(struct sc_buf *buf);
void sc_buf_release(struct sc_buf *buf);

/* Room for len more bytes; returns where they start. Then raise len oneself. */
char *sc_buf_reserve(struct sc_buf *buf, size_t len);

/* These three are most of the work of writing JSON: in place while there is room. */
static inline void sc_buf_add(struct sc_buf *buf, const void *data, size_t len)
{
    char *at =
            buf->len + len < buf->cap ? buf->data + buf->len : sc_buf_reserve(buf, len);

    if (len)
        memcpy(at, data, len);
    buf->len += len;
    at[len] = '\0';
}

static inline void sc_buf_adds(struct sc_buf *buf, const char *s)
{
    sc_buf_add(buf, s, strlen(s));
}

static inline void sc_buf_addc(struct sc_buf *buf, char c)
{
    sc_buf_add(buf, &c, 1);
}

void sc_buf_addf(struct sc_buf *buf, const char *fmt, ...)
        __attribute__((format(printf, 2, 3)));
void sc_buf_vaddf(struct sc_buf *buf, const char *fmt, va_list ap)
        __attribute__((format(printf, 2, 0)));

/* Drops the first n bytes (n <= len). */
void sc_buf_drop(struct sc_buf *buf, size_t n);

/* Empties, keeps the memory. */
void sc_buf_clear(struct sc_buf *buf);

/* Never NULL. */
const char *sc_buf_text(const struct sc_buf *buf);

/* Gives back the room behind the text: for what is kept for long. */
void sc_buf_fit(struct sc_buf *buf);

/* Hands out the text (never NULL) and leaves the buf empty. */
char *sc_buf_detach(struct sc_buf *buf);
