#include "model/data_text.h"

#include <string.h>

/* In JSON `<` stands inside strings only, where \u003c means the same. */
void sc_data_text_add(struct sc_buf *out, const char *name, const struct sc_json *value)
{
    struct sc_buf json = { 0 };
    const char *text, *bracket;

    sc_json_write(&json, value);
    text = sc_buf_text(&json);
    sc_buf_addf(out, "<data name=\"%s\">", name);
    while ((bracket = strchr(text, '<'))) {
        sc_buf_add(out, text, (size_t)(bracket - text));
        sc_buf_adds(out, "\\u003c");
        text = bracket + 1;
    }
    sc_buf_adds(out, text);
    sc_buf_adds(out, "</data>\n");
    sc_buf_release(&json);
}
