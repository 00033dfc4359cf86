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
#include "codec/csv.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void write_row(struct sc_buf *seen, const struct sc_csv_row *row, const char *mark)
{
    sc_buf_addf(seen, "%s%zu", mark, row->number);
    for (size_t i = 0; i < row->count; i++)
        sc_buf_addf(seen, "[%s]", row->cells[i]);
    sc_buf_addc(seen, '\n');
}

static void on_header(void *arg, const struct sc_csv_row *names)
{
    write_row(arg, names, "#");
}

static void on_row(void *arg, const struct sc_csv_row *row)
{
    write_row(arg, row, "");
}

static void on_note(void *arg, const char *sentence)
{
    sc_buf_addf(arg, "note: %s\n", sentence);
}

static enum sc_code feed_in_pieces(struct sc_csv *csv, const char *data, size_t len,
        size_t piece, struct sc_error *err)
{
    enum sc_code code = SC_OK;

    for (size_t at = 0; at < len && code == SC_OK; at += piece) {
        size_t n = len - at < piece ? len - at : piece;
        char *copy = sc_realloc(NULL, n); /* so that ASan sees an overrun */

        memcpy(copy, data + at, n);
        code = sc_csv_feed(csv, copy, n, err);
        free(copy);
    }
    return code ? code : sc_csv_finish(csv, err);
}

struct found {
    char encoding[32];
    char separator;
};

/* What is read from data, as text: rows, notes, and the error if there is one. */
static char *read_table(const char *data, size_t len, size_t piece,
        const struct sc_csv_options *options, struct found *ret_found)
{
    struct sc_error err = { 0 };
    struct sc_buf seen;
    const struct sc_csv_handler handler = { on_header, on_row, on_note, &seen };
    struct sc_csv *csv = sc_csv_new(options, &handler);

    sc_buf_init(&seen);
    if (feed_in_pieces(csv, data, len, piece, &err))
        sc_buf_addf(&seen, "error: %s\n", err.msg);
    if (ret_found) {
        snprintf(ret_found->encoding, sizeof(ret_found->encoding), "%s",
                sc_csv_encoding(csv));
        ret_found->separator = sc_csv_separator(csv);
    }
    sc_csv_free(csv);
    return sc_buf_detach(&seen);
}

