#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codec/uri.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The examples of RFC 3986, 5.4. */
static const struct {
    const char *reference, *target;
} examples[] = {
    { "g:h", "g:h" },
    { "g", "http://a/b/c/g" },
    { "./g", "http://a/b/c/g" },
    { "g/", "http://a/b/c/g/" },
    { "/g", "http://a/g" },
    { "//g", "http://g" },
    { "?y", "http://a/b/c/d;p?y" },
    { "g?y", "http://a/b/c/g?y" },
    { "#s", "http://a/b/c/d;p?q#s" },
    { "g#s", "http://a/b/c/g#s" },
    { "g?y#s", "http://a/b/c/g?y#s" },
    { ";x", "http://a/b/c/;x" },
    { "g;x", "http://a/b/c/g;x" },
    { "g;x?y#s", "http://a/b/c/g;x?y#s" },
    { "", "http://a/b/c/d;p?q" },
    { ".", "http://a/b/c/" },
    { "./", "http://a/b/c/" },
    { "..", "http://a/b/" },
    { "../", "http://a/b/" },
    { "../g", "http://a/b/g" },
    { "../..", "http://a/" },
    { "../../", "http://a/" },
    { "../../g", "http://a/g" },
    { "../../../g", "http://a/g" },
    { "../../../../g", "http://a/g" },
    { "/./g", "http://a/g" },
    { "/../g", "http://a/g" },
    { "g.", "http://a/b/c/g." },
    { ".g", "http://a/b/c/.g" },
    { "g..", "http://a/b/c/g.." },
    { "..g", "http://a/b/c/..g" },
    { "./../g", "http://a/b/g" },
    { "./g/.", "http://a/b/c/g/" },
    { "g/./h", "http://a/b/c/g/h" },
    { "g/../h", "http://a/b/c/h" },
    { "g;x=1/./y", "http://a/b/c/g;x=1/y" },
    { "g;x=1/../y", "http://a/b/c/y" },
    { "g?y/./x", "http://a/b/c/g?y/./x" },
    { "g#s/../x", "http://a/b/c/g#s/../x" },
};

static void references_resolve_as_in_the_rfc(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(examples); i++) {
        char *target = sc_uri_resolve("http://a/b/c/d;p?q", examples[i].reference);

        if (strcmp(target, examples[i].target) != 0)
            fail_msg("'%s': %s", examples[i].reference, target);
        free(target);
    }
}

static void other_bases_work_too(void **state)
{
    static const struct {
        const char *base, *reference, *target;
    } cases[] = { { "", "a.json#/b", "a.json#/b" }, { "", "#x", "#x" },
        { "http://a", "b", "http://a/b" }, { "urn:x:y", "#z", "urn:x:y#z" },
        { "http://a/b?c#d", "", "http://a/b?c" }, { "a/b", "c", "a/c" } };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *target = sc_uri_resolve(cases[i].base, cases[i].reference);

        assert_string_equal(target, cases[i].target);
        free(target);
    }
}

static void a_scheme_makes_a_uri_absolute(void **state)
{
    (void)state;
    assert_true(sc_uri_is_absolute("https://example.com"));
    assert_true(sc_uri_is_absolute("urn:isbn:1"));
    assert_false(sc_uri_is_absolute("//example.com"));
    assert_false(sc_uri_is_absolute("1a:b"));
    assert_false(sc_uri_is_absolute(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(references_resolve_as_in_the_rfc),
        cmocka_unit_test(other_bases_work_too),
        cmocka_unit_test(a_scheme_makes_a_uri_absolute),
    };
    return cmocka_run_group_tests_name("codec/uri", tests, NULL, NULL);
}
