/* store/sqlite/sql.h - the SQL, a file per kind of thing that is kept.
 *
 * Purpose:   apply a part of a change; answer a read.
 * Contract:  an apply function runs inside the writer's transaction and leaves nothing
 *            half done that a rollback would not undo. A read calls back per row, in
 *            the order its name in store.h promises.
 * Thread:    writer for sc_sql_apply, that of the connection for reads.
 * Errors:    as store/change.h and store/store.h say.
 */
#pragma once

#include "store/db.h"
#include "store/part.h"
#include "store/prune.h"
#include "store/store.h"

/* Binds value[i] to parameter i + 1. */
void sc_sql_bind(sqlite3_stmt *stmt, const struct sc_value *value, int count);

/* Binds all values of the part to the statement and runs it. */
enum sc_code sc_sql_run_part(struct sc_db *db, const char *sql,
        const struct sc_part *part, int *ret_changed, struct sc_error *err);

/* sql with up to three texts bound (fewer: end with NULL), ready to step. NULL on
 * failure. */
sqlite3_stmt *sc_sql_ask(struct sc_db *db, const char *sql, const char *const texts[3],
        struct sc_error *err);

enum sc_code sc_sql_apply(struct sc_db *db, struct sc_change *change,
        const struct sc_part *part, struct sc_error *err);

/* One kind of part each; change is for claims. */
typedef enum sc_code sc_part_fn(struct sc_db *db, struct sc_change *change,
        const struct sc_part *part, struct sc_error *err);
sc_part_fn sc_task_create_apply, sc_task_update_apply, sc_journal_apply, sc_prompt_apply;
sc_part_fn sc_intend_apply, sc_settle_apply;
sc_part_fn sc_state_put_apply, sc_state_drop_apply, sc_cache_put_apply;
sc_part_fn sc_cost_apply, sc_room_apply, sc_reserve_apply, sc_unreserve_apply,
        sc_lose_apply;
sc_part_fn sc_fact_add_apply, sc_fact_correct_apply, sc_document_apply, sc_piece_apply,
        sc_memory_use_apply, sc_memory_exported_apply, sc_vector_apply;

struct sc_task_reader {
    sc_task_row_fn *fn;
    void *arg;
};
struct sc_effect_reader {
    sc_effect_row_fn *fn;
    void *arg;
};

/* The columns that sc_task_hand_out reads: "SELECT … FROM tasks ". */
extern const char sc_task_columns[];
enum sc_code sc_task_hand_out(struct sc_db *db, sqlite3_stmt *stmt,
        const struct sc_task_reader *reader, struct sc_error *err);
enum sc_code sc_task_sql_get(struct sc_db *db, const char *id,
        const struct sc_task_reader *reader, struct sc_error *err);
enum sc_code sc_task_sql_list(struct sc_db *db, const struct sc_task_filter *filter,
        const struct sc_task_reader *reader, struct sc_error *err);
enum sc_code sc_journal_sql_read(struct sc_db *db, const char *task_id,
        sc_journal_row_fn *fn, void *arg, struct sc_error *err);
enum sc_code sc_effect_sql_of(struct sc_db *db, const char *task_id,
        const struct sc_effect_reader *reader, struct sc_error *err);
enum sc_code sc_effect_sql_get(struct sc_db *db, const char *tool, const char *key,
        const struct sc_effect_reader *reader, struct sc_error *err);

enum sc_code sc_effect_sql_once_of(struct sc_db *db, const char *agent, const char *tool,
        const struct sc_effect_reader *reader, struct sc_error *err);
enum sc_code sc_effect_sql_once(struct sc_db *db, const struct sc_once *once,
        const struct sc_effect_reader *reader, struct sc_error *err);

char *sc_prompt_sql_get(struct sc_db *db, const char *hash, struct sc_error *err);
char *sc_state_sql_get(
        struct sc_db *db, const char *agent, const char *key, struct sc_error *err);

/* Text of the heap; both times are written. */
char *sc_cache_sql_get(struct sc_db *db, const char *key, int64_t *ret_at_ms,
        int64_t *ret_expires_ms, struct sc_error *err);
enum sc_code sc_spending_sql_get(struct sc_db *db,
        const struct sc_spending_filter *filter, struct sc_spending *ret_spending,
        struct sc_error *err);
enum sc_code sc_spending_sql_by(struct sc_db *db, const struct sc_spending_filter *filter,
        enum sc_spending_by by, sc_spending_row_fn *fn, void *arg, struct sc_error *err);

/* One slice, in a transaction; and what all would do. */
enum sc_code sc_prune_apply(struct sc_db *db, const struct sc_prune *prune,
        struct sc_pruned *ret_pruned, struct sc_error *err);
enum sc_code sc_prune_sql_limit(
        struct sc_db *db, int64_t most_bytes, int64_t *ret_bytes, struct sc_error *err);
enum sc_code sc_prune_sql_look(struct sc_db *db, const struct sc_prune *prune,
        struct sc_pruned *ret_pruned, struct sc_error *err);

/* Appends sentences of what is wrong to an array; that it cannot be read is one. */
void sc_verify_sql(struct sc_db *db, struct sc_json *wrong);
