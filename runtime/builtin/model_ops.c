/* What plans have models do with texts: write, read out, sort, translate. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "builtin/ask_model.h"

/* --- judging --- */

static void object_to(struct sc_json **errors, char *take_sentence)
{
    if (!*errors)
        *errors = sc_json_new_array();
    sc_json_append(*errors, sc_json_new_string(take_sentence));
    free(take_sentence);
}

static size_t characters_in(const char *text)
{
    size_t len = strlen(text), step, n = 0;

    for (size_t at = 0; at < len; at += step, n++)
        (void)sc_utf8_get(text + at, len - at, &step);
    return n;
}

/* Against args.max_chars and max_bytes. */
static void judge_length(const struct sc_json *args, const char *name, const char *text,
        struct sc_json **errors)
{
    int64_t chars = sc_json_get_int(args, "max_chars", 0);
    int64_t bytes = sc_json_get_int(args, "max_bytes", 0);

    if (chars && characters_in(text) > (size_t)chars)
        object_to(errors, sc_strdupf("%s has %zu characters; at most %lld may be", name,
                                  characters_in(text), (long long)chars));
    if (bytes && strlen(text) > (size_t)bytes)
        object_to(errors, sc_strdupf("%s has %zu bytes in UTF-8; at most %lld may be",
                                  name, strlen(text), (long long)bytes));
}

static struct sc_json *copy_of(const struct sc_json *value)
{
    return value ? sc_json_copy(value) : NULL;
}

static struct sc_json *parse(const char *text)
{
    struct sc_json *json = sc_json_parse(text, strlen(text), NULL, NULL);

    SC_ASSERT(json);
    return json;
}

/* {name: value} */
static struct sc_json *object_of(const char *name, const struct sc_json *value)
{
    struct sc_json *object = sc_json_new_object();

    sc_json_add(object, name, sc_json_copy(value));
    return object;
}

/* --- model.write --- */

static struct sc_json *judge_text(
        const struct sc_builtin_call *call, const struct sc_json *answer)
{
    struct sc_json *errors = NULL;

    judge_length(call->args, "the text", sc_json_string(answer), &errors);
    return errors;
}

static struct sc_json *text_result(
        const struct sc_builtin_call *call, const struct sc_json *answer)
{
    (void)call;
    return object_of("text", answer);
}

/* The language of the text: as asked, else the person's. */
static const char *language_of(const struct sc_builtin_call *call)
{
    const struct sc_tool_context *context = call->request.context;

    return sc_json_get_string(call->args, "language",
            context ? sc_json_get_string(context->env, "language", "en") : "en");
}

void sc_model_write(struct sc_builtin_call *call)
{
    char *rules =
            sc_strdupf("Write the text that is asked for, in the language '%s'. It "
                       "goes out as it is: no greeting to the program, no fence, no "
                       "places left to be filled.",
                    language_of(call));
    const struct sc_model_work work = { .rules = rules,
        .wish = sc_json_get_string(call->args, "instructions", ""),
        .take_data = copy_of(sc_json_get(call->args, "data")),
        .judge = judge_text,
        .result = text_result };

    sc_ask_model(call, &work);
    free(rules);
}

/* --- model.extract --- */

static struct sc_json *value_result(
        const struct sc_builtin_call *call, const struct sc_json *answer)
{
    (void)call;
    return object_of("value", answer);
}

void sc_model_extract(struct sc_builtin_call *call)
{
    const struct sc_model_work work = {
        .rules =
                "Read out of what is given exactly what the schema asks for, as one JSON "
                "value. Copy names, numbers and dates as they stand; what is not there "
                "is "
                "null or left out, as the schema allows, and never guessed.",
        .wish = sc_json_get_string(call->args, "instructions", NULL),
        .take_data = copy_of(sc_json_get(call->args, "from")),
        .take_schema = copy_of(sc_json_get(call->args, "schema")),
        .result = value_result
    };

    sc_ask_model(call, &work);
}

/* --- model.classify --- */

static const char *name_of(const struct sc_json *label)
{
    return sc_json_is(label, SC_JSON_STRING) ? sc_json_string(label)
                                             : sc_json_get_string(label, "name", "");
}

static struct sc_json *label_schema(const struct sc_json *labels, bool many)
{
    struct sc_json *schema = parse(
            many ? "{\"type\":\"object\",\"required\":[\"labels\"],"
                   "\"additionalProperties\":false,\"properties\":{\"labels\":{\"type\":"
                   "\"array\",\"uniqueItems\":true,\"items\":{\"type\":\"string\"}}}}"
                 : "{\"type\":\"object\",\"required\":[\"label\"],"
                   "\"additionalProperties\":false,\"properties\":{\"label\":{\"type\":"
                   "\"string\"}}}");
    struct sc_json *place = sc_json_get(schema, "properties");
    struct sc_json *words = sc_json_new_array();

    place = many ? sc_json_get(sc_json_get(place, "labels"), "items")
                 : sc_json_get(place, "label");
    SC_JSON_EACH(label, labels)
    sc_json_append(words, sc_json_new_string(name_of(label)));
    sc_json_add(place, "enum", words);
    return schema;
}

static struct sc_json *answer_result(
        const struct sc_builtin_call *call, const struct sc_json *answer)
{
    (void)call;
    return sc_json_copy(answer);
}

