#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fakes/temp_folder.h"
#include "store/migrate.h"

struct fixture {
    char folder[SC_TEMP_FOLDER];
    char path[64];
    struct sc_db *db;
    struct sc_error err;
};

#define MIGRATION(name, text)                                 \
    {                                                         \
        name, (const unsigned char *)(text), sizeof(text) - 1 \
    }

static const struct sc_embedded one[] = {
    MIGRATION("0001_a.sql", "CREATE TABLE a(x); INSERT INTO a VALUES (1);"),
    { NULL, NULL, 0 },
};
static const struct sc_embedded two[] = {
    MIGRATION("0001_a.sql", "CREATE TABLE a(x); INSERT INTO a VALUES (1);"),
    MIGRATION("0002_b.sql", "ALTER TABLE a ADD COLUMN y; UPDATE a SET y = x + 1;"),
    { NULL, NULL, 0 },
};
static const struct sc_embedded other_one[] = {
    MIGRATION("0001_a.sql", "CREATE TABLE a(x TEXT);"),
    { NULL, NULL, 0 },
};
static const struct sc_embedded broken_two[] = {
    MIGRATION("0001_a.sql", "CREATE TABLE a(x); INSERT INTO a VALUES (1);"),
    MIGRATION("0002_b.sql", "INSERT INTO a VALUES (2); INSERT INTO none VALUES (1);"),
    { NULL, NULL, 0 },
};

static void open_db(struct fixture *f)
{
    sc_db_close(f->db);
    f->db = sc_db_open(f->path, SC_DB_WRITE, &f->err);
    assert_non_null(f->db);
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    sc_temp_folder_make(f->folder);
    snprintf(f->path, sizeof(f->path), "%s/t.db", f->folder);
    open_db(f);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    sc_db_close(f->db);
    sc_temp_folder_remove(f->folder);
    free(f);
    return 0;
}

static int64_t number(struct fixture *f, const char *sql)
{
    int64_t result = -1;

    assert_int_equal(sc_db_number(f->db, sql, &result, &f->err), SC_OK);
    return result;
}

static void each_migration_is_applied_once(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(sc_migrate(f->db, one, &f->err), SC_OK);
    open_db(f);
    assert_int_equal(sc_migrate(f->db, one, &f->err), SC_OK);

    assert_int_equal(number(f, "SELECT COUNT(*) FROM a"), 1);
    assert_int_equal(sc_migrate_check(f->db, one, &f->err), SC_OK);
}

static void a_database_of_the_version_before_is_brought_up(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(sc_migrate(f->db, one, &f->err), SC_OK);
    assert_int_equal(sc_migrate_check(f->db, two, &f->err), SC_STORAGE);
    assert_non_null(strstr(f->err.msg, "older program"));
    assert_int_equal(sc_migrate(f->db, two, &f->err), SC_OK);

    assert_int_equal(number(f, "SELECT y FROM a"), 2);
    assert_int_equal(number(f, "SELECT COUNT(*) FROM migrations"), 2);
}

static void a_database_without_a_table_keeps_nothing_yet(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(sc_migrate_check(f->db, one, &f->err), SC_NOT_FOUND);
}

static void a_newer_database_is_refused_and_left_alone(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(sc_migrate(f->db, two, &f->err), SC_OK);
    assert_int_equal(sc_migrate(f->db, one, &f->err), SC_STORAGE);

    assert_string_equal(f->err.msg, "the data is of a newer program (form 2, this one "
                                    "knows 1); use the newer program");
    assert_int_equal(sc_migrate_check(f->db, one, &f->err), SC_STORAGE);
    assert_int_equal(number(f, "SELECT y FROM a"), 2);
}

static void a_migration_that_was_changed_is_refused(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(sc_migrate(f->db, one, &f->err), SC_OK);
    assert_int_equal(sc_migrate(f->db, other_one, &f->err), SC_STORAGE);

    assert_non_null(strstr(f->err.msg, "0001_a.sql differs"));
}

static void a_migration_that_fails_leaves_the_version_before(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(sc_migrate(f->db, one, &f->err), SC_OK);
    assert_int_equal(sc_migrate(f->db, broken_two, &f->err), SC_STORAGE);
    assert_non_null(strstr(f->err.msg, "migration 0002_b.sql: "));

    assert_int_equal(number(f, "SELECT COUNT(*) FROM a"), 1);
    assert_int_equal(number(f, "PRAGMA user_version"), 1);
    assert_int_equal(sc_migrate(f->db, two, &f->err), SC_OK);
}

/* A program that is killed meanwhile leaves what one that fails leaves. */
static void a_first_start_that_fails_leaves_nothing(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(sc_migrate(f->db, broken_two, &f->err), SC_STORAGE);
    assert_int_equal(sc_migrate_check(f->db, two, &f->err), SC_NOT_FOUND);
    assert_int_equal(number(f, "SELECT COUNT(*) FROM sqlite_schema"), 0);
    assert_int_equal(sc_migrate(f->db, two, &f->err), SC_OK);
}

static void a_database_of_another_program_is_refused(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(sc_db_exec(f->db, "CREATE TABLE theirs(x)", &f->err), SC_OK);
    assert_int_equal(sc_migrate(f->db, one, &f->err), SC_STORAGE);

    assert_non_null(strstr(f->err.msg, "belongs to another program"));
}

static void the_shipped_migrations_apply(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(sc_migrate(f->db, sc_migrations, &f->err), SC_OK);
    assert_int_equal(sc_migrate_check(f->db, sc_migrations, &f->err), SC_OK);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(each_migration_is_applied_once),
        T(a_database_of_the_version_before_is_brought_up),
        T(a_database_without_a_table_keeps_nothing_yet),
        T(a_newer_database_is_refused_and_left_alone),
        T(a_migration_that_was_changed_is_refused),
        T(a_migration_that_fails_leaves_the_version_before),
        T(a_first_start_that_fails_leaves_nothing),
        T(a_database_of_another_program_is_refused),
        T(the_shipped_migrations_apply),
    };
    return cmocka_run_group_tests_name("store/migrate", tests, NULL, NULL);
}
