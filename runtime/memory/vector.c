#include "memory/vector.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    LANES = 16,   /* sums side by side: enough for the widest registers */
    BLOCK = 4096, /* products of bytes whose sum an int32 surely holds */
    STEPS = 127,  /* of a byte to either side of 0 */
    FEW = 32      /* of so many it cannot be told what stands out */
};

/* Standard deviations above the mean. */
static const double outstanding = 1.5;

bool sc_vector_normalise(float *values, size_t dims)
{
    double square = 0;
    float factor;

    for (size_t i = 0; i < dims; i++)
        square += (double)values[i] * (double)values[i];
    if (!isfinite(square) || square <= 0)
        return false;
    factor = (float)(1 / sqrt(square));
    if (!isfinite(factor))
        return false;
    for (size_t i = 0; i < dims; i++)
        values[i] *= factor;
    return true;
}

void sc_vector_pack(const float *values, size_t dims, void *ret_bytes)
{
    int8_t *numbers = (int8_t *)ret_bytes + SC_VECTOR_SCALE;
    float most = 0, scale;

    for (size_t i = 0; i < dims; i++)
        most = fmaxf(most, fabsf(values[i]));
    scale = most / STEPS;
    memcpy(ret_bytes, &scale, sizeof(scale));
    for (size_t i = 0; i < dims; i++)
        numbers[i] = (int8_t)(most > 0 ? lrintf(values[i] / most * STEPS) : 0);
}

float sc_vector_dot(const float *a, const float *b, size_t dims)
{
    float lanes[LANES] = { 0 }, sum = 0;
    size_t i = 0;

    for (; i + LANES <= dims; i += LANES)
        for (size_t lane = 0; lane < LANES; lane++)
            lanes[lane] += a[i + lane] * b[i + lane];
    for (size_t lane = 0; lane < LANES; lane++)
        sum += lanes[lane];
    for (; i < dims; i++)
        sum += a[i] * b[i];
    return sum;
}

static int32_t dot_bytes(const int8_t *a, const int8_t *b, size_t count)
{
    int32_t sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += (int32_t)((int16_t)a[i] * (int16_t)b[i]);
    return sum;
}

float sc_vector_dot_packed(const void *a, const void *b, size_t dims)
{
    const int8_t *x = (const int8_t *)a + SC_VECTOR_SCALE;
    const int8_t *y = (const int8_t *)b + SC_VECTOR_SCALE;
    float x_scale, y_scale;
    int64_t sum = 0;

    memcpy(&x_scale, a, sizeof(x_scale));
    memcpy(&y_scale, b, sizeof(y_scale));
    for (size_t i = 0; i < dims; i += BLOCK)
        sum += dot_bytes(x + i, y + i, dims - i < BLOCK ? dims - i : BLOCK);
    return (float)sum * x_scale * y_scale;
}

/* --- the best --- */

/* Of equal ones the newer is better. */
static bool is_worse(const struct sc_near *a, const struct sc_near *b)
{
    return a->score < b->score || (a->score == b->score && a->n < b->n);
}

static void swap(struct sc_near *a, struct sc_near *b)
{
    struct sc_near kept = *a;

    *a = *b;
    *b = kept;
}

static void rise(struct sc_near *items, size_t at)
{
    for (; at > 0 && is_worse(&items[at], &items[(at - 1) / 2]); at = (at - 1) / 2)
        swap(&items[at], &items[(at - 1) / 2]);
}

static void sink(struct sc_near *items, size_t count)
{
    size_t at = 0, child;

    while ((child = 2 * at + 1) < count) {
        child += child + 1 < count && is_worse(&items[child + 1], &items[child]);
        if (!is_worse(&items[child], &items[at]))
            return;
        swap(&items[child], &items[at]);
        at = child;
    }
}

void sc_nearest_offer(struct sc_nearest *nearest, int64_t n, float score)
{
    const struct sc_near near = { n, score };

    nearest->offered++;
    nearest->sum += (double)score;
    nearest->square_sum += (double)score * (double)score;
    if (nearest->count < nearest->most) {
        nearest->items[nearest->count] = near;
        rise(nearest->items, nearest->count++);
    } else if (nearest->most && is_worse(&nearest->items[0], &near)) {
        nearest->items[0] = near;
        sink(nearest->items, nearest->count);
    }
}

static int by_score(const void *a, const void *b)
{
    return is_worse(a, b) ? 1 : -1;
}

void sc_nearest_sort(struct sc_nearest *nearest)
{
    double all = (double)nearest->offered, mean, variance;

    qsort(nearest->items, nearest->count, sizeof(nearest->items[0]), by_score);
    if (nearest->offered < FEW)
        return;
    mean = nearest->sum / all;
    variance = fmax(0, nearest->square_sum / all - mean * mean);
    while (nearest->count && (double)nearest->items[nearest->count - 1].score <=
                                     mean + outstanding * sqrt(variance))
        nearest->count--;
}
