/* The parts of a change that are about memory. */
#include "store/memory.h"
#include "store/part.h"
#include "store/vectors.h"

static const char *label_of(bool trusted)
{
    return trusted ? "trusted" : "untrusted";
}

/* The values up to SC_FACT_SUPERSEDES, in their order. */
static void add_fact(struct sc_change *change, const struct sc_memory_row *row)
{
    sc_part_add_text(change, row->id);
    sc_part_add_text(change, row->agent);
    sc_part_add_text(change, row->subject);
    sc_part_add_text(change, row->subject_key);
    sc_part_add_text(change, row->text);
    sc_part_add_text(change, row->text_key);
    sc_part_add_text(change, row->source);
    sc_part_add_text(change, label_of(row->trusted));
    sc_part_add_number(change, row->valid_from_ms);
    sc_part_add_number(change, row->valid_to_ms);
    sc_part_add_number(change, row->created_ms);
    sc_part_add_text(change, row->supersedes);
}

void sc_change_fact_add(struct sc_change *change, const struct sc_memory_row *row)
{
    sc_part_add(change, SC_PART_FACT_ADD, SC_FACT_SUPERSEDES + 1);
    add_fact(change, row);
}

void sc_change_fact_correct(struct sc_change *change, const struct sc_memory_row *row)
{
    sc_part_add(change, SC_PART_FACT_CORRECT, SC_FACT_SUPERSEDES + 1);
    add_fact(change, row);
}

void sc_change_document_add(struct sc_change *change, const struct sc_document_row *row)
{
    sc_part_add(change, SC_PART_DOCUMENT, 7);
    sc_part_add_text(change, row->id);
    sc_part_add_text(change, row->agent);
    sc_part_add_text(change, row->name);
    sc_part_add_text(change, row->source);
    sc_part_add_text(change, label_of(row->trusted));
    sc_part_add_text(change, row->hash);
    sc_part_add_number(change, row->created_ms);
}

void sc_change_piece_add(struct sc_change *change, const char *document, const char *id,
        int64_t position, const char *text)
{
    sc_part_add(change, SC_PART_PIECE, 4);
    sc_part_add_text(change, document);
    sc_part_add_text(change, id);
    sc_part_add_number(change, position);
    sc_part_add_text(change, text);
}

void sc_change_memory_use(struct sc_change *change, const char *id, const char *task_id)
{
    sc_part_add(change, SC_PART_MEMORY_USE, 2);
    sc_part_add_text(change, id);
    sc_part_add_text(change, task_id);
}

void sc_change_memory_exported(struct sc_change *change, const char *agent, int64_t at_ms)
{
    sc_part_add(change, SC_PART_MEMORY_EXPORTED, 2);
    sc_part_add_text(change, agent);
    sc_part_add_number(change, at_ms);
}

void sc_change_vector(struct sc_change *change, const struct sc_vector_row *row)
{
    sc_part_add(change, SC_PART_VECTOR, 5);
    sc_part_add_number(change, row->item);
    sc_part_add_text(change, row->model);
    sc_part_add_number(change, row->dims);
    sc_part_add_text(change, row->packed ? "int8" : "float32");
    sc_part_add_bytes(change, row->bytes, row->len);
}
