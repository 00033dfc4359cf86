/* What a person is shown before an effect: everything that will be done, in the words of
 * its tool where it has some; and what a dry run shows instead of the effect. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "exec/machine_state.h"

enum { MAX_INDEX = 24 };

/* --- what the tool says --- */

static const char *summary_of(const struct sc_machine *m, size_t s)
{
    const struct sc_tool *tool = machine_tool(m, s);
    const char *language = sc_json_get_string(m->spec, "language", "en");

    return tool ? sc_tool_text(tool, "summary", language) : NULL;
}

static const char *preview_of(const struct run_step *step, size_t element)
{
    char index[MAX_INDEX];

    snprintf(index, sizeof(index), "%zu", element);
    return sc_json_get_string(step->previews, index, NULL);
}

/* A preview is what a script says: it may be as long as it likes, shown is a piece. */
static struct sc_json *bounded(const char *text)
{
    size_t len = strlen(text), cut = sc_utf8_cut(text, len, SC_MACHINE_PREVIEW_BYTES);
    struct sc_json *json;
    char *piece;

    if (cut == len)
        return sc_json_new_string(text);
    piece = sc_strdupf("%.*s…", (int)cut, text);
    json = sc_json_new_string(piece);
    free(piece);
    return json;
}

static void keep_preview(struct run_step *step, size_t element, const char *text)
{
    char index[MAX_INDEX];

    snprintf(index, sizeof(index), "%zu", element);
    if (!step->previews)
        step->previews = sc_json_new_object();
    sc_json_set(step->previews, index, bounded(text));
}

static bool hand_out_preview(
        struct sc_machine *m, size_t s, size_t element, struct sc_command *ret)
{
    m->flying++;
    ret->kind = SC_COMMAND_PREVIEW;
    ret->step = s;
    ret->element = element;
    return true;
}

static bool has_preview(const struct sc_machine *m, size_t s)
{
    const struct sc_tool *tool = machine_tool(m, s);

    return tool && tool->preview && !m->steps[s].previewed;
}

/* One after the other, as many as a person reads. true as in machine_next_approval. */
static bool next_preview(
        struct sc_machine *m, size_t s, struct sc_command *ret, bool *ret_command)
{
    struct run_step *step = &m->steps[s];

    if (step->previewing)
        return true;
    while (has_preview(m, s) && step->preview_next < step->count &&
            step->preview_next < SC_MACHINE_PREVIEWS) {
        size_t i = step->preview_next++;

        if (element_ended(&step->elements[i]))
            continue;
        step->previewing = true;
        *ret_command = hand_out_preview(m, s, i, ret);
        return true;
    }
    return false;
}

/* --- a dry run --- */

static void simulated_note(struct sc_machine *m, size_t s, size_t element,
        const char *text, struct sc_command *ret)
{
    struct sc_json *value = sc_json_new_object();

    if (!text)
        text = summary_of(m, s);
    sc_json_add(value, "dry_run", sc_json_new_bool(true));
    sc_json_add(value, "preview", bounded(text ? text : ""));
    machine_result_note(m, s, element, ret);
    sc_json_add(ret->body, "value", value);
    sc_json_add(ret->body, "dry_run", sc_json_new_bool(true));
}

bool machine_next_simulated(
        struct sc_machine *m, size_t s, size_t element, struct sc_command *ret)
{
    if (!has_preview(m, s) || element >= SC_MACHINE_PREVIEWS) {
        simulated_note(m, s, element, NULL, ret);
        return true;
    }
    m->steps[s].elements[element].state = EL_CALLING;
    return hand_out_preview(m, s, element, ret);
}

bool sc_machine_previewed(struct sc_machine *m, size_t s, size_t element,
        const char *text, struct sc_command *ret_note)
{
    struct run_step *step = &m->steps[s];

    m->flying--;
    machine_queue(m, s);
    if (!text) /* it fails for one, or takes its time: it would for the others */
        step->previewed = true;
    if (m->dry_run) {
        simulated_note(m, s, element, text, ret_note);
        return true;
    }
    step->previewing = false;
    if (text)
        keep_preview(step, element, text);
    return false;
}

/* --- the question --- */

static struct sc_json *elements_shown(const struct run_step *step)
{
    struct sc_json *list = sc_json_new_array();

    for (size_t i = 0; i < step->count; i++) {
        const struct element *e = &step->elements[i];
        const char *preview = preview_of(step, i);
        struct sc_json *item;

        if (element_ended(e))
            continue;
        item = sc_json_new_object();
        sc_json_add(item, "element", sc_json_new_int((int64_t)i));
        if (preview)
            sc_json_add(item, "preview", sc_json_new_string(preview));
        sc_json_add(item, "args", sc_json_copy(sc_json_get(e->given, "args")));
        sc_json_append(list, item);
    }
    return list;
}

