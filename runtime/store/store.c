#include "store/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/folder.h"
#include "store/migrate.h"
#include "store/reader.h"
#include "store/sqlite/memory.h"
#include "store/sqlite/sql.h"
#include "store/writer.h"

struct sc_store {
    struct sc_folder *folder; /* these two are NULL when read only */
    struct sc_writer *writer;
    struct sc_reader *reader;
    char *path; /* of the database */
};

/* --- opening --- */

static enum sc_code open_to_write(struct sc_store *store, struct sc_loop *loop,
        const char *folder, struct sc_error *err)
{
    struct sc_db *db;

    store->folder = sc_folder_take(folder, err);
    if (!store->folder)
        return SC_STORAGE;
    db = sc_db_open(store->path, SC_DB_WRITE, err);
    if (!db)
        return SC_STORAGE;
    if (sc_migrate(db, sc_migrations, err)) {
        sc_db_close(db);
        return SC_STORAGE;
    }
    store->writer = sc_writer_new(loop, db);
    return SC_OK;
}

static enum sc_code nothing_kept(const char *folder, struct sc_error *err)
{
    return sc_fail(err, SC_NOT_FOUND,
            "nothing is kept in '%s' yet; run a task first or choose another folder "
            "with --data",
            folder);
}

static enum sc_code open_to_look(
        struct sc_store *store, const char *folder, struct sc_error *err)
{
    struct sc_db *db;
    enum sc_code code;

    if (access(store->path, F_OK) != 0 && errno == ENOENT)
        return nothing_kept(folder, err);
    db = sc_reader_take(store->reader, err);
    if (!db)
        return SC_STORAGE;
    code = sc_migrate_check(db, sc_migrations, err);
    sc_reader_give(store->reader, db);
    return code == SC_NOT_FOUND ? nothing_kept(folder, err) : code;
}

struct sc_store *sc_store_open(struct sc_loop *loop,
        const struct sc_store_options *options, struct sc_error *err)
{
    struct sc_store *store = sc_new(struct sc_store);
    bool look = options->read_only;
    enum sc_code code;

    store->path = sc_strdupf("%s/store.db", options->folder);
    store->reader = sc_reader_new(store->path, look ? SC_DB_READ_ONLY : SC_DB_READ);
    code = look ? open_to_look(store, options->folder, err)
                : open_to_write(store, loop, options->folder, err);
    if (code) {
        sc_store_close(store);
        return NULL;
    }
    return store;
}

void sc_store_close(struct sc_store *store)
{
    if (!store)
        return;
    sc_reader_free(store->reader);
    sc_writer_close(store->writer);
    sc_folder_release(store->folder);
    free(store->path);
    free(store);
}

/* --- writing --- */

static enum sc_code change_apply(struct sc_db *db, void *data, struct sc_error *err)
{
    struct sc_change *change = data;
    struct sc_part part;
    size_t at = 0;
    enum sc_code code = SC_OK;

    sc_change_forget_claims(change);
    if (change->too_long)
        return sc_fail(err, SC_INVALID, "a text of more than 256 MiB cannot be kept");
    while (!code && sc_part_next(change, &at, &part))
        code = sc_sql_apply(db, change, &part, err);
    return code;
}

static void change_release(void *data)
{
    sc_change_free(data);
}

static size_t change_size(const void *data)
{
    const struct sc_change *change = data;

    return change->bytes.len;
}

struct sc_op *sc_store_apply_start(struct sc_scope *scope, struct sc_store *store,
        struct sc_change *take_change, sc_op_done_fn *done, void *arg)
{
    static const struct sc_write_class change_class = {
        .apply = change_apply,
        .release = change_release,
        .size = change_size,
    };

    return sc_write_start(scope, store->writer, &change_class, take_change, done, arg);
}

const struct sc_claim *sc_store_claims(struct sc_op *op, size_t *ret_count)
{
    const struct sc_change *change = sc_write_data(op);

    *ret_count = change->claim_count;
    return change->claims;
}

