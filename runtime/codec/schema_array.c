/* Keywords about arrays. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/schema_run.h"

enum { FEW_ITEMS = 16 }; /* up to here each item is compared with each */

static bool check_item(struct sc_schema_run *run, const struct sc_schema_node *node,
        const struct sc_schema_at *at, const struct sc_json *item, size_t index)
{
    const struct sc_schema_at inner = { .value = item, .outer = at, .index = index };

    return sc_schema_check_node(run, node, &inner);
}

bool sc_schema_check_item_count(struct sc_schema_run *run,
        const struct sc_schema_rule *rule, const struct sc_schema_at *at)
{
    size_t count = sc_json_count(at->value);

    if (!sc_json_is(at->value, SC_JSON_ARRAY))
        return true;
    if (count < rule->least)
        return sc_schema_say(
                run, at, "must have at least %zu items, has %zu", rule->least, count);
    if (count > rule->most)
        return sc_schema_say(
                run, at, "must have at most %zu items, has %zu", rule->most, count);
    return true;
}

static bool check_few_unique(struct sc_schema_run *run, const struct sc_schema_at *at)
{
    size_t i = 0;

    for (const struct sc_json *a = sc_json_first(at->value); a;
            a = sc_json_next(a), i++) {
        size_t j = i + 1;

        for (const struct sc_json *b = sc_json_next(a); b; b = sc_json_next(b), j++) {
            if (sc_json_equal(a, b))
                return sc_schema_say(
                        run, at, "must not repeat an item, [%zu] is [%zu]", j, i);
        }
    }
    return true;
}

static int compare_texts(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;

    return strcmp(*x, *y);
}

/* Sorts canonical texts: equal values have equal ones. */
static bool check_many_unique(struct sc_schema_run *run, const struct sc_schema_at *at)
{
    size_t count = sc_json_count(at->value), n = 0;
    char **texts = sc_new_array(char *, count);
    bool unique = true;

    SC_JSON_EACH(item, at->value)
    {
        struct sc_buf text;

        sc_buf_init(&text);
        sc_json_write_canonical(&text, item);
        texts[n++] = sc_buf_detach(&text);
    }
    qsort(texts, n, sizeof(char *), compare_texts);
    for (size_t i = 1; i < n && unique; i++) {
        unique = strcmp(texts[i - 1], texts[i]) != 0;
        if (!unique)
            sc_schema_say(
                    run, at, "must not repeat an item, %.60s is there twice", texts[i]);
    }
    for (size_t i = 0; i < n; i++)
        free(texts[i]);
    free(texts);
    return unique;
}

bool sc_schema_check_unique(struct sc_schema_run *run, const struct sc_schema_rule *rule,
        const struct sc_schema_at *at)
{
    if (!sc_json_true(rule->value) || !sc_json_is(at->value, SC_JSON_ARRAY))
        return true;
    if (sc_json_count(at->value) <= FEW_ITEMS)
        return check_few_unique(run, at);
    return check_many_unique(run, at);
}

bool sc_schema_check_items(struct sc_schema_run *run, const struct sc_schema_rule *rule,
        const struct sc_schema_at *at)
{
    size_t i = 0;
    bool good = true;

    if (!sc_json_is(at->value, SC_JSON_ARRAY))
        return true;
    SC_JSON_EACH(item, at->value)
    {
        const struct sc_schema_node *node =
                i < rule->node_count ? rule->nodes[i] : rule->rest;

        if (!node)
            break;
        good = check_item(run, node, at, item, i) && good;
        if (!good && run->quiet)
            break;
        sc_schema_mark(at, i++);
    }
    return good;
}

bool sc_schema_check_contains(struct sc_schema_run *run,
        const struct sc_schema_rule *rule, const struct sc_schema_at *at)
{
    size_t i = 0, count = 0;

    if (!sc_json_is(at->value, SC_JSON_ARRAY))
        return true;
    run->quiet++;
    SC_JSON_EACH(item, at->value)
    {
        if (check_item(run, rule->rest, at, item, i)) {
            sc_schema_mark(at, i);
            count++;
        }
        i++;
    }
    run->quiet--;
    if (count < rule->least)
        return sc_schema_say(run, at,
                "must contain at least %zu items of a form, has %zu", rule->least, count);
    if (count > rule->most)
        return sc_schema_say(run, at, "must contain at most %zu items of a form, has %zu",
                rule->most, count);
    return true;
}

bool sc_schema_check_unevaluated_items(struct sc_schema_run *run,
        const struct sc_schema_rule *rule, const struct sc_schema_at *at)
{
    size_t i = 0;
    bool good = true;

    if (!sc_json_is(at->value, SC_JSON_ARRAY))
        return true;
    SC_JSON_EACH(item, at->value)
    {
        if (!at->seen[i])
            good = check_item(run, rule->rest, at, item, i) && good;
        sc_schema_mark(at, i++);
    }
    return good;
}
