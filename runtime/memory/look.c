/* Looking: what was found with its contradictions, and who else holds it. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "memory/item.h"
#include "memory/own.h"
#include "memory/sense.h"
#include "store/terms.h"

enum { COMPARED = 200, CONFLICTS_SHOWN = 20, USES_SHOWN = 50, LOOKED_AT = 40 };

/* What is needed of a fact to see what contradicts it. */
struct fact {
    struct sc_json *json;
    int64_t n, from_ms, to_ms;
    char *agent, *subject_key, *text_key;
};

struct list {
    struct fact *items;
    size_t count, cap;
};

static void add_fact(void *arg, const struct sc_memory_row *row)
{
    struct list *list = arg;

    if (list->count == list->cap) {
        list->cap = list->cap ? list->cap * 2 : 16;
        list->items = sc_realloc(list->items, list->cap * sizeof(*list->items));
    }
    list->items[list->count++] = (struct fact){ .json = sc_item_to_json(row),
        .n = row->n,
        .from_ms = row->valid_from_ms,
        .to_ms = row->superseded_by ? row->valid_from_ms : row->valid_to_ms,
        .agent = sc_strdup(row->agent),
        .subject_key = sc_strdup(row->subject_key),
        .text_key = sc_strdup(row->text_key) };
}

/* The facts as an array; the list is empty then. */
static struct sc_json *detach(struct list *list)
{
    struct sc_json *array = sc_json_new_array();

    for (size_t i = 0; i < list->count; i++) {
        struct fact *fact = &list->items[i];

        sc_json_append(array, fact->json);
        free(fact->agent);
        free(fact->subject_key);
        free(fact->text_key);
    }
    free(list->items);
    *list = (struct list){ 0 };
    return array;
}

/* --- contradictions --- */

struct contradiction {
    const struct fact *fact;
    struct sc_json *others;
};

static bool overlap(const struct fact *fact, const struct sc_memory_row *row)
{
    return (!fact->to_ms || row->valid_from_ms < fact->to_ms) &&
           (!row->valid_to_ms || fact->from_ms < row->valid_to_ms);
}

/* An agent's own fact does not contradict one that only another agent has. */
static bool same_scope(const struct fact *fact, const struct sc_memory_row *row)
{
    return !*fact->agent || !*row->agent || strcmp(fact->agent, row->agent) == 0;
}

static void on_same_subject(void *arg, const struct sc_memory_row *row)
{
    struct contradiction *c = arg;

    if (row->n != c->fact->n && strcmp(row->text_key, c->fact->text_key) != 0 &&
            overlap(c->fact, row) && same_scope(c->fact, row) &&
            sc_json_count(c->others) < CONFLICTS_SHOWN)
        sc_json_append(c->others, sc_item_to_json(row));
}

static struct sc_json *conflicts_of(
        struct sc_memory *memory, const struct fact *fact, struct sc_error *err)
{
    struct contradiction c = { .fact = fact, .others = sc_json_new_array() };
    const struct sc_memory_query query = {
        .subject = fact->subject_key, .facts = true, .limit = COMPARED
    };

    if (!*fact->subject_key ||
            !sc_store_memory_list(memory->store, &query, 0, on_same_subject, &c, err))
        return c.others;
    sc_json_free(c.others);
    return NULL;
}

static enum sc_code add_conflicts(
        struct sc_memory *memory, struct list *list, struct sc_error *err)
{
    for (size_t i = 0; i < list->count; i++) {
        struct sc_json *others = conflicts_of(memory, &list->items[i], err);

        if (!others)
            return err->code;
        if (sc_json_count(others))
            sc_json_add(list->items[i].json, "conflicts", others);
        else
            sc_json_free(others);
    }
    return SC_OK;
}

static struct sc_json *end_list(struct list *list, enum sc_code code)
{
    struct sc_json *array = detach(list);

    if (!code)
        return array;
    sc_json_free(array);
    return NULL;
}

struct sc_json *sc_memory_conflicts(
        struct sc_memory *memory, const char *id, struct sc_error *err)
{
    struct list list = { 0 };
    struct sc_json *others = NULL;

