#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "memory/vector.h"

enum { DIMS = 384, COUNT = 500, BEST = 10, BYTES = SC_VECTOR_SCALE + DIMS };

struct bed {
    uint64_t seed;
    float *vectors; /* COUNT of DIMS */
    unsigned char *packed;
    float query[DIMS];
    unsigned char packed_query[BYTES];
};

/* -1 to 1, the same in every run. */
static float random_number(struct bed *bed)
{
    bed->seed = bed->seed * 6364136223846793005U + 1442695040888963407U;
    return (float)(int32_t)(bed->seed >> 32) / 2147483648.0F;
}

static void make(struct bed *bed, float *values, size_t dims)
{
    for (size_t i = 0; i < dims; i++)
        values[i] = random_number(bed);
    assert_true(sc_vector_normalise(values, dims));
}

static int setup(void **state)
{
    struct bed *bed = sc_new(struct bed);

    bed->seed = 7;
    bed->vectors = sc_new_array(float, COUNT *(size_t)DIMS);
    bed->packed = sc_zalloc_array(COUNT, BYTES);
    make(bed, bed->query, DIMS);
    sc_vector_pack(bed->query, DIMS, bed->packed_query);
    for (size_t i = 0; i < COUNT; i++) {
        make(bed, bed->vectors + i * DIMS, DIMS);
        sc_vector_pack(bed->vectors + i * DIMS, DIMS, bed->packed + i * BYTES);
    }
    *state = bed;
    return 0;
}

static int teardown(void **state)
{
    struct bed *bed = *state;

    free(bed->vectors);
    free(bed->packed);
    free(bed);
    return 0;
}

