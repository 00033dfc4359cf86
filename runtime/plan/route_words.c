#include "plan/route_words.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "plan/route_names.h"

/* The words being read: text in half-width form, folded the same in lower case; both
 * have the same length, so one index serves both. */
struct cursor {
    char *text, *folded;
    size_t at, len;
    const char *today;
    const struct sc_json *inputs; /* of a phrase; NULL in a task */
    bool phrase;
    bool joined; /* a comma or "and" stood since the last value */
    struct sc_tokens *out;
};

static const char *const type_words[] = { "file", "market", "currency", "percent",
    "number", "date", "text" };

enum sc_slot_type sc_slot_type_of(const char *word)
{
    for (size_t i = 0; i < SC_SLOT_NONE; i++)
        if (strcmp(type_words[i], word) == 0)
            return (enum sc_slot_type)i;
    return SC_SLOT_NONE;
}

const char *sc_slot_type_word(enum sc_slot_type type)
{
    return type < SC_SLOT_NONE ? type_words[type] : "none";
}

/* --- folding --- */

/* Full-width forms to their half-width twins, curly quotes to straight ones. */
static uint32_t narrow(uint32_t c)
{
    if (c >= 0xff01 && c <= 0xff5e)
        return c - 0xff01 + '!';
    switch (c) {
    case 0x3000: /* ideographic space */
    case 0xa0:
        return ' ';
    case 0x3001: /* 、 */
        return ',';
    case 0x3002: /* 。 */
        return '.';
    case 0x300c: /* 「 */
    case 0x300d:
    case 0x300e:
    case 0x300f:
    case 0x201c:
    case 0x201d:
        return '"';
    case 0x2019:
        return '\'';
    default:
        return c;
    }
}

static void fold(struct cursor *c, const char *words)
{
    size_t len = strlen(words), n;
    struct sc_buf text;

    sc_buf_init(&text);
    for (; len > 0; words += n, len -= n) {
        char bytes[4];
        uint32_t code = narrow(sc_utf8_get(words, len, &n));

        sc_buf_add(&text, bytes, sc_utf8_put(code, bytes));
    }
    c->len = text.len;
    c->text = sc_buf_detach(&text);
    c->folded = sc_strndup(c->text, c->len);
    for (size_t i = 0; i < c->len; i++)
        c->folded[i] = (char)tolower((unsigned char)c->folded[i]);
}

/* --- tokens --- */

static struct sc_token *add(
        struct cursor *c, enum sc_token_kind kind, enum sc_slot_type type)
{
    struct sc_tokens *out = c->out;

    out->items = sc_realloc(out->items, (out->count + 1) * sizeof(*out->items));
    out->items[out->count] = (struct sc_token){ .kind = kind, .type = type };
    return &out->items[out->count++];
}

static void add_text(
        struct cursor *c, enum sc_token_kind kind, const char *text, size_t len)
{
    add(c, kind, SC_SLOT_NONE)->text = sc_strndup(text, len);
    if (kind == SC_TOKEN_WORD)
        c->joined = false;
}

/* The value before this one, when both make one list. */
static struct sc_token *list_before(struct cursor *c, enum sc_slot_type type)
{
    size_t i = c->out->count;

    if (!c->joined)
        return NULL;
    while (i > 0 && c->out->items[i - 1].kind == SC_TOKEN_FILLER)
        i--;
    if (i == 0 || c->out->items[i - 1].kind != SC_TOKEN_SLOT ||
            c->out->items[i - 1].type != type || !c->out->items[i - 1].values)
        return NULL;
    return &c->out->items[i - 1];
}

static void add_value(
        struct cursor *c, enum sc_slot_type type, struct sc_json *take_value)
{
    struct sc_token *token = list_before(c, type);

    if (!token) {
        token = add(c, SC_TOKEN_SLOT, type);
        token->values = sc_json_new_array();
    }
    sc_json_append(token->values, take_value);
    c->joined = false;
}

static void add_value_text(
        struct cursor *c, enum sc_slot_type type, const char *text, size_t len)
{
    add_value(c, type, sc_json_new_string_len(text, len));
}

