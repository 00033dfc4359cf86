/* Requests to the evaluator, and the ones that need no evaluator. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "exec/machine_state.h"

enum { PIECE_ROWS = 1000, PIECE_BYTES = 1 << 20 };

/* The values a request sees are lent to it, not copied: they may be large. They go back
 * as soon as the request has been started (it is copied by then). */
static void lend(struct sc_machine *m, struct sc_json *bind, const char *name)
{
    struct sc_json *value = sc_json_detach(m->names, name);

    if (value || !sc_json_get(bind, name))
        sc_json_add(bind, name, value ? value : sc_json_new_null());
}

/* A step that was left out is bound as nil; that does not make it a result. */
static bool is_lent(
        const struct sc_machine *m, const char *name, const struct sc_json *value)
{
    size_t s = m->plan ? sc_plan_find(m->plan, name) : SC_NO_STEP;

    return !sc_json_is(value, SC_JSON_NULL) || s == SC_NO_STEP ||
           m->steps[s].phase == PHASE_DONE;
}

void machine_lend_back(struct sc_machine *m, struct sc_json *request, size_t s)
{
    struct sc_json *bind = sc_json_detach(request, "bind"), *member;

    while ((member = sc_json_first(bind))) {
        char *name = sc_strdup(sc_json_key(member));

        sc_json_detach_item(bind, member);
        if (is_lent(m, name, member))
            sc_json_add(m->names, name, member);
        else
            sc_json_free(member);
        free(name);
    }
    sc_json_free(bind);
    if (s != SC_NO_STEP && sc_json_get(request, "each"))
        m->steps[s].piece.rows = sc_json_detach(request, "each");
}

/* Does a template call it? Also when only a text says so: then it is given in vain. */
static bool mentions(const struct sc_json *item, const char *word)
{
    if (strstr(sc_json_string(item), word))
        return true;
    SC_JSON_EACH(child, item)
    {
        if (mentions(child, word))
            return true;
    }
    return false;
}

const char *machine_step_word(const struct sc_machine *m, size_t s)
{
    static const char *const words[] = { "pending", "pending", "pending", "pending",
        "running", "done", "failed", "left_out", "in_doubt" };
    const struct run_step *step = &m->steps[s];

    if (step->asking || step->gate_asked || step->approval == APPROVAL_ASKED)
        return step_ended(step) ? words[step->phase] : "waiting";
    return words[step->phase];
}

static struct sc_json *states_of(const struct sc_machine *m)
{
    struct sc_json *states = sc_json_new_object();

    for (size_t s = 0; s < m->step_count; s++)
        sc_json_add(states, m->plan->steps[s].id,
                sc_json_new_string(machine_step_word(m, s)));
    return states;
}

struct sc_json *machine_eval_request(void)
{
    struct sc_json *request = sc_json_new_object();

    sc_json_add(request, "bind", sc_json_new_object());
    sc_json_add(request, "eval", sc_json_new_array());
    return request;
}

void machine_eval_add(struct sc_json *request, const char *name, const struct sc_json *of)
{
    struct sc_json *entry = sc_json_new_object();

    sc_json_add(entry, "name", sc_json_new_string(name));
    sc_json_add(entry, "of", of ? sc_json_copy(of) : sc_json_new_object());
    sc_json_append(sc_json_get(request, "eval"), entry);
}

void machine_eval_add_text(struct sc_json *request, const char *name, const char *of)
{
    struct sc_json *text = sc_json_new_string(of);

    machine_eval_add(request, name, text);
    sc_json_free(text);
}

/* --- what a request carries --- */

static void lend_steps(
        struct sc_machine *m, struct sc_json *request, const size_t *steps, size_t count)
{
    const struct sc_json *eval = sc_json_get(request, "eval");

    for (size_t i = 0; i < count; i++) {
        const char *id = m->plan->steps[steps[i]].id;

        if (mentions(eval, id))
            lend(m, sc_json_get(request, "bind"), id);
    }
}

