/* Looking at what agents know. */
#include <string.h>

#include "base/buf.h"
#include "store/sqlite/memory.h"

#define DOCUMENT_COLUMNS                                                                \
    "SELECT id, agent, name, source, label, hash, created_ms,"                          \
    " (SELECT COUNT(*) FROM memory_items WHERE document = d.id) FROM memory_documents " \
    "d "

static const char row_sql[] = SC_MEMORY_COLUMNS "WHERE n = ?1" SC_MEMORY_FITS;
static const char get_sql[] = SC_MEMORY_COLUMNS "WHERE id = ?1";
static const char begin_sql[] = SC_MEMORY_COLUMNS
        "WHERE id >= ?1 AND id < ?2 AND kind = 'fact' ORDER BY id LIMIT 1";
static const char count_sql[] = "SELECT COUNT(*) FROM (SELECT 1 FROM memory_items"
                                " WHERE id >= ?1 AND id < ?2 AND kind = 'fact' LIMIT 2)";
static const char list_sql[] =
        SC_MEMORY_COLUMNS "WHERE n > ?1" SC_MEMORY_FITS " ORDER BY n LIMIT ?7";
static const char subject_sql[] = SC_MEMORY_COLUMNS
        "WHERE n > ?1 AND subject_key = ?6 AND subject_key <> ''" SC_MEMORY_FITS
        " ORDER BY n LIMIT ?7";
static const char documents_sql[] =
        DOCUMENT_COLUMNS "WHERE (?1 IS NULL OR agent IN ('', ?1)) ORDER BY n";
static const char document_sql[] =
        DOCUMENT_COLUMNS "WHERE id >= ?1 AND id < ?2 ORDER BY id LIMIT 2";
static const char uses_sql[] =
        "SELECT DISTINCT task_id FROM memory_uses WHERE item IN"
        " (SELECT n FROM memory_items WHERE id = ?1 OR document = ?1)"
        " ORDER BY task_id DESC LIMIT ?2";
static const char exports_sql[] =
        "SELECT strftime('%Y-%m-%dT%H:%M:%SZ', at_ms / 1000, 'unixepoch')"
        " FROM memory_exports WHERE EXISTS (SELECT 1 FROM memory_items i"
        " WHERE (i.id = ?1 OR i.document = ?1) AND i.created_ms <= memory_exports.at_ms"
        " AND (memory_exports.agent = '' OR i.agent IN ('', memory_exports.agent)))"
        " ORDER BY n DESC LIMIT 20";

void sc_memory_hand_out(
        sqlite3_stmt *stmt, double score, const struct sc_memory_reader *reader)
{
    const struct sc_memory_row row = {
        .n = sqlite3_column_int64(stmt, 0),
        .id = sc_db_text(stmt, 1),
        .kind = strcmp(sc_db_text(stmt, 2), "fact") == 0 ? SC_MEMORY_FACT
                                                         : SC_MEMORY_PIECE,
        .agent = sc_db_text(stmt, 3),
        .subject = sc_db_text(stmt, 4),
        .subject_key = sc_db_text(stmt, 5),
        .text = sc_db_text(stmt, 6),
        .text_key = sc_db_text(stmt, 7),
        .source = sc_db_text(stmt, 8),
        .trusted = strcmp(sc_db_text(stmt, 9), "trusted") == 0,
        .valid_from_ms = sqlite3_column_int64(stmt, 10),
        .valid_to_ms = sqlite3_column_int64(stmt, 11),
        .supersedes = sc_db_text(stmt, 12),
        .superseded_by = sc_db_text(stmt, 13),
        .document = sc_db_text(stmt, 14),
        .position = sqlite3_column_int64(stmt, 15),
        .created_ms = sqlite3_column_int64(stmt, 16),
        .score = score,
    };

    reader->fn(reader->arg, &row);
}

static enum sc_code hand_out_all(struct sc_db *db, sqlite3_stmt *stmt,
        const struct sc_memory_reader *reader, bool *ret_found, struct sc_error *err)
{
    bool row = true;
    enum sc_code code = stmt ? SC_OK : SC_STORAGE;

    while (!code && !(code = sc_db_step(db, stmt, &row, err)) && row) {
        sc_memory_hand_out(stmt, 0, reader);
        *ret_found = true;
    }
    if (!code)
        sc_db_reset(stmt);
    return code;
}

void sc_memory_bind_filters(sqlite3_stmt *stmt, const struct sc_memory_query *query)
{
    sc_db_bind_text(stmt, 2, query->agent, query->agent ? strlen(query->agent) : 0);
    sc_db_bind_number(stmt, 3, query->at_ms);
    sc_db_bind_number(stmt, 4, query->trusted);
    sc_db_bind_number(stmt, 5, query->facts);
    sc_db_bind_text(stmt, 6, query->subject, query->subject ? strlen(query->subject) : 0);
}

enum sc_code sc_memory_sql_list(struct sc_db *db, const struct sc_memory_query *query,
        int64_t after, const struct sc_memory_reader *reader, struct sc_error *err)
{
    sqlite3_stmt *stmt =
            sc_db_statement(db, query->subject ? subject_sql : list_sql, err);
    bool found;

    if (!stmt)
        return SC_STORAGE;
    sc_db_bind_number(stmt, 1, after);
    sc_memory_bind_filters(stmt, query);
    sc_db_bind_number(stmt, 7, query->limit > 0 ? query->limit : -1);
    return hand_out_all(db, stmt, reader, &found, err);
}

