/* tool/descriptor.h - is the JSON of a tool.lua a tool?
 *
 * Purpose:   check every field of a descriptor by itself, before a tool is made of it.
 * Thread:    any.
 * Errors:    SC_INVALID; the sentence names the tool and the first field that is wrong.
 */
#pragma once

#include "codec/json.h"

enum sc_code sc_descriptor_check(const struct sc_json *descriptor, struct sc_error *err);
