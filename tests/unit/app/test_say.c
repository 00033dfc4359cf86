#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/say.h"

struct entry {
    const char *name, *texts[3];
};

static const struct entry entries[] = {
#define X(name, en, zh, ja) { #name, { en, zh, ja } },
    SC_SAY_TABLE(X)
#undef X
};

enum { ENTRIES = sizeof(entries) / sizeof(*entries) };

/* They are printed as they are, never as a format. */
static void every_sentence_is_there_in_three_languages_and_is_no_format(void **state)
{
    (void)state;
    for (size_t i = 0; i < ENTRIES; i++)
        for (int k = 0; k < 3; k++)
            if (!*entries[i].texts[k] || strchr(entries[i].texts[k], '%'))
                fail_msg("%s: '%s'", entries[i].name, entries[i].texts[k]);
}

static void chinese_and_japanese_are_not_left_in_english(void **state)
{
    (void)state;
    for (size_t i = 0; i < ENTRIES; i++) {
        assert_string_not_equal(entries[i].texts[0], entries[i].texts[1]);
        assert_string_equal(sc_language_of(entries[i].texts[0]), "en");
        assert_string_equal(sc_language_of(entries[i].texts[1]), "zh");
        assert_string_not_equal(sc_language_of(entries[i].texts[2]), "en");
    }
}

static void a_language_that_is_not_there_gets_english(void **state)
{
    (void)state;
    assert_string_equal(sc_say("en", SC_SAY_DONE), "Done");
    assert_string_equal(sc_say("zh-CN", SC_SAY_DONE), "已完成");
    assert_string_equal(sc_say("ja", SC_SAY_DONE), "完了");
    assert_string_equal(sc_say("fr", SC_SAY_DONE), "Done");
    assert_string_equal(sc_say("", SC_SAY_DONE), "Done");
    assert_true(sc_says("en") && sc_says("zh-CN") && sc_says("ja_JP"));
    assert_false(sc_says("fr") || sc_says("") || sc_says("english"));
}

static void the_language_of_words_is_told_by_their_letters(void **state)
{
    (void)state;
    assert_string_equal(sc_language_of("price it"), "en");
    assert_string_equal(sc_language_of("给 catalog.xlsx 定价"), "zh");
    assert_string_equal(sc_language_of("価格を計算"), "ja");
    assert_string_equal(sc_language_of("カタログ"), "ja");
    assert_string_equal(sc_language_of(""), "en");
    assert_string_equal(sc_language_of("\xff\xfe"), "en");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sentence_is_there_in_three_languages_and_is_no_format),
        cmocka_unit_test(chinese_and_japanese_are_not_left_in_english),
        cmocka_unit_test(a_language_that_is_not_there_gets_english),
        cmocka_unit_test(the_language_of_words_is_told_by_their_letters),
    };
    return cmocka_run_group_tests_name("app/say", tests, NULL, NULL);
}