/* --- what stands at the cursor; each returns false and moves nothing when it is
 * something else --- */

static bool is_latin(char ch)
{
    return isalnum((unsigned char)ch) || ch == '_';
}

static bool read_slot_of_phrase(struct cursor *c)
{
    const char *end;
    struct sc_token *token;
    size_t len;

    if (!c->phrase || c->text[c->at] != '{')
        return false;
    end = strchr(c->text + c->at, '}');
    if (!end)
        return false;
    len = (size_t)(end - c->text) - c->at - 1;
    token = add(c, SC_TOKEN_SLOT, SC_SLOT_TEXT);
    token->text = sc_strndup(c->text + c->at + 1, len);
    token->type = sc_slot_type_of(
            sc_json_get_string(sc_json_get(c->inputs, token->text), "type", "text"));
    c->at += len + 2;
    return true;
}

static size_t extension_at(const char *folded)
{
    static const char *const known[] = { ".xlsx", ".csv", ".tsv", ".json", ".txt",
        ".xls" };

    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
        size_t len = strlen(known[i]);

        if (strncmp(folded, known[i], len) == 0 && !is_latin(folded[len]))
            return len;
    }
    return 0;
}

/* catalog.xlsx, data/stock-2.csv, 商品表.csv: a run without space that ends in a known
 * extension. A name that starts with a Latin letter has no CJK in it; one that starts
 * with a filler (把商品表.csv) starts behind it. */
static bool read_file(struct cursor *c)
{
    bool latin = (unsigned char)c->text[c->at] < 0x80;
    size_t i = c->at;

    if (latin && !is_latin(c->text[i]) && !strchr("./~", c->text[i]))
        return false;
    if (!latin && sc_route_cjk_filler(c->text + i))
        return false;
    for (; c->text[i]; i++) {
        unsigned char b = (unsigned char)c->text[i];
        size_t tail = b == '.' ? extension_at(c->folded + i) : 0;

        if (tail && i > c->at) {
            add_value_text(c, SC_SLOT_FILE, c->text + c->at, i + tail - c->at);
            c->at = i + tail;
            return true;
        }
        if (b >= 0x80 ? latin : !is_latin((char)b) && !strchr("./~-()", (char)b))
            return false;
    }
    return false;
}

static bool read_quoted(struct cursor *c)
{
    const char *start = c->text + c->at + 1, *end;
    size_t len;

    if (c->text[c->at] != '"')
        return false;
    end = strchr(start, '"');
    if (!end)
        return false;
    len = (size_t)(end - start);
    for (size_t i = 1; i < len; i++) {
        if (start[i] == '.' && extension_at(c->folded + c->at + 1 + i) == len - i) {
            add_value_text(c, SC_SLOT_FILE, start, len);
            c->at += len + 2;
            return true;
        }
    }
    add_value_text(c, SC_SLOT_TEXT, start, len);
    c->at += len + 2;
    return true;
}

static bool valid_day(int year, int month, int day)
{
    return year >= 1970 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 &&
           day <= 31;
}

/* Reads numbers of at most four digits, each followed by its text; the length read, 0 if
 * text is of another form. */
static size_t read_parts(
        const char *text, const char *const *after, size_t count, int *ret_parts)
{
    const char *at = text;

    for (size_t i = 0; i < count; i++) {
        size_t digits = strspn(at, "0123456789"), len = strlen(after[i]);

        if (digits < 1 || digits > 4 || strncmp(at + digits, after[i], len) != 0)
            return 0;
        ret_parts[i] = (int)strtol(at, NULL, 10);
        at += digits + len;
    }
    return (size_t)(at - text);
}

static bool add_date(struct cursor *c, const int part[3], size_t used)
{
    char text[40];

    if (!used || !valid_day(part[0], part[1], part[2]))
        return false;
    snprintf(text, sizeof(text), "%04d-%02d-%02d", part[0], part[1], part[2]);
    add_value_text(c, SC_SLOT_DATE, text, strlen(text));
    c->at += used;
    return true;
}

