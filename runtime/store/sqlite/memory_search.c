/* Finding what agents know by words.
 *
 * A query looks for many terms, and common ones are in most rows: only rows that have one
 * of the rarer terms are looked at, and of what has common terms alone the newest. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "store/rank.h"
#include "store/sqlite/memory.h"
#include "store/terms.h"

enum {
    PROBED = 400,     /* rows of a term that are counted; there are more: it is common */
    CANDIDATES = 1200, /* rows that are ranked, about */
    FOUND_MAX = 2000   /* and looked at, until enough of them fit the filters */
};

static const char probe_sql[] =
        "SELECT COUNT(*), MIN(rowid) FROM (SELECT rowid FROM memory_terms"
        " WHERE memory_terms MATCH ?1 ORDER BY rowid DESC LIMIT ?2)";
static const char last_sql[] = "SELECT MAX(n) FROM memory_items";
static const char ranked_sql[] =
        "SELECT rowid, sc_rank(memory_terms, ?2) AS score FROM memory_terms"
        " WHERE memory_terms MATCH ?1 AND rowid >= ?3"
        " ORDER BY score DESC, rowid DESC LIMIT ?4";
static const char item_sql[] =
        SC_MEMORY_COLUMNS "WHERE n = ?1 AND superseded_by IS NULL"
                          " AND (?2 IS NULL OR agent IN ('', ?2))"
                          " AND (?3 = 0 OR (valid_from_ms <= ?3 AND"
                          "  (valid_to_ms = 0 OR ?3 < valid_to_ms)))"
                          " AND (?4 IS NULL OR subject_key = ?4)"
                          " AND (?5 = 0 OR label = 'trusted')"
                          " AND (?6 = 0 OR kind = 'fact')";

struct term {
    const struct sc_term *of;
    int64_t rows, oldest; /* counted: at most PROBED, the newest ones */
};

struct search {
    struct sc_db *db;
    const struct sc_memory_query *query;
    struct sc_terms terms;
    struct term found[SC_TERMS_MAX]; /* in the index, the rarest first */
    size_t count, rare;              /* rare: these choose the rows */
    int64_t last;                    /* number of the newest item */
    struct sc_buf match;
    double weights[2 * SC_TERMS_MAX];
    struct sc_rank_weights rank;
};

/* --- how common each term is --- */

static enum sc_code probe(struct search *s, const char *match, int64_t most,
        struct term *ret, struct sc_error *err)
{
    sqlite3_stmt *stmt = sc_db_statement(s->db, probe_sql, err);
    bool row;

    if (!stmt)
        return SC_STORAGE;
    sc_db_bind_text(stmt, 1, match, strlen(match));
    sc_db_bind_number(stmt, 2, most);
    if (sc_db_step(s->db, stmt, &row, err))
        return err->code;
    ret->rows = sqlite3_column_int64(stmt, 0);
    ret->oldest = sqlite3_column_int64(stmt, 1);
    sc_db_reset(stmt);
    return SC_OK;
}

static int by_rows(const void *a, const void *b)
{
    const struct term *x = a, *y = b;

    return (x->rows > y->rows) - (x->rows < y->rows);
}

static enum sc_code probe_all(struct search *s, struct sc_error *err)
{
    int64_t sum = 0;

    for (size_t i = 0; i < s->terms.count; i++) {
        struct term *term = &s->found[s->count];
        char match[SC_TERM_LEN + 3];

        snprintf(match, sizeof(match), "\"%s\"", s->terms.items[i].text);
        term->of = &s->terms.items[i];
        if (probe(s, match, PROBED, term, err))
            return err->code;
        s->count += term->rows > 0;
    }
    qsort(s->found, s->count, sizeof(s->found[0]), by_rows);
    while (s->rare < s->count && s->found[s->rare].rows < PROBED &&
            sum + s->found[s->rare].rows <= CANDIDATES)
        sum += s->found[s->rare++].rows;
    return sc_db_number(s->db, last_sql, &s->last, err);
}

/* How much a row gains by having the term. Of a common one the newest rows were counted:
 * the others are taken to lie as close. */
static double weight_of(const struct search *s, const struct term *term)
{
    double all = (double)s->last, rows = (double)term->rows;

    if (term->rows == PROBED)
        rows *= all / (all - (double)term->oldest + 1);
    return term->of->weight * log(1 + (all - rows + 0.5) / (rows + 0.5));
}

/* --- the expression --- */

