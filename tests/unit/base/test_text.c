/* base: buf, map, utf8, words, id, clock, log. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "base/words.h"

static void a_buf_that_fits_holds_the_same_and_can_grow(void **state)
{
    struct sc_buf buf = { 0 };

    (void)state;
    sc_buf_fit(&buf);
    assert_string_equal(sc_buf_text(&buf), "");
    sc_buf_adds(&buf, "twelve bytes");
    sc_buf_fit(&buf);
    assert_string_equal(buf.data, "twelve bytes");
    assert_int_equal(buf.cap, sizeof("twelve bytes"));
    sc_buf_adds(&buf, " and more");
    assert_string_equal(buf.data, "twelve bytes and more");
    sc_buf_release(&buf);
}

static void a_buf_is_always_a_string(void **state)
{
    struct sc_buf buf;
    char *text;

    (void)state;
    sc_buf_init(&buf);
    assert_string_equal(sc_buf_text(&buf), "");
    for (int i = 0; i < 100; i++)
        sc_buf_addf(&buf, "%d,", i);
    assert_int_equal(strlen(buf.data), buf.len);
    assert_true(strncmp(buf.data, "0,1,2,", 6) == 0);
    sc_buf_drop(&buf, 6);
    assert_true(strncmp(buf.data, "3,4,", 4) == 0);
    sc_buf_clear(&buf);
    sc_buf_add(&buf, "a\0b", 3);
    assert_int_equal(buf.len, 3);
    text = sc_buf_detach(&buf);
    assert_memory_equal(text, "a\0b", 4);
    assert_int_equal(buf.len, 0);
    free(text);
    text = sc_buf_detach(&buf);
    assert_string_equal(text, "");
    free(text);
}

static void a_map_keeps_order_and_survives_removals(void **state)
{
    struct sc_map map;
    const struct sc_map_entry *entry;
    int values[1000];
    size_t at = 0, seen = 0;

    (void)state;
    sc_map_init(&map);
    assert_null(sc_map_get(&map, "x"));
    assert_null(sc_map_remove(&map, "x"));
    for (int i = 0; i < 1000; i++) {
        char key[16];

        snprintf(key, sizeof(key), "k%d", i);
        assert_null(sc_map_set(&map, key, &values[i]));
    }
    for (int i = 0; i < 1000; i += 2) {
        char key[16];

        snprintf(key, sizeof(key), "k%d", i);
        assert_ptr_equal(sc_map_remove(&map, key), &values[i]);
        assert_null(sc_map_get(&map, key));
    }
    assert_int_equal(map.count, 500);
    assert_ptr_equal(sc_map_set(&map, "k1", &values[0]), &values[1]);
    assert_null(sc_map_set(&map, "k0", &values[2]));
    assert_int_equal(map.count, 501);
    for (int i = 0; i < 5000; i++) {
        char key[16];

        snprintf(key, sizeof(key), "t%d", i % 7);
        sc_map_set(&map, key, &values[3]);
        sc_map_remove(&map, key);
    }
    while ((entry = sc_map_next(&map, &at)))
        seen += entry->value != NULL;
    assert_int_equal(seen, 501);
    sc_map_release(&map, NULL);
}

static void only_utf8_counts_as_utf8(void **state)
{
    static const char *const good[] = { "", "abc", "价格", "日本語", "\xf0\x9f\x9a\xa2",
        "\xef\xbf\xbf", "\xf4\x8f\xbf\xbf" };
    static const char *const bad[] = { "\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80",
        "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe4\xbb", "\xff" };

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
        assert_int_equal(sc_utf8_valid(good[i], strlen(good[i])), strlen(good[i]));
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_int_equal(sc_utf8_valid(bad[i], strlen(bad[i])), 0);
    assert_int_equal(sc_utf8_cut("价格", 6, 4), 3);
    assert_int_equal(sc_utf8_cut("价格", 6, 6), 6);
    assert_int_equal(sc_utf8_cut("abc", 3, 2), 2);
}

static void every_code_point_survives_put_and_get(void **state)
{
    (void)state;
    for (uint32_t code = 1; code <= 0x10ffff; code++) {
        char text[4];
        size_t put, got;

        if (code >= 0xd800 && code <= 0xdfff)
            continue;
        put = sc_utf8_put(code, text);
        assert_int_equal(sc_utf8_get(text, put, &got), code);
        assert_int_equal(got, put);
    }
}

static void the_nearest_word_is_found_or_none(void **state)
{
    static const char *const words[] = { "run", "plan", "task", "version" };

    (void)state;
    assert_string_equal(sc_words_nearest("rnu", words, 4), "run");
    assert_string_equal(sc_words_nearest("Versoin", words, 4), "version");
    assert_null(sc_words_nearest("completely", words, 4));
    assert_null(sc_words_nearest("x", NULL, 0));
    assert_int_equal(sc_words_distance("kitten", "sitting"), 3);
    assert_int_equal(sc_words_distance("", "abc"), 3);
}

static void ids_sort_by_time_and_are_plain(void **state)
{
    char a[SC_ID_LEN + 1], b[SC_ID_LEN + 1];

    (void)state;
    sc_id_make(1700000000000, 0xfffff, a);
    sc_id_make(1700000000001, 0, b);
    assert_true(strcmp(a, b) < 0);
    assert_int_equal(strlen(a), SC_ID_LEN);
    assert_int_equal(strspn(a, "0123456789abcdefghjkmnpqrstvwxyz"), SC_ID_LEN);
    sc_id_make(1700000000000, 0xffffe, b);
    assert_string_not_equal(a, b);
}

static void ids_of_one_source_rise_and_never_meet(void **state)
{
    struct sc_id_source source = { 0 };
    char last[SC_ID_LEN + 1] = "", id[SC_ID_LEN + 1];

    (void)state;
    for (int i = 0; i < 3000000; i++) { /* more than one millisecond has room for */
        sc_id_next(&source, i == 2999999 ? 1600000000000 : 1700000000000, id);
        assert_true(strcmp(last, id) < 0);
        memcpy(last, id, sizeof(last));
    }
}

