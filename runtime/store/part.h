/* store/part.h - the inside of a change: its parts, as the writer reads them.
 *
 * Purpose:   one run of bytes holds all parts of a change, so that a change costs two
 *            allocations however many parts and texts it has.
 * Contract:  a part is a kind and the values of that kind in the order in which the
 *            SQL of the kind has its parameters.
 * Ownership: texts of a part lie in the change.
 * Thread:    built on the loop, read by the writer.
 */
#pragma once

#include "base/buf.h"
#include "base/error.h"
#include "store/change.h"

enum sc_part_kind {
    SC_PART_TASK_CREATE,
    SC_PART_TASK_UPDATE,
    SC_PART_JOURNAL,
    SC_PART_PROMPT,
    SC_PART_INTEND,
    SC_PART_SETTLE,
    SC_PART_STATE_PUT,
    SC_PART_STATE_DROP,
    SC_PART_CACHE_PUT,
    SC_PART_COST,
    SC_PART_ROOM,
    SC_PART_RESERVE,
    SC_PART_UNRESERVE,
    SC_PART_LOSE,
    SC_PART_FACT_ADD,
    SC_PART_FACT_CORRECT,
    SC_PART_DOCUMENT,
    SC_PART_PIECE,
    SC_PART_MEMORY_USE,
    SC_PART_MEMORY_EXPORTED,
    SC_PART_VECTOR
};

enum { SC_PART_VALUES = 19 };

enum sc_value_kind { SC_VALUE_NULL, SC_VALUE_NUMBER, SC_VALUE_TEXT };

struct sc_value {
    enum sc_value_kind kind;
    int64_t number;
    const char *text;
    size_t len;
};

struct sc_part {
    enum sc_part_kind kind;
    int count;
    struct sc_value value[SC_PART_VALUES];
};

/* Values of an intent: the columns of its row first, then what is only asked. */
enum sc_intend_value {
    SC_INTEND_TASK,
    SC_INTEND_STEP,
    SC_INTEND_ELEMENT,
    SC_INTEND_TOOL,
    SC_INTEND_VERSION,
    SC_INTEND_KEY,
    SC_INTEND_ONCE,
    SC_INTEND_AGENT,
    SC_INTEND_ARGS_HASH,
    SC_INTEND_ARGS,
    SC_INTEND_APPROVER,
    SC_INTEND_AT,
    SC_INTEND_LIMIT_KEY,
    SC_INTEND_LIMIT_N,
    SC_INTEND_LIMIT_FROM,
    SC_INTEND_LIMIT_TO
};

/* Values of a look whether there is room: the parameters of the sum, then the rest. */
enum sc_room_value {
    SC_ROOM_FROM,
    SC_ROOM_TO,
    SC_ROOM_AGENT,
    SC_ROOM_MOST,
    SC_ROOM_MORE,
    SC_ROOM_NUMBER
};

/* Values of a fact: the columns that it brings, then what is only asked. */
enum sc_fact_value {
    SC_FACT_ID,
    SC_FACT_AGENT,
    SC_FACT_SUBJECT,
    SC_FACT_SUBJECT_KEY,
    SC_FACT_TEXT,
    SC_FACT_TEXT_KEY,
    SC_FACT_SOURCE,
    SC_FACT_LABEL,
    SC_FACT_FROM,
    SC_FACT_TO,
    SC_FACT_CREATED,
    SC_FACT_SUPERSEDES
};

struct sc_change {
    struct sc_buf bytes;
    bool too_long; /* a text of a part is, so that the change cannot be applied */
    struct sc_claim *claims; /* the writer's until done; their texts are on the heap */
    size_t claim_count, claim_cap;
};

/* A part begins with its kind and the number of its values, which follow. */
void sc_part_add(struct sc_change *change, enum sc_part_kind kind, int count);
void sc_part_add_number(struct sc_change *change, int64_t number);
void sc_part_add_text(struct sc_change *change, const char *text); /* or NULL */
void sc_part_add_bytes(struct sc_change *change, const void *bytes, size_t len);

/* Reads the part at *at and moves it on; false at the end. */
bool sc_part_next(const struct sc_change *change, size_t *at, struct sc_part *ret_part);

/* Adds a claim, zeroed; forgets all. */
struct sc_claim *sc_change_add_claim(struct sc_change *change);
void sc_change_forget_claims(struct sc_change *change);
