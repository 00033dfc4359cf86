/* store/db.h - one SQLite connection with its statements and its errors.
 *
 * Purpose:   every result of SQLite is looked at, in one place, and becomes a sentence
 *            that names the file and what to do.
 * Contract:  one thread at a time. No connection maps the file into memory or
 *            checkpoints by itself: SQLite 3.40 can corrupt a log that two
 *            connections check-point at once, so the writer alone does it.
 * Ownership: the opener closes; statements belong to the connection.
 * Thread:    that of the owner.
 * Errors:    SC_STORAGE; SC_CONFLICT (a unique index); SC_INVALID (text too long).
 */
#pragma once

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct sc_db;

enum sc_db_mode {
    SC_DB_WRITE,    /* makes the file; the only one that writes and checkpoints */
    SC_DB_READ,     /* beside the writer, in its process */
    SC_DB_READ_ONLY /* in another process, also of a folder that cannot be written */
};

struct sc_db *sc_db_open(const char *path, enum sc_db_mode mode, struct sc_error *err);
void sc_db_close(struct sc_db *db);
sqlite3 *sc_db_handle(struct sc_db *db);

/* The statement of that text, prepared once, ready to bind. sql must be static: it is
 * known by its address. NULL on failure. */
sqlite3_stmt *sc_db_statement(struct sc_db *db, const char *sql, struct sc_error *err);

/* The statement of a text made for one use: sc_db_drop ends it. NULL on failure. */
sqlite3_stmt *sc_db_prepare(struct sc_db *db, const char *sql, struct sc_error *err);
void sc_db_drop(sqlite3_stmt *stmt); /* NULL is fine */

/* Ends the use of a statement; NULL is fine. What was bound may go after this. */
void sc_db_reset(sqlite3_stmt *stmt);

/* One row, or none. On failure the statement is reset. */
enum sc_code sc_db_step(
        struct sc_db *db, sqlite3_stmt *stmt, bool *ret_row, struct sc_error *err);

/* Runs a statement that gives no rows, and resets it. ret_changed may be NULL. */
enum sc_code sc_db_run(
        struct sc_db *db, sqlite3_stmt *stmt, int *ret_changed, struct sc_error *err);

/* Several statements as text, not cached. */
enum sc_code sc_db_exec(struct sc_db *db, const char *sql, struct sc_error *err);

/* The number in the first column of the first row. */
enum sc_code sc_db_number(
        struct sc_db *db, const char *sql, int64_t *ret_number, struct sc_error *err);

/* What went wrong last on this connection, as an error. */
enum sc_code sc_db_fail(struct sc_db *db, struct sc_error *err);

/* A row that this program cannot have written. */
enum sc_code sc_db_damaged(
        struct sc_db *db, const char *table, const char *id, struct sc_error *err);

/* Parameters count from 1. text NULL binds SQL's NULL; it must live until sc_db_reset. */
void sc_db_bind_text(sqlite3_stmt *stmt, int at, const char *text, size_t len);
void sc_db_bind_number(sqlite3_stmt *stmt, int at, int64_t number);

/* Columns count from 0. */
const char *sc_db_text(sqlite3_stmt *stmt, int column); /* or NULL */
