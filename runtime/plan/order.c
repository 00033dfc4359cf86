#include "plan/order.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct edge {
    size_t from, to; /* to waits for from */
};

struct order {
    const struct sc_plan *plan;
    struct edge *edges; /* by from */
    size_t count;
    size_t *first;   /* of each step's outgoing edges */
    size_t *waiting; /* how many it still waits for */
};

static size_t count_edges(const struct sc_plan *plan)
{
    size_t n = 0;

    for (size_t i = 0; i < plan->step_count; i++)
        n += plan->steps[i].dep_count;
    for (size_t i = 0; i < plan->gate_count; i++)
        n += plan->gates[i].dep_count;
    return n;
}

static void add_edges(struct order *o, const size_t *from, size_t count, size_t to)
{
    for (size_t i = 0; i < count; i++)
        o->edges[o->count++] = (struct edge){ from[i], to };
    o->waiting[to] += count;
}

static int by_from(const void *a, const void *b)
{
    const struct edge *left = a, *right = b;

    if (left->from != right->from)
        return left->from < right->from ? -1 : 1;
    return left->to < right->to ? -1 : left->to > right->to;
}

static void gather(struct order *o)
{
    const struct sc_plan *plan = o->plan;
    size_t at = 0;

    for (size_t i = 0; i < plan->step_count; i++)
        add_edges(o, plan->steps[i].deps, plan->steps[i].dep_count, i);
    for (size_t i = 0; i < plan->gate_count; i++)
        add_edges(
                o, plan->gates[i].deps, plan->gates[i].dep_count, plan->gates[i].before);
    if (o->count)
        qsort(o->edges, o->count, sizeof(*o->edges), by_from);
    for (size_t i = 0; i <= plan->step_count; i++) {
        while (at < o->count && o->edges[at].from < i)
            at++;
        o->first[i] = at;
    }
}

/* A step that waits for `step` no longer; true when it waits for nothing more. */
static size_t release(struct order *o, size_t step, size_t *order, size_t tail)
{
    for (size_t e = o->first[step]; e < o->first[step + 1]; e++) {
        if (--o->waiting[o->edges[e].to] == 0)
            order[tail++] = o->edges[e].to;
    }
    return tail;
}

static size_t blocker(const struct order *o, size_t step)
{
    const struct sc_plan *plan = o->plan;

    for (size_t i = 0; i < plan->steps[step].dep_count; i++) {
        if (o->waiting[plan->steps[step].deps[i]])
            return plan->steps[step].deps[i];
    }
    for (size_t g = 0; g < plan->gate_count; g++) {
        for (size_t i = 0; plan->gates[g].before == step && i < plan->gates[g].dep_count;
                i++) {
            if (o->waiting[plan->gates[g].deps[i]])
                return plan->gates[g].deps[i];
        }
    }
    return SC_NO_STEP;
}

/* Following what each waiting step waits for must come back to a step seen before. */
static char *name_cycle(const struct order *o)
{
    const struct sc_plan *plan = o->plan;
    bool *seen = sc_new_array(bool, plan->step_count);
    struct sc_buf text;
    size_t step = 0, start;

    while (!o->waiting[step])
        step++;
    for (; !seen[step]; step = blocker(o, step))
        seen[step] = true;
    sc_buf_init(&text);
    sc_buf_adds(&text, plan->steps[step].id);
    start = step;
    do {
        step = blocker(o, step);
        sc_buf_addf(&text, " → %s", plan->steps[step].id);
    } while (step != start);
    free(seen);
    return sc_buf_detach(&text);
}

bool sc_plan_order(const struct sc_plan *plan, size_t *ret_order, char **ret_cycle)
{
    struct order o = { .plan = plan };
    size_t head = 0, tail = 0;

    o.edges = sc_new_array(struct edge, count_edges(plan));
    o.first = sc_new_array(size_t, plan->step_count + 1);
    o.waiting = sc_new_array(size_t, plan->step_count);
    gather(&o);
    for (size_t i = 0; i < plan->step_count; i++) {
        if (!o.waiting[i])
            ret_order[tail++] = i;
    }
    while (head < tail)
        tail = release(&o, ret_order[head++], ret_order, tail);
    if (tail < plan->step_count)
        *ret_cycle = name_cycle(&o);
    free(o.edges);
    free(o.first);
    free(o.waiting);
    return tail == plan->step_count;
}
