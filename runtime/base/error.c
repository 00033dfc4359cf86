#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *word;
    bool retryable;
} code_row[] = {
#define X(name, word, retry) [SC_##name] = { word, retry },
    SC_ERROR_CODES(X)
#undef X
};

enum sc_code sc_fail(struct sc_error *err, enum sc_code code, const char *fmt, ...)
{
    va_list ap;

    if (!err)
        return code;
    *err = (struct sc_error){ .code = code, .retryable = code_row[code].retryable };
    va_start(ap, fmt);
    vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
    va_end(ap);
    return code;
}

enum sc_code sc_wrap(struct sc_error *err, const char *fmt, ...)
{
    char old[sizeof(err->msg)];
    va_list ap;
    size_t n;

    memcpy(old, err->msg, sizeof(old));
    va_start(ap, fmt);
    vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
    va_end(ap);
    n = strlen(err->msg);
    if (n + 3 < sizeof(err->msg))
        snprintf(err->msg + n, sizeof(err->msg) - n, ": %.*s",
                (int)(sizeof(err->msg) - n - 3), old);
    return err->code;
}

const char *sc_code_word(enum sc_code code)
{
    return code_row[code].word;
}

enum sc_code sc_code_of_word(const char *word)
{
    for (size_t i = 0; i < sizeof(code_row) / sizeof(*code_row); i++)
        if (strcmp(code_row[i].word, word) == 0)
            return (enum sc_code)i;
    return SC_INTERNAL;
}
