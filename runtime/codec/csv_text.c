#include "codec/csv_text.h"

#include <stdlib.h>
#include <string.h>

#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>
#include <unicode/utf16.h>

#include "base/mem.h"
#include "base/utf8.h"

enum { PIECE = 4096, TAIL = 4, LINES_LOOKED_AT = 20 };

struct sc_csv_decoder {
    char *name;
    UConverter *converter; /* NULL: UTF-8, which is only checked */
    char tail[TAIL];       /* of UTF-8: a character that is not whole yet */
    size_t tail_len;
    bool started; /* a BOM has been skipped, or there was none */
};

/* --- guessing the encoding --- */

struct pairs {
    size_t common, all;
};

static double share(const struct pairs *pairs)
{
    return pairs->all ? (double)pairs->common / (double)pairs->all : 0;
}

static bool between(unsigned char c, int least, int most)
{
    return c >= least && c <= most;
}

/* GB2312 writes its 3,755 everyday characters as B0-D7 A1-FE, and its punctuation and
 * full-width letters as A1-A3 A1-FE. Of all pairs, how many are of these? */
static struct pairs count_gb(const unsigned char *p, size_t len)
{
    struct pairs pairs = { 0, 0 };

    for (size_t i = 0; i + 1 < len; i++) {
        if (p[i] < 0x80)
            continue;
        pairs.all++;
        pairs.common += (between(p[i], 0xb0, 0xd7) || between(p[i], 0xa1, 0xa3)) &&
                        p[i + 1] >= 0xa1;
        i++;
    }
    return pairs;
}

/* Shift_JIS writes punctuation, letters and kana as 81-83, everyday kanji as 88-97. */
static struct pairs count_sjis(const unsigned char *p, size_t len)
{
    struct pairs pairs = { 0, 0 };

    for (size_t i = 0; i + 1 < len; i++) {
        if (p[i] < 0x80)
            continue;
        pairs.all++;
        if (between(p[i], 0xa1, 0xdf))
            continue; /* half-width kana: one byte, and rare in files */
        pairs.common += (between(p[i], 0x81, 0x83) || between(p[i], 0x88, 0x97)) &&
                        p[i + 1] >= 0x40;
        i++;
    }
    return pairs;
}

static bool decodes(const char *encoding, const struct sc_csv_sample *sample)
{
    struct sc_csv_decoder *decoder = sc_csv_decoder_new(encoding, NULL);
    struct sc_buf out;
    bool good;

    if (!decoder)
        return false;
    sc_buf_init(&out);
    good = sc_csv_decode(decoder, sample->data, sample->len, sample->whole, &out, NULL) ==
           SC_OK;
    sc_buf_release(&out);
    sc_csv_decoder_free(decoder);
    return good;
}

/* The first of ICU's guesses that decodes the sample. Latin-1 is windows-1252 in truth.
 */
static const char *ask_icu(const struct sc_csv_sample *sample)
{
    static const char *const known[] = { "GB18030", "Shift_JIS", "Big5", "EUC-JP",
        "EUC-KR", "windows-1250", "windows-1251", "windows-1253", "windows-1254",
        "windows-1256", "KOI8-R", "ISO-8859-2", "ISO-8859-5" };
    const char *found = NULL;
    UErrorCode status = U_ZERO_ERROR;
    UCharsetDetector *detector = ucsdet_open(&status);
    const UCharsetMatch **matches = NULL;
    int32_t count = 0;

    ucsdet_setText(detector, sample->data, (int32_t)sample->len, &status);
    matches = ucsdet_detectAll(detector, &count, &status);
    for (int32_t i = 0; U_SUCCESS(status) && i < count && !found; i++) {
        const char *name = ucsdet_getName(matches[i], &status);

        if (name && strcmp(name, "ISO-8859-1") == 0)
            found = "windows-1252";
        for (size_t k = 0; name && !found && k < sizeof(known) / sizeof(known[0]); k++) {
            if (strcmp(known[k], name) == 0 && decodes(name, sample))
                found = known[k];
        }
    }
    ucsdet_close(detector);
    return found ? found : "windows-1252";
}

