#include "exec/budget.h"

#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/map.h"
#include "base/mem.h"
#include "exec/budget_purse.h"
#include "exec/limit.h"
#include "model/failure.h"

/* The longest answers that are tried, from the model's own limit down: with a small
 * budget a shorter one may still be paid. */
static const int64_t answer_limits[] = { 0, 65536, 16384, 8192 };

enum { ANSWER_LIMITS = sizeof(answer_limits) / sizeof(*answer_limits) };

/* Of one agent, or of all; -1: none. */
struct limits {
    int64_t day_micro, month_micro;
};

/* A model that is handed out, and the one behind it. */
struct door {
    struct sc_model model;
    struct sc_model *inner; /* NULL: there is none */
    struct sc_budgets *budgets;
};

struct sc_budgets {
    struct door chat, embed;
    struct sc_store *store;
    struct sc_clock *clock;
    char *zone;
    struct sc_budget_money money;
    struct limits all;
    struct sc_map agents;   /* name -> struct limits */
    struct sc_map purses;   /* task id -> struct sc_purse */
    struct sc_list waiting; /* struct paid that others leave no room, the oldest first */
    size_t open;            /* requests that are counted and not settled */
    bool took_over;         /* what an earlier process left open is marked */
    struct sc_id_source ids;
    struct sc_scope scope; /* of writes that nobody waits for */
    void (*on_closed)(void *arg);
    void *closed_arg;
};

/* A request, and the steps of its way: weigh; reserve, on_reserved; or queue, and weigh
 * again; send, on_answered, which settles. */
struct paid {
    struct sc_op op;
    struct sc_budgets *budgets;
    struct sc_model *inner;
    struct sc_op *step; /* the reservation or the request under way */
    struct sc_list in_waiting;
    char *task_id, *agent;
    struct sc_model_request request; /* its pointers are the caller's until start ends */
    struct sc_json *messages, *tools, *schema;
    char *force_tool, *model_name;
    size_t limit; /* which of answer_limits is tried */
    int64_t worst_micro, at_ms;
    char key[SC_ID_LEN + 1]; /* of the reservation; "": none is kept */
    bool counted;            /* its worst case is in the sums of this process */
    bool kept;               /* the request is a copy */
    bool queued, woken, cancelled;
    struct sc_model_reply *reply;
    struct sc_model_usage usage;
    char *answered_by; /* the model of a cost that is not written yet; or NULL */
};

/* true: whoever waits may try, too. */
static bool weigh(struct paid *p);
static bool reserve(struct paid *p, const struct sc_budget_line *lines, size_t count);
static void on_reserved(struct sc_op *step, const struct sc_error *err);
static void send(struct paid *p);
static void on_answered(struct sc_op *step, const struct sc_error *err);

static struct paid *paid_of(struct sc_op *op)
{
    return sc_container_of(op, struct paid, op);
}

static const struct door *door_of(struct sc_model *model)
{
    return sc_container_of(model, struct door, model);
}

static struct sc_purse *purse_of(const struct paid *p)
{
    return sc_map_get(&p->budgets->purses, p->task_id);
}

/* --- tasks --- */

void sc_budgets_begin(struct sc_budgets *b, const struct sc_model_account *account,
        const char *language, const struct sc_json *allowed)
{
    const struct sc_spending_filter filter = { .task_id = account->task_id,
        .to_ms = INT64_MAX };
    const struct sc_budget_style style = { language, b->money };
    struct sc_purse *purse = sc_purse_new(account, &style, allowed);
    struct sc_spending spending;

    if (purse->most_micro >= 0 &&
            sc_store_spending(b->store, &filter, &spending, NULL) == SC_OK)
        purse->used_micro =
                spending.cost_micro + spending.lost_micro + spending.reserved_micro;
    sc_purse_free(sc_map_set(&b->purses, account->task_id, purse));
}

