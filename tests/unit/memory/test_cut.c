#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "memory/cut.h"

/* --- helpers --- */

static void add_piece(void *arg, const char *piece)
{
    assert_true(*piece != '\0');
    assert_true(strlen(piece) <= SC_PIECE_MAX);
    sc_buf_addf(arg, "[%s]", piece);
}

static void assert_cut(const char *name, const char *text, const char *expected)
{
    struct sc_buf seen = { 0 };

    sc_cut(name, text, strlen(text), add_piece, &seen);
    assert_string_equal(sc_buf_text(&seen), expected);
    sc_buf_release(&seen);
}

static void count_piece(void *arg, const char *piece)
{
    size_t *count = arg;

    assert_true(strlen(piece) <= SC_PIECE_MAX);
    (*count)++;
}

static void repeat(struct sc_buf *out, const char *text, int times)
{
    for (int i = 0; i < times; i++)
        sc_buf_adds(out, text);
}

/* --- tests --- */

static void short_paragraphs_share_a_piece(void **state)
{
    (void)state;
    assert_cut("a.txt", "One.\n\nTwo.\r\n\r\n\n", "[One.\nTwo.]");
    assert_cut("a.txt", " \n\n", "");
    assert_cut("a.txt", "", "");
}

static void a_piece_begins_with_its_heading(void **state)
{
    (void)state;
    assert_cut("a.md", "# Returns\nFree.\n\nWithin 30 days.\n\n# Shipping\n\nDaily.",
            "[# Returns\nFree.\nWithin 30 days.][# Shipping\nDaily.]");
    assert_cut("a.md", "# Only\n## Headings", "[# Only][## Headings]");
}

static void a_heading_is_repeated_on_every_piece(void **state)
{
    struct sc_buf text = { 0 }, seen = { 0 };

    (void)state;
    sc_buf_adds(&text, "# Returns\n");
    repeat(&text, "A sentence of some length about what comes back. ", 60);
    sc_cut("a.md", text.data, text.len, add_piece, &seen);
    assert_non_null(strstr(seen.data, "back.][# Returns\nA sentence"));
    sc_buf_release(&text);
    sc_buf_release(&seen);
}

static void rows_stand_under_their_header(void **state)
{
    struct sc_buf text = { 0 }, seen = { 0 };

    (void)state;
    assert_cut("a.csv", "sku,price\nA,1\n\nB,2\n", "[sku,price\nA,1\nB,2]");
    assert_cut("a.csv", "sku,price", "[sku,price]");
    sc_buf_adds(&text, "sku,price\n");
    repeat(&text, "MUG-1,12.00\n", 100);
    sc_cut("a.CSV", text.data, text.len, add_piece, &seen);
    assert_non_null(strstr(seen.data, "12.00][sku,price\nMUG-1"));
    sc_buf_release(&text);
    sc_buf_release(&seen);
}

static void json_is_cut_at_its_elements(void **state)
{
    (void)state;
    assert_cut("a.json", "[{\"a\":1}, {\"b\":2}]", "[{\"a\":1}\n{\"b\":2}]");
    assert_cut("a.json", "{\"vat\":19, \"of\":\"DE\"}", "[vat: 19\nof: \"DE\"]");
    assert_cut("a.json", "{broken", "[{broken]");
}

static void text_without_any_break_is_cut_between_characters(void **state)
{
    struct sc_buf text = { 0 };
    size_t count = 0;

    (void)state;
    repeat(&text, "\xe8\xb4\xa7", 100000);
    sc_cut("a.txt", text.data, text.len, count_piece, &count);
    assert_in_range(count, 200, 300);
    sc_buf_release(&text);
}

static void many_headings_are_no_deep_recursion(void **state)
{
    struct sc_buf text = { 0 };
    size_t count = 0;

    (void)state;
    repeat(&text, "# x\n", 200000);
    sc_cut("a.md", text.data, text.len, count_piece, &count);
    assert_int_equal(count, 200000);
    sc_buf_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_paragraphs_share_a_piece),
        cmocka_unit_test(a_piece_begins_with_its_heading),
        cmocka_unit_test(a_heading_is_repeated_on_every_piece),
        cmocka_unit_test(rows_stand_under_their_header),
        cmocka_unit_test(json_is_cut_at_its_elements),
        cmocka_unit_test(text_without_any_break_is_cut_between_characters),
        cmocka_unit_test(many_headings_are_no_deep_recursion),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