/* Text in ASCII letters as UTF-16 has a zero in every other byte. */
static const char *guess_wide(const struct sc_csv_sample *sample)
{
    size_t even = 0, odd = 0;

    for (size_t i = 0; i + 1 < sample->len; i += 2) {
        even += sample->data[i] == '\0';
        odd += sample->data[i + 1] == '\0';
    }
    if (odd > sample->len / 8 && odd > even * 4)
        return "UTF-16LE";
    return even > sample->len / 8 && even > odd * 4 ? "UTF-16BE" : NULL;
}

static const char *guess_by_bom(const struct sc_csv_sample *sample)
{
    if (sample->len >= 3 && memcmp(sample->data, "\xef\xbb\xbf", 3) == 0)
        return "UTF-8";
    if (sample->len >= 2 && memcmp(sample->data, "\xff\xfe", 2) == 0)
        return "UTF-16LE";
    if (sample->len >= 2 && memcmp(sample->data, "\xfe\xff", 2) == 0)
        return "UTF-16BE";
    return guess_wide(sample);
}

const char *sc_csv_guess_encoding(const struct sc_csv_sample *sample)
{
    const unsigned char *bytes = (const unsigned char *)sample->data;
    const char *by_bom = sample->at_start ? guess_by_bom(sample) : NULL;
    size_t valid = sc_utf8_valid(sample->data, sample->len);
    struct pairs gb, sjis;
    double best;

    if (by_bom)
        return by_bom;
    if (valid == sample->len || (!sample->whole && sample->len - valid < TAIL))
        return "UTF-8";
    gb = count_gb(bytes, sample->len);
    sjis = count_sjis(bytes, sample->len);
    best = share(&gb) > share(&sjis) ? share(&gb) : share(&sjis);
    if (best >= 0.6 && share(&gb) >= share(&sjis) && decodes("GB18030", sample))
        return "GB18030";
    if (best >= 0.6 && share(&sjis) > share(&gb) && decodes("Shift_JIS", sample))
        return "Shift_JIS";
    return ask_icu(sample);
}

/* --- guessing the separator --- */

/* How often the separator stands outside quotes in the line at *at; moves past it. */
static size_t count_in_line(const char **at, const char *end, char separator)
{
    size_t count = 0;
    bool quoted = false;

    for (; *at < end; (*at)++) {
        char c = **at;

        if (c == '"')
            quoted = !quoted;
        else if (!quoted && c == separator)
            count++;
        else if (!quoted && (c == '\n' || c == '\r'))
            break;
    }
    while (*at < end && (**at == '\n' || **at == '\r'))
        (*at)++;
    return count;
}

/* Lines that have as many as the first, more for more columns. */
static size_t evenness(const char *text, size_t len, char separator)
{
    const char *at = text, *end = text + len;
    size_t first = count_in_line(&at, end, separator), same = 1;

    if (first == 0)
        return 0;
    for (int i = 1; i < LINES_LOOKED_AT && at < end; i++)
        same += count_in_line(&at, end, separator) == first;
    return same * 100 + (first < 99 ? first : 99);
}

char sc_csv_guess_separator(const char *text, size_t len)
{
    static const char candidates[] = ",;\t|";
    size_t best = 0;
    char found = ',';

    for (const char *c = candidates; *c; c++) {
        size_t score = evenness(text, len, *c);

        if (score > best) {
            best = score;
            found = *c;
        }
    }
    return found;
}

/* --- decoding --- */

struct sc_csv_decoder *sc_csv_decoder_new(const char *encoding, struct sc_error *err)
{
    struct sc_csv_decoder *decoder;
    UErrorCode status = U_ZERO_ERROR;
    UConverter *converter = NULL;

