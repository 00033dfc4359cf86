/* The shop that counts its effects, asked through the real client. */
#include "http_fixture.h"

#include <unistd.h>

#include "fakes/peer_process.h"

struct bed {
    struct fixture *f;
    struct peer_process shop;
    char log[64];
};

static void open_shop(struct bed *bed)
{
    const char *args[] = { EFFECT_PEER, bed->log, NULL };

    assert_true(peer_process_start(&bed->shop, args));
}

static int setup_bed(void **state)
{
    struct bed *bed = calloc(1, sizeof(*bed));
    void *f;

    setup(&f);
    bed->f = f;
    snprintf(bed->log, sizeof(bed->log), "/tmp/sc-effects-%d", (int)getpid());
    unlink(bed->log);
    open_shop(bed);
    *state = bed;
    return 0;
}

static int teardown_bed(void **state)
{
    struct bed *bed = *state;
    void *f = bed->f;

    assert_int_equal(peer_process_stop(&bed->shop), 0);
    unlink(bed->log);
    teardown(&f);
    free(bed);
    return 0;
}

static void ask(struct bed *bed, const char *path, const char *key)
{
    struct sc_http_header header = { "Idempotency-Key", key ? key : "" };
    struct sc_http_spec spec = { .headers = &header, .header_count = key ? 1 : 0 };
    char url[128];

    if (key) {
        spec.body = "{}";
        spec.body_len = 2;
    }
    snprintf(url, sizeof(url), "http://127.0.0.1:%d%s", bed->shop.port, path);
    sc_buf_clear(&bed->f->body);
    fixture_start(bed->f, url, &spec);
    sc_loop_run(bed->f->loop);
}

static void expect_count(struct bed *bed, const char *count)
{
    ask(bed, "/count", NULL);
    assert_string_equal(bed->f->body.data, count);
}

static void a_key_has_one_effect(void **state)
{
    struct bed *bed = *state;

    ask(bed, "/effect/pay", "k1");
    assert_string_equal(
            bed->f->body.data, "{\"id\":1,\"key\":\"k1\",\"repeated\":false}");
    ask(bed, "/effect/pay", "k1");
    assert_string_equal(bed->f->body.data, "{\"id\":1,\"key\":\"k1\",\"repeated\":true}");
    ask(bed, "/effect/mail", "k1"); /* another effect */
    expect_count(bed, "2");
}

static void a_lost_answer_is_an_effect_all_the_same(void **state)
{
    struct bed *bed = *state;

    ask(bed, "/effect/pay?lose=1", "k1");
    assert_int_equal(bed->f->err.code, SC_UNAVAILABLE);
    assert_true(bed->f->sent);
    ask(bed, "/effect/pay?lose=1&before=1", "k2");
    expect_count(bed, "1");
    ask(bed, "/effect/pay?key=k1", NULL);
    assert_string_equal(bed->f->body.data, "{\"happened\":true,\"id\":1}");
    ask(bed, "/effect/pay?key=k2", NULL);
    assert_string_equal(bed->f->body.data, "{\"happened\":false}");
}

static void effects_outlive_the_shop(void **state)
{
    struct bed *bed = *state;

    ask(bed, "/effect/pay", "k1");
    ask(bed, "/effect/pay?delay=1&status=500", "k2");
    assert_int_equal(bed->f->status, 500);
    peer_process_kill(&bed->shop);
    open_shop(bed);

    expect_count(bed, "2");
    ask(bed, "/effect/pay", "k2");
    assert_string_equal(bed->f->body.data, "{\"id\":2,\"key\":\"k2\",\"repeated\":true}");
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup_bed, teardown_bed)
    const struct CMUnitTest tests[] = {
        T(a_key_has_one_effect),
        T(a_lost_answer_is_an_effect_all_the_same),
        T(effects_outlive_the_shop),
    };
    return cmocka_run_group_tests_name("net/effect_peer", tests, NULL, NULL);
}
