#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/prune.h"
#include "store/sqlite/sql.h"

enum { VACUUM_PAGES = 64 };

/* The words stand here as in the index that serves this. */
static const char oldest_sql[] =
        "SELECT n, id, words, ended_ms,"
        " EXISTS (SELECT 1 FROM effects WHERE task_id = id),"
        " length(spec) + (SELECT TOTAL(length(body)) FROM journal WHERE task_id = id)"
        " FROM tasks INDEXED BY tasks_prunable WHERE ended_ms > 0 AND pruned_ms = 0"
        " AND state <> 'in_doubt'"
        " AND (?1 = 0 OR state IN ('done', 'planned', 'dry_run'))"
        " AND NOT EXISTS (SELECT 1 FROM effects WHERE task_id = id AND effects.state IN"
        " ('intent', 'in_doubt')) AND ended_ms < ?2 ORDER BY ended_ms LIMIT ?3";

static const char drop_sql[] = "DELETE FROM journal WHERE task_id = ?1";
/* ?1: now, ?2: how much later than its use says a prompt may have been used. */
static const char drop_prompts_sql[] =
        "DELETE FROM prompts WHERE used_ms < COALESCE((SELECT created_ms FROM tasks"
        " INDEXED BY tasks_by_time WHERE pruned_ms = 0 ORDER BY created_ms LIMIT 1), ?1)"
        " - ?2";
static const char forget_words_sql[] =
        "INSERT INTO task_words (task_words, rowid, pieces)"
        " VALUES ('delete', ?1, sc_words(?2))";
static const char forget_uses_sql[] = "DELETE FROM memory_uses WHERE task_id = ?1";
static const char forget_sql[] = "DELETE FROM tasks WHERE n = ?1";
static const char mark_sql[] =
        "UPDATE tasks SET pruned_ms = ?2, spec = '{}' WHERE n = ?1";
static const char used_sql[] = "SELECT (page_count - freelist_count) * page_size FROM"
                               " pragma_page_count, pragma_freelist_count,"
                               " pragma_page_size";
static const char memory_sql[] = "SELECT COALESCE(SUM(pgsize), 0) FROM dbstat"
                                 " WHERE aggregate = 1 AND (name GLOB 'memory_*'"
                                 " OR name GLOB 'sqlite_autoindex_memory_*')";
static const char free_sql[] = "SELECT freelist_count * (auto_vacuum = 2) FROM"
                               " pragma_freelist_count, pragma_auto_vacuum";

struct old {
    int64_t n, ended_ms, bytes;
    char *id, *words;
    bool has_effects;
};

static void old_release(struct old *old)
{
    free(old->id);
    free(old->words);
}

/* --- finding --- */

static enum sc_code read_old(struct sc_db *db, const struct sc_prune *prune, int most,
        struct old *list, size_t *ret_count, struct sc_error *err)
{
    int64_t before_ms = prune->most_bytes ? INT64_MAX : prune->before_ms;
    sqlite3_stmt *stmt = sc_db_statement(db, oldest_sql, err);
    enum sc_code code = stmt ? SC_OK : SC_STORAGE;
    bool row = true;

    *ret_count = 0;
    if (code)
        return code;
    sc_db_bind_number(stmt, 1, prune->keep_failed);
    sc_db_bind_number(stmt, 2, before_ms);
    sc_db_bind_number(stmt, 3, most);
    while (!(code = sc_db_step(db, stmt, &row, err)) && row)
        list[(*ret_count)++] = (struct old){ .n = sqlite3_column_int64(stmt, 0),
            .id = sc_strdup(sc_db_text(stmt, 1)),
            .words = sc_strdup(sc_db_text(stmt, 2)),
            .ended_ms = sqlite3_column_int64(stmt, 3),
            .has_effects = sqlite3_column_int64(stmt, 4),
            .bytes = sqlite3_column_int64(stmt, 5) };
    if (!code)
        sc_db_reset(stmt);
    return code;
}

static bool is_due(const struct sc_prune *prune, const struct old *old, int64_t used)
{
    return old->ended_ms < prune->before_ms ||
           (prune->most_bytes && used > prune->most_bytes);
}

static void count(const struct old *old, struct sc_pruned *pruned)
{
    pruned->tasks++;
    pruned->kept_rows += old->has_effects;
    pruned->bytes += old->bytes;
}

/* --- dropping --- */

static enum sc_code run_id(
        struct sc_db *db, const char *sql, const char *id, struct sc_error *err)
{
    sqlite3_stmt *stmt = sc_sql_ask(db, sql, (const char *const[3]){ id }, err);

    return stmt ? sc_db_run(db, stmt, NULL, err) : SC_STORAGE;
}

static enum sc_code forget_row(
        struct sc_db *db, const struct old *old, struct sc_error *err)
{
    sqlite3_stmt *stmt = sc_db_statement(db, forget_words_sql, err);
    enum sc_code code;

