#include "memory/memory.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "memory/cut.h"
#include "memory/own.h"
#include "store/terms.h"

enum { KEY_TEXT = 33 }; /* half a hash */

struct sc_memory *sc_memory_new(struct sc_store *store, struct sc_clock *clock)
{
    struct sc_memory *memory = sc_new(struct sc_memory);

    memory->store = store;
    memory->clock = clock;
    return memory;
}

void sc_memory_free(struct sc_memory *memory)
{
    free(memory);
}

/* --- checking --- */

static enum sc_code check_text(
        const char *what, const char *text, size_t most, struct sc_error *err)
{
    size_t len = text ? strlen(text) : 0;

    if (len > most)
        return sc_fail(err, SC_INVALID, "the %s has %zu bytes, at most %zu%s", what, len,
                most,
                most == SC_STATEMENT_MAX
                        ? ": put a long text into a file and add that with --file"
                        : "");
    if (text && sc_utf8_valid(text, len) != len)
        return sc_fail(err, SC_INVALID, "the %s is not UTF-8 at byte %zu", what,
                sc_utf8_valid(text, len) + 1);
    return SC_OK;
}

static enum sc_code check_fact(const struct sc_memory_row *row, struct sc_error *err)
{
    if (check_text("statement", row->text, SC_STATEMENT_MAX, err) ||
            check_text("subject", row->subject, SC_SUBJECT_MAX, err) ||
            check_text("source", row->source, SC_SOURCE_MAX, err))
        return err->code;
    if (!*row->text_key)
        return sc_fail(err, SC_INVALID, "the statement has no words");
    if (row->valid_to_ms && row->valid_to_ms <= row->valid_from_ms)
        return sc_fail(
                err, SC_INVALID, "the fact would end before it begins to be valid");
    return SC_OK;
}

/* --- facts --- */

/* Equal statements have equal ones; "" of what has no words. */
static char *text_key_of(const char *text)
{
    char *key = sc_terms_key(text), hash[SC_HASH_TEXT];
    struct sc_json *json;

    if (!*key)
        return key;
    json = sc_json_new_string(key);
    sc_json_hash(json, hash);
    sc_json_free(json);
    free(key);
    return sc_strndup(hash, KEY_TEXT - 1);
}

typedef void put_fn(struct sc_change *change, const struct sc_memory_row *row);

/* row has what the caller knows; the rest is filled in. */
static enum sc_code put_row(struct sc_memory *memory, struct sc_change *change,
        struct sc_memory_row *row, put_fn *put, char ret_id[SC_ID_LEN + 1],
        struct sc_error *err)
{
    int64_t now_ms = memory->clock->wall_ms(memory->clock);
    char *subject_key, *text_key;
    enum sc_code code;

    if (check_text("statement", row->text, SC_STATEMENT_MAX, err))
        return err->code; /* before work is put into it */
    row->created_ms = now_ms;
    if (!row->valid_from_ms)
        row->valid_from_ms = now_ms;
    row->subject_key = subject_key = sc_terms_key(row->subject);
    row->text_key = text_key = text_key_of(row->text);
    code = check_fact(row, err);
    if (!code) {
        sc_id_next(&memory->ids, now_ms, ret_id);
        row->id = ret_id;
        put(change, row);
    }
    free(subject_key);
    free(text_key);
    return code;
}

enum sc_code sc_memory_put_fact(struct sc_memory *memory, struct sc_change *change,
        const struct sc_fact *fact, char ret_id[SC_ID_LEN + 1], struct sc_error *err)
{
    struct sc_memory_row row = { .agent = fact->agent ? fact->agent : "",
        .subject = fact->subject ? fact->subject : "",
        .text = fact->statement ? fact->statement : "",
        .source = fact->source ? fact->source : "",
        .trusted = fact->trusted,
        .valid_from_ms = fact->valid_from_ms,
        .valid_to_ms = fact->valid_to_ms };

    return put_row(memory, change, &row, sc_change_fact_add, ret_id, err);
}

/* --- corrections --- */

struct correction {
    struct sc_memory *memory;
    struct sc_change *change;
    const struct sc_fact *fact;
    char id[SC_ID_LEN + 1];
    struct sc_error err;
};

static const char *either(const char *given, const char *old)
{
    return given ? given : old;
}

