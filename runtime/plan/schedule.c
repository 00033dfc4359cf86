#include "plan/schedule.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "codec/tz.h"

/* JAN, fri; L and W. */
static bool is_cron_word(const char *text, size_t len)
{
    static const char words[] = "jan feb mar apr may jun jul aug sep oct nov dec "
                                "sun mon tue wed thu fri sat";

    if (len == 1)
        return strchr("LWlw", *text) != NULL;
    for (const char *word = words; len == 3 && word < words + sizeof(words); word += 4)
        if (strncasecmp(text, word, 3) == 0)
            return true;
    return false;
}

/* Bytes of a field; 0: it is none. */
static size_t cron_field(const char *text)
{
    size_t at = 0;

    for (;;) {
        size_t n = strspn(text + at, "0123456789*,-/?#"), word = 0;

        at += n;
        while (isalpha((unsigned char)text[at + word]))
            word++;
        if (word && !is_cron_word(text + at, word))
            return 0;
        at += word;
        if (!n && !word)
            return at;
    }
}

bool sc_cron_valid(const char *text)
{
    size_t fields = 0;

    while (*text) {
        size_t len = cron_field(text);

        text += len;
        if (len == 0 || (*text && *text != ' '))
            return false;
        fields++;
        text += strspn(text, " ");
    }
    return fields == 5 || fields == 6;
}

bool sc_zone_valid(const char *name)
{
    struct sc_tz *zone = *name ? sc_tz_new(name, NULL) : NULL;
    bool known = zone != NULL;

    sc_tz_free(zone);
    return known;
}