void sc_budgets_allow(struct sc_budgets *b, const char *task_id, const char *key)
{
    struct sc_purse *purse = sc_map_get(&b->purses, task_id);

    if (purse)
        sc_purse_allow(purse, key);
}

void sc_budgets_forget(struct sc_budgets *b, const char *task_id)
{
    sc_purse_free(sc_map_remove(&b->purses, task_id));
}

struct sc_json *sc_budgets_take_note(struct sc_budgets *b, const char *task_id)
{
    struct sc_purse *purse = sc_map_get(&b->purses, task_id);

    return purse ? sc_json_detach_item(purse->notes, sc_json_first(purse->notes)) : NULL;
}

bool sc_budgets_take_usage(
        struct sc_budgets *b, const char *task_id, struct sc_model_usage *ret_usage)
{
    struct sc_purse *purse = sc_map_get(&b->purses, task_id);

    if (!purse || purse->untold.requests == 0)
        return false;
    *ret_usage = purse->untold;
    purse->untold = (struct sc_model_usage){ 0 };
    return true;
}

/* --- the budgets that apply --- */

static void add_line(const struct paid *p, enum sc_budget_kind kind, int64_t most_micro,
        struct sc_budget_line *lines, size_t *count)
{
    bool of_agent = kind == SC_BUDGET_AGENT_DAY || kind == SC_BUDGET_AGENT_MONTH;
    bool of_day = kind == SC_BUDGET_AGENT_DAY || kind == SC_BUDGET_DAY;
    struct sc_budget_line *line = &lines[*count];

    if (most_micro < 0)
        return;
    *line = (struct sc_budget_line){ .kind = kind,
        .agent = of_agent ? p->agent : NULL,
        .zone = p->budgets->zone,
        .most_micro = most_micro };
    if (kind != SC_BUDGET_TASK)
        sc_limit_window(of_day ? "day" : "month", p->budgets->zone, p->at_ms,
                &line->from_ms, &line->to_ms);
    ++*count;
}

/* That of the task comes first. */
static size_t find_lines(
        const struct paid *p, struct sc_budget_line lines[SC_BUDGET_KINDS])
{
    const struct sc_budgets *b = p->budgets;
    const struct sc_purse *purse = purse_of(p);
    const struct limits *agent = sc_map_get(&b->agents, p->agent);
    size_t count = 0;

    if (purse)
        add_line(p, SC_BUDGET_TASK, purse->most_micro, lines, &count);
    if (agent) {
        add_line(p, SC_BUDGET_AGENT_DAY, agent->day_micro, lines, &count);
        add_line(p, SC_BUDGET_AGENT_MONTH, agent->month_micro, lines, &count);
    }
    add_line(p, SC_BUDGET_DAY, b->all.day_micro, lines, &count);
    add_line(p, SC_BUDGET_MONTH, b->all.month_micro, lines, &count);
    return count;
}

static enum sc_code read_line(
        const struct paid *p, struct sc_budget_line *line, struct sc_error *err)
{
    const struct sc_spending_filter filter = {
        .agent = line->agent, .from_ms = line->from_ms, .to_ms = line->to_ms
    };
    struct sc_spending spending;

    if (line->kind == SC_BUDGET_TASK) {
        line->used_micro = purse_of(p)->used_micro;
        return SC_OK;
    }
    if (sc_store_spending(p->budgets->store, &filter, &spending, err))
        return err->code;
    line->used_micro = spending.cost_micro + spending.lost_micro;
    return SC_OK;
}

static void count_in(struct paid *p)
{
    struct sc_purse *purse = purse_of(p);

    p->counted = true;
    p->budgets->open++;
    if (purse)
        purse->reserved_micro += p->worst_micro;
}

static void count_out(struct paid *p)
{
    struct sc_purse *purse = purse_of(p);

    if (!p->counted)
        return;
    p->counted = false;
    p->budgets->open--;
    if (purse)
        purse->reserved_micro -= p->worst_micro;
}