/* The parts of today; false when it is no date. */
static bool read_today(const struct cursor *c, int ret_parts[3])
{
    static const char *const iso[] = { "-", "-", "" };

    return read_parts(c->today, iso, 3, ret_parts) > 0;
}

static bool read_date(struct cursor *c)
{
    static const char *const forms[][3] = { { "-", "-", "" }, { "/", "/", "" },
        { "年", "月", "日" } };
    static const char *const without_year[] = { "月", "日" };
    const char *at = c->text + c->at;
    int part[3];

    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
        if (add_date(c, part, read_parts(at, forms[i], 3, part)))
            return true;
    return read_today(c, part) &&
           add_date(c, part, read_parts(at, without_year, 2, part + 1));
}

/* Length of a percent sign or word at text; a space may stand before it. */
static size_t percent_at(const char *folded)
{
    static const char *const signs[] = { "%", "percent", "per cent", "パーセント" };
    size_t space = *folded == ' ';

    for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++)
        if (strncmp(folded + space, signs[i], strlen(signs[i])) == 0)
            return space + strlen(signs[i]);
    return 0;
}

/* Digits with an optional fraction; "1,200" is 1200, and "1,2" ends before the comma. */
static size_t read_digits(const char *text, char ret_number[32])
{
    size_t n = 0, i = 0;

    for (; n < 30; i++) {
        if (isdigit((unsigned char)text[i])) {
            ret_number[n++] = text[i];
        } else if (text[i] == ',' && n && isdigit((unsigned char)text[i + 1]) &&
                   isdigit((unsigned char)text[i + 2]) &&
                   isdigit((unsigned char)text[i + 3]) &&
                   !isdigit((unsigned char)text[i + 4])) {
            continue;
        } else if (text[i] == '.' && isdigit((unsigned char)text[i + 1]) &&
                   !memchr(ret_number, '.', n)) {
            ret_number[n++] = '.';
        } else {
            break;
        }
    }
    ret_number[n] = '\0';
    return i;
}

static struct sc_json *number_of(const char *digits)
{
    while (digits[0] == '0' && isdigit((unsigned char)digits[1]))
        digits++;
    return sc_json_new_number(digits);
}

static bool read_number(struct cursor *c)
{
    static const char before[] = "百分之";
    bool fraction = strncmp(c->text + c->at, before, sizeof(before) - 1) == 0;
    size_t skip = fraction ? sizeof(before) - 1 : 0, len, sign;
    char digits[32];

    if (!isdigit((unsigned char)c->text[c->at + skip]))
        return false;
    if (!fraction && read_date(c))
        return true;
    len = skip + read_digits(c->text + c->at + skip, digits);
    sign = fraction ? 0 : percent_at(c->folded + c->at + len);
    add_value(c, sign || fraction ? SC_SLOT_PERCENT : SC_SLOT_NUMBER, number_of(digits));
    c->at += len + sign;
    return true;
}

static bool read_sign(struct cursor *c)
{
    static const struct {
        const char *sign, *currency;
    } signs[] = { { "$", "USD" }, { "€", "EUR" }, { "£", "GBP" } };

    for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++) {
        size_t len = strlen(signs[i].sign);

        if (strncmp(c->text + c->at, signs[i].sign, len) == 0) {
            add_value_text(c, SC_SLOT_CURRENCY, signs[i].currency, 3);
            c->at += len;
            return true;
        }
    }
    return false;
}

static bool leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

    return month == 2 && leap(year) ? 29 : days[month - 1];
}

static bool read_day_word(struct cursor *c)
{
    int part[3], shift, *year = &part[0], *month = &part[1], *day = &part[2];
    size_t len = sc_route_day(c->folded + c->at, &shift);

    if (!len || !read_today(c, part) || !valid_day(*year, *month, *day))
        return false;
    *day += shift;
    if (*day < 1) {
        *month = *month == 1 ? 12 : *month - 1;
        *year -= *month == 12;
        *day = days_in(*year, *month);
    } else if (*day > days_in(*year, *month)) {
        *day -= days_in(*year, *month);
        *year += *month == 12;
        *month = *month == 12 ? 1 : *month + 1;
    }
    return add_date(c, part, len);
}