/* Checks and the answer may name any step. */
static void lend_all(struct sc_machine *m, struct sc_json *request)
{
    for (size_t s = 0; s < m->step_count; s++)
        lend_steps(m, request, &s, 1);
}

static void lend_needs(struct sc_machine *m, size_t s, struct sc_json *request)
{
    const struct sc_step *step = &m->plan->steps[s];

    lend_steps(m, request, step->deps, step->dep_count);
    for (size_t g = 0; g < m->plan->gate_count; g++)
        if (m->plan->gates[g].before == s)
            lend_steps(m, request, m->plan->gates[g].deps, m->plan->gates[g].dep_count);
}

static bool is_plain(const struct sc_json *request)
{
    SC_JSON_EACH(entry, sc_json_get(request, "eval"))
    {
        if (!sc_template_is_plain(sc_json_get(entry, "of")))
            return false;
    }
    return true;
}

/* Roughly the bytes of a value when it is sent. */
static size_t weight(const struct sc_json *value)
{
    enum { NODE = 8 };
    const char *key = sc_json_key(value);
    size_t sum = NODE + (key ? strlen(key) : 0);

    if (sc_json_is(value, SC_JSON_STRING))
        return sum + strlen(sc_json_string(value));
    SC_JSON_EACH(child, value)
    sum += weight(child);
    return sum;
}

/* A huge `each` goes to the evaluator in pieces, so that no request grows with it. Where
 * every request carries much else, pieces are as large as that. */
static void take_piece(struct sc_machine *m, size_t s, const struct sc_json *request)
{
    struct run_step *step = &m->steps[s];
    struct piece *piece = &step->piece;
    size_t bytes = 0, most = SIZE_MAX, most_rows = SIZE_MAX, count = 0;
    struct sc_json *row;

    if (piece->rows) /* once more */
        return;
    if (!is_plain(request)) {
        if (!piece->bound)
            piece->bound = weight(sc_json_get(request, "bind"));
        most = piece->bound > PIECE_BYTES ? piece->bound : PIECE_BYTES;
        most_rows = PIECE_ROWS * (most / PIECE_BYTES);
    }
    piece->rows = sc_json_new_array();
    while ((row = sc_json_first(step->rows)) && count++ < most_rows && bytes < most) {
        bytes += weight(row);
        sc_json_append(piece->rows, sc_json_detach_item(step->rows, row));
    }
}

/* The last step of making a request: every value that its templates mention. */
void machine_eval_bind(struct sc_machine *m, size_t s, struct sc_json *request)
{
    const struct sc_json *eval = sc_json_get(request, "eval");
    const struct known *known = s == SC_NO_STEP ? &m->known : &m->steps[s].known;

    SC_ASSERT(m->plan != NULL);
    if (mentions(eval, "inputs"))
        lend(m, sc_json_get(request, "bind"), "inputs");
    lend(m, sc_json_get(request, "bind"), "env"); /* helpers read it too */
    if (s == SC_NO_STEP)
        lend_all(m, request);
    else
        lend_needs(m, s, request);
    if (mentions(eval, "step_state("))
        sc_json_add(request, "states", states_of(m));
    if (known->pairs)
        sc_json_add(request, "done", sc_json_copy(known->pairs));
    if (s != SC_NO_STEP && m->plan->steps[s].each && m->steps[s].phase == PHASE_ROWS) {
        take_piece(m, s, request);
        sc_json_add(request, "each", m->steps[s].piece.rows);
        m->steps[s].piece.rows = NULL;
    }
}

/* --- done() --- */

static struct known *known_of(struct sc_machine *m, size_t s)
{
    return s == SC_NO_STEP ? &m->known : &m->steps[s].known;
}

void machine_forget_known(struct known *known)
{
    sc_json_free(known->pairs);
    *known = (struct known){ 0 };
}

