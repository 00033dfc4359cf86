#include "store/db.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "store/rank.h"
#include "store/terms.h"
#include "store/words.h"

enum { STATEMENTS_MAX = 96 };

struct cached {
    const char *sql;
    sqlite3_stmt *stmt;
};

struct sc_db {
    sqlite3 *handle;
    char *path;
    struct cached cached[STATEMENTS_MAX];
    int count;
};

/* --- errors --- */

struct meaning {
    int result; /* extended result code of SQLite, or the primary one for all of its kind
                 */
    enum sc_code code;
    bool retryable;
    const char *mend;
};

static const struct meaning meanings[] = {
    { SQLITE_FULL, SC_STORAGE, false, "the disk is full; free some space and try again" },
    { SQLITE_READONLY, SC_STORAGE, false,
            "it cannot be written; make the file and its folder writable for this user" },
    { SQLITE_CANTOPEN, SC_STORAGE, false,
            "it cannot be opened; see that the folder exists and this user may write "
            "it" },
    { SQLITE_PERM, SC_STORAGE, false, "access is denied; give this user the rights" },
    { SQLITE_IOERR, SC_STORAGE, false,
            "reading or writing failed; see that the disk is there, sound and not full" },
    { SQLITE_CORRUPT, SC_STORAGE, false,
            "the file is damaged; keep a copy of the folder and restore a backup" },
    { SQLITE_NOTADB, SC_STORAGE, false,
            "this is not a database; move it away or choose another data folder" },
    { SQLITE_BUSY, SC_STORAGE, true,
            "another program holds it locked; close that program and try again" },
    { SQLITE_LOCKED, SC_STORAGE, true, "it is locked; try again" },
    { SQLITE_CONSTRAINT_NOTNULL, SC_INVALID, false,
            "a text that must be there is missing" },
    { SQLITE_CONSTRAINT, SC_CONFLICT, false, "this is there already" },
    { SQLITE_TOOBIG, SC_INVALID, false, "a text is too long to be kept" },
    { SQLITE_NOMEM, SC_NO_MEMORY, false, "not enough memory; close other programs" },
};

static const struct meaning *meaning_of(int result)
{
    static const struct meaning unknown = { 0, SC_STORAGE, false, "it does not work" };

    for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
        if (meanings[i].result == result || meanings[i].result == (result & 0xff))
            return &meanings[i];
    return &unknown;
}

static enum sc_code fail_with(
        const char *path, int result, const char *said, struct sc_error *err)
{
    const struct meaning *meaning = meaning_of(result);

    sc_fail(err, meaning->code, "'%s': %s (%s)", path, meaning->mend, said);
    if (err) {
        err->detail = result;
        err->retryable = meaning->retryable;
    }
    return meaning->code;
}

enum sc_code sc_db_fail(struct sc_db *db, struct sc_error *err)
{
    return fail_with(db->path, sqlite3_extended_errcode(db->handle),
            sqlite3_errmsg(db->handle), err);
}

enum sc_code sc_db_damaged(
        struct sc_db *db, const char *table, const char *id, struct sc_error *err)
{
    return sc_fail(err, SC_STORAGE,
            "'%s': the row of %s in %s was changed by something else; restore a backup",
            db->path, id ? id : "?", table);
}

/* --- opening --- */

/* auto_vacuum: only a file that is new takes it, and only before all else. What is
 * deleted is overwritten, so that what was forgotten is gone. */
static const char write_setup[] =
        "PRAGMA auto_vacuum = INCREMENTAL;"
        "PRAGMA busy_timeout = 2000; PRAGMA mmap_size = 0; PRAGMA cache_size = -8192;"
        "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;"
        "PRAGMA secure_delete = ON;"
        "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON";
static const char read_setup[] =
        "PRAGMA busy_timeout = 2000; PRAGMA mmap_size = 0; PRAGMA cache_size = -4096;"
        "PRAGMA query_only = ON; PRAGMA wal_autocheckpoint = 0;"
        "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON";

static const char touch_sql[] = "SELECT COUNT(*) FROM sqlite_schema";

static void release_handle(struct sc_db *db)
{
    int result;

    while (db->count > 0)
        sqlite3_finalize(db->cached[--db->count].stmt);
    result = sqlite3_close(db->handle);
    SC_ASSERT(result == SQLITE_OK); /* else a statement is still in use */
    db->handle = NULL;
}

