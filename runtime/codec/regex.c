#include "codec/regex.h"

#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/buf.h"
#include "base/mem.h"

enum { MATCH_LIMIT = 200000, DEPTH_LIMIT = 5000, HEAP_LIMIT_KIB = 4096 };

struct sc_regex {
    pcre2_code *code;
    pcre2_match_context *limits;
};

/* What ECMA calls white space; PCRE2's \s is ASCII only. */
#define SPACES                                                        \
    "\\t\\n\\u000b\\f\\r \\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029" \
    "\\u202f\\u205f\\u3000\\ufeff"

/* Long names of general categories, which PCRE2 does not know. */
static const struct {
    const char *name, *text;
} categories[] = {
    { "{Letter}", "{L}" },
    { "{Lowercase_Letter}", "{Ll}" },
    { "{Uppercase_Letter}", "{Lu}" },
    { "{Mark}", "{M}" },
    { "{Number}", "{N}" },
    { "{Decimal_Number}", "{Nd}" },
    { "{Punctuation}", "{P}" },
    { "{Symbol}", "{S}" },
    { "{Currency_Symbol}", "{Sc}" },
    { "{Separator}", "{Z}" },
    { "{Other}", "{C}" },
    { "{digit}", "{Nd}" },
};

/* Adds the translation of the escape at p (a backslash); returns its length. */
static size_t add_escape(struct sc_buf *out, const char *p, bool in_class)
{
    if (p[1] == 's' || (p[1] == 'S' && !in_class)) {
        const char *open = p[1] == 's' ? "[" : "[^";

        sc_buf_addf(out, "%s" SPACES "%s", in_class ? "" : open, in_class ? "" : "]");
        return 2;
    }
    sc_buf_addc(out, '\\');
    if (!p[1])
        return 1;
    sc_buf_addc(out, p[1]);
    if (p[1] != 'p' && p[1] != 'P')
        return 2;
    for (size_t i = 0; i < sizeof(categories) / sizeof(categories[0]); i++) {
        size_t len = strlen(categories[i].name);

        if (strncmp(p + 2, categories[i].name, len) == 0) {
            sc_buf_adds(out, categories[i].text);
            return 2 + len;
        }
    }
    return 2;
}

/* The pattern in PCRE2's words. */
static void translate(struct sc_buf *out, const char *pattern)
{
    bool in_class = false;

    while (*pattern) {
        if (*pattern == '\\') {
            pattern += add_escape(out, pattern, in_class);
            continue;
        }
        if (*pattern == '[' && in_class)
            sc_buf_addc(out, '\\'); /* no POSIX classes */
        else if (*pattern == '[')
            in_class = true;
        else if (*pattern == ']')
            in_class = false;
        sc_buf_addc(out, *pattern++);
    }
}

static pcre2_code *compile(const char *text, size_t len, struct sc_error *err)
{
    const uint32_t options = PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_ALLOW_EMPTY_CLASS |
                             PCRE2_MATCH_UNSET_BACKREF | PCRE2_NEVER_BACKSLASH_C;
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    pcre2_code *code;
    PCRE2_SIZE offset;
    int number;

    SC_ASSERT(context != NULL);
    pcre2_set_compile_extra_options(context, PCRE2_EXTRA_ALT_BSUX);
    pcre2_set_parens_nest_limit(context, 200);
    code = pcre2_compile((PCRE2_SPTR)text, len, options, &number, &offset, context);
    pcre2_compile_context_free(context);
    if (!code) {
        PCRE2_UCHAR why[120] = "";

        pcre2_get_error_message(number, why, sizeof(why));
        sc_fail(err, SC_INVALID, "not a regular expression: %s", (const char *)why);
    }
    return code;
}

struct sc_regex *sc_regex_new(const char *pattern, struct sc_error *err)
{
    struct sc_regex *regex;
    struct sc_buf text;
    pcre2_code *code;

    sc_buf_init(&text);
    translate(&text, pattern);
    code = compile(sc_buf_text(&text), text.len, err);
    sc_buf_release(&text);
    if (!code)
        return NULL;
    regex = sc_new(struct sc_regex);
    regex->code = code;
    regex->limits = pcre2_match_context_create(NULL);
    SC_ASSERT(regex->limits != NULL);
    pcre2_set_match_limit(regex->limits, MATCH_LIMIT);
    pcre2_set_depth_limit(regex->limits, DEPTH_LIMIT);
    pcre2_set_heap_limit(regex->limits, HEAP_LIMIT_KIB);
    return regex;
}

void sc_regex_free(struct sc_regex *regex)
{
    if (!regex)
        return;
    pcre2_match_context_free(regex->limits);
    pcre2_code_free(regex->code);
    free(regex);
}

static bool match(const struct sc_regex *regex, const char *text, size_t len)
{
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    int found;

    SC_ASSERT(data != NULL);
    found = pcre2_match(regex->code, (PCRE2_SPTR)text, len, 0, 0, data, regex->limits);
    pcre2_match_data_free(data);
    return found >= 0;
}

bool sc_regex_finds(const struct sc_regex *regex, const char *text)
{
    struct sc_buf plain;
    const char *zero;
    bool found;

    if (!strstr(text, "\xc0\x80"))
        return match(regex, text, strlen(text));
    sc_buf_init(&plain);
    while ((zero = strstr(text, "\xc0\x80")) != NULL) {
        sc_buf_add(&plain, text, (size_t)(zero - text));
        sc_buf_addc(&plain, '\0');
        text = zero + 2;
    }
    sc_buf_adds(&plain, text);
    found = match(regex, plain.data, plain.len);
    sc_buf_release(&plain);
    return found;
}