/* --- pruning --- */

struct pruning {
    struct sc_prune what;
    struct sc_pruned did;
};

static enum sc_code prune_apply(struct sc_db *db, void *data, struct sc_error *err)
{
    struct pruning *pruning = data;

    return sc_prune_apply(db, &pruning->what, &pruning->did, err);
}

struct sc_op *sc_store_prune_start(struct sc_scope *scope, struct sc_store *store,
        const struct sc_prune *prune, sc_op_done_fn *done, void *arg)
{
    static const struct sc_write_class prune_class = { .apply = prune_apply,
        .release = free };
    struct pruning *pruning = sc_new(struct pruning);

    pruning->what = *prune;
    return sc_write_start(scope, store->writer, &prune_class, pruning, done, arg);
}

const struct sc_pruned *sc_store_pruned(struct sc_op *op)
{
    return &((const struct pruning *)sc_write_data(op))->did;
}

/* --- forgetting --- */

static enum sc_code forget_apply(struct sc_db *db, void *data, struct sc_error *err)
{
    return sc_memory_forget_apply(db, data, err);
}

static enum sc_code forget_after(struct sc_db *db, void *data, struct sc_error *err)
{
    (void)data;
    return sc_memory_scrub(db, err);
}

struct sc_op *sc_store_forget_start(struct sc_scope *scope, struct sc_store *store,
        const char *id, sc_op_done_fn *done, void *arg)
{
    static const struct sc_write_class forget_class = {
        .apply = forget_apply, .after = forget_after, .release = free
    };

    return sc_write_start(scope, store->writer, &forget_class, sc_strdup(id), done, arg);
}

/* --- reading --- */

/* The end of a read: the connection goes back, the outcome on. */
static enum sc_code give(struct sc_store *store, struct sc_db *db, enum sc_code code)
{
    sc_reader_give(store->reader, db);
    return code;
}

enum sc_code sc_store_task_get(struct sc_store *store, const char *id, sc_task_row_fn *fn,
        void *arg, struct sc_error *err)
{
    const struct sc_task_reader rows = { fn, arg };
    struct sc_db *db = sc_reader_take(store->reader, err);

    return db ? give(store, db, sc_task_sql_get(db, id, &rows, err)) : SC_STORAGE;
}

enum sc_code sc_store_task_list(struct sc_store *store,
        const struct sc_task_filter *filter, sc_task_row_fn *fn, void *arg,
        struct sc_error *err)
{
    const struct sc_task_reader rows = { fn, arg };
    struct sc_db *db = sc_reader_take(store->reader, err);

    return db ? give(store, db, sc_task_sql_list(db, filter, &rows, err)) : SC_STORAGE;
}

enum sc_code sc_store_journal_read(struct sc_store *store, const char *task_id,
        sc_journal_row_fn *fn, void *arg, struct sc_error *err)
{
    struct sc_db *db = sc_reader_take(store->reader, err);

    return db ? give(store, db, sc_journal_sql_read(db, task_id, fn, arg, err))
              : SC_STORAGE;
}

enum sc_code sc_store_effects_of(struct sc_store *store, const char *task_id,
        sc_effect_row_fn *fn, void *arg, struct sc_error *err)
{
    const struct sc_effect_reader rows = { fn, arg };
    struct sc_db *db = sc_reader_take(store->reader, err);

    return db ? give(store, db, sc_effect_sql_of(db, task_id, &rows, err)) : SC_STORAGE;
}

enum sc_code sc_store_effect_get(struct sc_store *store, const char *tool,
        const char *key, sc_effect_row_fn *fn, void *arg, struct sc_error *err)
{
    const struct sc_effect_reader rows = { fn, arg };
    struct sc_db *db = sc_reader_take(store->reader, err);

    return db ? give(store, db, sc_effect_sql_get(db, tool, key, &rows, err))
              : SC_STORAGE;
}