/* ("a" OR "b"); those that were added before count once. */
static void add_group(struct search *s, size_t from, size_t to, const char *with)
{
    for (size_t i = from; i < to; i++) {
        sc_buf_addf(&s->match, "%s\"%s\"", i == from ? "(" : with, s->found[i].of->text);
        s->weights[s->rank.count++] = weight_of(s, &s->found[i]);
    }
    sc_buf_addc(&s->match, ')');
}

/* Rows that have a rare term; where they have common ones too, these count. */
static void add_rare(struct search *s)
{
    int first;

    add_group(s, 0, s->rare, " OR ");
    if (s->rare == s->count)
        return;
    sc_buf_adds(&s->match, " OR (");
    first = s->rank.count;
    add_group(s, 0, s->rare, " OR ");
    while (first < s->rank.count)
        s->weights[first++] = 0;
    sc_buf_adds(&s->match, " AND ");
    add_group(s, s->rare, s->count, " OR ");
    sc_buf_addc(&s->match, ')');
}

/* --- the rows --- */

static enum sc_code hand_out_item(struct search *s, int64_t n, double score,
        const struct sc_memory_reader *reader, int64_t *left, struct sc_error *err)
{
    const struct sc_memory_query *q = s->query;
    sqlite3_stmt *stmt = sc_db_statement(s->db, item_sql, err);
    bool row;

    if (!stmt)
        return SC_STORAGE;
    sc_db_bind_number(stmt, 1, n);
    sc_db_bind_text(stmt, 2, q->agent, q->agent ? strlen(q->agent) : 0);
    sc_db_bind_number(stmt, 3, q->at_ms);
    sc_db_bind_text(stmt, 4, q->subject, q->subject ? strlen(q->subject) : 0);
    sc_db_bind_number(stmt, 5, q->trusted);
    sc_db_bind_number(stmt, 6, q->facts);
    if (sc_db_step(s->db, stmt, &row, err))
        return err->code;
    if (row) {
        sc_memory_hand_out(stmt, score, reader);
        (*left)--;
    }
    sc_db_reset(stmt);
    return SC_OK;
}

/* Those from the item `from` on. */
static enum sc_code hand_out_ranked(struct search *s, int64_t from,
        const struct sc_memory_reader *reader, int64_t *left, struct sc_error *err)
{
    sqlite3_stmt *stmt = sc_db_statement(s->db, ranked_sql, err);
    bool row = true;
    enum sc_code code = stmt ? SC_OK : SC_STORAGE;

    if (code)
        return code;
    s->rank.items = s->weights;
    sc_db_bind_text(stmt, 1, sc_buf_text(&s->match), s->match.len);
    (void)sc_rank_bind(stmt, 2, &s->rank);
    sc_db_bind_number(stmt, 3, from);
    sc_db_bind_number(stmt, 4, FOUND_MAX);
    while (*left > 0 && !(code = sc_db_step(s->db, stmt, &row, err)) && row)
        code = hand_out_item(s, sqlite3_column_int64(stmt, 0),
                sqlite3_column_double(stmt, 1), reader, left, err);
    sc_db_reset(stmt);
    return code;
}

/* All terms are common: the newest rows that have all of them, else any of them. */
static enum sc_code hand_out_common(struct search *s,
        const struct sc_memory_reader *reader, int64_t *left, struct sc_error *err)
{
    static const char *const with[] = { " AND ", " OR " };
    struct term newest = { 0 };

    for (int i = 0; i < 2 && newest.rows == 0; i++) {
        sc_buf_clear(&s->match);
        s->rank.count = 0;
        add_group(s, 0, s->count, with[i]);
        if (probe(s, sc_buf_text(&s->match), PROBED, &newest, err))
            return err->code;
    }
    return hand_out_ranked(s, newest.oldest, reader, left, err);
}

enum sc_code sc_memory_sql_search(struct sc_db *db, const struct sc_memory_query *query,
        const struct sc_memory_reader *reader, struct sc_error *err)
{
    struct search *s = sc_new(struct search);
    int64_t left = query->limit > 0 ? query->limit : INT64_MAX;
    enum sc_code code;

    s->db = db;
    s->query = query;
    sc_terms_read(&s->terms, query->words);
    code = probe_all(s, err);
    if (!code && s->rare > 0) {
        add_rare(s);
        code = hand_out_ranked(s, 0, reader, &left, err);
    } else if (!code && s->count > 0) {
        code = hand_out_common(s, reader, &left, err);
    }
    sc_buf_release(&s->match);
    free(s);
    return code;
}