static bool read_name(struct cursor *c)
{
    enum sc_slot_type type;
    const char *value;
    size_t len = sc_route_name(c->folded + c->at, &type, &value), run = 0;

    if (!len) {
        while (isupper((unsigned char)c->text[c->at + run]))
            run++;
        if (is_latin(c->text[c->at + run]) ||
                !sc_route_code(c->text + c->at, run, &type, &value))
            return false;
        len = run;
    }
    add_value_text(c, type, value, strlen(value));
    c->at += len;
    return true;
}

/* A light stem, so that "prices", "priced" and "pricing" are one word. */
static size_t stem(const char *word, size_t len)
{
    static const char *const tails[] = { "ing", "ed", "es", "s" };

    for (size_t i = 0; i < sizeof(tails) / sizeof(*tails); i++) {
        size_t n = strlen(tails[i]);

        if (len >= n + 3 && strncmp(word + len - n, tails[i], n) == 0) {
            len -= n;
            break;
        }
    }
    return len > 3 && word[len - 1] == 'e' ? len - 1 : len;
}

static bool read_latin(struct cursor *c)
{
    const char *word = c->folded + c->at;
    size_t len = 0;
    char *whole;

    while (is_latin(word[len]))
        len++;
    if (!len)
        return false;
    whole = sc_strndup(word, len);
    if (sc_route_joins(whole))
        c->joined = true;
    if (sc_route_filler(whole))
        add_text(c, SC_TOKEN_FILLER, word, len);
    else
        add_text(c, SC_TOKEN_WORD, word, stem(word, len));
    free(whole);
    c->at += len;
    return true;
}

static void read_cjk(struct cursor *c)
{
    const char *at = c->folded + c->at;
    size_t len = sc_route_cjk_filler(at), n;

    if (len) {
        char *filler = sc_strndup(at, len);

        if (sc_route_joins(filler))
            c->joined = true;
        add_text(c, SC_TOKEN_FILLER, at, len);
        free(filler);
        c->at += len;
        return;
    }
    sc_utf8_get(at, c->len - c->at, &n);
    add_text(c, SC_TOKEN_WORD, at, n);
    c->at += n;
}

/* Marks that say nothing; a comma joins, and some signs count as words, so that nothing
 * that could matter goes unseen. */
static bool read_mark(struct cursor *c)
{
    char ch = c->text[c->at];

    if ((unsigned char)ch >= 0x80 || is_latin(ch))
        return false;
    if (ch == ',' || ch == '&' || ch == '/')
        c->joined = true;
    else if (strchr("<>=+*^~#@|\\", ch))
        add_text(c, SC_TOKEN_WORD, &ch, 1);
    c->at++;
    return true;
}

static void read_all(struct cursor *c)
{
    while (c->at < c->len) {
        if (read_slot_of_phrase(c) || read_quoted(c) || read_file(c) || read_number(c) ||
                read_sign(c) || read_day_word(c) || read_name(c) || read_latin(c) ||
                read_mark(c))
            continue;
        read_cjk(c);
    }
    free(c->text);
    free(c->folded);
}

void sc_tokens_read(struct sc_tokens *tokens, const char *words, const char *today)
{
    struct cursor c = { .today = today, .out = tokens };

    *tokens = (struct sc_tokens){ 0 };
    fold(&c, words);
    read_all(&c);
}

void sc_tokens_read_phrase(
        struct sc_tokens *tokens, const char *phrase, const struct sc_json *inputs)
{
    struct cursor c = {
        .today = "1970-01-01", .out = tokens, .inputs = inputs, .phrase = true
    };

    *tokens = (struct sc_tokens){ 0 };
    fold(&c, phrase);
    read_all(&c);
}

void sc_tokens_release(struct sc_tokens *tokens)
{
    for (size_t i = 0; i < tokens->count; i++) {
        free(tokens->items[i].text);
        sc_json_free(tokens->items[i].values);
    }
    free(tokens->items);
    *tokens = (struct sc_tokens){ 0 };
}
