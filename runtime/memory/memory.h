/* memory/memory.h - what agents know: checked, bounded, and shown with its
 * contradictions.
 *
 * Purpose:   facts and documents as people, tools and the planner see them: JSON objects
 *            {id, kind: "fact"|"piece", agent, subject, statement | text, document,
 *            source, label, valid_from, valid_to, created, supersedes, superseded_by,
 *            conflicts: [the same of others]}; what does not apply is absent. Facts
 *            conflict that say different things of one subject at one time.
 * Contract:  the _put_ functions check what they are given and add to a change, which
 *            the caller applies (store/store.h); what became of it is in the claims.
 *            Nothing decides which of two facts is right: both are kept, and shown.
 * Ownership: the caller frees JSON; the store and the clock outlive the memory.
 * Thread:    loop.
 * Errors:    SC_INVALID names the limit; those of store/memory.h.
 */
#pragma once

#include "base/clock.h"
#include "base/id.h"
#include "store/memory.h"

enum {
    SC_STATEMENT_MAX = 2000, /* bytes of a fact */
    SC_SUBJECT_MAX = 200,
    SC_SOURCE_MAX = 400,
    SC_DOCUMENT_MAX = 16 << 20 /* bytes of a document */
};

struct sc_memory;
struct sc_sense;

struct sc_memory *sc_memory_new(struct sc_store *store, struct sc_clock *clock);
void sc_memory_free(struct sc_memory *memory);

struct sc_fact {
    const char *agent;   /* NULL: every agent's */
    const char *subject; /* NULL: none */
    const char *statement;
    const char *source;
    bool trusted;
    int64_t valid_from_ms, valid_to_ms; /* 0: from now on; without end */
};

enum sc_code sc_memory_put_fact(struct sc_memory *memory, struct sc_change *change,
        const struct sc_fact *fact, char ret_id[SC_ID_LEN + 1], struct sc_error *err);

/* What is NULL or 0 in fact stays as it was, but the label. id may be a beginning. */
enum sc_code sc_memory_put_correction(struct sc_memory *memory, struct sc_change *change,
        const char *id, const struct sc_fact *fact, char ret_id[SC_ID_LEN + 1],
        struct sc_error *err);

struct sc_document {
    const char *agent; /* NULL: every agent's */
    const char *name;  /* its ending tells how it is cut: csv, tsv, json, else text */
    const char *source;
    bool trusted;
    const char *text; /* UTF-8 */
    size_t len;
};

/* {id, name, pieces, known: true} without a change when it is known already, and
 * {…, replaces: id} when the agent has another one of that name. */
struct sc_json *sc_memory_put_document(struct sc_memory *memory, struct sc_change *change,
        const struct sc_document *document, struct sc_error *err);

/* --- looking --- */

/* Best first; without words, all in the order in which they came. sense: what the words
 * mean (memory/meaning.h); NULL: they are looked for as they are. */
struct sc_json *sc_memory_find(struct sc_memory *memory,
        const struct sc_memory_query *query, const struct sc_sense *sense,
        struct sc_error *err);

/* The same one by one, without looking for conflicts: of any number. */
typedef void sc_memory_item_fn(void *arg, const struct sc_json *item);
enum sc_code sc_memory_each(struct sc_memory *memory, const struct sc_memory_query *query,
        sc_memory_item_fn *fn, void *arg, struct sc_error *err);

/* A fact with `earlier` (what it corrected, the newest first), or a document with its
 * `pieces`. id may be a beginning. */
struct sc_json *sc_memory_show(
        struct sc_memory *memory, const char *id, struct sc_error *err);

/* What else holds the words of a fact or document (whole id):
 * {tasks: [ids], exports: [times], items: [of those that say the same, id and kind]}. */
struct sc_json *sc_memory_holders(
        struct sc_memory *memory, const char *id, struct sc_error *err);

/* The other facts that are valid with this one and say something else of its subject. */
struct sc_json *sc_memory_conflicts(
        struct sc_memory *memory, const char *id, struct sc_error *err);

/* --- for a task --- */

struct sc_recall {
    const char *agent, *words;
    const struct sc_sense *sense; /* as above */
    int64_t limit, bytes; /* items and bytes of their JSON, at most; 0: 8 and 4000 */
};

/* What a planner should know, best first. */
struct sc_json *sc_memory_recall(
        struct sc_memory *memory, const struct sc_recall *recall, struct sc_error *err);
