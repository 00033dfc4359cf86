#include "memory/item.h"

#include "base/clock.h"

static void set_time(struct sc_json *json, const char *name, int64_t at_ms)
{
    char text[SC_TIME_TEXT];

    sc_time_format(at_ms, text);
    sc_json_add(json, name, sc_json_new_string(text));
}

static void set_text(struct sc_json *json, const char *name, const char *text)
{
    if (text && *text)
        sc_json_add(json, name, sc_json_new_string(text));
}

struct sc_json *sc_item_to_json(const struct sc_memory_row *row)
{
    struct sc_json *json = sc_json_new_object();
    bool fact = row->kind == SC_MEMORY_FACT;

    set_text(json, "id", row->id);
    set_text(json, "kind", fact ? "fact" : "piece");
    set_text(json, "agent", row->agent);
    set_text(json, fact ? "subject" : "document", row->subject);
    set_text(json, fact ? "statement" : "text", row->text);
    set_text(json, "source", row->source);
    set_text(json, "label", row->trusted ? "trusted" : "untrusted");
    if (fact)
        set_time(json, "valid_from", row->valid_from_ms);
    if (row->valid_to_ms)
        set_time(json, "valid_to", row->valid_to_ms);
    set_time(json, "created", row->created_ms);
    set_text(json, "supersedes", row->supersedes);
    set_text(json, "superseded_by", row->superseded_by);
    return json;
}

struct sc_json *sc_document_to_json(const struct sc_document_row *row)
{
    struct sc_json *json = sc_json_new_object();

    set_text(json, "id", row->id);
    set_text(json, "kind", "document");
    set_text(json, "agent", row->agent);
    set_text(json, "name", row->name);
    set_text(json, "source", row->source);
    set_text(json, "label", row->trusted ? "trusted" : "untrusted");
    set_time(json, "created", row->created_ms);
    sc_json_set_int(json, "pieces_count", row->pieces);
    return json;
}
