#include "http_fixture.h"

#include "base/mem.h"

/* --- names --- */

static enum sc_code host_of(const char *entry, const char *host, int port, bool https)
{
    struct sc_egress egress = { &entry, 1 };
    struct sc_error err;

    return sc_egress_check_host(&egress, https, host, (uint16_t)port, &err);
}

static void a_host_is_reached_on_the_https_port_only(void **state)
{
    (void)state;
    assert_int_equal(host_of("api.example.com", "api.example.com", 443, true), SC_OK);
    assert_int_equal(host_of("API.example.com", "api.example.com", 443, true), SC_OK);
    assert_int_equal(
            host_of("api.example.com", "api.example.com", 8443, true), SC_DENIED);
    assert_int_equal(
            host_of("api.example.com", "api.example.com", 443, false), SC_DENIED);
    assert_int_equal(host_of("api.example.com", "api.example.com", 80, false), SC_DENIED);
    assert_int_equal(host_of("api.example.com", "example.com", 443, true), SC_DENIED);
    assert_int_equal(
            host_of("api.example.com", "api.example.com.evil.net", 443, true), SC_DENIED);
}

static void a_star_covers_what_is_below(void **state)
{
    (void)state;
    assert_int_equal(host_of("*.example.com", "a.example.com", 443, true), SC_OK);
    assert_int_equal(host_of("*.example.com", "a.b.example.com", 443, true), SC_OK);
    assert_int_equal(host_of("*.example.com", "example.com", 443, true), SC_DENIED);
    assert_int_equal(host_of("*.example.com", "evilexample.com", 443, true), SC_DENIED);
    assert_int_equal(host_of("*.example.com", ".example.com", 443, true), SC_DENIED);
}

static void a_port_is_exact_or_any(void **state)
{
    (void)state;
    assert_int_equal(
            host_of("api.example.com:8443", "api.example.com", 8443, true), SC_OK);
    assert_int_equal(
            host_of("api.example.com:8443", "api.example.com", 443, true), SC_DENIED);
    assert_int_equal(host_of("api.example.com:*", "api.example.com", 9, true), SC_OK);
}

static void plain_http_needs_a_loopback_host(void **state)
{
    (void)state;
    assert_int_equal(host_of("localhost:8080", "localhost", 8080, false), SC_OK);
    assert_int_equal(host_of("127.0.0.1", "127.0.0.1", 80, false), SC_OK);
    assert_int_equal(host_of("[::1]:8080", "::1", 8080, false), SC_OK);
    assert_int_equal(host_of("::1", "::1", 443, true), SC_OK);
    assert_int_equal(host_of("10.0.0.5:8080", "10.0.0.5", 8080, false), SC_DENIED);
    assert_int_equal(host_of("10.0.0.5:8080", "10.0.0.5", 8080, true), SC_OK);
}

static void entries_of_wrong_form_are_named_and_allow_nothing(void **state)
{
    const char *const wrong[] = { "", "*", "*.", "http://a.example", "a b", "a:0",
        "a:70000", "a:x", "a*b.example", "user@host", "[::1", "[::1]x", "a/b" };
    struct sc_error err;

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        assert_int_equal(sc_egress_check_entry(wrong[i], &err), SC_INVALID);
        assert_int_equal(host_of(wrong[i], "a.example", 443, true), SC_DENIED);
    }
    assert_int_equal(sc_egress_check_entry("api.example.com:8443", &err), SC_OK);
}

/* --- addresses --- */

static enum sc_code address_of(const char *entry, const char *ip)
{
    struct sc_egress egress = { &entry, 1 };
    struct sc_error err;

    return sc_egress_check_ip(&egress, ip, &err);
}

static void public_addresses_are_fine(void **state)
{
    const char *const fine[] = { "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255",
        "100.128.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255",
        "198.17.255.255", "198.20.0.0", "223.255.255.255", "2606:4700::1111",
        "2001:4860:4860::8888", "::ffff:1.1.1.1", "64:ff9b::101:101" };

    (void)state;
    for (size_t i = 0; i < sizeof(fine) / sizeof(*fine); i++)
        assert_int_equal(address_of("a.example", fine[i]), SC_OK);
}

static void special_addresses_are_refused(void **state)
{
    const char *const special[] = { "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255",
        "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.254",
        "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1",
        "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.1",
        "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1",
        "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "100::1", "2001::1",
        "2001:db8::1", "2002:7f00:1::1", "2002:101:101::1", "3fff::1", "fc00::1",
        "fd12:3456::1", "fe80::1", "fec0::1", "ff02::1", "4000::1" };

    (void)state;
    for (size_t i = 0; i < sizeof(special) / sizeof(*special); i++)
        assert_int_equal(address_of("a.example", special[i]), SC_DENIED);
}

static void a_named_address_is_fine_and_only_that(void **state)
{
    (void)state;
    assert_int_equal(address_of("10.0.0.5:8080", "10.0.0.5"), SC_OK);
    assert_int_equal(address_of("10.0.0.5", "::ffff:10.0.0.5"), SC_OK);
    assert_int_equal(address_of("10.0.0.5", "10.0.0.6"), SC_DENIED);
    assert_int_equal(address_of("localhost:8080", "127.0.0.1"), SC_OK);
    assert_int_equal(address_of("localhost:8080", "::1"), SC_OK);
    assert_int_equal(address_of("localhost:8080", "10.0.0.1"), SC_DENIED);
    assert_int_equal(address_of("fd00::5", "fd00::5"), SC_OK);
}

