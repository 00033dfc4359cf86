/* A value by shape: what a model gets to see of data. */
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "plan/planner.h"

enum {
    MAX_DEPTH = 4,
    MAX_SCAN = 10000, /* rows looked at; all are counted */
    MAX_COLUMNS = 100,
    MAX_MEMBERS = 60,
    MAX_WORDS = 12,
    MAX_WORD_LEN = 40,
    MAX_TEXT = 200,
    SAMPLES = 3
};

static struct sc_json *shape_of(const struct sc_json *value, int depth);

/* Text shortened, at a border of characters. */
static struct sc_json *short_text(const char *text)
{
    size_t len = strlen(text), keep = sc_utf8_cut(text, len, MAX_TEXT);
    struct sc_json *json;
    char *copy;

    if (keep == len)
        return sc_json_new_string(text);
    copy = sc_strdupf("%.*s… (%zu bytes)", (int)keep, text, len);
    json = sc_json_new_string(copy);
    free(copy);
    return json;
}

/* A value as a sample: small ones as they are, others shortened or by shape. */
static struct sc_json *sample_of(const struct sc_json *value, int depth)
{
    struct sc_json *sample;
    size_t members = 0;

    if (sc_json_is(value, SC_JSON_STRING))
        return short_text(sc_json_string(value));
    if (sc_json_is(value, SC_JSON_ARRAY) || depth > MAX_DEPTH)
        return sc_json_count(value) ? shape_of(value, depth + 1) : sc_json_copy(value);
    if (!sc_json_is(value, SC_JSON_OBJECT))
        return sc_json_copy(value);
    sample = sc_json_new_object();
    SC_JSON_EACH(member, value)
    {
        if (members++ == MAX_MEMBERS)
            break;
        sc_json_add(sample, sc_json_key(member), sample_of(member, depth + 1));
    }
    return sample;
}

static void add_samples(struct sc_json *shape, const struct sc_json *list, int depth)
{
    struct sc_json *samples = sc_json_add(shape, "sample", sc_json_new_array());
    size_t count = 0;

    SC_JSON_EACH(item, list)
    {
        if (count++ == SAMPLES)
            return;
        sc_json_append(samples, sample_of(item, depth + 1));
    }
}

/* --- columns of a list of objects --- */

struct column {
    char *name;
    bool types[SC_JSON_OBJECT + 1];
    size_t filled;       /* neither null, nor "", nor absent */
    struct sc_map words; /* distinct short texts, while they are few */
    bool many;
    double least, most;
    const struct sc_json *least_json, *most_json;
};

static void note_word(struct column *column, const char *text)
{
    if (column->many || !*text)
        return;
    if (strlen(text) > MAX_WORD_LEN) {
        column->many = true;
        return;
    }
    if (!sc_map_get(&column->words, text)) {
        column->many = column->words.count == MAX_WORDS;
        if (!column->many)
            sc_map_set(&column->words, text, column);
    }
}

static void note_number(struct column *column, const struct sc_json *value)
{
    double number;

    if (!sc_json_double(value, &number))
        return;
    if (!column->least_json || number < column->least) {
        column->least = number;
        column->least_json = value;
    }
    if (!column->most_json || number > column->most) {
        column->most = number;
        column->most_json = value;
    }
}

static void note_value(struct column *column, const struct sc_json *value)
{
    enum sc_json_type type = sc_json_type(value);

    column->types[type] = true;
    if (type == SC_JSON_NULL ||
            (type == SC_JSON_STRING && *sc_json_string(value) == '\0'))
        return;
    column->filled++;
    if (type == SC_JSON_STRING)
        note_word(column, sc_json_string(value));
    else if (type == SC_JSON_NUMBER)
        note_number(column, value);
}

static const char *type_word(const struct column *column)
{
    const char *word = NULL;

    for (size_t type = SC_JSON_BOOL; type <= SC_JSON_OBJECT; type++) {
        if (!column->types[type])
            continue;
        if (word)
            return "mixed";
        word = type == SC_JSON_STRING ? "text"
                                      : sc_json_type_word((enum sc_json_type)type);
    }
    return word ? word : "null";
}

