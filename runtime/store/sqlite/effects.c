#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/sqlite/sql.h"

#define COLUMNS                                                                      \
    "SELECT task_id, step_id, element, tool, version, key, once, agent, args_hash, " \
    "args, approver, state, result, at_ms FROM effects "

static const char by_once_sql[] =
        "SELECT n, state, result, task_id, args_hash FROM effects"
        " WHERE agent = ?1 AND tool = ?2 AND once = ?3";
static const char by_key_sql[] =
        "SELECT n, state, result, task_id, args_hash FROM effects"
        " WHERE tool = ?1 AND key = ?2";
static const char count_sql[] =
        "SELECT COUNT(*) FROM (SELECT 1 FROM effects WHERE agent = ?1 AND limit_key = ?2"
        " AND at_ms >= ?3 AND at_ms < ?4 AND state <> 'failed' LIMIT ?5)";
static const char drop_sql[] = "DELETE FROM effects WHERE n = ?1";
static const char insert_sql[] =
        "INSERT INTO effects (task_id, step_id, element, tool, version, key, once, agent,"
        " args_hash, args, approver, at_ms, limit_key, state, settled_ms)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 'intent', 0)";

/* What is settled stays as it is: a done effect must not become one that failed. */
static const char settle_sql[] =
        "UPDATE effects SET state = ?3, result = ?4, settled_ms = ?5"
        " WHERE tool = ?1 AND key = ?2 AND (state IN ('intent', 'in_doubt') OR state = "
        "?3)";

static const char of_sql[] = COLUMNS "WHERE task_id = ?1 ORDER BY n";
static const char get_sql[] = COLUMNS "WHERE tool = ?1 AND key = ?2";
static const char once_sql[] = COLUMNS "WHERE agent = ?1 AND tool = ?2 AND once = ?3";

static const char once_of_sql[] = COLUMNS
        "WHERE agent = ?1 AND tool = ?2 AND once IS NOT NULL AND state <> 'failed'";

/* --- intents --- */

enum found { FOUND_NONE, FOUND_FAILED, FOUND_EARLIER, FOUND_OTHER };

struct earlier {
    enum found found;
    int64_t n;
    struct sc_claim claim;
};

static enum sc_code keep_earlier(struct sc_db *db, sqlite3_stmt *stmt,
        struct earlier *ret_earlier, struct sc_error *err)
{
    struct sc_claim *claim = &ret_earlier->claim;

    if (!sc_effect_state_of_word(sc_db_text(stmt, 1), &claim->state))
        return sc_db_damaged(db, "effects", sc_db_text(stmt, 3), err);
    ret_earlier->n = sqlite3_column_int64(stmt, 0);
    if (claim->state == SC_EFFECT_FAILED) {
        ret_earlier->found = FOUND_FAILED;
        return SC_OK;
    }
    ret_earlier->found = FOUND_EARLIER;
    claim->kind = SC_CLAIM_EARLIER;
    claim->result = sc_strdup(sc_db_text(stmt, 2));
    claim->task_id = sc_strdup(sc_db_text(stmt, 3));
    return SC_OK;
}

/* hash: the arguments must be these, when not NULL. */
static enum sc_code look_up(struct sc_db *db, sqlite3_stmt *stmt, const char *hash,
        struct earlier *ret_earlier, struct sc_error *err)
{
    bool row;
    enum sc_code code = stmt ? sc_db_step(db, stmt, &row, err) : SC_STORAGE;

    if (code)
        return code;
    *ret_earlier = (struct earlier){ .found = FOUND_NONE };
    if (row && hash && strcmp(sc_db_text(stmt, 4), hash) != 0)
        ret_earlier->found = FOUND_OTHER;
    else if (row)
        code = keep_earlier(db, stmt, ret_earlier, err);
    sc_db_reset(stmt);
    return code;
}

static enum sc_code drop(struct sc_db *db, int64_t n, struct sc_error *err)
{
    sqlite3_stmt *stmt = sc_db_statement(db, drop_sql, err);

    if (!stmt)
        return SC_STORAGE;
    sc_db_bind_number(stmt, 1, n);
    return sc_db_run(db, stmt, NULL, err);
}