static enum sc_code use_wal(struct sc_db *db, struct sc_error *err)
{
    sqlite3_stmt *stmt = sc_db_statement(db, "PRAGMA journal_mode = WAL", err);
    bool row = false;
    enum sc_code code = stmt ? sc_db_step(db, stmt, &row, err) : SC_STORAGE;

    if (code)
        return code;
    if (!row || strcmp(sc_db_text(stmt, 0), "wal") != 0) {
        sc_db_reset(stmt);
        return sc_fail(err, SC_STORAGE,
                "'%s': this file system allows no write-ahead log; choose a data folder "
                "on a local disk",
                db->path);
    }
    sc_db_reset(stmt);
    return SC_OK;
}

static enum sc_code set_up(struct sc_db *db, enum sc_db_mode mode, struct sc_error *err)
{
    int result = sc_words_register(db->handle);

    if (result == SQLITE_OK)
        result = sc_terms_register(db->handle);
    if (result == SQLITE_OK)
        result = sc_rank_register(db->handle);
    if (result != SQLITE_OK)
        return sc_db_fail(db, err);
    if (mode == SC_DB_WRITE) {
        if (sc_db_exec(db, write_setup, err))
            return SC_STORAGE;
        return use_wal(db, err);
    }
    result = sqlite3_db_config(
            db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)NULL);
    if (result != SQLITE_OK)
        return sc_db_fail(db, err);
    return sc_db_exec(db, read_setup, err);
}

/* SQLite makes files that others may read; its log takes the mode of this one. When it
 * cannot be made, opening says why. */
static void make_private(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (fd >= 0)
        close(fd);
}

static enum sc_code open_file(
        struct sc_db *db, const char *name, enum sc_db_mode mode, struct sc_error *err)
{
    static const int flags[] = {
        [SC_DB_WRITE] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
        [SC_DB_READ] = SQLITE_OPEN_READWRITE,
        [SC_DB_READ_ONLY] = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI,
    };
    int result;

    if (mode == SC_DB_WRITE)
        make_private(name);
    result = sqlite3_open_v2(name, &db->handle,
            flags[mode] | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);

    if (result != SQLITE_OK)
        return fail_with(db->path, result, sqlite3_errstr(result), err);
    return set_up(db, mode, err);
}

/* --- looking --- */

/* "file:" and the path, in which some bytes stand as %XX, and a query. */
static char *uri_of(const char *path, const char *query)
{
    struct sc_buf uri = { 0 };

    sc_buf_adds(&uri, "file:");
    for (const char *at = path; *at; at++) {
        if (strchr("%?#", *at))
            sc_buf_addf(&uri, "%%%02X", (unsigned)(unsigned char)*at);
        else
            sc_buf_addc(&uri, *at);
    }
    sc_buf_adds(&uri, query);
    return sc_buf_detach(&uri);
}

static bool has_log(const char *path)
{
    char *name = sc_strdupf("%s-wal", path);
    struct stat st;
    bool has = stat(name, &st) == 0 && st.st_size > 0;

    free(name);
    return has;
}

static enum sc_code open_uri(
        struct sc_db *db, const char *path, const char *query, struct sc_error *err)
{
    char *uri = uri_of(path, query);
    int64_t tables;
    enum sc_code code = open_file(db, uri, SC_DB_READ_ONLY, err);

    free(uri);
    return code ? code : sc_db_number(db, touch_sql, &tables, err);
}

/* In a folder that cannot be written SQLite cannot make the files with which connections
 * see each other. When there is no log nobody writes, and the file can be read without.
 */
static enum sc_code open_to_look(struct sc_db *db, const char *path, struct sc_error *err)
{
    enum sc_code code = open_uri(db, path, "", err);

    if (!code || has_log(path))
        return code;
    release_handle(db);
    return open_uri(db, path, "?immutable=1", err);
}

struct sc_db *sc_db_open(const char *path, enum sc_db_mode mode, struct sc_error *err)
{
    struct sc_db *db = sc_new(struct sc_db);
    enum sc_code code;

