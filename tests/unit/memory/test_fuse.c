#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "memory/fuse.h"

static const int64_t words[] = { 7, 3, 9 }, meaning[] = { 3, 5 };

static void what_both_lists_have_comes_first(void **state)
{
    const struct sc_ranks lists[] = { { words, 3 }, { meaning, 2 } };
    struct sc_ranked all[5];

    (void)state;
    assert_int_equal(sc_fuse(lists, 2, all), 4);

    assert_int_equal(all[0].n, 3);
    assert_int_equal(all[1].n, 7);
    assert_int_equal(all[2].n, 5);
    assert_int_equal(all[3].n, 9);
    assert_true(all[0].score == 1 / 62.0 + 1 / 61.0);
}

static void of_equal_ones_the_earlier_list_leads(void **state)
{
    const int64_t a[] = { 1, 2 }, b[] = { 2, 1 }, c[] = { 8 };
    const struct sc_ranks both[] = { { a, 2 }, { b, 2 } },
                          apart[] = { { c, 1 }, { a, 1 } };
    struct sc_ranked all[4];

    (void)state;
    assert_int_equal(sc_fuse(both, 2, all), 2);
    assert_int_equal(all[0].n, 1);
    assert_int_equal(sc_fuse(apart, 2, all), 2);
    assert_int_equal(all[0].n, 8);
}

static void one_list_keeps_its_order(void **state)
{
    const struct sc_ranks lists[] = { { words, 3 }, { NULL, 0 } };
    struct sc_ranked all[3];

    (void)state;
    assert_int_equal(sc_fuse(lists, 2, all), 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(all[i].n, words[i]);
}

static void no_lists_give_nothing(void **state)
{
    (void)state;
    assert_int_equal(sc_fuse(NULL, 0, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_both_lists_have_comes_first),
        cmocka_unit_test(of_equal_ones_the_earlier_list_leads),
        cmocka_unit_test(one_list_keeps_its_order),
        cmocka_unit_test(no_lists_give_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