void sc_model_classify(struct sc_builtin_call *call)
{
    const struct sc_json *labels = sc_json_get(call->args, "labels");
    bool many = sc_json_get_bool(call->args, "many", false);
    struct sc_buf rules = { 0 };
    struct sc_model_work work;

    sc_buf_adds(&rules, many ? "Say which of these labels fit what is given; none may."
                             : "Say which one of these labels fits what is given best.");
    SC_JSON_EACH(label, labels)
    {
        sc_buf_adds(&rules, "\n- ");
        sc_json_write_string(&rules, name_of(label), strlen(name_of(label)));
        if (sc_json_get(label, "means"))
            sc_buf_addf(&rules, ": %s", sc_json_get_string(label, "means", ""));
    }
    work = (struct sc_model_work){ .rules = sc_buf_text(&rules),
        .wish = sc_json_get_string(call->args, "instructions", NULL),
        .take_data = copy_of(sc_json_get(call->args, "value")),
        .take_schema = label_schema(labels, many),
        .result = answer_result };
    sc_ask_model(call, &work);
    sc_buf_release(&rules);
}

/* --- model.translate --- */

static size_t count_of(const char *text, const char *part)
{
    size_t n = 0;

    for (; *part && (text = strstr(text, part)); text += strlen(part))
        n++;
    return n;
}

static void judge_kept(const char *name, const char *source, const char *text,
        const char *part, struct sc_json **errors)
{
    if (count_of(text, part) < count_of(source, part))
        object_to(errors, sc_strdupf("%s must keep '%s' as it is", name, part));
}

/* {name} and {{name}} are filled in later: they stay. */
static void judge_places(
        const char *name, const char *source, const char *text, struct sc_json **errors)
{
    for (const char *open = strchr(source, '{'); open; open = strchr(open + 1, '{')) {
        const char *close = strchr(open, '}');
        char *place;

        if (!close)
            return;
        place = sc_strndup(open, (size_t)(close - open) + 1);
        judge_kept(name, source, text, place, errors);
        free(place);
    }
}

static void judge_one(const struct sc_json *args, const char *name, const char *source,
        const char *text, struct sc_json **errors)
{
    judge_length(args, name, text, errors);
    judge_places(name, source, text, errors);
    SC_JSON_EACH(term, sc_json_get(args, "protect"))
    judge_kept(name, source, text, sc_json_string(term), errors);
    SC_JSON_EACH(entry, sc_json_get(args, "glossary"))
    {
        if (strstr(source, sc_json_key(entry)) && !strstr(text, sc_json_string(entry)))
            object_to(errors, sc_strdupf("%s must say '%s' for '%s'", name,
                                      sc_json_string(entry), sc_json_key(entry)));
    }
}

static struct sc_json *judge_translation(
        const struct sc_builtin_call *call, const struct sc_json *answer)
{
    const struct sc_json *texts = sc_json_get(answer, "texts");
    struct sc_json *errors = NULL;
    size_t i = 0;

    SC_JSON_EACH(source, sc_json_get(call->args, "texts"))
    {
        char *name = sc_strdupf("texts[%zu]", i);

        judge_one(call->args, name, sc_json_string(source),
                sc_json_string(sc_json_at(texts, i)), &errors);
        free(name);
        i++;
    }
    return errors;
}

static struct sc_json *texts_schema(size_t count)
{
    struct sc_json *schema = parse("{\"type\":\"object\",\"required\":[\"texts\"],"
                                   "\"additionalProperties\":false,"
                                   "\"properties\":{\"texts\":{\"type\":\"array\","
                                   "\"items\":{\"type\":\"string\","
                                   "\"minLength\":1}}}}");
    struct sc_json *texts = sc_json_get(sc_json_get(schema, "properties"), "texts");

    sc_json_set_int(texts, "minItems", (int64_t)count);
    sc_json_set_int(texts, "maxItems", (int64_t)count);
    return schema;
}

static void add_wishes(struct sc_buf *rules, const struct sc_json *args)
{
    if (sc_json_get(args, "from"))
        sc_buf_addf(rules, " The language they are in is '%s'.",
                sc_json_get_string(args, "from", ""));
    if (sc_json_get(args, "max_chars"))
        sc_buf_addf(rules, " Each has at most %lld characters.",
                (long long)sc_json_get_int(args, "max_chars", 0));
    if (sc_json_get(args, "max_bytes"))
        sc_buf_addf(rules, " Each has at most %lld bytes in UTF-8.",
                (long long)sc_json_get_int(args, "max_bytes", 0));
    if (sc_json_count(sc_json_get(args, "protect"))) {
        sc_buf_adds(rules, " These stay letter by letter: ");
        sc_json_write(rules, sc_json_get(args, "protect"));
        sc_buf_addc(rules, '.');
    }
    if (sc_json_count(sc_json_get(args, "glossary"))) {
        sc_buf_adds(rules, " These words have fixed translations: ");
        sc_json_write(rules, sc_json_get(args, "glossary"));
        sc_buf_addc(rules, '.');
    }
}

void sc_model_translate(struct sc_builtin_call *call)
{
    const struct sc_json *texts = sc_json_get(call->args, "texts");
    struct sc_buf rules = { 0 };
    struct sc_model_work work;

    sc_buf_addf(&rules,
            "Translate each of the given texts into the language '%s', in their order, "
            "as "
            "{\"texts\":[…]} with as many texts as were given. What stands in braces is "
            "filled in later and stays as it is.",
            sc_json_get_string(call->args, "to", "en"));
    add_wishes(&rules, call->args);
    work = (struct sc_model_work){ .rules = sc_buf_text(&rules),
        .wish = sc_json_get_string(call->args, "instructions", NULL),
        .take_data = copy_of(texts),
        .take_schema = texts_schema(sc_json_count(texts)),
        .judge = judge_translation,
        .result = answer_result };
    sc_ask_model(call, &work);
    sc_buf_release(&rules);
}