    if (ucnv_compareNames(encoding, "UTF-8") != 0) {
        converter = ucnv_open(encoding, &status);
        ucnv_setToUCallBack(
                converter, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &status);
        if (U_FAILURE(status)) {
            ucnv_close(converter);
            sc_fail(err, SC_INVALID,
                    "'%.40s' is not an encoding such as UTF-8 or GB18030", encoding);
            return NULL;
        }
    }
    decoder = sc_new(struct sc_csv_decoder);
    decoder->name = sc_strdup(encoding);
    decoder->converter = converter;
    return decoder;
}

void sc_csv_decoder_free(struct sc_csv_decoder *decoder)
{
    if (!decoder)
        return;
    ucnv_close(decoder->converter);
    free(decoder->name);
    free(decoder);
}

const char *sc_csv_decoder_name(const struct sc_csv_decoder *decoder)
{
    return decoder->name;
}

static enum sc_code not_of_it(const struct sc_csv_decoder *decoder, struct sc_error *err)
{
    return sc_fail(
            err, SC_INVALID, "bytes that are not %s; name the encoding", decoder->name);
}

static enum sc_code check_utf8(struct sc_csv_decoder *decoder, bool end,
        struct sc_buf *out, size_t from, struct sc_error *err)
{
    size_t valid = sc_utf8_valid(out->data + from, out->len - from);
    size_t rest = out->len - from - valid;

    if (rest >= TAIL || (end && rest > 0))
        return not_of_it(decoder, err);
    memcpy(decoder->tail, out->data + out->len - rest, rest);
    decoder->tail_len = rest;
    out->len -= rest;
    out->data[out->len] = '\0';
    return SC_OK;
}

static void add_units(struct sc_buf *out, const UChar *units, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        uint32_t code = units[i];
        char text[4];

        if (U16_IS_LEAD(code) && i + 1 < count) {
            i++;
            code = (uint32_t)U16_GET_SUPPLEMENTARY(code, units[i]);
        }
        sc_buf_add(out, text, sc_utf8_put(code, text));
    }
}

static enum sc_code convert(struct sc_csv_decoder *decoder, const char *data, size_t len,
        bool end, struct sc_buf *out, struct sc_error *err)
{
    const char *at = data, *stop = data + len;
    UChar units[PIECE] = { 0 };
    UBool flush = 0;
    int32_t kept = 0; /* first half of a pair that was cut at the end of the room */
    UErrorCode status;

    if (end)
        flush = 1;
    do {
        UChar *to = units + kept;
        int32_t count;

        status = U_ZERO_ERROR;
        ucnv_toUnicode(
                decoder->converter, &to, units + PIECE, &at, stop, NULL, flush, &status);
        count = (int32_t)(to - units);
        kept = status == U_BUFFER_OVERFLOW_ERROR && U16_IS_LEAD(units[count - 1]);
        add_units(out, units, count - kept);
        units[0] = units[count > 0 ? count - 1 : 0];
    } while (status == U_BUFFER_OVERFLOW_ERROR);
    return U_FAILURE(status) ? not_of_it(decoder, err) : SC_OK;
}

/* Drops the BOM that may be what the stream begins with. */
static void drop_bom(struct sc_csv_decoder *decoder, struct sc_buf *out, size_t from)
{
    if (decoder->started || out->len == from)
        return;
    decoder->started = true;
    if (out->len - from < 3 || memcmp(out->data + from, "\xef\xbb\xbf", 3) != 0)
        return;
    memmove(out->data + from, out->data + from + 3, out->len - from - 3);
    out->len -= 3;
    out->data[out->len] = '\0';
}

enum sc_code sc_csv_decode(struct sc_csv_decoder *decoder, const char *data, size_t len,
        bool end, struct sc_buf *out, struct sc_error *err)
{
    size_t from = out->len;
    enum sc_code code;

    if (decoder->converter) {
        code = convert(decoder, data, len, end, out, err);
    } else {
        sc_buf_add(out, decoder->tail, decoder->tail_len);
        sc_buf_add(out, data, len);
        code = check_utf8(decoder, end, out, from, err);
    }
    drop_bom(decoder, out, from);
    return code;
}
