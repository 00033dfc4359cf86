#include "base/utf8.h"

#include <string.h>

static bool is_tail(unsigned char c)
{
    return (c & 0xc0) == 0x80;
}

/* Length of the sequence that starts with c, 0 if none does. */
static size_t length_of(unsigned char c)
{
    if (c < 0x80)
        return 1;
    if (c >= 0xc2 && c <= 0xdf)
        return 2;
    if (c >= 0xe0 && c <= 0xef)
        return 3;
    return c >= 0xf0 && c <= 0xf4 ? 4 : 0;
}

uint32_t sc_utf8_get(const char *text, size_t len, size_t *ret_len)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    size_t need = length_of((unsigned char)text[0]);
    uint32_t code;

    *ret_len = 1;
    if (need == 1)
        return (unsigned char)text[0];
    if (need == 0 || need > len)
        return 0xfffd;
    code = (unsigned char)text[0] & (0x7fu >> need);
    for (size_t i = 1; i < need; i++) {
        if (!is_tail((unsigned char)text[i]))
            return 0xfffd;
        code = (code << 6) | ((unsigned char)text[i] & 0x3fu);
    }
    if (code < least[need] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        return 0xfffd;
    *ret_len = need;
    return code;
}

/* Past ASCII, eight bytes at a time. */
static size_t skip_ascii(const char *text, size_t at, size_t len)
{
    uint64_t word;

    for (; at + sizeof(word) <= len; at += sizeof(word)) {
        memcpy(&word, text + at, sizeof(word));
        if (word & UINT64_C(0x8080808080808080))
            break;
    }
    while (at < len && (unsigned char)text[at] < 0x80)
        at++;
    return at;
}

size_t sc_utf8_valid(const char *text, size_t len)
{
    size_t at = 0, n;

    while ((at = skip_ascii(text, at, len)) < len) {
        sc_utf8_get(text + at, len - at, &n);
        if (n == 1)
            return at;
        at += n;
    }
    return len;
}

size_t sc_utf8_put(uint32_t code, char ret_text[4])
{
    if (code < 0x80) {
        ret_text[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        ret_text[0] = (char)(0xc0 | (code >> 6));
        ret_text[1] = (char)(0x80 | (code & 0x3f));
        return 2;
    }
    if (code < 0x10000) {
        ret_text[0] = (char)(0xe0 | (code >> 12));
        ret_text[1] = (char)(0x80 | ((code >> 6) & 0x3f));
        ret_text[2] = (char)(0x80 | (code & 0x3f));
        return 3;
    }
    ret_text[0] = (char)(0xf0 | (code >> 18));
    ret_text[1] = (char)(0x80 | ((code >> 12) & 0x3f));
    ret_text[2] = (char)(0x80 | ((code >> 6) & 0x3f));
    ret_text[3] = (char)(0x80 | (code & 0x3f));
    return 4;
}

size_t sc_utf8_cut(const char *text, size_t len, size_t max)
{
    size_t n = len < max ? len : max;

    if (n == len)
        return n;
    while (n > 0 && is_tail((unsigned char)text[n]))
        n--;
    return n;
}