    if (!stmt)
        return SC_STORAGE;
    sc_db_bind_number(stmt, 1, old->n);
    sc_db_bind_text(stmt, 2, old->words, strlen(old->words));
    code = sc_db_run(db, stmt, NULL, err);
    if (!code)
        code = run_id(db, forget_uses_sql, old->id, err);
    stmt = code ? NULL : sc_db_statement(db, forget_sql, err);
    if (!stmt)
        return SC_STORAGE;
    sc_db_bind_number(stmt, 1, old->n);
    return sc_db_run(db, stmt, NULL, err);
}

static enum sc_code mark_row(
        struct sc_db *db, const struct old *old, int64_t now_ms, struct sc_error *err)
{
    sqlite3_stmt *stmt = sc_db_statement(db, mark_sql, err);

    if (!stmt)
        return SC_STORAGE;
    sc_db_bind_number(stmt, 1, old->n);
    sc_db_bind_number(stmt, 2, now_ms);
    return sc_db_run(db, stmt, NULL, err);
}

static enum sc_code drop(
        struct sc_db *db, const struct old *old, int64_t now_ms, struct sc_error *err)
{
    enum sc_code code = run_id(db, drop_sql, old->id, err);

    if (code)
        return code;
    return old->has_effects ? mark_row(db, old, now_ms, err) : forget_row(db, old, err);
}

static enum sc_code drop_prompts(struct sc_db *db, int64_t now_ms, struct sc_error *err)
{
    sqlite3_stmt *stmt = sc_db_statement(db, drop_prompts_sql, err);

    if (!stmt)
        return SC_STORAGE;
    sc_db_bind_number(stmt, 1, now_ms);
    sc_db_bind_number(stmt, 2, 2 * (int64_t)SC_PROMPT_USE_MS);
    return sc_db_run(db, stmt, NULL, err);
}

/* --- a slice --- */

static enum sc_code drop_due(struct sc_db *db, const struct sc_prune *prune,
        const struct old *list, size_t found, struct sc_pruned *pruned,
        struct sc_error *err)
{
    int64_t used = 0;
    enum sc_code code = SC_OK;

    for (size_t i = 0; i < found && !code; i++) {
        if (prune->most_bytes)
            code = sc_db_number(db, used_sql, &used, err);
        if (code || !is_due(prune, &list[i], used))
            break;
        code = drop(db, &list[i], prune->now_ms, err);
        count(&list[i], pruned);
    }
    return code;
}

/* Gives a piece of the free pages back to the file system. */
static enum sc_code shrink(struct sc_db *db, int64_t *ret_left, struct sc_error *err)
{
    char *sql = sc_strdupf("PRAGMA incremental_vacuum(%d)", VACUUM_PAGES);
    enum sc_code code = sc_db_number(db, free_sql, ret_left, err);

    if (!code && *ret_left > 0)
        code = sc_db_exec(db, sql, err);
    if (!code && *ret_left > 0)
        code = sc_db_number(db, free_sql, ret_left, err);
    free(sql);
    return code;
}

enum sc_code sc_prune_apply(struct sc_db *db, const struct sc_prune *prune,
        struct sc_pruned *ret_pruned, struct sc_error *err)
{
    struct old *list = sc_new_array(struct old, (size_t)prune->tasks);
    int64_t left = 0;
    size_t found = 0;
    enum sc_code code = read_old(db, prune, prune->tasks, list, &found, err);

    *ret_pruned = (struct sc_pruned){ 0 };
    if (!code)
        code = drop_due(db, prune, list, found, ret_pruned, err);
    if (!code && ret_pruned->tasks > 0)
        code = drop_prompts(db, prune->now_ms, err);
    if (!code)
        code = shrink(db, &left, err);
    ret_pruned->more = ret_pruned->tasks == prune->tasks || left > 0;
    for (size_t i = 0; i < found; i++)
        old_release(&list[i]);
    free(list);
    return code;
}

/* --- what would be done --- */

enum sc_code sc_prune_sql_limit(
        struct sc_db *db, int64_t most_bytes, int64_t *ret_bytes, struct sc_error *err)
{
    int64_t used, memory = 0;
    enum sc_code code = sc_db_number(db, used_sql, &used, err);

    if (!code && used > most_bytes)
        code = sc_db_number(db, memory_sql, &memory, err);
    if (!code)
        *ret_bytes = most_bytes + memory;
    return code;
}

enum { LOOKED_AT = 100000 };

enum sc_code sc_prune_sql_look(struct sc_db *db, const struct sc_prune *prune,
        struct sc_pruned *ret_pruned, struct sc_error *err)
{
    struct old *list = sc_new_array(struct old, LOOKED_AT);
    struct sc_pruned pruned = { 0 };
    int64_t used = 0;
    size_t found = 0;
    enum sc_code code = read_old(db, prune, LOOKED_AT, list, &found, err);

    if (!code)
        code = sc_db_number(db, used_sql, &used, err);
    for (size_t i = 0; i < found; i++) {
        if (!code && is_due(prune, &list[i], used - pruned.bytes))
            count(&list[i], &pruned);
        old_release(&list[i]);
    }
    free(list);
    if (!code)
        *ret_pruned = pruned;
    return code;
}
