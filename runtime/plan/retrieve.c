#include "plan/retrieve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

enum { MAX_TERMS = 64, NAME_WEIGHT = 4, SUMMARY_WEIGHT = 2, OTHER_WEIGHT = 1 };
enum { LATIN_END = 0x250, CJK_START = 0x2e80 };

/* The usual constants of BM25. */
static const double saturation = 1.2, length_share = 0.75;

/* --- terms: a hash is as good as the text --- */

static const uint64_t hash_start = 0xcbf29ce484222325, hash_step = 0x100000001b3;

static uint64_t hash_more(uint64_t hash, uint32_t code)
{
    return (hash ^ code) * hash_step;
}

typedef void term_fn(void *arg, uint64_t term);

/* A word under way. */
struct word {
    uint64_t hash, before_last; /* before_last: without its last letter */
    size_t len;
    uint32_t last;
    bool cjk;
};

static void end_word(struct word *w, term_fn *fn, void *arg)
{
    bool plural = w->len > 3 && w->last == 's' && !w->cjk;

    /* Of characters the pairs were told; a lone one stands for itself. */
    if (w->len && (!w->cjk || w->len == 1))
        fn(arg, plural ? w->before_last : w->hash);
    *w = (struct word){ .hash = hash_start, .before_last = hash_start };
}

static void add_letter(struct word *w, uint32_t code)
{
    w->before_last = w->hash;
    w->hash = hash_more(w->hash, code);
    w->last = code;
    w->len++;
}

static void add_character(struct word *w, uint32_t code, term_fn *fn, void *arg)
{
    if (w->len)
        fn(arg, hash_more(hash_more(hash_start, w->last), code));
    add_letter(w, code);
    w->cjk = true;
}

static bool is_letter(uint32_t code)
{
    return (code >= '0' && code <= '9') || (code >= 'a' && code <= 'z') ||
           (code >= 'A' && code <= 'Z') || (code >= 0xc0 && code < LATIN_END);
}

/* 、 。 「 ・ and full-width signs part words. */
static bool is_character(uint32_t code)
{
    return code >= CJK_START && !(code >= 0x3000 && code <= 0x303f) && code != 0x30fb &&
           !(code >= 0xff00 && code <= 0xff0f);
}

static bool is_upper(uint32_t code)
{
    return code >= 'A' && code <= 'Z';
}

static bool is_lower(uint32_t code)
{
    return code >= 'a' && code <= 'z';
}

/* Does a word end before this letter although no sign parts them? As in fxRates and
 * 価格CSV. */
static bool begins_word(const struct word *w, uint32_t code)
{
    if (is_character(code))
        return !w->cjk;
    return w->cjk || (is_upper(code) && is_lower(w->last));
}

static void add_code(struct word *w, uint32_t code, term_fn *fn, void *arg)
{
    bool character = is_character(code), letter = !character && is_letter(code);

    if (w->len && ((!character && !letter) || begins_word(w, code)))
        end_word(w, fn, arg);
    if (character)
        add_character(w, code, fn, arg);
    else if (letter)
        add_letter(w, is_upper(code) ? code + 'a' - 'A' : code);
}

static void each_term(const char *text, term_fn *fn, void *arg)
{
    struct word w = { .hash = hash_start, .before_last = hash_start };
    size_t len = strlen(text), step;

    for (size_t at = 0; at < len; at += step)
        add_code(&w, sc_utf8_get(text + at, len - at, &step), fn, arg);
    end_word(&w, fn, arg);
}

/* --- the query --- */

struct query {
    uint64_t terms[MAX_TERMS];
    size_t count;
};

static size_t term_at(const struct query *q, uint64_t term)
{
    size_t i = 0;

    while (i < q->count && q->terms[i] != term)
        i++;
    return i;
}

static void on_query_term(void *arg, uint64_t term)
{
    struct query *q = arg;

    if (q->count < MAX_TERMS && term_at(q, term) == q->count)
        q->terms[q->count++] = term;
}

