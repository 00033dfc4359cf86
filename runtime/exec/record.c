#include "exec/record.h"

#include <string.h>

struct reading {
    struct sc_json *record, *events;
    int64_t pruned_ms;
    struct sc_error err;
};

static void on_task(void *arg, const struct sc_task_row *row)
{
    struct reading *r = arg;
    struct sc_json *spec = sc_json_parse(row->spec, strlen(row->spec), NULL, &r->err);

    sc_json_set_string(r->record, "id", row->id);
    sc_json_set_string(r->record, "state", sc_task_state_word(row->state));
    sc_json_set(r->record, "spec", spec);
    r->pruned_ms = row->pruned_ms;
}

static void on_event(
        void *arg, int64_t seq, int64_t at_ms, const char *kind, const char *body)
{
    struct reading *r = arg;
    struct sc_json *event = sc_json_append(r->events, sc_json_new_object());

    sc_json_set_int(event, "seq", seq);
    sc_json_set_int(event, "at_ms", at_ms);
    sc_json_set_string(event, "kind", kind);
    sc_json_set(event, "body",
            r->err.code ? NULL : sc_json_parse(body, strlen(body), NULL, &r->err));
}

struct sc_json *sc_record_read(
        struct sc_store *store, const char *task_id, struct sc_error *err)
{
    struct reading r = { .record = sc_json_new_object(), .events = sc_json_new_array() };

    sc_json_set(r.record, "events", r.events);
    if (sc_store_task_get(store, task_id, on_task, &r, &r.err) == SC_OK && !r.err.code)
        (void)sc_store_journal_read(
                store, sc_json_get_string(r.record, "id", ""), on_event, &r, &r.err);
    if (!r.err.code && r.pruned_ms)
        sc_fail(&r.err, SC_NOT_FOUND, "the journal of task %s was pruned", task_id);
    if (!r.err.code)
        return r.record;
    *err = r.err;
    sc_json_free(r.record);
    return NULL;
}