static const struct {
    const char *name, *table, *seen;
} cases[] = {
    { "plain", "a,b\n1,2\n", "#1[a][b]\n2[1][2]\n" },
    { "no end of line at the end", "a,b\r\n1,2", "#1[a][b]\n2[1][2]\n" },
    { "CR alone", "a,b\r1,2\r3,4", "#1[a][b]\n2[1][2]\n3[3][4]\n" },
    { "semicolons", "a;b\n1,5;2\n", "#1[a][b]\n2[1,5][2]\n" },
    { "tabs", "a\tb\n1,5\t2;3\n", "#1[a][b]\n2[1,5][2;3]\n" },
    { "one column", "a\n1\n2\n", "#1[a]\n2[1]\n3[2]\n" },
    { "the first line says which", "sep=|\r\na|b,c\n1|2\n", "#1[a][b,c]\n2[1][2]\n" },
    { "quotes", "a,b\n\"x,y\",\"say \"\"hi\"\"\"\n", "#1[a][b]\n2[x,y][say \"hi\"]\n" },
    { "a line break in quotes", "a,b\n\"x\r\ny\",2\n3,4\n",
            "#1[a][b]\n2[x\r\ny][2]\n3[3][4]\n" },
    { "a quote inside a cell", "a,b\n5\" pipe,2\n", "#1[a][b]\n2[5\" pipe][2]\n" },
    { "text after a quote", "a,b\n\"x\"y,2\n",
            "#1[a][b]\nnote: row 2 has text after a closing quote; it is kept\n"
            "2[xy][2]\n" },
    { "empty quotes", "a,b\n\"\",\"\"\n\"\",x\n", "#1[a][b]\n3[][x]\n" },
    { "Excel's zeros", "a,b\n=\"00123\",\"=\"\"00456\"\"\"\n",
            "#1[a][b]\n2[00123][00456]\n" },
    { "Excel's zeros with a comma", "a,b\n=\"1,2\",x\n=\"9\"\n",
            "#1[a][b]\n2[1,2][x]\nnote: row 3 has 1 cells, the header 2; the rest is "
            "empty\n3[9][]\n" },
    { "other formulas", "a,b\n=1+1,=\"a\"&\"b\"\n", "#1[a][b]\n2[=1+1][=\"a\"&\"b\"]\n" },
    { "blank rows", "\n\na,b\n\n1,2\n,\n3,4\n\n", "#3[a][b]\n5[1][2]\n7[3][4]\n" },
    { "a short row", "a,b,c\n1\n",
            "#1[a][b][c]\nnote: row 2 has 1 cells, the header 3; the rest is empty\n"
            "2[1][][]\n" },
    { "a long row of nothing", "a,b\n1,2,,\n", "#1[a][b]\n2[1][2]\n" },
    { "a long row", "a,b\n1,2\n1,2,3\n",
            "#1[a][b]\n2[1][2]\nerror: row 3 has 3 cells, but the header has 2; is a "
            "quote or the separator wrong?\n" },
    { "names twice and none", "price,price, ,price (2)\n1,2,3,4\n",
            "note: two columns are named 'price'; column 2 is called 'price (2)'\n"
            "note: column 3 has no name and is called 'column 3'\n"
            "note: two columns are named 'price (2)'; column 4 is called 'price (2) "
            "(2)'\n"
            "#1[price][price (2)][column 3][price (2) (2)]\n2[1][2][3][4]\n" },
    { "names are trimmed, cells are not", " a , b\n 1 , 2\n", "#1[a][b]\n2[ 1 ][ 2]\n" },
    { "an open quote", "a,b\n1,\"2\n3,4\n",
            "#1[a][b]\nerror: the quote that opens in row 2 is never closed\n" },
    { "nothing", "", "error: there is no row in it\n" },
    { "nothing but ends of lines", "\r\n\r\n", "error: there is no row in it\n" },
    { "a BOM",
            "\xef\xbb\xbf"
            "a,b\n1,2\n",
            "#1[a][b]\n2[1][2]\n" },
    { "UTF-8", "\xe5\x93\x81\xe5\x90\x8d,b\n\xf0\x9f\x9a\xa2,2\n",
            "#1[\xe5\x93\x81\xe5\x90\x8d][b]\n2[\xf0\x9f\x9a\xa2][2]\n" },
};

static void tables_are_read_whatever_the_pieces(void **state)
{
    static const size_t pieces[] = { 1, 2, 3, 7, 1000 };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        for (size_t p = 0; p < COUNT(pieces); p++) {
            char *seen = read_table(
                    cases[i].table, strlen(cases[i].table), pieces[p], NULL, NULL);

            if (strcmp(seen, cases[i].seen) != 0)
                fail_msg("%s, in pieces of %zu:\n%s", cases[i].name, pieces[p], seen);
            free(seen);
        }
    }
}

/* The same table in several encodings: names, kanji or hanzi, a number. */
static const struct {
    const char *encoding, *bytes;
    size_t len;
    const char *seen;
} encodings[] = {
#define BYTES(text) (text), sizeof(text) - 1
    /* 商品,价格 / 茶壶,12.5 */
    { "GB18030", BYTES("\xc9\xcc\xc6\xb7,\xbc\xdb\xb8\xf1\r\n\xb2\xe8\xba\xf8,12.5\r\n"),
            "#1[\xe5\x95\x86\xe5\x93\x81][\xe4\xbb\xb7\xe6\xa0\xbc]\n"
            "2[\xe8\x8c\xb6\xe5\xa3\xb6][12.5]\n" },
    /* 商品名,価格 / お茶,1200 */
    { "Shift_JIS",
            BYTES("\x8f\xa4\x95\x69\x96\xbc,\x89\xbf\x8a\x69\r\n\x82\xa8\x92\x83,"
                  "1200\r\n"),
            "#1[\xe5\x95\x86\xe5\x93\x81\xe5\x90\x8d][\xe4\xbe\xa1\xe6\xa0\xbc]\n"
            "2[\xe3\x81\x8a\xe8\x8c\xb6][1200]\n" },
    /* Größe;Preis / groß;12,50 */
    { "windows-1252",
            BYTES("Gr\xf6\xdf"
                  "e;Preis\r\ngro\xdf;12,50\r\n"),
            "#1[Gr\xc3\xb6\xc3\x9f"
            "e][Preis]\n2[gro\xc3\x9f][12,50]\n" },
    { "UTF-16LE",
            BYTES("\xff\xfe"
                  "a\0,\0b\0\n\0"
                  "\x36\x83"
                  ",\0"
                  "\x3d\xd8\xa2\xde"
                  "\n\0"),
            "#1[a][b]\n2[\xe8\x8c\xb6][\xf0\x9f\x9a\xa2]\n" },
    { "UTF-16BE",
            BYTES("\xfe\xff\0a\0,\0b\0\n\x83\x36\0,\0"
                  "2\0\n"),
            "#1[a][b]\n2[\xe8\x8c\xb6][2]\n" },
    { "UTF-16LE",
            BYTES("a\0,\0b\0\n\0"
                  "1\0,\0"
                  "2\0\n\0"),
            "#1[a][b]\n2[1][2]\n" },
    { "UTF-8", BYTES("a,b\n1,2\n"), "#1[a][b]\n2[1][2]\n" },
};