/* Is there an effect in the way? A failed one is not: it is dropped. */
static enum sc_code clear_way(struct sc_db *db, sqlite3_stmt *asked, const char *hash,
        struct earlier *ret_earlier, struct sc_error *err)
{
    enum sc_code code = look_up(db, asked, hash, ret_earlier, err);

    if (code || ret_earlier->found != FOUND_FAILED)
        return code;
    ret_earlier->found = FOUND_NONE;
    return drop(db, ret_earlier->n, err);
}

static enum sc_code find_earlier(struct sc_db *db, const struct sc_value *value,
        struct earlier *ret_earlier, struct sc_error *err)
{
    const char *tool = value[SC_INTEND_TOOL].text, *key = value[SC_INTEND_KEY].text;
    const char *once = value[SC_INTEND_ONCE].text;
    const char *const by_once[3] = { value[SC_INTEND_AGENT].text, tool, once };
    enum sc_code code;

    if (once) {
        code = clear_way(
                db, sc_sql_ask(db, by_once_sql, by_once, err), NULL, ret_earlier, err);
        if (code || ret_earlier->found)
            return code;
    }
    code = clear_way(db,
            sc_sql_ask(db, by_key_sql, (const char *const[3]){ tool, key }, err),
            value[SC_INTEND_ARGS_HASH].text, ret_earlier, err);
    if (!code && ret_earlier->found == FOUND_OTHER)
        return sc_fail(err, SC_CONFLICT,
                "key '%s' of tool %s was used with other arguments", key, tool);
    return code;
}

static enum sc_code find_limit(struct sc_db *db, const struct sc_value *value,
        bool *ret_full, struct sc_error *err)
{
    int64_t n = value[SC_INTEND_LIMIT_N].number;
    const char *const names[3] = { value[SC_INTEND_AGENT].text,
        value[SC_INTEND_LIMIT_KEY].text };
    sqlite3_stmt *stmt;
    bool row;
    enum sc_code code;

    *ret_full = false;
    if (!names[1] || n < 0)
        return SC_OK;
    stmt = sc_sql_ask(db, count_sql, names, err);
    if (!stmt)
        return SC_STORAGE;
    sc_db_bind_number(stmt, 3, value[SC_INTEND_LIMIT_FROM].number);
    sc_db_bind_number(stmt, 4, value[SC_INTEND_LIMIT_TO].number);
    sc_db_bind_number(stmt, 5, n);
    code = sc_db_step(db, stmt, &row, err);
    if (code)
        return code;
    *ret_full = sqlite3_column_int64(stmt, 0) >= n;
    sc_db_reset(stmt);
    return SC_OK;
}

static enum sc_code insert(
        struct sc_db *db, const struct sc_part *part, struct sc_error *err)
{
    sqlite3_stmt *stmt = sc_db_statement(db, insert_sql, err);

    if (!stmt)
        return SC_STORAGE;
    sc_sql_bind(stmt, part->value, SC_INTEND_LIMIT_KEY + 1);
    return sc_db_run(db, stmt, NULL, err);
}

enum sc_code sc_intend_apply(struct sc_db *db, struct sc_change *change,
        const struct sc_part *part, struct sc_error *err)
{
    struct sc_claim *claim = sc_change_add_claim(change);
    struct earlier earlier = { .found = FOUND_NONE };
    bool full;
    enum sc_code code = find_earlier(db, part->value, &earlier, err);

    *claim = earlier.claim;
    if (code || earlier.found)
        return code;
    code = find_limit(db, part->value, &full, err);
    if (code)
        return code;
    if (full) {
        claim->kind = SC_CLAIM_LIMIT;
        return SC_OK;
    }
    return insert(db, part, err);
}

