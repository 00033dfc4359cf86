#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plan/schedule.h"

static void fields_of_cron_are_told_from_sentences(void **state)
{
    static const char *const good[] = { "0 9 * * *", "*/5 * * * *", "30 0 9 * * mon-fri",
        "0 9 1,15 JAN-MAR ?", "0 18 L * *", "0  9 * * 1#1" };
    static const char *const bad[] = { "", " ", "0 9 * *", "0 9 * * * * *",
        "every day at nine am", "at 9 * * *", "0 9 * * * ;", "0 9 * * monday",
        "\t0 9 * * *", "@daily" };

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
        if (!sc_cron_valid(good[i]))
            fail_msg("refused: '%s'", good[i]);
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        if (sc_cron_valid(bad[i]))
            fail_msg("taken: '%s'", bad[i]);
}

static void zones_are_those_of_the_database(void **state)
{
    (void)state;
    assert_true(sc_zone_valid("Asia/Shanghai"));
    assert_true(sc_zone_valid("UTC"));
    assert_false(sc_zone_valid("Beijing time"));
    assert_false(sc_zone_valid(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_of_cron_are_told_from_sentences),
        cmocka_unit_test(zones_are_those_of_the_database),
    };
    return cmocka_run_group_tests_name("plan/schedule", tests, NULL, NULL);
}
