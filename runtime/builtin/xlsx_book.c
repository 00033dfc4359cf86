#include "builtin/xlsx_book.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

enum {
    MAX_SHEETS = 1000,
    MAX_FORMATS = 5000,
    MAX_STRINGS = 5000000,
    MAX_STYLES = 100000
};

void sc_book_init(struct sc_book *book)
{
    *book = (struct sc_book){ 0 };
    sc_buf_init(&book->text);
}

void sc_book_release(struct sc_book *book)
{
    for (size_t i = 0; i < book->sheet_count; i++) {
        free(book->sheets[i].name);
        free(book->sheets[i].id);
        free(book->sheets[i].part);
    }
    free(book->sheets);
    free(book->strings);
    free(book->styles);
    sc_buf_release(&book->text);
}

/* --- relations: id -> part --- */

struct relations {
    struct sc_map targets; /* id -> part, and type's last word -> part */
    const char *folder;    /* that relative targets start from: "" or "xl/" */
};

static enum sc_code on_relation(
        void *arg, const char *name, const char **attributes, struct sc_error *err)
{
    struct relations *r = arg;
    const char *id = sc_part_attribute(attributes, "Id");
    const char *type = sc_part_attribute(attributes, "Type");
    const char *target = sc_part_attribute(attributes, "Target");
    const char *mode = sc_part_attribute(attributes, "TargetMode");

    (void)err;
    if (strcmp(name, "Relationship") != 0 || !id || !type || !target)
        return SC_OK;
    if (mode && strcmp(mode, "External") == 0)
        return SC_OK;
    type = strrchr(type, '/') ? strrchr(type, '/') + 1 : type;
    for (int i = 0; i < 2; i++)
        free(sc_map_set(&r->targets, i ? type : id,
                *target == '/' ? sc_strdup(target + 1)
                               : sc_strdupf("%s%s", r->folder, target)));
    return SC_OK;
}

static enum sc_code read_relations(struct sc_package *package, const char *part,
        struct relations *r, struct sc_error *err)
{
    struct sc_part_handler handler = { .on_start = on_relation, .arg = r };

    return sc_package_read(package, part, &handler, err);
}

/* --- workbook.xml --- */

static bool is_on(const char *value)
{
    return value && (strcmp(value, "1") == 0 || strcmp(value, "true") == 0);
}

static enum sc_code on_book_start(
        void *arg, const char *name, const char **attributes, struct sc_error *err)
{
    struct sc_book *book = arg;

    if (strcmp(name, "workbookPr") == 0) {
        book->from_1904 = is_on(sc_part_attribute(attributes, "date1904"));
    } else if (strcmp(name, "sheet") == 0) {
        const char *title = sc_part_attribute(attributes, "name");
        const char *id = sc_part_attribute(attributes, "id");
        const char *state = sc_part_attribute(attributes, "state");

        if (book->sheet_count == MAX_SHEETS)
            return sc_fail(
                    err, SC_INVALID, "the workbook has over %d sheets", MAX_SHEETS);
        book->sheets =
                sc_realloc(book->sheets, (book->sheet_count + 1) * sizeof(*book->sheets));
        book->sheets[book->sheet_count++] = (struct sc_book_sheet){
            .name = sc_strdup(title ? title : ""),
            .id = sc_strdup(id ? id : ""),
            .hidden = state && strcmp(state, "visible") != 0,
        };
    }
    return SC_OK;
}

/* --- styles.xml --- */

struct style_reading {
    struct sc_book *book;
    struct sc_map formats; /* number format id -> struct sc_book_style, owned */
    bool in_cell_styles;
};

static void keep_format(struct style_reading *r, const char **attributes)
{
    const char *id = sc_part_attribute(attributes, "numFmtId");
    const char *code = sc_part_attribute(attributes, "formatCode");

    struct sc_book_style *style;

    if (!id || !code || r->formats.count >= MAX_FORMATS)
        return;
    style = sc_new(struct sc_book_style);
    style->kind = sc_style_of_format(code);
    sc_style_unit_of_format(code, style->unit);
    free(sc_map_set(&r->formats, id, style));
}

static void add_style(struct style_reading *r, const char **attributes)
{
    struct sc_book *book = r->book;
    const char *id = sc_part_attribute(attributes, "numFmtId");
    const struct sc_book_style *known = id ? sc_map_get(&r->formats, id) : NULL;
    struct sc_book_style style = { .kind = SC_STYLE_NUMBER };

    if (book->style_count == book->style_cap) {
        book->style_cap = book->style_cap ? book->style_cap * 2 : 64;
        book->styles = sc_realloc(book->styles, book->style_cap * sizeof(*book->styles));
    }
    if (known) {
        style = *known;
    } else if (id) {
        style.kind = sc_style_of_id(strtol(id, NULL, 10));
        sc_style_unit_of_id(strtol(id, NULL, 10), style.unit);
    }
    book->styles[book->style_count++] = style;
}

