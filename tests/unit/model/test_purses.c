/* One provider, two keys: the subscription's and the one that is paid by use. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "fakes/bounded.h"
#include "fakes/http_peer.h"
#include "loop/loop.h"
#include "model/endpoint.h"
#include "net/curl_multi.h"

static const int64_t quarter_ms = 15 * 60 * 1000;

struct fixture {
    struct sc_clock clock; /* first: that is what is handed out */
    int64_t now_ms;
    struct sc_loop *loop;
    struct sc_scope scope;
    struct sc_multi *multi;
    struct http_peer *peer;
    struct sc_model *model;
    char url[HTTP_PEER_URL], plan_url[HTTP_PEER_URL + 8];

    const char *empty;   /* the key that has no quota, or NULL */
    int status;          /* with which it is said */
    const char *headers; /* and further ones */
    const char *code;
    struct sc_buf asked; /* "plan@/plan paid@/v1 " */

    bool done;
    struct sc_error err;
    struct sc_json *reply;
};

static int64_t now_ms(struct sc_clock *clock)
{
    return ((struct fixture *)clock)->now_ms;
}

static bool get_key(void *arg, struct sc_buf *ret_value)
{
    sc_buf_adds(ret_value, arg);
    return true;
}

static void answer(void *arg, struct peer_request *request)
{
    static const char hello[] = "{\"choices\":[{\"message\":{\"role\":\"assistant\","
                                "\"content\":\"Hello\"},\"finish_reason\":\"stop\"}]}";
    struct fixture *f = arg;
    char key[64];

    peer_header(request, "Authorization", key, sizeof(key));
    sc_buf_addf(&f->asked, "%s@%.*s ", key + strlen("Bearer "),
            (int)strcspn(request->path + 1, "/") + 1, request->path);
    if (f->empty && strstr(key, f->empty)) {
        char *body = sc_strdupf(
                "{\"error\":{\"message\":\"not for %s\",\"code\":\"%s\"}}", key, f->code);

        peer_reply(request, f->status, f->headers, body, strlen(body));
        free(body);
    } else {
        peer_reply(request, 200, "Content-Type: application/json\r\n", hello,
                sizeof(hello) - 1);
    }
}

static int setup(void **state)
{
    static char plan[] = "sk-plan", paid[] = "sk-paid";
    struct fixture *f = sc_new(struct fixture);
    struct sc_endpoint_config config = { .url = f->url, .model = "m-1" };

    f->clock = (struct sc_clock){ now_ms, now_ms };
    f->loop = sc_loop_new(NULL);
    sc_scope_init(&f->scope, f->loop);
    f->multi = sc_multi_new(f->loop, NULL);
    f->peer = http_peer_new(sc_loop_uv(f->loop), answer, f);
    http_peer_url(f->peer, "/v1", f->url);
    http_peer_url(f->peer, "/plan", f->plan_url);
    config.keys[0] = (struct sc_model_key){ get_key, plan, "PLAN_KEY", "subscription",
        f->plan_url };
    config.keys[1] =
            (struct sc_model_key){ get_key, paid, "PAID_KEY", "pay-per-use", NULL };
    f->model = sc_endpoint_new(&config, f->multi, &f->clock, NULL);
    assert_non_null(f->model);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    sc_endpoint_free(f->model);
    http_peer_free(f->peer);
    sc_multi_free(f->multi);
    sc_loop_free(f->loop);
    sc_buf_release(&f->asked);
    sc_json_free(f->reply);
    free(f);
    return 0;
}

static void on_done(struct sc_op *op, const struct sc_error *err)
{
    struct fixture *f = op->arg;

    f->reply = sc_model_reply_to_json(f->model->reply(op));
    f->err = err ? *err : (struct sc_error){ .code = SC_OK };
    f->done = true;
}

