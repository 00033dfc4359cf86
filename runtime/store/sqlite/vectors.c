/* Vectors of what agents know. */
#include "store/vectors.h"

#include <string.h>

#include "store/sqlite/memory.h"

static const char put_sql[] =
        "INSERT OR REPLACE INTO memory_vectors (item, model, dims, kind, vector)"
        " SELECT n, ?2, ?3, ?4, CAST(?5 AS BLOB) FROM memory_items"
        " WHERE n = ?1 AND superseded_by IS NULL";

/* Through the vectors, in the order in which they lie. */
static const char scan_sql[] =
        "SELECT v.item, v.dims, v.kind = 'int8', v.vector"
        " FROM memory_vectors v CROSS JOIN memory_items"
        " WHERE v.model = ?1 AND memory_items.n = v.item" SC_MEMORY_FITS;
static const char missing_sql[] = SC_MEMORY_COLUMNS
        "WHERE n > ?2 AND superseded_by IS NULL"
        " AND (?3 = 0 OR n > (SELECT MAX(n) FROM memory_items) - ?3)"
        " AND NOT EXISTS (SELECT 1 FROM memory_vectors WHERE item = n AND model = ?1)"
        " ORDER BY n LIMIT ?4";

enum sc_code sc_vector_apply(struct sc_db *db, struct sc_change *change,
        const struct sc_part *part, struct sc_error *err)
{
    (void)change;
    return sc_sql_run_part(db, put_sql, part, NULL, err);
}

enum sc_code sc_vectors_sql_scan(struct sc_db *db, const char *model,
        const struct sc_memory_query *query, const struct sc_vector_reader *reader,
        struct sc_error *err)
{
    sqlite3_stmt *stmt = sc_db_statement(db, scan_sql, err);
    bool row = true;
    enum sc_code code;

    if (!stmt)
        return SC_STORAGE;
    sc_db_bind_text(stmt, 1, model, strlen(model));
    sc_memory_bind_filters(stmt, query);
    while (!(code = sc_db_step(db, stmt, &row, err)) && row) {
        const struct sc_vector_row vector = {
            .item = sqlite3_column_int64(stmt, 0),
            .model = model,
            .dims = sqlite3_column_int64(stmt, 1),
            .packed = sqlite3_column_int(stmt, 2),
            .bytes = sqlite3_column_blob(stmt, 3),
            .len = (size_t)sqlite3_column_bytes(stmt, 3),
        };

        reader->fn(reader->arg, &vector);
    }
    if (!code)
        sc_db_reset(stmt);
    return code;
}

enum sc_code sc_vectors_sql_missing(struct sc_db *db,
        const struct sc_vectors_missing *missing, const struct sc_memory_reader *reader,
        struct sc_error *err)
{
    sqlite3_stmt *stmt = sc_db_statement(db, missing_sql, err);
    bool row = true;
    enum sc_code code;

    if (!stmt)
        return SC_STORAGE;
    sc_db_bind_text(stmt, 1, missing->model, strlen(missing->model));
    sc_db_bind_number(stmt, 2, missing->after);
    sc_db_bind_number(stmt, 3, missing->newest);
    sc_db_bind_number(stmt, 4, missing->limit);
    while (!(code = sc_db_step(db, stmt, &row, err)) && row)
        sc_memory_hand_out(stmt, 0, reader);
    if (!code)
        sc_db_reset(stmt);
    return code;
}
