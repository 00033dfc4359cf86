/* What models cost: settled, reserved, lost. */
#include <string.h>

#include "store/sqlite/sql.h"

static const char cost_sql[] =
        "INSERT INTO costs (task_id, agent, model, cost_micro, cost_known, at_ms,"
        " requests, input_tokens, output_tokens, cached_tokens, written_tokens,"
        " reasoning_tokens) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
static const char reserve_sql[] =
        "INSERT INTO reservations (key, task_id, agent, model, micro, at_ms, lost)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0)";
static const char unreserve_sql[] = "DELETE FROM reservations WHERE key = ?1";
static const char lose_sql[] = "UPDATE reservations SET lost = 1 WHERE lost = 0";

#define COSTS "SELECT COALESCE(SUM(cost_micro), 0) FROM costs WHERE "
#define RESERVED                                                \
    "SELECT COALESCE(SUM(CASE lost WHEN 1 THEN micro END), 0)," \
    " COALESCE(SUM(CASE lost WHEN 0 THEN micro END), 0) FROM reservations WHERE "
#define IN_TIME "at_ms >= ?1 AND at_ms < ?2"

/* The parameters: from_ms, to_ms, name. */
struct spending_sql {
    const char *costs, *reserved;
};

static const struct spending_sql of_all = { COSTS IN_TIME, RESERVED IN_TIME };
static const struct spending_sql of_agent = { COSTS IN_TIME " AND agent = ?3",
    RESERVED IN_TIME " AND agent = ?3" };
static const struct spending_sql of_task = { COSTS IN_TIME " AND task_id = ?3",
    RESERVED IN_TIME " AND task_id = ?3" };

#define ROW(name)                                                            \
    "SELECT " name ", SUM(requests), SUM(input_tokens), SUM(output_tokens)," \
    " SUM(cost_micro) AS cost, MIN(cost_known) FROM costs"

/* By enum sc_spending_by, the first without a name to ask for, then with the agent's. */
#define BY(name, group)                                                              \
    {                                                                                \
        ROW(name)                                                                    \
        " WHERE " IN_TIME group, ROW(name) " WHERE " IN_TIME " AND agent = ?3" group \
    }
static const char *const by_sql[][2] = {
    [SC_SPENDING_IN_ALL] = BY("''", " HAVING COUNT(*) > 0"),
    [SC_SPENDING_BY_AGENT] = BY("agent", " GROUP BY agent ORDER BY cost DESC, agent"),
    [SC_SPENDING_BY_MODEL] = BY("model", " GROUP BY model ORDER BY cost DESC, model"),
    [SC_SPENDING_BY_TASK] =
            BY("task_id", " GROUP BY task_id ORDER BY cost DESC, task_id"),
};

/* --- writing --- */

enum sc_code sc_cost_apply(struct sc_db *db, struct sc_change *change,
        const struct sc_part *part, struct sc_error *err)
{
    (void)change;
    return sc_sql_run_part(db, cost_sql, part, NULL, err);
}

enum sc_code sc_reserve_apply(struct sc_db *db, struct sc_change *change,
        const struct sc_part *part, struct sc_error *err)
{
    (void)change;
    return sc_sql_run_part(db, reserve_sql, part, NULL, err);
}

enum sc_code sc_unreserve_apply(struct sc_db *db, struct sc_change *change,
        const struct sc_part *part, struct sc_error *err)
{
    (void)change;
    return sc_sql_run_part(db, unreserve_sql, part, NULL, err);
}

enum sc_code sc_lose_apply(struct sc_db *db, struct sc_change *change,
        const struct sc_part *part, struct sc_error *err)
{
    (void)change;
    return sc_sql_run_part(db, lose_sql, part, NULL, err);
}

/* --- reading --- */

static void bind_filter(sqlite3_stmt *stmt, const struct sc_spending_filter *filter)
{
    const char *name = filter->agent ? filter->agent : filter->task_id;

    sc_db_bind_number(stmt, 1, filter->from_ms);
    sc_db_bind_number(stmt, 2, filter->to_ms);
    if (name)
        sc_db_bind_text(stmt, 3, name, strlen(name));
}

/* The first two columns of the one row. */
static enum sc_code ask_sums(struct sc_db *db, const char *sql,
        const struct sc_spending_filter *filter, int64_t *ret_first, int64_t *ret_second,
        struct sc_error *err)
{
    sqlite3_stmt *stmt = sc_db_statement(db, sql, err);
    bool row;

    if (!stmt)
        return SC_STORAGE;
    bind_filter(stmt, filter);
    if (sc_db_step(db, stmt, &row, err))
        return err->code;
    *ret_first = sqlite3_column_int64(stmt, 0);
    if (ret_second)
        *ret_second = sqlite3_column_int64(stmt, 1);
    sc_db_reset(stmt);
    return SC_OK;
}

enum sc_code sc_spending_sql_get(struct sc_db *db,
        const struct sc_spending_filter *filter, struct sc_spending *ret_spending,
        struct sc_error *err)
{
    const struct spending_sql *sql = filter->agent     ? &of_agent
                                     : filter->task_id ? &of_task
                                                       : &of_all;
    struct sc_error failed;

    if (ask_sums(db, sql->costs, filter, &ret_spending->cost_micro, NULL, &failed) ||
            ask_sums(db, sql->reserved, filter, &ret_spending->lost_micro,
                    &ret_spending->reserved_micro, &failed)) {
        if (err)
            *err = failed;
        return failed.code;
    }
    return SC_OK;
}

enum sc_code sc_spending_sql_by(struct sc_db *db, const struct sc_spending_filter *filter,
        enum sc_spending_by by, sc_spending_row_fn *fn, void *arg, struct sc_error *err)
{
    sqlite3_stmt *stmt = sc_db_statement(db, by_sql[by][filter->agent != NULL], err);
    bool row = false;
    enum sc_code code;

    if (!stmt)
        return SC_STORAGE;
    bind_filter(stmt, filter);
    while (!(code = sc_db_step(db, stmt, &row, err)) && row)
        fn(arg, &(struct sc_spending_row){ .name = sc_db_text(stmt, 0),
                        .requests = sqlite3_column_int64(stmt, 1),
                        .input_tokens = sqlite3_column_int64(stmt, 2),
                        .output_tokens = sqlite3_column_int64(stmt, 3),
                        .cost_micro = sqlite3_column_int64(stmt, 4),
                        .cost_known = sqlite3_column_int64(stmt, 5) });
    sc_db_reset(stmt);
    return code;
}

/* --- is there room? --- */

enum sc_code sc_room_apply(struct sc_db *db, struct sc_change *change,
        const struct sc_part *part, struct sc_error *err)
{
    const struct sc_value *value = part->value;
    const struct sc_spending_filter filter = { .agent = value[SC_ROOM_AGENT].text,
        .from_ms = value[SC_ROOM_FROM].number,
        .to_ms = value[SC_ROOM_TO].number };
    int64_t left = value[SC_ROOM_MOST].number - value[SC_ROOM_MORE].number;
    struct sc_spending spending = { 0 };
    enum sc_code code = sc_spending_sql_get(db, &filter, &spending, err);

    (void)change;
    if (code ||
            spending.cost_micro + spending.lost_micro + spending.reserved_micro <= left)
        return code;
    sc_fail(err, SC_BUDGET, "the budget has no room for the request");
    if (err)
        err->detail = (int)value[SC_ROOM_NUMBER].number;
    return SC_BUDGET;
}
