#include "tool/descriptor.h"

#include <string.h>

#include "base/mem.h"
#include "tool/near.h"

enum { MAX_NAME = 64, MAX_TIMEOUT_S = 86400, MAX_ATTEMPTS = 20 };

/* NULL when the value is right, else what it must be. */
typedef const char *check_fn(const struct sc_json *value);

static bool is_one_of(const struct sc_json *value, const char *const *words)
{
    if (!sc_json_is(value, SC_JSON_STRING))
        return false;
    for (; *words; words++) {
        if (strcmp(sc_json_string(value), *words) == 0)
            return true;
    }
    return false;
}

static bool is_between(const struct sc_json *value, double low, double high)
{
    double n;

    return sc_json_is(value, SC_JSON_NUMBER) && sc_json_double(value, &n) && n >= low &&
           n <= high;
}

static bool is_text(const struct sc_json *value)
{
    return sc_json_is(value, SC_JSON_STRING) && *sc_json_string(value);
}

static bool all_texts(const struct sc_json *value)
{
    if (!sc_json_is(value, SC_JSON_ARRAY) && sc_json_count(value))
        return false; /* an empty Lua table may arrive as {} */
    SC_JSON_EACH(item, value)
    {
        if (!is_text(item))
            return false;
    }
    return true;
}

static bool starts_part(char c)
{
    return c >= 'a' && c <= 'z';
}

/* Parts of lower-case letters, digits and single underscores, joined by dots. Two
 * underscores stand for the dot where models want names without one. */
static const char *check_name(const struct sc_json *value)
{
    static const char wrong[] =
            "must be lower-case words joined by dots, as 'table.read'";
    const char *s = sc_json_string(value);

    if (!is_text(value) || strlen(s) > MAX_NAME || !starts_part(*s))
        return wrong;
    for (; *s; s++) {
        bool word = starts_part(*s) || (*s >= '0' && *s <= '9');

        if (*s == '_' && s[1] == '_')
            return wrong;
        if (*s == '.' && !starts_part(s[1]))
            return wrong;
        if (!word && *s != '_' && *s != '.')
            return wrong;
    }
    return NULL;
}

static const char *check_text(const struct sc_json *value)
{
    return is_text(value) ? NULL : "must be a text that is not empty";
}

static const char *check_texts(const struct sc_json *value)
{
    static const char wrong[] =
            "must be texts by language, as { zh = { summary = \"…\" } }";

    if (!sc_json_is(value, SC_JSON_OBJECT) && sc_json_count(value))
        return wrong;
    SC_JSON_EACH(language, value)
    {
        if (!sc_json_is(language, SC_JSON_OBJECT))
            return wrong;
        SC_JSON_EACH(text, language)
        {
            if (!is_text(text))
                return wrong;
        }
    }
    return NULL;
}

static const char *check_effect(const struct sc_json *value)
{
    static const char *const words[] = { "none", "read", "write", "spend", NULL };

    return is_one_of(value, words) ? NULL
                                   : "must be \"none\", \"read\", \"write\" or \"spend\"";
}

static const char *check_idempotent(const struct sc_json *value)
{
    static const char *const words[] = { "key", NULL };

    if (sc_json_is(value, SC_JSON_BOOL) || is_one_of(value, words))
        return NULL;
    return "must be true, false or \"key\"";
}

static const char *check_object(const struct sc_json *value)
{
    return sc_json_is(value, SC_JSON_OBJECT) ? NULL : "must be a JSON Schema";
}

static const char *check_params(const struct sc_json *value)
{
    if (strcmp(sc_json_get_string(value, "type", ""), "object") != 0)
        return "must be a JSON Schema of type \"object\"";
    return NULL;
}

static const char *check_timeout(const struct sc_json *value)
{
    return is_between(value, 0.001, MAX_TIMEOUT_S)
                   ? NULL
                   : "must be seconds, above 0 and at most 86400";
}

