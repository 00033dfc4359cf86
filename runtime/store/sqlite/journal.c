#include "store/sqlite/sql.h"

static const char insert_sql[] = "INSERT INTO journal (task_id, seq, at_ms, kind, body) "
                                 "VALUES (?1, ?2, ?3, ?4, ?5)";
static const char read_sql[] =
        "SELECT seq, at_ms, kind, body FROM journal WHERE task_id = ?1 ORDER BY seq";

enum sc_code sc_journal_apply(struct sc_db *db, struct sc_change *change,
        const struct sc_part *part, struct sc_error *err)
{
    enum sc_code code = sc_sql_run_part(db, insert_sql, part, NULL, err);

    (void)change;
    if (code == SC_CONFLICT)
        return sc_fail(err, SC_CONFLICT, "task %s has a journal entry %lld already",
                part->value[0].text, (long long)part->value[1].number);
    return code;
}

enum sc_code sc_journal_sql_read(struct sc_db *db, const char *task_id,
        sc_journal_row_fn *fn, void *arg, struct sc_error *err)
{
    sqlite3_stmt *stmt = sc_sql_ask(db, read_sql, (const char *const[3]){ task_id }, err);
    bool row;
    enum sc_code code;

    if (!stmt)
        return SC_STORAGE;
    while (!(code = sc_db_step(db, stmt, &row, err)) && row)
        fn(arg, sqlite3_column_int64(stmt, 0), sqlite3_column_int64(stmt, 1),
                sc_db_text(stmt, 2), sc_db_text(stmt, 3));
    if (!code)
        sc_db_reset(stmt);
    return code;
}
