#include <stdio.h>
#include <string.h>

#include "plan/build.h"
#include "plan/names.h"

static void check_name(struct build *b, const char *field, const char *name)
{
    const char *wrong = sc_name_wrong(name);

    if (wrong)
        sc_build_error(b, field, "'%.40s' %s", name, wrong);
}

/* One list: an expression, or the list itself. */
static void check_list(struct build *b, const char *field, const struct sc_json *list)
{
    const char *text = sc_json_string(list);

    if (sc_json_is(list, SC_JSON_ARRAY))
        return;
    if (!sc_json_is(list, SC_JSON_STRING) || text[0] != '=' || text[1] == '=')
        sc_build_error(b, field, "must be a list, or an expression that starts with '='");
}

static void read_each(struct build *b, struct sc_step *step, const struct sc_json *json)
{
    const struct sc_json *each = sc_json_get(json, "each");

    step->each = each;
    step->as = sc_build_text(b, json, "as", SC_PLAN_MAX_SAY);
    if (step->as)
        check_name(b, "as", step->as);
    if (!sc_json_is(each, SC_JSON_OBJECT)) {
        if (each)
            check_list(b, "each", each);
    } else if (step->as) {
        sc_build_error(b, "as", "cannot stand beside several lists, which have names");
    } else {
        SC_JSON_EACH(list, each)
        {
            check_name(b, "each", sc_json_key(list));
            check_list(b, "each", list);
        }
        if (sc_json_count(each) < 2)
            sc_build_error(b, "each", "must name two lists or more, or be one list");
    }
    if (!step->as)
        step->as = "item";
}

static void read_limit(struct build *b, struct sc_step *step, const struct sc_json *limit)
{
    static const char *const names[] = { "n", "per", "key", NULL };
    static const char *const periods[] = { "hour", "day", "week", "month" };
    const char *per = sc_json_get_string(limit, "per", "");

    if (!limit)
        return;
    if (!sc_json_is(limit, SC_JSON_OBJECT)) {
        sc_build_error(b, "limit", "must be an object, as {\"n\": 5, \"per\": \"day\"}");
        return;
    }
    sc_build_known(b, limit, names);
    if (!sc_json_int(sc_json_get(limit, "n"), &step->limit.n) || step->limit.n < 0)
        sc_build_error(b, "limit", "must have a whole number 'n'");
    for (size_t i = 0; i < 4; i++) {
        if (strcmp(per, periods[i]) == 0)
            step->limit.per = periods[i];
    }
    if (!step->limit.per)
        sc_build_error(b, "limit", "must have 'per': hour, day, week or month");
    step->limit.key = sc_json_get_string(limit, "key", step->tool);
    if (!*step->limit.key || sc_text_is_dynamic(step->limit.key))
        sc_build_error(b, "limit", "must have a 'key' that is plain text");
}

static bool is_count(const struct sc_json *value)
{
    int64_t n;

    return sc_json_int(value, &n) && n >= 0;
}

static void check_rows(struct build *b, const struct sc_json *rows)
{
    static const char *const names[] = { "min", "max", NULL };

    if (!sc_json_is(rows, SC_JSON_OBJECT)) {
        if (!is_count(rows))
            sc_build_error(
                    b, "expect.rows", "must be a number, or {\"min\":…,\"max\":…}");
        return;
    }
    sc_build_known(b, rows, names);
    SC_JSON_EACH(bound, rows)
    {
        if (!is_count(bound))
            sc_build_error(b, "expect.rows", "must have whole numbers");
    }
}

static void check_types(struct build *b, const struct sc_json *types)
{
    static const char words[] = " number integer text string date boolean bool ";

    if (!sc_json_is(types, SC_JSON_OBJECT))
        sc_build_error(b, "expect.types", "must be types by column");
    SC_JSON_EACH(type, types)
    {
        char word[16];

        snprintf(word, sizeof(word), " %.12s ", sc_json_string(type));
        if (!*sc_json_string(type) || !strstr(words, word))
            sc_build_error(b, "expect.types",
                    "'%.40s' must be number, integer, text, date or boolean",
                    sc_json_key(type));
    }
}

static bool is_texts(const struct sc_json *list)
{
    SC_JSON_EACH(item, list)
    {
        if (!sc_json_is(item, SC_JSON_STRING))
            return false;
    }
    return sc_json_is(list, SC_JSON_ARRAY) && sc_json_count(list);
}

static void check_unique(struct build *b, const struct sc_json *unique)
{
    bool right = sc_json_is(unique, SC_JSON_ARRAY);

    SC_JSON_EACH(item, unique)
    right = right && (sc_json_is(item, SC_JSON_STRING) || is_texts(item));
    if (!right)
        sc_build_error(b, "expect.unique",
                "must be a list of columns, or of lists of columns for pairs");
}