static enum sc_code on_style_start(
        void *arg, const char *name, const char **attributes, struct sc_error *err)
{
    struct style_reading *r = arg;

    if (strcmp(name, "numFmt") == 0)
        keep_format(r, attributes);
    else if (strcmp(name, "cellXfs") == 0)
        r->in_cell_styles = true;
    else if (strcmp(name, "xf") == 0 && r->in_cell_styles)
        add_style(r, attributes);
    if (r->book->style_count > MAX_STYLES)
        return sc_fail(err, SC_INVALID, "the workbook has over %d styles", MAX_STYLES);
    return SC_OK;
}

static enum sc_code on_style_end(void *arg, const char *name, struct sc_error *err)
{
    (void)err;
    if (strcmp(name, "cellXfs") == 0)
        ((struct style_reading *)arg)->in_cell_styles = false;
    return SC_OK;
}

static enum sc_code read_styles(struct sc_book *book, struct sc_package *package,
        const char *part, struct sc_error *err)
{
    struct style_reading r = { .book = book };
    struct sc_part_handler handler = {
        .on_start = on_style_start, .on_end = on_style_end, .arg = &r
    };
    enum sc_code code;

    sc_map_init(&r.formats);
    code = sc_package_read(package, part, &handler, err);
    sc_map_release(&r.formats, free);
    return code;
}

/* --- sharedStrings.xml --- */

struct string_reading {
    struct sc_book *book;
    size_t begin;     /* of the string being read, in book->text */
    bool in_text;     /* inside <t> */
    bool in_phonetic; /* inside <rPh>: how a Japanese word is read, not part of it */
};

static enum sc_code on_string_start(
        void *arg, const char *name, const char **attributes, struct sc_error *err)
{
    struct string_reading *r = arg;

    (void)attributes, (void)err;
    if (strcmp(name, "si") == 0)
        r->begin = r->book->text.len;
    else if (strcmp(name, "rPh") == 0)
        r->in_phonetic = true;
    else if (strcmp(name, "t") == 0)
        r->in_text = !r->in_phonetic;
    return SC_OK;
}

static enum sc_code keep_string(struct string_reading *r, struct sc_error *err)
{
    struct sc_book *book = r->book;

    if (book->string_count == MAX_STRINGS)
        return sc_fail(err, SC_INVALID, "the workbook has over %d texts", MAX_STRINGS);
    if (book->string_count == book->string_cap) {
        book->string_cap = book->string_cap ? book->string_cap * 2 : 256;
        book->strings =
                sc_realloc(book->strings, book->string_cap * sizeof(*book->strings));
    }
    if (book->text.len > r->begin)
        book->text.len = r->begin + sc_book_unescape(book->text.data + r->begin,
                                            book->text.len - r->begin);
    sc_buf_addc(&book->text, '\0');
    book->strings[book->string_count++] = r->begin;
    return SC_OK;
}

static enum sc_code on_string_end(void *arg, const char *name, struct sc_error *err)
{
    struct string_reading *r = arg;

    if (strcmp(name, "t") == 0)
        r->in_text = false;
    else if (strcmp(name, "rPh") == 0)
        r->in_phonetic = false;
    else if (strcmp(name, "si") == 0)
        return keep_string(r, err);
    return SC_OK;
}

static enum sc_code on_string_text(
        void *arg, const char *text, size_t len, struct sc_error *err)
{
    struct string_reading *r = arg;

    (void)err;
    if (r->in_text)
        sc_buf_add(&r->book->text, text, len);
    return SC_OK;
}

static enum sc_code read_strings(struct sc_book *book, struct sc_package *package,
        const char *part, struct sc_error *err)
{
    struct string_reading r = { .book = book };
    struct sc_part_handler handler = { .on_start = on_string_start,
        .on_end = on_string_end,
        .on_text = on_string_text,
        .arg = &r };

    return sc_package_read(package, part, &handler, err);
}

/* --- all of it --- */

static enum sc_code read_parts(struct sc_book *book, struct sc_package *package,
        const struct relations *r, struct sc_error *err)
{
    const char *styles = sc_map_get(&r->targets, "styles");
    const char *strings = sc_map_get(&r->targets, "sharedStrings");
    enum sc_code code = SC_OK;

    for (size_t i = 0; i < book->sheet_count; i++) {
        const char *part = sc_map_get(&r->targets, book->sheets[i].id);

        book->sheets[i].part = sc_strdup(part);
    }
    if (styles && sc_package_has(package, styles))
        code = read_styles(book, package, styles, err);
    if (code == SC_OK && strings && sc_package_has(package, strings))
        code = read_strings(book, package, strings, err);
    return code;
}

