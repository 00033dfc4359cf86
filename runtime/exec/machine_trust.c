/* May the arguments of a step hold what others wrote? */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "exec/machine_state.h"

static bool told_by_others(const struct sc_machine *m, size_t s)
{
    const struct sc_tool *tool = machine_tool(m, s);

    return !tool || !tool->returns_trusted;
}

/* Did the model see results, or facts that others wrote, before it made the plan? What
 * stands in the plan may come from there. */
static bool plan_is_hearsay(const struct sc_machine *m, size_t s)
{
    SC_JSON_EACH(item, sc_json_get(m->spec, "memory"))
    if (strcmp(sc_json_get_string(item, "label", "untrusted"), "trusted") != 0)
        return true;
    if (m->looks + m->replans > 0)
        return true;
    for (size_t earlier = 0; m->loop && earlier < s; earlier++)
        if (told_by_others(m, earlier))
            return true;
    return false;
}

/* Does it wait, however indirectly, for a step whose result others wrote? */
static bool hears_from(const struct sc_machine *m, size_t s, bool *seen)
{
    const struct sc_step *step = &m->plan->steps[s];

    for (size_t i = 0; i < step->dep_count; i++) {
        size_t dep = step->deps[i];

        if (seen[dep])
            continue;
        seen[dep] = true;
        if (told_by_others(m, dep) || hears_from(m, dep, seen))
            return true;
    }
    return false;
}

bool machine_hearsay(const struct sc_machine *m, size_t s)
{
    bool *seen, hearsay;

    if (plan_is_hearsay(m, s))
        return true;
    seen = sc_new_array(bool, m->plan->step_count);
    hearsay = hears_from(m, s, seen);
    free(seen);
    return hearsay;
}
