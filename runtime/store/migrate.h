/* store/migrate.h - bring the database to the form this program knows.
 *
 * Purpose:   apply migrations/NNNN_*.sql, each once; all that are missing in one
 *            transaction, so that nobody ever sees a form between two programs'.
 * Contract:  user_version is the number of the last one. A database from a newer program,
 *            one of another program, and one whose migrations had other texts are
 *            refused and left alone.
 * Thread:    that of the connection.
 * Errors:    SC_STORAGE.
 */
#pragma once

#include "base/embed.h"
#include "store/db.h"

/* What this program was built with. */
extern const struct sc_embedded sc_migrations[];

/* db is open for writing. migrations as sc_embed makes them; numbers count from 1. */
enum sc_code sc_migrate(
        struct sc_db *db, const struct sc_embedded *migrations, struct sc_error *err);

/* db may be read only: is it in exactly this form? SC_NOT_FOUND: a program ended before
 * it had made the first table. */
enum sc_code sc_migrate_check(
        struct sc_db *db, const struct sc_embedded *migrations, struct sc_error *err);
