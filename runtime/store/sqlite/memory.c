/* Writing what agents know. */
#include "store/sqlite/memory.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const char insert_fact_sql[] =
        "INSERT INTO memory_items (id, agent, subject, subject_key, text, text_key,"
        " source, label, valid_from_ms, valid_to_ms, created_ms, supersedes, kind,"
        " position)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 'fact', 0)";
static const char index_sql[] =
        "INSERT INTO memory_terms (rowid, terms)"
        " SELECT n, sc_terms(subject || char(10) || text) FROM memory_items WHERE n = ?1";

/* The same statement; on the same subject, unless none is named. The plus keeps SQLite
 * from looking through all facts of the agent or subject. */
#define SAME                           \
    " text_key = ?1 AND kind = 'fact'" \
    " AND (+subject_key = ?3 OR +subject_key = '' OR ?3 = '')"

/* One that is not corrected, within the same time. */
static const char known_sql[] = "SELECT id, label FROM memory_items WHERE" SAME
                                " AND +agent = ?2 AND superseded_by IS NULL"
                                " AND (valid_to_ms = 0 OR valid_to_ms > ?4)"
                                " AND (?5 = 0 OR valid_from_ms < ?5) LIMIT 1";

/* What stands in the place of one that was corrected: the end of the chain. */
static const char corrected_sql[] =
        "WITH RECURSIVE chain (id, by_id) AS ("
        " SELECT id, superseded_by FROM memory_items WHERE" SAME
        "  AND +agent IN ('', ?2) AND superseded_by IS NOT NULL"
        " UNION SELECT i.id, i.superseded_by FROM chain"
        "  JOIN memory_items i ON i.id = chain.by_id)"
        "SELECT e.id FROM chain JOIN memory_items e ON e.id = chain.id"
        " WHERE chain.by_id IS NULL AND e.text_key <> ?1 LIMIT 1";

static const char old_sql[] =
        "SELECT n, superseded_by FROM memory_items WHERE id = ?1 AND kind = 'fact'";
static const char supersede_sql[] =
        "UPDATE memory_items SET superseded_by = ?2, valid_to_ms ="
        " CASE WHEN valid_to_ms = 0 OR valid_to_ms > ?3 THEN ?3 ELSE valid_to_ms END"
        " WHERE n = ?1";
static const char unindex_sql[] = "DELETE FROM memory_terms WHERE rowid = ?1";
static const char unvector_sql[] = "DELETE FROM memory_vectors WHERE item = ?1";

static const char document_sql[] =
        "INSERT INTO memory_documents (id, agent, name, source, label, hash, created_ms)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
static const char piece_sql[] =
        "INSERT INTO memory_items (id, kind, agent, subject, subject_key, text, text_key,"
        " source, label, valid_from_ms, valid_to_ms, document, position, created_ms)"
        " SELECT ?2, 'piece', agent, name, '', ?4, '', source, label, created_ms, 0, id,"
        " ?3, created_ms FROM memory_documents WHERE id = ?1";
static const char use_sql[] = "INSERT OR IGNORE INTO memory_uses (item, task_id)"
                              " SELECT n, ?2 FROM memory_items WHERE id = ?1";
static const char exported_sql[] =
        "INSERT INTO memory_exports (agent, at_ms) VALUES (?1, ?2)";

static enum sc_code run_number(
        struct sc_db *db, const char *sql, int64_t number, struct sc_error *err)
{
    sqlite3_stmt *stmt = sc_db_statement(db, sql, err);

    if (!stmt)
        return SC_STORAGE;
    sc_db_bind_number(stmt, 1, number);
    return sc_db_run(db, stmt, NULL, err);
}

/* Inserts, and makes it findable. */
static enum sc_code insert(struct sc_db *db, const char *sql, const struct sc_part *part,
        struct sc_error *err)
{
    int changed = 0;
    enum sc_code code = sc_sql_run_part(db, sql, part, &changed, err);

    if (code || changed == 0)
        return code;
    return run_number(db, index_sql, sqlite3_last_insert_rowid(sc_db_handle(db)), err);
}

/* --- correcting --- */

/* The old one is in no index any more. */
static enum sc_code unindex(struct sc_db *db, int64_t n, struct sc_error *err)
{
    enum sc_code code = run_number(db, unindex_sql, n, err);

    return code ? code : run_number(db, unvector_sql, n, err);
}

static enum sc_code supersede(
        struct sc_db *db, int64_t n, const struct sc_part *part, struct sc_error *err)
{
    const struct sc_value *value = part->value;
    sqlite3_stmt *stmt = sc_db_statement(db, supersede_sql, err);
    enum sc_code code;

