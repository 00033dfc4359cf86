/* Keywords about one value: type, enum, numbers, strings. */
#include <string.h>

#include "codec/json_number.h"
#include "codec/regex.h"
#include "codec/schema_run.h"

/* --- any value --- */

bool sc_schema_is_type(const struct sc_json *value, const char *type)
{
    switch (sc_json_type(value)) {
    case SC_JSON_NUMBER:
        return strcmp(type, "number") == 0 ||
               (strcmp(type, "integer") == 0 &&
                       sc_decimal_is_integer(sc_json_number(value)));
    case SC_JSON_BOOL:
        return strcmp(type, "boolean") == 0;
    case SC_JSON_NULL:
    case SC_JSON_STRING:
    case SC_JSON_ARRAY:
    case SC_JSON_OBJECT:
    default:
        return strcmp(type, sc_json_type_word(sc_json_type(value))) == 0;
    }
}

bool sc_schema_check_type(struct sc_schema_run *run, const struct sc_schema_rule *rule,
        const struct sc_schema_at *at)
{
    struct sc_json *one;

    if (sc_json_is(rule->value, SC_JSON_STRING)) {
        if (sc_schema_is_type(at->value, sc_json_string(rule->value)))
            return true;
        if (run->quiet)
            return false;
        one = sc_json_new_array();
        sc_json_append(one, sc_json_copy(rule->value));
        sc_schema_say_types(run, at, one);
        sc_json_free(one);
        return false;
    }
    SC_JSON_EACH(type, rule->value)
    {
        if (sc_schema_is_type(at->value, sc_json_string(type)))
            return true;
    }
    return sc_schema_say_types(run, at, rule->value);
}

static void say_enum(struct sc_schema_run *run, const struct sc_json *allowed,
        const struct sc_schema_at *at)
{
    const char *near = sc_schema_nearest(sc_json_string(at->value), allowed);
    struct sc_buf list;

    sc_buf_init(&list);
    sc_schema_list(&list, allowed, "or");
    sc_buf_adds(&list, ", is ");
    sc_schema_describe(&list, at->value);
    if (near)
        sc_buf_addf(&list, "; did you mean \"%s\"?", near);
    sc_schema_say(run, at, "must be %s%s", sc_json_count(allowed) > 1 ? "one of " : "",
            sc_buf_text(&list));
    sc_buf_release(&list);
}

bool sc_schema_check_enum(struct sc_schema_run *run, const struct sc_schema_rule *rule,
        const struct sc_schema_at *at)
{
    SC_JSON_EACH(allowed, rule->value)
    {
        if (sc_json_equal(allowed, at->value))
            return true;
    }
    if (!run->quiet)
        say_enum(run, rule->value, at);
    return false;
}

bool sc_schema_check_const(struct sc_schema_run *run, const struct sc_schema_rule *rule,
        const struct sc_schema_at *at)
{
    struct sc_buf wanted;

    if (sc_json_equal(rule->value, at->value))
        return true;
    if (run->quiet)
        return false;
    sc_buf_init(&wanted);
    if (sc_json_count(rule->value))
        sc_json_write(&wanted, rule->value);
    else
        sc_schema_describe(&wanted, rule->value);
    sc_schema_say_is(run, at, "must be %s", sc_buf_text(&wanted));
    sc_buf_release(&wanted);
    return false;
}

/* --- numbers --- */

/* The value compared with the keyword's; what is not a number passes (0). */
static int compare(
        const struct sc_schema_rule *rule, const struct sc_schema_at *at, int otherwise)
{
    if (!sc_json_is(at->value, SC_JSON_NUMBER))
        return otherwise;
    return sc_decimal_compare(sc_json_number(at->value), sc_json_number(rule->value));
}

bool sc_schema_check_minimum(struct sc_schema_run *run, const struct sc_schema_rule *rule,
        const struct sc_schema_at *at)
{
    return compare(rule, at, 0) >= 0 ||
           sc_schema_say_is(run, at, "must be at least %s", sc_json_number(rule->value));
}

bool sc_schema_check_maximum(struct sc_schema_run *run, const struct sc_schema_rule *rule,
        const struct sc_schema_at *at)
{
    return compare(rule, at, 0) <= 0 ||
           sc_schema_say_is(run, at, "must be at most %s", sc_json_number(rule->value));
}

bool sc_schema_check_exclusive_minimum(struct sc_schema_run *run,
        const struct sc_schema_rule *rule, const struct sc_schema_at *at)
{
    return compare(rule, at, 1) > 0 ||
           sc_schema_say_is(run, at, "must be more than %s", sc_json_number(rule->value));
}

bool sc_schema_check_exclusive_maximum(struct sc_schema_run *run,
        const struct sc_schema_rule *rule, const struct sc_schema_at *at)
{
    return compare(rule, at, -1) < 0 ||
           sc_schema_say_is(run, at, "must be less than %s", sc_json_number(rule->value));
}

bool sc_schema_check_multiple_of(struct sc_schema_run *run,
        const struct sc_schema_rule *rule, const struct sc_schema_at *at)
{
    const char *divisor = sc_json_number(rule->value);

    return !sc_json_is(at->value, SC_JSON_NUMBER) ||
           sc_decimal_multiple(sc_json_number(at->value), divisor) ||
           sc_schema_say_is(run, at, "must be a multiple of %s", divisor);
}

/* --- strings --- */

/* In characters. U+0000, held as C0 80, counts as the one that it is. */
static size_t count_characters(const char *text)
{
    size_t count = 0;

    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

bool sc_schema_check_length(struct sc_schema_run *run, const struct sc_schema_rule *rule,
        const struct sc_schema_at *at)
{
    size_t count;

    if (!sc_json_is(at->value, SC_JSON_STRING))
        return true;
    count = count_characters(sc_json_string(at->value));
    if (count == 0 && rule->least > 0)
        return sc_schema_say(run, at, "must not be empty");
    if (count < rule->least)
        return sc_schema_say_is(
                run, at, "must have at least %zu characters", rule->least);
    if (count > rule->most)
        return sc_schema_say(
                run, at, "must have at most %zu characters, has %zu", rule->most, count);
    return true;
}

bool sc_schema_check_pattern(struct sc_schema_run *run, const struct sc_schema_rule *rule,
        const struct sc_schema_at *at)
{
    return !sc_json_is(at->value, SC_JSON_STRING) ||
           sc_regex_finds(rule->patterns[0], sc_json_string(at->value)) ||
           sc_schema_say_is(
                   run, at, "must match the pattern %s", sc_json_string(rule->value));
}

bool sc_schema_check_format(struct sc_schema_run *run, const struct sc_schema_rule *rule,
        const struct sc_schema_at *at)
{
    const char *wanted;

    if (!run->schema->options.assert_format || !sc_json_is(at->value, SC_JSON_STRING))
        return true;
    wanted = sc_schema_format(sc_json_string(rule->value), sc_json_string(at->value));
    return !wanted || sc_schema_say_is(run, at, "must be %s", wanted);
}
