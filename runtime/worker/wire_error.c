#include "worker/wire_error.h"

#include <string.h>

void sc_wire_error_write(struct sc_buf *out, const struct sc_error *err)
{
    sc_buf_addf(out,
            "\"code\":\"%s\",\"retryable\":%s,\"message\":", sc_code_word(err->code),
            err->retryable ? "true" : "false");
    sc_json_write_string(out, err->msg, strlen(err->msg));
}

void sc_wire_error_read(const struct sc_json *json, struct sc_error *ret_err)
{
    enum sc_code code = sc_code_of_word(sc_json_get_string(json, "code", "internal"));

    sc_fail(ret_err, code == SC_OK ? SC_INTERNAL : code, "%s",
            sc_json_get_string(json, "message", "failed without a reason"));
    ret_err->retryable = sc_json_get_bool(json, "retryable", ret_err->retryable);
}
