/* app/cmd_memory.c - supercargo memory add|search|show|correct|forget|export|embed. */
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/meaning.h"
#include "app/memory_print.h"
#include "app/memory_words.h"
#include "app/print.h"
#include "app/when.h"
#include "base/mem.h"
#include "builtin/decode.h"
#include "loop/file.h"
#include "memory/meaning.h"
#include "memory/memory.h"
#include "model/model.h"

enum { LISTED = 50, FOUND = 10, MOST_LISTED = 1000000 };

struct memory_command {
    struct sc_app *app;
    struct sc_memory *memory; /* NULL: nothing was stored yet */
    struct sc_memory_printer printer;
    struct sc_json *out; /* what --json prints */
    struct sc_error err;
};

/* --- writing, and waiting for it --- */

struct writing {
    bool done;
    struct sc_error err;
    enum sc_claim_kind claim;
    char id[SC_ID_LEN + 1]; /* of the claim */
};

static void on_written(struct sc_op *op, const struct sc_error *err)
{
    struct writing *writing = op->arg;
    const struct sc_claim *claims;
    size_t count;

    writing->done = true;
    writing->err = err ? *err : (struct sc_error){ 0 };
    if (err)
        return;
    claims = sc_store_claims(op, &count);
    if (count == 0)
        return;
    writing->claim = claims[0].kind;
    if (claims[0].result)
        snprintf(writing->id, sizeof(writing->id), "%s", claims[0].result);
}

static enum sc_code apply(
        struct memory_command *c, struct sc_change *take_change, struct writing *writing)
{
    *writing = (struct writing){ 0 };
    sc_store_apply_start(&c->app->scope, c->app->store, take_change, on_written, writing);
    sc_app_wait(c->app, &writing->done);
    c->err = writing->err;
    return c->err.code;
}

static void on_forgotten(struct sc_op *op, const struct sc_error *err)
{
    struct writing *writing = op->arg;

    writing->done = true;
    writing->err = err ? *err : (struct sc_error){ 0 };
}

static enum sc_code forget(struct memory_command *c, const char *id)
{
    struct writing writing = { 0 };

    sc_store_forget_start(&c->app->scope, c->app->store, id, on_forgotten, &writing);
    sc_app_wait(c->app, &writing.done);
    c->err = writing.err;
    return c->err.code;
}

/* --- vectors --- */

enum { LATELY = 1000 }; /* items that are looked through at each addition */

struct filling {
    bool done;
    struct sc_meaning_filled filled;
    struct sc_error err;
};

static void on_filled(struct sc_op *op, const struct sc_error *err)
{
    struct filling *filling = op->arg;

    filling->done = true;
    filling->filled = *sc_meaning_filled(op);
    if (err)
        filling->err = *err;
}

/* newest: as in struct sc_meaning_fill. */
static void fill(struct memory_command *c, int64_t newest, struct filling *ret)
{
    const struct sc_model_account account = { SC_MEMORY_ACCOUNT, "", -1 };
    const struct sc_meaning_fill what = { newest, &account };

    *ret = (struct filling){ 0 };
    sc_meaning_fill_start(&c->app->scope, c->app->meaning, &what, on_filled, ret);
    sc_app_wait(c->app, &ret->done);
}

static void note(struct memory_command *c, enum sc_memory_say what, const char *reason)
{
    if (c->app->options->json)
        sc_json_set_string(c->out, "note", reason);
    else
        sc_print_line(stderr, sc_memory_say(c->app->language, what), reason);
}

/* What was added is there, with a vector or without. */
static void fill_lately(struct memory_command *c)
{
    struct filling filling;

    if (!c->app->meaning)
        return;
    fill(c, LATELY, &filling);
    if (filling.err.code)
        note(c, SC_MEMORY_SAY_NOT_YET_BY_MEANING, filling.err.msg);
}

static enum sc_code embed(struct memory_command *c)
{
    struct filling filling;

