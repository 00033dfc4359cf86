#include "store/migrate.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* "Supc": says whose file this is. */
enum { APPLICATION_ID = 0x53757063 };

static const char version_sql[] = "PRAGMA user_version";
static const char application_sql[] = "PRAGMA application_id";
static const char tables_sql[] = "SELECT COUNT(*) FROM sqlite_schema";
static const char table_sql[] =
        "CREATE TABLE IF NOT EXISTS migrations (n INTEGER PRIMARY KEY,"
        " name TEXT NOT NULL, hash TEXT NOT NULL)";
static const char note_sql[] =
        "INSERT INTO migrations (n, name, hash) VALUES (?1, ?2, ?3)";
static const char noted_sql[] = "SELECT hash FROM migrations WHERE n = ?1";

enum { HASH_TEXT = 17 };

/* FNV-1a: against mistakes, not against malice. */
static void hash_of(const struct sc_embedded *file, char ret_hash[HASH_TEXT])
{
    uint64_t hash = 14695981039346656037u;

    for (size_t i = 0; i < file->len; i++)
        hash = (hash ^ file->data[i]) * 1099511628211u;
    snprintf(ret_hash, HASH_TEXT, "%016" PRIx64, hash);
}

static int64_t count_of(const struct sc_embedded *migrations)
{
    int64_t count = 0;

    while (migrations[count].name)
        count++;
    return count;
}

/* --- is it ours, and how old? --- */

static enum sc_code check_owner(struct sc_db *db, struct sc_error *err)
{
    int64_t application, tables;

    if (sc_db_number(db, application_sql, &application, err) ||
            sc_db_number(db, tables_sql, &tables, err))
        return SC_STORAGE;
    if (application == APPLICATION_ID || (application == 0 && tables == 0))
        return SC_OK;
    return sc_fail(err, SC_STORAGE,
            "'%s' belongs to another program; choose another data folder with --data",
            sqlite3_db_filename(sc_db_handle(db), "main"));
}

static enum sc_code check_noted(struct sc_db *db, int64_t n,
        const struct sc_embedded *migration, struct sc_error *err)
{
    sqlite3_stmt *stmt = sc_db_statement(db, noted_sql, err);
    char hash[HASH_TEXT];
    bool row, same;
    enum sc_code code;

    if (!stmt)
        return SC_STORAGE;
    hash_of(migration, hash);
    sc_db_bind_number(stmt, 1, n);
    code = sc_db_step(db, stmt, &row, err);
    if (code)
        return code;
    same = row && strcmp(sc_db_text(stmt, 0), hash) == 0;
    sc_db_reset(stmt);
    if (!same)
        return sc_fail(err, SC_STORAGE,
                "the data was made by a program whose migration %s differs; use that "
                "program or restore a backup",
                migration->name);
    return SC_OK;
}

static enum sc_code check_version(struct sc_db *db, const struct sc_embedded *migrations,
        int64_t *ret_version, struct sc_error *err)
{
    int64_t known = count_of(migrations);

    if (check_owner(db, err) || sc_db_number(db, version_sql, ret_version, err))
        return SC_STORAGE;
    if (*ret_version > known)
        return sc_fail(err, SC_STORAGE,
                "the data is of a newer program (form %lld, this one knows %lld); use "
                "the newer program",
                (long long)*ret_version, (long long)known);
    for (int64_t n = 1; n <= *ret_version; n++)
        if (check_noted(db, n, &migrations[n - 1], err))
            return SC_STORAGE;
    return SC_OK;
}

enum sc_code sc_migrate_check(
        struct sc_db *db, const struct sc_embedded *migrations, struct sc_error *err)
{
    int64_t version;

    if (check_version(db, migrations, &version, err))
        return SC_STORAGE;
    if (version == 0)
        return sc_fail(err, SC_NOT_FOUND, "nothing is kept yet");
    if (version < count_of(migrations))
        return sc_fail(err, SC_STORAGE,
                "the data is of an older program; run a command that writes, such as "
                "'supercargo run', once");
    return SC_OK;
}

/* --- applying --- */

static enum sc_code note(struct sc_db *db, int64_t n, const struct sc_embedded *migration,
        struct sc_error *err)
{
    sqlite3_stmt *stmt = sc_db_statement(db, note_sql, err);
    char hash[HASH_TEXT];

    if (!stmt)
        return SC_STORAGE;
    hash_of(migration, hash);
    sc_db_bind_number(stmt, 1, n);
    sc_db_bind_text(stmt, 2, migration->name, strlen(migration->name));
    sc_db_bind_text(stmt, 3, hash, strlen(hash));
    return sc_db_run(db, stmt, NULL, err);
}

static enum sc_code apply(struct sc_db *db, int64_t n,
        const struct sc_embedded *migration, struct sc_error *err)
{
    enum sc_code code = sc_db_exec(db, (const char *)migration->data, err);

    if (!code)
        code = note(db, n, migration, err);
    if (code)
        sc_wrap(err, "migration %s", migration->name);
    return code;
}

static enum sc_code apply_from(struct sc_db *db, int64_t version,
        const struct sc_embedded *migrations, struct sc_error *err)
{
    enum sc_code code = sc_db_exec(db, table_sql, err);
    char *pragmas;

    for (; !code && migrations[version].name; version++)
        code = apply(db, version + 1, &migrations[version], err);
    if (code)
        return code;
    pragmas = sc_strdupf("PRAGMA user_version = %lld; PRAGMA application_id = %d; COMMIT",
            (long long)version, APPLICATION_ID);
    code = sc_db_exec(db, pragmas, err);
    free(pragmas);
    return code;
}

enum sc_code sc_migrate(
        struct sc_db *db, const struct sc_embedded *migrations, struct sc_error *err)
{
    int64_t version;
    enum sc_code code;

    if (check_version(db, migrations, &version, err))
        return SC_STORAGE;
    if (!migrations[version].name)
        return SC_OK;
    code = sc_db_exec(db, "BEGIN IMMEDIATE", err);
    if (code)
        return code;
    code = apply_from(db, version, migrations, err);
    if (code && !sqlite3_get_autocommit(sc_db_handle(db)))
        (void)sc_db_exec(db, "ROLLBACK", NULL); /* closing would do it too */
    return code;
}
