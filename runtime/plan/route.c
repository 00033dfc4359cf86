#include "plan/route.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "plan/route_words.h"

/* A phrase must be covered this far (of up to five words none may be missing, for it may
 * be the one that tells two chores apart), and be this much better than the next one. */
#define LEAST_COVER 0.82
#define LEAST_SCORE 0.75
#define LEAST_LEAD  0.03

struct attempt {
    double score;
    bool fits; /* every value found its slot, every word is known */
    struct sc_json *inputs;
};

/* --- words --- */

static size_t count_words(const struct sc_route_tokens *tokens)
{
    size_t n = 0;

    for (size_t i = 0; i < tokens->count; i++)
        n += tokens->items[i].kind == SC_ROUTE_WORD;
    return n;
}

/* How many words of a stand in b too, each of b's serving once. */
static size_t count_shared(
        const struct sc_route_tokens *a, const struct sc_route_tokens *b)
{
    bool *used = sc_new_array(bool, b->count);
    size_t n = 0;

    for (size_t i = 0; i < a->count; i++) {
        if (a->items[i].kind != SC_ROUTE_WORD)
            continue;
        for (size_t j = 0; j < b->count; j++) {
            if (used[j] || b->items[j].kind != SC_ROUTE_WORD ||
                    strcmp(a->items[i].text, b->items[j].text) != 0)
                continue;
            used[j] = true;
            n++;
            break;
        }
    }
    free(used);
    return n;
}

static void learn(struct sc_map *vocabulary, const struct sc_route_tokens *phrase)
{
    static char known;

    for (size_t i = 0; i < phrase->count; i++)
        if (phrase->items[i].kind == SC_ROUTE_WORD)
            sc_map_set(vocabulary, phrase->items[i].text, &known);
}

static bool all_known(
        const struct sc_map *vocabulary, const struct sc_route_tokens *words)
{
    for (size_t i = 0; i < words->count; i++)
        if (words->items[i].kind == SC_ROUTE_WORD &&
                !sc_map_get(vocabulary, words->items[i].text))
            return false;
    return true;
}

/* --- values --- */

static size_t count_slots(const struct sc_route_tokens *tokens, enum sc_slot_type type)
{
    size_t n = 0;

    for (size_t i = 0; i < tokens->count; i++)
        n += tokens->items[i].kind == SC_ROUTE_SLOT && tokens->items[i].type == type;
    return n;
}

/* Do both slots follow the same word? Where a phrase has two of one type ("from {a} to
 * {b}"), only the words before them tell which is which. */
static bool same_before(const struct sc_route_tokens *a, size_t i,
        const struct sc_route_tokens *b, size_t j)
{
    const struct sc_route_token *x = i ? &a->items[i - 1] : NULL,
                                *y = j ? &b->items[j - 1] : NULL;

    if (!x || !y)
        return x == y;
    if (x->kind == SC_ROUTE_SLOT || y->kind == SC_ROUTE_SLOT)
        return x->kind == y->kind && x->type == y->type;
    return strcmp(x->text, y->text) == 0;
}

/* Where only "at" or "and" stands before a slot, the word behind it names the value: "at
 * {margin} margin and {fee} fee" must not take the fee of "at 12 % fee" for a margin. */
static bool same_behind(const struct sc_route_tokens *a, size_t i,
        const struct sc_route_tokens *b, size_t j)
{
    const struct sc_route_token *x = i + 1 < a->count ? &a->items[i + 1] : NULL,
                                *y = j + 1 < b->count ? &b->items[j + 1] : NULL;

    if (!x || x->kind != SC_ROUTE_WORD ||
            (i > 0 && a->items[i - 1].kind == SC_ROUTE_WORD))
        return true;
    return y && y->kind == SC_ROUTE_WORD && strcmp(x->text, y->text) == 0;
}

/* The slot of the phrase for the value token words[at], or phrase->count. */
static size_t slot_for(const struct sc_route_tokens *phrase, const bool *taken,
        const struct sc_route_tokens *words, size_t at)
{
    enum sc_slot_type type = words->items[at].type;
    bool several = count_slots(phrase, type) > 1;

    for (size_t i = 0; i < phrase->count; i++) {
        if (taken[i] || phrase->items[i].kind != SC_ROUTE_SLOT ||
                phrase->items[i].type != type)
            continue;
        if (words->items[at].loose && (i > 0 || at > 0))
            continue;
        if (!several ||
                (same_before(phrase, i, words, at) && same_behind(phrase, i, words, at)))
            return i;
    }
    return phrase->count;
}

/* Puts a token's values into an input; false when there are too many for it, or when the
 * phrase itself has another value there. */
static bool take_values(const struct sc_route_token *slot,
        const struct sc_route_token *said, const struct sc_json *declared,
        struct sc_json *inputs)
{
    const struct sc_json *input = sc_json_get(declared, slot->text ? slot->text : "");