    if (!stmt)
        return SC_STORAGE;
    sc_db_bind_number(stmt, 1, n);
    sc_db_bind_text(stmt, 2, value[SC_FACT_ID].text, value[SC_FACT_ID].len);
    sc_db_bind_number(stmt, 3, value[SC_FACT_CREATED].number);
    code = sc_db_run(db, stmt, NULL, err);
    return code ? code : unindex(db, n, err);
}

enum sc_code sc_fact_correct_apply(struct sc_db *db, struct sc_change *change,
        const struct sc_part *part, struct sc_error *err)
{
    const char *old = part->value[SC_FACT_SUPERSEDES].text;
    sqlite3_stmt *stmt = sc_sql_ask(db, old_sql, (const char *const[3]){ old }, err);
    bool row;
    int64_t n;
    enum sc_code code = stmt ? sc_db_step(db, stmt, &row, err) : SC_STORAGE;

    (void)change;
    if (code)
        return code;
    n = row ? sqlite3_column_int64(stmt, 0) : 0;
    if (!row)
        code = sc_fail(err, SC_NOT_FOUND, "there is no fact %s", old);
    else if (sc_db_text(stmt, 1))
        code = sc_fail(err, SC_CONFLICT,
                "fact %s was corrected before: correct %s, which stands in its place",
                old, sc_db_text(stmt, 1));
    sc_db_reset(stmt);
    if (!code)
        code = supersede(db, n, part, err);
    return code ? code : insert(db, insert_fact_sql, part, err);
}

/* --- adding --- */

/* sql with what makes facts the same bound to it. */
static sqlite3_stmt *ask_same(struct sc_db *db, const char *sql,
        const struct sc_part *part, struct sc_error *err)
{
    const struct sc_value *value = part->value;
    const char *const texts[3] = { value[SC_FACT_TEXT_KEY].text,
        value[SC_FACT_AGENT].text, value[SC_FACT_SUBJECT_KEY].text };

    return sc_sql_ask(db, sql, texts, err);
}

/* id: of the heap, or NULL. */
static enum sc_code ask_known(struct sc_db *db, const struct sc_part *part, char **ret_id,
        bool *ret_trusted, struct sc_error *err)
{
    sqlite3_stmt *stmt = ask_same(db, known_sql, part, err);
    bool row;

    *ret_id = NULL;
    if (!stmt)
        return SC_STORAGE;
    sc_db_bind_number(stmt, 4, part->value[SC_FACT_FROM].number);
    sc_db_bind_number(stmt, 5, part->value[SC_FACT_TO].number);
    if (sc_db_step(db, stmt, &row, err))
        return err->code;
    if (row) {
        *ret_id = sc_strdup(sc_db_text(stmt, 0));
        *ret_trusted = strcmp(sc_db_text(stmt, 1), "trusted") == 0;
    }
    sc_db_reset(stmt);
    return SC_OK;
}

static enum sc_code ask_corrected(
        struct sc_db *db, const struct sc_part *part, char **ret_id, struct sc_error *err)
{
    sqlite3_stmt *stmt = ask_same(db, corrected_sql, part, err);
    bool row;
    enum sc_code code = stmt ? sc_db_step(db, stmt, &row, err) : SC_STORAGE;

    *ret_id = NULL;
    if (code)
        return code;
    if (row)
        *ret_id = sc_strdup(sc_db_text(stmt, 0));
    sc_db_reset(stmt);
    return SC_OK;
}

static void claim(struct sc_change *change, enum sc_claim_kind kind, const char *take_id)
{
    struct sc_claim *made = sc_change_add_claim(change);

    made->kind = kind;
    made->result = take_id;
}

/* What an untrusted source said is now said by a trusted one. */
static enum sc_code endorse(struct sc_db *db, const struct sc_part *part, const char *id,
        struct sc_error *err)
{
    struct sc_part correction = *part;

    correction.value[SC_FACT_SUPERSEDES] =
            (struct sc_value){ .kind = SC_VALUE_TEXT, .text = id, .len = strlen(id) };
    return sc_fact_correct_apply(db, NULL, &correction, err);
}

static enum sc_code add_known(struct sc_db *db, struct sc_change *change,
        const struct sc_part *part, char *take_id, bool trusted, struct sc_error *err)
{
    enum sc_code code;

    if (trusted || strcmp(part->value[SC_FACT_LABEL].text, "trusted") != 0) {
        claim(change, SC_CLAIM_EARLIER, take_id);
        return SC_OK;
    }
    code = endorse(db, part, take_id, err);
    free(take_id);
    claim(change, SC_CLAIM_OK, NULL);
    return code;
}

