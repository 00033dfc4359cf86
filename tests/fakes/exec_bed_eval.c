/* An evaluator of very small expressions. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fakes/exec_bed.h"

struct fake_eval {
    struct sc_op op;
    struct sc_json *answer;
};

static void eval_cancel(struct sc_op *op)
{
    (void)op; /* it is finishing already */
}

static void eval_release(struct sc_op *op)
{
    struct fake_eval *e = sc_container_of(op, struct fake_eval, op);

    sc_json_free(e->answer);
    free(e);
}

static const struct sc_op_class eval_class = { "eval", eval_cancel, eval_release };

struct names {
    const struct sc_json *bind, *row, *done;
    struct sc_json *asked;
    struct sc_error *err;
};

static struct sc_json *value_of(const struct names *names, const char *text);

static struct sc_json *reference(const struct names *names, const char *text)
{
    char *copy = sc_strdup(text), *rest = copy, *part = strsep(&rest, ".");
    const struct sc_json *at = sc_json_get(names->row, part);
    bool each;

    if (!at)
        at = sc_json_get(names->bind, part);
    while (at && (part = strsep(&rest, "."))) {
        const struct sc_json *next = sc_json_get(at, part);

        if (!next && !sc_json_is(at, SC_JSON_NULL))
            sc_fail(names->err, SC_SCRIPT, "no field '%s'", part);
        at = next;
    }
    free(copy);
    each = sc_json_true(sc_json_get(at, "$each"));
    return at ? sc_json_copy(each ? sc_json_get(at, "items") : at) : sc_json_new_null();
}

static struct sc_json *binary(
        const struct names *names, const char *left, const char *op, const char *right)
{
    struct sc_json *a = value_of(names, left), *b = value_of(names, right), *value;
    int64_t x = 0, y = 0;

    (void)sc_json_int(a, &x);
    (void)sc_json_int(b, &y);
    if (strcmp(op, " == ") == 0)
        value = sc_json_new_bool(sc_json_equal(a, b));
    else if (strcmp(op, " <= ") == 0)
        value = sc_json_new_bool(x <= y);
    else
        value = sc_json_new_int(x + y);
    sc_json_free(a);
    sc_json_free(b);
    return value;
}

/* done('t', EXPRESSION) */
static struct sc_json *is_done(const struct names *names, const char *text)
{
    const char *comma = strchr(text, ',');
    struct sc_json *pair = sc_json_new_array();
    char *rest = sc_strndup(comma + 2, strlen(comma + 2) - 1);
    bool found = false;

    sc_json_append(pair, sc_json_new_string_len(text + 6, (size_t)(comma - text) - 7));
    sc_json_append(pair, value_of(names, rest));
    SC_JSON_EACH(known, names->done)
    found = found || sc_json_equal(known, pair);
    if (found)
        sc_json_free(pair);
    else
        sc_json_append(names->asked, pair);
    free(rest);
    return sc_json_new_bool(found);
}

static struct sc_json *unary(const struct names *names, const char *text)
{
    size_t len = strlen(text);
    struct sc_json *value, *result;

    if (strncmp(text, "done(", 5) == 0)
        return is_done(names, text);
    if (text[0] == '\'')
        return sc_json_new_string_len(text + 1, len - 2);
    if (text[0] >= '0' && text[0] <= '9')
        return sc_json_new_number(text);
    if (strncmp(text, "not ", 4) == 0) {
        value = value_of(names, text + 4);
        result = sc_json_new_bool(
                sc_json_is(value, SC_JSON_NULL) ||
                (sc_json_is(value, SC_JSON_BOOL) && !sc_json_true(value)));
        sc_json_free(value);
        return result;
    }
    if (text[0] != '#')
        return reference(names, text);
    value = reference(names, text + 1);
    result = sc_json_new_int((int64_t)sc_json_count(value));
    sc_json_free(value);
    return result;
}

static struct sc_json *value_of(const struct names *names, const char *text)
{
    static const char *const ops[] = { " == ", " <= ", " + " };

    for (size_t i = 0; i < 3; i++) {
        const char *at = strstr(text, ops[i]);

        if (at) {
            char *left = sc_strndup(text, (size_t)(at - text));
            struct sc_json *value = binary(names, left, ops[i], at + strlen(ops[i]));

            free(left);
            return value;
        }
    }
    return unary(names, text);
}

static struct sc_json *mixed(const struct names *names, const char *text)
{
    struct sc_buf out;
    struct sc_json *value;
    const char *open, *close;