/* --- a tool: how often it has each term of the query, and how long it is --- */

struct entry {
    const struct sc_tool *tool;
    float counts[MAX_TERMS];
    double len, score;
};

struct counting {
    const struct query *query;
    struct entry *entry;
    int weight;
};

static void on_tool_term(void *arg, uint64_t term)
{
    struct counting *c = arg;
    size_t at = term_at(c->query, term);

    c->entry->len += c->weight;
    if (at < c->query->count)
        c->entry->counts[at] += (float)c->weight;
}

static void count_text(struct counting *c, const char *text, int weight)
{
    c->weight = weight;
    each_term(text, on_tool_term, c);
}

static void count_params(struct counting *c, const struct sc_json *params)
{
    SC_JSON_EACH(param, sc_json_get(params, "properties"))
    {
        count_text(c, sc_json_key(param), OTHER_WEIGHT);
        count_text(c, sc_json_get_string(param, "description", ""), OTHER_WEIGHT);
        SC_JSON_EACH(word, sc_json_get(param, "enum"))
        count_text(c, sc_json_string(word), OTHER_WEIGHT);
    }
}

static void count_tool(struct counting *c, const struct sc_tool *tool)
{
    const struct sc_json *about = tool->descriptor;

    count_text(c, tool->name, NAME_WEIGHT);
    count_text(c, sc_json_get_string(about, "summary", ""), SUMMARY_WEIGHT);
    SC_JSON_EACH(language, sc_json_get(about, "texts"))
    count_text(c, sc_json_get_string(language, "summary", ""), SUMMARY_WEIGHT);
    SC_JSON_EACH(example, sc_json_get(about, "examples"))
    {
        SC_JSON_EACH(words, sc_json_get(example, "words"))
        count_text(c, sc_json_string(words), OTHER_WEIGHT);
    }
    count_params(c, sc_json_get(about, "params"));
}

/* --- the score --- */

static void score(struct entry *entries, size_t count, const struct query *query)
{
    double total = 0;

    for (size_t i = 0; i < count; i++)
        total += entries[i].len;
    for (size_t t = 0; t < query->count; t++) {
        size_t having = 0;
        double rarity;

        for (size_t i = 0; i < count; i++)
            having += entries[i].counts[t] > 0;
        rarity = log(1 + ((double)(count - having) + 0.5) / ((double)having + 0.5));
        for (size_t i = 0; i < count; i++) {
            double n = (double)entries[i].counts[t];
            double length = 1 - length_share +
                            length_share * entries[i].len * (double)count / total;

            entries[i].score += rarity * n * (saturation + 1) / (n + saturation * length);
        }
    }
}

static int by_score(const void *a, const void *b)
{
    const struct entry *one = a, *other = b;

    if (one->score != other->score)
        return one->score < other->score ? 1 : -1;
    return strcmp(one->tool->name, other->tool->name);
}

size_t sc_retrieve(const struct sc_registry *registry, const struct sc_json *allowed,
        const char *words, size_t limit, const struct sc_tool **ret_tools)
{
    size_t all = sc_registry_count(registry), count = 0, found = 0;
    struct entry *entries = sc_new_array(struct entry, all + 1);
    struct query query = { .count = 0 };

    each_term(words, on_query_term, &query);
    for (size_t i = 0; i < all; i++) {
        const struct sc_tool *tool = sc_registry_at(registry, i);
        struct counting c = { &query, &entries[count], 0 };

        if (!sc_registry_allows(allowed, tool->name))
            continue;
        entries[count++].tool = tool;
        count_tool(&c, tool);
    }
    score(entries, count, &query);
    qsort(entries, count, sizeof(*entries), by_score);
    while (found < count && found < limit && entries[found].score > 0) {
        ret_tools[found] = entries[found].tool;
        found++;
    }
    free(entries);
    return found;
}