static const char *check_retry(const struct sc_json *value)
{
    int64_t attempts = 1;

    if (!sc_json_is(value, SC_JSON_OBJECT))
        return "must be a table, as { attempts = 3, wait = 1 }";
    SC_JSON_EACH(member, value)
    {
        const char *key = sc_json_key(member);

        if (strcmp(key, "attempts") == 0) {
            if (!sc_json_int(member, &attempts) || attempts < 1 ||
                    attempts > MAX_ATTEMPTS)
                return "must have attempts from 1 to 20";
        } else if (strcmp(key, "wait") == 0 || strcmp(key, "max_wait") == 0) {
            if (!is_between(member, 0, MAX_TIMEOUT_S))
                return "must have waits in seconds, from 0 to 86400";
        } else {
            return "may have attempts, wait and max_wait only";
        }
    }
    return NULL;
}

static const char *check_words(const struct sc_json *value)
{
    return all_texts(value) ? NULL : "must be a list of texts";
}

static const char *check_hosts(const struct sc_json *value)
{
    static const char wrong[] =
            "must be a list of host names, as { \"api.example.com\" }";

    if (!all_texts(value))
        return wrong;
    SC_JSON_EACH(host, value)
    {
        if (strpbrk(sc_json_string(host), "/ @?#"))
            return wrong;
    }
    return NULL;
}

static const char *check_files(const struct sc_json *value)
{
    static const char *const words[] = { "in", "out", NULL };

    if (!all_texts(value))
        return "must be a list of \"in\" and \"out\"";
    SC_JSON_EACH(word, value)
    {
        if (!is_one_of(word, words))
            return "must be a list of \"in\" and \"out\"";
    }
    return NULL;
}

static const char *check_trust(const struct sc_json *value)
{
    static const char *const words[] = { "trusted", "untrusted", NULL };

    return is_one_of(value, words) ? NULL : "must be \"trusted\" or \"untrusted\"";
}

static const char *check_data(const struct sc_json *value)
{
    static const char wrong[] = "must be a list of .json files in the tool's own folder";

    if (!all_texts(value))
        return wrong;
    SC_JSON_EACH(file, value)
    {
        const char *name = sc_json_string(file);
        size_t len = strlen(name);

        if (len < 6 || strcmp(name + len - 5, ".json") != 0 || strchr(name, '/') ||
                name[0] == '.')
            return wrong;
    }
    return NULL;
}

static const char *check_rate(const struct sc_json *value)
{
    int64_t n;

    if (!sc_json_int(sc_json_get(value, "n"), &n) || n < 1 ||
            !is_between(sc_json_get(value, "per"), 0.001, MAX_TIMEOUT_S))
        return "must be a table, as { n = 2, per = 1 } (calls per seconds)";
    return NULL;
}

static const char *check_list(const struct sc_json *value)
{
    if (!sc_json_is(value, SC_JSON_ARRAY) && sc_json_count(value))
        return "must be a list";
    return NULL;
}

static const char *check_examples(const struct sc_json *value)
{
    if (check_list(value))
        return "must be a list of { words = …, args = … }";
    SC_JSON_EACH(example, value)
    {
        if (!sc_json_is(example, SC_JSON_OBJECT))
            return "must be a list of { words = …, args = … }";
    }
    return NULL;
}

static const char *check_tests(const struct sc_json *value)
{
    if (check_list(value))
        return "must be a list of { name = \"…\", args = …, gives = … or fails = \"…\" }";
    SC_JSON_EACH(test, value)
    {
        if (!is_text(sc_json_get(test, "name")))
            return "holds a test without a name";
        if (!sc_json_get(test, "gives") == !sc_json_get(test, "fails"))
            return "holds a test without gives and fails, or with both";
    }
    return NULL;
}

static const char *check_functions(const struct sc_json *value)
{
    static const char *const words[] = { "run", "preview", "cost", "poll", "happened",
        "undo", NULL };

    if (!all_texts(value))
        return "must name functions";
    SC_JSON_EACH(word, value)
    {
        if (!is_one_of(word, words))
            return "may be run, preview, cost, poll, happened and undo only";
    }
    return NULL;
}

