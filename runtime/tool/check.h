/* tool/check.h - arguments and results against a tool's contract.
 *
 * Purpose:   one place that says no, in words that can be repaired from.
 * Thread:    any.
 * Errors:    SC_INVALID; the sentence names the tool, the place and the mend.
 */
#pragma once

#include "tool/tool.h"

enum sc_code sc_tool_check_args(
        const struct sc_tool *tool, const struct sc_json *args, struct sc_error *err);
enum sc_code sc_tool_check_result(
        const struct sc_tool *tool, const struct sc_json *value, struct sc_error *err);
