#include "exec/event.h"

#include <string.h>

#include "base/mem.h"

static const char *const event_words[] = {
#define X(name, word) word,
    SC_EVENTS(X)
#undef X
};

const char *sc_event_word(enum sc_event_kind kind)
{
    SC_ASSERT(kind < SC_EVENT_COUNT);
    return event_words[kind];
}

enum sc_event_kind sc_event_of_word(const char *word)
{
    unsigned kind = 0;

    while (kind < SC_EVENT_COUNT && strcmp(event_words[kind], word) != 0)
        kind++;
    return kind;
}
