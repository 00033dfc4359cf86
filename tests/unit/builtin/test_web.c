#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "builtin_bed.h"
#include "fakes/http_peer.h"
#include "net/curl_multi.h"

struct fixture {
    struct sc_loop *loop;
    struct sc_multi *multi;
    struct http_peer *peer;
    struct builtin_bed bed;
    char seen[64]; /* method and path of the last request */
    char body[64], type[64];
};

static void on_request(void *arg, struct peer_request *request)
{
    struct fixture *f = arg;
    static const char json[] = "{\"n\":1.50}";

    snprintf(f->seen, sizeof(f->seen), "%s %s", request->method, request->path);
    snprintf(f->body, sizeof(f->body), "%s", request->body);
    if (!peer_header(request, "content-type", f->type, sizeof(f->type)))
        f->type[0] = '\0';
    if (strcmp(request->path, "/json") == 0)
        peer_reply(request, 200, "Content-Type: application/json\r\nX-One: 1\r\n", json,
                strlen(json));
    else if (strcmp(request->path, "/bytes") == 0)
        peer_reply(request, 200, NULL, "\xff\xfe\x01", 3);
    else if (strcmp(request->path, "/away") == 0)
        peer_reply(request, 302, "Location: http://example.com/\r\n", "", 0);
    else if (strcmp(request->path, "/busy") == 0)
        peer_text(request, 503, "later");
    else
        peer_text(request, 200, "hello");
}

static int setup(void **state)
{
    struct fixture *f = sc_new(struct fixture);

    f->loop = sc_loop_new(NULL);
    f->multi = sc_multi_new(f->loop, NULL);
    f->peer = http_peer_new(sc_loop_uv(f->loop), on_request, f);
    builtin_bed_init(&f->bed, f->loop, NULL, f->multi);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    builtin_bed_release(&f->bed);
    http_peer_free(f->peer);
    sc_multi_free(f->multi);
    sc_loop_free(f->loop);
    free(f);
    return 0;
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

/* Calls with a path of the peer and more arguments. */
static struct builtin_bed *ask(
        void **state, const char *operation, const char *path, const char *more)
{
    struct fixture *f = *state;
    char url[HTTP_PEER_URL];
    char *args;

    http_peer_url(f->peer, path, url);
    args = sc_strdupf("{'url':'%s'%s}", url, more);
    (void)!builtin_bed_call(&f->bed, operation, args);
    free(args);
    return &f->bed;
}

static void json_comes_as_text_and_as_value(void **state)
{
    struct builtin_bed *bed = ask(state, "http.get", "/json", "");

    builtin_bed_expect(bed, "status", "200");
    builtin_bed_expect(bed, "json", "{'n':1.50}");
    builtin_bed_expect(bed, "headers.x-one", "'1'");
    assert_string_equal(sc_json_get_string(bed->value, "body", ""), "{\"n\":1.50}");
}

static void an_error_status_fails_a_get_but_is_a_reply_to_a_script(void **state)
{
    struct builtin_bed *bed = ask(state, "http.get", "/busy", "");

    assert_int_equal(bed->err.code, SC_UNAVAILABLE);
    assert_int_equal(bed->err.detail, 503);
    ask(state, "http.request", "/busy", "");
    builtin_bed_expect(bed, "status", "503");
    builtin_bed_expect(bed, "body", "'later'");
}

static void a_host_that_is_not_declared_is_denied(void **state)
{
    struct fixture *f = *state;

    sc_json_set(f->bed.descriptor, "hosts", sc_json_new_array());
    ask(state, "http.request", "/", "");
    assert_int_equal(f->bed.err.code, SC_DENIED);
    assert_int_equal(http_peer_requests(f->peer), 0);
}

static void a_redirect_to_another_host_is_not_followed(void **state)
{
    struct builtin_bed *bed = ask(state, "http.get", "/away", "");

    assert_int_equal(bed->err.code, SC_DENIED);
}

static void bytes_that_are_no_text_are_refused(void **state)
{
    struct builtin_bed *bed = ask(state, "http.get", "/bytes", "");

    assert_int_equal(bed->err.code, SC_PROTOCOL);
}

static void a_body_over_the_limit_is_refused(void **state)
{
    struct builtin_bed *bed = ask(state, "http.get", "/", ",'max_bytes':3");

    assert_int_equal(bed->err.code, SC_PROTOCOL);
}

static void a_script_posts_json(void **state)
{
    struct fixture *f = *state;

    ask(state, "http.request", "/orders", ",'json':{'a':1}");
    builtin_bed_expect(&f->bed, "status", "200");
    assert_string_equal(f->seen, "POST /orders");
    assert_string_equal(f->body, "{\"a\":1}");
    assert_string_equal(f->type, "application/json");
}

static void a_tool_that_reads_may_not_delete(void **state)
{
    struct fixture *f = *state;

    ask(state, "http.request", "/orders", ",'method':'DELETE'");
    assert_int_equal(f->bed.err.code, SC_DENIED);
    assert_int_equal(http_peer_requests(f->peer), 0);
    f->bed.tool.effect = SC_EFFECT_WRITE;
    ask(state, "http.request", "/orders", ",'method':'DELETE'");
    assert_string_equal(f->seen, "DELETE /orders");
}

static void offline_fails_at_once(void **state)
{
    struct fixture *f = *state;
    struct sc_builtins *online = f->bed.builtins;

    f->bed.parts.offline = true;
    f->bed.builtins = sc_builtins_new(&f->bed.parts);
    ask(state, "http.get", "/", "");
    assert_int_equal(f->bed.err.code, SC_UNAVAILABLE);
    assert_int_equal(http_peer_requests(f->peer), 0);
    sc_builtins_free(online);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(json_comes_as_text_and_as_value),
        T(an_error_status_fails_a_get_but_is_a_reply_to_a_script),
        T(a_host_that_is_not_declared_is_denied),
        T(a_redirect_to_another_host_is_not_followed),
        T(bytes_that_are_no_text_are_refused),
        T(a_body_over_the_limit_is_refused),
        T(a_script_posts_json),
        T(a_tool_that_reads_may_not_delete),
        T(offline_fails_at_once),
    };
    return cmocka_run_group_tests_name("builtin/web", tests, NULL, NULL);
}
