#include "http_fixture.h"

/* A second peer is another origin: another port. */
struct pair {
    struct fixture *here;
    struct http_peer *there;
    struct peer_request *seen; /* by the other */
};

static void answer_there(void *arg, struct peer_request *request)
{
    struct pair *pair = arg;

    pair->seen = request;
    peer_text(request, 200, "there");
}

static int setup_pair(void **state)
{
    struct pair *pair = calloc(1, sizeof(*pair));
    void *here;

    setup(&here);
    pair->here = here;
    pair->there = http_peer_new(sc_loop_uv(pair->here->loop), answer_there, pair);
    *state = pair;
    return 0;
}

static int teardown_pair(void **state)
{
    struct pair *pair = *state;
    void *here = pair->here;

    http_peer_free(pair->there);
    teardown(&here);
    free(pair);
    return 0;
}

/* "/303/next" answers 303 with Location: /next; anything else echoes. */
static void answer_by_path(void *arg, struct peer_request *request)
{
    char location[HTTP_PEER_URL + 64];
    char *target;
    int status = (int)strtol(request->path + 1, &target, 10);

    if (status < 300) {
        answer_echo(arg, request);
        return;
    }
    snprintf(location, sizeof(location), "Location: %s\r\n", target);
    peer_reply(request, status, location, "moved", 5);
}

/* Answers a redirect to f->seen. */
static void answer_to_seen(void *arg, struct peer_request *request)
{
    struct fixture *f = arg;
    char location[sizeof(f->seen) + 16];

    snprintf(location, sizeof(location), "Location: %s\r\n", f->seen);
    peer_reply(request, 307, location, "", 0);
}

static void follow(struct fixture *f, const char *path, struct sc_http_spec spec)
{
    spec.max_redirects = 3;
    fixture_start(f, path, &spec);
    sc_loop_run(f->loop);
}

static void a_redirect_is_a_reply_unless_wanted(void **state)
{
    struct fixture *f = ((struct pair *)*state)->here;

    f->answer = answer_by_path;
    fixture_get(f, "/302/next");

    assert_int_equal(f->status, 302);
    assert_string_equal(f->body.data, "moved");
    assert_int_equal(http_peer_requests(f->peer), 1);
}

static void redirects_are_followed_and_their_bodies_dropped(void **state)
{
    struct fixture *f = ((struct pair *)*state)->here;

    f->answer = answer_by_path;
    follow(f, "/302/301/307/end", (struct sc_http_spec){ 0 });

    assert_int_equal(f->status, 200);
    assert_string_equal(f->body.data, "GET /end ");
    assert_non_null(strstr(f->url, "/end"));
    assert_int_equal(http_peer_requests(f->peer), 4);
}

static void too_many_redirects_are_an_error(void **state)
{
    struct fixture *f = ((struct pair *)*state)->here;

    f->answer = answer_by_path;
    follow(f, "/302/302/302/302/end", (struct sc_http_spec){ 0 });

    assert_int_equal(f->err.code, SC_PROTOCOL);
    assert_non_null(strstr(f->err.msg, "3 times"));
    assert_int_equal(http_peer_requests(f->peer), 4);
}

static void see_other_turns_a_post_into_a_get(void **state)
{
    struct fixture *f = ((struct pair *)*state)->here;
    struct sc_http_header type = { "Content-Type", "text/plain" };
    char value[32];

    f->answer = answer_by_path;
    follow(f, "/303/end",
            (struct sc_http_spec){
                    .body = "x", .body_len = 1, .headers = &type, .header_count = 1 });

    assert_string_equal(f->body.data, "GET /end ");
    assert_false(peer_header(f->last, "Content-Type", value, sizeof(value)));
}

static void a_temporary_redirect_keeps_method_and_body(void **state)
{
    struct fixture *f = ((struct pair *)*state)->here;

    f->answer = answer_by_path;
    follow(f, "/307/end", (struct sc_http_spec){ .body = "x", .body_len = 1 });

    assert_string_equal(f->body.data, "POST /end x");
}

static void another_origin_does_not_see_secret_headers(void **state)
{
    struct pair *pair = *state;
    struct fixture *f = pair->here;
    const struct sc_http_header headers[] = { { "Authorization", "Bearer s3cret" },
        { "X-Shop-Token", "s3cret" }, { "Accept", "text/plain" } };
    char value[64];

    f->answer = answer_to_seen;
    http_peer_url(pair->there, "/", f->seen);
    follow(f, "/", (struct sc_http_spec){ .headers = headers, .header_count = 3 });

    assert_string_equal(f->body.data, "there");
    assert_true(peer_header(f->last, "Authorization", value, sizeof(value)));
    assert_false(peer_header(pair->seen, "Authorization", value, sizeof(value)));
    assert_false(peer_header(pair->seen, "X-Shop-Token", value, sizeof(value)));
    assert_true(peer_header(pair->seen, "Accept", value, sizeof(value)));
    assert_string_equal(value, "text/plain");
}

static void the_same_origin_sees_them_again(void **state)
{
    struct fixture *f = ((struct pair *)*state)->here;
    struct sc_http_header secret = { "Authorization", "Bearer s3cret" };
    char value[64];

    f->answer = answer_by_path;
    follow(f, "/302/end", (struct sc_http_spec){ .headers = &secret, .header_count = 1 });

    assert_true(peer_header(f->last, "Authorization", value, sizeof(value)));
}

static void a_redirect_to_another_scheme_is_not_followed(void **state)
{
    struct fixture *f = ((struct pair *)*state)->here;

    f->answer = answer_to_seen;
    snprintf(f->seen, sizeof(f->seen), "file:///etc/passwd");
    follow(f, "/", (struct sc_http_spec){ 0 });

    assert_int_equal(f->err.code, SC_INVALID);
    assert_null(strstr(f->err.msg, "passwd"));
}

static void each_hop_is_held_to_the_egress_rules(void **state)
{
    struct pair *pair = *state;
    struct fixture *f = pair->here;
    char host[32];
    const char *hosts[] = { host };
    struct sc_egress egress = { hosts, 1 };

    snprintf(host, sizeof(host), "127.0.0.1:%d", http_peer_port(f->peer));
    f->answer = answer_to_seen;
    http_peer_url(pair->there, "/", f->seen);
    follow(f, "/", (struct sc_http_spec){ .egress = &egress });

    assert_int_equal(f->err.code, SC_DENIED);
    assert_int_equal(http_peer_requests(pair->there), 0);
}

static void streaming_begins_after_the_last_hop(void **state)
{
    struct fixture *f = ((struct pair *)*state)->here;

    f->answer = answer_by_path;
    fixture_stream(f, "/302/end", &(struct sc_http_spec){ .max_redirects = 1 });
    sc_loop_run(f->loop);

    assert_string_equal(f->body.data, "GET /end ");
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup_pair, teardown_pair)
    const struct CMUnitTest tests[] = {
        T(a_redirect_is_a_reply_unless_wanted),
        T(redirects_are_followed_and_their_bodies_dropped),
        T(too_many_redirects_are_an_error),
        T(see_other_turns_a_post_into_a_get),
        T(a_temporary_redirect_keeps_method_and_body),
        T(another_origin_does_not_see_secret_headers),
        T(the_same_origin_sees_them_again),
        T(a_redirect_to_another_scheme_is_not_followed),
        T(each_hop_is_held_to_the_egress_rules),
        T(streaming_begins_after_the_last_hop),
    };
    return cmocka_run_group_tests_name("net/http_redirects", tests, NULL, NULL);
}
