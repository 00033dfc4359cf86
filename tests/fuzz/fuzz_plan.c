/* fuzz: plan */
/* Any JSON as a plan: read or refused with sentences; what is read is checked, said and
 * resolved against a few tools. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "plan/plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct sc_registry *registry(void)
{
    static const char text[] =
            "{\"name\":\"a\",\"summary\":\"A.\",\"effect\":\"write\",\"builtin\":\"x\","
            "\"params\":{\"type\":\"object\",\"properties\":{\"x\":{\"type\":\"number\"}}"
            "},"
            "\"returns\":{\"type\":\"object\",\"properties\":{\"rows\":{\"type\":"
            "\"array\","
            "\"items\":{\"type\":\"object\",\"properties\":{\"s\":{\"type\":\"string\","
            "\"enum\":[\"p\",\"q\"]}}}}}}}";
    struct sc_registry *made = sc_registry_new();

    sc_registry_add(made,
            sc_tool_new(sc_json_parse(text, strlen(text), NULL, NULL), NULL, NULL, NULL));
    return made;
}

static void use(const struct sc_plan *plan)
{
    struct sc_registry *tools = registry();
    const struct sc_plan_scope scope = { .registry = tools };
    struct sc_json *names = sc_json_new_object(), *errors = NULL;

    SC_ASSERT(sc_plan_valid(plan, &scope, &errors) == !errors);
    sc_json_free(errors);
    sc_json_free(sc_plan_sentences(plan, tools, NULL, "zh"));
    for (size_t i = 0; i < plan->step_count; i++) {
        if (sc_template_is_plain(plan->steps[i].args))
            sc_json_free(sc_template_resolve(plan->steps[i].args, names, NULL));
    }
    sc_json_free(names);
    sc_registry_free(tools);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sc_json *json = sc_json_parse((const char *)data, size, NULL, NULL);
    struct sc_json *errors = NULL;
    struct sc_error err = { 0 };
    struct sc_plan *plan = json ? sc_plan_read(json, &errors, &err) : NULL;

    if (plan)
        use(plan);
    else if (json)
        SC_ASSERT(sc_json_count(errors) > 0 && err.code == SC_INVALID);
    sc_plan_free(plan);
    sc_json_free(errors);
    sc_json_free(json);
    return 0;
}