/* --- in an exchange --- */

static void try(struct fixture *f, const char *entry, const char *url)
{
    struct sc_egress egress = { &entry, 1 };

    f->err.code = SC_OK;
    f->ok = 0;
    fixture_start(f, url, &(struct sc_http_spec){ .egress = &egress });
    sc_loop_run(f->loop);
}

static void a_named_loopback_host_is_reached(void **state)
{
    struct fixture *f = *state;
    char entry[32];

    snprintf(entry, sizeof(entry), "127.0.0.1:%d", http_peer_port(f->peer));
    try(f, entry, "/");

    assert_int_equal(f->ok, 1);
}

static void a_host_that_is_not_named_gets_no_connection(void **state)
{
    struct fixture *f = *state;

    try(f, "api.example.com", "/");

    assert_int_equal(f->err.code, SC_DENIED);
    assert_non_null(strstr(f->err.msg, "127.0.0.1"));
    assert_int_equal(http_peer_connections(f->peer), 0);
}

static void odd_spellings_of_an_address_are_that_address(void **state)
{
    struct fixture *f = *state;
    const char *const hosts[] = { "2130706433", "0x7f.1", "0x7f000001", "0177.0.0.1",
        "127.1", "127.0.0.1.", "%31%32%37.0.0.1", "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]" };
    char url[96];

    for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++) {
        snprintf(url, sizeof(url), "https://%s:%d/", hosts[i], http_peer_port(f->peer));
        try(f, "*.example.com:*", url);
        assert_true(f->err.code == SC_DENIED || f->err.code == SC_INVALID);
        assert_false(f->sent);
    }
    assert_int_equal(http_peer_connections(f->peer), 0);
}

/* The hosts file of the test: names that lead where they should not. */
static void pin(struct fixture *f, const char *name, const char *address)
{
    char text[128];
    const char *pins[] = { text };

    snprintf(text, sizeof(text), "%s:%d:%s", name, http_peer_port(f->peer), address);
    fixture_client(f, &(struct sc_multi_config){ .pins = pins, .pin_count = 1 });
}

static void a_name_that_leads_inside_is_refused_at_the_connection(void **state)
{
    struct fixture *f = *state;
    const char *const inside[] = { "127.0.0.1", "[::1]", "10.0.0.1", "169.254.169.254",
        "[::ffff:127.0.0.1]" };
    char url[64];

    snprintf(url, sizeof(url), "https://shop.example:%d/", http_peer_port(f->peer));
    for (size_t i = 0; i < sizeof(inside) / sizeof(*inside); i++) {
        pin(f, "shop.example", inside[i]);
        try(f, "shop.example:*", url);
        assert_int_equal(f->err.code, SC_DENIED);
        assert_non_null(strstr(f->err.msg, "shop.example"));
        assert_false(f->sent);
    }
    assert_int_equal(http_peer_connections(f->peer), 0);
}

static void a_connection_opened_without_rules_is_checked_when_used_again(void **state)
{
    struct fixture *f = *state;
    char url[64], entry[32];

    /* Loopback by name, so that plain http passes; but 127.0.0.1 is not what is named. */
    pin(f, "127.0.0.2", "127.0.0.1");
    snprintf(url, sizeof(url), "http://127.0.0.2:%d/", http_peer_port(f->peer));
    snprintf(entry, sizeof(entry), "127.0.0.2:%d", http_peer_port(f->peer));
    fixture_get(f, url);
    assert_int_equal(f->ok, 1);
    try(f, entry, url);

    assert_int_equal(f->err.code, SC_DENIED);
    assert_false(f->sent);
    assert_int_equal(http_peer_connections(f->peer), 1);
    assert_int_equal(http_peer_requests(f->peer), 1);
}

static void a_proxy_is_not_used_for_checked_requests(void **state)
{
    struct fixture *f = *state;
    char entry[32];

    fixture_client(f, &(struct sc_multi_config){ .proxy = "http://127.0.0.1:1" });
    snprintf(entry, sizeof(entry), "127.0.0.1:%d", http_peer_port(f->peer));
    try(f, entry, "/");
    assert_int_equal(f->ok, 1);

    fixture_get(f, "/"); /* but for others */
    assert_int_equal(f->err.code, SC_UNAVAILABLE);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_host_is_reached_on_the_https_port_only),
        cmocka_unit_test(a_star_covers_what_is_below),
        cmocka_unit_test(a_port_is_exact_or_any),
        cmocka_unit_test(plain_http_needs_a_loopback_host),
        cmocka_unit_test(entries_of_wrong_form_are_named_and_allow_nothing),
        cmocka_unit_test(public_addresses_are_fine),
        cmocka_unit_test(special_addresses_are_refused),
        cmocka_unit_test(a_named_address_is_fine_and_only_that),
        T(a_named_loopback_host_is_reached),
        T(a_host_that_is_not_named_gets_no_connection),
        T(odd_spellings_of_an_address_are_that_address),
        T(a_name_that_leads_inside_is_refused_at_the_connection),
        T(a_connection_opened_without_rules_is_checked_when_used_again),
        T(a_proxy_is_not_used_for_checked_requests),
    };
    return cmocka_run_group_tests_name("net/egress", tests, NULL, NULL);
}
