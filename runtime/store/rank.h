/* store/rank.h - how well a row of the index fits, for SQL.
 *
 * Purpose:   sc_rank(memory_terms, ?): as BM25, but with a weight for every phrase of
 *            the query, given by the caller, and whatever the length of the row. SQLite's
 *            own counts every row that has a phrase, which for a common word is most of
 *            the index, and looks each length up.
 * Ownership: the weights are bound as a pointer and outlive the statement's run.
 * Thread:    that of the connection.
 */
#pragma once

#include <sqlite3.h>

struct sc_rank_weights {
    const double *items; /* of the phrases, in their order */
    int count;
};

int sc_rank_register(sqlite3 *handle);

/* For the second argument. */
int sc_rank_bind(sqlite3_stmt *stmt, int at, struct sc_rank_weights *weights);