struct sc_json *machine_question(const struct sc_machine *m, size_t s)
{
    const struct sc_step *step = &m->plan->steps[s];
    const struct run_step *run = &m->steps[s];
    const char *text = step->each ? NULL : preview_of(run, 0);
    struct sc_json *what = sc_json_new_object();

    if (!text)
        text = summary_of(m, s);
    sc_json_add(what, "tool", sc_json_new_string(step->tool));
    sc_json_add(what, "effect", sc_json_new_string(sc_effect_word(machine_effect(m, s))));
    if (text)
        sc_json_add(what, "preview", sc_json_new_string(text));
    if (step->each)
        sc_json_add(what, "elements", elements_shown(run));
    else if (run->count && sc_json_get(run->elements[0].given, "args"))
        sc_json_add(
                what, "args", sc_json_copy(sc_json_get(run->elements[0].given, "args")));
    return what;
}

bool machine_hand_out_question(struct sc_machine *m, size_t s, size_t element,
        struct sc_json *take_what, struct sc_command *ret)
{
    m->questions++;
    ret->kind = SC_COMMAND_QUESTION;
    ret->step = s;
    ret->element = element;
    ret->body = take_what;
    return true;
}

static bool needs_approval(const struct sc_machine *m, size_t s)
{
    enum sc_effect effect = machine_effect(m, s);

    if (effect <= SC_EFFECT_READ || m->dry_run || m->steps[s].open == 0)
        return false;
    return m->steps[s].approval != APPROVAL_GIVEN &&
           (effect == SC_EFFECT_SPEND || !m->yes);
}

static void add_ticked(const struct sc_json *rows, struct sc_map *hashes)
{
    char hash[SC_HASH_TEXT];

    SC_JSON_EACH(row, rows)
    {
        sc_json_hash(row, hash);
        sc_map_set(hashes, hash, hashes);
    }
}

/* Ticks permit what was ticked: is every element one of those rows? */
static bool is_covered(const struct sc_machine *m, size_t s)
{
    const struct sc_step *step = &m->plan->steps[s];
    struct sc_map ticked;
    bool covered = true;

    sc_map_init(&ticked);
    for (size_t a = 0; a < m->step_count; a++) {
        const struct sc_step *ask = &m->plan->steps[a];

        if (ask->approves && strcmp(ask->approves, step->id) == 0)
            add_ticked(sc_json_get(sc_json_get(m->names, ask->id), "rows"), &ticked);
    }
    for (size_t i = 0; i < m->steps[s].count && covered; i++) {
        const struct element *e = &m->steps[s].elements[i];
        const struct sc_json *item = step->as ? sc_json_get(e->row, step->as) : NULL;
        char hash[SC_HASH_TEXT];

        if (item)
            sc_json_hash(item, hash);
        covered = element_ended(e) || (item && sc_map_get(&ticked, hash));
    }
    sc_map_release(&ticked, NULL);
    return covered;
}

/* The words that the person will see are journaled with the question. */
static void asked_note(struct sc_machine *m, size_t s, struct sc_command *ret)
{
    struct sc_json *body = sc_json_new_object(), *what = machine_question(m, s);
    char hash[SC_HASH_TEXT];

    sc_json_hash(what, hash);
    sc_json_free(what);
    sc_json_add(body, "step", sc_json_new_string(m->plan->steps[s].id));
    sc_json_add(body, "approval", sc_json_new_bool(true));
    sc_json_add(body, "hash", sc_json_new_string(hash));
    if (m->steps[s].previews)
        sc_json_add(body, "previews", sc_json_copy(m->steps[s].previews));
    machine_note(ret, SC_EVENT_ASKED, body);
}

/* true: ret is filled, or the step must wait. */
bool machine_next_approval(
        struct sc_machine *m, size_t s, struct sc_command *ret, bool *ret_command)
{
    struct run_step *step = &m->steps[s];

    *ret_command = false;
    if (step->ticked && m->plan->steps[s].each && !is_covered(m, s))
        step->approval = APPROVAL_NONE;
    step->ticked = false;
    if (!needs_approval(m, s) || (m->stopping && !m->plan->steps[s].finally))
        return false;
    if (step->approval == APPROVAL_NONE) {
        if (next_preview(m, s, ret, ret_command))
            return true;
        asked_note(m, s, ret);
        *ret_command = true;
    } else if (!step->asked) {
        step->asked = true;
        *ret_command = machine_hand_out_question(
                m, s, SC_NO_ELEMENT, machine_question(m, s), ret);
        ret->approval = true;
    }
    return true;
}

void sc_machine_unasked(struct sc_machine *m, const struct sc_command *question)
{
    (void)question;
    m->questions--;
}
