/* store/memory.h - what agents know: facts, and documents in pieces.
 *
 * Purpose:   keep facts with their source, label and time of validity; find them and
 *            pieces of documents by words, best first; correct and erase them.
 * Contract:  facts and pieces are items with one row of numbers (n), which is never used
 *            again: the key of the index of words and of vectors. An item is found by
 *            an agent when it is its own or shared (agent ""). A fact that was corrected
 *            stays to be looked at by its id, and is in no index.
 * Ownership: texts are borrowed: changes copy them, a read's are valid in its callback.
 * Thread:    loop.
 * Errors:    SC_NOT_FOUND, SC_CONFLICT with the mend, SC_STORAGE.
 */
#pragma once

#include "store/store.h"

enum sc_memory_kind { SC_MEMORY_FACT, SC_MEMORY_PIECE };

struct sc_memory_row {
    int64_t n; /* 0 in a change */
    enum sc_memory_kind kind;
    const char *id;
    const char *agent;                 /* "": every agent's */
    const char *subject, *subject_key; /* "": none; see store/terms.h for keys */
    const char *text, *text_key;       /* equal statements, equal keys */
    const char *source;                /* who said so */
    bool trusted;
    int64_t valid_from_ms, valid_to_ms;     /* to: 0: it still is */
    const char *supersedes, *superseded_by; /* ids, or NULL */
    const char *document;                   /* id, of a piece */
    int64_t position, created_ms;
    double score; /* of a search: the higher, the better */
};

struct sc_document_row {
    const char *id, *agent, *name, *source;
    bool trusted;
    const char *hash;
    int64_t created_ms;
    int64_t pieces; /* read only */
};

/* --- changing; each in a change with others --- */

/* Adds a fact, with a claim (the same fact is the same statement on the same subject,
 * or on none): SC_CLAIM_OK; SC_CLAIM_EARLIER: it is known as `result`;
 * SC_CLAIM_CORRECTED: it was corrected, `result` stands in its place; nothing is added
 * then. A trusted fact takes the place of the same untrusted one. */
void sc_change_fact_add(struct sc_change *change, const struct sc_memory_row *row);

/* row takes the place of the fact row->supersedes. SC_NOT_FOUND; SC_CONFLICT: that was
 * corrected before. */
void sc_change_fact_correct(struct sc_change *change, const struct sc_memory_row *row);

/* SC_CONFLICT: the agent has a document of that hash. Pieces follow, from position 0. */
void sc_change_document_add(struct sc_change *change, const struct sc_document_row *row);
void sc_change_piece_add(struct sc_change *change, const char *document, const char *id,
        int64_t position, const char *text);

/* The task was told the item; one that is not there is no error. */
void sc_change_memory_use(struct sc_change *change, const char *id, const char *task_id);
void sc_change_memory_exported(
        struct sc_change *change, const char *agent, int64_t at_ms);

/* Erases a fact with all that it corrected, or a document with its pieces: text, terms
 * and vectors. When it is done, their bytes are in no file of the store. id is whole.
 * SC_NOT_FOUND. SC_BUSY: erased, but another process reads the store, so that its log
 * holds them until that ends. */
struct sc_op *sc_store_forget_start(struct sc_scope *scope, struct sc_store *store,
        const char *id, sc_op_done_fn *done, void *arg);

/* --- reading --- */

typedef void sc_memory_row_fn(void *arg, const struct sc_memory_row *row);
typedef void sc_document_row_fn(void *arg, const struct sc_document_row *row);
typedef void sc_text_fn(void *arg, const char *text);

/* By words, best first. What is 0 or NULL does not filter. */
struct sc_memory_query {
    const char *words;
    const char *agent;   /* its own and shared ones; NULL: all */
    int64_t at_ms;       /* valid then */
    const char *subject; /* facts whose subject has this key */
    bool trusted, facts; /* only these */
    int64_t limit;
};
enum sc_code sc_store_memory_search(struct sc_store *store,
        const struct sc_memory_query *query, sc_memory_row_fn *fn, void *arg,
        struct sc_error *err);

/* Without words: in the order in which they came, after the item `after`. */
enum sc_code sc_store_memory_list(struct sc_store *store,
        const struct sc_memory_query *query, int64_t after, sc_memory_row_fn *fn,
        void *arg, struct sc_error *err);

/* By its id, of which a unique beginning will do. SC_NOT_FOUND, SC_CONFLICT. */
enum sc_code sc_store_memory_get(struct sc_store *store, const char *id,
        sc_memory_row_fn *fn, void *arg, struct sc_error *err);

/* What was found in some other way: handed out if it is there and fits the filters of the
 * query, whose words do not count. */
struct sc_memory_hit {
    int64_t n;
    double score;
};
enum sc_code sc_store_memory_row(struct sc_store *store,
        const struct sc_memory_query *query, const struct sc_memory_hit *hit,
        sc_memory_row_fn *fn, void *arg, struct sc_error *err);

/* agent NULL: of all. id, of which a unique beginning will do, or NULL. */
enum sc_code sc_store_documents(struct sc_store *store, const char *agent, const char *id,
        sc_document_row_fn *fn, void *arg, struct sc_error *err);

/* What else may hold an item that is to be erased: tasks that were told it (at most
 * `limit`), and when everything or its agent's was exported, as ISO texts. */
enum sc_code sc_store_memory_uses(struct sc_store *store, const char *id, int64_t limit,
        sc_text_fn *fn, void *arg, struct sc_error *err);
enum sc_code sc_store_memory_exports(struct sc_store *store, const char *id,
        sc_text_fn *fn, void *arg, struct sc_error *err);
