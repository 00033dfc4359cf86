#include "app/mask.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { PHONE_LEAST = 8, PHONE_MOST = 15, CARD_LEAST = 15, CARD_MOST = 16, SHORTEST = 4 };

/* Fields that are named after people, within data. */
static const char *const personal[] = { "email", "phone", "tel", "mobile", "fax",
    "address", "street", "recipient", "buyer", "customer", "contact", "first_name",
    "last_name", "iban", "account", "姓名", "收件人", "买家", "客户", "电话", "手机",
    "地址", "氏名", "宛名", "電話", "住所", "顧客", "メール" };

/* Below these the values are data, not words of a plan. */
static const char *const data[] = { "value", "rows", "values", "inputs", "shapes",
    "memory" };

void sc_mask_init(struct sc_mask *mask)
{
    *mask = (struct sc_mask){ 0 };
    sc_map_init(&mask->known);
}

void sc_mask_release(struct sc_mask *mask)
{
    sc_map_release(&mask->known, free);
}

void sc_mask_add(struct sc_mask *mask, const char *text, const char *instead)
{
    if (*text && !sc_map_get(&mask->known, text))
        sc_map_set(&mask->known, text, sc_strdup(instead));
}

/* --- what is to be masked --- */

static void add_found(
        struct sc_mask *mask, const char *text, size_t len, const char *form)
{
    char *found = sc_strndup(text, len), *instead;

    if (!sc_map_get(&mask->known, found)) {
        instead = sc_strdupf("%s%04zu", form, ++mask->count);
        if (strcmp(form, "person") == 0) {
            char *mail = sc_strdupf("%s@example.com", instead);

            free(instead);
            instead = mail;
        }
        sc_map_set(&mask->known, found, instead);
    }
    free(found);
}

static bool in_mail(char c)
{
    return isalnum((unsigned char)c) || (c && strchr("._%+-", c));
}

/* The address around the @ at text[at]. */
static void find_mail(struct sc_mask *mask, const char *text, size_t at)
{
    size_t from = at, to = at + 1;
    bool dot = false;

    while (from > 0 && in_mail(text[from - 1]))
        from--;
    for (; in_mail(text[to]); to++)
        dot = dot || (text[to] == '.' && to > at + 1);
    while (to > at && text[to - 1] == '.')
        to--;
    if (from < at && dot)
        add_found(mask, text + from, to - from, "person");
}

static bool luhn(const char *digits, size_t len)
{
    int sum = 0;

    for (size_t i = 0; i < len; i++) {
        int digit = digits[len - 1 - i] - '0';

        digit *= i % 2 ? 2 : 1;
        sum += digit > 9 ? digit - 9 : digit;
    }
    return sum % 10 == 0;
}

/* A run of digits: a telephone number after a +, or a card. Returns its length. */
static size_t find_number(struct sc_mask *mask, const char *text, bool plus)
{
    size_t len = 0, digits = 0;

    while (isdigit((unsigned char)text[len]) ||
            (plus && text[len] && strchr(" -()", text[len])))
        digits += isdigit((unsigned char)text[len++]) != 0;
    while (len > 0 && !isdigit((unsigned char)text[len - 1]))
        len--;
    if (plus && digits >= PHONE_LEAST && digits <= PHONE_MOST)
        add_found(mask, text, len, "0000000");
    else if (!plus && len >= CARD_LEAST && len <= CARD_MOST && luhn(text, len))
        add_found(mask, text, len, "00000000000");
    return len ? len : 1;
}

/* Two letters, two digits, 11 to 30 letters and digits; the remainder by 97 is 1. */
static void find_iban(struct sc_mask *mask, const char *text)
{
    size_t len = 0;
    int rest = 0;

    while (isupper((unsigned char)text[len]) || isdigit((unsigned char)text[len]))
        len++;
    if (len < 15 || len > 34 || !isupper((unsigned char)text[1]) ||
            !isdigit((unsigned char)text[2]) || !isdigit((unsigned char)text[3]))
        return;
    for (size_t i = 0; i < len; i++) {
        char c = text[(i + 4) % len];
        int value = isdigit((unsigned char)c) ? c - '0' : c - 'A' + 10;

        rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
    }
    if (rest == 1)
        add_found(mask, text, len, "XX00ACCOUNT");
}

static void find_in_text(struct sc_mask *mask, const char *text)
{
    bool inside = false; /* of a word */

    for (size_t at = 0; text[at];) {
        bool word = isalnum((unsigned char)text[at]);

        if (text[at] == '@')
            find_mail(mask, text, at);
        if (isupper((unsigned char)text[at]) && !inside)
            find_iban(mask, text + at);
        if (isdigit((unsigned char)text[at]) && !inside) {
            at += find_number(mask, text + at, at > 0 && text[at - 1] == '+');
            inside = true;
            continue;
        }
        inside = word;
        at++;
    }
}

enum {
    PERSONAL = sizeof(personal) / sizeof(*personal),
    DATA = sizeof(data) / sizeof(*data)
};

static bool is_one_of(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; name && i < count; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

struct place {
    bool in_data, is_personal;
};

static void find(struct sc_mask *mask, const struct sc_json *json, struct place place)
{
    const char *text = sc_json_string(json);
    const char *key = sc_json_key(json);

    place.in_data = place.in_data || is_one_of(data, DATA, key);
    place.is_personal =
            place.is_personal || (place.in_data && is_one_of(personal, PERSONAL, key));
    if (place.is_personal && strlen(text) >= SHORTEST && *text != '=')
        add_found(mask, text, strlen(text), "masked ");
    else if (*text)
        find_in_text(mask, text);
    SC_JSON_EACH(child, json)
    find(mask, child, place);
}

/* --- in its place --- */

/* The longest known text that stands at text. */
static const struct sc_map_entry *known_at(const struct sc_mask *mask, const char *text)
{
    const struct sc_map_entry *entry, *best = NULL;

    for (size_t at = 0; (entry = sc_map_next(&mask->known, &at));)
        if (strncmp(text, entry->key, strlen(entry->key)) == 0 &&
                (!best || strlen(entry->key) > strlen(best->key)))
            best = entry;
    return best;
}

static struct sc_json *masked_text(const struct sc_mask *mask, const char *text)
{
    struct sc_buf out;
    struct sc_json *json;

    sc_buf_init(&out);
    while (*text) {
        const struct sc_map_entry *entry = known_at(mask, text);

        if (entry) {
            sc_buf_adds(&out, entry->value);
            text += strlen(entry->key);
        } else {
            sc_buf_addc(&out, *text++);
        }
    }
    json = sc_json_new_string_len(sc_buf_text(&out), out.len);
    sc_buf_release(&out);
    return json;
}

static struct sc_json *replace(const struct sc_mask *mask, const struct sc_json *json)
{
    struct sc_json *copy;

    if (sc_json_is(json, SC_JSON_STRING))
        return masked_text(mask, sc_json_string(json));
    if (!sc_json_is(json, SC_JSON_OBJECT) && !sc_json_is(json, SC_JSON_ARRAY))
        return sc_json_copy(json);
    copy = sc_json_is(json, SC_JSON_OBJECT) ? sc_json_new_object() : sc_json_new_array();
    SC_JSON_EACH(child, json)
    {
        if (sc_json_key(child))
            sc_json_add(copy, sc_json_key(child), replace(mask, child));
        else
            sc_json_append(copy, replace(mask, child));
    }
    return copy;
}

struct sc_json *sc_mask_copy(struct sc_mask *mask, const struct sc_json *json)
{
    find(mask, json, (struct place){ false, false });
    return replace(mask, json);
}
