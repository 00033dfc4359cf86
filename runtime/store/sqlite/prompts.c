#include <string.h>

#include "base/mem.h"
#include "store/sqlite/sql.h"

static const char put_sql[] =
        "INSERT INTO prompts (hash, body, used_ms) VALUES (?1, ?2, ?3)"
        " ON CONFLICT (hash) DO UPDATE SET used_ms = MAX(used_ms, ?3)";
static const char get_sql[] = "SELECT body FROM prompts WHERE hash = ?1";

enum sc_code sc_prompt_apply(struct sc_db *db, struct sc_change *change,
        const struct sc_part *part, struct sc_error *err)
{
    (void)change;
    return sc_sql_run_part(db, put_sql, part, NULL, err);
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