    db->path = sc_strdup(path);
    code = mode == SC_DB_READ_ONLY ? open_to_look(db, path, err)
                                   : open_file(db, path, mode, err);
    if (code) {
        sc_db_close(db);
        return NULL;
    }
    return db;
}

void sc_db_close(struct sc_db *db)
{
    if (!db)
        return;
    release_handle(db);
    free(db->path);
    free(db);
}

sqlite3 *sc_db_handle(struct sc_db *db)
{
    return db->handle;
}

/* --- statements --- */

sqlite3_stmt *sc_db_statement(struct sc_db *db, const char *sql, struct sc_error *err)
{
    struct cached *cached;

    for (int i = 0; i < db->count; i++)
        if (db->cached[i].sql == sql)
            return db->cached[i].stmt;
    SC_ASSERT(db->count < STATEMENTS_MAX);
    cached = &db->cached[db->count];
    if (sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &cached->stmt,
                NULL) != SQLITE_OK) {
        sc_db_fail(db, err);
        return NULL;
    }
    cached->sql = sql;
    db->count++;
    return cached->stmt;
}

sqlite3_stmt *sc_db_prepare(struct sc_db *db, const char *sql, struct sc_error *err)
{
    sqlite3_stmt *stmt;

    if (sqlite3_prepare_v2(db->handle, sql, -1, &stmt, NULL) == SQLITE_OK)
        return stmt;
    sc_db_fail(db, err);
    return NULL;
}

void sc_db_drop(sqlite3_stmt *stmt)
{
    (void)sqlite3_finalize(stmt); /* says what the last step said */
}

void sc_db_reset(sqlite3_stmt *stmt)
{
    /* What it says is what the last step said. */
    (void)sqlite3_reset(stmt);
    (void)sqlite3_clear_bindings(stmt);
}

enum sc_code sc_db_step(
        struct sc_db *db, sqlite3_stmt *stmt, bool *ret_row, struct sc_error *err)
{
    int result = sqlite3_step(stmt);
    enum sc_code code;

    if (result == SQLITE_ROW || result == SQLITE_DONE) {
        *ret_row = result == SQLITE_ROW;
        return SC_OK;
    }
    code = sc_db_fail(db, err);
    sc_db_reset(stmt);
    return code;
}

enum sc_code sc_db_run(
        struct sc_db *db, sqlite3_stmt *stmt, int *ret_changed, struct sc_error *err)
{
    bool row = false;
    enum sc_code code = sc_db_step(db, stmt, &row, err);

    if (code)
        return code;
    SC_ASSERT(!row);
    if (ret_changed)
        *ret_changed = sqlite3_changes(db->handle);
    sc_db_reset(stmt);
    return SC_OK;
}

enum sc_code sc_db_exec(struct sc_db *db, const char *sql, struct sc_error *err)
{
    if (sqlite3_exec(db->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
        return sc_db_fail(db, err);
    return SC_OK;
}

enum sc_code sc_db_number(
        struct sc_db *db, const char *sql, int64_t *ret_number, struct sc_error *err)
{
    sqlite3_stmt *stmt = sc_db_statement(db, sql, err);
    bool row = false;
    enum sc_code code;

    if (!stmt)
        return SC_STORAGE;
    code = sc_db_step(db, stmt, &row, err);
    if (code)
        return code;
    *ret_number = row ? sqlite3_column_int64(stmt, 0) : 0;
    sc_db_reset(stmt);
    return SC_OK;
}

/* Binding to a parameter that is there fails only for texts of more than 1e9 bytes, which
 * change.c refuses. */
void sc_db_bind_text(sqlite3_stmt *stmt, int at, const char *text, size_t len)
{
    int result =
            text ? sqlite3_bind_text64(stmt, at, text, len, SQLITE_STATIC, SQLITE_UTF8)
                 : sqlite3_bind_null(stmt, at);

    SC_ASSERT(result == SQLITE_OK);
}

void sc_db_bind_number(sqlite3_stmt *stmt, int at, int64_t number)
{
    int result = sqlite3_bind_int64(stmt, at, number);

    SC_ASSERT(result == SQLITE_OK);
}

const char *sc_db_text(sqlite3_stmt *stmt, int column)
{
    return (const char *)sqlite3_column_text(stmt, column);
}
