#include "tool/near.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/words.h"

void sc_near_init(struct sc_near *near, const char *word)
{
    *near = (struct sc_near){ .word = word, .distance = SIZE_MAX };
}

static const char *last_part(const char *word)
{
    const char *dot = strrchr(word, '.');

    return dot ? dot + 1 : word;
}

static size_t allowed(size_t len)
{
    if (len < 4)
        return len == 3;
    return len / 3 < 2 ? 2 : len / 3 > 4 ? 4 : len / 3;
}

void sc_near_try(struct sc_near *near, const char *candidate)
{
    size_t a_len = strlen(near->word), b_len = strlen(candidate);
    size_t distance = sc_words_distance(near->word, candidate);

    if (!a_len || !b_len)
        return;
    if (distance > allowed(a_len > b_len ? a_len : b_len)) {
        if (!strchr(candidate, '.') ||
                strcmp(last_part(near->word), last_part(candidate)) != 0)
            return;
        distance = SC_WORDS_FAR;
    }
    if (distance < near->distance) {
        near->distance = distance;
        near->best = candidate;
    }
}

const char *sc_near_hint(const struct sc_near *near, char *ret_text, size_t size)
{
    ret_text[0] = '\0';
    if (near->best)
        snprintf(ret_text, size, "; did you mean '%s'?", near->best);
    return ret_text;
}
