#include "codec/json.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "codec/json_node.h"
#include "codec/json_number.h"

enum { SHORT_KEY = 16 };

/* --- nodes --- */

struct sc_json *sc_json_node_new(int kind, size_t key_room, size_t text_room)
{
    struct sc_json *item = sc_realloc(NULL, sizeof(*item) + key_room + text_room);

    item->node = (cJSON){ .type = kind };
    if (key_room) {
        item->node.type |= cJSON_StringIsConst;
        item->node.string = item->room;
    }
    if (text_room) {
        item->node.type |= cJSON_IsReference;
        item->node.valuestring = item->room + key_room;
    }
    return item;
}

struct sc_json *sc_json_node_new_root(int kind, size_t text_room)
{
    struct sc_json *item = sc_json_node_new(kind, SHORT_KEY, text_room);

    item->node.type &= ~cJSON_StringIsConst;
    item->node.string = NULL;
    item->node.valuedouble = SHORT_KEY;
    return item;
}

void sc_json_free(struct sc_json *root)
{
    SC_ASSERT(!root || !root->node.prev);
    cJSON_Delete(root ? &root->node : NULL);
}

void sc_json_hold_text(struct sc_buf *out, const char *text, size_t len)
{
    while (len > 0) {
        size_t n;
        uint32_t code = sc_utf8_get(text, len, &n);

        if (code == 0 || (len > 1 && memcmp(text, "\xc0\x80", 2) == 0)) {
            sc_buf_add(out, "\xc0\x80", 2);
            n = code == 0 ? 1 : 2;
        } else if (n == 1 && code == 0xfffd) {
            sc_buf_add(out, "\xef\xbf\xbd", 3);
        } else {
            sc_buf_add(out, text, n);
        }
        text += n;
        len -= n;
    }
}

struct sc_json *sc_json_leaf_new(int kind, const char *text, size_t len)
{
    struct sc_json *item = sc_json_node_new_root(kind, len + 1);

    SC_ASSERT(len < SC_JSON_MAX_BYTES);
    memcpy(item->node.valuestring, text, len);
    item->node.valuestring[len] = '\0';
    item->node.valueint = (int)len;
    return item;
}

/* A copy under the same key if with_key, else as a root. */
static struct sc_json *copy_item(const struct sc_json *item, bool with_key)
{
    const char *key = with_key ? item->node.string : NULL;
    size_t key_room = key ? strlen(key) + 1 : 0;
    size_t text_room = item->node.valuestring ? (size_t)item->node.valueint + 1 : 0;
    struct sc_json *copy = sc_json_node_new(sc_json_kind(item), key_room, text_room);

    if (key)
        memcpy(copy->node.string, key, key_room);
    if (text_room) {
        memcpy(copy->node.valuestring, item->node.valuestring, text_room);
        copy->node.valueint = item->node.valueint;
    }
    SC_JSON_EACH(child, item)
    sc_json_link(copy, copy_item(child, true));
    return copy;
}

struct sc_json *sc_json_copy(const struct sc_json *item)
{
    return item ? copy_item(item, false) : NULL;
}

/* --- looking --- */

enum sc_json_type sc_json_type(const struct sc_json *item)
{
    switch (item ? sc_json_kind(item) : cJSON_NULL) {
    case cJSON_True:
    case cJSON_False:
        return SC_JSON_BOOL;
    case cJSON_Raw:
        return SC_JSON_NUMBER;
    case cJSON_String:
        return SC_JSON_STRING;
    case cJSON_Array:
        return SC_JSON_ARRAY;
    case cJSON_Object:
        return SC_JSON_OBJECT;
    default:
        return SC_JSON_NULL;
    }
}

const char *sc_json_type_word(enum sc_json_type type)
{
    static const char *const words[] = { "null", "bool", "number", "string", "array",
        "object" };

    return words[type];
}

bool sc_json_is(const struct sc_json *item, enum sc_json_type type)
{
    return item && sc_json_type(item) == type;
}

struct sc_json *sc_json_get(const struct sc_json *object, const char *name)
{
    if (!object || sc_json_kind(object) != cJSON_Object)
        return NULL;
    for (cJSON *member = object->node.child; member; member = member->next) {
        if (*member->string == *name && strcmp(member->string, name) == 0)
            return sc_json_of(member);
    }
    return NULL;
}