int sc_machine_known_rounds(const struct sc_machine *m, size_t s)
{
    return s == SC_NO_STEP ? m->known.rounds : m->steps[s].known.rounds;
}

void sc_machine_known(struct sc_machine *m, size_t s, struct sc_json *take_pairs)
{
    struct known *known = known_of(m, s);
    struct sc_json *pair;

    m->flying--;
    if (s == SC_NO_STEP) {
        m->finishing = false;
    } else {
        m->steps[s].flying = false;
        machine_queue(m, s);
    }
    known->rounds++;
    if (!known->pairs)
        known->pairs = sc_json_new_array();
    while ((pair = sc_json_first(take_pairs)))
        sc_json_append(known->pairs, sc_json_detach_item(take_pairs, pair));
    sc_json_free(take_pairs);
}

/* --- without an evaluator: literals and plain references --- */

static void put_row_error(struct sc_json *row, const char *at, const struct sc_error *err)
{
    struct sc_json *error = machine_error(err);

    sc_json_add(error, "at", sc_json_new_string(at));
    sc_json_add(row, "error", error);
}

bool machine_is_no(const struct sc_json *value)
{
    return sc_json_is(value, SC_JSON_NULL) ||
           (sc_json_is(value, SC_JSON_BOOL) && !sc_json_true(value));
}

static struct sc_json *row_here(const struct sc_json *eval, const struct sc_json *names)
{
    struct sc_json *row = sc_json_new_object(), *values = sc_json_new_object();
    struct sc_error err;

    SC_JSON_EACH(entry, eval)
    {
        const char *name = sc_json_get_string(entry, "name", "");
        struct sc_json *value =
                sc_template_resolve(sc_json_get(entry, "of"), names, &err);

        if (!value) {
            sc_json_free(values);
            put_row_error(row, name, &err);
            return row;
        }
        sc_json_add(values, name, value);
        if (strcmp(name, "where") == 0 && machine_is_no(value))
            break;
    }
    sc_json_add(row, "values", values);
    return row;
}

static void move_members(struct sc_json *from, struct sc_json *to)
{
    struct sc_json *member;

    while ((member = sc_json_first(from))) {
        char *name = sc_strdup(sc_json_key(member));

        sc_json_set(to, name, sc_json_detach_item(from, member));
        free(name);
    }
}

/* The row's names join the others for as long as its values are computed. An evaluator
 * lets them hide others of the same name, so those step aside. */
static struct sc_json *element_here(
        const struct sc_json *eval, struct sc_json *bind, struct sc_json *row)
{
    struct sc_json *aside = sc_json_new_object(), *keys = sc_json_new_array(), *values;

    SC_JSON_EACH(member, row)
    {
        struct sc_json *hidden = sc_json_detach(bind, sc_json_key(member));

        if (hidden)
            sc_json_add(aside, sc_json_key(member), hidden);
        sc_json_append(keys, sc_json_new_string(sc_json_key(member)));
    }
    move_members(row, bind);
    values = row_here(eval, bind);
    SC_JSON_EACH(key, keys)
    {
        const char *name = sc_json_string(key);

        sc_json_add(row, name, sc_json_detach(bind, name));
    }
    move_members(aside, bind);
    sc_json_free(aside);
    sc_json_free(keys);
    return values;
}

/* The answer an evaluator would give, or NULL when one is needed. */
struct sc_json *machine_eval_here(struct sc_json *request)
{
    const struct sc_json *eval = sc_json_get(request, "eval");
    struct sc_json *each = sc_json_get(request, "each");
    struct sc_json *bind = sc_json_get(request, "bind"), *answer, *rows;

    if (!is_plain(request))
        return NULL;
    answer = sc_json_new_object();
    rows = sc_json_add(answer, "rows", sc_json_new_array());
    if (!each)
        sc_json_append(rows, row_here(eval, bind));
    SC_JSON_EACH(row, each)
    sc_json_append(rows, element_here(eval, bind, row));
    return answer;
}
