#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "codec/json_node.h"
#include "codec/json_number.h"

enum { INDENT = 2, PIECE = 256 };

/* --- strings --- */

/* As many bytes as are looked at together; the compiler finds the instructions. */
typedef uint8_t chunk __attribute__((vector_size(16)));

/* Must one of the chunk's bytes be escaped? C0 begins a U+0000, see json.h. */
static bool has_escape(const char *at)
{
    uint64_t halves[2];
    chunk bytes, found;

    memcpy(&bytes, at, sizeof(bytes));
    found = (chunk)((bytes < 0x20) | (bytes == '"') | (bytes == '\\') | (bytes == 0xc0));
    memcpy(halves, &found, sizeof(halves));
    return (halves[0] | halves[1]) != 0;
}

/* The letter after the backslash; '\0' when \u must say it. */
static char short_escape(char c)
{
    static const char chars[] = "\"\\\b\f\n\r\t", names[] = "\"\\bfnrt";
    const char *found = c ? strchr(chars, c) : NULL;

    if (!found)
        return '\0';
    return names[found - chars];
}

/* The same of one byte: most strings are shorter than a chunk. */
static bool is_plain(char c)
{
    static const bool odd[256] = { ['"'] = true, ['\\'] = true, [0xc0] = true };

    return (unsigned char)c >= 0x20 && !odd[(unsigned char)c];
}

/* Copies the plain and the shortly escaped text between at and end, which takes at most
 * twice its length; stops at what needs \u. */
static char *copy_text(char *to, const char **at, const char *end)
{
    const char *from = *at;

    for (;;) {
        char escape;

        while (end - from >= (ptrdiff_t)sizeof(chunk) && !has_escape(from)) {
            memcpy(to, from, sizeof(chunk));
            from += sizeof(chunk);
            to += sizeof(chunk);
        }
        while (from < end && is_plain(*from))
            *to++ = *from++;
        if (from == end)
            break;
        escape = short_escape(*from);
        if (!escape)
            break;
        *to++ = '\\';
        *to++ = escape;
        from++;
    }
    *at = from;
    return to;
}

/* Text as the tree holds it: UTF-8, U+0000 as C0 80. */
static void write_held(struct sc_buf *out, const char *text, size_t len)
{
    const char *end = text + len;

    sc_buf_addc(out, '"');
    while (text < end) {
        const char *stop = end - text > PIECE ? text + PIECE : end;
        char *to = sc_buf_reserve(out, (size_t)2 * PIECE);

        out->len = (size_t)(copy_text(to, &text, stop) - out->data);
        if (text == stop)
            continue;
        sc_buf_addf(out, "\\u%04x", (unsigned char)*text == 0xc0 ? 0U : (unsigned)*text);
        text += (unsigned char)*text == 0xc0 ? 2 : 1;
    }
    sc_buf_addc(out, '"');
}

void sc_json_write_string(struct sc_buf *out, const char *text, size_t len)
{
    struct sc_buf held;

    if (sc_utf8_valid(text, len) == len) {
        write_held(out, text, len);
        return;
    }
    sc_buf_init(&held);
    sc_json_hold_text(&held, text, len);
    write_held(out, held.data, held.len);
    sc_buf_release(&held);
}

/* --- values --- */

/* Writes what has no children. */
static void write_leaf(struct sc_buf *out, const struct sc_json *item)
{
    switch (item ? sc_json_kind(item) : cJSON_NULL) {
    case cJSON_True:
        sc_buf_add(out, "true", 4);
        break;
    case cJSON_False:
        sc_buf_add(out, "false", 5);
        break;
    case cJSON_Raw:
        sc_buf_add(out, item->node.valuestring, (size_t)item->node.valueint);
        break;
    case cJSON_String:
        write_held(out, item->node.valuestring, (size_t)item->node.valueint);
        break;
    default:
        sc_buf_add(out, "null", 4);
    }
}