    if (!slot->text)
        return sc_json_equal(slot->values, said->values);
    if (sc_json_get_bool(input, "many", false)) {
        sc_json_set(inputs, slot->text, sc_json_copy(said->values));
        return true;
    }
    if (sc_json_count(said->values) != 1)
        return false;
    sc_json_set(inputs, slot->text, sc_json_copy(sc_json_first(said->values)));
    return true;
}

/* "a.csv and b.csv" reads like a list; for a phrase with slots of their own ({left} and
 * {right}) it is one value for each, in their order. */
static bool take_spread(const struct sc_route_tokens *phrase, bool *taken, size_t slot,
        const struct sc_route_token *said, struct sc_json *inputs)
{
    SC_JSON_EACH(value, said->values)
    {
        while (slot < phrase->count &&
                (taken[slot] || phrase->items[slot].kind != SC_ROUTE_SLOT ||
                        phrase->items[slot].type != said->type))
            slot++;
        if (slot == phrase->count || !phrase->items[slot].text)
            return false;
        taken[slot] = true;
        sc_json_set(inputs, phrase->items[slot].text, sc_json_copy(value));
    }
    return true;
}

static bool is_spread(const struct sc_route_tokens *phrase, size_t slot,
        const struct sc_route_token *said, const struct sc_json *declared)
{
    const char *name = slot < phrase->count ? phrase->items[slot].text : NULL;

    return name && sc_json_count(said->values) > 1 &&
           count_slots(phrase, said->type) == sc_json_count(said->values) &&
           !sc_json_get_bool(sc_json_get(declared, name), "many", false);
}

static bool take_all_values(const struct sc_route_tokens *phrase,
        const struct sc_route_tokens *words, const struct sc_json *declared,
        struct sc_json *inputs)
{
    bool *taken = sc_new_array(bool, phrase->count + 1);
    bool good = true;

    for (size_t i = 0; good && i < words->count; i++) {
        const struct sc_route_token *said = &words->items[i];
        size_t slot;

        if (said->kind != SC_ROUTE_SLOT)
            continue;
        slot = slot_for(phrase, taken, words, i);
        if (is_spread(phrase, slot, said, declared)) {
            good = take_spread(phrase, taken, slot, said, inputs);
            continue;
        }
        taken[slot] = true;
        good = slot < phrase->count &&
               take_values(&phrase->items[slot], said, declared, inputs);
    }
    free(taken);
    return good;
}

/* Are all values there without which the phrase would mean something else? A file may
 * have been given beside the words; what has a default may stay unsaid. */
static bool enough_said(const struct sc_route_tokens *phrase,
        const struct sc_json *declared, const struct sc_json *inputs)
{
    for (size_t i = 0; i < phrase->count; i++) {
        const struct sc_route_token *slot = &phrase->items[i];
        const struct sc_json *input;

        if (slot->kind != SC_ROUTE_SLOT || !slot->text || sc_json_get(inputs, slot->text))
            continue;
        input = sc_json_get(declared, slot->text);
        if (sc_json_get(input, "default") || slot->type == SC_SLOT_FILE)
            continue;
        return false;
    }
    return true;
}

/* --- one routine --- */

/* "100 USD in EUR" says enough by its values alone. */
static bool values_suffice(const struct sc_route_tokens *phrase)
{
    size_t n = 0;

    for (size_t i = 0; i < phrase->count; i++)
        n += phrase->items[i].kind == SC_ROUTE_SLOT;
    return n >= 3;
}

static void try_phrase(struct attempt *best, const struct sc_route_tokens *phrase,
        const struct sc_route_tokens *words, const struct sc_json *declared, bool known)
{
    size_t shared = count_shared(phrase, words);
    size_t in_phrase = count_words(phrase), in_words = count_words(words);
    double cover, match;
    struct sc_json *inputs;
    bool fits;

    if (!in_phrase != !in_words || (!in_phrase && !values_suffice(phrase)))
        return;
    cover = in_phrase ? (double)shared / (double)in_phrase : 1;
    match = in_words ? (double)shared / (double)in_words : 1;
    inputs = sc_json_new_object();
    fits = known && cover >= LEAST_COVER && phrase->negations == words->negations &&
           take_all_values(phrase, words, declared, inputs) &&
           enough_said(phrase, declared, inputs);
    match = 0.6 * cover + 0.4 * match;
    if (fits > best->fits || (fits == best->fits && match > best->score)) {
        sc_json_free(best->inputs);
        *best = (struct attempt){ .score = match, .fits = fits, .inputs = inputs };
        return;
    }
    sc_json_free(inputs);
}

