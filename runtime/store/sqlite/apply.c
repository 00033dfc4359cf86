#include "store/sqlite/sql.h"

#include <string.h>

void sc_sql_bind(sqlite3_stmt *stmt, const struct sc_value *value, int count)
{
    for (int i = 0; i < count; i++) {
        if (value[i].kind == SC_VALUE_NUMBER)
            sc_db_bind_number(stmt, i + 1, value[i].number);
        else
            sc_db_bind_text(stmt, i + 1, value[i].text, value[i].len);
    }
}

enum sc_code sc_sql_run_part(struct sc_db *db, const char *sql,
        const struct sc_part *part, int *ret_changed, struct sc_error *err)
{
    sqlite3_stmt *stmt = sc_db_statement(db, sql, err);

    if (!stmt)
        return SC_STORAGE;
    sc_sql_bind(stmt, part->value, part->count);
    return sc_db_run(db, stmt, ret_changed, err);
}

sqlite3_stmt *sc_sql_ask(struct sc_db *db, const char *sql, const char *const texts[3],
        struct sc_error *err)
{
    sqlite3_stmt *stmt = sc_db_statement(db, sql, err);

    for (int i = 0; stmt && i < 3 && texts[i]; i++)
        sc_db_bind_text(stmt, i + 1, texts[i], strlen(texts[i]));
    return stmt;
}

static sc_part_fn *const appliers[] = {
    [SC_PART_TASK_CREATE] = sc_task_create_apply,
    [SC_PART_TASK_UPDATE] = sc_task_update_apply,
    [SC_PART_JOURNAL] = sc_journal_apply,
    [SC_PART_PROMPT] = sc_prompt_apply,
    [SC_PART_INTEND] = sc_intend_apply,
    [SC_PART_SETTLE] = sc_settle_apply,
    [SC_PART_STATE_PUT] = sc_state_put_apply,
    [SC_PART_STATE_DROP] = sc_state_drop_apply,
    [SC_PART_CACHE_PUT] = sc_cache_put_apply,
    [SC_PART_COST] = sc_cost_apply,
    [SC_PART_ROOM] = sc_room_apply,
    [SC_PART_RESERVE] = sc_reserve_apply,
    [SC_PART_UNRESERVE] = sc_unreserve_apply,
    [SC_PART_LOSE] = sc_lose_apply,
    [SC_PART_FACT_ADD] = sc_fact_add_apply,
    [SC_PART_FACT_CORRECT] = sc_fact_correct_apply,
    [SC_PART_DOCUMENT] = sc_document_apply,
    [SC_PART_PIECE] = sc_piece_apply,
    [SC_PART_MEMORY_USE] = sc_memory_use_apply,
    [SC_PART_MEMORY_EXPORTED] = sc_memory_exported_apply,
    [SC_PART_VECTOR] = sc_vector_apply,
};

enum sc_code sc_sql_apply(struct sc_db *db, struct sc_change *change,
        const struct sc_part *part, struct sc_error *err)
{
    return appliers[part->kind](db, change, part, err);
}