static void times_are_written_in_utc(void **state)
{
    char text[SC_TIME_TEXT];

    (void)state;
    sc_time_format(0, text);
    assert_string_equal(text, "1970-01-01T00:00:00.000Z");
    sc_time_format(1795402800123, text);
    assert_string_equal(text, "2026-11-23T03:00:00.123Z");
    sc_time_format(-1, text);
    assert_string_equal(text, "1969-12-31T23:59:59.999Z");
    sc_time_format(INT64_MAX, text);
    assert_string_equal(text, "1970-01-01T00:00:00.807Z");
}

static void a_log_line_is_one_line_without_secrets(void **state)
{
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    struct sc_log *log = sc_log_new(out, SC_INFO);

    (void)state;
    sc_log_mask(log, "sk-verysecret");
    sc_log_mask(log, "abc"); /* too short to hide without harm */
    sc_log(log, SC_DEBUG, "quiet", "%s", "never");
    sc_log(log, SC_INFO, "http.request", "key=%s\nnext=%s abc", "sk-verysecret",
            "sk-verysecret");
    sc_log(NULL, SC_ERROR, "silent", "%d", 1);
    fclose(out);
    assert_null(strstr(text, "never"));
    assert_null(strstr(text, "sk-very"));
    assert_non_null(strstr(text, "info http.request key=*** next=*** abc\n"));
    assert_ptr_equal(strchr(text, '\n'), text + len - 1);
    sc_log_free(log);
    free(text);
}

static void every_code_has_a_word_and_back(void **state)
{
    (void)state;
    for (int code = SC_OK; code <= SC_INTERNAL; code++)
        assert_int_equal(sc_code_of_word(sc_code_word((enum sc_code)code)), code);
    assert_int_equal(sc_code_of_word("no such word"), SC_INTERNAL);
}

static void formatted_text_has_any_length(void **state)
{
    char *text = sc_strdupf("%0*d", 5000, 7);

    (void)state;
    assert_int_equal(strlen(text), 5000);
    free(text);
    assert_null(sc_strdup(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_buf_is_always_a_string),
        cmocka_unit_test(a_buf_that_fits_holds_the_same_and_can_grow),
        cmocka_unit_test(a_map_keeps_order_and_survives_removals),
        cmocka_unit_test(only_utf8_counts_as_utf8),
        cmocka_unit_test(every_code_point_survives_put_and_get),
        cmocka_unit_test(the_nearest_word_is_found_or_none),
        cmocka_unit_test(ids_sort_by_time_and_are_plain),
        cmocka_unit_test(ids_of_one_source_rise_and_never_meet),
        cmocka_unit_test(times_are_written_in_utc),
        cmocka_unit_test(a_log_line_is_one_line_without_secrets),
        cmocka_unit_test(every_code_has_a_word_and_back),
        cmocka_unit_test(formatted_text_has_any_length),
    };
    return cmocka_run_group_tests_name("base/text", tests, NULL, NULL);
}