struct field {
    const char *name;
    check_fn *check;
    bool required;
};

static const struct field fields[] = {
    { "name", check_name, true },
    { "summary", check_text, true },
    { "effect", check_effect, true },
    { "params", check_params, true },
    { "returns", check_object, true },
    { "texts", check_texts, false },
    { "idempotent", check_idempotent, false },
    { "timeout", check_timeout, false },
    { "retry", check_retry, false },
    { "hosts", check_hosts, false },
    { "secrets", check_words, false },
    { "files", check_files, false },
    { "trust", check_trust, false },
    { "data", check_data, false },
    { "controls", check_words, false },
    { "rate", check_rate, false },
    { "examples", check_examples, false },
    { "tests", check_tests, false },
    { "functions", check_functions, false },
    { "builtin", check_text, false },
    { "version", check_text, false },
};

enum { FIELD_COUNT = sizeof(fields) / sizeof(*fields) };

static enum sc_code unknown_field(
        const char *tool, const char *name, struct sc_error *err)
{
    struct sc_near near;
    char hint[96];

    sc_near_init(&near, name);
    for (size_t i = 0; i < FIELD_COUNT; i++)
        sc_near_try(&near, fields[i].name);
    return sc_fail(err, SC_INVALID, "tool '%s': unknown field '%s'%s", tool, name,
            sc_near_hint(&near, hint, sizeof(hint)));
}

static enum sc_code check_known(
        const struct sc_json *descriptor, const char *tool, struct sc_error *err)
{
    SC_JSON_EACH(member, descriptor)
    {
        const char *name = sc_json_key(member);
        size_t i = 0;

        while (i < FIELD_COUNT && strcmp(fields[i].name, name) != 0)
            i++;
        if (i == FIELD_COUNT)
            return unknown_field(tool, name, err);
    }
    return SC_OK;
}

/* A name in a list of names must be a property of params. */
static enum sc_code check_controls(
        const struct sc_json *descriptor, const char *tool, struct sc_error *err)
{
    const struct sc_json *properties =
            sc_json_get(sc_json_get(descriptor, "params"), "properties");

    SC_JSON_EACH(name, sc_json_get(descriptor, "controls"))
    {
        if (!sc_json_get(properties, sc_json_string(name)))
            return sc_fail(err, SC_INVALID,
                    "tool '%s': field 'controls' names '%s', which params does not have",
                    tool, sc_json_string(name));
    }
    return SC_OK;
}

static bool has_function(const struct sc_json *descriptor, const char *name)
{
    SC_JSON_EACH(word, sc_json_get(descriptor, "functions"))
    {
        if (strcmp(sc_json_string(word), name) == 0)
            return true;
    }
    return false;
}

enum sc_code sc_descriptor_check(const struct sc_json *descriptor, struct sc_error *err)
{
    const char *tool = sc_json_get_string(descriptor, "name", "?");

    if (!sc_json_is(descriptor, SC_JSON_OBJECT))
        return sc_fail(err, SC_INVALID, "a tool must be a table with fields");
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        const struct sc_json *value = sc_json_get(descriptor, fields[i].name);
        const char *wrong = value ? fields[i].check(value) : NULL;

        if (!value && fields[i].required)
            return sc_fail(err, SC_INVALID, "tool '%s': field '%s' is missing", tool,
                    fields[i].name);
        if (wrong)
            return sc_fail(err, SC_INVALID, "tool '%s': field '%s' %s", tool,
                    fields[i].name, wrong);
    }
    if (check_known(descriptor, tool, err) || check_controls(descriptor, tool, err))
        return SC_INVALID;
    if (!sc_json_get(descriptor, "builtin") == !has_function(descriptor, "run"))
        return sc_fail(err, SC_INVALID,
                "tool '%s': field 'run' must be a function or builtin \"…\"", tool);
    return SC_OK;
}
