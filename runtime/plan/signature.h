/* plan/signature.h - a tool's contract in a few lines that a model can plan from.
 *
 * Purpose:   name, arguments with types, units and words, what comes back, the effect.
 *            JSON Schema says the same in five times the tokens.
 * Contract:  the same tool gives the same bytes.
 * Thread:    any.
 */
#pragma once

#include "base/buf.h"
#include "tool/tool.h"

/* Appends the lines, each with its newline. The tool's first examples are among them,
 * those that are short. */
void sc_signature_write(struct sc_buf *out, const struct sc_tool *tool);

/* Appends the first short example, " Example of arguments: {…}", or nothing: for a
 * description on one line. */
void sc_signature_write_example(struct sc_buf *out, const struct sc_tool *tool);

/* Appends a schema as a type: `text`, `"a"|"b"`, `[{sku: text, qty?: integer}]`. */
void sc_signature_write_type(struct sc_buf *out, const struct sc_json *schema);
