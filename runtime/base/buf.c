#include "base/buf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { FIRST_CAP = 128 };

void sc_buf_init(struct sc_buf *buf)
{
    *buf = (struct sc_buf){ 0 };
}

void sc_buf_release(struct sc_buf *buf)
{
    free(buf->data);
    sc_buf_init(buf);
}

char *sc_buf_reserve(struct sc_buf *buf, size_t len)
{
    size_t need, cap = buf->cap ? buf->cap : FIRST_CAP;

    SC_ASSERT(len < SIZE_MAX / 4 - buf->len);
    need = buf->len + len + 1;
    if (need > buf->cap) {
        while (cap < need)
            cap *= 2;
        buf->data = sc_realloc(buf->data, cap);
        buf->cap = cap;
    }
    buf->data[need - 1] = '\0';
    return buf->data + buf->len;
}

void sc_buf_vaddf(struct sc_buf *buf, const char *fmt, va_list ap)
{
    va_list again;
    int len;

    va_copy(again, ap);
    len = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    SC_ASSERT(len >= 0);
    sc_buf_reserve(buf, (size_t)len);
    vsnprintf(buf->data + buf->len, (size_t)len + 1, fmt, ap);
    buf->len += (size_t)len;
}

void sc_buf_addf(struct sc_buf *buf, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    sc_buf_vaddf(buf, fmt, ap);
    va_end(ap);
}

void sc_buf_drop(struct sc_buf *buf, size_t n)
{
    SC_ASSERT(n <= buf->len);
    if (n == 0)
        return;
    memmove(buf->data, buf->data + n, buf->len - n + 1);
    buf->len -= n;
}

void sc_buf_clear(struct sc_buf *buf)
{
    buf->len = 0;
    if (buf->data)
        buf->data[0] = '\0';
}

const char *sc_buf_text(const struct sc_buf *buf)
{
    return buf->data ? buf->data : "";
}

void sc_buf_fit(struct sc_buf *buf)
{
    if (!buf->data || buf->cap == buf->len + 1)
        return;
    buf->data = sc_realloc(buf->data, buf->len + 1);
    buf->cap = buf->len + 1;
}

char *sc_buf_detach(struct sc_buf *buf)
{
    char *text;

    sc_buf_reserve(buf, 0);
    text = buf->data;
    sc_buf_init(buf);
    return text;
}