    if (!sc_store_memory_get(memory->store, id, add_fact, &list, err))
        others = conflicts_of(memory, &list.items[0], err);
    sc_json_free(detach(&list));
    return others;
}

/* --- finding --- */

static enum sc_code search(struct sc_memory *memory, const struct sc_memory_query *query,
        const struct sc_sense *sense, struct list *list, struct sc_error *err)
{
    if (!query->words)
        return sc_store_memory_list(memory->store, query, 0, add_fact, list, err);
    if (!sense)
        return sc_store_memory_search(memory->store, query, add_fact, list, err);
    return sc_sense_search(memory->store, query, sense, add_fact, list, err);
}

struct sc_json *sc_memory_find(struct sc_memory *memory,
        const struct sc_memory_query *query, const struct sc_sense *sense,
        struct sc_error *err)
{
    struct list list = { 0 };
    char *subject = query->subject ? sc_terms_key(query->subject) : NULL;
    struct sc_memory_query asked = *query;
    enum sc_code code;

    asked.subject = subject;
    code = search(memory, &asked, sense, &list, err);
    free(subject);
    if (!code)
        code = add_conflicts(memory, &list, err);
    return end_list(&list, code);
}

struct each {
    sc_memory_item_fn *fn;
    void *arg;
};

static void on_each(void *arg, const struct sc_memory_row *row)
{
    const struct each *each = arg;
    struct sc_json *item = sc_item_to_json(row);

    each->fn(each->arg, item);
    sc_json_free(item);
}

enum sc_code sc_memory_each(struct sc_memory *memory, const struct sc_memory_query *query,
        sc_memory_item_fn *fn, void *arg, struct sc_error *err)
{
    struct each each = { fn, arg };

    return sc_store_memory_list(memory->store, query, 0, on_each, &each, err);
}

/* --- one --- */

static void append_item(void *arg, const struct sc_memory_row *row)
{
    sc_json_append(arg, sc_item_to_json(row));
}

static void append_document(void *arg, const struct sc_document_row *row)
{
    sc_json_append(arg, sc_document_to_json(row));
}

/* What a fact corrected, and what that did. */
static struct sc_json *earlier_of(
        struct sc_memory *memory, const struct sc_json *fact, struct sc_error *err)
{
    struct sc_json *earlier = sc_json_new_array();
    const char *id = sc_json_get_string(fact, "supersedes", NULL);

    while (id) {
        size_t count = sc_json_count(earlier);

        if (sc_store_memory_get(memory->store, id, append_item, earlier, err)) {
            sc_json_free(earlier);
            return NULL;
        }
        id = sc_json_get_string(sc_json_at(earlier, count), "supersedes", NULL);
    }
    return earlier;
}

static struct sc_json *show_fact(
        struct sc_memory *memory, struct list *list, struct sc_error *err)
{
    struct sc_json *earlier;

    if (add_conflicts(memory, list, err))
        return NULL;
    earlier = earlier_of(memory, list->items[0].json, err);
    if (!earlier)
        return NULL;
    if (sc_json_count(earlier))
        sc_json_add(list->items[0].json, "earlier", earlier);
    else
        sc_json_free(earlier);
    return sc_json_copy(list->items[0].json);
}

/* Its pieces have ids that begin with its own. */
static enum sc_code add_pieces(
        struct sc_memory *memory, struct sc_json *document, struct sc_error *err)
{
    const char *id = sc_json_get_string(document, "id", "");
    int64_t count = sc_json_get_int(document, "pieces_count", 0);
    struct sc_json *pieces = sc_json_new_array();
    enum sc_code code = SC_OK;

    for (int64_t i = 0; i < count && !code; i++) {
        char *piece = sc_strdupf("%s.%lld", id, (long long)i);

        code = sc_store_memory_get(memory->store, piece, append_item, pieces, err);
        free(piece);
    }
    sc_json_free(sc_json_detach(document, "pieces_count"));
    sc_json_set(document, "pieces", pieces);
    return code;
}

/* NULL without an error: there is none. */
static struct sc_json *show_document(
        struct sc_memory *memory, const char *id, struct sc_error *err)
{
    struct sc_json *found = sc_json_new_array(), *document = NULL;

