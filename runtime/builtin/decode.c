#include "builtin/decode.h"

#include <stdlib.h>
#include <string.h>

#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>

#include "base/mem.h"
#include "base/utf8.h"

/* The names that callers know, and those of ICU. */
static const char *const known[][2] = {
    { "utf-8", "UTF-8" },
    { "gb18030", "GB18030" },
    { "shift_jis", "Shift_JIS" },
    { "utf-16", "UTF-16" },
};

static bool begins(const char *data, size_t len, const char *bytes, size_t n)
{
    return len >= n && memcmp(data, bytes, n) == 0;
}

/* Of what is neither marked nor UTF-8: the likeliest of those known. */
static const char *guess(const char *data, size_t len)
{
    UErrorCode why = U_ZERO_ERROR;
    UCharsetDetector *detector = ucsdet_open(&why);
    int32_t count = 0;
    const UCharsetMatch **matches;
    const char *found = "gb18030";

    ucsdet_setText(detector, data, (int32_t)(len < 65536 ? len : 65536), &why);
    matches = ucsdet_detectAll(detector, &count, &why);
    for (int32_t i = count - 1; i >= 0 && U_SUCCESS(why); i--) {
        const char *name = ucsdet_getName(matches[i], &why);

        for (size_t k = 1; k < sizeof(known) / sizeof(*known); k++) {
            if (name && strcmp(name, known[k][1]) == 0)
                found = known[k][0];
        }
    }
    ucsdet_close(detector);
    return found;
}

static const char *find_out(const char *data, size_t len)
{
    if (begins(data, len, "\xff\xfe", 2) || begins(data, len, "\xfe\xff", 2))
        return "utf-16";
    return sc_utf8_valid(data, len) == len ? "utf-8" : guess(data, len);
}

static const char *icu_name(const char *encoding)
{
    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
        if (strcmp(known[i][0], encoding) == 0)
            return known[i][1];
    }
    return encoding;
}

/* Three bytes of UTF-8 for one of these encodings are the worst that can come. */
static enum sc_code convert(const char *data, size_t len, const char *encoding,
        struct sc_buf *out, struct sc_error *err)
{
    UErrorCode why = U_ZERO_ERROR;
    UConverter *from = ucnv_open(icu_name(encoding), &why);
    UConverter *to = ucnv_open("UTF-8", &why);
    char *target = sc_buf_reserve(out, len * 3 + 16), *at = target;
    const char *source = data;

    if (U_SUCCESS(why))
        ucnv_setToUCallBack(from, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &why);
    if (U_SUCCESS(why))
        ucnv_convertEx(to, from, &at, target + len * 3 + 16, &source, data + len, NULL,
                NULL, NULL, NULL, 1, 1, &why);
    ucnv_close(from);
    ucnv_close(to);
    if (U_FAILURE(why))
        return sc_fail(err, SC_INVALID, "the file is not %s text (byte %zu)", encoding,
                (size_t)(source - data));
    out->len += (size_t)(at - target);
    return SC_OK;
}

enum sc_code sc_decode(const char *data, size_t len, const char **encoding,
        struct sc_buf *out, struct sc_error *err)
{
    const char *name = strcmp(*encoding, "auto") == 0 ? find_out(data, len) : *encoding;
    enum sc_code code = SC_OK;

    if (strcmp(name, "utf-8") != 0)
        code = convert(data, len, name, out, err);
    else if (sc_utf8_valid(data, len) != len)
        code = sc_fail(err, SC_INVALID, "the file is not utf-8 text (byte %zu)",
                sc_utf8_valid(data, len));
    else
        sc_buf_add(out, data, len);
    if (code != SC_OK)
        return code;
    if (out->len && memchr(out->data, '\0', out->len))
        return sc_fail(err, SC_INVALID, "the file is not text");
    if (begins(sc_buf_text(out), out->len, "\xef\xbb\xbf", 3))
        sc_buf_drop(out, 3);
    *encoding = name;
    return SC_OK;
}
