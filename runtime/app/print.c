#include "app/print.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

static bool is_control(uint32_t c)
{
    bool turns = (c >= 0x200e && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
                 (c >= 0x2066 && c <= 0x2069);

    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || turns;
}

static void print(FILE *out, const char *text, size_t len, bool one_line)
{
    for (size_t n; len > 0; text += n, len -= n) {
        uint32_t c = sc_utf8_get(text, len, &n);
        bool space = c == '\n' || c == '\t';

        if (space && one_line)
            fputc(' ', out);
        else if (space || (c != 0xfffd && !is_control(c)))
            fwrite(text, 1, n, out);
        else if (c != '\r')
            fputs("\xef\xbf\xbd", out);
    }
}

void sc_print_text(FILE *out, const char *text)
{
    print(out, text, strlen(text), false);
}

void sc_print_short(FILE *out, const char *text, size_t max)
{
    size_t len = strlen(text);

    print(out, text, sc_utf8_cut(text, len, max), true);
    if (len > max)
        fputs("…", out);
}

void sc_print_cell(FILE *out, const char *text, int columns)
{
    size_t len = strlen(text);

    fputs(text, out);
    for (size_t n; len > 0; text += n, len -= n)
        columns -= sc_utf8_get(text, len, &n) >= 0x1100 ? 2 : 1;
    fprintf(out, "%*s", columns > 0 ? columns : 0, "");
}

void sc_print_line(FILE *out, const char *head, const char *text)
{
    fputs(head, out);
    print(out, text, strlen(text), true);
    fputc('\n', out);
}

void sc_print_json(FILE *out, const struct sc_json *json)
{
    char *text = sc_json_text(json);

    fprintf(out, "%s\n", text);
    free(text);
}

void sc_print_value(FILE *out, const struct sc_json *value, size_t max)
{
    const char *currency = sc_json_get_string(value, "currency", NULL);
    char *text;

    if (sc_json_is(value, SC_JSON_STRING))
        text = sc_strdup(sc_json_string(value));
    else if (currency && sc_json_count(value) == 2 && sc_json_get(value, "amount"))
        text = sc_strdupf("%s %s", sc_json_get_string(value, "amount", "?"), currency);
    else
        text = sc_json_text(value);
    sc_print_short(out, text, max);
    free(text);
}

void sc_print_list(FILE *out, const char *title, const struct sc_json *list)
{
    if (sc_json_count(list) == 0)
        return;
    fprintf(out, "\n%s\n", title);
    SC_JSON_EACH(item, list)
    {
        fputs("  ", out);
        sc_print_text(out, sc_json_is(item, SC_JSON_STRING)
                                   ? sc_json_string(item)
                                   : sc_json_get_string(item, "path", ""));
        fputc('\n', out);
    }
}
