#include <string.h>

#include "base/mem.h"
#include "store/sqlite/sql.h"

static const char state_put_sql[] =
        "INSERT INTO agent_state (agent, key, value, at_ms) VALUES (?1, ?2, ?3, ?4)"
        " ON CONFLICT (agent, key) DO UPDATE SET value = ?3, at_ms = ?4";
static const char state_drop_sql[] =
        "DELETE FROM agent_state WHERE agent = ?1 AND key = ?2";
static const char state_get_sql[] =
        "SELECT value FROM agent_state WHERE agent = ?1 AND key = ?2";

static const char cache_put_sql[] =
        "INSERT INTO cache (key, value, at_ms, expires_ms) VALUES (?1, ?2, ?3, ?4)"
        " ON CONFLICT (key) DO UPDATE SET value = ?2, at_ms = ?3, expires_ms = ?4";
static const char cache_get_sql[] =
        "SELECT value, at_ms, expires_ms FROM cache WHERE key = ?1";

/* What is stale is kept for a quarter, as it may still be wanted when offline. */
static const char cache_trim_sql[] =
        "DELETE FROM cache WHERE key IN"
        " (SELECT key FROM cache WHERE expires_ms < ?1 - 7776000000 LIMIT 8)";

enum sc_code sc_state_put_apply(struct sc_db *db, struct sc_change *change,
        const struct sc_part *part, struct sc_error *err)
{
    (void)change;
    return sc_sql_run_part(db, state_put_sql, part, NULL, err);
}

enum sc_code sc_state_drop_apply(struct sc_db *db, struct sc_change *change,
        const struct sc_part *part, struct sc_error *err)
{
    (void)change;
    return sc_sql_run_part(db, state_drop_sql, part, NULL, err);
}

enum sc_code sc_cache_put_apply(struct sc_db *db, struct sc_change *change,
        const struct sc_part *part, struct sc_error *err)
{
    enum sc_code code = sc_sql_run_part(db, cache_put_sql, part, NULL, err);
    sqlite3_stmt *stmt;

    (void)change;
    if (code)
        return code;
    stmt = sc_db_statement(db, cache_trim_sql, err);
    if (!stmt)
        return SC_STORAGE;
    sc_db_bind_number(stmt, 1, part->value[2].number);
    return sc_db_run(db, stmt, NULL, err);
}

char *sc_state_sql_get(
        struct sc_db *db, const char *agent, const char *key, struct sc_error *err)
{
    sqlite3_stmt *stmt =
            sc_sql_ask(db, state_get_sql, (const char *const[3]){ agent, key }, err);
    char *value;
    bool row;

    if (!stmt || sc_db_step(db, stmt, &row, err))
        return NULL;
    value = row ? sc_strdup(sc_db_text(stmt, 0)) : NULL;
    sc_db_reset(stmt);
    if (!value)
        sc_fail(err, SC_NOT_FOUND, "agent %s has kept nothing as '%s'", agent, key);
    return value;
}

char *sc_cache_sql_get(struct sc_db *db, const char *key, int64_t *ret_at_ms,
        int64_t *ret_expires_ms, struct sc_error *err)
{
    sqlite3_stmt *stmt =
            sc_sql_ask(db, cache_get_sql, (const char *const[3]){ key }, err);
    char *value = NULL;
    bool row;

    if (!stmt || sc_db_step(db, stmt, &row, err))
        return NULL;
    if (row) {
        value = sc_strdup(sc_db_text(stmt, 0));
        *ret_at_ms = sqlite3_column_int64(stmt, 1);
        *ret_expires_ms = sqlite3_column_int64(stmt, 2);
    }
    sc_db_reset(stmt);
    if (!value)
        sc_fail(err, SC_NOT_FOUND, "the cache has no '%s'", key);
    return value;
}