enum sc_code sc_settle_apply(struct sc_db *db, struct sc_change *change,
        const struct sc_part *part, struct sc_error *err)
{
    const char *tool = part->value[0].text, *key = part->value[1].text;
    int changed;
    struct earlier earlier;
    enum sc_code code = sc_sql_run_part(db, settle_sql, part, &changed, err);

    (void)change;
    if (code || changed)
        return code;
    code = look_up(db,
            sc_sql_ask(db, by_key_sql, (const char *const[3]){ tool, key }, err), NULL,
            &earlier, err);
    if (code)
        return code;
    free((void *)(uintptr_t)earlier.claim.result);
    free((void *)(uintptr_t)earlier.claim.task_id);
    if (earlier.found == FOUND_NONE)
        return sc_fail(err, SC_NOT_FOUND, "no effect of tool %s has key '%s'", tool, key);
    return sc_fail(err, SC_CONFLICT, "the effect of tool %s with key '%s' is settled",
            tool, key);
}

/* --- reading --- */

static enum sc_code hand_out(struct sc_db *db, sqlite3_stmt *stmt,
        const struct sc_effect_reader *reader, struct sc_error *err)
{
    struct sc_effect_row row = {
        .task_id = sc_db_text(stmt, 0),
        .step_id = sc_db_text(stmt, 1),
        .element = sqlite3_column_int64(stmt, 2),
        .tool = sc_db_text(stmt, 3),
        .version = sc_db_text(stmt, 4),
        .key = sc_db_text(stmt, 5),
        .once = sc_db_text(stmt, 6),
        .agent = sc_db_text(stmt, 7),
        .args_hash = sc_db_text(stmt, 8),
        .args = sc_db_text(stmt, 9),
        .approver = sc_db_text(stmt, 10),
        .result = sc_db_text(stmt, 12),
        .at_ms = sqlite3_column_int64(stmt, 13),
    };

    if (!sc_effect_state_of_word(sc_db_text(stmt, 11), &row.state))
        return sc_db_damaged(db, "effects", row.task_id, err);
    reader->fn(reader->arg, &row);
    return SC_OK;
}

static enum sc_code read_rows(struct sc_db *db, sqlite3_stmt *stmt, int *ret_rows,
        const struct sc_effect_reader *reader, struct sc_error *err)
{
    bool row;
    enum sc_code code = SC_STORAGE;

    *ret_rows = 0;
    if (!stmt)
        return code;
    while (!(code = sc_db_step(db, stmt, &row, err)) && row) {
        ++*ret_rows;
        code = hand_out(db, stmt, reader, err);
        if (code)
            break;
    }
    sc_db_reset(stmt);
    return code;
}

enum sc_code sc_effect_sql_of(struct sc_db *db, const char *task_id,
        const struct sc_effect_reader *reader, struct sc_error *err)
{
    int rows;

    return read_rows(db, sc_sql_ask(db, of_sql, (const char *const[3]){ task_id }, err),
            &rows, reader, err);
}

enum sc_code sc_effect_sql_get(struct sc_db *db, const char *tool, const char *key,
        const struct sc_effect_reader *reader, struct sc_error *err)
{
    int rows;
    enum sc_code code = read_rows(db,
            sc_sql_ask(db, get_sql, (const char *const[3]){ tool, key }, err), &rows,
            reader, err);

    if (!code && rows == 0)
        return sc_fail(err, SC_NOT_FOUND, "no effect of tool %s has key '%s'", tool, key);
    return code;
}

enum sc_code sc_effect_sql_once(struct sc_db *db, const struct sc_once *once,
        const struct sc_effect_reader *reader, struct sc_error *err)
{
    const char *const names[3] = { once->agent, once->tool, once->once };
    int rows;
    enum sc_code code =
            read_rows(db, sc_sql_ask(db, once_sql, names, err), &rows, reader, err);

    if (!code && rows == 0)
        return sc_fail(err, SC_NOT_FOUND, "no effect of agent %s and tool %s is '%s'",
                once->agent, once->tool, once->once);
    return code;
}

enum sc_code sc_effect_sql_once_of(struct sc_db *db, const char *agent, const char *tool,
        const struct sc_effect_reader *reader, struct sc_error *err)
{
    int rows;

    return read_rows(db,
            sc_sql_ask(db, once_of_sql, (const char *const[3]){ agent, tool }, err),
            &rows, reader, err);
}
