#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "builtin/call.h"
#include "codec/tz.h"

static void refuse(struct sc_builtin_call *call, const char *why)
{
    struct sc_error err;

    sc_fail(&err, SC_INVALID, "%s", why);
    sc_builtin_call_fail(call, &err);
}

void sc_person_ask(struct sc_builtin_call *call)
{
    if (sc_json_get(call->args, "choices") && sc_json_get(call->args, "rows")) {
        refuse(call, "choices and rows cannot be asked together");
        return;
    }
    call->outcome.kind = SC_TOOL_ASK;
    sc_builtin_call_end(call, sc_json_copy(call->args));
}

static bool add_span(const struct sc_json *args, int64_t *at_ms)
{
    static const struct {
        const char *name;
        double ms;
    } units[] = {
        { "seconds", 1e3 },
        { "minutes", 6e4 },
        { "hours", 3.6e6 },
        { "days", 8.64e7 },
    };
    bool any = false;

    for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
        double n;

        if (sc_json_double(sc_json_get(args, units[i].name), &n)) {
            *at_ms += (int64_t)(n * units[i].ms);
            any = true;
        }
    }
    return any;
}

static enum sc_code instant_of(
        const char *until, const char *zone, int64_t *ret_ms, struct sc_error *err)
{
    struct sc_tz *tz = sc_tz_new(zone, err);
    enum sc_code code = tz ? sc_tz_parse(tz, until, ret_ms, err) : SC_INVALID;

    sc_tz_free(tz);
    return code;
}

void sc_person_wait(struct sc_builtin_call *call)
{
    const char *until = sc_json_get_string(call->args, "until", NULL);
    const struct sc_json *env = call->request.context->env;
    const char *zone = sc_json_get_string(
            call->args, "zone", sc_json_get_string(env, "zone", "UTC"));
    int64_t at_ms = call->parts->clock->wall_ms(call->parts->clock);
    bool span = add_span(call->args, &at_ms);
    struct sc_error err;
    char text[SC_TIME_TEXT];
    struct sc_json *value;

    if (!until == !span) {
        refuse(call, "give either until, or a number of seconds, minutes, hours or days");
        return;
    }
    if (until && instant_of(until, zone, &at_ms, &err) != SC_OK) {
        sc_builtin_call_fail(call, &err);
        return;
    }
    sc_time_format(at_ms, text);
    value = sc_json_new_object();
    sc_json_set_string(value, "until", text);
    call->outcome.kind = SC_TOOL_WAIT;
    call->outcome.until_ms = at_ms;
    sc_builtin_call_end(call, value);
}
