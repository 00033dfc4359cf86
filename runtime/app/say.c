#include "app/say.h"

#include <string.h>

#include "base/utf8.h"

struct row {
    const char *en, *zh, *ja;
};

static const struct row rows[] = {
#define X(name, en, zh, ja) { en, zh, ja },
    SC_SAY_TABLE(X)
#undef X
};

bool sc_says(const char *language)
{
    static const char *const columns[] = { "en", "zh", "ja" };

    for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++)
        if (strncmp(language, columns[i], 2) == 0 &&
                (!language[2] || language[2] == '-' || language[2] == '_'))
            return true;
    return false;
}

const char *sc_say(const char *language, enum sc_say what)
{
    if (strncmp(language, "zh", 2) == 0)
        return rows[what].zh;
    if (strncmp(language, "ja", 2) == 0)
        return rows[what].ja;
    return rows[what].en;
}

const char *sc_language_of(const char *words)
{
    size_t len = strlen(words), n;
    int han = 0;

    for (; len > 0; words += n, len -= n) {
        uint32_t c = sc_utf8_get(words, len, &n);

        if (c >= 0x3040 && c <= 0x30ff)
            return "ja";
        han += (c >= 0x3400 && c <= 0x9fff) || (c >= 0x20000 && c <= 0x3ffff);
    }
    return han ? "zh" : "en";
}
