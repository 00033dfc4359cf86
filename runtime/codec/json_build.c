#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "codec/json_node.h"
#include "codec/json_number.h"

struct sc_json *sc_json_new_null(void)
{
    return sc_json_node_new_root(cJSON_NULL, 0);
}

struct sc_json *sc_json_new_bool(bool value)
{
    return sc_json_node_new_root(value ? cJSON_True : cJSON_False, 0);
}

/* Without printf: most numbers of a record come from here. */
struct sc_json *sc_json_new_int(int64_t value)
{
    char text[24], *first = text + sizeof(text);
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

    do
        *--first = (char)('0' + rest % 10);
    while (rest /= 10);
    if (value < 0)
        *--first = '-';
    return sc_json_leaf_new(cJSON_Raw, first, (size_t)(text + sizeof(text) - first));
}

/* The fewest digits that read back as value. 15 always survive the way there and back,
 * so only a subnormal number can need fewer than %.15g prints. */
static int print_double(char *text, size_t size, double value)
{
    int len = 0;

    for (int digits = fabs(value) < DBL_MIN ? 1 : DBL_DIG; digits <= 17; digits++) {
        len = snprintf(text, size, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    return len;
}

struct sc_json *sc_json_new_double(double value)
{
    char text[40];

    if (!isfinite(value))
        return sc_json_new_null();
    return sc_json_leaf_new(
            cJSON_Raw, text, (size_t)print_double(text, sizeof(text), value));
}

struct sc_json *sc_json_new_number(const char *text)
{
    SC_ASSERT(sc_decimal_valid(text, strlen(text)));
    return sc_json_leaf_new(cJSON_Raw, text, strlen(text));
}

struct sc_json *sc_json_new_string_len(const char *text, size_t len)
{
    struct sc_json *item;
    struct sc_buf held;

    if (sc_utf8_valid(text, len) == len && !(len && memchr(text, '\0', len)))
        return sc_json_leaf_new(cJSON_String, text, len);
    sc_buf_init(&held);
    sc_json_hold_text(&held, text, len);
    item = sc_json_leaf_new(cJSON_String, held.data, held.len);
    sc_buf_release(&held);
    return item;
}

struct sc_json *sc_json_new_string(const char *text)
{
    return sc_json_new_string_len(text, strlen(text));
}

struct sc_json *sc_json_new_array(void)
{
    return sc_json_node_new_root(cJSON_Array, 0);
}

struct sc_json *sc_json_new_object(void)
{
    return sc_json_node_new_root(cJSON_Object, 0);
}

/* Forgets the key, whether it is in the node's block or in one of its own. */
static void drop_key(struct sc_json *item)
{
    if (!(item->node.type & cJSON_StringIsConst))
        free(item->node.string);
    item->node.string = NULL;
    item->node.type &= ~cJSON_StringIsConst;
}

/* false: it does not fit, or is not ASCII. */
static bool copy_short(char *to, const char *name, size_t room)
{
    for (size_t i = 0; i < room && !(name[i] & 0x80); i++) {
        to[i] = name[i];
        if (!name[i])
            return true;
    }
    return false;
}

static void give_key(struct sc_json *item, const char *name)
{
    struct sc_buf held;
    size_t len;

    if (copy_short(item->room, name, (size_t)item->node.valuedouble)) {
        item->node.string = item->room;
        item->node.type |= cJSON_StringIsConst;
        return;
    }
    len = strlen(name);
    if (sc_utf8_valid(name, len) == len) {
        item->node.string = sc_strndup(name, len);
        return;
    }
    sc_buf_init(&held);
    sc_json_hold_text(&held, name, len);
    item->node.string = sc_buf_detach(&held);
}

/* What append, add and set take: a root; NULL becomes a null. */
static struct sc_json *taken(struct sc_json *value)
{
    SC_ASSERT(!value || !value->node.prev);
    return value ? value : sc_json_new_null();
}

struct sc_json *sc_json_append(struct sc_json *array, struct sc_json *take_value)
{
    struct sc_json *value = taken(take_value);

    SC_ASSERT(sc_json_is(array, SC_JSON_ARRAY));
    sc_json_link(array, value);
    return value;
}

struct sc_json *sc_json_add(
        struct sc_json *object, const char *name, struct sc_json *take_value)
{
    struct sc_json *value = taken(take_value);

    SC_ASSERT(sc_json_is(object, SC_JSON_OBJECT));
    give_key(value, name);
    sc_json_link(object, value);
    return value;
}

/* Puts value (a root) where old is, under old's key; frees old. */
static void replace(struct sc_json *object, struct sc_json *old, struct sc_json *value)
{
    cJSON *to = &value->node, *from = &old->node;

    give_key(value, from->string);
    to->next = from->next;
    to->prev = from->prev == from ? to : from->prev;
    if (object->node.child == from)
        object->node.child = to;
    else
        to->prev->next = to;
    if (to->next)
        to->next->prev = to;
    else
        object->node.child->prev = to;
    from->next = from->prev = NULL;
    sc_json_free(old);
}

struct sc_json *sc_json_set(
        struct sc_json *object, const char *name, struct sc_json *take_value)
{
    struct sc_json *old = sc_json_get(object, name), *value;

    if (!old)
        return sc_json_add(object, name, take_value);
    value = taken(take_value);
    replace(object, old, value);
    return value;
}

void sc_json_set_string(struct sc_json *object, const char *name, const char *text)
{
    sc_json_set(object, name, text ? sc_json_new_string(text) : sc_json_new_null());
}

void sc_json_set_int(struct sc_json *object, const char *name, int64_t value)
{
    sc_json_set(object, name, sc_json_new_int(value));
}

void sc_json_set_bool(struct sc_json *object, const char *name, bool value)
{
    sc_json_set(object, name, sc_json_new_bool(value));
}

struct sc_json *sc_json_detach_item(struct sc_json *container, struct sc_json *item)
{
    if (!item)
        return NULL;
    SC_ASSERT(sc_json_is_container(container) && item->node.prev);
    cJSON_DetachItemViaPointer(&container->node, &item->node);
    container->node.valueint--;
    drop_key(item);
    return item;
}

struct sc_json *sc_json_detach(struct sc_json *object, const char *name)
{
    return sc_json_detach_item(object, sc_json_get(object, name));
}
