#include "plan/route_words.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "plan/route_names.h"
#include "plan/route_numbers.h"

/* The words being read: text in half-width form, folded the same in lower case; both
 * have the same length, so one index serves both. */
struct cursor {
    char *text, *folded;
    size_t at, len;
    const char *today;
    const struct sc_json *inputs; /* of a phrase; NULL in a task */
    bool phrase;
    bool joined; /* a comma or "and" stood since the last value */
    struct sc_route_tokens *out;
};

static const char *const type_words[] = { "file", "market", "currency", "percent",
    "number", "date", "text" };

enum sc_slot_type sc_route_slot_of(const char *word)
{
    for (size_t i = 0; i < SC_SLOT_NONE; i++)
        if (strcmp(type_words[i], word) == 0)
            return (enum sc_slot_type)i;
    return SC_SLOT_NONE;
}

const char *sc_route_slot_word(enum sc_slot_type type)
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
    case 0x3002: /* 。 is no decimal point */
        return ';';
    case 0x2212: /* the minus of typesetters */
        return '-';
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

static struct sc_route_token *add(
        struct cursor *c, enum sc_route_token_kind kind, enum sc_slot_type type)
{
    struct sc_route_tokens *out = c->out;

    out->items = sc_realloc(out->items, (out->count + 1) * sizeof(*out->items));
    out->items[out->count] = (struct sc_route_token){ .kind = kind, .type = type };
    return &out->items[out->count++];
}

static void add_text(
        struct cursor *c, enum sc_route_token_kind kind, const char *text, size_t len)
{
    add(c, kind, SC_SLOT_NONE)->text = sc_strndup(text, len);
    if (kind == SC_ROUTE_WORD)
        c->joined = false;
}

/* The value before this one, when both make one list. */
static struct sc_route_token *list_before(struct cursor *c, enum sc_slot_type type)
{
    size_t i = c->out->count;

    if (!c->joined)
        return NULL;
    while (i > 0 && c->out->items[i - 1].kind == SC_ROUTE_FILLER)
        i--;
    if (i == 0 || c->out->items[i - 1].kind != SC_ROUTE_SLOT ||
            c->out->items[i - 1].type != type || !c->out->items[i - 1].values)
        return NULL;
    return &c->out->items[i - 1];
}

static void add_value(
        struct cursor *c, enum sc_slot_type type, struct sc_json *take_value)
{
    struct sc_route_token *token = list_before(c, type);