    *err = (struct sc_error){ 0 };
    if (!sc_store_documents(memory->store, NULL, id, append_document, found, err) &&
            sc_json_count(found) > 1)
        sc_fail(err, SC_CONFLICT,
                "several documents begin with '%.40s'; give more of the id", id);
    if (!err->code && sc_json_count(found) == 1) {
        document = sc_json_detach_item(found, sc_json_first(found));
        if (add_pieces(memory, document, err)) {
            sc_json_free(document);
            document = NULL;
        }
    }
    sc_json_free(found);
    return document;
}

struct sc_json *sc_memory_show(
        struct sc_memory *memory, const char *id, struct sc_error *err)
{
    struct list list = { 0 };
    struct sc_json *json = NULL;

    if (!*id) {
        sc_fail(err, SC_NOT_FOUND, "no id of a fact or document was given");
        return NULL;
    }
    if (!sc_store_memory_get(memory->store, id, add_fact, &list, err)) {
        json = show_fact(memory, &list, err);
    } else if (err->code == SC_NOT_FOUND) {
        json = show_document(memory, id, err);
        if (!json && !err->code)
            sc_fail(err, SC_NOT_FOUND,
                    "memory has no '%.40s'; see supercargo memory search", id);
    }
    sc_json_free(detach(&list));
    return json;
}

/* --- who else holds it --- */

static void append_text(void *arg, const char *text)
{
    sc_json_append(arg, sc_json_new_string(text));
}

struct saying {
    char *key; /* of the words that are looked for */
    const char *id;
    struct sc_json *items;
};

static void on_like(void *arg, const struct sc_memory_row *row)
{
    struct saying *saying = arg;
    char *key = sc_terms_key(row->text);

    if (strcmp(row->id, saying->id) != 0 && strstr(key, saying->key)) {
        struct sc_json *item = sc_json_append(saying->items, sc_json_new_object());

        sc_json_set_string(
                item, "id", row->kind == SC_MEMORY_FACT ? row->id : row->document);
        sc_json_set_string(
                item, "kind", row->kind == SC_MEMORY_FACT ? "fact" : "document");
        if (row->kind == SC_MEMORY_PIECE)
            sc_json_set_string(item, "name", row->subject);
    }
    free(key);
}

/* Items that hold the words of a fact. */
static void on_held(void *arg, const struct sc_memory_row *row)
{
    struct sc_json *words = arg;

    if (row->kind == SC_MEMORY_FACT)
        sc_json_append(words, sc_json_new_string(row->text));
}

static enum sc_code add_like(struct sc_memory *memory, const char *id,
        struct sc_json *items, struct sc_error *err)
{
    struct sc_json *words = sc_json_new_array();
    struct saying saying = { .id = id, .items = items };
    struct sc_memory_query query = { .limit = LOOKED_AT };
    enum sc_code code = sc_store_memory_get(memory->store, id, on_held, words, err);

    query.words = sc_json_string(sc_json_first(words));
    if (code == SC_NOT_FOUND)
        code = SC_OK; /* of a document the name says enough */
    else if (!code && sc_json_count(words)) {
        saying.key = sc_terms_key(query.words);
        code = sc_store_memory_search(memory->store, &query, on_like, &saying, err);
        free(saying.key);
    }
    sc_json_free(words);
    return code;
}

struct sc_json *sc_memory_holders(
        struct sc_memory *memory, const char *id, struct sc_error *err)
{
    struct sc_json *json = sc_json_new_object();
    struct sc_json *tasks = sc_json_set(json, "tasks", sc_json_new_array());
    struct sc_json *exports = sc_json_set(json, "exports", sc_json_new_array());
    struct sc_json *items = sc_json_set(json, "items", sc_json_new_array());

    if (!sc_store_memory_uses(memory->store, id, USES_SHOWN, append_text, tasks, err) &&
            !sc_store_memory_exports(memory->store, id, append_text, exports, err) &&
            !add_like(memory, id, items, err))
        return json;
    sc_json_free(json);
    return NULL;
}
