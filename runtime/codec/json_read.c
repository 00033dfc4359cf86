#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "codec/json_node.h"
#include "codec/json_number.h"

enum { FEW_MEMBERS = 16 }; /* up to here each name is compared with each */

struct reader {
    const char *start, *at, *end;
    size_t depth_left, items_left;
    struct sc_json **sorted; /* scratch for find_repeated */
    size_t sorted_cap;
    struct sc_error *err;
};

/* The inside of a string literal: checked, not yet decoded. */
struct literal {
    const char *at;
    size_t len;
    bool escaped;
};

static struct sc_json *read_value(struct reader *r, const struct literal *key);

/* Fails at r->at, naming line and column (in characters, from 1). */
static bool fail(struct reader *r, const char *what)
{
    size_t line = 1, column = 1;

    for (const char *p = r->start; p < r->at; p++) {
        if (*p == '\n') {
            line++;
            column = 1;
        } else if (((unsigned char)*p & 0xc0) != 0x80) {
            column++;
        }
    }
    sc_fail(r->err, SC_INVALID, "line %zu, column %zu: %s", line, column, what);
    return false;
}

/* The same, where a value was to be returned. */
static struct sc_json *no_value(struct reader *r, const char *what)
{
    fail(r, what);
    return NULL;
}

static void skip_space(struct reader *r)
{
    while (r->at < r->end &&
            (*r->at == ' ' || *r->at == '\n' || *r->at == '\r' || *r->at == '\t'))
        r->at++;
}

/* Skips white space; is the next character c? Then skips that too. */
static bool accept(struct reader *r, char c)
{
    skip_space(r);
    if (r->at == r->end || *r->at != c)
        return false;
    r->at++;
    return true;
}

/* --- strings --- */

/* The value of four hex digits, -1 if they are not. */
static int32_t read_hex4(const char *at, const char *end)
{
    int32_t value = 0;

    if (end - at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        char c = at[i];

        if (c >= '0' && c <= '9')
            value = value * 16 + (c - '0');
        else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
            value = value * 16 + ((c | 0x20) - 'a' + 10);
        else
            return -1;
    }
    return value;
}

static bool is_high(int32_t unit)
{
    return unit >= 0xd800 && unit <= 0xdbff;
}

static bool is_low(int32_t unit)
{
    return unit >= 0xdc00 && unit <= 0xdfff;
}

/* Past a good escape; r->at is at its backslash. */
static bool skip_escape(struct reader *r)
{
    char c = '\0';
    int32_t unit;

    if (r->end - r->at > 1)
        c = r->at[1];
    if (c != 'u') {
        if (c == '\0' || !strchr("\"\\/bfnrt", c))
            return fail(r, "an escape that JSON does not have");
        r->at += 2;
        return true;
    }
    unit = read_hex4(r->at + 2, r->end);
    if (unit < 0)
        return fail(r, "\\u needs four hexadecimal digits");
    if (is_high(unit)) {
        const char *pair = r->at + 6;

        if (r->end - pair < 6 || pair[0] != '\\' || pair[1] != 'u' ||
                !is_low(read_hex4(pair + 2, r->end)))
            return fail(r, "half of a surrogate pair");
        r->at += 6;
    } else if (is_low(unit)) {
        return fail(r, "half of a surrogate pair");
    }
    r->at += 6;
    return true;
}

/* Past the characters that stand for themselves and are ASCII. */
static const char *skip_plain(const char *at, const char *end)
{
    while (at < end) {
        unsigned char c = (unsigned char)*at;

        if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\')
            break;
        at++;
    }
    return at;
}

/* Reads a string literal, r->at being after its first quote. */
static bool read_literal(struct reader *r, struct literal *ret_literal)
{
    const char *first = r->at;
    bool escaped = false;
    size_t n;

    for (;;) {
        r->at = skip_plain(r->at, r->end);
        if (r->at == r->end)
            return fail(r, "the text ends inside a string");
        if (*r->at == '"')
            break;
        if (*r->at == '\\') {
            escaped = true;
            if (!skip_escape(r))
                return false;
            continue;
        }
        if ((unsigned char)*r->at < 0x20)
            return fail(r, "a control character in a string must be escaped");
        sc_utf8_get(r->at, (size_t)(r->end - r->at), &n);
        if (n == 1)
            return fail(r, "bytes that are not UTF-8");
        r->at += n;
    }
    *ret_literal = (struct literal){ first, (size_t)(r->at - first), escaped };
    r->at++;
    return true;
}

