/* Sentences that a person, or a model, can repair from. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "base/words.h"
#include "codec/schema_run.h"

enum { SHOWN_BYTES = 60, SHOWN_WORDS = 20, SHOWN_BRANCHES = 4 };

static bool is_plain_name(const char *key)
{
    return *key && strspn(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
                               "0123456789-") == strlen(key);
}

static void add_place(struct sc_buf *out, const struct sc_schema_at *at)
{
    if (!at->outer)
        return;
    add_place(out, at->outer);
    if (at->key && is_plain_name(at->key)) {
        sc_buf_addf(out, "%s%s", out->len ? "." : "", at->key);
    } else if (at->key) {
        sc_buf_addc(out, '[');
        sc_json_write_string(out, at->key, strlen(at->key));
        sc_buf_addc(out, ']');
    } else if (at->index == SC_SCHEMA_NAME) {
        sc_buf_adds(out, " (a name)");
    } else {
        sc_buf_addf(out, "[%zu]", at->index);
    }
}

static void add_error(struct sc_schema_run *run, const struct sc_buf *sentence)
{
    if (sc_json_count(run->errors) < run->max_errors)
        sc_json_append(
                run->errors, sc_json_new_string_len(sentence->data, sentence->len));
}

static void begin(
        struct sc_schema_run *run, const struct sc_schema_at *at, struct sc_buf *out)
{
    sc_buf_init(out);
    if (run->root)
        sc_buf_adds(out, run->root);
    add_place(out, at);
    if (out->len)
        sc_buf_adds(out, ": ");
}

bool sc_schema_say(
        struct sc_schema_run *run, const struct sc_schema_at *at, const char *fmt, ...)
{
    struct sc_buf sentence;
    va_list ap;

    if (run->quiet || run->gave_up)
        return false;
    begin(run, at, &sentence);
    va_start(ap, fmt);
    sc_buf_vaddf(&sentence, fmt, ap);
    va_end(ap);
    add_error(run, &sentence);
    sc_buf_release(&sentence);
    return false;
}

bool sc_schema_say_is(
        struct sc_schema_run *run, const struct sc_schema_at *at, const char *fmt, ...)
{
    struct sc_buf sentence;
    va_list ap;

    if (run->quiet || run->gave_up)
        return false;
    begin(run, at, &sentence);
    va_start(ap, fmt);
    sc_buf_vaddf(&sentence, fmt, ap);
    va_end(ap);
    sc_buf_adds(&sentence, ", is ");
    sc_schema_describe(&sentence, at->value);
    add_error(run, &sentence);
    sc_buf_release(&sentence);
    return false;
}

static void describe_text(struct sc_buf *out, const char *text)
{
    size_t len = strlen(text), cut = sc_utf8_cut(text, len, SHOWN_BYTES);
    struct sc_json *shown;

    if (cut == len) {
        shown = sc_json_new_string(text);
        sc_json_write(out, shown);
    } else {
        shown = sc_json_new_string_len(text, cut);
        sc_json_write(out, shown);
        sc_buf_adds(out, "\xe2\x80\xa6");
    }
    sc_json_free(shown);
}

void sc_schema_describe(struct sc_buf *out, const struct sc_json *value)
{
    size_t count = sc_json_count(value);

    switch (sc_json_type(value)) {
    case SC_JSON_STRING:
        describe_text(out, sc_json_string(value));
        break;
    case SC_JSON_NUMBER:
        sc_buf_add(out, sc_json_number(value),
                sc_utf8_cut(sc_json_number(value), strlen(sc_json_number(value)),
                        SHOWN_BYTES));
        break;
    case SC_JSON_ARRAY:
        if (count)
            sc_buf_addf(out, "a list of %zu", count);
        else
            sc_buf_adds(out, "an empty list");
        break;
    case SC_JSON_OBJECT:
        sc_buf_adds(out, count ? "an object" : "an empty object");
        break;
    case SC_JSON_NULL:
    case SC_JSON_BOOL:
    default:
        sc_json_write(out, value);
    }
}

/* Adds "a, b or c" piece by piece. */
static void add_separator(struct sc_buf *out, size_t i, size_t count, const char *last)
{
    if (i > 0 && i + 1 == count)
        sc_buf_addf(out, " %s ", last);
    else if (i > 0)
        sc_buf_adds(out, ", ");
}

