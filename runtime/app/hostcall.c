#include "app/hostcall.h"

#include "app/app.h"
#include "builtin/builtin.h"

enum { HOST_CALL_TIMEOUT_MS = 60000 };

static void on_builtin_done(struct sc_op *op, const struct sc_error *err)
{
    struct sc_host_call *call = op->arg;
    struct sc_tool_outcome *outcome;

    if (err) {
        sc_host_fail(call, err);
        return;
    }
    outcome = sc_builtin_outcome(op);
    sc_host_reply(call, outcome->value);
    outcome->value = NULL;
}

void sc_app_host_call(void *arg, struct sc_host_call *call)
{
    struct sc_app *app = arg;
    struct sc_tool_call builtin = {
        .args = call->args, .context = call->context, .timeout_ms = HOST_CALL_TIMEOUT_MS
    };
    struct sc_error err;

    if (!call->tool) {
        sc_fail(&err, SC_DENIED, "an expression cannot call '%s'", call->name);
        sc_host_fail(call, &err);
        return;
    }
    sc_builtin_start(call->scope, app->builtins, call->name, call->tool, &builtin,
            on_builtin_done, call);
}
