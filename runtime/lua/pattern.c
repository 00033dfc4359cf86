#include "lua/pattern.h"

#include <ctype.h>
#include <string.h>

#define OPEN ((ptrdiff_t)-1)

static const char *match(struct sc_matcher *m, const char *s, const char *p);

static const char *fail(struct sc_matcher *m, const char *sentence)
{
    m->trouble = sentence;
    return NULL;
}

static bool spend(struct sc_matcher *m)
{
    if (m->trouble)
        return false;
    if (--m->steps < 0)
        m->trouble = "the pattern takes too many steps on this text";
    return !m->trouble;
}

/* The end of the single-character class that starts at p, or NULL. */
static const char *class_end(struct sc_matcher *m, const char *p)
{
    char first = *p++;

    if (first == '%') {
        if (p == m->pattern_end)
            return fail(m, "malformed pattern (ends with '%')");
        return p + 1;
    }
    if (first != '[')
        return p;
    if (p < m->pattern_end && *p == '^')
        p++;
    do { /* a ']' right at the start is a member */
        if (p == m->pattern_end)
            return fail(m, "malformed pattern (missing ']')");
        if (*p++ == '%') {
            if (p == m->pattern_end)
                return fail(m, "malformed pattern (missing ']')");
            p++;
        }
    } while (p == m->pattern_end || *p != ']');
    return p + 1;
}

static bool in_class(int c, int letter)
{
    bool yes;

    switch (tolower(letter)) {
    case 'a':
        yes = isalpha(c);
        break;
    case 'c':
        yes = iscntrl(c);
        break;
    case 'd':
        yes = isdigit(c);
        break;
    case 'g':
        yes = isgraph(c);
        break;
    case 'l':
        yes = islower(c);
        break;
    case 'p':
        yes = ispunct(c);
        break;
    case 's':
        yes = isspace(c);
        break;
    case 'u':
        yes = isupper(c);
        break;
    case 'w':
        yes = isalnum(c);
        break;
    case 'x':
        yes = isxdigit(c);
        break;
    default:
        return letter == c;
    }
    return isupper(letter) ? !yes : yes;
}

/* A class, a range or a character of a set, which *p is moved past. */
static bool in_member(int c, const char **p, const char *last)
{
    const unsigned char *at = (const unsigned char *)*p;

    if (*at == '%') {
        *p += 2;
        return in_class(c, at[1]);
    }
    if (*p + 2 < last && at[1] == '-') {
        *p += 3;
        return at[0] <= c && c <= at[2];
    }
    *p += 1;
    return *at == c;
}

/* p is at '[', end after ']'. */
static bool in_set(int c, const char *p, const char *end)
{
    bool wanted = true;
    const char *last = end - 1;

    p++;
    if (*p == '^') {
        wanted = false;
        p++;
    }
    while (p < last) {
        if (in_member(c, &p, last))
            return wanted;
    }
    return !wanted;
}

static bool one(struct sc_matcher *m, const char *s, const char *p, const char *end)
{
    int c;

    if (s >= m->subject_end || !spend(m))
        return false;
    c = (unsigned char)*s;
    switch (*p) {
    case '.':
        return true;
    case '%':
        return in_class(c, (unsigned char)p[1]);
    case '[':
        return in_set(c, p, end);
    default:
        return (unsigned char)*p == c;
    }
}

/* As many as there are, then fewer. */
static const char *greedy(
        struct sc_matcher *m, const char *s, const char *p, const char *end)
{
    ptrdiff_t n = 0;

    while (one(m, s + n, p, end))
        n++;
    for (; n >= 0 && spend(m); n--) {
        const char *e = match(m, s + n, end + 1);

        if (e)
            return e;
    }
    return NULL;
}

/* As few as will do. */
static const char *lazy(
        struct sc_matcher *m, const char *s, const char *p, const char *end)
{
    while (spend(m)) {
        const char *e = match(m, s, end + 1);

        if (e)
            return e;
        if (!one(m, s, p, end))
            return NULL;
        s++;
    }
    return NULL;
}

static const char *open_capture(
        struct sc_matcher *m, const char *s, const char *p, ptrdiff_t mark)
{
    const char *e;

    if (m->captures == SC_PATTERN_CAPTURES)
        return fail(m, "too many captures");
    m->capture[m->captures++] = (struct sc_capture){ s, mark };
    e = match(m, s, p);
    if (!e)
        m->captures--;
    return e;
}

static const char *close_capture(struct sc_matcher *m, const char *s, const char *p)
{
    int i = m->captures;
    const char *e;

    while (--i >= 0 && m->capture[i].len != OPEN)
        ;
    if (i < 0)
        return fail(m, "invalid pattern capture");
    m->capture[i].len = s - m->capture[i].start;
    e = match(m, s, p);
    if (!e)
        m->capture[i].len = OPEN;
    return e;
}

/* %bxy: from x to its y. */
static const char *balanced(struct sc_matcher *m, const char *s, const char *p)
{
    int nesting = 1;

    if (m->pattern_end - p < 2)
        return fail(m, "malformed pattern (missing arguments to '%b')");
    if (s >= m->subject_end || *s != p[0])
        return NULL;
    for (s++; s < m->subject_end && spend(m); s++) {
        if (*s == p[1]) {
            if (--nesting == 0)
                return s + 1;
        } else if (*s == p[0]) {
            nesting++;
        }
    }
    return NULL;
}