    if (!c->app->meaning)
        return sc_fail(&c->err, SC_INVALID,
                "no model for vectors is set up: embed = \"openai\" in supercargo.lua");
    fill(c, 0, &filling);
    sc_json_set_int(c->out, "items", filling.filled.items);
    sc_json_set_string(c->out, "model", sc_meaning_model(c->app->meaning));
    sc_json_set(c->out, "usage", sc_model_usage_to_json(&filling.filled.usage));
    if (!c->app->options->json)
        printf("%s: %lld (%s)\n",
                sc_memory_say(c->app->language, SC_MEMORY_SAY_VECTORS_MADE),
                (long long)filling.filled.items, sc_meaning_model(c->app->meaning));
    c->err = filling.err;
    return c->err.code;
}

/* --- what was said on the command line --- */

static char *source_of(const struct memory_command *c)
{
    const char *given = c->app->options->source;

    return sc_strdup(given ? given : c->app->user);
}

static enum sc_code read_fact(struct memory_command *c, struct sc_fact *fact)
{
    const struct sc_options *options = c->app->options;
    const struct sc_when when = { c->printer.zone,
        c->app->clock->wall_ms(c->app->clock) };

    fact->agent = options->agent;
    fact->subject = options->subject;
    fact->trusted = !options->untrusted;
    if (options->agent && !sc_catalog_agent(&c->app->catalog, options->agent))
        return sc_fail(&c->err, SC_NOT_FOUND,
                "there is no agent '%.80s'; see supercargo agent list", options->agent);
    if (sc_when_parse(&when, "valid-from", options->valid_from, false,
                &fact->valid_from_ms, &c->err) ||
            sc_when_parse(&when, "valid-to", options->valid_to, true, &fact->valid_to_ms,
                    &c->err))
        return c->err.code;
    return SC_OK;
}

/* --- add --- */

static void say_id(
        const struct memory_command *c, enum sc_memory_say what, const char *id)
{
    if (!c->app->options->json)
        printf("%s: %s\n", sc_memory_say(c->app->language, what), id);
}

/* What contradicts the fact, told at once. */
static enum sc_code tell_conflicts(struct memory_command *c, const char *id)
{
    struct sc_json *others = sc_memory_conflicts(c->memory, id, &c->err);

    if (!others)
        return c->err.code;
    if (!c->app->options->json)
        sc_memory_print_conflicts(&c->printer, others, id);
    if (sc_json_count(others))
        sc_json_set(c->out, "conflicts", others);
    else
        sc_json_free(others);
    return SC_OK;
}

static enum sc_code tell_added(
        struct memory_command *c, const struct writing *writing, const char *id)
{
    bool known = writing->claim == SC_CLAIM_EARLIER;

    if (writing->claim == SC_CLAIM_CORRECTED)
        return sc_fail(&c->err, SC_CONFLICT,
                "that was corrected, and %s stands in its place; if it holds again: "
                "supercargo memory correct %s \"…\"",
                writing->id, writing->id);
    if (known)
        id = writing->id;
    sc_json_set_string(c->out, "id", id);
    sc_json_set_string(c->out, "state", known ? "known" : "added");
    say_id(c, known ? SC_MEMORY_SAY_KNOWN : SC_MEMORY_SAY_REMEMBERED, id);
    return tell_conflicts(c, id);
}

static enum sc_code add_fact(struct memory_command *c, const char *statement)
{
    char *source = source_of(c), id[SC_ID_LEN + 1];
    struct sc_change *change = sc_change_new();
    struct sc_fact fact = { .statement = statement, .source = source };
    struct writing writing;