static void encodings_are_found_by_their_bytes(void **state)
{
    static const size_t pieces[] = { 1, 1000 };

    (void)state;
    for (size_t i = 0; i < COUNT(encodings); i++) {
        for (size_t p = 0; p < COUNT(pieces); p++) {
            struct found found = { "", 0 };
            char *seen = read_table(
                    encodings[i].bytes, encodings[i].len, pieces[p], NULL, &found);

            assert_string_equal(seen, encodings[i].seen);
            assert_string_equal(found.encoding, encodings[i].encoding);
            free(seen);
        }
    }
}

static void an_encoding_can_be_named(void **state)
{
    const struct sc_csv_options options = { .encoding = "EUC-JP", .separator = '/' };
    char *seen = read_table("a/b\n\xc3\xe3/1,2\n", 11, 3, &options, NULL);

    (void)state;
    assert_string_equal(seen, "#1[a][b]\n2[\xe8\x8c\xb6][1,2]\n");
    free(seen);
}

static void bytes_that_are_not_of_the_encoding_are_an_error(void **state)
{
    const struct sc_csv_options utf8 = { .encoding = "UTF-8" };
    const struct sc_csv_options unknown = { .encoding = "EBCDIC-X" };
    char *seen = read_table("a,b\n\xff,2\n", 8, 100, &utf8, NULL);

    (void)state;
    assert_non_null(strstr(seen, "bytes that are not UTF-8; name the encoding"));
    free(seen);
    seen = read_table("a,b\n\xe8\x8c", 6, 1, &utf8, NULL);
    assert_non_null(strstr(seen, "bytes that are not UTF-8"));
    free(seen);
    seen = read_table("a,b\n", 4, 1, &unknown, NULL);
    assert_non_null(strstr(seen, "'EBCDIC-X' is not an encoding"));
    free(seen);
}

/* A large table of ASCII in whose last row the first other bytes stand. */
static void an_encoding_that_shows_late_is_found_too(void **state)
{
    struct found found = { "", 0 };
    struct sc_buf table;
    char *seen;

    (void)state;
    sc_buf_init(&table);
    sc_buf_adds(&table, "a,b\n");
    for (int i = 0; i < 30000; i++)
        sc_buf_addf(&table, "%d,some text\n", i);
    sc_buf_adds(&table, "\xb2\xe8\xba\xf8,12.5\n");
    seen = read_table(table.data, table.len, 5000, NULL, &found);
    assert_string_equal(found.encoding, "GB18030");
    assert_non_null(strstr(seen, "\n30002[\xe8\x8c\xb6\xe5\xa3\xb6][12.5]\n"));
    free(seen);
    sc_buf_release(&table);
}

