#include "plan/template.h"

#include <string.h>

#include "plan/plan.h"

static struct sc_piece *add_piece(
        struct sc_arena *arena, struct sc_piece **last, const char *text, size_t len)
{
    struct sc_piece *piece = sc_arena_new(arena, struct sc_piece);

    piece->text = text;
    piece->len = len;
    *last = piece;
    return piece;
}

/* The length of the expression up to its `}}`, or SIZE_MAX. Whether it is Lua is
 * somebody else's question, so what no token begins with is passed over. */
static size_t hole_length(struct sc_arena *arena, const char *text, size_t len)
{
    struct sc_lexer lexer = { .text = text, .len = len, .arena = arena };
    int depth = 0;

    for (;;) {
        struct sc_token t = sc_lex(&lexer);

        if (t.kind == SC_TOKEN_EOF || t.kind == SC_TOKEN_ERROR)
            return SIZE_MAX;
        if (t.kind != SC_TOKEN_SIGN)
            continue;
        if (t.sign == '}' && depth == 0)
            return text[t.at + 1] == '}' ? t.at : SIZE_MAX;
        depth += (t.sign == '{') - (t.sign == '}');
    }
}

static enum sc_code read_holes(struct sc_arena *arena, const char *text,
        struct sc_text *ret_text, struct sc_error *err)
{
    struct sc_piece *pieces = NULL, **last = &pieces;
    const char *open;

    for (; (open = strstr(text, "{{")); last = &(*last)->next) {
        size_t len = hole_length(arena, open + 2, strlen(open + 2));

        if (len == SIZE_MAX)
            return sc_fail(err, SC_INVALID, "'{{' without its '}}': %.40s", open);
        if (open > text)
            last = &add_piece(arena, last, text, (size_t)(open - text))->next;
        add_piece(arena, last, open + 2, len)->is_expr = true;
        text = open + 2 + len + 2;
    }
    if (*text)
        add_piece(arena, last, text, strlen(text));
    ret_text->kind = SC_TEXT_MIXED;
    ret_text->pieces = pieces;
    return SC_OK;
}

enum sc_code sc_text_read(struct sc_arena *arena, const char *text,
        struct sc_text *ret_text, struct sc_error *err)
{
    struct sc_text result = { .kind = SC_TEXT_PLAIN };
    bool holes = strstr(text, "{{") != NULL;

    if (text[0] == '=' && holes)
        return sc_fail(err, SC_INVALID,
                "'=' and '{{…}}' in one string: write one expression (with '..' to "
                "join), "
                "or text with '{{…}}' and no '=' in front; a table in a table is '{ {'");
    if (holes)
        return read_holes(arena, text, ret_text, err);
    if (text[0] == '=') {
        result.kind = text[1] == '=' ? SC_TEXT_PLAIN : SC_TEXT_EXPR;
        text++;
    }
    if (*text || result.kind == SC_TEXT_EXPR)
        add_piece(arena, &result.pieces, text, strlen(text))->is_expr =
                result.kind == SC_TEXT_EXPR;
    *ret_text = result;
    return SC_OK;
}

bool sc_text_is_dynamic(const char *text)
{
    return (text[0] == '=' && text[1] != '=') || strstr(text, "{{") != NULL;
}

bool sc_template_is_dynamic(const struct sc_json *template_json)
{
    if (sc_json_is(template_json, SC_JSON_STRING))
        return sc_text_is_dynamic(sc_json_string(template_json));
    SC_JSON_EACH(item, template_json)
    {
        if (sc_template_is_dynamic(item))
            return true;
    }
    return false;
}

struct walk {
    struct sc_buf where;
    sc_template_fn *visit;
    void *arg;
};

static void walk(struct walk *w, const struct sc_json *item)
{
    size_t len = w->where.len, index = 0;

    if (sc_json_is(item, SC_JSON_STRING)) {
        w->visit(w->arg, sc_buf_text(&w->where), item);
        return;
    }
    SC_JSON_EACH(child, item)
    {
        const char *key = sc_json_key(child);

        if (key)
            sc_buf_addf(&w->where, ".%s", key);
        else
            sc_buf_addf(&w->where, "[%zu]", index++);
        walk(w, child);
        w->where.len = len;
        w->where.data[len] = '\0';
    }
}

void sc_template_each(const struct sc_json *template_json, const char *root,
        sc_template_fn *visit, void *arg)
{
    struct walk w = { .visit = visit, .arg = arg };

    sc_buf_adds(&w.where, root);
    walk(&w, template_json);
    sc_buf_release(&w.where);
}

/* --- resolving without an evaluator --- */

static struct sc_use *plain_use(struct sc_arena *arena, const char *text)
{
    struct sc_node *node = sc_expr_parse(arena, text + 1, strlen(text + 1), NULL);
    struct sc_use *use = node ? sc_expr_plain(arena, node) : NULL;

    return use;
}