    if (read_fact(c, &fact) ||
            sc_memory_put_fact(c->memory, change, &fact, id, &c->err)) {
        sc_change_free(change);
        free(source);
        return c->err.code;
    }
    free(source);
    return apply(c, change, &writing) ? c->err.code : tell_added(c, &writing, id);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static enum sc_code read_document(
        struct memory_command *c, const char *path, struct sc_buf *ret_text)
{
    const char *encoding = "auto";
    struct sc_buf bytes = { 0 };
    enum sc_code code = sc_file_read(path, SC_DOCUMENT_MAX, &bytes, &c->err);

    if (!code && sc_decode(sc_buf_text(&bytes), bytes.len, &encoding, ret_text, &c->err))
        code = sc_wrap(&c->err, "'%.80s'", base_name(path));
    sc_buf_release(&bytes);
    return code;
}

static void tell_document(struct memory_command *c, struct sc_json *take_json)
{
    const char *old = sc_json_get_string(take_json, "replaces", NULL);
    bool known = sc_json_get_bool(take_json, "known", false);

    if (!c->app->options->json) {
        printf("%s: %s  ",
                sc_memory_say(c->app->language,
                        known ? SC_MEMORY_SAY_KNOWN : SC_MEMORY_SAY_REMEMBERED),
                sc_json_get_string(take_json, "id", ""));
        sc_print_short(stdout, sc_json_get_string(take_json, "name", ""), SC_SUBJECT_MAX);
        printf(", %lld %s", (long long)sc_json_get_int(take_json, "pieces", 0),
                sc_memory_say(c->app->language, SC_MEMORY_SAY_PIECES));
        if (old)
            printf(", %s %s", sc_memory_say(c->app->language, SC_MEMORY_SAY_REPLACED),
                    old);
        putchar('\n');
    }
    sc_json_append(sc_json_get(c->out, "documents"), take_json);
}

/* The one of the same name goes when the new one is there. */
static enum sc_code add_text(
        struct memory_command *c, const char *path, const struct sc_buf *text)
{
    struct sc_change *change = sc_change_new();
    struct sc_fact said = { 0 }; /* agent and label are read in the same way */
    char *source = source_of(c);
    struct sc_document document = { .name = base_name(path),
        .source = source,
        .text = sc_buf_text(text),
        .len = text->len };
    struct sc_json *json = NULL;
    const char *old;
    struct writing writing;

    if (!read_fact(c, &said)) {
        document.agent = said.agent;
        document.trusted = said.trusted;
        json = sc_memory_put_document(c->memory, change, &document, &c->err);
    }
    free(source);
    if (!json) {
        sc_change_free(change);
        return c->err.code;
    }
    old = sc_json_get_string(json, "replaces", NULL);
    if (apply(c, change, &writing) || (old && forget(c, old))) {
        sc_json_free(json);
        return c->err.code;
    }
    tell_document(c, json);
    return SC_OK;
}

static enum sc_code add_documents(struct memory_command *c)
{
    const struct sc_strings *files = &c->app->options->files;
    enum sc_code code = SC_OK;

    sc_json_set(c->out, "documents", sc_json_new_array());
    for (size_t i = 0; i < files->count && !code; i++) {
        struct sc_buf text = { 0 };

        code = read_document(c, files->items[i], &text);
        if (!code)
            code = add_text(c, files->items[i], &text);
        sc_buf_release(&text);
    }
    return code;
}

/* --- search, show --- */

static char *join_words(const struct memory_command *c, size_t from)
{
    const struct sc_strings *words = &c->app->options->words;
    struct sc_buf text = { 0 };

    for (size_t i = from; i < words->count; i++)
        sc_buf_addf(&text, "%s%s", i > from ? " " : "", words->items[i]);
    return sc_buf_detach(&text);
}

static enum sc_code read_query(
        struct memory_command *c, const char *words, struct sc_memory_query *query)
{
    const struct sc_options *options = c->app->options;
    const struct sc_when when = { c->printer.zone,
        c->app->clock->wall_ms(c->app->clock) };
    long limit;

