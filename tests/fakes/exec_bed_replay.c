/* Whatever a test did, its record must come out of a replay as it is. */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "exec/record.h"
#include "exec/replay.h"
#include "fakes/exec_bed.h"

enum { TASKS = 64 };

static void on_replayed(struct sc_op *op, const struct sc_error *err)
{
    struct exec_bed *bed = op->arg;

    (void)err;
    bed->replayed = sc_json_copy(sc_replay_outcome(op));
}

struct sc_json *exec_bed_replay_record(struct exec_bed *bed, const struct sc_json *record)
{
    const struct sc_replay_parts parts = {
        .registry = bed->registry, .evaluator = &bed->evaluator, .store = bed->store
    };

    bed->replayed = NULL;
    sc_replay_start(&bed->scope, &parts, record, on_replayed, bed);
    sc_loop_run(bed->loop);
    SC_ASSERT(bed->replayed != NULL);
    return bed->replayed;
}

struct sc_json *exec_bed_replay(struct exec_bed *bed, const char *task_id)
{
    struct sc_json *record = sc_record_read(bed->store, task_id, &bed->err), *outcome;

    SC_ASSERT(record != NULL);
    outcome = exec_bed_replay_record(bed, record);
    sc_json_free(record);
    return outcome;
}

static void add_id(void *arg, const struct sc_task_row *row)
{
    sc_json_append(arg, sc_json_new_string(row->id));
}

void exec_bed_replay_all(struct exec_bed *bed)
{
    const struct sc_task_filter newest = { .limit = TASKS };
    struct sc_json *ids = sc_json_new_array();

    SC_ASSERT(sc_store_task_list(bed->store, &newest, add_id, ids, NULL) == SC_OK);
    SC_JSON_EACH(id, ids)
    {
        struct sc_json *outcome = exec_bed_replay(bed, sc_json_string(id));
        char *text = sc_json_text(outcome);
        bool same = sc_json_get_bool(outcome, "same", false);

        if (!same)
            fprintf(stderr, "replay of %s: %s\n", sc_json_string(id), text);
        free(text);
        sc_json_free(outcome);
        SC_ASSERT(same);
    }
    sc_json_free(ids);
}
