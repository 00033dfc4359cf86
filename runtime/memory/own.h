/* memory/own.h - what the files of this layer share.
 *
 * Purpose:   the memory itself.
 * Thread:    loop.
 */
#pragma once

#include "memory/memory.h"

struct sc_memory {
    struct sc_store *store;
    struct sc_clock *clock;
    struct sc_id_source ids;
};
