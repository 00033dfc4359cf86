/* Finding what agents know by words.
 *
 * A query looks for many terms, and common ones are in most rows: ranking all of these
 * takes too long. So rows are chosen by the rarer terms (of common ones alone, the
 * newest), and the best of them are then scored by all terms. */
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
    PROBED = 400,      /* rows of a term that are counted; with more it is common */
    CANDIDATES = 1200, /* rows that are chosen, about */
    SCORED = 64,       /* of these by all terms, at least */
    TOGETHER = 3,      /* common terms that a row should have, */
    NEWEST = 100000,   /* if it is one of so many */
    EITHER = 8,        /* common terms of which it has one */
    USUAL_LENGTH = 50  /* terms of a fact of two sentences */
};

/* The usual constants of BM25. */
static const double saturation = 1.2, length_share = 0.75;

static const char probe_sql[] =
        "SELECT COUNT(*), MIN(rowid) FROM (SELECT rowid FROM memory_terms"
        " WHERE memory_terms MATCH ?1 AND rowid >= ?2 ORDER BY rowid DESC LIMIT ?3)";
static const char last_sql[] = "SELECT MAX(n) FROM memory_items";
static const char ranked_sql[] =
        "SELECT rowid, sc_rank(memory_terms, ?2) AS score FROM memory_terms"
        " WHERE memory_terms MATCH ?1 AND rowid >= ?3"
        " ORDER BY score DESC, rowid DESC";
static const char terms_sql[] = "SELECT terms FROM memory_terms WHERE rowid = ?1";
struct term {
    const struct sc_term *of;
    int64_t rows, oldest; /* counted: at most PROBED, the newest ones */
    double weight;
    int count; /* in the row that is scored */
};

struct search {
    struct sc_db *db;
    const struct sc_memory_query *query;
    const struct sc_memory_reader *reader;
    struct sc_terms terms;
    struct term found[SC_TERMS_MAX]; /* in the index */
    size_t count, rare;              /* rare: these choose the rows */
    int64_t last;                    /* number of the newest item */
    struct sc_buf match;
    double weights[SC_TERMS_MAX];
    struct sc_rank_weights rank;
    struct sc_memory_hit *rows;
    size_t row_count, most_rows;
};

/* --- how common each term is --- */

/* Of the items from the number `from` on. */
static enum sc_code probe(struct search *s, const char *match, int64_t from,
        struct term *ret, struct sc_error *err)
{
    sqlite3_stmt *stmt = sc_db_statement(s->db, probe_sql, err);
    bool row;

    if (!stmt)
        return SC_STORAGE;
    sc_db_bind_text(stmt, 1, match, strlen(match));
    sc_db_bind_number(stmt, 2, from);
    sc_db_bind_number(stmt, 3, PROBED);
    if (sc_db_step(s->db, stmt, &row, err))
        return err->code;
    ret->rows = sqlite3_column_int64(stmt, 0);
    ret->oldest = sqlite3_column_int64(stmt, 1);
    sc_db_reset(stmt);
    return SC_OK;
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

static enum sc_code probe_all(struct search *s, struct sc_error *err)
{
    if (sc_db_number(s->db, last_sql, &s->last, err))
        return err->code;
    for (size_t i = 0; i < s->terms.count; i++) {
        struct term *term = &s->found[s->count];
        char match[SC_TERM_LEN + 3];

        snprintf(match, sizeof(match), "\"%s\"", s->terms.items[i].text);
        term->of = &s->terms.items[i];
        if (probe(s, match, 0, term, err))
            return err->code;
        term->weight = weight_of(s, term);
        s->count += term->rows > 0;
    }
    return SC_OK;
}

/* Those that are not common first; of these and of those, the weightiest. */
static int by_weight(const void *a, const void *b)
{
    const struct term *x = a, *y = b;
    bool x_common = x->rows == PROBED, y_common = y->rows == PROBED;

    if (x_common != y_common)
        return x_common - y_common;
    return (x->weight < y->weight) - (x->weight > y->weight);
}

static void sort_terms(struct search *s)
{
    int64_t sum = 0;

    qsort(s->found, s->count, sizeof(s->found[0]), by_weight);
    while (s->rare < s->count && s->found[s->rare].rows < PROBED &&
            sum + s->found[s->rare].rows <= CANDIDATES)
        sum += s->found[s->rare++].rows;
}

/* --- choosing rows --- */

/* "a" OR "b", of the first terms. */
static void set_match(struct search *s, size_t count, const char *with)
{
    sc_buf_clear(&s->match);
    for (size_t i = 0; i < count; i++) {
        sc_buf_addf(&s->match, "%s\"%s\"", i ? with : "", s->found[i].of->text);
        s->weights[i] = s->found[i].weight;
    }
    s->rank = (struct sc_rank_weights){ s->weights, (int)count };
}

/* The best that fit, of the items from the number `from` on. */
static enum sc_code choose_rows(struct search *s, int64_t from, struct sc_error *err)
{
    sqlite3_stmt *stmt = sc_db_statement(s->db, ranked_sql, err);
    bool row = true, fits;
    enum sc_code code = stmt ? SC_OK : SC_STORAGE;