/* %f[set]: the border between outside and inside of the set. */
static bool at_frontier(
        struct sc_matcher *m, const char *s, const char *p, const char *end)
{
    int before = s == m->subject ? 0 : (unsigned char)s[-1];
    int after = s == m->subject_end ? 0 : (unsigned char)*s;

    return !in_set(before, p, end) && in_set(after, p, end);
}

static const char *back_reference(struct sc_matcher *m, const char *s, int digit)
{
    int i = digit - '1';
    size_t len;

    if (i < 0 || i >= m->captures || m->capture[i].len < 0)
        return fail(m, "invalid capture index in the pattern");
    len = (size_t)m->capture[i].len;
    m->steps -= (int64_t)len;
    if ((size_t)(m->subject_end - s) < len || memcmp(m->capture[i].start, s, len) != 0)
        return NULL;
    return s + len;
}

/* The escapes that are not a class. Sets *handled; may advance *s and *p and let the
 * caller go on (NULL with *handled false and *again true). */
enum escape { ESCAPE_CLASS, ESCAPE_GO_ON, ESCAPE_NO };

static enum escape match_escape(struct sc_matcher *m, const char **s, const char **p)
{
    const char *e;

    if (*p + 1 == m->pattern_end)
        return ESCAPE_CLASS; /* class_end says what is wrong */
    switch ((*p)[1]) {
    case 'b':
        e = balanced(m, *s, *p + 2);
        *p += 4;
        break;
    case 'f':
        *p += 2;
        if (*p == m->pattern_end || **p != '[') {
            fail(m, "missing '[' after '%f' in pattern");
            return ESCAPE_NO;
        }
        e = class_end(m, *p);
        if (!e || !at_frontier(m, *s, *p, e))
            return ESCAPE_NO;
        *p = e;
        return ESCAPE_GO_ON;
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
        e = back_reference(m, *s, (*p)[1]);
        *p += 2;
        break;
    default:
        return ESCAPE_CLASS;
    }
    if (!e)
        return ESCAPE_NO;
    *s = e;
    return ESCAPE_GO_ON;
}

enum item { ITEM_NEXT, ITEM_DONE };

/* One character class with its suffix. ITEM_NEXT: go on at *s, *p; else *e is it. */
static enum item match_item(
        struct sc_matcher *m, const char **s, const char **p, const char **e)
{
    const char *end = class_end(m, *p);
    int suffix;

    *e = NULL;
    if (!end)
        return ITEM_DONE;
    suffix = end < m->pattern_end ? *end : '\0';
    if (suffix == '*') {
        *e = greedy(m, *s, *p, end);
        return ITEM_DONE;
    }
    if (suffix == '-') {
        *e = lazy(m, *s, *p, end);
        return ITEM_DONE;
    }
    if (!one(m, *s, *p, end)) {
        if (suffix != '?')
            return ITEM_DONE;
        *p = end + 1;
        return ITEM_NEXT;
    }
    if (suffix == '+') {
        *e = greedy(m, *s + 1, *p, end);
        return ITEM_DONE;
    }
    if (suffix == '?') {
        *e = match(m, *s + 1, end + 1);
        if (*e)
            return ITEM_DONE;
        *p = end + 1;
        return ITEM_NEXT;
    }
    *s += 1;
    *p = end;
    return ITEM_NEXT;
}

/* One step through the pattern. ITEM_NEXT: go on at *s, *p; else *e is it. */
static enum item step(
        struct sc_matcher *m, const char **s, const char **p, const char **e)
{
    bool last = *p + 1 == m->pattern_end;
    enum escape escape = ESCAPE_CLASS;

    *e = NULL;
    if (!spend(m))
        return ITEM_DONE;
    if (**p == '%')
        escape = match_escape(m, s, p);
    if (escape != ESCAPE_CLASS)
        return escape == ESCAPE_GO_ON ? ITEM_NEXT : ITEM_DONE;
    if (**p == '(' && !last && (*p)[1] == ')')
        *e = open_capture(m, *s, *p + 2, SC_CAPTURE_POSITION);
    else if (**p == '(')
        *e = open_capture(m, *s, *p + 1, OPEN);
    else if (**p == ')')
        *e = close_capture(m, *s, *p + 1);
    else if (**p == '$' && last)
        *e = *s == m->subject_end ? *s : NULL;
    else
        return match_item(m, s, p, e);
    return ITEM_DONE;
}

static const char *walk(struct sc_matcher *m, const char *s, const char *p)
{
    const char *e;

    while (p < m->pattern_end) {
        if (step(m, &s, &p, &e) == ITEM_DONE)
            return e;
    }
    return s;
}

static const char *match(struct sc_matcher *m, const char *s, const char *p)
{
    const char *e;

    if (m->trouble)
        return NULL;
    if (++m->depth > SC_PATTERN_DEPTH)
        return fail(m, "pattern too complex");
    e = walk(m, s, p);
    m->depth--;
    return m->trouble ? NULL : e;
}

const char *sc_pattern_match(struct sc_matcher *m, const char *at, const char *pattern)
{
    const char *e;

    m->captures = 0;
    m->depth = 0;
    e = match(m, at, pattern);
    for (int i = 0; e && i < m->captures; i++)
        if (m->capture[i].len == OPEN)
            return fail(m, "unfinished capture");
    return e;
}

bool sc_pattern_is_plain(const char *pattern, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (strchr("^$*+?.([%-", pattern[i]) && pattern[i])
            return false;
    return true;
}
