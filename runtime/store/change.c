#include "store/change.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/part.h"

enum { TEXT_MAX = 256 << 20 };

struct sc_change *sc_change_new(void)
{
    return sc_new(struct sc_change);
}

void sc_change_free(struct sc_change *change)
{
    if (!change)
        return;
    sc_change_forget_claims(change);
    free(change->claims);
    sc_buf_release(&change->bytes);
    free(change);
}

bool sc_change_empty(const struct sc_change *change)
{
    return change->bytes.len == 0;
}

size_t sc_change_mark(const struct sc_change *change)
{
    return change->bytes.len;
}

void sc_change_cut(struct sc_change *change, size_t mark)
{
    SC_ASSERT(mark <= change->bytes.len);
    change->bytes.len = mark;
}

/* --- bytes: a part is kind, count, values; a value is its kind and what it holds --- */

void sc_part_add(struct sc_change *change, enum sc_part_kind kind, int count)
{
    SC_ASSERT(count <= SC_PART_VALUES);
    sc_buf_addc(&change->bytes, (char)kind);
    sc_buf_addc(&change->bytes, (char)count);
}

void sc_part_add_number(struct sc_change *change, int64_t number)
{
    sc_buf_addc(&change->bytes, SC_VALUE_NUMBER);
    sc_buf_add(&change->bytes, &number, sizeof(number));
}

void sc_part_add_text(struct sc_change *change, const char *text)
{
    if (text)
        sc_part_add_bytes(change, text, strlen(text));
    else
        sc_buf_addc(&change->bytes, SC_VALUE_NULL);
}

void sc_part_add_bytes(struct sc_change *change, const void *bytes, size_t len)
{
    if (len > TEXT_MAX) {
        change->too_long = true;
        len = 0;
    }
    sc_buf_addc(&change->bytes, SC_VALUE_TEXT);
    sc_buf_add(&change->bytes, &len, sizeof(len));
    sc_buf_add(&change->bytes, bytes, len);
    sc_buf_addc(&change->bytes, '\0');
}

static unsigned char next_byte(const struct sc_change *change, size_t *at)
{
    return (unsigned char)change->bytes.data[(*at)++];
}

static void take_bytes(
        const struct sc_change *change, size_t *at, void *ret_bytes, size_t len)
{
    memcpy(ret_bytes, change->bytes.data + *at, len);
    *at += len;
}

static struct sc_value next_value(const struct sc_change *change, size_t *at)
{
    struct sc_value value = { .kind = (enum sc_value_kind)next_byte(change, at) };

    if (value.kind == SC_VALUE_NUMBER)
        take_bytes(change, at, &value.number, sizeof(value.number));
    if (value.kind == SC_VALUE_TEXT) {
        take_bytes(change, at, &value.len, sizeof(value.len));
        value.text = change->bytes.data + *at;
        *at += value.len + 1;
    }
    return value;
}

bool sc_part_next(const struct sc_change *change, size_t *at, struct sc_part *ret_part)
{
    if (*at == change->bytes.len)
        return false;
    ret_part->kind = (enum sc_part_kind)next_byte(change, at);
    ret_part->count = next_byte(change, at);
    for (int i = 0; i < ret_part->count; i++)
        ret_part->value[i] = next_value(change, at);
    return true;
}

/* --- claims --- */

struct sc_claim *sc_change_add_claim(struct sc_change *change)
{
    if (change->claim_count == change->claim_cap) {
        change->claim_cap = change->claim_cap ? change->claim_cap * 2 : 4;
        change->claims =
                sc_realloc(change->claims, change->claim_cap * sizeof(change->claims[0]));
    }
    change->claims[change->claim_count] = (struct sc_claim){ 0 };
    return &change->claims[change->claim_count++];
}

void sc_change_forget_claims(struct sc_change *change)
{
    for (size_t i = 0; i < change->claim_count; i++) {
        free((void *)(uintptr_t)change->claims[i].result);
        free((void *)(uintptr_t)change->claims[i].task_id);
    }
    change->claim_count = 0;
}

/* --- the parts; the order of values is that of the SQL's parameters --- */

void sc_change_task_create(struct sc_change *change, const struct sc_task_row *row)
{
    sc_part_add(change, SC_PART_TASK_CREATE, 11);
    sc_part_add_text(change, row->id);
    sc_part_add_text(change, row->agent);
    sc_part_add_text(change, row->words);
    sc_part_add_text(change, sc_task_state_word(row->state));
    sc_part_add_number(change, row->ended_ms);
    sc_part_add_text(change, row->spec);
    sc_part_add_text(change, row->answer);
    sc_part_add_number(change, row->wake_ms);
    sc_part_add_number(change, row->cost_micro);
    sc_part_add_number(change, row->created_ms);
    sc_part_add_text(change, row->routine);
}

void sc_change_task_update(struct sc_change *change, const struct sc_task_row *row)
{
    sc_part_add(change, SC_PART_TASK_UPDATE, 6);
    sc_part_add_text(change, row->id);
    sc_part_add_text(change, sc_task_state_word(row->state));
    sc_part_add_number(change, row->ended_ms);
    sc_part_add_text(change, row->answer);
    sc_part_add_number(change, row->wake_ms);
    sc_part_add_number(change, row->cost_micro);
}