/* Decodes the escape at text (after the backslash) and moves *at past it. */
static size_t decode_escape(const char **at, char *out)
{
    static const char names[] = "\"\\/bfnrt", chars[] = "\"\\/\b\f\n\r\t";
    char c = *(*at)++;
    int32_t unit;

    if (c != 'u') {
        *out = chars[strchr(names, c) - names];
        return 1;
    }
    unit = read_hex4(*at, *at + 4);
    *at += 4;
    if (is_high(unit)) {
        int32_t low = read_hex4(*at + 2, *at + 6);

        *at += 6;
        unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
    }
    if (unit == 0) {
        out[0] = '\xc0';
        out[1] = '\x80';
        return 2;
    }
    return sc_utf8_put((uint32_t)unit, out);
}

/* Writes the text and a NUL to out, which has room for literal->len + 1. Returns its
 * length. */
static size_t decode(const struct literal *literal, char *out)
{
    const char *at = literal->at, *end = literal->at + literal->len;
    char *to = out;

    while (literal->escaped && at < end) {
        const char *slash = memchr(at, '\\', (size_t)(end - at));
        size_t run = (size_t)((slash ? slash : end) - at);

        memcpy(to, at, run);
        to += run;
        at += run;
        if (slash) {
            at++;
            to += decode_escape(&at, to);
        }
    }
    memcpy(to, at, (size_t)(end - at));
    to += end - at;
    *to = '\0';
    return (size_t)(to - out);
}

/* A node under the key (NULL: none), counted against the limit. */
static struct sc_json *new_node(
        struct reader *r, int kind, const struct literal *key, size_t text_room)
{
    struct sc_json *item;

    if (r->items_left == 0)
        return no_value(r, "more values than the limit allows");
    r->items_left--;
    item = sc_json_node_new(kind, key ? key->len + 1 : 0, text_room);
    if (key)
        decode(key, item->node.string);
    return item;
}

static struct sc_json *read_string(struct reader *r, const struct literal *key)
{
    struct literal text = { .at = "" };
    struct sc_json *item;

    r->at++;
    if (!read_literal(r, &text))
        return NULL;
    item = new_node(r, cJSON_String, key, text.len + 1);
    if (item)
        item->node.valueint = (int)decode(&text, item->node.valuestring);
    return item;
}

/* --- numbers and words --- */

static bool is_number_char(char c)
{
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' ||
           c == 'E';
}

static struct sc_json *read_number(struct reader *r, const struct literal *key)
{
    const char *first = r->at, *end = first;
    struct sc_json *item;
    size_t len;

    while (end < r->end && is_number_char(*end))
        end++;
    len = (size_t)(end - first);
    if (!sc_decimal_valid(first, len))
        return no_value(r, "expected a value, or this is not a number of JSON");
    item = new_node(r, cJSON_Raw, key, len + 1);
    if (!item)
        return NULL;
    memcpy(item->node.valuestring, first, len);
    item->node.valuestring[len] = '\0';
    item->node.valueint = (int)len;
    r->at = end;
    return item;
}

static struct sc_json *read_word(
        struct reader *r, const struct literal *key, const char *word, int kind)
{
    size_t len = strlen(word);

    if ((size_t)(r->end - r->at) < len || memcmp(r->at, word, len) != 0)
        return no_value(r, "expected a value");
    r->at += len;
    return new_node(r, kind, key, 0);
}

/* --- containers --- */

static int compare_keys(const void *a, const void *b)
{
    const struct sc_json *const *x = a, *const *y = b;

    return strcmp((*x)->node.string, (*y)->node.string);
}

static const char *find_repeated_of_few(const struct sc_json *object)
{
    for (const cJSON *a = object->node.child; a; a = a->next) {
        for (const cJSON *b = a->next; b; b = b->next) {
            if (a->string[0] == b->string[0] && strcmp(a->string, b->string) == 0)
                return a->string;
        }
    }
    return NULL;
}

/* A name that the object has twice, or NULL. */
static const char *find_repeated(struct reader *r, const struct sc_json *object)
{
    size_t count = (size_t)object->node.valueint, n = 0;

    if (count <= FEW_MEMBERS)
        return find_repeated_of_few(object);
    if (count > r->sorted_cap) {
        r->sorted = sc_realloc(r->sorted, count * sizeof(struct sc_json *));
        r->sorted_cap = count;
    }
    for (cJSON *member = object->node.child; member; member = member->next)
        r->sorted[n++] = sc_json_of(member);
    qsort(r->sorted, n, sizeof(struct sc_json *), compare_keys);
    for (size_t i = 1; i < n; i++) {
        if (compare_keys(&r->sorted[i - 1], &r->sorted[i]) == 0)
            return r->sorted[i]->node.string;
    }
    return NULL;
}

