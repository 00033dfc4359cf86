#include "exec/spec.h"

static void put_text(struct sc_json *json, const char *name, const char *text)
{
    if (text)
        sc_json_add(json, name, sc_json_new_string(text));
}

static void put_copy(struct sc_json *json, const char *name, const struct sc_json *value)
{
    if (value)
        sc_json_add(json, name, sc_json_copy(value));
}

struct sc_json *sc_spec_to_json(const struct sc_task_spec *spec)
{
    struct sc_json *json = sc_json_new_object();

    put_text(json, "words", spec->words);
    put_text(json, "agent", spec->agent);
    put_text(json, "language", spec->language);
    put_text(json, "instructions", spec->instructions);
    put_copy(json, "tools", spec->tools);
    put_copy(json, "env", spec->env);
    put_copy(json, "inputs", spec->inputs);
    put_copy(json, "files", spec->files);
    put_copy(json, "shapes", spec->shapes);
    put_copy(json, "memory", spec->memory);
    put_text(json, "out_dir", spec->out_dir);
    put_copy(json, "origin", spec->origin);
    put_text(json, "routine", spec->routine);
    put_copy(json, "plan", spec->plan);
    put_text(json, "strategy", spec->strategy == SC_STRATEGY_LOOP ? "loop" : "plan");
    if (spec->yes)
        sc_json_add(json, "yes", sc_json_new_bool(true));
    if (spec->dry_run)
        sc_json_add(json, "dry_run", sc_json_new_bool(true));
    if (spec->plan_only)
        sc_json_add(json, "plan_only", sc_json_new_bool(true));
    if (spec->budget_micro >= 0)
        sc_json_add(json, "budget_micro", sc_json_new_int(spec->budget_micro));
    put_text(json, "budget_currency", spec->budget_currency);
    return json;
}