enum sc_code sc_store_once_get(struct sc_store *store, const struct sc_once *once,
        sc_effect_row_fn *fn, void *arg, struct sc_error *err)
{
    const struct sc_effect_reader rows = { fn, arg };
    struct sc_db *db = sc_reader_take(store->reader, err);

    return db ? give(store, db, sc_effect_sql_once(db, once, &rows, err)) : SC_STORAGE;
}

enum sc_code sc_store_once_of(struct sc_store *store, const char *agent, const char *tool,
        sc_effect_row_fn *fn, void *arg, struct sc_error *err)
{
    const struct sc_effect_reader rows = { fn, arg };
    struct sc_db *db = sc_reader_take(store->reader, err);

    return db ? give(store, db, sc_effect_sql_once_of(db, agent, tool, &rows, err))
              : SC_STORAGE;
}

char *sc_store_state_get(
        struct sc_store *store, const char *agent, const char *key, struct sc_error *err)
{
    struct sc_db *db = sc_reader_take(store->reader, err);
    char *value;

    if (!db)
        return NULL;
    value = sc_state_sql_get(db, agent, key, err);
    sc_reader_give(store->reader, db);
    return value;
}

char *sc_store_prompt_get(struct sc_store *store, const char *hash, struct sc_error *err)
{
    struct sc_db *db = sc_reader_take(store->reader, err);
    char *body;

    if (!db)
        return NULL;
    body = sc_prompt_sql_get(db, hash, err);
    sc_reader_give(store->reader, db);
    return body;
}

char *sc_store_cache_get(struct sc_store *store, const char *key, int64_t now_ms,
        bool stale_too, int64_t *ret_at_ms, struct sc_error *err)
{
    struct sc_db *db = sc_reader_take(store->reader, err);
    int64_t at_ms, expires_ms;
    char *value;

    if (!db)
        return NULL;
    value = sc_cache_sql_get(db, key, &at_ms, &expires_ms, err);
    sc_reader_give(store->reader, db);
    if (value && !stale_too && expires_ms <= now_ms) {
        free(value);
        sc_fail(err, SC_NOT_FOUND, "what the cache has of '%s' is stale", key);
        return NULL;
    }
    if (value && ret_at_ms)
        *ret_at_ms = at_ms;
    return value;
}

enum sc_code sc_store_spending(struct sc_store *store,
        const struct sc_spending_filter *filter, struct sc_spending *ret_spending,
        struct sc_error *err)
{
    struct sc_db *db = sc_reader_take(store->reader, err);

    return db ? give(store, db, sc_spending_sql_get(db, filter, ret_spending, err))
              : SC_STORAGE;
}

enum sc_code sc_store_spending_by(struct sc_store *store,
        const struct sc_spending_filter *filter, enum sc_spending_by by,
        sc_spending_row_fn *fn, void *arg, struct sc_error *err)
{
    struct sc_db *db = sc_reader_take(store->reader, err);

    return db ? give(store, db, sc_spending_sql_by(db, filter, by, fn, arg, err))
              : SC_STORAGE;
}

enum sc_code sc_store_memory_search(struct sc_store *store,
        const struct sc_memory_query *query, sc_memory_row_fn *fn, void *arg,
        struct sc_error *err)
{
    const struct sc_memory_reader rows = { fn, arg };
    struct sc_db *db = sc_reader_take(store->reader, err);

    return db ? give(store, db, sc_memory_sql_search(db, query, &rows, err)) : SC_STORAGE;
}

enum sc_code sc_store_memory_list(struct sc_store *store,
        const struct sc_memory_query *query, int64_t after, sc_memory_row_fn *fn,
        void *arg, struct sc_error *err)
{
    const struct sc_memory_reader rows = { fn, arg };
    struct sc_db *db = sc_reader_take(store->reader, err);

    return db ? give(store, db, sc_memory_sql_list(db, query, after, &rows, err))
              : SC_STORAGE;
}

