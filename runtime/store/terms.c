#include "store/terms.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

enum {
    LETTERS_MAX = 40, /* of a word that is looked at; what follows is left out */
    STEM_LEAST = 4,   /* letters that stay when an ending is taken away */
    NOUN_LEAST = 3,   /* when it is the s of the plural */
    PART_LONG = 5,    /* letters of a part of a word */
    PART_SHORT = 4,   /* of a word that is as short, or long enough to be made of such */
    COMPOUND_LEAST = 8,
    PLAIN_END = 0x2e80 /* scripts below have words with endings */
};

static const double part_weight = 0.3, short_part_weight = 0.15;

enum kind { WORD, PAIR, SINGLE, PART, SHORT_PART };

typedef void term_fn(void *arg, enum kind kind, const char *term, size_t len);

/* --- folding --- */

static UChar32 next_of(const UChar *text, int32_t *at, int32_t len)
{
    UChar32 c;

    U16_NEXT(text, *at, len, c);
    return c;
}

/* In the form that ignores width and case. */
static UChar *fold(const char *text, int32_t *ret_len)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *form = unorm2_getNFKCCasefoldInstance(&status);
    size_t room = strlen(text) + 1;
    UChar *wide = sc_new_array(UChar, room), *folded;
    int32_t len, cap;

    u_strFromUTF8WithSub(
            wide, (int32_t)room, &len, text, (int32_t)(room - 1), 0xfffd, NULL, &status);
    cap = len * 2 + 32;
    folded = sc_new_array(UChar, (size_t)cap);
    *ret_len = unorm2_normalize(form, wide, len, folded, cap, &status);
    if (status == U_BUFFER_OVERFLOW_ERROR) { /* one character can become eighteen */
        status = U_ZERO_ERROR;
        free(folded);
        cap = *ret_len;
        folded = sc_new_array(UChar, (size_t)cap);
        *ret_len = unorm2_normalize(form, wide, len, folded, cap, &status);
    }
    SC_ASSERT(U_SUCCESS(status));
    free(wide);
    return folded;
}

/* Without its accents, if it is a letter of an alphabet. */
static UChar32 plain(const UNormalizer2 *form, UChar32 c)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar parts[8];
    int32_t at = 0, len = c >= 0x80 && c < PLAIN_END
                                  ? unorm2_getDecomposition(form, c, parts, 8, &status)
                                  : -1;

    if (len <= 0 || U_FAILURE(status))
        return c;
    return next_of(parts, &at, len);
}

/* --- terms of a word --- */

struct walk {
    term_fn *fn;
    void *arg;
    const UNormalizer2 *form;
    UChar32 word[LETTERS_MAX];
    size_t count;
    bool unspaced, digits; /* of word; digits: it has some */
};

/* Is it of a script that is written without spaces? */
static bool is_unspaced(UChar32 c)
{
    return (c >= 0x3041 && c <= 0x30ff && c != 0x30fb) || (c >= 0x3400 && c <= 0x9fff) ||
           c == 0x3005 || (c >= 0xf900 && c <= 0xfaff) ||
           (c >= 0x20000 && c <= 0x3ffff) || (c >= 0xe00 && c <= 0xeff); /* Thai, Lao */
}

static void tell(struct walk *w, enum kind kind, char mark, size_t from, size_t n)
{
    struct sc_buf text = { 0 };

    if (mark == '<')
        sc_buf_adds(&text, "\xc2\xab"); /* the beginning of a word */
    for (size_t i = from; i < from + n; i++) {
        char bytes[4];

        sc_buf_add(&text, bytes, sc_utf8_put((uint32_t)w->word[i], bytes));
    }
    if (mark == '>')
        sc_buf_adds(&text, "\xc2\xbb"); /* the end of one */
    w->fn(w->arg, kind, sc_buf_text(&text), text.len);
    sc_buf_release(&text);
}

static bool ends_with(const struct walk *w, const char *ending, size_t least)
{
    size_t n = strlen(ending);

    if (w->count < n + least)
        return false;
    for (size_t i = 0; i < n; i++)
        if (w->word[w->count - n + i] != (UChar32)ending[i])
            return false;
    return true;
}

static bool take_ending(struct walk *w, const char *const *endings)
{
    for (; *endings; endings++)
        if (ends_with(w, *endings, STEM_LEAST)) {
            w->count -= strlen(*endings);
            return true;
        }
    return false;
}

/* What prices, price and pricing, Rechnung and Rechnungen have in common. */
static void stem(struct walk *w)
{
    static const char *const verbal[] = { "ing", "ed", NULL };
    static const char *const others[] = { "ern", "en", "er", "em", "e", "n", NULL };

    if (w->digits)
        return;
    if (ends_with(w, "s", NOUN_LEAST) && !ends_with(w, "ss", 0))
        w->count--;
    if (take_ending(w, verbal) && w->count > STEM_LEAST &&
            w->word[w->count - 1] == w->word[w->count - 2])
        w->count--; /* shipping, ship */
    take_ending(w, others);
}

static void tell_parts(struct walk *w, enum kind kind, size_t n)
{
    tell(w, kind, '<', 0, n);
    tell(w, kind, '>', w->count - n, n);
}

