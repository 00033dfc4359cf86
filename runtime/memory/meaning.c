#include "memory/meaning.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "model/embed.h"
#include "store/vectors.h"

enum { SLICE = 64 }; /* items that are filled and kept at once */

struct sc_meaning {
    struct sc_store *store;
    struct sc_model *model;
    size_t batch;
    bool exact;
};

struct sc_meaning *sc_meaning_new(const struct sc_meaning_parts *parts)
{
    struct sc_meaning *meaning = sc_new(struct sc_meaning);

    *meaning =
            (struct sc_meaning){ parts->store, parts->model, parts->batch, parts->exact };
    return meaning;
}

void sc_meaning_free(struct sc_meaning *meaning)
{
    free(meaning);
}

const char *sc_meaning_model(const struct sc_meaning *meaning)
{
    return meaning->model->name(meaning->model);
}

/* --- filling --- */

/* The steps, in order: next; on_vectors, which keeps them; on_kept, which goes on with
 * the next slice or ends. */
struct fill {
    struct sc_op op;
    struct sc_meaning *meaning;
    struct sc_op *step;
    int64_t newest, after;
    struct sc_model_account account;
    char *task_id, *agent; /* of the account */
    int64_t items[SLICE];
    char *texts[SLICE];
    size_t count;
    bool cancelled;
    struct sc_meaning_filled filled;
};

static void next(struct fill *fill);
static void on_vectors(struct sc_op *step, const struct sc_error *err);
static void on_kept(struct sc_op *step, const struct sc_error *err);

static struct fill *fill_of(struct sc_op *op)
{
    return sc_container_of(op, struct fill, op);
}

static void forget_slice(struct fill *fill)
{
    for (size_t i = 0; i < fill->count; i++)
        free(fill->texts[i]);
    fill->count = 0;
}

/* What a fact is about belongs to what it says. */
static void on_missing(void *arg, const struct sc_memory_row *row)
{
    struct fill *fill = arg;

    fill->items[fill->count] = row->n;
    fill->texts[fill->count++] = *row->subject
                                         ? sc_strdupf("%s: %s", row->subject, row->text)
                                         : sc_strdup(row->text);
    fill->after = row->n;
}

static void next(struct fill *fill)
{
    const struct sc_vectors_missing missing = { .model = sc_meaning_model(fill->meaning),
        .after = fill->after,
        .newest = fill->newest,
        .limit = SLICE };
    struct sc_embed_request request = { .texts = (const char *const *)fill->texts,
        .batch = fill->meaning->batch,
        .account = fill->task_id ? &fill->account : NULL };
    struct sc_error err;

    if (sc_store_vectors_missing(fill->meaning->store, &missing, on_missing, fill, &err))
        sc_op_finish(&fill->op, &err);
    else if (fill->cancelled)
        sc_op_finish_cancelled(&fill->op);
    else if (fill->count == 0)
        sc_op_finish(&fill->op, NULL);
    else {
        request.count = fill->count;
        fill->step = sc_embed_start(
                fill->op.scope, fill->meaning->model, &request, on_vectors, fill);
    }
}

static void keep(struct sc_meaning *meaning, struct sc_change *change, int64_t item,
        const struct sc_embeddings *vectors, const float *values)
{
    struct sc_vector_row row = { .item = item,
        .model = sc_meaning_model(meaning),
        .dims = (int64_t)vectors->dims,
        .bytes = values,
        .len = vectors->dims * sizeof(float) };
    unsigned char *packed;

    if (meaning->exact) {
        sc_change_vector(change, &row);
        return;
    }
    packed = sc_zalloc(SC_VECTOR_SCALE + vectors->dims);
    sc_vector_pack(values, vectors->dims, packed);
    row.packed = true;
    row.bytes = packed;
    row.len = SC_VECTOR_SCALE + vectors->dims;
    sc_change_vector(change, &row);
    free(packed);
}

