#include <string.h>

#include "base/buf.h"
#include "store/sqlite/sql.h"

#define COLUMNS                                                                    \
    "SELECT id, agent, words, state, created_ms, ended_ms, spec, answer, wake_ms," \
    " cost_micro, routine, pruned_ms FROM tasks "

const char sc_task_columns[] = COLUMNS;

static const char insert_sql[] =
        "INSERT INTO tasks (id, agent, words, state, ended_ms, spec, answer, wake_ms,"
        " cost_micro, created_ms, routine)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
static const char words_sql[] =
        "INSERT INTO task_words (rowid, pieces) VALUES (?1, sc_words(?2))";
static const char update_sql[] =
        "UPDATE tasks SET state = ?2, ended_ms = ?3, answer = ?4, wake_ms = ?5,"
        " cost_micro = ?6 WHERE id = ?1";
static const char get_sql[] = COLUMNS "WHERE id = ?1";
static const char begin_sql[] = COLUMNS "WHERE id >= ?1 AND id < ?2 ORDER BY id LIMIT 2";
static const char count_sql[] =
        "SELECT COUNT(*) FROM (SELECT 1 FROM tasks WHERE id >= ?1 AND id < ?2 LIMIT 2)";

/* --- writing --- */

static enum sc_code index_words(
        struct sc_db *db, const struct sc_value *words, struct sc_error *err)
{
    int64_t n = sqlite3_last_insert_rowid(sc_db_handle(db));
    sqlite3_stmt *stmt = sc_db_statement(db, words_sql, err);

    if (!stmt)
        return SC_STORAGE;
    sc_db_bind_number(stmt, 1, n);
    sc_db_bind_text(stmt, 2, words->text, words->len);
    return sc_db_run(db, stmt, NULL, err);
}

enum sc_code sc_task_create_apply(struct sc_db *db, struct sc_change *change,
        const struct sc_part *part, struct sc_error *err)
{
    enum sc_code code = sc_sql_run_part(db, insert_sql, part, NULL, err);

    (void)change;
    if (code == SC_CONFLICT)
        return sc_fail(
                err, SC_CONFLICT, "there is a task %s already", part->value[0].text);
    return code ? code : index_words(db, &part->value[2], err);
}

enum sc_code sc_task_update_apply(struct sc_db *db, struct sc_change *change,
        const struct sc_part *part, struct sc_error *err)
{
    int changed;
    enum sc_code code = sc_sql_run_part(db, update_sql, part, &changed, err);

    (void)change;
    if (!code && changed == 0)
        return sc_fail(err, SC_NOT_FOUND, "there is no task %s", part->value[0].text);
    return code;
}

/* --- reading --- */

enum sc_code sc_task_hand_out(struct sc_db *db, sqlite3_stmt *stmt,
        const struct sc_task_reader *reader, struct sc_error *err)
{
    struct sc_task_row row = {
        .id = sc_db_text(stmt, 0),
        .agent = sc_db_text(stmt, 1),
        .words = sc_db_text(stmt, 2),
        .created_ms = sqlite3_column_int64(stmt, 4),
        .ended_ms = sqlite3_column_int64(stmt, 5),
        .spec = sc_db_text(stmt, 6),
        .answer = sc_db_text(stmt, 7),
        .wake_ms = sqlite3_column_int64(stmt, 8),
        .cost_micro = sqlite3_column_int64(stmt, 9),
        .routine = sc_db_text(stmt, 10),
        .pruned_ms = sqlite3_column_int64(stmt, 11),
    };

    if (!sc_task_state_of_word(sc_db_text(stmt, 3), &row.state))
        return sc_db_damaged(db, "tasks", row.id, err);
    reader->fn(reader->arg, &row);
    return SC_OK;
}

/* The first row of a statement that was asked, if there is one. */
static enum sc_code read_one(struct sc_db *db, sqlite3_stmt *stmt, bool *ret_found,
        const struct sc_task_reader *reader, struct sc_error *err)
{
    enum sc_code code = stmt ? sc_db_step(db, stmt, ret_found, err) : SC_STORAGE;

    if (code)
        return code;
    if (*ret_found)
        code = sc_task_hand_out(db, stmt, reader, err);
    sc_db_reset(stmt);
    return code;
}

static enum sc_code count_beginnings(struct sc_db *db, const char *const range[3],
        int64_t *ret_count, struct sc_error *err)
{
    sqlite3_stmt *stmt = sc_sql_ask(db, count_sql, range, err);
    bool row;
    enum sc_code code = stmt ? sc_db_step(db, stmt, &row, err) : SC_STORAGE;

    if (code)
        return code;
    *ret_count = sqlite3_column_int64(stmt, 0);
    sc_db_reset(stmt);
    return SC_OK;
}

static enum sc_code get_by_beginning(struct sc_db *db, const char *const range[3],
        const struct sc_task_reader *reader, struct sc_error *err)
{
    int64_t count;
    bool found;
    enum sc_code code = count_beginnings(db, range, &count, err);

    if (code)
        return code;
    if (count == 0)
        return sc_fail(err, SC_NOT_FOUND, "there is no task '%s'", range[0]);
    if (count > 1)
        return sc_fail(err, SC_CONFLICT,
                "several tasks begin with '%s'; give more of the id", range[0]);
    return read_one(db, sc_sql_ask(db, begin_sql, range, err), &found, reader, err);
}

enum sc_code sc_task_sql_get(struct sc_db *db, const char *id,
        const struct sc_task_reader *reader, struct sc_error *err)
{
    struct sc_buf end = { 0 };
    bool found;
    enum sc_code code =
            read_one(db, sc_sql_ask(db, get_sql, (const char *const[3]){ id }, err),
                    &found, reader, err);

    if (code || found)
        return code;
    if (!*id)
        return sc_fail(err, SC_NOT_FOUND, "no task id was given");
    sc_buf_addf(&end, "%s\x7f", id); /* ids are letters and digits */
    code = get_by_beginning(
            db, (const char *const[3]){ id, sc_buf_text(&end) }, reader, err);
    sc_buf_release(&end);
    return code;
}