enum sc_code sc_store_memory_get(struct sc_store *store, const char *id,
        sc_memory_row_fn *fn, void *arg, struct sc_error *err)
{
    const struct sc_memory_reader rows = { fn, arg };
    struct sc_db *db = sc_reader_take(store->reader, err);

    return db ? give(store, db, sc_memory_sql_get(db, id, &rows, err)) : SC_STORAGE;
}

enum sc_code sc_store_memory_row(struct sc_store *store,
        const struct sc_memory_query *query, const struct sc_memory_hit *hit,
        sc_memory_row_fn *fn, void *arg, struct sc_error *err)
{
    const struct sc_memory_reader rows = { fn, arg };
    struct sc_db *db = sc_reader_take(store->reader, err);
    bool fits;

    return db ? give(store, db, sc_memory_sql_row(db, query, hit, &rows, &fits, err))
              : SC_STORAGE;
}

enum sc_code sc_store_vectors(struct sc_store *store, const char *model,
        const struct sc_memory_query *query, sc_vector_row_fn *fn, void *arg,
        struct sc_error *err)
{
    const struct sc_vector_reader rows = { fn, arg };
    struct sc_db *db = sc_reader_take(store->reader, err);

    return db ? give(store, db, sc_vectors_sql_scan(db, model, query, &rows, err))
              : SC_STORAGE;
}

enum sc_code sc_store_vectors_missing(struct sc_store *store,
        const struct sc_vectors_missing *missing, sc_memory_row_fn *fn, void *arg,
        struct sc_error *err)
{
    const struct sc_memory_reader rows = { fn, arg };
    struct sc_db *db = sc_reader_take(store->reader, err);

    return db ? give(store, db, sc_vectors_sql_missing(db, missing, &rows, err))
              : SC_STORAGE;
}

enum sc_code sc_store_documents(struct sc_store *store, const char *agent, const char *id,
        sc_document_row_fn *fn, void *arg, struct sc_error *err)
{
    struct sc_db *db = sc_reader_take(store->reader, err);

    return db ? give(store, db, sc_memory_sql_documents(db, agent, id, fn, arg, err))
              : SC_STORAGE;
}

enum sc_code sc_store_memory_uses(struct sc_store *store, const char *id, int64_t limit,
        sc_text_fn *fn, void *arg, struct sc_error *err)
{
    struct sc_db *db = sc_reader_take(store->reader, err);

    return db ? give(store, db, sc_memory_sql_uses(db, id, limit, fn, arg, err))
              : SC_STORAGE;
}

enum sc_code sc_store_memory_exports(struct sc_store *store, const char *id,
        sc_text_fn *fn, void *arg, struct sc_error *err)
{
    struct sc_db *db = sc_reader_take(store->reader, err);

    return db ? give(store, db, sc_memory_sql_exports(db, id, fn, arg, err)) : SC_STORAGE;
}

enum sc_code sc_store_history_limit(struct sc_store *store, int64_t most_bytes,
        int64_t *ret_bytes, struct sc_error *err)
{
    struct sc_db *db = sc_reader_take(store->reader, err);

    return db ? give(store, db, sc_prune_sql_limit(db, most_bytes, ret_bytes, err))
              : SC_STORAGE;
}

enum sc_code sc_store_prunable(struct sc_store *store, const struct sc_prune *prune,
        struct sc_pruned *ret_pruned, struct sc_error *err)
{
    struct sc_db *db = sc_reader_take(store->reader, err);

    return db ? give(store, db, sc_prune_sql_look(db, prune, ret_pruned, err))
              : SC_STORAGE;
}

struct sc_json *sc_store_verify(struct sc_store *store, struct sc_error *err)
{
    struct sc_db *db = sc_reader_take(store->reader, err);
    struct sc_json *wrong;

    if (!db)
        return NULL;
    wrong = sc_json_new_array();
    sc_verify_sql(db, wrong);
    sc_reader_give(store->reader, db);
    return wrong;
}
