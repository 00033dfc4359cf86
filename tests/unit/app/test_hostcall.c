#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/hostcall.h"

static void what_the_documentation_offers_may_be_asked_for(void **state)
{
    (void)state;
    assert_true(sc_app_may_be_asked("http.request"));
    assert_true(sc_app_may_be_asked("cache.get"));
    assert_true(sc_app_may_be_asked("cache.put"));
    assert_true(sc_app_may_be_asked("state.get"));
    assert_true(sc_app_may_be_asked("state.put"));
}

/* A script that broke out of its sandbox can write any name on the wire. */
static void what_spends_writes_or_remembers_may_not(void **state)
{
    static const char *const names[] = { "model.write", "model.look", "memory.note",
        "memory.search", "file.read", "file.write", "table.write", "http.get", "ask", "",
        "http.request2", "nothing" };

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        assert_false(sc_app_may_be_asked(names[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_documentation_offers_may_be_asked_for),
        cmocka_unit_test(what_spends_writes_or_remembers_may_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