void sc_schema_list(struct sc_buf *out, const struct sc_json *names, const char *last)
{
    size_t count = sc_json_count(names), shown = count, i = 0;

    if (count > SHOWN_WORDS)
        shown = SHOWN_WORDS;
    SC_JSON_EACH(name, names)
    {
        if (i == shown)
            break;
        add_separator(out, i++, count, last);
        if (sc_json_key(name))
            sc_buf_addf(out, "'%s'", sc_json_key(name));
        else
            sc_schema_describe(out, name);
    }
    if (shown < count)
        sc_buf_addf(out, ", \xe2\x80\xa6 (%zu more)", count - shown);
}

const char *sc_schema_nearest(const char *name, const struct sc_json *names)
{
    const char **words = sc_new_array(const char *, sc_json_count(names) + 1);
    const char *nearest;
    size_t count = 0;

    SC_JSON_EACH(word, names)
    {
        if (sc_json_key(word) || sc_json_is(word, SC_JSON_STRING))
            words[count++] = sc_json_key(word) ? sc_json_key(word) : sc_json_string(word);
    }
    nearest = sc_words_nearest(name, words, count);
    free(words);
    return nearest;
}

static const char *type_phrase(const char *type)
{
    static const struct {
        const char *type, *phrase;
    } phrases[] = {
        { "string", "a string" },
        { "number", "a number" },
        { "integer", "a whole number" },
        { "boolean", "true or false" },
        { "array", "a list" },
        { "object", "an object" },
    };

    for (size_t i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++) {
        if (strcmp(phrases[i].type, type) == 0)
            return phrases[i].phrase;
    }
    return type;
}

bool sc_schema_say_types(struct sc_schema_run *run, const struct sc_schema_at *at,
        const struct sc_json *types)
{
    struct sc_buf list;
    size_t i = 0;

    if (run->quiet)
        return false;
    sc_buf_init(&list);
    SC_JSON_EACH(type, types)
    {
        add_separator(&list, i++, sc_json_count(types), "or");
        sc_buf_adds(&list, type_phrase(sc_json_string(type)));
    }
    sc_schema_say_is(run, at, "must be %s", sc_buf_text(&list));
    sc_buf_release(&list);
    return false;
}

/* What the node finds wrong first, without the root's name. */
static void add_branch(struct sc_schema_run *run, const struct sc_schema_node *node,
        const struct sc_schema_at *at, struct sc_buf *out)
{
    struct sc_schema_run apart = *run;

    apart.errors = sc_json_new_array();
    apart.max_errors = 1;
    sc_schema_check_node(&apart, node, at);
    sc_buf_adds(out, sc_json_string(sc_json_first(apart.errors)));
    sc_json_free(apart.errors);
    run->steps = apart.steps;
    run->gave_up = apart.gave_up;
}

bool sc_schema_say_branches(struct sc_schema_run *run, const struct sc_schema_at *at,
        const struct sc_schema_rule *rule)
{
    struct sc_buf list;

    sc_buf_init(&list);
    for (size_t i = 0; i < rule->node_count && i < SHOWN_BRANCHES; i++) {
        sc_buf_addf(&list, "%s(%zu) ", i > 0 ? "; " : "", i + 1);
        add_branch(run, rule->nodes[i], at, &list);
    }
    sc_schema_say(run, at, "fits none of its %zu forms: %s", rule->node_count,
            sc_buf_text(&list));
    sc_buf_release(&list);
    return false;
}
