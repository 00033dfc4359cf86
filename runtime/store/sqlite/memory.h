/* store/sqlite/memory.h - the SQL of store/memory.h and store/vectors.h.
 *
 * Purpose:   what store/memory.c calls.
 * Contract:  and errors as store/sqlite/sql.h.
 * Thread:    writer for forget, that of the connection for reads.
 */
#pragma once

#include "store/memory.h"
#include "store/sqlite/sql.h"
#include "store/vectors.h"

struct sc_memory_reader {
    sc_memory_row_fn *fn;
    void *arg;
};

/* "SELECT … FROM memory_items ": the columns that hand_out reads. */
#define SC_MEMORY_COLUMNS                                                             \
    "SELECT n, id, kind, agent, subject, subject_key, text, text_key, source, label," \
    " valid_from_ms, valid_to_ms, supersedes, superseded_by, document, position,"     \
    " created_ms FROM memory_items "

/* The filters of a query, in parameters 2 to 6. */
#define SC_MEMORY_FITS                            \
    " AND superseded_by IS NULL"                  \
    " AND (?2 IS NULL OR agent IN ('', ?2))"      \
    " AND (?3 = 0 OR (valid_from_ms <= ?3 AND"    \
    "  (valid_to_ms = 0 OR ?3 < valid_to_ms)))"   \
    " AND (?4 = 0 OR label = 'trusted')"          \
    " AND (?5 = 0 OR memory_items.kind = 'fact')" \
    " AND (?6 IS NULL OR subject_key = ?6)"
void sc_memory_bind_filters(sqlite3_stmt *stmt, const struct sc_memory_query *query);

void sc_memory_hand_out(
        sqlite3_stmt *stmt, double score, const struct sc_memory_reader *reader);

enum sc_code sc_memory_sql_search(struct sc_db *db, const struct sc_memory_query *query,
        const struct sc_memory_reader *reader, struct sc_error *err);
enum sc_code sc_memory_sql_list(struct sc_db *db, const struct sc_memory_query *query,
        int64_t after, const struct sc_memory_reader *reader, struct sc_error *err);
enum sc_code sc_memory_sql_get(struct sc_db *db, const char *id,
        const struct sc_memory_reader *reader, struct sc_error *err);
/* reader NULL: only whether it fits. */
enum sc_code sc_memory_sql_row(struct sc_db *db, const struct sc_memory_query *query,
        const struct sc_memory_hit *hit, const struct sc_memory_reader *reader,
        bool *ret_fits, struct sc_error *err);
enum sc_code sc_memory_sql_documents(struct sc_db *db, const char *agent, const char *id,
        sc_document_row_fn *fn, void *arg, struct sc_error *err);
enum sc_code sc_memory_sql_uses(struct sc_db *db, const char *id, int64_t limit,
        sc_text_fn *fn, void *arg, struct sc_error *err);
enum sc_code sc_memory_sql_exports(struct sc_db *db, const char *id, sc_text_fn *fn,
        void *arg, struct sc_error *err);

struct sc_vector_reader {
    sc_vector_row_fn *fn;
    void *arg;
};
enum sc_code sc_vectors_sql_scan(struct sc_db *db, const char *model,
        const struct sc_memory_query *query, const struct sc_vector_reader *reader,
        struct sc_error *err);
enum sc_code sc_vectors_sql_missing(struct sc_db *db,
        const struct sc_vectors_missing *missing, const struct sc_memory_reader *reader,
        struct sc_error *err);

/* In a transaction; then, outside of it, what is left in the log goes. */
enum sc_code sc_memory_forget_apply(
        struct sc_db *db, const char *id, struct sc_error *err);
enum sc_code sc_memory_scrub(struct sc_db *db, struct sc_error *err);