enum sc_code sc_memory_sql_row(struct sc_db *db, const struct sc_memory_query *query,
        const struct sc_memory_hit *hit, const struct sc_memory_reader *reader,
        bool *ret_fits, struct sc_error *err)
{
    sqlite3_stmt *stmt = sc_db_statement(db, row_sql, err);

    if (!stmt)
        return SC_STORAGE;
    sc_db_bind_number(stmt, 1, hit->n);
    sc_memory_bind_filters(stmt, query);
    if (sc_db_step(db, stmt, ret_fits, err))
        return err->code;
    if (*ret_fits && reader)
        sc_memory_hand_out(stmt, hit->score, reader);
    sc_db_reset(stmt);
    return SC_OK;
}

/* --- one, by a beginning of its id --- */

static enum sc_code check_beginning(
        struct sc_db *db, const char *const range[3], struct sc_error *err)
{
    sqlite3_stmt *stmt = sc_sql_ask(db, count_sql, range, err);
    bool row;
    int64_t count;

    if (!stmt || sc_db_step(db, stmt, &row, err))
        return SC_STORAGE;
    count = sqlite3_column_int64(stmt, 0);
    sc_db_reset(stmt);
    if (count == 0)
        return sc_fail(err, SC_NOT_FOUND, "memory has no '%.40s'", range[0]);
    if (count > 1)
        return sc_fail(err, SC_CONFLICT,
                "several facts begin with '%.40s'; give more of the id", range[0]);
    return SC_OK;
}

enum sc_code sc_memory_sql_get(struct sc_db *db, const char *id,
        const struct sc_memory_reader *reader, struct sc_error *err)
{
    struct sc_buf end = { 0 };
    bool found = false;
    enum sc_code code =
            hand_out_all(db, sc_sql_ask(db, get_sql, (const char *const[3]){ id }, err),
                    reader, &found, err);

    if (code || found)
        return code;
    sc_buf_addf(&end, "%s\x7f", id); /* ids are letters and digits */
    {
        const char *const range[3] = { id, sc_buf_text(&end) };

        code = check_beginning(db, range, err);
        if (!code)
            code = hand_out_all(
                    db, sc_sql_ask(db, begin_sql, range, err), reader, &found, err);
    }
    sc_buf_release(&end);
    return code;
}

/* --- documents --- */

static enum sc_code hand_out_documents(struct sc_db *db, sqlite3_stmt *stmt,
        sc_document_row_fn *fn, void *arg, struct sc_error *err)
{
    bool row = true;
    enum sc_code code = SC_OK;

    while (!(code = sc_db_step(db, stmt, &row, err)) && row) {
        const struct sc_document_row document = {
            .id = sc_db_text(stmt, 0),
            .agent = sc_db_text(stmt, 1),
            .name = sc_db_text(stmt, 2),
            .source = sc_db_text(stmt, 3),
            .trusted = strcmp(sc_db_text(stmt, 4), "trusted") == 0,
            .hash = sc_db_text(stmt, 5),
            .created_ms = sqlite3_column_int64(stmt, 6),
            .pieces = sqlite3_column_int64(stmt, 7),
        };

        fn(arg, &document);
    }
    if (!code)
        sc_db_reset(stmt);
    return code;
}

enum sc_code sc_memory_sql_documents(struct sc_db *db, const char *agent, const char *id,
        sc_document_row_fn *fn, void *arg, struct sc_error *err)
{
    struct sc_buf end = { 0 };
    sqlite3_stmt *stmt;
    enum sc_code code;

    sc_buf_addf(&end, "%s\x7f", id ? id : "");
    stmt = id ? sc_sql_ask(db, document_sql,
                        (const char *const[3]){ id, sc_buf_text(&end) }, err)
              : sc_sql_ask(db, documents_sql, (const char *const[3]){ agent }, err);
    code = stmt ? hand_out_documents(db, stmt, fn, arg, err) : SC_STORAGE;
    sc_buf_release(&end);
    return code;
}

/* --- what else holds it --- */

static enum sc_code hand_out_texts(struct sc_db *db, sqlite3_stmt *stmt, sc_text_fn *fn,
        void *arg, struct sc_error *err)
{
    bool row = true;
    enum sc_code code;

    while (!(code = sc_db_step(db, stmt, &row, err)) && row)
        fn(arg, sc_db_text(stmt, 0));
    if (!code)
        sc_db_reset(stmt);
    return code;
}

enum sc_code sc_memory_sql_uses(struct sc_db *db, const char *id, int64_t limit,
        sc_text_fn *fn, void *arg, struct sc_error *err)
{
    sqlite3_stmt *stmt = sc_sql_ask(db, uses_sql, (const char *const[3]){ id }, err);

    if (!stmt)
        return SC_STORAGE;
    sc_db_bind_number(stmt, 2, limit);
    return hand_out_texts(db, stmt, fn, arg, err);
}

enum sc_code sc_memory_sql_exports(
        struct sc_db *db, const char *id, sc_text_fn *fn, void *arg, struct sc_error *err)
{
    sqlite3_stmt *stmt = sc_sql_ask(db, exports_sql, (const char *const[3]){ id }, err);

    return stmt ? hand_out_texts(db, stmt, fn, arg, err) : SC_STORAGE;
}
