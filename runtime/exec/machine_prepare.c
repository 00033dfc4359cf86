/* From the templates of a step to its arguments: first whether it runs at all and over
 * what list (gates, `when`, `each`), then every row's `where`, `once`, limit and
 * arguments. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "exec/machine_state.h"

static bool is_evaluated(struct sc_machine *m, size_t s, struct sc_json *take_answer,
        const struct sc_error *why, struct sc_command *ret);

/* --- is it left out because of another? --- */

static const char *missing_need(const struct sc_machine *m, size_t s)
{
    const struct sc_step *step = &m->plan->steps[s];

    for (size_t i = 0; i < step->dep_count; i++) {
        const struct run_step *dep = &m->steps[step->deps[i]];

        if (!step->dep_optional[i] && dep->phase > PHASE_DONE)
            return m->plan->steps[step->deps[i]].id;
    }
    return NULL;
}

static void left_out_note(struct sc_machine *m, size_t s, const char *why,
        const char *other, struct sc_command *ret)
{
    struct sc_json *body = sc_json_new_object();

    sc_json_add(body, "step", sc_json_new_string(m->plan->steps[s].id));
    sc_json_add(body, "why", sc_json_new_string(why));
    if (other)
        sc_json_add(body, "needs", sc_json_new_string(other));
    machine_note(ret, SC_EVENT_LEFT_OUT, body);
}

/* --- requests --- */

static struct sc_json *request_look(struct sc_machine *m, size_t s)
{
    const struct sc_step *step = &m->plan->steps[s];
    struct sc_json *request = machine_eval_request();

    if (step->when)
        machine_eval_add(request, "where", step->when);
    for (size_t g = 0; g < m->plan->gate_count; g++) {
        if (m->plan->gates[g].before == s && !m->steps[s].gate_passed) {
            char *name = sc_strdupf("gate%zu", g);

            machine_eval_add(request, name, m->plan->gates[g].require);
            free(name);
        }
    }
    if (step->each)
        machine_eval_add(request, "each", step->each);
    return request;
}

static struct sc_json *request_rows(struct sc_machine *m, size_t s)
{
    const struct sc_step *step = &m->plan->steps[s];
    struct sc_json *request = machine_eval_request();

    if (step->where)
        machine_eval_add(request, "where", step->where);
    if (step->once)
        machine_eval_add(request, "once", step->once);
    if (step->limit.n >= 0 && step->limit.key)
        machine_eval_add_text(request, "limit", step->limit.key);
    machine_eval_add(request, "args", step->args);
    return request;
}

static bool evaluate(
        struct sc_machine *m, size_t s, struct sc_json *request, struct sc_command *ret)
{
    struct sc_json *answer;

    machine_eval_bind(m, s, request);
    answer = machine_eval_here(request);
    if (answer) {
        bool note;

        machine_lend_back(m, request, s);
        sc_json_free(request);
        note = is_evaluated(m, s, answer, NULL, ret);
        return note || machine_next_step(m, s, ret);
    }
    m->steps[s].flying = true;
    m->flying++;
    ret->kind = SC_COMMAND_EVALUATE;
    ret->step = s;
    ret->body = request;
    return true;
}

static bool needs_look(const struct sc_machine *m, size_t s)
{
    if (m->plan->steps[s].when || m->plan->steps[s].each)
        return true;
    for (size_t g = 0; g < m->plan->gate_count; g++)
        if (m->plan->gates[g].before == s && !m->steps[s].gate_passed)
            return true;
    return false;
}

bool machine_next_prepare(struct sc_machine *m, size_t s, struct sc_command *ret)
{
    struct run_step *step = &m->steps[s];

    if (step->gate_asked) {
        if (step->asked)
            return false;
        step->asked = true;
        m->questions++;
        ret->kind = SC_COMMAND_QUESTION;
        ret->step = s;
        ret->body = sc_json_copy(step->gate_what);
        return true;
    }
    if (step->phase == PHASE_WAITING) {
        const char *need = m->plan->steps[s].finally ? NULL : missing_need(m, s);

        if (need) {
            left_out_note(m, s, "needs", need, ret);
            return true;
        }
        step->phase = needs_look(m, s) ? PHASE_LOOKING : PHASE_ROWS;
    }
    if (step->phase == PHASE_LOOKING)
        return evaluate(m, s, request_look(m, s), ret);
    return evaluate(m, s, request_rows(m, s), ret);
}

/* --- rows of an `each` --- */