/* --- the end of a request, and what it did cost --- */

static void end(struct paid *p, const struct sc_error *err)
{
    sc_op_finish(&p->op, err);
}

static void end_early(struct paid *p, const struct sc_error *err)
{
    if (err)
        end(p, err);
    else
        sc_op_finish_cancelled(&p->op);
}

static void on_written(struct sc_op *op, const struct sc_error *err)
{
    (void)op, (void)err; /* what is not written stays reserved: it is counted high */
}

static void write_down(struct sc_budgets *b, struct sc_change *take_change)
{
    sc_store_apply_start(&b->scope, b->store, take_change, on_written, NULL);
}

static void add_cost(struct paid *p, struct sc_change *change)
{
    const struct sc_model_usage *usage = &p->usage;

    sc_change_cost_add(
            change, &(struct sc_cost_row){ .task_id = p->task_id,
                            .agent = p->agent,
                            .model = p->answered_by,
                            .cost_micro = usage->cost_micro,
                            .cost_known = usage->cost_known || usage->requests == 0,
                            .at_ms = p->at_ms,
                            .requests = usage->requests,
                            .input_tokens = usage->input_tokens,
                            .output_tokens = usage->output_tokens,
                            .cached_tokens = usage->cached_tokens,
                            .written_tokens = usage->written_tokens,
                            .reasoning_tokens = usage->reasoning_tokens });
    free(p->answered_by);
    p->answered_by = NULL;
}

/* One at a time: that it finds room is known later, and wakes the next. */
static void wake(struct sc_budgets *b)
{
    bool next = true;

    while (next && !sc_list_empty(&b->waiting)) {
        struct paid *p = sc_container_of(b->waiting.next, struct paid, in_waiting);

        sc_list_remove(&p->in_waiting);
        p->queued = false;
        p->woken = true;
        next = weigh(p);
    }
}

/* The worst case is no longer counted, but the cost. What the store has of it goes in
 * one change. */
static void settle(struct paid *p)
{
    struct sc_purse *purse = purse_of(p);
    struct sc_change *change;

    if (purse)
        purse->used_micro += p->usage.cost_micro;
    if (*p->key) {
        change = sc_change_new();
        sc_change_unreserve(change, p->key);
        if (p->answered_by)
            add_cost(p, change);
        write_down(p->budgets, change);
    }
    count_out(p);
}

/* Says at once what this request has used up. */
static void warn(struct paid *p)
{
    struct sc_budget_line lines[SC_BUDGET_KINDS];
    struct sc_purse *purse = purse_of(p);
    size_t count = purse ? find_lines(p, lines) : 0;
    struct sc_error err;

    for (size_t i = 0; i < count; i++) {
        if (read_line(p, &lines[i], &err))
            return;
        if (lines[i].kind != SC_BUDGET_TASK) /* its settling is on its way */
            lines[i].used_micro += p->usage.cost_micro;
        sc_purse_warn(purse, &lines[i]);
    }
}

/* A piece of it, or its bill alone: a filter may have kept back the rest. */
static bool was_seen(const struct sc_model_reply *reply)
{
    return reply && (*reply->text || *reply->reasoning || reply->call_count ||
                            reply->usage.input_tokens || reply->usage.output_tokens);
}

static void find_usage(
        struct paid *p, const struct sc_model_reply *reply, const struct sc_error *err)
{
    if (err && sc_failure_costs_nothing(err, was_seen(reply)))
        return;
    if (reply)
        p->usage = reply->usage;
    if (err && p->counted) { /* it may have been paid */
        p->usage.cost_micro = p->worst_micro;
        p->usage.cost_known = false;
    }
    if (p->usage.requests == 0)
        p->usage.requests = p->usage.cost_micro > 0;
}