    if (!token) {
        token = add(c, SC_ROUTE_SLOT, type);
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
    struct sc_route_token *token;
    size_t len;

    if (!c->phrase || c->text[c->at] != '{')
        return false;
    end = strchr(c->text + c->at, '}');
    if (!end)
        return false;
    len = (size_t)(end - c->text) - c->at - 1;
    token = add(c, SC_ROUTE_SLOT, SC_SLOT_TEXT);
    token->text = sc_strndup(c->text + c->at + 1, len);
    token->type = sc_route_slot_of(
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

/* Does a CJK name that begins at the cursor begin for sure there: behind a word that
 * takes an object (把商品表.csv)? */
static bool behind_marker(const struct cursor *c)
{
    static const char *const markers[] = { "把", "将", "将", "用", "给", "对", "对", "从",
        "在", "据", "照", "按", "文件" };

    for (size_t i = 0; i < sizeof(markers) / sizeof(*markers); i++) {
        size_t len = strlen(markers[i]);

        if (c->at >= len && strncmp(c->text + c->at - len, markers[i], len) == 0)
            return true;
    }
    return false;
}

/* The end of a name without spaces that begins at start and ends in a known extension,
 * or 0. A name that starts with a Latin letter has no CJK in it. */
static size_t file_end(const struct cursor *c, size_t start)
{
    bool latin = (unsigned char)c->text[start] < 0x80;

    for (size_t i = start; c->text[i]; i++) {
        unsigned char b = (unsigned char)c->text[i];
        size_t tail = b == '.' ? extension_at(c->folded + i) : 0;

        if (tail && i > start)
            return i + tail;
        if (b >= 0x80 ? latin : !is_latin((char)b) && !strchr("./~-()", (char)b))
            return 0;
    }
    return 0;
}

/* Without spaces a verb or a "do not" in front of a CJK name would look like a part of
 * it (删除商品表.csv): such a name is loose, and fits only where a phrase begins with a
 * file. Where Latin letters or 把 follow, the name begins later. */
static bool begins_later(const struct cursor *c, size_t end)
{
    const char *marker = strstr(c->text + c->at, "把");

    if ((unsigned char)c->text[c->at] < 0x80)
        return false;
    for (size_t i = c->at; i < end && c->text[i] != '.'; i++) {
        if (isalpha((unsigned char)c->text[i]))
            return true;
    }
    return marker && marker < c->text + end;
}

/* catalog.xlsx, data/stock-2.csv, 商品表.csv */
static bool read_file(struct cursor *c)
{
    bool latin = (unsigned char)c->text[c->at] < 0x80, loose;
    size_t end;

    if (latin && !is_latin(c->text[c->at]) && !strchr("./~", c->text[c->at]))
        return false;
    if (!latin && sc_route_cjk_filler(c->text + c->at))
        return false;
    end = file_end(c, c->at);
    if (!end || begins_later(c, end))
        return false;
    loose = !latin && !behind_marker(c);
    add_value_text(c, SC_SLOT_FILE, c->text + c->at, end - c->at);
    c->out->items[c->out->count - 1].loose = loose;
    c->at = end;
    return true;
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

static bool read_date(struct cursor *c)
{
    char date[SC_ROUTE_DATE];
    size_t len = sc_route_date(c->folded + c->at, c->today, date);

    if (!len)
        return false;
    add_value_text(c, SC_SLOT_DATE, date, strlen(date));
    c->at += len;
    return true;
}

/* Does a number begin here, and not go on: the 5 of .5, -5 and 5, not that of a-5? */
static bool begins_number(const struct cursor *c)
{
    return c->at == 0 || !is_latin(c->text[c->at - 1]);
}

/* A minus belongs to the number or amount right behind it: -5 and -$5, not 10-20. */
static size_t minus_at(const struct cursor *c)
{
    const char *next = c->text + c->at + 1;

    return c->text[c->at] == '-' && begins_number(c) && *next != ' ';
}

/* The number behind the length of what was read before it, such as a minus. */
static bool read_number_behind(struct cursor *c, size_t before, bool negative)
{
    char number[SC_ROUTE_NUMBER + 1] = "-";
    const char *text = c->folded + c->at + before;
    bool percent;
    size_t len = *text == '.' && !before && !begins_number(c)
                         ? 0
                         : sc_route_number(text, number + 1, &percent);

    if (!len)
        return false;
    add_value(c, percent ? SC_SLOT_PERCENT : SC_SLOT_NUMBER,
            sc_json_new_number(number + !negative));
    c->at += before + len;
    return true;
}

static bool read_number(struct cursor *c)
{
    size_t minus = minus_at(c);

    return read_number_behind(c, minus, minus);
}

/* A sign before its amount ("$100", "-$100") is said after it. */
static bool read_sign(struct cursor *c)
{
    static const struct {
        const char *sign, *currency;
    } signs[] = { { "$", "USD" }, { "€", "EUR" }, { "£", "GBP" } };
    size_t minus = minus_at(c);

    for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++) {
        size_t len = strlen(signs[i].sign);

        if (strncmp(c->text + c->at + minus, signs[i].sign, len) == 0) {
            if (!read_number_behind(c, minus + len, minus))
                c->at += minus + len;
            add_value_text(c, SC_SLOT_CURRENCY, signs[i].currency, 3);
            return true;
        }
    }
    return false;
}

/* The length of the word "market" behind the name of one. */
static size_t market_word(const char *text)
{
    static const char *const names[] = { " markets", " market", "市场", "市場" };

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        size_t len = strlen(names[i]);

        if (strncmp(text, names[i], len) == 0 && !is_latin(text[len]))
            return len;
    }
    return 0;
}

/* 100块人民币 names its currency twice. */
static bool said_just_now(const struct cursor *c, const char *value)
{
    const struct sc_route_token *last =
            c->out->count ? &c->out->items[c->out->count - 1] : NULL;

    return last && last->kind == SC_ROUTE_SLOT && last->type == SC_SLOT_CURRENCY &&
           last->values && !c->joined &&
           strcmp(sc_json_string(sc_json_first(last->values)), value) == 0;
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
    if (type == SC_SLOT_MARKET)
        len += market_word(c->folded + c->at + len);
    if (type != SC_SLOT_CURRENCY || !said_just_now(c, value))
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

/* "what we restocked" tells of the past; "need to be restocked" does not. */
static bool tells(const struct cursor *c, const char *word, size_t len)
{
    static const char who[] = " i we you they he she have has had did ";
    const struct sc_route_token *last =
            c->out->count ? &c->out->items[c->out->count - 1] : NULL;
    char spaced[16];

    if (len < 4 || strcmp(word + len - 2, "ed") != 0 || !last || !last->text)
        return false;
    snprintf(spaced, sizeof(spaced), " %.12s ", last->text);
    return strstr(who, spaced) != NULL;
}

static void add_word(struct cursor *c, const char *word)
{
    const char *same = sc_route_synonym(word);
    size_t len = strlen(word);

    if (same)
        add_text(c, SC_ROUTE_WORD, same, strlen(same));
    else
        add_text(c, SC_ROUTE_WORD, word, tells(c, word, len) ? len : stem(word, len));
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
    c->out->negations += sc_route_negates(whole);
    if (sc_route_filler(whole))
        add_text(c, SC_ROUTE_FILLER, word, len);
    else if (!sc_route_article(whole))
        add_word(c, whole);
    free(whole);
    c->at += len;
    return true;
}

static void read_cjk(struct cursor *c)
{
    const char *at = c->folded + c->at;
    size_t len = sc_route_cjk_filler(at), n;

    c->out->negations += sc_route_cjk_negates(at);
    n = sc_route_cjk_synonym(at);
    if (n) { /* as its twin: 商品 */
        add_text(c, SC_ROUTE_WORD, "商", 3);
        add_text(c, SC_ROUTE_WORD, "品", 3);
        c->at += n;
        return;
    }

    if (len) {
        char *filler = sc_strndup(at, len);

        if (sc_route_joins(filler))
            c->joined = true;
        add_text(c, SC_ROUTE_FILLER, at, len);
        free(filler);
        c->at += len;
        return;
    }
    sc_utf8_get(at, c->len - c->at, &n);
    add_text(c, SC_ROUTE_WORD, at, n);
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
        add_text(c, SC_ROUTE_WORD, &ch, 1);
    c->at++;
    return true;
}

static void read_all(struct cursor *c)
{
    while (c->at < c->len) {
        if (read_slot_of_phrase(c) || read_quoted(c) || read_file(c) || read_date(c) ||
                read_number(c) || read_sign(c) || read_name(c) || read_latin(c) ||
                read_mark(c))
            continue;
        read_cjk(c);
    }
    free(c->text);
    free(c->folded);
}

void sc_route_read(struct sc_route_tokens *tokens, const char *words, const char *today)
{
    struct cursor c = { .today = today, .out = tokens };

    *tokens = (struct sc_route_tokens){ 0 };
    fold(&c, words);
    read_all(&c);
}

void sc_route_read_phrase(
        struct sc_route_tokens *tokens, const char *phrase, const struct sc_json *inputs)
{
    struct cursor c = {
        .today = "1970-01-01", .out = tokens, .inputs = inputs, .phrase = true
    };

    *tokens = (struct sc_route_tokens){ 0 };
    fold(&c, phrase);
    read_all(&c);
}

void sc_route_tokens_release(struct sc_route_tokens *tokens)
{
    for (size_t i = 0; i < tokens->count; i++) {
        free(tokens->items[i].text);
        sc_json_free(tokens->items[i].values);
    }
    free(tokens->items);
    *tokens = (struct sc_route_tokens){ 0 };
}
