#include "app/hostcall.h"

#include <string.h>

#include "app/app.h"
#include "base/utf8.h"
#include "builtin/builtin.h"

enum { HOST_CALL_TIMEOUT_MS = 60000, LOG_LINE_MAX = 2000 };

/* The wall is the process: what comes from a worker may be what no script can say. */
bool sc_app_may_be_asked(const char *name)
{
    static const char *const names[] = { "http.request", "cache.get", "cache.put",
        "state.get", "state.put" };

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static void refuse(struct sc_host_call *call, const char *why)
{
    struct sc_error err;

    sc_fail(&err, SC_DENIED, "'%.40s' %s", call->name, why);
    sc_host_fail(call, &err);
}

static void log_line(
        const struct sc_app *app, struct sc_host_call *call, enum sc_log_level level)
{
    const char *text = sc_json_get_string(call->args, "text", "");

    sc_log(app->log, level, "tool.says", "tool=%s %.*s", call->tool->name,
            (int)sc_utf8_cut(text, strlen(text), LOG_LINE_MAX), text);
    sc_host_reply(call, sc_json_new_null());
}

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

    if (!call->tool)
        refuse(call, "is not for expressions");
    else if (strcmp(call->name, "log.info") == 0)
        log_line(app, call, SC_INFO);
    else if (strcmp(call->name, "log.warn") == 0)
        log_line(app, call, SC_WARN);
    else if (!sc_app_may_be_asked(call->name))
        refuse(call, "is not for scripts");
    else
        sc_builtin_start(call->scope, app->builtins, call->name, call->tool, &builtin,
                on_builtin_done, call);
}