struct sc_json *sc_json_at(const struct sc_json *array, size_t index)
{
    if (index >= sc_json_count(array))
        return NULL;
    SC_JSON_EACH(item, array)
    {
        if (index-- == 0)
            return item;
    }
    return NULL;
}

size_t sc_json_count(const struct sc_json *container)
{
    return sc_json_is_container(container) ? (size_t)container->node.valueint : 0;
}

struct sc_json *sc_json_first(const struct sc_json *container)
{
    return container ? sc_json_of(container->node.child) : NULL;
}

struct sc_json *sc_json_next(const struct sc_json *item)
{
    return sc_json_of(item->node.next);
}

const char *sc_json_key(const struct sc_json *member)
{
    return member ? member->node.string : NULL;
}

bool sc_json_true(const struct sc_json *item)
{
    return item && sc_json_kind(item) == cJSON_True;
}

const char *sc_json_string(const struct sc_json *item)
{
    return sc_json_is(item, SC_JSON_STRING) ? item->node.valuestring : "";
}

const char *sc_json_number(const struct sc_json *item)
{
    return sc_json_is(item, SC_JSON_NUMBER) ? item->node.valuestring : "";
}

bool sc_json_int(const struct sc_json *item, int64_t *ret_value)
{
    return sc_json_is(item, SC_JSON_NUMBER) &&
           sc_decimal_int(item->node.valuestring, ret_value);
}

bool sc_json_double(const struct sc_json *item, double *ret_value)
{
    return sc_json_is(item, SC_JSON_NUMBER) &&
           sc_decimal_double(item->node.valuestring, ret_value);
}

const char *sc_json_get_string(
        const struct sc_json *object, const char *name, const char *otherwise)
{
    const struct sc_json *item = sc_json_get(object, name);

    return sc_json_is(item, SC_JSON_STRING) ? item->node.valuestring : otherwise;
}

int64_t sc_json_get_int(const struct sc_json *object, const char *name, int64_t otherwise)
{
    int64_t value = otherwise;

    sc_json_int(sc_json_get(object, name), &value);
    return value;
}

bool sc_json_get_bool(const struct sc_json *object, const char *name, bool otherwise)
{
    const struct sc_json *item = sc_json_get(object, name);

    return sc_json_is(item, SC_JSON_BOOL) ? sc_json_true(item) : otherwise;
}

/* --- comparing --- */

static int compare_keys(const void *a, const void *b)
{
    const struct sc_json *const *x = a, *const *y = b;

    return strcmp((*x)->node.string, (*y)->node.string);
}

const struct sc_json **sc_json_sorted(const struct sc_json *object)
{
    size_t count = sc_json_count(object), n = 0;
    const struct sc_json **members = sc_new_array(const struct sc_json *, count + 1);

    SC_JSON_EACH(member, object)
    members[n++] = member;
    qsort(members, n, sizeof(void *), compare_keys);
    return members;
}

static bool equal_objects(const struct sc_json *a, const struct sc_json *b)
{
    const struct sc_json **as = sc_json_sorted(a), **bs = sc_json_sorted(b);
    bool equal = true;

    for (size_t i = 0; equal && as[i]; i++)
        equal = compare_keys(&as[i], &bs[i]) == 0 && sc_json_equal(as[i], bs[i]);
    free(as);
    free(bs);
    return equal;
}

static bool equal_arrays(const struct sc_json *a, const struct sc_json *b)
{
    const struct sc_json *y = sc_json_first(b);

    SC_JSON_EACH(x, a)
    {
        if (!sc_json_equal(x, y))
            return false;
        y = sc_json_next(y);
    }
    return true;
}

bool sc_json_equal(const struct sc_json *a, const struct sc_json *b)
{
    enum sc_json_type type = sc_json_type(a);

    if (type != sc_json_type(b) || sc_json_count(a) != sc_json_count(b))
        return false;
    switch (type) {
    case SC_JSON_NUMBER:
        return sc_decimal_compare(a->node.valuestring, b->node.valuestring) == 0;
    case SC_JSON_STRING:
        return strcmp(a->node.valuestring, b->node.valuestring) == 0;
    case SC_JSON_ARRAY:
        return equal_arrays(a, b);
    case SC_JSON_OBJECT:
        return equal_objects(a, b);
    case SC_JSON_BOOL:
        return sc_json_true(a) == sc_json_true(b);
    case SC_JSON_NULL:
    default:
        return true;
    }
}