static double plain_dot(const float *a, const float *b, size_t dims)
{
    double sum = 0;

    for (size_t i = 0; i < dims; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

static void a_vector_gets_length_one_and_keeps_its_direction(void **state)
{
    float values[] = { 3, 0, -4 };

    (void)state;
    assert_true(sc_vector_normalise(values, 3));

    assert_true(fabsf(values[0] - 0.6F) < 1e-6F);
    assert_true(fabsf(values[2] + 0.8F) < 1e-6F);
}

static void what_has_no_direction_is_refused(void **state)
{
    float zero[] = { 0, 0 }, not_a_number[] = { 1, NAN }, endless[] = { INFINITY, 1 };
    float huge[] = { 3e38F, 3e38F }, tiny[] = { 1e-40F, 0 };

    (void)state;
    assert_false(sc_vector_normalise(zero, 2));
    assert_false(sc_vector_normalise(not_a_number, 2));
    assert_false(sc_vector_normalise(endless, 2));
    assert_true(sc_vector_normalise(huge, 2));
    assert_false(sc_vector_normalise(tiny, 2));
    assert_true(endless[1] == 1);
}

static void the_fast_product_is_the_plain_one_at_every_length(void **state)
{
    struct bed *bed = *state;

    for (size_t dims = 0; dims < 70; dims++) {
        double plain = plain_dot(bed->query, bed->vectors, dims);

        assert_true(fabs((double)sc_vector_dot(bed->query, bed->vectors, dims) - plain) <
                    1e-6);
    }
}

static void the_product_of_bytes_is_exact_at_every_length(void **state)
{
    struct bed *bed = *state;
    const int8_t *a = (const int8_t *)bed->packed_query + SC_VECTOR_SCALE;
    const int8_t *b = (const int8_t *)bed->packed + SC_VECTOR_SCALE;
    float a_scale, b_scale;
    int64_t sum = 0;

    memcpy(&a_scale, bed->packed_query, sizeof(a_scale));
    memcpy(&b_scale, bed->packed, sizeof(b_scale));
    for (size_t dims = 0; dims <= DIMS; dims++) {
        float expected = (float)sum * a_scale * b_scale;

        assert_true(
                sc_vector_dot_packed(bed->packed_query, bed->packed, dims) == expected);
        if (dims < DIMS)
            sum += (int64_t)a[dims] * b[dims];
    }
}

static void the_longest_vector_of_largest_numbers_does_not_overflow(void **state)
{
    enum { LONG = SC_VECTOR_DIMS_MAX };
    float *values = sc_new_array(float, LONG);
    unsigned char *packed = sc_zalloc(SC_VECTOR_SCALE + LONG);

    (void)state;
    for (size_t i = 0; i < LONG; i++)
        values[i] = i % 2 ? 1 : -1;
    assert_true(sc_vector_normalise(values, LONG));
    sc_vector_pack(values, LONG, packed);

    assert_true(fabsf(sc_vector_dot_packed(packed, packed, LONG) - 1) < 1e-4F);
    free(values);
    free(packed);
}

static void a_byte_per_number_is_near_enough(void **state)
{
    struct bed *bed = *state;

    for (size_t i = 0; i < COUNT; i++) {
        double exact = plain_dot(bed->query, bed->vectors + i * DIMS, DIMS);
        double packed = (double)sc_vector_dot_packed(
                bed->packed_query, bed->packed + i * BYTES, DIMS);

        assert_true(fabs(exact - packed) < 0.005);
    }
}

/* Fills items with the best of both ways. */
static void find_both(struct bed *bed, struct sc_nearest *exact, struct sc_nearest *bytes)
{
    for (size_t i = 0; i < COUNT; i++) {
        sc_nearest_offer(exact, (int64_t)i,
                sc_vector_dot(bed->query, bed->vectors + i * DIMS, DIMS));
        sc_nearest_offer(bytes, (int64_t)i,
                sc_vector_dot_packed(bed->packed_query, bed->packed + i * BYTES, DIMS));
    }
    sc_nearest_sort(exact);
    sc_nearest_sort(bytes);
}

static void the_best_by_bytes_are_the_best_by_floats(void **state)
{
    struct bed *bed = *state;
    struct sc_near exact_items[BEST], bytes_items[BEST];
    struct sc_nearest exact = { .items = exact_items, .most = BEST };
    struct sc_nearest bytes = { .items = bytes_items, .most = BEST };
    int common = 0;

    find_both(bed, &exact, &bytes);

    for (size_t i = 0; i < BEST; i++)
        for (size_t k = 0; k < BEST; k++)
            common += exact_items[i].n == bytes_items[k].n;
    assert_int_equal(exact_items[0].n, bytes_items[0].n);
    assert_true(common >= BEST - 1);
}

static int by_score(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;

    return (x < y) - (x > y);
}

static void the_heap_keeps_what_sorting_all_would(void **state)
{
    struct bed *bed = *state;
    float all[COUNT];

    for (size_t most = 1; most <= BEST; most++) {
        struct sc_near items[BEST];
        struct sc_nearest nearest = { .items = items, .most = most };

        for (size_t i = 0; i < COUNT; i++) {
            all[i] = random_number(bed);
            sc_nearest_offer(&nearest, (int64_t)i, all[i]);
        }
        sc_nearest_sort(&nearest);
        qsort(all, COUNT, sizeof(*all), by_score);
        assert_int_equal(nearest.count, most);
        for (size_t i = 0; i < most; i++)
            assert_true(items[i].score == all[i]);
    }
}

static void of_equal_ones_the_newer_is_first(void **state)
{
    struct sc_near items[2];
    struct sc_nearest nearest = { .items = items, .most = 2 };

    (void)state;
    for (int64_t n = 1; n <= 5; n++)
        sc_nearest_offer(&nearest, n, 0.5F);
    sc_nearest_sort(&nearest);

    assert_int_equal(items[0].n, 5);
    assert_int_equal(items[1].n, 4);
}

static void what_does_not_stand_out_is_not_found(void **state)
{
    struct sc_near items[BEST];
    struct sc_nearest nearest = { .items = items, .most = BEST };

    (void)state;
    for (int64_t n = 0; n < 100; n++)
        sc_nearest_offer(&nearest, n, n == 42 ? 0.9F : 0.6F + (float)(n % 7) / 100);
    sc_nearest_sort(&nearest);

    assert_int_equal(nearest.count, 1);
    assert_int_equal(items[0].n, 42);
}

static void when_all_are_alike_nothing_stands_out(void **state)
{
    struct sc_near items[BEST];
    struct sc_nearest nearest = { .items = items, .most = BEST };

    (void)state;
    for (int64_t n = 0; n < 100; n++)
        sc_nearest_offer(&nearest, n, 0.5F);
    sc_nearest_sort(&nearest);

    assert_int_equal(nearest.count, 0);
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_vector_gets_length_one_and_keeps_its_direction),
        T(what_has_no_direction_is_refused),
        T(the_fast_product_is_the_plain_one_at_every_length),
        T(the_product_of_bytes_is_exact_at_every_length),
        T(the_longest_vector_of_largest_numbers_does_not_overflow),
        T(a_byte_per_number_is_near_enough),
        T(the_best_by_bytes_are_the_best_by_floats),
        T(the_heap_keeps_what_sorting_all_would),
        T(of_equal_ones_the_newer_is_first),
        T(what_does_not_stand_out_is_not_found),
        T(when_all_are_alike_nothing_stands_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
