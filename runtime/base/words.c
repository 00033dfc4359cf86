#include "base/words.h"

#include <ctype.h>
#include <string.h>

enum { LONGEST = 64 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static int same(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

size_t sc_words_distance(const char *a, const char *b)
{
    size_t row[LONGEST + 1], na = strlen(a), nb = strlen(b);

    if (na > LONGEST || nb > LONGEST)
        return SC_WORDS_FAR;
    for (size_t j = 0; j <= nb; j++)
        row[j] = j;
    for (size_t i = 1; i <= na; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            size_t above = row[j];

            row[j] = least(
                    diagonal + !same(a[i - 1], b[j - 1]), 1 + least(above, row[j - 1]));
            diagonal = above;
        }
    }
    return row[nb];
}

const char *sc_words_nearest(const char *given, const char *const *words, size_t count)
{
    size_t best = strlen(given) / 3, n;
    const char *near = NULL;

    if (best < 2)
        best = 2;
    for (size_t i = 0; i < count; i++) {
        n = sc_words_distance(given, words[i]);
        if (n < strlen(words[i]) && (n < best || (n == best && !near))) {
            best = n;
            near = words[i];
        }
    }
    return near;
}