static void end_plain(struct walk *w)
{
    stem(w);
    tell(w, WORD, 0, 0, w->count);
    if (w->digits || w->word[0] >= PLAIN_END)
        return;
    if (w->count >= PART_LONG)
        tell_parts(w, PART, PART_LONG);
    if (w->count == PART_SHORT || w->count >= COMPOUND_LEAST)
        tell_parts(w, SHORT_PART, PART_SHORT);
}

static void end_word(struct walk *w)
{
    if (w->count > 0 && !w->unspaced)
        end_plain(w);
    else if (w->count == 1)
        tell(w, WORD, 0, 0, 1);
    w->count = 0;
    w->digits = false;
}

/* Of a run the last two are at hand: a pair ends with each but the first. */
static void add_unspaced(struct walk *w, UChar32 c)
{
    if (w->count == 0) {
        w->word[w->count++] = c;
        return;
    }
    if (w->count == 1)
        tell(w, SINGLE, 0, 0, 1);
    else
        w->word[0] = w->word[1];
    w->word[1] = c;
    w->count = 2;
    tell(w, PAIR, 0, 0, 2);
    tell(w, SINGLE, 0, 1, 1);
}

static void add_character(struct walk *w, UChar32 c)
{
    bool unspaced = is_unspaced(c), mark = u_charType(c) == U_NON_SPACING_MARK;

    if (!unspaced && mark)
        return;
    if (!unspaced && !u_isalnum(c)) {
        end_word(w);
        return;
    }
    if (w->count && w->unspaced != unspaced)
        end_word(w);
    w->unspaced = unspaced;
    if (unspaced) {
        add_unspaced(w, c);
    } else if (w->count < LETTERS_MAX) {
        w->word[w->count++] = plain(w->form, c);
        w->digits = w->digits || u_isdigit(c);
    }
}

static void each_term(const char *text, term_fn *fn, void *arg)
{
    UErrorCode status = U_ZERO_ERROR;
    struct walk w = { .fn = fn, .arg = arg, .form = unorm2_getNFDInstance(&status) };
    int32_t len;
    UChar *folded = fold(text, &len);

    for (int32_t at = 0; at < len;)
        add_character(&w, next_of(folded, &at, len));
    end_word(&w);
    free(folded);
}

/* --- for an index --- */

static void add_to_text(void *arg, enum kind kind, const char *term, size_t len)
{
    (void)kind;
    sc_buf_add(arg, term, len);
    sc_buf_addc(arg, ' ');
}

char *sc_terms_of(const char *text)
{
    struct sc_buf out = { 0 };

    each_term(text, add_to_text, &out);
    return sc_buf_detach(&out);
}

/* --- for a query --- */

static double weight_of(enum kind kind)
{
    if (kind == PART)
        return part_weight;
    return kind == SHORT_PART ? short_part_weight : 1;
}

static void add_term(struct sc_terms *terms, enum kind kind, const char *term, size_t len)
{
    struct sc_term *item;

    if (kind == SINGLE || len >= SC_TERM_LEN || terms->count == SC_TERMS_MAX)
        return;
    for (size_t i = 0; i < terms->count; i++)
        if (strcmp(terms->items[i].text, term) == 0)
            return;
    item = &terms->items[terms->count++];
    memcpy(item->text, term, len + 1);
    item->weight = weight_of(kind);
}

static void add_word(void *arg, enum kind kind, const char *term, size_t len)
{
    if (weight_of(kind) >= 1)
        add_term(arg, kind, term, len);
}

static void add_part(void *arg, enum kind kind, const char *term, size_t len)
{
    if (weight_of(kind) < 1)
        add_term(arg, kind, term, len);
}

void sc_terms_read(struct sc_terms *terms, const char *query)
{
    terms->count = 0;
    each_term(query, add_word, terms);
    each_term(query, add_part, terms);
}

/* --- keys --- */

/* Where spaces and full stops at the end begin. */
static int32_t end_of(const UChar *text, int32_t len)
{
    while (len > 0 && (u_isUWhiteSpace(text[len - 1]) || text[len - 1] == '.' ||
                              text[len - 1] == 0x3002))
        len--;
    return len;
}

char *sc_terms_key(const char *text)
{
    struct sc_buf key = { 0 };
    int32_t len;
    UChar *folded = fold(text, &len);

    len = end_of(folded, len);
    for (int32_t at = 0; at < len;) {
        UChar32 c = next_of(folded, &at, len);
        char bytes[4];

        if (!u_isUWhiteSpace(c))
            sc_buf_add(&key, bytes, sc_utf8_put((uint32_t)c, bytes));
    }
    free(folded);
    return sc_buf_detach(&key);
}

/* --- for SQL --- */

static void on_terms(sqlite3_context *context, int count, sqlite3_value **values)
{
    const char *text = (const char *)sqlite3_value_text(values[0]);
    char *terms = sc_terms_of(text ? text : "");

    (void)count;
    sqlite3_result_text(context, terms, -1, SQLITE_TRANSIENT);
    free(terms);
}

int sc_terms_register(sqlite3 *handle)
{
    return sqlite3_create_function_v2(handle, "sc_terms", 1,
            SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, on_terms, NULL, NULL, NULL);
}
