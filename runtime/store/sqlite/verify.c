#include "store/sqlite/sql.h"

/* Each gives sentences of what is wrong. */
static const char *const questions[] = {
    "SELECT 'the file: ' || integrity_check FROM pragma_integrity_check(20)"
    " WHERE integrity_check <> 'ok'",

    "SELECT 'the journal of task ' || task_id || ' has holes: ' || COUNT(*) ||"
    " ' entries from ' || MIN(seq) || ' to ' || MAX(seq) FROM journal GROUP BY task_id"
    " HAVING MIN(seq) > 1 OR MAX(seq) - MIN(seq) + 1 <> COUNT(*) LIMIT 20",

    "SELECT 'the journal has entries of task ' || task_id || ', which is not there'"
    " FROM (SELECT DISTINCT task_id FROM journal) AS seen"
    " WHERE NOT EXISTS (SELECT 1 FROM tasks WHERE id = seen.task_id) LIMIT 20",

    "SELECT 'an effect of ' || tool || ' (key ' || key || ') is of task ' || task_id ||"
    " ', which is not there' FROM effects"
    " WHERE NOT EXISTS (SELECT 1 FROM tasks WHERE id = effects.task_id) LIMIT 20",

    "SELECT 'an effect of ' || tool || ' (key ' || key || ', task ' || task_id ||"
    " ') is done and has no result' FROM effects"
    " WHERE state = 'done' AND result IS NULL LIMIT 20",

    "SELECT 'task ' || task_id || ' is done, but whether ' || tool || ' (key ' || key ||"
    " ') took place was never recorded' FROM effects"
    " WHERE state = 'intent' AND EXISTS"
    " (SELECT 1 FROM tasks WHERE id = effects.task_id AND state = 'done') LIMIT 20",

    "SELECT 'task ' || id || ' is ' || state || ', and by its time of end it is not' FROM"
    " tasks WHERE ended_ms > 0 AND state IN ('planning', 'running', 'waiting')"
    " OR ended_ms = 0 AND state IN ('done', 'unproven', 'failed', 'cancelled', "
    "'in_doubt',"
    " 'over_budget', 'planned', 'dry_run') LIMIT 20",

    "SELECT 'task ' || id || ' is in the state ' || state || ', which is none' FROM tasks"
    " WHERE state NOT IN ('planning', 'running', 'waiting', 'done', 'unproven', 'failed',"
    " 'cancelled', 'in_doubt', 'over_budget', 'planned', 'dry_run') LIMIT 20",
};

static enum sc_code ask(struct sc_db *db, const char *question, struct sc_json *wrong,
        struct sc_error *err)
{
    sqlite3_stmt *stmt = sc_db_statement(db, question, err);
    bool row = false;
    enum sc_code code = SC_STORAGE;

    if (!stmt)
        return code;
    while (!(code = sc_db_step(db, stmt, &row, err)) && row)
        sc_json_append(wrong, sc_json_new_string(sc_db_text(stmt, 0)));
    sc_db_reset(stmt);
    return code;
}

void sc_verify_sql(struct sc_db *db, struct sc_json *wrong)
{
    struct sc_error err = { 0 };
    enum sc_code code = SC_OK;

    for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]) && !code; i++)
        code = ask(db, questions[i], wrong, &err);
    if (code)
        sc_json_append(wrong, sc_json_new_string(err.msg));
}
