#include "app/memory_print.h"

#include <string.h>

#include "app/memory_words.h"
#include "app/print.h"
#include "app/when.h"

enum { SHOWN = 300, PIECE_SHOWN = 160 };

struct row {
    const char *en, *zh, *ja;
};

static const struct row rows[] = {
#define X(name, en, zh, ja) { en, zh, ja },
    SC_MEMORY_TABLE(X)
#undef X
};

const char *sc_memory_say(const char *language, enum sc_memory_say what)
{
    if (strncmp(language, "zh", 2) == 0)
        return rows[what].zh;
    return strncmp(language, "ja", 2) == 0 ? rows[what].ja : rows[what].en;
}

static const char *say(const struct sc_memory_printer *printer, enum sc_memory_say what)
{
    return sc_memory_say(printer->language, what);
}

/* "2026-11-23", or nothing. end: the last day. */
static void print_day(const struct sc_memory_printer *printer, const char *head,
        const struct sc_json *item, const char *name, bool end)
{
    const char *text = sc_json_get_string(item, name, NULL);
    char day[SC_WHEN_TEXT];
    int64_t at_ms;
    struct sc_error err;

    if (!text || sc_tz_parse(printer->zone, text, &at_ms, &err))
        return;
    sc_when_format(printer->zone, end ? at_ms - 1 : at_ms, day);
    printf(", %s %.10s", head, day);
}

static void print_origin(
        const struct sc_memory_printer *printer, const struct sc_json *item)
{
    const char *agent = sc_json_get_string(item, "agent", NULL);

    fputs("    ", stdout);
    sc_print_short(stdout, sc_json_get_string(item, "source", "?"), SHOWN);
    print_day(printer, say(printer, SC_MEMORY_SAY_SINCE), item, "valid_from", false);
    print_day(printer, say(printer, SC_MEMORY_SAY_UNTIL), item, "valid_to", true);
    if (strcmp(sc_json_get_string(item, "label", ""), "untrusted") == 0)
        printf(", %s", say(printer, SC_MEMORY_SAY_UNTRUSTED));
    if (agent) {
        printf(", %s ", say(printer, SC_MEMORY_SAY_ONLY_FOR));
        sc_print_short(stdout, agent, SHOWN);
    }
    putchar('\n');
}

static void print_head(const struct sc_json *item)
{
    const char *about = sc_json_get_string(
            item, "subject", sc_json_get_string(item, "document", NULL));

    printf("%s  ", sc_json_get_string(item, "id", "?"));
    if (about) {
        putchar('[');
        sc_print_short(stdout, about, SHOWN);
        fputs("] ", stdout);
    }
}

static const char *text_of(const struct sc_json *item)
{
    return sc_json_get_string(item, "statement", sc_json_get_string(item, "text", ""));
}

static void print_line(const struct sc_json *item)
{
    print_head(item);
    sc_print_short(
            stdout, text_of(item), sc_json_get(item, "statement") ? SHOWN : PIECE_SHOWN);
    putchar('\n');
}

static void print_related(const struct sc_memory_printer *printer, enum sc_memory_say how,
        const struct sc_json *other)
{
    printf("    %s: ", say(printer, how));
    print_line(other);
    fputs("    ", stdout);
    print_origin(printer, other);
}

void sc_memory_print_conflicts(const struct sc_memory_printer *printer,
        const struct sc_json *others, const char *id)
{
    SC_JSON_EACH(other, others)
    print_related(printer, SC_MEMORY_SAY_CONTRADICTS, other);
    if (sc_json_count(others))
        printf("    %s supercargo memory correct %s \"…\"\n",
                say(printer, SC_MEMORY_SAY_TO_SETTLE), id);
}

static void print_whole(
        const struct sc_memory_printer *printer, const struct sc_json *item)
{
    const char *by = sc_json_get_string(item, "superseded_by", NULL);

    if (by)
        printf("    %s %s\n", say(printer, SC_MEMORY_SAY_WAS_CORRECTED_BY), by);
    SC_JSON_EACH(earlier, sc_json_get(item, "earlier"))
    print_related(printer, SC_MEMORY_SAY_WAS, earlier);
}

void sc_memory_print_item(
        const struct sc_memory_printer *printer, const struct sc_json *item, bool whole)
{
    if (whole) {
        print_head(item);
        sc_print_text(stdout, text_of(item));
        putchar('\n');
    } else {
        print_line(item);
    }
    print_origin(printer, item);
    if (whole)
        print_whole(printer, item);
    sc_memory_print_conflicts(
            printer, sc_json_get(item, "conflicts"), sc_json_get_string(item, "id", ""));
}

void sc_memory_print_document(
        const struct sc_memory_printer *printer, const struct sc_json *document)
{
    printf("%s  %s ", sc_json_get_string(document, "id", "?"),
            say(printer, SC_MEMORY_SAY_A_DOCUMENT));
    sc_print_short(stdout, sc_json_get_string(document, "name", ""), SHOWN);
    putchar('\n');
    print_origin(printer, document);
    SC_JSON_EACH(piece, sc_json_get(document, "pieces"))
    {
        fputs("    ", stdout);
        sc_print_short(stdout, text_of(piece), PIECE_SHOWN);
        putchar('\n');
    }
}

void sc_memory_print_holders(
        const struct sc_memory_printer *printer, const struct sc_json *holders)
{
    const struct sc_json *tasks = sc_json_get(holders, "tasks"),
                         *exports = sc_json_get(holders, "exports"),
                         *items = sc_json_get(holders, "items");

    if (sc_json_count(tasks) + sc_json_count(exports) + sc_json_count(items) == 0)
        return;
    printf("%s:\n", say(printer, SC_MEMORY_SAY_STILL_HELD));
    SC_JSON_EACH(task, tasks)
    printf("  %s %s  (supercargo task prune)\n", say(printer, SC_MEMORY_SAY_TASK),
            sc_json_string(task));
    SC_JSON_EACH(time, exports)
    printf("  %s %s\n", say(printer, SC_MEMORY_SAY_AN_EXPORT), sc_json_string(time));
    SC_JSON_EACH(item, items)
    {
        bool fact = strcmp(sc_json_get_string(item, "kind", ""), "fact") == 0;

        printf("  %s %s ",
                say(printer, fact ? SC_MEMORY_SAY_A_FACT : SC_MEMORY_SAY_A_DOCUMENT),
                sc_json_get_string(item, "id", ""));
        sc_print_short(stdout, sc_json_get_string(item, "name", ""), SHOWN);
        putchar('\n');
    }
}