static void limits_end_the_reading(void **state)
{
    static const struct {
        struct sc_csv_options options;
        const char *says;
    } limited[] = {
        { { .max_bytes = 10 }, "error: more than 10 bytes" },
        { { .max_rows = 1 }, "error: more than 1 rows" },
        { { .max_columns = 1 }, "error: row 1 has more than 1 columns" },
        { { .max_cell = 3 }, "error: row 3 has a cell of more than 3 bytes" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(limited); i++) {
        char *seen = read_table("a,b\n1,2\n1234,5\n", 15, 4, &limited[i].options, NULL);

        if (!strstr(seen, limited[i].says))
            fail_msg("%s: %s", limited[i].says, seen);
        free(seen);
    }
}

static void a_file_that_is_not_text_is_refused(void **state)
{
    char *seen = read_table("a,b\n1,\x00\x01\n", 9, 100, NULL, NULL);

    (void)state;
    assert_non_null(strstr(seen, "row 2 has a zero byte: this is not a table"));
    free(seen);
}

static void notes_do_not_flood(void **state)
{
    struct sc_buf table;
    size_t notes = 0;
    char *seen;

    (void)state;
    sc_buf_init(&table);
    sc_buf_adds(&table, "a,b\n");
    for (int i = 0; i < 500; i++)
        sc_buf_adds(&table, "1\n");
    seen = read_table(table.data, table.len, 1000, NULL, NULL);
    for (const char *at = seen; (at = strstr(at, "note: ")); at++)
        notes++;
    assert_int_equal(notes, 101);
    assert_non_null(strstr(seen, "note: there is more to note, which is left out\n"));
    free(seen);
    sc_buf_release(&table);
}

/* --- writing --- */

static void what_is_written_is_read_back(void **state)
{
    static const char *const cells[] = { "a", "x,y", "say \"hi\"", "two\nlines",
        " space ", "", "\xe8\x8c\xb6" };
    static const char *const names[] = { "1", "2", "3", "4", "5", "6", "7" };
    const struct sc_csv_style style = { .bom = true };
    struct sc_buf out;
    char *seen;

    (void)state;
    sc_buf_init(&out);
    sc_csv_write_start(&out, &style);
    sc_csv_write_row(&out, &style, names, 7);
    sc_csv_write_row(&out, &style, cells, 7);
    assert_string_equal(out.data,
            "\xef\xbb\xbf"
            "1,2,3,4,5,6,7\r\na,\"x,y\",\"say \"\"hi\"\"\",\"two\nlines\","
            "\" space \",,\xe8\x8c\xb6\r\n");
    seen = read_table(out.data, out.len, 5, NULL, NULL);
    assert_string_equal(seen,
            "#1[1][2][3][4][5][6][7]\n2[a][x,y][say \"hi\"][two\nlines][ space ][]"
            "[\xe8\x8c\xb6]\n");
    free(seen);
    sc_buf_release(&out);
}

static void text_that_a_spreadsheet_would_run_is_guarded(void **state)
{
    static const char *const cells[] = { "=1+1", "@SUM(A1)", "-cmd", "+x", "-12.50", "+3",
        "=HYPERLINK(\"x\")", "\tx", "a=b", "" };
    const struct sc_csv_style guarded = { .guard = true, .separator = ';' };
    const struct sc_csv_style plain = { .separator = ';' };
    struct sc_buf out;

    (void)state;
    sc_buf_init(&out);
    sc_csv_write_row(&out, &guarded, cells, COUNT(cells));
    assert_string_equal(out.data, "'=1+1;'@SUM(A1);'-cmd;'+x;-12.50;+3;"
                                  "\"'=HYPERLINK(\"\"x\"\")\";'\tx;a=b;\r\n");
    sc_buf_clear(&out);
    sc_csv_write_row(&out, &plain, cells, 2);
    assert_string_equal(out.data, "=1+1;@SUM(A1)\r\n");
    sc_buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_read_whatever_the_pieces),
        cmocka_unit_test(encodings_are_found_by_their_bytes),
        cmocka_unit_test(an_encoding_can_be_named),
        cmocka_unit_test(bytes_that_are_not_of_the_encoding_are_an_error),
        cmocka_unit_test(an_encoding_that_shows_late_is_found_too),
        cmocka_unit_test(limits_end_the_reading),
        cmocka_unit_test(a_file_that_is_not_text_is_refused),
        cmocka_unit_test(notes_do_not_flood),
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(text_that_a_spreadsheet_would_run_is_guarded),
    };
    return cmocka_run_group_tests_name("codec/csv", tests, NULL, NULL);
}
