/* The official tests: all required ones of both drafts, and of the optional ones those of
 * formats that are checked, but for the rules of Punycode. What is at the addresses that
 * the tests refer to is in json-schema-documents. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "codec/schema.h"

#define DOCUMENTS SC_TEST_DATA "/json-schema-documents/documents.json"
#define PUNYCODE  "validation of A-label (punycode) host names"
#define SUITE     SC_TEST_DATA "/json-schema-test-suite/tests/"

struct tally {
    size_t run, wrong, skipped;
    struct sc_schema_options options;
};

static struct sc_json *read_json(const char *path)
{
    struct sc_error err = { 0 };
    struct sc_json *root;
    struct sc_buf text;
    FILE *file = fopen(path, "rb");
    size_t n;

    assert_non_null(file);
    sc_buf_init(&text);
    while ((n = fread(sc_buf_reserve(&text, 65536), 1, 65536, file)) > 0)
        text.len += n;
    fclose(file);
    root = sc_json_parse(text.data, text.len, NULL, &err);
    if (!root)
        print_error("%s: %s\n", path, err.msg);
    assert_non_null(root);
    sc_buf_release(&text);
    return root;
}

static void check_test(const struct sc_schema *schema, const struct sc_json *group,
        const struct sc_json *test, struct tally *tally)
{
    const struct sc_json *data = sc_json_get(test, "data");
    struct sc_json *errors = NULL;
    bool expected = sc_json_get_bool(test, "valid", false);
    bool valid = sc_schema_check(schema, data, "value", 8, &errors);

    tally->run++;
    assert_int_equal(valid, sc_schema_check(schema, data, NULL, 0, NULL));
    assert_true(valid || sc_json_count(errors) > 0);
    if (valid != expected) {
        print_error("  wrong: %s / %s: %s\n",
                sc_json_get_string(group, "description", ""),
                sc_json_get_string(test, "description", ""),
                sc_json_string(sc_json_first(errors)));
        tally->wrong++;
    }
    sc_json_free(errors);
}

static void run_group(const struct sc_json *group, struct tally *tally)
{
    const struct sc_json *tests = sc_json_get(group, "tests");
    const char *about = sc_json_get_string(group, "description", "");
    struct sc_error err = { 0 };
    struct sc_schema *schema;

    if (strcmp(about, PUNYCODE) == 0) {
        print_message("  skipped, not claimed: %s (%zu)\n", about, sc_json_count(tests));
        tally->skipped += sc_json_count(tests);
        return;
    }
    schema = sc_schema_new(sc_json_get(group, "schema"), &tally->options, &err);
    if (!schema) {
        print_error("  does not compile: %s: %s\n", about, err.msg);
        tally->wrong += sc_json_count(tests);
        return;
    }
    SC_JSON_EACH(test, tests)
    check_test(schema, group, test, tally);
    sc_schema_free(schema);
}

static void run_file(const char *folder, const char *name, struct tally *tally)
{
    char path[512];
    struct sc_json *groups;

    snprintf(path, sizeof(path), SUITE "%s/%s", folder, name);
    print_message("%s/%s\n", folder, name);
    groups = read_json(path);
    SC_JSON_EACH(group, groups)
    run_group(group, tally);
    sc_json_free(groups);
}

static void run_folder(const char *folder, struct tally *tally)
{
    struct dirent **names = NULL;
    char path[512];
    int count;

    snprintf(path, sizeof(path), SUITE "%s", folder);
    count = scandir(path, &names, NULL, alphasort);
    assert_true(count > 0);
    for (int i = 0; i < count; i++) {
        if (strstr(names[i]->d_name, ".json"))
            run_file(folder, names[i]->d_name, tally);
        free(names[i]);
    }
    free(names);
    print_message("%s: %zu tests, %zu wrong, %zu skipped\n", folder, tally->run,
            tally->wrong, tally->skipped);
}

static void draft_2020_12_passes_all_required_tests(void **state)
{
    struct sc_json *documents = read_json(DOCUMENTS);
    struct tally tally = { .options = { SC_DRAFT_2020_12, false, documents } };

    (void)state;
    run_folder("draft2020-12", &tally);
    sc_json_free(documents);
    assert_int_equal(tally.wrong, 0);
    assert_int_equal(tally.run + tally.skipped, 1299);
    assert_int_equal(tally.skipped, 0);
}

static void draft_7_passes_all_required_tests(void **state)
{
    struct sc_json *documents = read_json(DOCUMENTS);
    struct tally tally = { .options = { SC_DRAFT_7, false, documents } };

    (void)state;
    run_folder("draft7", &tally);
    sc_json_free(documents);
    assert_int_equal(tally.wrong, 0);
    assert_int_equal(tally.run + tally.skipped, 927);
    assert_int_equal(tally.skipped, 0);
}

static void formats_that_are_checked_pass_the_optional_tests(void **state)
{
    static const char *const names[] = { "date", "time", "date-time", "duration", "email",
        "ipv4", "ipv6", "uri", "uri-reference", "uuid", "json-pointer", "regex",
        "hostname", "unknown" };
    struct tally tally = { .options = { .assert_format = true } };

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char name[64];

        snprintf(name, sizeof(name), "%s.json", names[i]);
        run_file("draft2020-12/optional/format", name, &tally);
    }
    assert_int_equal(tally.wrong, 0);
}

static void numbers_patterns_and_references_pass_the_optional_tests(void **state)
{
    struct tally tally = { .options = { .draft = SC_DRAFT_2020_12 } };

    (void)state;
    run_file("draft2020-12/optional", "bignum.json", &tally);
    run_file("draft2020-12/optional", "float-overflow.json", &tally);
    run_file("draft2020-12/optional", "non-bmp-regex.json", &tally);
    run_file("draft2020-12/optional", "no-schema.json", &tally);
    run_file("draft2020-12/optional", "anchor.json", &tally);
    run_file("draft2020-12/optional", "dynamicRef.json", &tally);
    run_file("draft2020-12/optional", "id.json", &tally);
    run_file("draft2020-12/optional", "refOfUnknownKeyword.json", &tally);
    run_file("draft2020-12/optional", "unknownKeyword.json", &tally);
    run_file("draft2020-12/optional", "ecmascript-regex.json", &tally);
    assert_int_equal(tally.wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draft_2020_12_passes_all_required_tests),
        cmocka_unit_test(draft_7_passes_all_required_tests),
        cmocka_unit_test(formats_that_are_checked_pass_the_optional_tests),
        cmocka_unit_test(numbers_patterns_and_references_pass_the_optional_tests),
    };
    return cmocka_run_group_tests_name("codec/schema suite", tests, NULL, NULL);
}