static void on_answered(struct sc_op *step, const struct sc_error *err)
{
    struct paid *p = step->arg;
    struct sc_budgets *b = p->budgets;
    struct sc_model_reply *reply = sc_model_take(p->inner, step);

    p->step = NULL;
    p->reply = reply;
    find_usage(p, reply, err);
    if (p->usage.requests)
        p->answered_by = sc_strdup(
                reply && *reply->model ? reply->model : p->inner->name(p->inner));
    if (p->task_id) {
        settle(p);
        warn(p);
    }
    end(p, err);
    wake(b);
}

void sc_budgets_take_cost(
        struct sc_op *op, struct sc_change *change, struct sc_model_usage *ret_usage)
{
    struct paid *p = paid_of(op);

    *ret_usage = p->usage;
    if (p->answered_by)
        add_cost(p, change);
    p->usage = (struct sc_model_usage){ 0 };
}

/* --- is there room? --- */

static struct sc_json *copy_of(const struct sc_json *json)
{
    return json ? sc_json_copy(json) : NULL;
}

/* The caller's request ends with start; what waits needs one of its own. */
static void keep_request(struct paid *p)
{
    struct sc_model_request *request = &p->request;

    if (p->kept)
        return;
    p->kept = true;
    request->messages = p->messages = copy_of(request->messages);
    request->tools = p->tools = copy_of(request->tools);
    request->output_schema = p->schema = copy_of(request->output_schema);
    request->force_tool = p->force_tool = sc_strdup(request->force_tool);
    request->model = p->model_name = sc_strdup(request->model);
}

static bool refuse(struct paid *p, struct sc_budget_line *line)
{
    struct sc_purse *purse = purse_of(p);
    struct sc_budget_style style = { NULL, p->budgets->money };
    char text[SC_BUDGET_TEXT];
    struct sc_error err;

    if (read_line(p, line, &err) == SC_OK) {
        sc_budget_text_refused(
                line, p->worst_micro, purse ? &purse->style : &style, text);
        if (purse)
            sc_purse_refuse(purse, line, text);
        sc_fail(&err, SC_BUDGET, "%s", text);
    }
    end(p, &err);
    return true;
}

/* Who was woken and finds no room goes back to the front. */
static bool queue(struct paid *p)
{
    struct sc_list *head = &p->budgets->waiting;

    keep_request(p);
    p->queued = true;
    sc_list_append(p->woken ? head->next : head, &p->in_waiting);
    return false;
}

/* Others may leave some; else a shorter answer may fit. */
static bool find_other_way(struct paid *p, struct sc_budget_line *line)
{
    if (p->budgets->open > 0)
        return queue(p);
    if (p->request.max_output_tokens || p->limit + 1 == ANSWER_LIMITS)
        return refuse(p, line);
    p->limit++;
    return weigh(p);
}

/* The person must be asked first, or the store does not answer. */
static bool is_held(
        struct paid *p, struct sc_budget_line *lines, size_t count, struct sc_error *err)
{
    struct sc_purse *purse = purse_of(p);

    for (size_t i = 0; i < count; i++) {
        if (read_line(p, &lines[i], err))
            return true;
        if (!purse)
            continue;
        sc_purse_warn(purse, &lines[i]);
        if (sc_purse_holds(purse, &lines[i])) {
            sc_fail(err, SC_BUDGET, "most of a budget is used: you are asked first");
            return true;
        }
    }
    return false;
}

static bool weigh(struct paid *p)
{
    struct sc_budgets *b = p->budgets;
    struct sc_budget_line lines[SC_BUDGET_KINDS];
    struct sc_purse *purse = purse_of(p);
    struct sc_model_request request = p->request;
    struct sc_error err;
    size_t count;

    p->at_ms = b->clock->wall_ms(b->clock);
    count = find_lines(p, lines);
    if (count && is_held(p, lines, count, &err)) {
        end(p, &err);
        return true;
    }
    if (!request.max_output_tokens)
        request.max_output_tokens = answer_limits[p->limit];
    p->worst_micro = count ? p->inner->worst_case_micro(p->inner, &request) : 0;
    if (p->worst_micro < 0)
        return refuse(p, &lines[0]);
    if (count && lines[0].kind == SC_BUDGET_TASK &&
            purse->used_micro + purse->reserved_micro + p->worst_micro >
                    lines[0].most_micro)
        return find_other_way(p, &lines[0]);
    return reserve(p, lines, count);
}

