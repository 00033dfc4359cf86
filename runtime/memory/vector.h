/* memory/vector.h - vectors of texts: made comparable, made small, compared.
 *
 * Purpose:   find the vectors nearest to one by their cosine. A vector of length 1 is
 *            kept as a byte per number and one scale for all, a quarter of its size; the
 *            order of what is found changes little by that. The loops are plain, so that
 *            every compiler turns them into SIMD.
 * Contract:  packed bytes are a scale (float) and dims numbers (int8): what is stored.
 * Ownership: the caller owns all memory.
 * Thread:    any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SC_VECTOR_DIMS_MAX = 8192,
    SC_VECTOR_SCALE = sizeof(float) /* bytes before the numbers */
};

/* To length 1. false: it has none, or a number is not finite; it is as it was then. */
bool sc_vector_normalise(float *values, size_t dims);

/* values: of length 1. bytes: SC_VECTOR_SCALE + dims of them. */
void sc_vector_pack(const float *values, size_t dims, void *ret_bytes);

/* Cosines of vectors of length 1. */
float sc_vector_dot(const float *a, const float *b, size_t dims);
float sc_vector_dot_packed(const void *a, const void *b, size_t dims);

/* The best of what is offered. */
struct sc_near {
    int64_t n;
    float score;
};
struct sc_nearest {
    struct sc_near *items; /* the worst first until sorted; room for most */
    size_t count, most;
    size_t offered; /* and what is needed to know how they spread: */
    double sum, square_sum;
};
void sc_nearest_offer(struct sc_nearest *nearest, int64_t n, float score);

/* Best first. What does not stand out from all that was offered goes: everything is near
 * to some degree, and how much depends on the model. Of a few, nothing goes. */
void sc_nearest_sort(struct sc_nearest *nearest);