static void on_vectors(struct sc_op *step, const struct sc_error *err)
{
    struct fill *fill = step->arg;
    const struct sc_embeddings *vectors = sc_embed_result(step);
    struct sc_change *change;

    fill->step = NULL;
    sc_model_usage_add(&fill->filled.usage, &vectors->usage);
    if (err) {
        sc_op_finish(&fill->op, err);
        return;
    }
    change = sc_change_new();
    for (size_t i = 0; i < vectors->count; i++)
        keep(fill->meaning, change, fill->items[i], vectors,
                vectors->values + i * vectors->dims);
    fill->step = sc_store_apply_start(
            fill->op.scope, fill->meaning->store, change, on_kept, fill);
}

static void on_kept(struct sc_op *step, const struct sc_error *err)
{
    struct fill *fill = step->arg;

    fill->step = NULL;
    if (err) {
        sc_op_finish(&fill->op, err);
        return;
    }
    fill->filled.items += (int64_t)fill->count;
    forget_slice(fill);
    next(fill);
}

static void fill_cancel(struct sc_op *op)
{
    struct fill *fill = fill_of(op);

    fill->cancelled = true;
    if (fill->step)
        sc_op_cancel(fill->step); /* its done ends this one */
}

static void fill_release(struct sc_op *op)
{
    struct fill *fill = fill_of(op);

    forget_slice(fill);
    free(fill->task_id);
    free(fill->agent);
    free(fill);
}

static const struct sc_op_class fill_class = { "fill", fill_cancel, fill_release };

struct sc_op *sc_meaning_fill_start(struct sc_scope *scope, struct sc_meaning *meaning,
        const struct sc_meaning_fill *fill, sc_op_done_fn *done, void *arg)
{
    struct fill *f = sc_new(struct fill);

    f->meaning = meaning;
    f->newest = fill->newest;
    if (fill->account) {
        f->task_id = sc_strdup(fill->account->task_id);
        f->agent = sc_strdup(fill->account->agent);
        f->account = (struct sc_model_account){ f->task_id, f->agent, -1 };
    }
    sc_op_begin(&f->op, &fill_class, scope, done, arg);
    next(f);
    return &f->op;
}

const struct sc_meaning_filled *sc_meaning_filled(struct sc_op *op)
{
    return &fill_of(op)->filled;
}

/* --- asking --- */

struct ask {
    struct sc_op op;
    struct sc_meaning *meaning;
    struct sc_op *step;
    char *words;
    const char *texts[1];
    struct sc_sense *sense;
};

static struct ask *ask_of(struct sc_op *op)
{
    return sc_container_of(op, struct ask, op);
}

static void on_sense(struct sc_op *step, const struct sc_error *err)
{
    struct ask *ask = step->arg;
    const struct sc_embeddings *vectors = sc_embed_result(step);

    ask->step = NULL;
    if (!err)
        ask->sense = sc_sense_new(
                sc_meaning_model(ask->meaning), vectors->values, vectors->dims);
    sc_op_finish(&ask->op, err);
}

static void ask_cancel(struct sc_op *op)
{
    struct ask *ask = ask_of(op);

    if (ask->step)
        sc_op_cancel(ask->step); /* its done ends this one */
}

static void ask_release(struct sc_op *op)
{
    struct ask *ask = ask_of(op);

    free(ask->words);
    sc_sense_free(ask->sense);
    free(ask);
}

static const struct sc_op_class ask_class = { "meaning", ask_cancel, ask_release };

struct sc_op *sc_meaning_ask_start(struct sc_scope *scope, struct sc_meaning *meaning,
        const char *words, const struct sc_model_account *account, sc_op_done_fn *done,
        void *arg)
{
    struct ask *ask = sc_new(struct ask);
    const struct sc_embed_request request = {
        .texts = ask->texts, .count = 1, .account = account
    };

    ask->meaning = meaning;
    ask->words = sc_strndup(words, sc_utf8_cut(words, strlen(words), SC_EMBED_TEXT_MAX));
    ask->texts[0] = ask->words;
    sc_op_begin(&ask->op, &ask_class, scope, done, arg);
    ask->step = sc_embed_start(scope, meaning->model, &request, on_sense, ask);
    return &ask->op;
}

struct sc_sense *sc_meaning_take_sense(struct sc_op *op)
{
    struct ask *ask = ask_of(op);
    struct sc_sense *sense = ask->sense;

    ask->sense = NULL;
    return sense;
}