/* --- reserving and sending --- */

/* What an earlier process did not settle is marked before the first reservation of this
 * one. */
static void take_over(struct sc_budgets *b)
{
    struct sc_change *change;

    if (b->took_over)
        return;
    b->took_over = true;
    change = sc_change_new();
    sc_change_lose_reservations(change);
    write_down(b, change);
}

/* true: it needs none in the store, and goes on its way. */
static bool reserve(struct paid *p, const struct sc_budget_line *lines, size_t count)
{
    struct sc_budgets *b = p->budgets;
    struct sc_change *change;

    if (count)
        count_in(p);
    if (count == 0 || lines[count - 1].kind == SC_BUDGET_TASK) {
        send(p);
        return true;
    }
    keep_request(p);
    take_over(b);
    change = sc_change_new();
    for (size_t i = 0; i < count; i++)
        if (lines[i].kind != SC_BUDGET_TASK)
            sc_change_room(change, &(struct sc_room){ .agent = lines[i].agent,
                                           .from_ms = lines[i].from_ms,
                                           .to_ms = lines[i].to_ms,
                                           .most_micro = lines[i].most_micro,
                                           .more_micro = p->worst_micro,
                                           .number = (int)i });
    sc_id_next(&b->ids, p->at_ms, p->key);
    sc_change_reserve(change, &(struct sc_reservation_row){ .key = p->key,
                                      .task_id = p->task_id,
                                      .agent = p->agent,
                                      .model = p->inner->name(p->inner),
                                      .micro = p->worst_micro,
                                      .at_ms = p->at_ms });
    p->step = sc_store_apply_start(p->op.scope, b->store, change, on_reserved, p);
    return false;
}

static void on_no_room(struct paid *p, int number)
{
    struct sc_budget_line lines[SC_BUDGET_KINDS];

    find_lines(p, lines); /* the same as when it was weighed */
    if (find_other_way(p, &lines[number]))
        wake(p->budgets);
}

static void on_reserved(struct sc_op *step, const struct sc_error *err)
{
    struct paid *p = step->arg;
    struct sc_budgets *b = p->budgets;

    p->step = NULL;
    if (err) {
        *p->key = '\0';
        count_out(p);
    }
    if (err && err->code == SC_BUDGET && !p->cancelled) {
        on_no_room(p, err->detail);
        return;
    }
    if (err || p->cancelled) {
        settle(p);
        end_early(p, err);
    } else {
        send(p);
    }
    wake(b);
}

static void send(struct paid *p)
{
    struct sc_model_request request = p->request;

    if (!request.max_output_tokens && p->counted)
        request.max_output_tokens = answer_limits[p->limit];
    p->step = p->inner->start(p->inner, p->op.scope, &request, on_answered, p);
}

/* --- the op --- */

static void paid_cancel(struct sc_op *op)
{
    struct paid *p = paid_of(op);

    p->cancelled = true;
    if (p->queued) {
        p->queued = false;
        sc_list_remove(&p->in_waiting);
        sc_op_finish_cancelled(op);
    } else if (p->step) {
        sc_op_cancel(p->step); /* its done ends this one */
    }
}

static void paid_release(struct sc_op *op)
{
    struct paid *p = paid_of(op);
    struct sc_purse *purse = p->task_id ? purse_of(p) : NULL;
    struct sc_change *change;

    if (purse)
        sc_model_usage_add(&purse->untold, &p->usage);
    if (p->answered_by && p->task_id) {
        change = sc_change_new();
        add_cost(p, change);
        write_down(p->budgets, change);
    }
    sc_model_reply_free(p->reply);
    sc_json_free(p->messages);
    sc_json_free(p->tools);
    sc_json_free(p->schema);
    free(p->force_tool);
    free(p->model_name);
    free(p->answered_by);
    free(p->task_id);
    free(p->agent);
    free(p);
}

