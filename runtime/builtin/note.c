#include "builtin/note.h"

#include <stdarg.h>

#include "base/utf8.h"

enum { MAX_NOTES = 20, MAX_LEN = 400 };

void sc_note(struct sc_json *notes, const char *fmt, ...)
{
    struct sc_buf text;
    va_list ap;

    if (sc_json_count(notes) >= MAX_NOTES)
        return;
    sc_buf_init(&text);
    va_start(ap, fmt);
    sc_buf_vaddf(&text, fmt, ap);
    va_end(ap);
    sc_json_append(notes, sc_json_new_string_len(sc_buf_text(&text),
                                  sc_utf8_cut(sc_buf_text(&text), text.len, MAX_LEN)));
    sc_buf_release(&text);
}
