#include "tool/check.h"

enum { MAX_ERRORS = 3 };

static enum sc_code check(const struct sc_tool *tool, const struct sc_schema *schema,
        const struct sc_json *value, const char *root, struct sc_error *err)
{
    struct sc_json *errors = NULL;
    struct sc_buf text;

    if (sc_schema_check(schema, value, root, MAX_ERRORS, &errors)) {
        sc_json_free(errors);
        return SC_OK;
    }
    sc_buf_init(&text);
    SC_JSON_EACH(sentence, errors)
    {
        sc_buf_adds(&text, text.len ? "; " : "");
        sc_buf_adds(&text, sc_json_string(sentence));
    }
    sc_fail(err, SC_INVALID, "%s: %s", tool->name, sc_buf_text(&text));
    sc_buf_release(&text);
    sc_json_free(errors);
    return SC_INVALID;
}

enum sc_code sc_tool_check_args(
        const struct sc_tool *tool, const struct sc_json *args, struct sc_error *err)
{
    struct sc_json *none = args ? NULL : sc_json_new_object();
    enum sc_code code = check(tool, tool->params, args ? args : none, "args", err);

    sc_json_free(none);
    return code;
}

enum sc_code sc_tool_check_result(
        const struct sc_tool *tool, const struct sc_json *value, struct sc_error *err)
{
    enum sc_code code = check(tool, tool->returns, value, "result", err);

    if (code && (!value || sc_json_is(value, SC_JSON_NULL)))
        sc_wrap(err, "run gave nothing back");
    return code;
}