static const struct sc_op_class paid_class = { "paid", paid_cancel, paid_release };

static struct sc_op *budgets_start(struct sc_model *model, struct sc_scope *scope,
        const struct sc_model_request *request, sc_op_done_fn *done, void *arg)
{
    const struct door *door = door_of(model);
    struct paid *p = sc_new(struct paid);

    p->budgets = door->budgets;
    p->inner = door->inner;
    p->request = *request;
    sc_op_begin(&p->op, &paid_class, scope, done, arg);
    if (request->account) {
        p->task_id = sc_strdup(request->account->task_id);
        p->agent = sc_strdup(request->account->agent ? request->account->agent : "");
        weigh(p);
    } else {
        send(p);
    }
    p->request.account = NULL; /* the caller's */
    return &p->op;
}

static const struct sc_model_reply *budgets_reply(struct sc_op *op)
{
    return paid_of(op)->reply;
}

static int64_t budgets_worst_case(
        struct sc_model *model, const struct sc_model_request *request)
{
    struct sc_model *inner = door_of(model)->inner;

    return inner->worst_case_micro(inner, request);
}

static const char *budgets_name(struct sc_model *model)
{
    struct sc_model *inner = door_of(model)->inner;

    return inner->name(inner);
}

/* --- making one --- */

static struct door door_to(struct sc_model *inner, struct sc_budgets *budgets)
{
    return (struct door){ .model = { .start = budgets_start,
                                  .reply = budgets_reply,
                                  .worst_case_micro = budgets_worst_case,
                                  .name = budgets_name },
        .inner = inner,
        .budgets = budgets };
}

struct sc_budgets *sc_budgets_new(const struct sc_budgets_parts *parts)
{
    struct sc_budgets *b = sc_new(struct sc_budgets);

    b->chat = door_to(parts->model, b);
    b->embed = door_to(parts->embedder, b);
    b->store = parts->store;
    b->clock = parts->clock;
    b->zone = sc_strdup(parts->zone ? parts->zone : "UTC");
    b->money = parts->money;
    b->all = (struct limits){ -1, -1 };
    sc_map_init(&b->agents);
    sc_map_init(&b->purses);
    sc_list_init(&b->waiting);
    sc_scope_init(&b->scope, parts->loop);
    return b;
}

static void on_empty(struct sc_scope *scope)
{
    struct sc_budgets *b = sc_container_of(scope, struct sc_budgets, scope);
    void (*on_closed)(void *arg) = b->on_closed;
    void *arg = b->closed_arg;

    sc_map_release(&b->agents, free);
    sc_map_release(&b->purses, sc_purse_free);
    free(b->zone);
    free(b);
    if (on_closed)
        on_closed(arg);
}

void sc_budgets_close(struct sc_budgets *b, void (*on_closed)(void *arg), void *arg)
{
    SC_ASSERT(sc_list_empty(&b->waiting));
    b->on_closed = on_closed;
    b->closed_arg = arg;
    sc_scope_close(&b->scope, on_empty);
}

struct sc_model *sc_budgets_model(struct sc_budgets *b)
{
    return b->chat.inner ? &b->chat.model : NULL;
}

struct sc_model *sc_budgets_embedder(struct sc_budgets *b)
{
    return b->embed.inner ? &b->embed.model : NULL;
}

void sc_budgets_limit(
        struct sc_budgets *b, const char *agent, int64_t day_micro, int64_t month_micro)
{
    struct limits *limits = agent ? sc_new(struct limits) : &b->all;

    *limits = (struct limits){ day_micro, month_micro };
    if (agent)
        free(sc_map_set(&b->agents, agent, limits));
}