/* Who was asked, and with which key. */
static const char *ask(struct fixture *f)
{
    struct sc_json *messages = sc_json_new_array();
    struct sc_model_request request = { .messages = messages };

    sc_json_free(f->reply);
    sc_buf_clear(&f->asked);
    f->done = false;
    f->model->start(f->model, &f->scope, &request, on_done, f);
    sc_json_free(messages);
    assert_true(bounded_run(sc_loop_uv(f->loop), &f->done, 10000));
    return sc_buf_text(&f->asked);
}

static const char *purse(const struct fixture *f)
{
    return sc_json_get_string(f->reply, "purse", "");
}

static void refuse(struct fixture *f, const char *key, int status, const char *code)
{
    f->empty = key;
    f->status = status;
    f->code = code;
    f->headers = "Content-Type: application/json\r\n";
}

static void the_subscription_pays_first_at_its_own_address(void **state)
{
    struct fixture *f = *state;

    assert_string_equal(ask(f), "sk-plan@/plan ");
    assert_int_equal(f->err.code, SC_OK);
    assert_string_equal(purse(f), "subscription");
}

static void when_it_has_no_quota_the_other_pays_at_once_and_for_a_while(void **state)
{
    struct fixture *f = *state;

    refuse(f, "sk-plan", 429, "insufficient_quota");
    assert_string_equal(ask(f), "sk-plan@/plan sk-paid@/v1 ");
    assert_int_equal(f->err.code, SC_OK);
    assert_string_equal(purse(f), "pay-per-use");
    f->now_ms += quarter_ms - 1;
    assert_string_equal(ask(f), "sk-paid@/v1 ");
    f->empty = NULL;
    f->now_ms += 1;
    assert_string_equal(ask(f), "sk-plan@/plan ");
    assert_string_equal(purse(f), "subscription");
}

/* "You have used up your five hours" comes as a 429. */
static void a_long_wait_is_no_quota_either(void **state)
{
    struct fixture *f = *state;

    refuse(f, "sk-plan", 429, "rate_limit_exceeded");
    f->headers = "Retry-After: 7200\r\n";
    assert_string_equal(ask(f), "sk-plan@/plan sk-paid@/v1 ");
    f->now_ms += 7200 * 1000 - 1;
    assert_string_equal(ask(f), "sk-paid@/v1 ");
}

static void other_failures_do_not_open_the_other_purse(void **state)
{
    struct fixture *f = *state;

    refuse(f, "sk-plan", 503, "server_is_overloaded");
    assert_string_equal(ask(f), "sk-plan@/plan ");
    assert_int_equal(f->err.code, SC_UNAVAILABLE);
    refuse(f, "sk-plan", 429, "rate_limit_exceeded");
    f->headers = "Retry-After: 20\r\n";
    assert_string_equal(ask(f), "sk-plan@/plan ");
    assert_int_equal(f->err.code, SC_BUSY);
    refuse(f, "sk-plan", 401, "invalid_api_key");
    assert_string_equal(ask(f), "sk-plan@/plan ");
    assert_int_equal(f->err.code, SC_DENIED);
}

static void two_empty_purses_are_an_error_that_shows_no_key(void **state)
{
    struct fixture *f = *state;

    refuse(f, "sk-", 402, "insufficient_quota");
    assert_string_equal(ask(f), "sk-plan@/plan sk-paid@/v1 ");
    assert_int_equal(f->err.code, SC_BUDGET);
    assert_null(strstr(f->err.msg, "sk-p"));
    assert_string_equal(ask(f), "sk-paid@/v1 ");
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(the_subscription_pays_first_at_its_own_address),
        T(when_it_has_no_quota_the_other_pays_at_once_and_for_a_while),
        T(a_long_wait_is_no_quota_either),
        T(other_failures_do_not_open_the_other_purse),
        T(two_empty_purses_are_an_error_that_shows_no_key),
    };

    return cmocka_run_group_tests_name("model/purses", tests, NULL, NULL);
}
