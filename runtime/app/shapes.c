#include "app/shapes.h"

#include <string.h>

#include "plan/planner.h"

struct reading {
    struct sc_tool *tool;
    struct sc_json *shape;
    bool done;
};

static void on_read(struct sc_op *op, const struct sc_error *err)
{
    struct reading *reading = op->arg;

    if (err) {
        reading->shape = sc_json_new_object();
        sc_json_set_string(reading->shape, "error", err->msg);
    } else {
        reading->shape = sc_shape_of(sc_tool_outcome(reading->tool, op)->value);
    }
    reading->done = true;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

struct sc_json *sc_shapes_of_files(struct sc_app *app, const struct sc_json *files)
{
    struct sc_json *shapes = sc_json_new_object();
    struct sc_tool *tool = sc_registry_get(app->registry, "table.read");

    SC_JSON_EACH(file, files)
    {
        struct reading reading = { .tool = tool };
        struct sc_json *args = sc_json_new_object();
        struct sc_tool_context context = { .task_id = "shape",
            .agent = "planner",
            .step_id = "shape",
            .env = app->env,
            .files = files };
        struct sc_tool_call call = { .args = args, .context = &context };

        if (!tool) {
            sc_json_free(args);
            break;
        }
        call.timeout_ms = tool->timeout_ms;
        sc_json_set_string(args, "path", sc_json_string(file));
        sc_tool_start(tool, &app->scope, &call, on_read, &reading);
        sc_app_wait(app, &reading.done);
        sc_json_set(shapes, base_name(sc_json_string(file)), reading.shape);
        sc_json_free(args);
    }
    return shapes;
}