static void on_old(void *arg, const struct sc_memory_row *old)
{
    struct correction *c = arg;
    const struct sc_fact *fact = c->fact;
    struct sc_memory_row row = { .agent = either(fact->agent, old->agent),
        .subject = either(fact->subject, old->subject),
        .text = either(fact->statement, old->text),
        .source = either(fact->source, old->source),
        .trusted = fact->trusted,
        .valid_from_ms = fact->valid_from_ms ? fact->valid_from_ms : old->valid_from_ms,
        .valid_to_ms = fact->valid_to_ms ? fact->valid_to_ms : old->valid_to_ms,
        .supersedes = old->id };

    if (old->kind != SC_MEMORY_FACT)
        sc_fail(&c->err, SC_INVALID,
                "%s is a piece of the document '%.80s': correct the file and add it "
                "again",
                old->id, old->subject);
    else if (old->superseded_by)
        sc_fail(&c->err, SC_CONFLICT,
                "fact %s was corrected before: correct %s, which stands in its place",
                old->id, old->superseded_by);
    else
        c->err.code = put_row(
                c->memory, c->change, &row, sc_change_fact_correct, c->id, &c->err);
}

enum sc_code sc_memory_put_correction(struct sc_memory *memory, struct sc_change *change,
        const char *id, const struct sc_fact *fact, char ret_id[SC_ID_LEN + 1],
        struct sc_error *err)
{
    struct correction c = { .memory = memory, .change = change, .fact = fact };

    if (sc_store_memory_get(memory->store, id, on_old, &c, err))
        return err->code;
    if (c.err.code)
        *err = c.err;
    else
        memcpy(ret_id, c.id, sizeof(c.id));
    return c.err.code;
}

/* --- documents --- */

struct cutting {
    struct sc_change *change;
    const char *document;
    int64_t count;
};

static void on_piece(void *arg, const char *piece)
{
    struct cutting *cutting = arg;
    char *id = sc_strdupf("%s.%lld", cutting->document, (long long)cutting->count);

    sc_change_piece_add(cutting->change, cutting->document, id, cutting->count, piece);
    cutting->count++;
    free(id);
}

struct same {
    const struct sc_document *document;
    const char *hash;
    struct sc_json *json;
};

static void on_document(void *arg, const struct sc_document_row *row)
{
    struct same *same = arg;
    const char *agent = same->document->agent ? same->document->agent : "";

    if (strcmp(row->agent, agent) != 0)
        return;
    if (strcmp(row->hash, same->hash) == 0) {
        sc_json_set_string(same->json, "id", row->id);
        sc_json_set_int(same->json, "pieces", row->pieces);
        sc_json_set_bool(same->json, "known", true);
    } else if (strcmp(row->name, same->document->name) == 0) {
        sc_json_set_string(same->json, "replaces", row->id);
    }
}

static enum sc_code check_document(
        const struct sc_document *document, struct sc_error *err)
{
    size_t valid;

    if (document->len > SC_DOCUMENT_MAX)
        return sc_fail(err, SC_INVALID,
                "'%.80s' has %zu bytes; a document has at most %d: split it",
                document->name, document->len, SC_DOCUMENT_MAX);
    valid = sc_utf8_valid(document->text, document->len);
    if (valid != document->len || memchr(document->text, '\0', document->len))
        return sc_fail(err, SC_INVALID,
                "'%.80s' is not text: memory takes text, Markdown, CSV and JSON",
                document->name);
    return check_text("name", document->name, SC_SUBJECT_MAX, err);
}

static void put_pieces(struct sc_memory *memory, struct sc_change *change,
        const struct sc_document *document, const char *hash, struct sc_json *json)
{
    char id[SC_ID_LEN + 1];
    struct cutting cutting = { .change = change, .document = id };
    struct sc_document_row row = { .id = id,
        .agent = document->agent ? document->agent : "",
        .name = document->name,
        .source = document->source ? document->source : "",
        .trusted = document->trusted,
        .hash = hash,
        .created_ms = memory->clock->wall_ms(memory->clock) };

    sc_id_next(&memory->ids, row.created_ms, id);
    sc_change_document_add(change, &row);
    sc_cut(document->name, document->text, document->len, on_piece, &cutting);
    sc_json_set_string(json, "id", id);
    sc_json_set_int(json, "pieces", cutting.count);
}

struct sc_json *sc_memory_put_document(struct sc_memory *memory, struct sc_change *change,
        const struct sc_document *document, struct sc_error *err)
{
    char hash[SC_HASH_TEXT];
    struct same same = { .document = document, .hash = hash };
    struct sc_json *text;

    if (check_document(document, err))
        return NULL;
    text = sc_json_new_string_len(document->text, document->len);
    sc_json_hash(text, hash);
    sc_json_free(text);
    same.json = sc_json_new_object();
    sc_json_set_string(same.json, "name", document->name);
    if (sc_store_documents(memory->store, NULL, NULL, on_document, &same, err)) {
        sc_json_free(same.json);
        return NULL;
    }
    if (!sc_json_get(same.json, "known"))
        put_pieces(memory, change, document, hash, same.json);
    return same.json;
}