void sc_change_journal(struct sc_change *change, const char *task_id, int64_t seq,
        int64_t at_ms, const char *kind, const char *body)
{
    sc_part_add(change, SC_PART_JOURNAL, 5);
    sc_part_add_text(change, task_id);
    sc_part_add_number(change, seq);
    sc_part_add_number(change, at_ms);
    sc_part_add_text(change, kind);
    sc_part_add_text(change, body);
}

void sc_change_effect_intend(struct sc_change *change, const struct sc_effect_row *row,
        const struct sc_effect_limit *limit)
{
    sc_part_add(change, SC_PART_INTEND, SC_INTEND_LIMIT_TO + 1);
    sc_part_add_text(change, row->task_id);
    sc_part_add_text(change, row->step_id);
    sc_part_add_number(change, row->element);
    sc_part_add_text(change, row->tool);
    sc_part_add_text(change, row->version);
    sc_part_add_text(change, row->key);
    sc_part_add_text(change, row->once);
    sc_part_add_text(change, row->agent);
    sc_part_add_text(change, row->args_hash);
    sc_part_add_text(change, row->args);
    sc_part_add_text(change, row->approver);
    sc_part_add_number(change, row->at_ms);
    sc_part_add_text(change, limit ? limit->key : NULL);
    sc_part_add_number(change, limit ? limit->n : -1);
    sc_part_add_number(change, limit ? limit->from_ms : 0);
    sc_part_add_number(change, limit ? limit->to_ms : 0);
}

void sc_change_effect_settle(struct sc_change *change, const char *tool, const char *key,
        enum sc_effect_state state, const char *result, int64_t at_ms)
{
    sc_part_add(change, SC_PART_SETTLE, 5);
    sc_part_add_text(change, tool);
    sc_part_add_text(change, key);
    sc_part_add_text(change, sc_effect_state_word(state));
    sc_part_add_text(change, result);
    sc_part_add_number(change, at_ms);
}

void sc_change_prompt(
        struct sc_change *change, const char *hash, const char *body, int64_t used_ms)
{
    sc_part_add(change, SC_PART_PROMPT, 3);
    sc_part_add_text(change, hash);
    sc_part_add_text(change, body);
    sc_part_add_number(change, used_ms);
}

void sc_change_state_put(struct sc_change *change, const char *agent, const char *key,
        const char *value, int64_t at_ms)
{
    sc_part_add(change, value ? SC_PART_STATE_PUT : SC_PART_STATE_DROP, value ? 4 : 2);
    sc_part_add_text(change, agent);
    sc_part_add_text(change, key);
    if (value) {
        sc_part_add_text(change, value);
        sc_part_add_number(change, at_ms);
    }
}

void sc_change_cache_put(struct sc_change *change, const char *key, const char *value,
        int64_t at_ms, int64_t expires_ms)
{
    sc_part_add(change, SC_PART_CACHE_PUT, 4);
    sc_part_add_text(change, key);
    sc_part_add_text(change, value);
    sc_part_add_number(change, at_ms);
    sc_part_add_number(change, expires_ms);
}

void sc_change_cost_add(struct sc_change *change, const struct sc_cost_row *row)
{
    sc_part_add(change, SC_PART_COST, 12);
    sc_part_add_text(change, row->task_id);
    sc_part_add_text(change, row->agent);
    sc_part_add_text(change, row->model);
    sc_part_add_number(change, row->cost_micro);
    sc_part_add_number(change, row->cost_known);
    sc_part_add_number(change, row->at_ms);
    sc_part_add_number(change, row->requests);
    sc_part_add_number(change, row->input_tokens);
    sc_part_add_number(change, row->output_tokens);
    sc_part_add_number(change, row->cached_tokens);
    sc_part_add_number(change, row->written_tokens);
    sc_part_add_number(change, row->reasoning_tokens);
}

void sc_change_room(struct sc_change *change, const struct sc_room *room)
{
    sc_part_add(change, SC_PART_ROOM, SC_ROOM_NUMBER + 1);
    sc_part_add_number(change, room->from_ms);
    sc_part_add_number(change, room->to_ms);
    sc_part_add_text(change, room->agent);
    sc_part_add_number(change, room->most_micro);
    sc_part_add_number(change, room->more_micro);
    sc_part_add_number(change, room->number);
}

void sc_change_reserve(struct sc_change *change, const struct sc_reservation_row *row)
{
    sc_part_add(change, SC_PART_RESERVE, 6);
    sc_part_add_text(change, row->key);
    sc_part_add_text(change, row->task_id);
    sc_part_add_text(change, row->agent);
    sc_part_add_text(change, row->model);
    sc_part_add_number(change, row->micro);
    sc_part_add_number(change, row->at_ms);
}

void sc_change_unreserve(struct sc_change *change, const char *key)
{
    sc_part_add(change, SC_PART_UNRESERVE, 1);
    sc_part_add_text(change, key);
}

void sc_change_lose_reservations(struct sc_change *change)
{
    sc_part_add(change, SC_PART_LOSE, 0);
}