/* "xl/workbook.xml" -> folder "xl/", relations "xl/_rels/workbook.xml.rels". */
static enum sc_code read_book(struct sc_book *book, struct sc_package *package,
        const char *part, struct sc_error *err)
{
    struct sc_part_handler handler = { .on_start = on_book_start, .arg = book };
    const char *slash = strrchr(part, '/');
    size_t len = slash ? (size_t)(slash - part) + 1 : 0;
    char *folder = sc_strndup(part, len);
    char *rels = sc_strdupf("%s_rels/%s.rels", folder, part + len);
    struct relations r = { .folder = folder };
    enum sc_code code = sc_package_read(package, part, &handler, err);

    sc_map_init(&r.targets);
    if (code == SC_OK)
        code = read_relations(package, rels, &r, err);
    if (code == SC_OK)
        code = read_parts(book, package, &r, err);
    sc_map_release(&r.targets, free);
    free(rels);
    free(folder);
    return code;
}

enum sc_code sc_book_read(
        struct sc_book *book, struct sc_package *package, struct sc_error *err)
{
    struct relations root = { .folder = "" };
    const char *part;
    enum sc_code code;

    sc_map_init(&root.targets);
    code = read_relations(package, "_rels/.rels", &root, err);
    part = sc_map_get(&root.targets, "officeDocument");
    if (code != SC_OK || !part)
        code = sc_fail(err, SC_INVALID, "the file is a zip archive, but not a workbook");
    else
        code = read_book(book, package, part, err);
    sc_map_release(&root.targets, free);
    return code;
}

const char *sc_book_string(const struct sc_book *book, size_t index, size_t *ret_len)
{
    if (index >= book->string_count)
        return NULL;
    *ret_len =
            (index + 1 < book->string_count ? book->strings[index + 1] : book->text.len) -
            book->strings[index] - 1;
    return book->text.data + book->strings[index];
}

struct sc_book_style sc_book_style(const struct sc_book *book, size_t index)
{
    return index < book->style_count ? book->styles[index]
                                     : (struct sc_book_style){ .kind = SC_STYLE_NUMBER };
}

/* --- which sheet --- */

static const struct sc_book_sheet *usable(
        const struct sc_book_sheet *sheet, struct sc_error *err)
{
    if (sheet->part)
        return sheet;
    sc_fail(err, SC_INVALID, "the sheet '%s' is missing in the file", sheet->name);
    return NULL;
}

static void say_sheets(
        const struct sc_book *book, const char *wanted, struct sc_error *err)
{
    struct sc_buf names;

    sc_buf_init(&names);
    for (size_t i = 0; i < book->sheet_count && i < 8; i++)
        sc_buf_addf(&names, "%s'%s'", i ? ", " : "", book->sheets[i].name);
    sc_fail(err, SC_NOT_FOUND, "there is no sheet '%s'; the workbook has %s", wanted,
            sc_buf_text(&names));
    sc_buf_release(&names);
}

const struct sc_book_sheet *sc_book_find(
        const struct sc_book *book, const char *wanted, struct sc_error *err)
{
    char *end;
    long n;

    if (book->sheet_count == 0) {
        sc_fail(err, SC_INVALID, "the workbook has no sheets");
        return NULL;
    }
    for (size_t i = 0; i < book->sheet_count; i++) {
        if (wanted ? strcmp(book->sheets[i].name, wanted) == 0 : !book->sheets[i].hidden)
            return usable(&book->sheets[i], err);
    }
    if (!wanted)
        return usable(&book->sheets[0], err);
    n = strtol(wanted, &end, 10);
    if (!*end && n >= 1 && (size_t)n <= book->sheet_count)
        return usable(&book->sheets[n - 1], err);
    say_sheets(book, wanted, err);
    return NULL;
}

/* --- text --- */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

/* The character of _xHHHH_ at text, or 0: none, or one that text cannot hold. */
static uint32_t escaped(const char *text, size_t left)
{
    uint32_t code = 0;

    if (left < 7 || text[0] != '_' || text[1] != 'x' || text[6] != '_')
        return 0;
    for (int i = 2; i < 6; i++) {
        int digit = hex_digit(text[i]);

        if (digit < 0)
            return 0;
        code = code * 16 + (uint32_t)digit;
    }
    return code >= 0xd800 && code <= 0xdfff ? 0 : code;
}

size_t sc_book_unescape(char *text, size_t len)
{
    size_t to = 0;

    for (size_t from = 0; from < len;) {
        uint32_t code = escaped(text + from, len - from);

        if (code) {
            to += sc_utf8_put(code, text + to); /* at most 3 bytes for 7 */
            from += 7;
        } else {
            text[to++] = text[from++];
        }
    }
    return to;
}
