/* model/data_text.h - data in a message that cannot be taken for words of ours.
 *
 * Purpose:   the one place where values get into prompts: planning and model tools alike.
 * Contract:  the same value gives the same bytes; no value can hold the closing tag.
 * Thread:    any.
 */
#pragma once

#include "base/buf.h"
#include "codec/json.h"

/* <data name="…">JSON</data> and a line's end. */
void sc_data_text_add(struct sc_buf *out, const char *name, const struct sc_json *value);