static struct attempt try_routine(
        const struct sc_json *routine, const struct sc_route_tokens *words)
{
    const struct sc_json *declared = sc_json_get(routine, "inputs");
    const struct sc_json *phrases = sc_json_get(routine, "phrases");
    struct attempt best = { 0 };
    size_t count = 0, i = 0;
    struct sc_route_tokens *read;
    struct sc_map vocabulary;
    bool known;

    SC_JSON_EACH(language, phrases)
    count += sc_json_count(language);
    read = sc_new_array(struct sc_route_tokens, count + 1);
    sc_map_init(&vocabulary);
    SC_JSON_EACH(language, phrases)
    {
        SC_JSON_EACH(text, language)
        {
            sc_route_read_phrase(&read[i], sc_json_string(text), declared);
            learn(&vocabulary, &read[i++]);
        }
    }
    known = all_known(&vocabulary, words);
    for (i = 0; i < count; i++) {
        try_phrase(&best, &read[i], words, declared, known);
        sc_route_tokens_release(&read[i]);
    }
    sc_map_release(&vocabulary, NULL);
    free(read);
    return best;
}

/* --- all of them --- */

/* Puts index into the list of nearest, which is sorted by score. */
static void rank(struct sc_route *route, double scores[3], size_t index, double score)
{
    for (size_t i = 0; i < 3; i++) {
        if (route->nearest[i] != SC_NO_ROUTINE && score <= scores[i])
            continue;
        for (size_t j = 2; j > i; j--) {
            route->nearest[j] = route->nearest[j - 1];
            scores[j] = scores[j - 1];
        }
        route->nearest[i] = index;
        scores[i] = score;
        return;
    }
}

void sc_route_find(struct sc_route *route, const char *words,
        const struct sc_route_routine *routines, size_t count, const char *today)
{
    double scores[3] = { 0 }, second = 0;
    struct sc_route_tokens tokens;

    *route = (struct sc_route){ .routine = SC_NO_ROUTINE,
        .nearest = { SC_NO_ROUTINE, SC_NO_ROUTINE, SC_NO_ROUTINE } };
    sc_route_read(&tokens, words, today);
    for (size_t i = 0; i < count; i++) {
        struct attempt attempt = try_routine(routines[i].json, &tokens);

        rank(route, scores, i, attempt.score);
        if (attempt.fits && attempt.score > route->score) {
            second = route->score;
            sc_json_free(route->inputs);
            route->inputs = attempt.inputs;
            route->routine = i;
            route->score = attempt.score;
            continue;
        }
        if (attempt.fits && attempt.score > second)
            second = attempt.score;
        sc_json_free(attempt.inputs);
    }
    sc_route_tokens_release(&tokens);
    if (route->score < LEAST_SCORE || route->score - second < LEAST_LEAD)
        route->routine = SC_NO_ROUTINE;
}

void sc_route_release(struct sc_route *route)
{
    sc_json_free(route->inputs);
    *route = (struct sc_route){ .routine = SC_NO_ROUTINE };
}

/* --- values given by name --- */

static const char *wanted(enum sc_slot_type type)
{
    switch ((int)type) {
    case SC_SLOT_MARKET:
        return "a market such as DE, Germany or 德国";
    case SC_SLOT_CURRENCY:
        return "a currency such as EUR or 欧元";
    case SC_SLOT_PERCENT:
        return "a percentage such as 35 or 35%";
    case SC_SLOT_NUMBER:
        return "a number";
    case SC_SLOT_DATE:
        return "a date such as 2026-11-27";
    default:
        return "text";
    }
}

/* The token of a text that is one value (or list) and nothing else, or NULL. */
static const struct sc_route_token *only_value(
        const struct sc_route_tokens *tokens, enum sc_slot_type type)
{
    const struct sc_route_token *found = NULL;

    for (size_t i = 0; i < tokens->count; i++) {
        const struct sc_route_token *token = &tokens->items[i];
        bool percent = type == SC_SLOT_PERCENT && token->type == SC_SLOT_NUMBER;

        if (token->kind == SC_ROUTE_FILLER)
            continue;
        if (token->kind != SC_ROUTE_SLOT || found || (token->type != type && !percent))
            return NULL;
        found = token;
    }
    return found;
}

struct sc_json *sc_route_value(const char *text, const char *type_word, bool many,
        const char *today, struct sc_error *err)
{
    enum sc_slot_type type = sc_route_slot_of(type_word);
    const struct sc_route_token *token;
    struct sc_route_tokens tokens;
    struct sc_json *value = NULL;

    if (type == SC_SLOT_TEXT || type == SC_SLOT_FILE || type == SC_SLOT_NONE)
        return sc_json_new_string(text);
    sc_route_read(&tokens, text, today);
    token = only_value(&tokens, type);
    if (token && many)
        value = sc_json_copy(token->values);
    else if (token && sc_json_count(token->values) == 1)
        value = sc_json_copy(sc_json_first(token->values));
    sc_route_tokens_release(&tokens);
    if (!value)
        sc_fail(err, SC_INVALID, "must be %s, is '%.60s'", wanted(type), text);
    return value;
}