static bool is_plain_text(const char *text)
{
    struct sc_arena arena = { 0 };
    bool plain;

    if (!sc_text_is_dynamic(text))
        return true;
    if (text[0] != '=' || strstr(text, "{{"))
        return false;
    plain = plain_use(&arena, text) != NULL;
    sc_arena_release(&arena);
    return plain;
}

bool sc_template_is_plain(const struct sc_json *template_json)
{
    if (sc_json_is(template_json, SC_JSON_STRING))
        return is_plain_text(sc_json_string(template_json));
    SC_JSON_EACH(item, template_json)
    {
        if (!sc_template_is_plain(item))
            return false;
    }
    return true;
}

static void add_key(struct sc_buf *out, const struct sc_key *key)
{
    if (key->field)
        sc_buf_addf(out, ".%s", key->field);
    else
        sc_buf_addf(out, "[%lld]", (long long)key->index);
}

/* "sheet.rows[2]": the way as far as count keys. */
static void add_way(struct sc_buf *out, const struct sc_use *use, size_t count)
{
    sc_buf_adds(out, use->name);
    for (size_t i = 0; i < count; i++)
        add_key(out, &use->keys[i]);
}

static void fail_missing(const struct sc_use *use, size_t at, const struct sc_json *of,
        struct sc_error *err)
{
    struct sc_buf way, key;

    sc_buf_init(&way);
    sc_buf_init(&key);
    add_way(&way, use, at);
    add_key(&key, &use->keys[at]);
    if (sc_json_is(of, SC_JSON_ARRAY) && !use->keys[at].field)
        sc_fail(err, SC_INVALID, "%s has %zu elements, so no %s", sc_buf_text(&way),
                sc_json_count(of), sc_buf_text(&key));
    else if (sc_json_is(of, SC_JSON_OBJECT) && use->keys[at].field)
        sc_fail(err, SC_INVALID, "%s has no field '%s'", sc_buf_text(&way),
                use->keys[at].field);
    else
        sc_fail(err, SC_INVALID, "%s is %s, so it has no %s", sc_buf_text(&way),
                sc_json_type_word(sc_json_type(of)), sc_buf_text(&key));
    sc_buf_release(&way);
    sc_buf_release(&key);
}

/* The result of a step with `each`, in the form of plan/evaluate.h: its list. */
static const struct sc_json *items_of(const struct sc_json *value)
{
    return sc_json_true(sc_json_get(value, "$each")) ? sc_json_get(value, "items")
                                                     : value;
}

static const struct sc_json *step_into(const struct sc_json *of, const struct sc_key *key)
{
    if (!key->field)
        of = items_of(of);
    if (key->field)
        return sc_json_is(of, SC_JSON_OBJECT) ? sc_json_get(of, key->field) : NULL;
    return sc_json_is(of, SC_JSON_ARRAY) ? sc_json_at(of, (size_t)key->index - 1) : NULL;
}

static struct sc_json *resolve_use(
        const struct sc_use *use, const struct sc_json *names, struct sc_error *err)
{
    const struct sc_json *value = sc_json_get(names, use->name);

    if (!value) {
        sc_fail(err, SC_INVALID, "'%s' has no value", use->name);
        return NULL;
    }
    for (size_t i = 0; i < use->key_count; i++) {
        const struct sc_json *inner = step_into(value, &use->keys[i]);

        if (!inner) {
            fail_missing(use, i, value, err);
            return NULL;
        }
        value = inner;
    }
    return sc_json_copy(items_of(value));
}

static struct sc_json *resolve_text(
        const char *text, const struct sc_json *names, struct sc_error *err)
{
    struct sc_arena arena = { 0 };
    struct sc_json *value = NULL;
    struct sc_use *use;

    if (!sc_text_is_dynamic(text))
        return sc_json_new_string(text[0] == '=' ? text + 1 : text);
    use = text[0] == '=' ? plain_use(&arena, text) : NULL;
    if (use)
        value = resolve_use(use, names, err);
    else
        sc_fail(err, SC_INVALID, "'%.60s' is not a plain reference", text);
    sc_arena_release(&arena);
    return value;
}

struct sc_json *sc_template_resolve(const struct sc_json *template_json,
        const struct sc_json *names, struct sc_error *err)
{
    struct sc_json *made;

    if (sc_json_is(template_json, SC_JSON_STRING))
        return resolve_text(sc_json_string(template_json), names, err);
    if (!sc_json_is(template_json, SC_JSON_OBJECT) &&
            !sc_json_is(template_json, SC_JSON_ARRAY))
        return sc_json_copy(template_json);
    made = sc_json_is(template_json, SC_JSON_OBJECT) ? sc_json_new_object()
                                                     : sc_json_new_array();
    SC_JSON_EACH(item, template_json)
    {
        struct sc_json *value = sc_template_resolve(item, names, err);

        if (!value) {
            sc_json_free(made);
            return NULL;
        }
        if (sc_json_key(item))
            sc_json_add(made, sc_json_key(item), value);
        else
            sc_json_append(made, value);
    }
    return made;
}
