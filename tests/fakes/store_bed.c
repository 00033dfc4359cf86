#include "fakes/store_bed.h"

#include <stdio.h>

#include "base/mem.h"

void sc_store_bed_init(struct sc_store_bed *bed)
{
    *bed = (struct sc_store_bed){ 0 };
    sc_temp_folder_make(bed->folder);
    bed->loop = sc_loop_new(NULL);
    SC_ASSERT(bed->loop != NULL);
    sc_scope_init(&bed->scope, bed->loop);
}

void sc_store_bed_release(struct sc_store_bed *bed)
{
    sc_store_bed_close(bed);
    sc_loop_free(bed->loop);
    sc_temp_folder_remove(bed->folder);
}

enum sc_code sc_store_bed_open(struct sc_store_bed *bed, bool read_only)
{
    const struct sc_store_options options = {
        .folder = bed->folder,
        .read_only = read_only,
    };

    bed->err = (struct sc_error){ 0 };
    bed->store = sc_store_open(bed->loop, &options, &bed->err);
    SC_ASSERT((bed->store != NULL) == (bed->err.code == SC_OK));
    return bed->err.code;
}

void sc_store_bed_close(struct sc_store_bed *bed)
{
    sc_store_close(bed->store);
    bed->store = NULL;
    sc_loop_run(bed->loop);
}

static void on_applied(struct sc_op *op, const struct sc_error *err)
{
    struct sc_store_bed *bed = op->arg;
    const struct sc_claim *claims;

    bed->err = err ? *err : (struct sc_error){ 0 };
    bed->claim_count = 0;
    if (err)
        return;
    claims = sc_store_claims(op, &bed->claim_count);
    SC_ASSERT(bed->claim_count <= SC_STORE_BED_CLAIMS);
    for (size_t i = 0; i < bed->claim_count; i++)
        bed->claims[i] = (struct sc_claim){ claims[i].kind, claims[i].state, NULL, NULL };
    if (bed->claim_count == 0)
        return;
    snprintf(bed->claim_result, sizeof(bed->claim_result), "%s",
            claims[0].result ? claims[0].result : "");
    snprintf(bed->claim_task, sizeof(bed->claim_task), "%s",
            claims[0].task_id ? claims[0].task_id : "");
}

enum sc_code sc_store_bed_apply(struct sc_store_bed *bed, struct sc_change *take_change)
{
    bed->err = (struct sc_error){ .code = SC_INTERNAL };
    sc_store_apply_start(&bed->scope, bed->store, take_change, on_applied, bed);
    sc_loop_run(bed->loop);
    return bed->err.code;
}

struct sc_task_row sc_store_bed_task(const char *id, enum sc_task_state state)
{
    return (struct sc_task_row){
        .id = id,
        .agent = "operator",
        .words = "price the catalog",
        .state = state,
        .ended_ms = sc_task_state_ends(state) ? 2000 : 0,
        .created_ms = 1000,
        .spec = "{}",
    };
}

struct sc_effect_row sc_store_bed_effect(
        const char *task_id, const char *key, const char *once)
{
    return (struct sc_effect_row){
        .task_id = task_id,
        .step_id = "pay",
        .element = -1,
        .tool = "payments.pay",
        .version = "1",
        .key = key,
        .once = once,
        .agent = "operator",
        .args_hash = "h1",
        .args = "{\"amount\":5}",
        .approver = "--yes",
        .at_ms = 5000,
    };
}
