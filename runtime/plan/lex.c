#include "plan/lex.h"

#include <string.h>

#include "base/utf8.h"

static const char *const words[] = { "and", "break", "do", "else", "elseif", "end",
    "false", "for", "function", "goto", "if", "in", "local", "nil", "not", "or", "repeat",
    "return", "then", "true", "until", "while", "...", "..", "==", "~=", "<=", ">=", "<<",
    ">>", "//", "::" };

enum { KEYWORD_COUNT = SC_TOKEN_WHILE + 1, MAX_LEVEL = 100 };

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static bool is_alpha(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static int hex_value(int c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static bool is_space(int c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The character n places on, or -1 past the end. */
static int peek(const struct sc_lexer *lx, size_t n)
{
    return lx->pos + n < lx->len ? (unsigned char)lx->text[lx->pos + n] : -1;
}

static struct sc_token token(enum sc_token_kind kind, size_t at, const char *text)
{
    return (struct sc_token){
        .kind = kind, .at = at, .text = text, .text_len = text ? strlen(text) : 0
    };
}

/* The number of `=` in a long bracket that opens at n, or -1 when none does. */
static int long_level(const struct sc_lexer *lx, size_t n)
{
    int level = 0;

    if (peek(lx, n) != '[')
        return -1;
    while (level < MAX_LEVEL && peek(lx, n + 1 + (size_t)level) == '=')
        level++;
    return peek(lx, n + 1 + (size_t)level) == '[' ? level : -1;
}

static bool closes(const struct sc_lexer *lx, int level)
{
    if (peek(lx, 0) != ']' || peek(lx, (size_t)level + 1) != ']')
        return false;
    for (int i = 1; i <= level; i++) {
        if (peek(lx, (size_t)i) != '=')
            return false;
    }
    return true;
}

/* Reads [[…]] from its first bracket; NULL when it does not end. */
static const char *long_text(struct sc_lexer *lx, int level, size_t *ret_len)
{
    size_t start;

    lx->pos += (size_t)level + 2;
    if (peek(lx, 0) == '\r')
        lx->pos++;
    if (peek(lx, 0) == '\n')
        lx->pos++;
    start = lx->pos;
    for (; lx->pos < lx->len; lx->pos++) {
        if (closes(lx, level)) {
            *ret_len = lx->pos - start;
            lx->pos += (size_t)level + 2;
            return lx->text + start;
        }
    }
    return NULL;
}

/* False when a comment does not end. */
static bool skip_blank(struct sc_lexer *lx)
{
    for (;;) {
        int level;
        size_t len;

        while (is_space(peek(lx, 0)))
            lx->pos++;
        if (peek(lx, 0) != '-' || peek(lx, 1) != '-')
            return true;
        level = long_level(lx, 2);
        lx->pos += 2;
        if (level < 0) {
            while (peek(lx, 0) != '\n' && peek(lx, 0) >= 0)
                lx->pos++;
        } else if (!long_text(lx, level, &len)) {
            return false;
        }
    }
}

/* Digits of a base; the number of them. */
static size_t digits(const char *s, size_t len, bool hex)
{
    size_t n = 0;

    while (n < len && (hex ? hex_value(s[n]) >= 0 : is_digit(s[n])))
        n++;
    return n;
}

static bool is_numeral(const char *s, size_t len)
{
    bool hex = len > 1 && s[0] == '0' && (s[1] == 'x' || s[1] == 'X');
    size_t at = hex ? 2 : 0, whole = digits(s + at, len - at, hex), part = 0;

    at += whole;
    if (at < len && s[at] == '.') {
        at++;
        part = digits(s + at, len - at, hex);
        at += part;
    }
    if (!whole && !part)
        return false;
    if (at < len && strchr(hex ? "pP" : "eE", s[at])) {
        at++;
        at += at < len && (s[at] == '+' || s[at] == '-');
        if (at == len || !is_digit(s[at]))
            return false;
        at += digits(s + at, len - at, false);
    }
    return at == len;
}

static struct sc_token read_number(struct sc_lexer *lx)
{
    size_t at = lx->pos;
    bool hex = peek(lx, 0) == '0' && (peek(lx, 1) == 'x' || peek(lx, 1) == 'X');
    struct sc_token t;

    lx->pos += hex ? 2 : 0;
    for (;; lx->pos++) {
        int c = peek(lx, 0), next = peek(lx, 1);

        if (c > 0 && strchr(hex ? "pP" : "eE", c) && (next == '+' || next == '-'))
            lx->pos++;
        else if (!is_alpha(c) && !is_digit(c) && c != '.')
            break;
    }
    if (!is_numeral(lx->text + at, lx->pos - at))
        return token(SC_TOKEN_ERROR, at, "a number is written wrongly");
    t = token(SC_TOKEN_NUMBER, at, sc_arena_text(lx->arena, lx->text + at, lx->pos - at));
    return t;
}

struct out {
    char *data;
    size_t len;
};

static const char *escape_hex(struct sc_lexer *lx, struct out *out)
{
    int high = hex_value(peek(lx, 0)), low = high < 0 ? -1 : hex_value(peek(lx, 1));

    if (low < 0)
        return "\\x needs two hexadecimal digits";
    out->data[out->len++] = (char)(high * 16 + low);
    lx->pos += 2;
    return NULL;
}

static const char *escape_decimal(struct sc_lexer *lx, struct out *out)
{
    int value = 0;

    for (int i = 0; i < 3 && is_digit(peek(lx, 0)); i++, lx->pos++)
        value = value * 10 + (peek(lx, 0) - '0');
    if (value > 255)
        return "a decimal escape is above 255";
    out->data[out->len++] = (char)value;
    return NULL;
}

static const char *escape_unicode(struct sc_lexer *lx, struct out *out)
{
    static const char wrong[] = "\\u needs a character number in braces";
    uint32_t code = 0;
    size_t n = 0;

    if (peek(lx, 0) != '{')
        return wrong;
    for (lx->pos++; hex_value(peek(lx, 0)) >= 0; lx->pos++, n++) {
        code = code * 16 + (uint32_t)hex_value(peek(lx, 0));
        if (code > 0x10ffff)
            return wrong;
    }
    if (!n || peek(lx, 0) != '}' || (code >= 0xd800 && code < 0xe000))
        return wrong;
    lx->pos++;
    out->len += sc_utf8_put(code, out->data + out->len);
    return NULL;
}

/* After the backslash. NULL, or what is wrong. */
static const char *read_escape(struct sc_lexer *lx, struct out *out)
{
    static const char from[] = "abfnrtv\\\"'\n";
    static const char to[] = "\a\b\f\n\r\t\v\\\"'\n";
    int c = peek(lx, 0);
    const char *plain = c > 0 ? strchr(from, c) : NULL;

    if (is_digit(c))
        return escape_decimal(lx, out);
    lx->pos++;
    if (plain) {
        out->data[out->len++] = to[plain - from];
        return NULL;
    }
    if (c == 'x')
        return escape_hex(lx, out);
    if (c == 'u')
        return escape_unicode(lx, out);
    if (c != 'z')
        return "a backslash stands before a character that needs none";
    while (is_space(peek(lx, 0)))
        lx->pos++;
    return NULL;
}

static struct sc_token read_string(struct sc_lexer *lx)
{
    size_t at = lx->pos, end = lx->pos + 1;
    int quote = peek(lx, 0);
    struct out out = { 0 };
    struct sc_token t;

    while (end < lx->len && lx->text[end] != (char)quote) /* an upper bound is enough */
        end += lx->text[end] == '\\' ? 2 : 1;
    if (end >= lx->len)
        return token(SC_TOKEN_ERROR, at, "a string does not end");
    out.data = sc_arena_alloc(lx->arena, (end - at) * 2 + 1);
    for (lx->pos++; peek(lx, 0) != quote;) {
        const char *wrong = NULL;
        int c = peek(lx, 0);

        if (c < 0 || c == '\n' || c == '\r')
            return token(SC_TOKEN_ERROR, at, "a string does not end");
        lx->pos++;
        if (c == '\\')
            wrong = read_escape(lx, &out);
        else
            out.data[out.len++] = (char)c;
        if (wrong)
            return token(SC_TOKEN_ERROR, lx->pos, wrong);
    }
    lx->pos++;
    t = token(SC_TOKEN_STRING, at, out.data);
    t.text_len = out.len;
    return t;
}

static struct sc_token read_name(struct sc_lexer *lx)
{
    size_t at = lx->pos;
    char *text;

    while (is_alpha(peek(lx, 0)) || is_digit(peek(lx, 0)))
        lx->pos++;
    text = sc_arena_text(lx->arena, lx->text + at, lx->pos - at);
    for (size_t i = 0; i < KEYWORD_COUNT; i++) {
        if (strcmp(words[i], text) == 0)
            return token((enum sc_token_kind)i, at, text);
    }
    return token(SC_TOKEN_NAME, at, text);
}

static struct sc_token read_sign(struct sc_lexer *lx)
{
    size_t at = lx->pos;
    struct sc_token t;

    for (size_t i = KEYWORD_COUNT; i < sizeof(words) / sizeof(*words); i++) {
        size_t len = strlen(words[i]);

        if (lx->len - at >= len && memcmp(lx->text + at, words[i], len) == 0) {
            lx->pos += len;
            return token((enum sc_token_kind)i, at, words[i]);
        }
    }
    if (!strchr("+-*/%^#&~|<>=(){}[];:,.", lx->text[at]) || !lx->text[at])
        return token(SC_TOKEN_ERROR, at,
                lx->text[at] == '!'   ? "'!' is not Lua; write 'not', or '~=' for unequal"
                : lx->text[at] == '?' ? "'?' is not Lua; write 'a and b or c'"
                                      : "a character that is not part of Lua");
    lx->pos++;
    t = token(SC_TOKEN_SIGN, at, sc_arena_text(lx->arena, lx->text + at, 1));
    t.sign = lx->text[at];
    return t;
}

static struct sc_token read_token(struct sc_lexer *lx)
{
    size_t at = lx->pos;
    int c, level;

    if (!skip_blank(lx))
        return token(SC_TOKEN_ERROR, at, "a comment does not end");
    at = lx->pos;
    c = peek(lx, 0);
    if (c < 0)
        return token(SC_TOKEN_EOF, at, "the end");
    if (is_alpha(c))
        return read_name(lx);
    if (is_digit(c) || (c == '.' && is_digit(peek(lx, 1))))
        return read_number(lx);
    if (c == '"' || c == '\'')
        return read_string(lx);
    level = long_level(lx, 0);
    if (level >= 0) {
        struct sc_token t = token(SC_TOKEN_STRING, at, NULL);
        size_t len = 0;
        const char *text = long_text(lx, level, &len);

        if (!text)
            return token(SC_TOKEN_ERROR, at, "a long string does not end");
        t.text = sc_arena_text(lx->arena, text, len);
        t.text_len = len;
        return t;
    }
    return read_sign(lx);
}

struct sc_token sc_lex(struct sc_lexer *lexer)
{
    struct sc_token t = read_token(lexer);

    t.len = lexer->pos > t.at ? lexer->pos - t.at : 0;
    return t;
}

bool sc_lex_is_keyword(const char *word)
{
    for (size_t i = 0; i < KEYWORD_COUNT; i++) {
        if (strcmp(words[i], word) == 0)
            return true;
    }
    return false;
}

bool sc_lex_is_name(const char *word)
{
    if (!is_alpha((unsigned char)*word) || sc_lex_is_keyword(word))
        return false;
    for (; *word; word++) {
        if (!is_alpha((unsigned char)*word) && !is_digit((unsigned char)*word))
            return false;
    }
    return true;
}