    if (sc_options_number("limit", options->limit, MOST_LISTED, *words ? FOUND : LISTED,
                &limit, &c->err) ||
            sc_when_parse(&when, "at", options->at, false, &query->at_ms, &c->err))
        return c->err.code;
    query->limit = limit;
    query->words = *words ? words : NULL;
    query->agent = options->agent;
    query->subject = options->subject;
    if (!query->at_ms)
        query->at_ms = when.now_ms;
    return SC_OK;
}

static void print_found(const struct memory_command *c, const struct sc_json *items)
{
    if (c->app->options->json)
        return;
    SC_JSON_EACH(item, items)
    sc_memory_print_item(&c->printer, item, false);
    if (sc_json_count(items) == 0)
        printf("%s\n", sc_memory_say(c->app->language, SC_MEMORY_SAY_NOTHING_KNOWN));
}

static enum sc_code search(struct memory_command *c)
{
    char *words = join_words(c, 1);
    struct sc_memory_query query = { 0 };
    struct sc_json *items = sc_json_set(c->out, "items", sc_json_new_array());
    enum sc_code code = read_query(c, words, &query);
    struct sc_error no_sense = { 0 };
    struct sc_sense *sense;

    if (!code && c->memory) {
        sense = query.words ? sc_app_sense(c->app, query.words, NULL, &no_sense) : NULL;
        items = sc_memory_find(c->memory, &query, sense, &c->err);
        sc_sense_free(sense);
        code = items ? SC_OK : c->err.code;
        if (items)
            sc_json_set(c->out, "items", items);
    }
    free(words);
    if (no_sense.code)
        note(c, SC_MEMORY_SAY_BY_WORDS_ALONE, no_sense.msg);
    if (!code)
        print_found(c, items);
    return code;
}

static enum sc_code nothing_stored(struct memory_command *c)
{
    return sc_fail(&c->err, SC_NOT_FOUND,
            "nothing is remembered yet; see supercargo memory --help");
}

static enum sc_code show(struct memory_command *c)
{
    struct sc_json *json;

    if (!c->memory)
        return nothing_stored(c);
    json = sc_memory_show(c->memory, sc_options_word(c->app->options, 1), &c->err);
    if (!json)
        return c->err.code;
    if (!c->app->options->json && sc_json_get(json, "pieces"))
        sc_memory_print_document(&c->printer, json);
    else if (!c->app->options->json)
        sc_memory_print_item(&c->printer, json, true);
    sc_json_free(c->out);
    c->out = json;
    return SC_OK;
}

/* --- correct --- */

static enum sc_code correct(struct memory_command *c)
{
    char *source = source_of(c), *words = join_words(c, 2), id[SC_ID_LEN + 1];
    struct sc_change *change = sc_change_new();
    struct sc_fact fact = { .statement = *words ? words : NULL, .source = source };
    const char *old = sc_options_word(c->app->options, 1);
    struct writing writing;

    if (read_fact(c, &fact) ||
            sc_memory_put_correction(c->memory, change, old, &fact, id, &c->err))
        sc_change_free(change);
    else
        (void)apply(c, change, &writing); /* its error is in c */
    free(source);
    free(words);
    if (c->err.code)
        return c->err.code;
    sc_json_set_string(c->out, "id", id);
    sc_json_set_string(c->out, "state", "corrected");
    say_id(c, SC_MEMORY_SAY_CORRECTED, id);
    fill_lately(c);
    return tell_conflicts(c, id);
}

/* --- forget --- */

/* What else holds it must be asked for while it is there. */
static enum sc_code forget_one(struct memory_command *c, const char *word)
{
    struct sc_json *json = sc_memory_show(c->memory, word, &c->err), *holders = NULL;
    const char *id = sc_json_get_string(json, "id", "");