static struct sc_json *list_of(struct sc_json *value)
{
    if (sc_json_true(sc_json_get(value, "$each")))
        return sc_json_get(value, "items");
    if (sc_json_is(value, SC_JSON_ARRAY))
        return value;
    /* An empty table of a script may come as {}. */
    return sc_json_is(value, SC_JSON_OBJECT) && !sc_json_first(value) ? value : NULL;
}

static struct sc_json *rows_of_one(struct sc_json *list, const char *as)
{
    struct sc_json *rows = sc_json_new_array(), *item;

    for (int64_t index = 1; (item = sc_json_first(list)); index++) {
        struct sc_json *row = sc_json_new_object();

        sc_json_add(row, as, sc_json_detach_item(list, item));
        sc_json_add(row, "index", sc_json_new_int(index));
        sc_json_append(rows, row);
    }
    return rows;
}

/* Every pair: the first list turns slowest. */
static struct sc_json *pair_with(
        const struct sc_json *rows, const char *name, const struct sc_json *list)
{
    struct sc_json *pairs = sc_json_new_array();

    SC_JSON_EACH(row, rows)
    {
        SC_JSON_EACH(item, list)
        {
            struct sc_json *pair = sc_json_copy(row);

            sc_json_add(pair, name, sc_json_copy(item));
            sc_json_append(pairs, pair);
            if (sc_json_count(pairs) > SC_MACHINE_ELEMENTS)
                return pairs;
        }
    }
    return pairs;
}

static struct sc_json *rows_of_many(const struct sc_json *lists, struct sc_error *err)
{
    struct sc_json *rows = sc_json_new_array();
    int64_t index = 1;

    sc_json_append(rows, sc_json_new_object());
    SC_JSON_EACH(member, lists)
    {
        const struct sc_json *list = list_of(member);
        struct sc_json *more;

        if (!list) {
            sc_json_free(rows);
            sc_fail(err, SC_INVALID, "each: '%s' is not a list", sc_json_key(member));
            return NULL;
        }
        more = pair_with(rows, sc_json_key(member), list);
        sc_json_free(rows);
        rows = more;
    }
    SC_JSON_EACH(row, rows)
    sc_json_add(row, "index", sc_json_new_int(index++));
    return rows;
}

static enum sc_code take_rows(
        struct sc_machine *m, size_t s, struct sc_json *value, struct sc_error *err)
{
    const struct sc_step *step = &m->plan->steps[s];
    struct sc_json *rows;

    if (sc_json_is(step->each, SC_JSON_OBJECT)) {
        rows = rows_of_many(value, err);
    } else {
        struct sc_json *list = list_of(value);

        if (!list)
            return sc_fail(err, SC_INVALID, "each is %s, not a list",
                    sc_json_type_word(sc_json_type(value)));
        rows = rows_of_one(list, step->as);
    }
    if (!rows)
        return SC_INVALID;
    if (sc_json_count(rows) > SC_MACHINE_ELEMENTS) {
        sc_json_free(rows);
        return sc_fail(err, SC_INVALID, "each has over %d elements", SC_MACHINE_ELEMENTS);
    }
    m->steps[s].rows = rows;
    return SC_OK;
}

/* --- what came back --- */

static bool simulated_need(const struct sc_machine *m, size_t s)
{
    const struct sc_step *step = &m->plan->steps[s];

    for (size_t i = 0; m->dry_run && i < step->dep_count; i++) {
        const struct run_step *dep = &m->steps[step->deps[i]];

        if (dep->simulated || dep->phase == PHASE_LEFT_OUT)
            return true;
    }
    return false;
}

/* The step as a whole cannot be done. In a dry run a step that needs what was only
 * simulated is left out instead. */
static bool step_error(struct sc_machine *m, size_t s, const struct sc_error *err,
        struct sc_command *ret)
{
    if (simulated_need(m, s))
        left_out_note(m, s, "dry_run", NULL, ret);
    else
        machine_error_note(m, s, SC_NO_ELEMENT, err, ret);
    return true;
}

static void row_error(const struct sc_json *row, struct sc_error *ret_err)
{
    const struct sc_json *error = sc_json_get(row, "error");

    machine_error_from(error, ret_err);
    if (sc_json_get(error, "at"))
        sc_wrap(ret_err, "%s", sc_json_get_string(error, "at", ""));
}

static bool gate_closed(struct sc_machine *m, size_t s, const struct sc_gate *gate,
        struct sc_command *ret)
{
    const char *id = m->plan->steps[s].id;
    struct sc_error err;