    if (code)
        return code;
    sc_db_bind_text(stmt, 1, sc_buf_text(&s->match), s->match.len);
    (void)sc_rank_bind(stmt, 2, &s->rank);
    sc_db_bind_number(stmt, 3, from);
    while (s->row_count < s->most_rows && !(code = sc_db_step(s->db, stmt, &row, err)) &&
            row) {
        struct sc_memory_hit *next = &s->rows[s->row_count];

        next->n = sqlite3_column_int64(stmt, 0);
        code = sc_memory_sql_row(s->db, s->query, next, NULL, &fits, err);
        if (code)
            break;
        s->row_count += fits;
    }
    sc_db_reset(stmt);
    return code;
}

/* All terms are common: the newest rows that have some of the weightiest together, or
 * else any of these. */
static enum sc_code choose_common(struct search *s, struct sc_error *err)
{
    struct term newest = { 0 };

    set_match(s, s->count < TOGETHER ? s->count : TOGETHER, " AND ");
    if (probe(s, sc_buf_text(&s->match), s->last - NEWEST, &newest, err))
        return err->code;
    if (newest.rows == 0) {
        set_match(s, s->count < EITHER ? s->count : EITHER, " OR ");
        if (probe(s, sc_buf_text(&s->match), 0, &newest, err))
            return err->code;
    }
    return choose_rows(s, newest.oldest, err);
}

static enum sc_code choose(struct search *s, struct sc_error *err)
{
    if (s->rare == 0)
        return choose_common(s, err);
    set_match(s, s->rare, " OR ");
    return choose_rows(s, 0, err);
}

/* --- scoring them --- */

static struct term *term_like(struct search *s, const char *text, size_t len)
{
    for (size_t i = 0; i < s->count; i++)
        if (strncmp(s->found[i].of->text, text, len) == 0 &&
                s->found[i].of->text[len] == '\0')
            return &s->found[i];
    return NULL;
}

/* The terms of a row, as the index keeps them: each with a space behind it. */
static double score_of(struct search *s, const char *terms)
{
    double score = 0, length;
    size_t tokens = 0;

    for (size_t i = 0; i < s->count; i++)
        s->found[i].count = 0;
    for (const char *end; (end = strchr(terms, ' ')); terms = end + 1, tokens++) {
        struct term *term = term_like(s, terms, (size_t)(end - terms));

        if (term)
            term->count++;
    }
    length = (double)tokens / USUAL_LENGTH;
    for (size_t i = 0; i < s->count; i++) {
        double n = s->found[i].count;

        score += s->found[i].weight * n * (saturation + 1) /
                 (n + saturation * (1 - length_share + length_share * length));
    }
    return score;
}

static enum sc_code score_row(
        struct search *s, struct sc_memory_hit *row, struct sc_error *err)
{
    sqlite3_stmt *stmt = sc_db_statement(s->db, terms_sql, err);
    bool there;

    if (!stmt)
        return SC_STORAGE;
    sc_db_bind_number(stmt, 1, row->n);
    if (sc_db_step(s->db, stmt, &there, err))
        return err->code;
    row->score = there ? score_of(s, sc_db_text(stmt, 0)) : 0;
    sc_db_reset(stmt);
    return SC_OK;
}

static int by_score(const void *a, const void *b)
{
    const struct sc_memory_hit *x = a, *y = b;

    if (x->score != y->score)
        return x->score < y->score ? 1 : -1;
    return (x->n < y->n) - (x->n > y->n); /* the newest first */
}

static enum sc_code hand_out_best(struct search *s, size_t limit, struct sc_error *err)
{
    enum sc_code code = SC_OK;
    bool fits;

    for (size_t i = 0; i < s->row_count && !code; i++)
        code = score_row(s, &s->rows[i], err);
    if (code)
        return code;
    qsort(s->rows, s->row_count, sizeof(*s->rows), by_score);
    for (size_t i = 0; i < s->row_count && i < limit && !code; i++)
        code = sc_memory_sql_row(s->db, s->query, &s->rows[i], s->reader, &fits, err);
    return code;
}

enum sc_code sc_memory_sql_search(struct sc_db *db, const struct sc_memory_query *query,
        const struct sc_memory_reader *reader, struct sc_error *err)
{
    struct search *s = sc_new(struct search);
    size_t limit = query->limit > 0 && query->limit < CANDIDATES ? (size_t)query->limit
                                                                 : CANDIDATES;
    enum sc_code code;

    s->db = db;
    s->query = query;
    s->reader = reader;
    s->most_rows = 2 * limit > SCORED ? 2 * limit : SCORED;
    s->rows = sc_new_array(struct sc_memory_hit, s->most_rows);
    sc_terms_read(&s->terms, query->words);
    code = probe_all(s, err);
    if (!code && s->count > 0) {
        sort_terms(s);
        code = choose(s, err);
    }
    if (!code)
        code = hand_out_best(s, limit, err);
    sc_buf_release(&s->match);
    free(s->rows);
    free(s);
    return code;
}
