#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "codec/sse.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Writes what arrives as lines "type|data|id" and "#comment". */
static void on_event(void *arg, const struct sc_sse_event *event)
{
    assert_int_equal(event->data[event->len], '\0');
    sc_buf_addf(arg, "%s|", event->type);
    sc_buf_add(arg, event->data, event->len);
    sc_buf_addf(arg, "|%s\n", event->id);
}

static void on_comment(void *arg, const char *text)
{
    sc_buf_addf(arg, "#%s\n", text);
}

static void start(struct sc_sse *sse, struct sc_buf *seen, size_t max_bytes)
{
    const struct sc_sse_handler handler = { on_event, on_comment, seen };

    sc_buf_init(seen);
    sc_sse_init(sse, &handler, max_bytes);
}

/* Feeds a copy of exactly these bytes, so that ASan sees an overrun. */
static enum sc_code feed(
        struct sc_sse *sse, const char *data, size_t len, struct sc_error *err)
{
    char *copy = sc_realloc(NULL, len);
    enum sc_code code;

    memcpy(copy, data, len);
    code = sc_sse_feed(sse, copy, len, err);
    free(copy);
    return code;
}

static const struct {
    const char *name, *stream, *seen;
} cases[] = {
    { "one event", "data: a\n\n", "message|a|\n" },
    { "no space after the colon", "data:a\n\n", "message|a|\n" },
    { "only one space is dropped", "data:  a \n\n", "message| a |\n" },
    { "lines are joined", "data: a\ndata:\ndata: b\n\n", "message|a\n\nb|\n" },
    { "an empty data line is an event", "data\n\n", "message||\n" },
    { "no data, no event", "event: x\n\ndata: a\n\n", "message|a|\n" },
    { "a type is for one event", "event: x\ndata: a\n\ndata: b\n\n",
            "x|a|\nmessage|b|\n" },
    { "an id stays", "id: 7\ndata: a\n\ndata: b\n\nid\ndata: c\n\n",
            "message|a|7\nmessage|b|7\nmessage|c|\n" },
    { "carriage returns", "data: a\rdata: b\r\rdata: c\r\n\r\n",
            "message|a\nb|\nmessage|c|\n" },
    { "CRLF is one end", "data: a\r\n\r\n\r\n", "message|a|\n" },
    { "CR, then LF that is a line of its own", "data: a\r\r\n\ndata: b\n\n",
            "message|a|\nmessage|b|\n" },
    { "comments", ": hello\n:\n:x\ndata: a\n\n", "#hello\n#\n#x\nmessage|a|\n" },
    { "a BOM at the start",
            "\xef\xbb\xbf"
            "data: a\n\n",
            "message|a|\n" },
    { "a BOM later is part of a name",
            "\n\xef\xbb\xbf"
            "data: a\n\n",
            "" },
    { "unknown names and retry", "retry: 10\nfoo: bar\ndata: a\n\n", "message|a|\n" },
    { "the rest without a blank line", "data: a\n\ndata: b\n", "message|a|\n" },
    { "colons in the value", "data: {\"a\": 1}\n\n", "message|{\"a\": 1}|\n" },
    { "names are exact", "Data: a\nDATA: b\ndata : c\ndata: d\n\n", "message|d|\n" },
};

static void streams_become_events(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sc_error err;
        struct sc_sse sse;
        struct sc_buf seen;

        start(&sse, &seen, 1000);
        assert_int_equal(
                feed(&sse, cases[i].stream, strlen(cases[i].stream), &err), SC_OK);
        if (strcmp(sc_buf_text(&seen), cases[i].seen) != 0)
            fail_msg("%s: %s", cases[i].name, sc_buf_text(&seen));
        sc_sse_release(&sse);
        sc_buf_release(&seen);
    }
}

/* Cuts the stream into three at a and b. */
static void assert_same_in_pieces(size_t i, size_t a, size_t b)
{
    const char *stream = cases[i].stream;
    struct sc_sse sse;
    struct sc_buf seen;

    start(&sse, &seen, 1000);
    assert_int_equal(feed(&sse, stream, a, NULL), SC_OK);
    assert_int_equal(feed(&sse, stream + a, b - a, NULL), SC_OK);
    assert_int_equal(feed(&sse, stream + b, strlen(stream) - b, NULL), SC_OK);
    if (strcmp(sc_buf_text(&seen), cases[i].seen) != 0)
        fail_msg("%s, cut at %zu and %zu: %s", cases[i].name, a, b, sc_buf_text(&seen));
    sc_sse_release(&sse);
    sc_buf_release(&seen);
}

static void the_pieces_do_not_matter(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t len = strlen(cases[i].stream);

        for (size_t a = 0; a <= len; a++) {
            for (size_t b = a; b <= len; b++)
                assert_same_in_pieces(i, a, b);
        }
    }
}

static void bytes_one_by_one_give_the_same_events(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sc_sse sse;
        struct sc_buf seen;

        start(&sse, &seen, 1000);
        for (const char *at = cases[i].stream; *at; at++)
            assert_int_equal(feed(&sse, at, 1, NULL), SC_OK);
        assert_string_equal(sc_buf_text(&seen), cases[i].seen);
        sc_sse_release(&sse);
        sc_buf_release(&seen);
    }
}

static void a_zero_byte_is_kept_in_data_and_refused_in_an_id(void **state)
{
    static const char stream[] = "id: 1\nid: a\0b\ndata: x\0y\n\n";
    struct sc_sse sse;
    struct sc_buf seen;

    (void)state;
    start(&sse, &seen, 1000);
    assert_int_equal(feed(&sse, stream, sizeof(stream) - 1, NULL), SC_OK);
    assert_int_equal(seen.len, 14);
    assert_memory_equal(seen.data, "message|x\0y|1\n", 14);
    sc_sse_release(&sse);
    sc_buf_release(&seen);
}

static void an_event_that_is_too_large_is_an_error(void **state)
{
    struct sc_error err;
    struct sc_sse sse;
    struct sc_buf seen;

    (void)state;
    start(&sse, &seen, 16);
    assert_int_equal(feed(&sse, "data: 0123456789", 16, &err), SC_OK);
    assert_int_equal(feed(&sse, "0", 1, &err), SC_PROTOCOL);
    assert_non_null(strstr(err.msg, "larger than 16 bytes"));
    sc_sse_release(&sse);

    start(&sse, &seen, 16);
    for (int i = 0; i < 3; i++)
        assert_int_equal(feed(&sse, "data: abc\n", 10, &err), SC_OK);
    assert_int_equal(feed(&sse, "data: abc\n", 10, &err), SC_PROTOCOL);
    sc_sse_release(&sse);
    sc_buf_release(&seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(streams_become_events),
        cmocka_unit_test(the_pieces_do_not_matter),
        cmocka_unit_test(bytes_one_by_one_give_the_same_events),
        cmocka_unit_test(a_zero_byte_is_kept_in_data_and_refused_in_an_id),
        cmocka_unit_test(an_event_that_is_too_large_is_an_error),
    };
    return cmocka_run_group_tests_name("codec/sse", tests, NULL, NULL);
}
