#include "plan/shown.h"

#include <string.h>

#include "base/mem.h"
#include "plan/retrieve.h"
#include "plan/signature.h"

bool sc_shown_is_named(const struct sc_planner_task *task, const struct sc_tool *tool)
{
    SC_JSON_EACH(pattern, task->tools)
    {
        if (strcmp(sc_json_string(pattern), tool->name) == 0)
            return true;
    }
    return strcmp(tool->name, "ask") == 0 || strcmp(tool->name, "value") == 0;
}

const struct sc_tool **sc_shown_tools(
        const struct sc_planner_task *task, bool named_only, size_t *ret_count)
{
    size_t all = task->registry ? sc_registry_count(task->registry) : 0, count = 0;
    const struct sc_tool **tools = sc_new_array(const struct sc_tool *, all + 1);

    for (size_t i = 0; i < all; i++) {
        const struct sc_tool *tool = sc_registry_at(task->registry, i);

        if (sc_registry_allows(task->tools, tool->name) &&
                (!named_only || sc_shown_is_named(task, tool)))
            tools[count++] = tool;
    }
    *ret_count = count;
    return tools;
}

size_t sc_shown_fitting(const struct sc_planner_task *task, const char *words,
        size_t limit, const struct sc_tool **ret_tools)
{
    const struct sc_tool *tools[SC_SHOWN_FITTING];
    size_t count, shown = 0;

    SC_ASSERT(limit <= SC_SHOWN_FITTING);
    count = sc_retrieve(task->registry, task->tools, words, limit, tools);
    for (size_t i = 0; i < count; i++)
        if (!sc_shown_is_named(task, tools[i]))
            ret_tools[shown++] = tools[i];
    return shown;
}

size_t sc_shown_add_fitting(struct sc_buf *out, const struct sc_planner_task *task,
        const char *words, size_t limit)
{
    const struct sc_tool *tools[SC_SHOWN_FITTING];
    size_t count = sc_shown_fitting(task, words, limit, tools);

    for (size_t i = 0; i < count; i++)
        sc_signature_write(out, tools[i]);
    return count;
}
