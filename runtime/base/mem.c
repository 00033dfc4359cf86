#include "base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *sc_zalloc(size_t size)
{
    void *p = calloc(1, size ? size : 1);

    SC_ASSERT(p != NULL);
    return p;
}

void *sc_zalloc_array(size_t n, size_t size)
{
    SC_ASSERT(size == 0 || n <= SIZE_MAX / size);
    return sc_zalloc(n * size);
}

void *sc_try_realloc(void *p, size_t size)
{
    return realloc(p, size ? size : 1);
}

void *sc_realloc(void *p, size_t size)
{
    void *grown = sc_try_realloc(p, size);

    SC_ASSERT(grown != NULL);
    return grown;
}

char *sc_strndup(const char *s, size_t len)
{
    char *copy;

    if (!s)
        return NULL;
    copy = sc_zalloc(len + 1);
    memcpy(copy, s, len);
    return copy;
}

char *sc_strdup(const char *s)
{
    return s ? sc_strndup(s, strlen(s)) : NULL;
}

char *sc_strdupf(const char *fmt, ...)
{
    va_list ap;
    int len;
    char *s;

    va_start(ap, fmt);
    len = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    SC_ASSERT(len >= 0);
    s = sc_zalloc((size_t)len + 1);
    va_start(ap, fmt);
    vsnprintf(s, (size_t)len + 1, fmt, ap);
    va_end(ap);
    return s;
}

void sc_assert_failed(const char *cond, const char *file, int line)
{
    fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, cond);
    abort();
}