enum sc_code sc_fact_add_apply(struct sc_db *db, struct sc_change *change,
        const struct sc_part *part, struct sc_error *err)
{
    char *id;
    bool trusted;

    if (ask_known(db, part, &id, &trusted, err))
        return err->code;
    if (id)
        return add_known(db, change, part, id, trusted, err);
    if (ask_corrected(db, part, &id, err))
        return err->code;
    claim(change, id ? SC_CLAIM_CORRECTED : SC_CLAIM_OK, id);
    return id ? SC_OK : insert(db, insert_fact_sql, part, err);
}

/* --- documents --- */

enum sc_code sc_document_apply(struct sc_db *db, struct sc_change *change,
        const struct sc_part *part, struct sc_error *err)
{
    enum sc_code code = sc_sql_run_part(db, document_sql, part, NULL, err);

    (void)change;
    if (code == SC_CONFLICT)
        return sc_fail(err, SC_CONFLICT, "the document '%s' is known already",
                part->value[2].text);
    return code;
}

enum sc_code sc_piece_apply(struct sc_db *db, struct sc_change *change,
        const struct sc_part *part, struct sc_error *err)
{
    (void)change;
    return insert(db, piece_sql, part, err);
}

/* --- who was told --- */

enum sc_code sc_memory_use_apply(struct sc_db *db, struct sc_change *change,
        const struct sc_part *part, struct sc_error *err)
{
    (void)change;
    return sc_sql_run_part(db, use_sql, part, NULL, err);
}

enum sc_code sc_memory_exported_apply(struct sc_db *db, struct sc_change *change,
        const struct sc_part *part, struct sc_error *err)
{
    (void)change;
    return sc_sql_run_part(db, exported_sql, part, NULL, err);
}

/* --- erasing --- */

/* A fact with all that it corrected, or the pieces of a document. */
static const char doomed_sql[] =
        "CREATE TEMP TABLE IF NOT EXISTS doomed (n INTEGER PRIMARY KEY)";
static const char choose_sql[] =
        "WITH RECURSIVE chain (n, supersedes) AS ("
        " SELECT n, supersedes FROM memory_items WHERE kind = 'fact' AND id = ?1"
        " UNION SELECT i.n, i.supersedes FROM chain"
        "  JOIN memory_items i ON i.id = chain.supersedes)"
        "INSERT INTO doomed SELECT n FROM chain"
        " UNION SELECT n FROM memory_items WHERE document = ?1";

static const char document_forget_sql[] = "DELETE FROM memory_documents WHERE id = ?1";

static const char unlink_sql[] =
        "UPDATE memory_items SET supersedes = NULL WHERE supersedes IN"
        " (SELECT id FROM memory_items WHERE n IN doomed)";
static const char *const forget_sql[] = {
    unlink_sql,
    "DELETE FROM memory_terms WHERE rowid IN doomed",
    "DELETE FROM memory_vectors WHERE item IN doomed",
    "DELETE FROM memory_uses WHERE item IN doomed",
    "DELETE FROM memory_items WHERE n IN doomed",
    "DELETE FROM doomed",
    /* What was deleted from an index of words stays in it until it is merged. */
    "INSERT INTO memory_terms (memory_terms) VALUES ('optimize')",
};

static enum sc_code run_id(struct sc_db *db, const char *sql, const char *id,
        int *ret_changed, struct sc_error *err)
{
    sqlite3_stmt *stmt = sc_sql_ask(db, sql, (const char *const[3]){ id }, err);

    return stmt ? sc_db_run(db, stmt, ret_changed, err) : SC_STORAGE;
}

enum sc_code sc_memory_forget_apply(
        struct sc_db *db, const char *id, struct sc_error *err)
{
    int items = 0, documents = 0;

    if (sc_db_exec(db, doomed_sql, err) || run_id(db, choose_sql, id, &items, err) ||
            run_id(db, document_forget_sql, id, &documents, err))
        return err->code;
    if (items + documents == 0)
        return sc_fail(err, SC_NOT_FOUND, "there is no fact or document %s", id);
    for (size_t i = 0; i < sizeof(forget_sql) / sizeof(*forget_sql); i++) {
        sqlite3_stmt *stmt = sc_db_statement(db, forget_sql[i], err);

        if (!stmt || sc_db_run(db, stmt, NULL, err))
            return err->code;
    }
    return SC_OK;
}

enum sc_code sc_memory_scrub(struct sc_db *db, struct sc_error *err)
{
    int result = sqlite3_wal_checkpoint_v2(
            sc_db_handle(db), "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);

    if (result == SQLITE_OK)
        return SC_OK;
    if ((result & 0xff) != SQLITE_BUSY)
        return sc_db_fail(db, err);
    return sc_fail(err, SC_BUSY,
            "it is forgotten, but another program reads the data folder, and its log "
            "holds the words until that program has ended");
}