    if (gate->ask) {
        struct sc_json *body = sc_json_new_object(), *what = sc_json_new_object();

        sc_json_add(body, "step", sc_json_new_string(id));
        sc_json_add(body, "gate", sc_json_new_bool(true));
        sc_json_add(what, "question", sc_json_new_string(gate->say ? gate->say : ""));
        sc_json_add(what, "gate", sc_json_new_bool(true));
        sc_json_add(body, "what", what);
        m->steps[s].phase = PHASE_WAITING;
        machine_note(ret, SC_EVENT_ASKED, body);
        return true;
    }
    sc_fail(&err, SC_DENIED, "%s",
            gate->say ? gate->say : "a gate of the plan is closed");
    machine_stop_note(ret, id, machine_error(&err));
    return true;
}

static bool is_looked(
        struct sc_machine *m, size_t s, struct sc_json *values, struct sc_command *ret)
{
    struct sc_error err;

    if (m->plan->steps[s].when && machine_is_no(sc_json_get(values, "where"))) {
        left_out_note(m, s, "when", NULL, ret);
        return true;
    }
    for (size_t g = 0; g < m->plan->gate_count; g++) {
        char *name = sc_strdupf("gate%zu", g);
        const struct sc_json *value = sc_json_get(values, name);

        free(name);
        if (value && machine_is_no(value))
            return gate_closed(m, s, &m->plan->gates[g], ret);
    }
    if (m->plan->steps[s].each && take_rows(m, s, sc_json_get(values, "each"), &err))
        return step_error(m, s, &err, ret);
    m->steps[s].phase = PHASE_ROWS;
    machine_queue(m, s);
    return false;
}

static char *text_of(const struct sc_json *value)
{
    struct sc_buf text;

    if (sc_json_is(value, SC_JSON_STRING))
        return sc_strdup(sc_json_string(value));
    sc_buf_init(&text);
    if (value && !sc_json_is(value, SC_JSON_NULL))
        sc_json_write_canonical(&text, value);
    return sc_buf_detach(&text);
}

/* One row of the answer as what the journal keeps: {skip} {error} or {args, once, limit}.
 */
static struct sc_json *given_of(struct sc_json *row, const struct sc_step *step)
{
    struct sc_json *given = sc_json_new_object(), *values = sc_json_get(row, "values");
    struct sc_error err;
    char *once;

    if (!values) {
        row_error(row, &err);
        sc_json_add(given, "error", machine_error(&err));
        return given;
    }
    if (step->where && machine_is_no(sc_json_get(values, "where"))) {
        sc_json_add(given, "skip", sc_json_new_string("where"));
        return given;
    }
    if (step->once) {
        once = text_of(sc_json_get(values, "once"));
        if (*once) {
            sc_json_add(given, "once", sc_json_new_string(once));
        } else {
            sc_fail(&err, SC_INVALID, "once is empty");
            sc_json_add(given, "error", machine_error(&err));
        }
        free(once);
    }
    if (sc_json_get(values, "limit"))
        sc_json_add(given, "limit", sc_json_detach(values, "limit"));
    if (!sc_json_get(values, "args"))
        sc_json_add(values, "args", sc_json_new_object());
    sc_json_add(given, "args", sc_json_detach(values, "args"));
    return given;
}

static void move_all(struct sc_json *from, struct sc_json **to)
{
    struct sc_json *item;

    if (!*to)
        *to = sc_json_new_array();
    while ((item = sc_json_first(from)))
        sc_json_append(*to, sc_json_detach_item(from, item));
}

/* All rows have their values. */
static bool prepared_note(struct sc_machine *m, size_t s, struct sc_command *ret)
{
    const struct sc_step *step = &m->plan->steps[s];
    struct piece *piece = &m->steps[s].piece;
    struct sc_json *body = sc_json_new_object(), *values = piece->values;

    sc_json_add(body, "step", sc_json_new_string(step->id));
    if (step->each)
        sc_json_add(body, "rows", piece->passed);
    sc_json_add(body, "values", values);
    *piece = (struct piece){ 0 };
    /* What is cheap to compute again and harms nobody is not journaled. */
    if (!step->each && machine_effect(m, s) <= SC_EFFECT_READ &&
            !sc_json_get(sc_json_first(values), "skip")) {
        machine_apply_prepared(m, s, 0, body);
        sc_json_free(body);
        machine_queue(m, s);
        return false;
    }
    machine_note(ret, SC_EVENT_PREPARED, body);
    return true;
}

