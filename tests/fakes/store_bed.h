/* fakes/store_bed.h - an open store in a new folder, for tests.
 *
 * Purpose:   apply changes one after another and look at what became of them.
 * Contract:  sc_store_bed_apply runs the loop until the change is done.
 * Ownership: release what was set up.
 * Thread:    loop.
 */
#pragma once

#include "fakes/temp_folder.h"
#include "loop/loop.h"
#include "store/store.h"

enum { SC_STORE_BED_CLAIMS = 8 };

struct sc_store_bed {
    char folder[SC_TEMP_FOLDER];
    struct sc_loop *loop;
    struct sc_scope scope;
    struct sc_store *store;

    /* Of the last change. */
    struct sc_error err;
    size_t claim_count;
    struct sc_claim claims[SC_STORE_BED_CLAIMS]; /* kind and state; no texts */
    char claim_result[64], claim_task[64];       /* of the first claim */
};

void sc_store_bed_init(struct sc_store_bed *bed);
void sc_store_bed_release(struct sc_store_bed *bed);
enum sc_code sc_store_bed_open(struct sc_store_bed *bed, bool read_only);
void sc_store_bed_close(struct sc_store_bed *bed);
enum sc_code sc_store_bed_apply(struct sc_store_bed *bed, struct sc_change *take_change);

struct sc_task_row sc_store_bed_task(const char *id, enum sc_task_state state);
struct sc_effect_row sc_store_bed_effect(
        const char *task_id, const char *key, const char *once);
