/* Lists of tasks: the filters become one statement. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "store/sqlite/sql.h"
#include "store/words.h"

enum { BINDS_MAX = 8 };

/* What is bound to ?1, ?2, … of the text. */
struct query {
    struct sc_buf sql;
    struct sc_value bind[BINDS_MAX];
    int count;
};

static const char position_sql[] = "SELECT n, created_ms FROM tasks WHERE id = ?1";

static void bind_text(struct query *query, const char *text)
{
    query->bind[query->count++] =
            (struct sc_value){ .kind = SC_VALUE_TEXT, .text = text, .len = strlen(text) };
}

static void bind_number(struct query *query, int64_t number)
{
    query->bind[query->count++] =
            (struct sc_value){ .kind = SC_VALUE_NUMBER, .number = number };
}

/* condition has one %d, the number of what is bound. */
static void where_text(struct query *query, const char *condition, const char *text)
{
    if (!text)
        return;
    bind_text(query, text);
    sc_buf_addf(&query->sql, " AND %s ?%d", condition, query->count);
}

static void where_number(struct query *query, const char *condition, int64_t number)
{
    bind_number(query, number);
    sc_buf_addf(&query->sql, " AND %s ?%d", condition, query->count);
}

/* Those that follow a task in the list. */
static enum sc_code where_after(struct sc_db *db, struct query *query, const char *id,
        bool by_time, struct sc_error *err)
{
    sqlite3_stmt *stmt;
    int64_t n = 0, created_ms = 0;
    bool row;
    enum sc_code code;

    if (!id)
        return SC_OK;
    stmt = sc_sql_ask(db, position_sql, (const char *const[3]){ id }, err);
    code = stmt ? sc_db_step(db, stmt, &row, err) : SC_STORAGE;
    if (code)
        return code;
    if (row) {
        n = sqlite3_column_int64(stmt, 0);
        created_ms = sqlite3_column_int64(stmt, 1);
    }
    sc_db_reset(stmt);
    if (!row)
        return sc_fail(err, SC_NOT_FOUND, "there is no task '%s' to go on after", id);
    if (by_time) {
        bind_number(query, created_ms);
        bind_number(query, n);
        sc_buf_addf(&query->sql, " AND (created_ms, n) < (?%d, ?%d)", query->count - 1,
                query->count);
    } else {
        where_number(query, "n <", n);
    }
    return SC_OK;
}

/* Which end the filter is about: the indexes by state have ended tasks alone, those that
 * have not ended are few. */
enum ending { ANY, OPEN, ENDED };

static enum ending ending_of(const struct sc_task_filter *filter)
{
    enum sc_task_state state;

    if (filter->unfinished)
        return OPEN;
    if (!filter->state || !sc_task_state_of_word(filter->state, &state))
        return ANY;
    return sc_task_state_ends(state) ? ENDED : OPEN;
}

/* By time the index must be named: else the planner may sort all tasks of an agent. */
static const char *const indexes_by_time[] = {
    [ANY] = "INDEXED BY tasks_by_time WHERE 1",
    [OPEN] = "INDEXED BY tasks_unfinished WHERE 1",
    [ENDED] = "INDEXED BY tasks_by_state_and_time WHERE 1",
};
static const char *const ending_terms[] = {
    [ANY] = "",
    [OPEN] = " AND ended_ms = 0",
    [ENDED] = " AND ended_ms > 0",
};

/* words: of the index, or NULL. */
static enum sc_code make_list(struct sc_db *db, const struct sc_task_filter *filter,
        const char *words, struct query *query, struct sc_error *err)
{
    bool by_time = !words && (filter->since_ms || filter->until_ms);
    enum ending ending = ending_of(filter);

    sc_buf_adds(&query->sql, sc_task_columns);
    if (words) {
        bind_text(query, words);
        sc_buf_adds(&query->sql,
                "JOIN task_words ON task_words.rowid = n WHERE task_words MATCH ?1");
    } else if (by_time) {
        sc_buf_adds(&query->sql, indexes_by_time[ending]);
    } else {
        sc_buf_adds(&query->sql, "WHERE 1");
    }
    where_text(query, "agent =", filter->agent);
    where_text(query, "state =", filter->state);
    where_text(query, "routine =", filter->routine);
    sc_buf_adds(&query->sql, ending_terms[ending]);
    if (filter->since_ms)
        where_number(query, "created_ms >=", filter->since_ms);
    if (filter->until_ms)
        where_number(query, "created_ms <", filter->until_ms);
    if (where_after(db, query, filter->after, by_time, err))
        return err->code;
    sc_buf_adds(&query->sql, words     ? " ORDER BY task_words.rowid DESC"
                             : by_time ? " ORDER BY created_ms DESC, n DESC"
                                       : " ORDER BY n DESC");
    bind_number(query, filter->limit > 0 ? filter->limit : -1);
    sc_buf_addf(&query->sql, " LIMIT ?%d", query->count);
    return SC_OK;
}

static enum sc_code hand_out_all(struct sc_db *db, struct query *query,
        const struct sc_task_reader *reader, struct sc_error *err)
{
    sqlite3_stmt *stmt = sc_db_prepare(db, sc_buf_text(&query->sql), err);
    bool row = true;
    enum sc_code code = stmt ? SC_OK : SC_STORAGE;

    if (stmt)
        sc_sql_bind(stmt, query->bind, query->count);
    while (!code && !(code = sc_db_step(db, stmt, &row, err)) && row)
        code = sc_task_hand_out(db, stmt, reader, err);
    sc_db_drop(stmt);
    return code;
}

enum sc_code sc_task_sql_list(struct sc_db *db, const struct sc_task_filter *filter,
        const struct sc_task_reader *reader, struct sc_error *err)
{
    struct query query = { .count = 0 };
    char *words = filter->words ? sc_words_query(filter->words) : NULL;
    enum sc_task_state state;
    enum sc_code code;

    if (filter->state && !sc_task_state_of_word(filter->state, &state))
        code = sc_fail(err, SC_INVALID, "there is no task state '%s'", filter->state);
    else if (filter->words && !words)
        code = sc_fail(err, SC_INVALID, "'%s' has no word in it", filter->words);
    else
        code = make_list(db, filter, words, &query, err);
    if (!code)
        code = hand_out_all(db, &query, reader, err);
    sc_buf_release(&query.sql);
    free(words);
    return code;
}
