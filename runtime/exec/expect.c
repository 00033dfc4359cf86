#include "exec/expect.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"

static bool is_date(const char *text)
{
    static const char shape[] = "dddd-dd-dd";

    for (size_t i = 0; shape[i]; i++) {
        if (shape[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != '-')
            return false;
    }
    return text[10] == 0 || text[10] == 'T' || text[10] == ' ';
}

static bool has_type(const struct sc_json *value, const char *word)
{
    int64_t whole;

    if (strcmp(word, "number") == 0)
        return sc_json_is(value, SC_JSON_NUMBER);
    if (strcmp(word, "integer") == 0)
        return sc_json_int(value, &whole);
    if (strcmp(word, "text") == 0 || strcmp(word, "string") == 0)
        return sc_json_is(value, SC_JSON_STRING);
    if (strcmp(word, "boolean") == 0 || strcmp(word, "bool") == 0)
        return sc_json_is(value, SC_JSON_BOOL);
    return is_date(sc_json_string(value));
}

static enum sc_code check_count(
        const struct sc_json *rows, const struct sc_json *list, struct sc_error *err)
{
    int64_t count = (int64_t)sc_json_count(list);
    int64_t exact = sc_json_is(rows, SC_JSON_NUMBER) ? -1 : count;
    int64_t min = sc_json_get_int(rows, "min", 0);
    int64_t max = sc_json_get_int(rows, "max", INT64_MAX);

    (void)sc_json_int(rows, &exact);
    if (count == exact && count >= min && count <= max)
        return SC_OK;
    return sc_fail(err, SC_INVALID, "expected another number of rows: there are %lld",
            (long long)count);
}

static enum sc_code check_columns(
        const struct sc_json *columns, const struct sc_json *list, struct sc_error *err)
{
    const struct sc_json *row = sc_json_first(list);

    SC_JSON_EACH(column, columns)
    {
        if (row && !sc_json_get(row, sc_json_string(column)))
            return sc_fail(err, SC_INVALID, "expected a column '%s': there is none",
                    sc_json_string(column));
    }
    return SC_OK;
}

static enum sc_code check_types(
        const struct sc_json *types, const struct sc_json *list, struct sc_error *err)
{
    int number = 0;

    SC_JSON_EACH(row, list)
    {
        number++;
        SC_JSON_EACH(type, types)
        {
            const struct sc_json *value = sc_json_get(row, sc_json_key(type));

            if (!has_type(value, sc_json_string(type)))
                return sc_fail(err, SC_INVALID,
                        "expected '%s' to be a %s: in row %d it is %s", sc_json_key(type),
                        sc_json_string(type), number,
                        value ? sc_json_type_word(sc_json_type(value)) : "absent");
        }
    }
    return SC_OK;
}

static char *key_of(const struct sc_json *row, const struct sc_json *columns)
{
    struct sc_buf text;

    sc_buf_init(&text);
    if (sc_json_is(columns, SC_JSON_STRING)) {
        const struct sc_json *value = sc_json_get(row, sc_json_string(columns));

        if (value)
            sc_json_write_canonical(&text, value);
    }
    SC_JSON_EACH(column, columns)
    {
        const struct sc_json *value = sc_json_get(row, sc_json_string(column));

        if (value)
            sc_json_write_canonical(&text, value);
        sc_buf_addc(&text, '\n');
    }
    return sc_buf_detach(&text);
}

static enum sc_code check_one_unique(
        const struct sc_json *columns, const struct sc_json *list, struct sc_error *err)
{
    enum sc_code code = SC_OK;
    struct sc_map seen;
    int number = 0;

    sc_map_init(&seen);
    SC_JSON_EACH(row, list)
    {
        char *key = key_of(row, columns);

        number++;
        if (sc_map_set(&seen, key, row)) {
            code = sc_fail(err, SC_INVALID,
                    "expected '%s' to be unique: row %d repeats %s",
                    sc_json_is(columns, SC_JSON_STRING)
                            ? sc_json_string(columns)
                            : sc_json_string(sc_json_first(columns)),
                    number, key);
        }
        free(key);
        if (code)
            break;
    }
    sc_map_release(&seen, NULL);
    return code;
}

enum sc_code sc_expect_check(
        const struct sc_json *expect, const struct sc_json *value, struct sc_error *err)
{
    const struct sc_json *rows = sc_json_get(value, "rows");
    const struct sc_json *list = sc_json_is(value, SC_JSON_ARRAY) ? value : rows;

    if (!sc_json_is(list, SC_JSON_ARRAY))
        return sc_fail(err, SC_INVALID, "expected rows: the result has none");
    if (sc_json_get(expect, "rows") &&
            check_count(sc_json_get(expect, "rows"), list, err))
        return err->code;
    if (check_columns(sc_json_get(expect, "columns"), list, err))
        return err->code;
    if (check_types(sc_json_get(expect, "types"), list, err))
        return err->code;
    SC_JSON_EACH(columns, sc_json_get(expect, "unique"))
    {
        if (check_one_unique(columns, list, err))
            return err->code;
    }
    return SC_OK;
}