static struct sc_json *column_json(const struct column *column, size_t scanned)
{
    struct sc_json *json = sc_json_new_object();
    const struct sc_map_entry *entry;
    struct sc_json *words;

    sc_json_add(json, "name", sc_json_new_string(column->name));
    sc_json_add(json, "type", sc_json_new_string(type_word(column)));
    if (column->filled < scanned)
        sc_json_add(json, "empty", sc_json_new_int((int64_t)(scanned - column->filled)));
    if (column->least_json) {
        sc_json_add(json, "min", sc_json_copy(column->least_json));
        sc_json_add(json, "max", sc_json_copy(column->most_json));
    }
    if (column->many || !column->words.count)
        return json;
    words = sc_json_add(json, "values", sc_json_new_array());
    for (size_t at = 0; (entry = sc_map_next(&column->words, &at));)
        sc_json_append(words, sc_json_new_string(entry->key));
    return json;
}

static void free_column(void *value)
{
    struct column *column = value;

    sc_map_release(&column->words, NULL);
    free(column->name);
    free(column);
}

static void note_row(struct sc_map *columns, const struct sc_json *row)
{
    SC_JSON_EACH(member, row)
    {
        const char *name = sc_json_key(member);
        struct column *column = sc_map_get(columns, name);

        if (!column) {
            if (columns->count == MAX_COLUMNS)
                continue;
            column = sc_new(struct column);
            column->name = sc_strdup(name);
            sc_map_init(&column->words);
            sc_map_set(columns, name, column);
        }
        note_value(column, member);
    }
}

static void add_columns(struct sc_json *shape, const struct sc_json *rows)
{
    struct sc_json *list = sc_json_add(shape, "columns", sc_json_new_array());
    const struct sc_map_entry *entry;
    struct sc_map columns;
    size_t scanned = 0;

    sc_map_init(&columns);
    SC_JSON_EACH(row, rows)
    {
        if (scanned == MAX_SCAN)
            break;
        note_row(&columns, row);
        scanned++;
    }
    for (size_t at = 0; (entry = sc_map_next(&columns, &at));)
        sc_json_append(list, column_json(entry->value, scanned));
    sc_map_release(&columns, free_column);
}

/* --- any value --- */

static bool is_table(const struct sc_json *list)
{
    size_t count = 0;

    SC_JSON_EACH(item, list)
    {
        if (!sc_json_is(item, SC_JSON_OBJECT))
            return false;
        if (++count == MAX_SCAN)
            break;
    }
    return count > 0;
}

static struct sc_json *list_shape(const struct sc_json *list, int depth)
{
    struct sc_json *shape = sc_json_new_object();

    sc_json_add(shape, "type", sc_json_new_string("list"));
    sc_json_add(shape, "count", sc_json_new_int((int64_t)sc_json_count(list)));
    if (is_table(list) && depth <= MAX_DEPTH)
        add_columns(shape, list);
    if (sc_json_count(list) && depth <= MAX_DEPTH)
        add_samples(shape, list, depth);
    return shape;
}

static struct sc_json *object_shape(const struct sc_json *object, int depth)
{
    struct sc_json *shape = sc_json_new_object();
    struct sc_json *members;
    size_t count = 0;

    sc_json_add(shape, "type", sc_json_new_string("object"));
    if (depth > MAX_DEPTH) {
        sc_json_add(shape, "count", sc_json_new_int((int64_t)sc_json_count(object)));
        return shape;
    }
    members = sc_json_add(shape, "members", sc_json_new_object());
    SC_JSON_EACH(member, object)
    {
        if (count++ == MAX_MEMBERS) {
            sc_json_add(shape, "count", sc_json_new_int((int64_t)sc_json_count(object)));
            break;
        }
        sc_json_add(members, sc_json_key(member), shape_of(member, depth + 1));
    }
    return shape;
}

static struct sc_json *shape_of(const struct sc_json *value, int depth)
{
    if (sc_json_is(value, SC_JSON_ARRAY))
        return list_shape(value, depth);
    if (sc_json_is(value, SC_JSON_OBJECT))
        return object_shape(value, depth);
    return sample_of(value, depth);
}

struct sc_json *sc_shape_of(const struct sc_json *value)
{
    return shape_of(value, 0);
}
