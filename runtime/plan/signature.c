#include "plan/signature.h"

#include <string.h>

enum {
    MAX_DEPTH = 6,
    MAX_WORDS = 40,
    MAX_EXAMPLES = 2,
    MAX_EXAMPLE = 320, /* bytes of arguments */
    MAX_EXAMPLE_WORDS = 120
};

/* What is written to, and the schema whose $defs are meant. */
struct writer {
    struct sc_buf *out;
    const struct sc_json *root;
};

static void write_type(const struct writer *w, const struct sc_json *schema, int depth);

static bool is_required(const struct sc_json *schema, const char *name)
{
    SC_JSON_EACH(word, sc_json_get(schema, "required"))
    {
        if (strcmp(sc_json_string(word), name) == 0)
            return true;
    }
    return false;
}

/* What a tool says of itself stays on its line: a break could begin what looks like a
 * rule. */
static void write_flat(struct sc_buf *out, const char *text)
{
    for (; *text; text++)
        sc_buf_add(out, (unsigned char)*text < ' ' ? " " : text, 1);
}

static void write_line(struct sc_buf *out, const char *text)
{
    write_flat(out, text);
    sc_buf_addc(out, '\n');
}

/* "name: ", or "name?: " of a member that may be missing. */
static void write_name(
        struct sc_buf *out, const struct sc_json *schema, const struct sc_json *member)
{
    const char *name = sc_json_key(member);

    write_flat(out, name);
    sc_buf_adds(out, is_required(schema, name) ? ": " : "?: ");
}

static void write_words(struct sc_buf *out, const struct sc_json *words)
{
    size_t count = 0;

    SC_JSON_EACH(word, words)
    {
        if (count == MAX_WORDS) {
            sc_buf_adds(out, "|…");
            return;
        }
        if (count++)
            sc_buf_addc(out, '|');
        sc_json_write(out, word);
    }
}

/* "#/$defs/order" in the schema it belongs to; other references stay open. */
static const struct sc_json *follow(
        const struct sc_json *root, const struct sc_json *schema)
{
    static const char prefix[] = "#/$defs/";
    const char *ref = sc_json_get_string(schema, "$ref", "");

    if (strncmp(ref, prefix, sizeof(prefix) - 1) != 0)
        return schema;
    return sc_json_get(sc_json_get(root, "$defs"), ref + sizeof(prefix) - 1);
}

static void write_either(const struct writer *w, const struct sc_json *schemas, int depth)
{
    const char *before = "";

    SC_JSON_EACH(schema, schemas)
    {
        sc_buf_adds(w->out, before);
        write_type(w, schema, depth + 1);
        before = "|";
    }
}

static void write_object(const struct writer *w, const struct sc_json *schema, int depth)
{
    const struct sc_json *others = sc_json_get(schema, "additionalProperties");
    const char *before = "";

    if (!sc_json_count(sc_json_get(schema, "properties")) &&
            !sc_json_is(others, SC_JSON_OBJECT)) {
        sc_buf_adds(w->out, "object");
        return;
    }
    sc_buf_addc(w->out, '{');
    SC_JSON_EACH(member, sc_json_get(schema, "properties"))
    {
        sc_buf_adds(w->out, before);
        write_name(w->out, schema, member);
        write_type(w, member, depth + 1);
        before = ", ";
    }
    if (sc_json_is(others, SC_JSON_OBJECT)) {
        sc_buf_addf(w->out, "%s<any name>: ", before);
        write_type(w, others, depth + 1);
    }
    sc_buf_addc(w->out, '}');
}

static void write_bound(struct sc_buf *out, const struct sc_json *schema,
        const char *name, const char *sign)
{
    const char *number = sc_json_number(sc_json_get(schema, name));

    if (*number)
        sc_buf_addf(out, " %s%s", sign, number);
}

static void write_text(struct sc_buf *out, const struct sc_json *schema)
{
    const char *format = sc_json_get_string(schema, "format", "");

    if (strcmp(format, "date") == 0 || strcmp(format, "date-time") == 0)
        sc_buf_adds(out, format);
    else
        sc_buf_adds(out, "text");
}

static void write_named(
        const struct writer *w, const struct sc_json *schema, const char *type, int depth)
{
    if (strcmp(type, "object") == 0) {
        write_object(w, schema, depth);
    } else if (strcmp(type, "array") == 0) {
        sc_buf_addc(w->out, '[');
        write_type(w, sc_json_get(schema, "items"), depth + 1);
        sc_buf_addc(w->out, ']');
    } else if (strcmp(type, "string") == 0) {
        write_text(w->out, schema);
    } else {
        write_flat(w->out, type);
        write_bound(w->out, schema, "minimum", ">= ");
        write_bound(w->out, schema, "exclusiveMinimum", "> ");
        write_bound(w->out, schema, "maximum", "<= ");
        write_bound(w->out, schema, "exclusiveMaximum", "< ");
    }
}