    sc_buf_init(&out);
    while ((open = strstr(text, "{{")) && (close = strstr(open, "}}"))) {
        char *inside = sc_strndup(open + 2, (size_t)(close - open - 2));

        sc_buf_add(&out, text, (size_t)(open - text));
        value = value_of(names, inside);
        if (sc_json_is(value, SC_JSON_STRING))
            sc_buf_adds(&out, sc_json_string(value));
        else if (sc_json_is(value, SC_JSON_NULL))
            sc_fail(names->err, SC_SCRIPT, "'%s' is nil", inside);
        else
            sc_json_write(&out, value);
        sc_json_free(value);
        free(inside);
        text = close + 2;
    }
    sc_buf_adds(&out, text);
    value = sc_json_new_string(sc_buf_text(&out));
    sc_buf_release(&out);
    return value;
}

static struct sc_json *template_value(const struct names *names, const struct sc_json *of)
{
    struct sc_json *value;

    if (sc_json_is(of, SC_JSON_STRING)) {
        const char *text = sc_json_string(of);

        if (*text == '=')
            return value_of(names, text + 1);
        return mixed(names, text);
    }
    if (sc_json_is(of, SC_JSON_OBJECT)) {
        value = sc_json_new_object();
        SC_JSON_EACH(member, of)
        sc_json_add(value, sc_json_key(member), template_value(names, member));
        return value;
    }
    if (!sc_json_is(of, SC_JSON_ARRAY))
        return sc_json_copy(of);
    value = sc_json_new_array();
    SC_JSON_EACH(item, of)
    sc_json_append(value, template_value(names, item));
    return value;
}

static struct sc_json *row_of(
        const struct sc_json *request, const struct sc_json *row, struct sc_json *asked)
{
    struct sc_json *result = sc_json_new_object(), *values = sc_json_new_object();
    struct sc_error err = { 0 };
    struct names names = { sc_json_get(request, "bind"), row,
        sc_json_get(request, "done"), asked, &err };

    SC_JSON_EACH(entry, sc_json_get(request, "eval"))
    {
        const char *name = sc_json_get_string(entry, "name", "");
        struct sc_json *value = template_value(&names, sc_json_get(entry, "of"));

        sc_json_add(values, name, value);
        if (err.code) {
            struct sc_json *error = sc_json_new_object();

            sc_json_set_string(error, "code", "script");
            sc_json_set_string(error, "message", err.msg);
            sc_json_set_string(error, "at", name);
            sc_json_add(result, "error", error);
            sc_json_free(values);
            return result;
        }
        if (strcmp(name, "where") == 0 &&
                (sc_json_is(value, SC_JSON_NULL) ||
                        (sc_json_is(value, SC_JSON_BOOL) && !sc_json_true(value))))
            break;
    }
    sc_json_add(result, "values", values);
    return result;
}

static struct sc_op *eval_start(struct sc_evaluator *evaluator, struct sc_scope *scope,
        const struct sc_json *request, sc_op_done_fn *done, void *arg)
{
    struct exec_bed *bed = sc_container_of(evaluator, struct exec_bed, evaluator);
    struct fake_eval *e = sc_new(struct fake_eval);
    const struct sc_json *each = sc_json_get(request, "each");
    struct sc_json *rows, *asked = sc_json_new_array();
    struct sc_error err;

    exec_bed_moment(bed);
    bed->eval_count++;
    if (sc_json_count(each) > bed->most_evaluated)
        bed->most_evaluated = sc_json_count(each);
    e->answer = sc_json_new_object();
    rows = sc_json_add(e->answer, "rows", sc_json_new_array());
    if (!each)
        sc_json_append(rows, row_of(request, NULL, asked));
    SC_JSON_EACH(row, each)
    sc_json_append(rows, row_of(request, row, asked));
    sc_json_add(e->answer, "asked", asked);
    sc_op_begin(&e->op, &eval_class, scope, done, arg);
    if (bed->eval_failures > 0) {
        bed->eval_failures--;
        sc_fail(&err, bed->eval_failure, "the evaluator said %s",
                sc_code_word(bed->eval_failure));
        sc_op_finish(&e->op, &err);
        return &e->op;
    }
    sc_op_finish(&e->op, NULL);
    return &e->op;
}

static struct sc_json **eval_answer(struct sc_op *op)
{
    return &sc_container_of(op, struct fake_eval, op)->answer;
}

void exec_bed_set_evaluator(struct exec_bed *bed)
{
    bed->evaluator = (struct sc_evaluator){ eval_start, eval_answer };
}