static void write_key(struct sc_buf *out, const struct sc_json *member)
{
    write_held(out, member->node.string, strlen(member->node.string));
    sc_buf_addc(out, ':');
}

void sc_json_write(struct sc_buf *out, const struct sc_json *item)
{
    bool object = item && sc_json_kind(item) == cJSON_Object;

    if (!sc_json_is_container(item)) {
        write_leaf(out, item);
        return;
    }
    sc_buf_addc(out, object ? '{' : '[');
    for (const cJSON *child = item->node.child; child; child = child->next) {
        if (child != item->node.child)
            sc_buf_addc(out, ',');
        if (object)
            write_key(out, (const struct sc_json *)child);
        sc_json_write(out, (const struct sc_json *)child);
    }
    sc_buf_addc(out, object ? '}' : ']');
}

static void new_line(struct sc_buf *out, size_t depth)
{
    sc_buf_addc(out, '\n');
    for (size_t i = 0; i < depth * INDENT; i++)
        sc_buf_addc(out, ' ');
}

static void write_pretty(struct sc_buf *out, const struct sc_json *item, size_t depth)
{
    bool object = item && sc_json_kind(item) == cJSON_Object;

    if (!sc_json_is_container(item) || !item->node.child) {
        sc_json_write(out, item);
        return;
    }
    sc_buf_addc(out, object ? '{' : '[');
    for (const cJSON *child = item->node.child; child; child = child->next) {
        if (child != item->node.child)
            sc_buf_addc(out, ',');
        new_line(out, depth + 1);
        if (object) {
            write_key(out, (const struct sc_json *)child);
            sc_buf_addc(out, ' ');
        }
        write_pretty(out, (const struct sc_json *)child, depth + 1);
    }
    new_line(out, depth);
    sc_buf_addc(out, object ? '}' : ']');
}

void sc_json_write_pretty(struct sc_buf *out, const struct sc_json *item)
{
    write_pretty(out, item, 0);
}

char *sc_json_text(const struct sc_json *item)
{
    struct sc_buf out;

    sc_buf_init(&out);
    sc_json_write(&out, item);
    return sc_buf_detach(&out);
}

/* --- canonical --- */

static void write_canonical_object(struct sc_buf *out, const struct sc_json *object)
{
    const struct sc_json **members = sc_json_sorted(object);

    sc_buf_addc(out, '{');
    for (size_t i = 0; members[i]; i++) {
        if (i > 0)
            sc_buf_addc(out, ',');
        write_key(out, members[i]);
        sc_json_write_canonical(out, members[i]);
    }
    sc_buf_addc(out, '}');
    free(members);
}

static void write_canonical_array(struct sc_buf *out, const struct sc_json *array)
{
    sc_buf_addc(out, '[');
    SC_JSON_EACH(child, array)
    {
        if (child != sc_json_first(array))
            sc_buf_addc(out, ',');
        sc_json_write_canonical(out, child);
    }
    sc_buf_addc(out, ']');
}

void sc_json_write_canonical(struct sc_buf *out, const struct sc_json *item)
{
    switch (sc_json_type(item)) {
    case SC_JSON_NUMBER:
        sc_decimal_write_canonical(out, item->node.valuestring);
        break;
    case SC_JSON_ARRAY:
        write_canonical_array(out, item);
        break;
    case SC_JSON_OBJECT:
        write_canonical_object(out, item);
        break;
    case SC_JSON_NULL:
    case SC_JSON_BOOL:
    case SC_JSON_STRING:
    default:
        write_leaf(out, item);
    }
}

void sc_json_hash(const struct sc_json *item, char ret_hex[SC_HASH_TEXT])
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    struct sc_buf text;

    sc_buf_init(&text);
    sc_json_write_canonical(&text, item);
    crypto_hash_sha256(hash, (const unsigned char *)text.data, text.len);
    sodium_bin2hex(ret_hex, SC_HASH_TEXT, hash, sizeof(hash));
    sc_buf_release(&text);
}
