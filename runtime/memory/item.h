/* memory/item.h - a fact or a piece as JSON, as memory/memory.h says.
 *
 * Purpose:   one form for commands, tools, prompts and exports.
 * Ownership: the caller frees.
 * Thread:    any.
 */
#pragma once

#include "codec/json.h"
#include "store/memory.h"

struct sc_json *sc_item_to_json(const struct sc_memory_row *row);
struct sc_json *sc_document_to_json(const struct sc_document_row *row);
