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
#include "fakes/store_bed.h"

struct fixture {
    struct sc_store_bed store;
    struct builtin_bed bed;
};

static int setup(void **state)
{
    struct fixture *f = sc_new(struct fixture);

    sc_store_bed_init(&f->store);
    assert_int_equal(sc_store_bed_open(&f->store, false), SC_OK);
    builtin_bed_init(&f->bed, f->store.loop, f->store.store, NULL);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    builtin_bed_release(&f->bed);
    sc_store_bed_release(&f->store);
    free(f);
    return 0;
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

static void what_was_kept_is_found_exactly(void **state)
{
    struct builtin_bed *bed = &((struct fixture *)*state)->bed;
    char *text;

    (void)!builtin_bed_call(
            bed, "state.put", "{'key':'last','value':{'id':9007199254740993,'n':1.50}}");
    builtin_bed_expect(bed, "key", "'last'");
    (void)!builtin_bed_call(bed, "state.get", "{'key':'last'}");
    builtin_bed_expect(bed, "found", "true");
    text = sc_json_text(sc_json_get(bed->value, "value"));
    assert_string_equal(text, "{\"id\":9007199254740993,\"n\":1.50}");
    free(text);
}

static void what_was_never_kept_gives_the_default(void **state)
{
    struct builtin_bed *bed = &((struct fixture *)*state)->bed;

    (void)!builtin_bed_call(bed, "state.get", "{'key':'none','default':[1]}");
    builtin_bed_expect(bed, "", "{'found':false,'value':[1]}");
    (void)!builtin_bed_call(bed, "state.get", "{'key':'none'}");
    builtin_bed_expect(bed, "value", "null");
}

static void null_forgets(void **state)
{
    struct builtin_bed *bed = &((struct fixture *)*state)->bed;

    (void)!builtin_bed_call(bed, "state.put", "{'key':'k','value':1}");
    (void)!builtin_bed_call(bed, "state.put", "{'key':'k','value':null}");
    (void)!builtin_bed_call(bed, "state.get", "{'key':'k'}");
    builtin_bed_expect(bed, "found", "false");
}

static void agents_do_not_see_each_others_state(void **state)
{
    struct builtin_bed *bed = &((struct fixture *)*state)->bed;

    (void)!builtin_bed_call(bed, "state.put", "{'key':'k','value':1}");
    bed->context.agent = "other";
    (void)!builtin_bed_call(bed, "state.get", "{'key':'k'}");
    builtin_bed_expect(bed, "found", "false");
}

static void a_value_over_a_megabyte_is_refused(void **state)
{
    struct builtin_bed *bed = &((struct fixture *)*state)->bed;
    char *text = sc_zalloc(1100001), *args;

    memset(text, 'x', 1100000);
    args = sc_strdupf("{'key':'k','value':'%s'}", text);
    assert_int_equal(builtin_bed_call(bed, "state.put", args), SC_INVALID);
    free(args);
    free(text);
}

static void the_cache_answers_the_value_itself(void **state)
{
    struct builtin_bed *bed = &((struct fixture *)*state)->bed;

    (void)!builtin_bed_call(
            bed, "cache.put", "{'key':'day','value':{'USD':'1.10'},'seconds':60}");
    (void)!builtin_bed_call(bed, "cache.get", "{'key':'day'}");
    builtin_bed_expect(bed, "", "{'USD':'1.10'}");
}

static void the_cache_forgets_in_time(void **state)
{
    struct builtin_bed *bed = &((struct fixture *)*state)->bed;

    (void)!builtin_bed_call(bed, "cache.put", "{'key':'day','value':1,'seconds':60}");
    bed->now_ms += 61000;
    (void)!builtin_bed_call(bed, "cache.get", "{'key':'day'}");
    builtin_bed_expect(bed, "", "null");
}

static void tools_do_not_share_their_cache(void **state)
{
    struct builtin_bed *bed = &((struct fixture *)*state)->bed;

    (void)!builtin_bed_call(bed, "cache.put", "{'key':'k','value':1,'seconds':60}");
    bed->tool.name = "other.tool";
    (void)!builtin_bed_call(bed, "cache.get", "{'key':'k'}");
    builtin_bed_expect(bed, "", "null");
}

static void wrong_keys_and_times_are_refused(void **state)
{
    struct builtin_bed *bed = &((struct fixture *)*state)->bed;

    assert_int_equal(builtin_bed_call(bed, "cache.put", "{'value':1}"), SC_INVALID);
    assert_int_equal(builtin_bed_call(bed, "cache.put", "{'key':'k'}"), SC_INVALID);
    assert_int_equal(
            builtin_bed_call(bed, "cache.put", "{'key':'k','value':1,'seconds':-1}"),
            SC_INVALID);
    assert_int_equal(
            builtin_bed_call(bed, "cache.put", "{'key':'k','value':1,'seconds':1e12}"),
            SC_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(what_was_kept_is_found_exactly),
        T(what_was_never_kept_gives_the_default),
        T(null_forgets),
        T(agents_do_not_see_each_others_state),
        T(a_value_over_a_megabyte_is_refused),
        T(the_cache_answers_the_value_itself),
        T(the_cache_forgets_in_time),
        T(tools_do_not_share_their_cache),
        T(wrong_keys_and_times_are_refused),
    };
    return cmocka_run_group_tests_name("builtin/kept", tests, NULL, NULL);
}