/* Fails if the object that was just read names a member twice. */
static bool check_names(struct reader *r, const struct sc_json *object)
{
    const char *name = find_repeated(r, object);
    char what[160];

    if (!name)
        return true;
    snprintf(what, sizeof(what), "the object that ends here has the member '%.*s' twice",
            (int)sc_utf8_cut(name, strlen(name), 80), name);
    return fail(r, what);
}

static bool read_member(struct reader *r, struct sc_json *object)
{
    struct literal key = { .at = "" };
    struct sc_json *value;

    if (!accept(r, '"'))
        return fail(r, "expected a member name in quotes");
    if (!read_literal(r, &key))
        return false;
    if (!accept(r, ':'))
        return fail(r, "expected ':' after the member name");
    value = read_value(r, &key);
    if (!value)
        return false;
    sc_json_link(object, value);
    return true;
}

static bool read_members(struct reader *r, struct sc_json *object)
{
    if (accept(r, '}'))
        return true;
    do {
        if (!read_member(r, object))
            return false;
    } while (accept(r, ','));
    if (!accept(r, '}'))
        return fail(r, "expected ',' or '}' after a member");
    return check_names(r, object);
}

static bool read_elements(struct reader *r, struct sc_json *array)
{
    if (accept(r, ']'))
        return true;
    do {
        struct sc_json *value = read_value(r, NULL);

        if (!value)
            return false;
        sc_json_link(array, value);
    } while (accept(r, ','));
    return accept(r, ']') || fail(r, "expected ',' or ']' after an element");
}

static struct sc_json *read_container(
        struct reader *r, const struct literal *key, int kind)
{
    struct sc_json *item;
    bool done;

    if (r->depth_left == 0)
        return no_value(r, "nested deeper than the limit allows");
    item = new_node(r, kind, key, 0);
    if (!item)
        return NULL;
    r->at++;
    r->depth_left--;
    done = kind == cJSON_Object ? read_members(r, item) : read_elements(r, item);
    r->depth_left++;
    if (done)
        return item;
    sc_json_free(item);
    return NULL;
}

static struct sc_json *read_value(struct reader *r, const struct literal *key)
{
    skip_space(r);
    if (r->at == r->end)
        return no_value(r, "expected a value, but the text ends");
    switch (*r->at) {
    case '"':
        return read_string(r, key);
    case '{':
        return read_container(r, key, cJSON_Object);
    case '[':
        return read_container(r, key, cJSON_Array);
    case 't':
        return read_word(r, key, "true", cJSON_True);
    case 'f':
        return read_word(r, key, "false", cJSON_False);
    case 'n':
        return read_word(r, key, "null", cJSON_NULL);
    default:
        return read_number(r, key);
    }
}

static size_t limit_of(size_t wanted, size_t usual, size_t most)
{
    size_t limit = wanted ? wanted : usual;

    return limit < most ? limit : most;
}

struct sc_json *sc_json_parse(const char *text, size_t len,
        const struct sc_json_limits *limits, struct sc_error *err)
{
    static const struct sc_json_limits usual = { 64 << 20, 200, 10000000 };
    const struct sc_json_limits *l = limits ? limits : &usual;
    size_t max_bytes = limit_of(l->max_bytes, usual.max_bytes, SC_JSON_MAX_BYTES);
    struct reader r = { .start = text,
        .at = text,
        .end = text + len,
        .depth_left = limit_of(l->max_depth, usual.max_depth, SC_JSON_MAX_DEPTH),
        .items_left = limit_of(l->max_items, usual.max_items, SIZE_MAX),
        .err = err };
    struct sc_json *root;

    if (len > max_bytes) {
        sc_fail(err, SC_INVALID, "%zu bytes of JSON, more than the limit of %zu", len,
                max_bytes);
        return NULL;
    }
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        return no_value(&r, "a byte order mark does not belong before JSON");
    root = read_value(&r, NULL);
    skip_space(&r);
    if (root && r.at != r.end) {
        fail(&r, "text after the end of the value");
        sc_json_free(root);
        root = NULL;
    }
    free(r.sorted);
    return root;
}