/* "any" stands for what the schema leaves open, and for what lies too deep. */
static void write_type(const struct writer *w, const struct sc_json *schema, int depth)
{
    const struct sc_json *type, *either;
    const char *before = "";

    schema = depth < MAX_DEPTH ? follow(w->root, schema) : NULL;
    type = sc_json_get(schema, "type");
    either = sc_json_get(schema, "anyOf");
    if (!either)
        either = sc_json_get(schema, "oneOf");
    if (sc_json_get(schema, "const")) {
        sc_json_write(w->out, sc_json_get(schema, "const"));
    } else if (sc_json_get(schema, "enum")) {
        write_words(w->out, sc_json_get(schema, "enum"));
    } else if (either) {
        write_either(w, either, depth);
    } else if (sc_json_is(type, SC_JSON_ARRAY)) {
        SC_JSON_EACH(one, type)
        {
            sc_buf_adds(w->out, before);
            write_named(w, schema, sc_json_string(one), depth);
            before = "|";
        }
    } else if (sc_json_is(type, SC_JSON_STRING)) {
        write_named(w, schema, sc_json_string(type), depth);
    } else {
        sc_buf_adds(w->out, "any");
    }
}

void sc_signature_write_type(struct sc_buf *out, const struct sc_json *schema)
{
    const struct writer w = { out, schema };

    write_type(&w, schema, 0);
}

/* --- a tool --- */

static void write_description(struct sc_buf *out, const struct sc_json *schema)
{
    const char *text = sc_json_get_string(schema, "description", "");

    if (*text)
        sc_buf_adds(out, " -- ");
    write_line(out, text);
}

static void write_params(struct sc_buf *out, const struct sc_json *params)
{
    const struct writer w = { out, params };

    SC_JSON_EACH(param, sc_json_get(params, "properties"))
    {
        const struct sc_json *otherwise = sc_json_get(param, "default");

        sc_buf_adds(out, "  ");
        write_name(out, params, param);
        write_type(&w, param, 1);
        if (otherwise) {
            sc_buf_adds(out, " = ");
            sc_json_write(out, otherwise);
        }
        write_description(out, param);
    }
}

/* The fields of an object each have a line, for their units; all else is one type. */
static void write_returns(struct sc_buf *out, const struct sc_json *returns)
{
    const struct writer w = { out, returns };

    if (!sc_json_count(sc_json_get(returns, "properties"))) {
        sc_buf_adds(out, "  -> ");
        write_type(&w, returns, 0);
        write_description(out, returns);
        return;
    }
    SC_JSON_EACH(field, sc_json_get(returns, "properties"))
    {
        sc_buf_adds(out, "  -> ");
        write_name(out, returns, field);
        write_type(&w, field, 1);
        write_description(out, field);
    }
}

/* Appends the arguments; nothing when they are none or too long. */
static bool write_example(struct sc_buf *out, const struct sc_json *example,
        const char *before, const char *words)
{
    const struct sc_json *args = sc_json_get(example, "args");
    struct sc_buf text = { 0 };
    bool fits;

    if (!sc_json_count(args))
        return false;
    sc_json_write(&text, args);
    fits = text.len <= MAX_EXAMPLE;
    if (fits)
        sc_buf_addf(out, "%s%s%s%s", before, words, *words ? ": " : "", text.data);
    sc_buf_release(&text);
    return fits;
}

/* Each on its line, with the words that lead to such arguments. */
static void write_examples(struct sc_buf *out, const struct sc_json *examples)
{
    size_t count = 0;

    SC_JSON_EACH(example, examples)
    {
        const struct sc_json *all = sc_json_get(example, "words");
        const char *words = sc_json_get_string(all, "en", "");
        struct sc_buf line = { 0 };

        if (count == MAX_EXAMPLES)
            return;
        if (write_example(&line, example, "  e.g. ",
                    strlen(words) <= MAX_EXAMPLE_WORDS ? words : "")) {
            write_line(out, line.data);
            count++;
        }
        sc_buf_release(&line);
    }
}

void sc_signature_write_example(struct sc_buf *out, const struct sc_tool *tool)
{
    SC_JSON_EACH(example, sc_json_get(tool->descriptor, "examples"))
    {
        if (write_example(out, example, " Example of arguments: ", ""))
            return;
    }
}

void sc_signature_write(struct sc_buf *out, const struct sc_tool *tool)
{
    sc_buf_addf(out, "%s [%s] ", tool->name, sc_effect_word(tool->effect));
    write_line(out, sc_json_get_string(tool->descriptor, "summary", ""));
    write_params(out, sc_json_get(tool->descriptor, "params"));
    write_examples(out, sc_json_get(tool->descriptor, "examples"));
    write_returns(out, sc_json_get(tool->descriptor, "returns"));
}