static bool are_rows(
        struct sc_machine *m, size_t s, struct sc_json *rows, struct sc_command *ret)
{
    const struct sc_step *step = &m->plan->steps[s];
    struct piece *piece = &m->steps[s].piece;
    struct sc_error err;

    if (!step->each && sc_json_get(sc_json_first(rows), "error")) {
        row_error(sc_json_first(rows), &err);
        return step_error(m, s, &err, ret);
    }
    if (!piece->values)
        piece->values = sc_json_new_array();
    SC_JSON_EACH(row, rows)
    sc_json_append(piece->values, given_of(row, step));
    if (!step->each && sc_json_get(sc_json_first(piece->values), "error")) {
        machine_error_from(sc_json_get(sc_json_first(piece->values), "error"), &err);
        return step_error(m, s, &err, ret);
    }
    if (step->each)
        move_all(piece->rows, &piece->passed);
    sc_json_free(piece->rows);
    piece->rows = NULL;
    if (sc_json_count(m->steps[s].rows) == 0)
        return prepared_note(m, s, ret);
    machine_queue(m, s);
    return false;
}

static bool is_evaluated(struct sc_machine *m, size_t s, struct sc_json *take_answer,
        const struct sc_error *why, struct sc_command *ret)
{
    struct sc_json *rows = sc_json_get(take_answer, "rows"), *row = sc_json_first(rows);
    size_t want = m->plan->steps[s].each ? sc_json_count(m->steps[s].piece.rows) : 1;
    struct sc_error err;
    bool note;

    machine_forget_known(&m->steps[s].known);

    if (why) {
        note = step_error(m, s, why, ret);
    } else if (m->steps[s].phase == PHASE_LOOKING && sc_json_get(row, "error")) {
        row_error(row, &err);
        note = step_error(m, s, &err, ret);
    } else if (m->steps[s].phase == PHASE_LOOKING) {
        note = is_looked(m, s, sc_json_get(row, "values"), ret);
    } else if (sc_json_count(rows) != want) {
        sc_fail(&err, SC_INTERNAL, "the evaluator answered %zu rows for %zu",
                sc_json_count(rows), want);
        note = step_error(m, s, &err, ret);
    } else {
        note = are_rows(m, s, rows, ret);
    }
    sc_json_free(take_answer);
    return note;
}

bool sc_machine_evaluated(struct sc_machine *m, size_t s, struct sc_json *take_answer,
        const struct sc_error *why, struct sc_command *ret_note)
{
    m->flying--;
    if (s == SC_NO_STEP)
        return machine_finish_evaluated(m, take_answer, why, ret_note);
    m->steps[s].flying = false;
    if (m->stopping && !m->plan->steps[s].finally) {
        sc_json_free(take_answer);
        return false;
    }
    machine_queue(m, s);
    if (why && why->code == SC_UNAVAILABLE && !m->steps[s].evaluated_again) {
        m->steps[s].evaluated_again = true;
        return false;
    }
    m->steps[s].evaluated_again = false;
    return is_evaluated(m, s, take_answer, why, ret_note);
}

/* --- the fold of it --- */

void machine_apply_prepared(
        struct sc_machine *m, size_t s, int64_t at_ms, struct sc_json *body)
{
    struct run_step *step = &m->steps[s];
    const struct sc_json *row;
    size_t i = 0;

    sc_json_free(step->rows);
    sc_json_free(step->values);
    step->rows = sc_json_detach(body, "rows");
    step->values = sc_json_detach(body, "values");
    step->phase = PHASE_PREPARED;
    if (sc_json_count(step->values) > 0)
        machine_element(m, s, sc_json_count(step->values) - 1);
    step->open = 0;
    row = sc_json_first(step->rows);
    SC_JSON_EACH(given, step->values)
    {
        struct element *e = &step->elements[i++];

        e->row = row;
        e->given = given;
        row = row ? sc_json_next(row) : NULL;
        if (!element_ended(e) && sc_json_get(given, "skip")) {
            e->state = EL_SKIPPED;
            e->why = "where";
        } else if (!element_ended(e) && sc_json_get(given, "error")) {
            e->error = sc_json_copy(sc_json_get(given, "error"));
            machine_element_failed(m, s, e, at_ms);
        }
        step->open += !element_ended(e);
    }
    machine_step_settle(m, s, at_ms);
}