    if (json)
        holders = sc_memory_holders(c->memory, id, &c->err);
    if (!holders || forget(c, id)) {
        sc_json_free(json);
        sc_json_free(holders);
        return c->err.code;
    }
    say_id(c, SC_MEMORY_SAY_FORGOTTEN, id);
    if (!c->app->options->json)
        sc_memory_print_holders(&c->printer, holders);
    sc_json_set_string(holders, "id", id);
    sc_json_append(sc_json_get(c->out, "forgotten"), holders);
    sc_json_free(json);
    return SC_OK;
}

static enum sc_code forget_all(struct memory_command *c)
{
    enum sc_code code = SC_OK;

    sc_json_set(c->out, "forgotten", sc_json_new_array());
    for (size_t i = 1; i < c->app->options->words.count && !code; i++)
        code = forget_one(c, c->app->options->words.items[i]);
    return code;
}

/* --- export --- */

static void export_item(void *arg, const struct sc_json *item)
{
    (void)arg;
    sc_print_json(stdout, item);
}

/* A line of JSON for each item, also of those that hold no more. That it was exported is
 * on record first. */
static enum sc_code export_all(struct memory_command *c)
{
    const char *agent = c->app->options->agent;
    const struct sc_memory_query query = { .agent = agent };
    struct sc_change *change = sc_change_new();
    struct writing writing;

    sc_change_memory_exported(
            change, agent ? agent : "", c->app->clock->wall_ms(c->app->clock));
    if (apply(c, change, &writing))
        return c->err.code;
    return sc_memory_each(c->memory, &query, export_item, NULL, &c->err);
}

/* --- the command --- */

struct action {
    const char *word;
    size_t least; /* words after it */
    enum sc_code (*run)(struct memory_command *c);
    enum {
        NO_MEANING,
        ASKS,   /* the model for vectors, if there is one */
        COUNTED /* likewise, with budgets */
    } meaning;
};

static enum sc_code add(struct memory_command *c)
{
    char *words = join_words(c, 1);
    bool both = *words && c->app->options->files.count;
    enum sc_code code;

    if (both || (!*words && !c->app->options->files.count))
        code = sc_fail(&c->err, SC_INVALID,
                "give either a fact in words or documents with --file");
    else
        code = *words ? add_fact(c, words) : add_documents(c);
    free(words);
    if (!code)
        fill_lately(c);
    return code;
}

static const struct action actions[] = {
    { "add", 0, add, COUNTED },
    { "search", 0, search, ASKS },
    { "show", 1, show, NO_MEANING },
    { "correct", 1, correct, COUNTED },
    { "forget", 1, forget_all, NO_MEANING },
    { "export", 0, export_all, NO_MEANING },
    { "embed", 0, embed, COUNTED },
};

static const struct action *action_of(const struct sc_options *options)
{
    for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++)
        if (strcmp(actions[i].word, sc_options_word(options, 0)) == 0 &&
                options->words.count > actions[i].least)
            return &actions[i];
    return NULL;
}

static enum sc_code open_meaning(struct memory_command *c, const struct action *action)
{
    if (action->meaning == NO_MEANING)
        return SC_OK;
    return sc_app_meaning_alone(c->app, action->meaning != ASKS, &c->err);
}

int sc_cmd_memory(struct sc_app *app)
{
    const struct action *action = action_of(app->options);
    struct memory_command c = { .app = app, .memory = app->memory };
    int code = SC_EXIT_DONE;

    if (!action)
        return sc_app_usage(app->options,
                "memory add \"FACT\", or: supercargo memory search WORDS, or: supercargo "
                "memory show|forget ID, or: supercargo memory correct ID \"FACT\", or: "
                "supercargo memory export|embed");
    c.printer = (struct sc_memory_printer){ sc_when_zone(), app->language };
    c.out = sc_json_new_object();
    if (open_meaning(&c, action) || action->run(&c))
        code = sc_app_fail(app->options, &c.err);
    else if (app->options->json && action->run != export_all)
        sc_print_json(stdout, c.out);
    sc_json_free(c.out);
    sc_tz_free(c.printer.zone);
    return code;
}
