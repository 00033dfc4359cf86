#include <string.h>

#include "base/mem.h"
#include "store/sqlite/sql.h"

static const char use_sql[] =
        "INSERT OR IGNORE INTO prompt_uses (task_id, hash) VALUES (?1, ?2)";
static const char insert_sql[] =
        "INSERT OR IGNORE INTO prompts (hash, body) VALUES (?1, ?2)";
static const char get_sql[] = "SELECT body FROM prompts WHERE hash = ?1";

static enum sc_code run(struct sc_db *db, const char *sql, const struct sc_value *value,
        struct sc_error *err)
{
    sqlite3_stmt *stmt = sc_db_statement(db, sql, err);

    if (!stmt)
        return SC_STORAGE;
    sc_sql_bind(stmt, value, 2);
    return sc_db_run(db, stmt, NULL, err);
}

enum sc_code sc_prompt_apply(struct sc_db *db, struct sc_change *change,
        const struct sc_part *part, struct sc_error *err)
{
    enum sc_code code = run(db, use_sql, part->value, err);

    (void)change;
    if (!code && part->value[2].text)
        code = run(db, insert_sql, part->value + 1, err);
    return code;
}

char *sc_prompt_sql_get(struct sc_db *db, const char *hash, struct sc_error *err)
{
    sqlite3_stmt *stmt = sc_sql_ask(db, get_sql, (const char *const[3]){ hash }, err);
    bool row;
    char *body = NULL;

    if (!stmt || sc_db_step(db, stmt, &row, err))
        return NULL;
    if (row)
        body = sc_strdup(sc_db_text(stmt, 0));
    else
        sc_fail(err, SC_NOT_FOUND, "the prompt %.12s is not kept", hash);
    sc_db_reset(stmt);
    return body;
}