static void read_expect(struct build *b, struct sc_step *step, const struct sc_json *json)
{
    static const char *const names[] = { "rows", "types", "unique", "columns", NULL };
    const struct sc_json *expect = sc_json_get(json, "expect");

    if (!expect)
        return;
    step->expect = expect;
    if (!sc_json_is(expect, SC_JSON_OBJECT)) {
        sc_build_error(b, "expect", "must be an object, as {\"rows\": 10}");
        return;
    }
    sc_build_known(b, expect, names);
    if (sc_json_get(expect, "rows"))
        check_rows(b, sc_json_get(expect, "rows"));
    if (sc_json_get(expect, "types"))
        check_types(b, sc_json_get(expect, "types"));
    if (sc_json_get(expect, "unique"))
        check_unique(b, sc_json_get(expect, "unique"));
    if (sc_json_get(expect, "columns") && !is_texts(sc_json_get(expect, "columns")))
        sc_build_error(b, "expect.columns", "must be a list of column names");
}

static void read_on_error(
        struct build *b, struct sc_step *step, const struct sc_json *json)
{
    static const char *const words[] = { "stop", "skip", "replan" };
    const struct sc_json *value = sc_json_get(json, "on_error");

    if (!value)
        return;
    for (size_t i = 0; i < 3; i++) {
        if (strcmp(words[i], sc_json_string(value)) == 0) {
            step->on_error = (enum sc_on_error)i;
            return;
        }
    }
    sc_build_error(b, "on_error", "must be \"stop\", \"skip\" or \"replan\"");
}

static void read_flags(struct build *b, struct sc_step *step, const struct sc_json *json)
{
    const struct sc_json *finally = sc_json_get(json, "finally");

    if (finally && !sc_json_is(finally, SC_JSON_BOOL))
        sc_build_error(b, "finally", "must be true or false");
    step->finally = sc_json_true(finally);
    step->approves = sc_build_text(b, json, "approves", SC_PLAN_MAX_SAY);
    if (!step->approves && strcmp(step->tool, "ask") == 0)
        step->approves = sc_json_get_string(step->args, "approves", NULL);
}

/* What makes sense with `each` only. */
static void check_without_each(struct build *b, const struct sc_json *json)
{
    static const char *const names[] = { "as", "where", "collect", NULL };

    for (size_t i = 0; names[i]; i++) {
        if (sc_json_get(json, names[i]))
            sc_build_error(b, names[i], "needs 'each'%s",
                    strcmp(names[i], "where") == 0 ? "; for the whole step use 'when'"
                                                   : "");
    }
}

static void read_head(struct build *b, struct sc_step *step, const struct sc_json *json)
{
    const char *id = sc_build_text(b, json, "id", SC_PLAN_MAX_SAY);
    const char *tool = sc_build_text(b, json, "tool", SC_PLAN_MAX_SAY);

    step->id = id ? id : "";
    step->tool = tool ? tool : "";
    if (!sc_json_get(json, "id"))
        sc_build_error(b, "id", "is missing");
    else if (id)
        check_name(b, "id", id);
    if (!sc_json_get(json, "tool") || (tool && !*tool))
        sc_build_error(b, "tool", "is missing");
}

void sc_build_step(struct build *b, struct sc_step *step, const struct sc_json *json)
{
    static const char *const names[] = { "id", "tool", "args", "each", "as", "where",
        "when", "once", "limit", "collect", "expect", "on_error", "after", "finally",
        "approves", NULL };

    step->json = json;
    step->id = step->tool = "";
    step->as = "item";
    if (!sc_json_is(json, SC_JSON_OBJECT)) {
        sc_build_error(b, NULL, "a step must be an object");
        return;
    }
    sc_build_known(b, json, names);
    read_head(b, step, json);
    step->args = sc_json_get(json, "args");
    if (step->args && !sc_json_is(step->args, SC_JSON_OBJECT))
        sc_build_error(b, "args", "must be an object of arguments by name");
    if (sc_json_get(json, "each"))
        read_each(b, step, json);
    else
        check_without_each(b, json);
    step->where = sc_build_expr(b, json, "where");
    step->when = sc_build_expr(b, json, "when");
    step->once = sc_build_text(b, json, "once", SC_PLAN_MAX_SAY)
                         ? sc_json_get(json, "once")
                         : NULL;
    if (step->once && !*sc_json_string(step->once))
        sc_build_error(b, "once", "must not be empty");
    step->collect = sc_build_text(b, json, "collect", SC_PLAN_MAX_SAY);
    read_limit(b, step, sc_json_get(json, "limit"));
    read_expect(b, step, json);
    read_on_error(b, step, json);
    read_flags(b, step, json);
}
