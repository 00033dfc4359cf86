#include "plan/partial.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "plan/build.h"

enum { MAX_STEP_BYTES = 256 * 1024, MAX_NAME_BYTES = 256, MAX_DEPTH = 200 };

/* Depths of what is looked at: the plan's fields, its list of steps. */
enum { IN_PLAN = 1, IN_LIST = 2 };

struct sc_partial {
    struct sc_buf kept; /* a name of the plan, or a step, as far as it has come */
    bool keeps;
    bool in_string, escaped;
    bool at_name; /* the next string of the plan is a name */
    bool is_list; /* the name was `steps`: its value comes, or is here */
    bool over;    /* the list has ended, or this is no plan */
    size_t depth, count;
};

struct sc_partial *sc_partial_new(void)
{
    struct sc_partial *p = sc_new(struct sc_partial);

    sc_buf_init(&p->kept);
    return p;
}

void sc_partial_free(struct sc_partial *p)
{
    if (!p)
        return;
    sc_buf_release(&p->kept);
    free(p);
}

static void keep_from_here(struct sc_partial *p)
{
    sc_buf_clear(&p->kept);
    p->keeps = true;
}

/* What was kept, as JSON; NULL when it is none. */
static struct sc_json *take_kept(struct sc_partial *p)
{
    p->keeps = false;
    return sc_json_parse(sc_buf_text(&p->kept), p->kept.len, NULL, NULL);
}

static void end_name(struct sc_partial *p)
{
    struct sc_json *name = take_kept(p);

    p->is_list = strcmp(sc_json_string(name), "steps") == 0;
    p->at_name = false;
    sc_json_free(name);
}

static void end_step(struct sc_partial *p, struct sc_json *steps)
{
    struct sc_json *step = take_kept(p);

    p->over = !step || ++p->count >= SC_PLAN_MAX_STEPS;
    if (step)
        sc_json_append(steps, step);
}

static void in_string(struct sc_partial *p, char c)
{
    if (p->escaped) {
        p->escaped = false;
    } else if (c == '\\') {
        p->escaped = true;
    } else if (c == '"') {
        p->in_string = false;
        if (p->depth == IN_PLAN && p->keeps)
            end_name(p);
    }
}

/* A bracket, brace or string begins. */
static void opens(struct sc_partial *p, char c)
{
    if (c == '"') {
        p->in_string = true;
        return;
    }
    if (++p->depth > MAX_DEPTH)
        p->over = true;
    if (p->depth == IN_PLAN)
        p->at_name = true;
    else if (p->depth == IN_LIST && c == '{')
        p->is_list = false; /* `steps` is an object */
}

static void closes(struct sc_partial *p, struct sc_json *steps)
{
    p->depth--;
    if (p->depth == IN_LIST && p->keeps)
        end_step(p, steps);
    else if (p->depth < IN_PLAN || (p->depth == IN_PLAN && p->is_list))
        p->over = true;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Does something begin here that is to be kept? What cannot stand here ends it all. */
static void look(struct sc_partial *p, char c)
{
    if (is_space(c))
        return;
    if (p->depth == 0)
        p->over = c != '{';
    else if ((p->depth == IN_PLAN && p->at_name && c == '"') ||
             (p->depth == IN_LIST && p->is_list && c == '{'))
        keep_from_here(p);
    else if (p->depth == IN_LIST && p->is_list)
        p->over = c != ',' && c != ']';
}

static void keep(struct sc_partial *p, char c)
{
    sc_buf_addc(&p->kept, c);
    if (p->depth == IN_PLAN && p->kept.len > MAX_NAME_BYTES)
        p->keeps = p->at_name = p->is_list = false; /* so long is none that is known */
    else if (p->kept.len > MAX_STEP_BYTES)
        p->over = true;
}

static void take_char(struct sc_partial *p, char c, struct sc_json *steps)
{
    bool inside = p->in_string;

    if (!inside && !p->keeps)
        look(p, c);
    if (p->over)
        return;
    if (p->keeps)
        keep(p, c);
    if (inside)
        in_string(p, c);
    else if (c == '"' || c == '{' || c == '[')
        opens(p, c);
    else if (c == '}' || c == ']')
        closes(p, steps);
    else if (c == ',' && p->depth == IN_PLAN) {
        p->at_name = true;
        p->is_list = false;
    }
}

void sc_partial_feed(
        struct sc_partial *p, const char *text, size_t len, struct sc_json *steps)
{
    for (size_t i = 0; i < len && !p->over; i++)
        take_char(p, text[i], steps);
}
