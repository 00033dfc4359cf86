#include "plan/loop_args.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "plan/names.h"

enum { MAX_NAME = 64 };

/* --- ways into results --- */

/* One step of the way: `.name` or `[n]`, the first name without its dot. */
struct way {
    char name[MAX_NAME]; /* "": a place in a list */
    size_t at;           /* from 1 */
};

static bool read_place(const char **path, struct way *ret_way)
{
    char *end;
    long at = strtol(*path + 1, &end, 10);

    if (*end != ']' || at < 1)
        return false;
    ret_way->at = (size_t)at;
    *path = end + 1;
    return true;
}

/* Moves *path behind the step. false: it makes no sense. */
static bool read_way(const char **path, struct way *ret_way)
{
    size_t len;

    *ret_way = (struct way){ 0 };
    if (**path == '[')
        return read_place(path, ret_way);
    *path += **path == '.';
    len = strcspn(*path, ".[");
    if (len == 0 || len >= sizeof(ret_way->name))
        return false;
    memcpy(ret_way->name, *path, len);
    *path += len;
    return true;
}

const struct sc_json *sc_loop_find(const struct sc_json *results, const char *path)
{
    const struct sc_json *value = results;
    struct way way;

    do {
        if (!read_way(&path, &way))
            return NULL;
        if (*way.name)
            value = sc_json_get(value, way.name);
        else
            value = sc_json_is(value, SC_JSON_ARRAY) ? sc_json_at(value, way.at - 1)
                                                     : NULL;
    } while (value && *path);
    return value;
}

/* --- text --- */

static void add_quoted(struct sc_buf *out, const char *text)
{
    sc_buf_addc(out, '\'');
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\' || *text == '{' || (unsigned char)*text < ' ')
            sc_buf_addf(out, "\\%03d", *text);
        else
            sc_buf_addc(out, *text);
    }
    sc_buf_addc(out, '\'');
}

/* As a plan's text: `=` at the start is doubled, and text with `{{` becomes an expression
 * that is that text. */
static struct sc_json *text_template(const char *text)
{
    struct sc_buf out = { 0 };
    struct sc_json *json;

    if (strstr(text, "{{")) {
        sc_buf_addc(&out, '=');
        add_quoted(&out, text);
    } else {
        sc_buf_addf(&out, "%s%s", *text == '=' ? "=" : "", text);
    }
    json = sc_json_new_string(sc_buf_text(&out));
    sc_buf_release(&out);
    return json;
}

/* --- references --- */

/* "t1_1.rows" of {"$result": "t1_1.rows"}; NULL: it is a value. */
static const char *reference_of(const struct sc_json *value)
{
    const struct sc_json *only = sc_json_first(value);

    if (!sc_json_is(value, SC_JSON_OBJECT) || sc_json_count(value) != 1 ||
            strcmp(sc_json_key(only), "$result") != 0)
        return NULL;
    return sc_json_string(only);
}

/* As an expression. The first name is the handle: the id of a step. */
static struct sc_json *reference_template(const char *path)
{
    struct sc_buf out = { 0 };
    struct sc_json *json;
    struct way way;

    sc_buf_addc(&out, '=');
    while (*path && read_way(&path, &way)) {
        if (!*way.name) {
            sc_buf_addf(&out, "[%zu]", way.at);
        } else if (out.len == 1 || !sc_name_wrong(way.name)) {
            sc_buf_addf(&out, "%s%s", out.len > 1 ? "." : "", way.name);
        } else {
            sc_buf_addc(&out, '[');
            add_quoted(&out, way.name);
            sc_buf_addc(&out, ']');
        }
    }
    json = sc_json_new_string(sc_buf_text(&out));
    sc_buf_release(&out);
    return json;
}

/* --- arguments --- */

struct reading {
    const struct sc_json *results;
    char *wrong;
};

static struct sc_json *as_reference(struct reading *r, const char *path)
{
    if (sc_loop_find(r->results, path))
        return reference_template(path);
    if (!r->wrong)
        r->wrong = sc_strdupf("there is no result '%.80s': give its handle and the way "
                              "into it, as in {\"$result\":\"t1_1.rows\"}",
                path);
    return sc_json_new_null();
}

static struct sc_json *as_template(struct reading *r, const struct sc_json *value)
{
    bool is_object = sc_json_is(value, SC_JSON_OBJECT);
    const char *path = reference_of(value);
    struct sc_json *copy;

    if (path)
        return as_reference(r, path);
    if (sc_json_is(value, SC_JSON_STRING))
        return text_template(sc_json_string(value));
    if (!is_object && !sc_json_is(value, SC_JSON_ARRAY))
        return sc_json_copy(value);
    copy = is_object ? sc_json_new_object() : sc_json_new_array();
    SC_JSON_EACH(member, value)
    {
        if (is_object)
            sc_json_add(copy, sc_json_key(member), as_template(r, member));
        else
            sc_json_append(copy, as_template(r, member));
    }
    return copy;
}

struct sc_json *sc_loop_args(
        const struct sc_json *args, const struct sc_json *results, char **ret_wrong)
{
    struct reading r = { .results = results };
    struct sc_json *templates = as_template(&r, args);

    *ret_wrong = r.wrong;
    if (!r.wrong)
        return templates;
    sc_json_free(templates);
    return NULL;
}
