#include "builtin/xlsx_package.h"

#include <expat.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "base/mem.h"

enum { MAX_ENTRIES = 10000, PIECE = 65536 };

struct sc_package {
    zip_t *zip;
    size_t limit, left; /* bytes to unpack, and how many are left of them */
};

struct reading {
    struct sc_package *package;
    XML_Parser parser;
    const struct sc_part_handler *handler;
    const char *part;
    struct sc_error err; /* code SC_OK until something is wrong */
};

struct sc_package *sc_package_open(
        const void *data, size_t len, size_t max_unpacked, struct sc_error *err)
{
    zip_error_t why;
    zip_source_t *source;
    zip_t *zip = NULL;
    struct sc_package *package;

    zip_error_init(&why);
    source = zip_source_buffer_create(data, len, 0, &why);
    if (source)
        zip = zip_open_from_source(source, ZIP_RDONLY, &why);
    if (!zip) {
        zip_source_free(source);
        sc_fail(err, SC_INVALID, "the file is not an XLSX workbook (%s)",
                zip_error_strerror(&why));
        zip_error_fini(&why);
        return NULL;
    }
    zip_error_fini(&why);
    if (zip_get_num_entries(zip, 0) > MAX_ENTRIES) {
        sc_fail(err, SC_INVALID, "the workbook has more than %d parts", MAX_ENTRIES);
        zip_discard(zip);
        return NULL;
    }
    package = sc_new(struct sc_package);
    package->zip = zip;
    package->limit = package->left = max_unpacked;
    return package;
}

void sc_package_close(struct sc_package *package)
{
    if (!package)
        return;
    zip_discard(package->zip);
    free(package);
}

bool sc_package_has(const struct sc_package *package, const char *part)
{
    return zip_name_locate(package->zip, part, ZIP_FL_NOCASE) >= 0;
}

static const char *local_name(const char *name)
{
    const char *colon = strrchr(name, ':');

    return colon ? colon + 1 : name;
}

const char *sc_part_attribute(const char **attributes, const char *name)
{
    for (; *attributes; attributes += 2) {
        if (strcmp(local_name(attributes[0]), name) == 0)
            return attributes[1];
    }
    return NULL;
}

static void stop(struct reading *r)
{
    XML_StopParser(r->parser, XML_FALSE);
}

static void XMLCALL on_start(void *arg, const char *name, const char **attributes)
{
    struct reading *r = arg;

    if (!r->err.code && r->handler->on_start(r->handler->arg, local_name(name),
                                attributes, &r->err) != SC_OK)
        stop(r);
}

static void XMLCALL on_end(void *arg, const char *name)
{
    struct reading *r = arg;

    if (!r->err.code && r->handler->on_end &&
            r->handler->on_end(r->handler->arg, local_name(name), &r->err) != SC_OK)
        stop(r);
}

static void XMLCALL on_text(void *arg, const char *text, int len)
{
    struct reading *r = arg;

    if (!r->err.code && r->handler->on_text &&
            r->handler->on_text(r->handler->arg, text, (size_t)len, &r->err) != SC_OK)
        stop(r);
}

/* Spreadsheets have no document type; entities cannot be without one. */
static void XMLCALL on_doctype(void *arg, const char *name, const char *system_id,
        const char *public_id, int has_internal)
{
    struct reading *r = arg;

    (void)name, (void)system_id, (void)public_id, (void)has_internal;
    if (!r->err.code)
        sc_fail(&r->err, SC_INVALID,
                "the workbook's part '%s' declares a document type, which is refused",
                r->part);
    stop(r);
}

static bool feed(struct reading *r, zip_file_t *file)
{
    void *piece = XML_GetBuffer(r->parser, PIECE);
    zip_int64_t n = piece ? zip_fread(file, piece, PIECE) : -1;

    if (n < 0) {
        sc_fail(&r->err, SC_INVALID, "the workbook's part '%s' is damaged", r->part);
        return false;
    }
    if ((size_t)n > r->package->left) {
        sc_fail(&r->err, SC_INVALID, "the workbook unpacks to more than %zu MB",
                r->package->limit / 1048576);
        return false;
    }
    r->package->left -= (size_t)n;
    if (XML_ParseBuffer(r->parser, (int)n, n == 0) != XML_STATUS_OK) {
        if (!r->err.code)
            sc_fail(&r->err, SC_INVALID, "the workbook's part '%s', line %lu: %s",
                    r->part, (unsigned long)XML_GetCurrentLineNumber(r->parser),
                    XML_ErrorString(XML_GetErrorCode(r->parser)));
        return false;
    }
    return n > 0;
}

enum sc_code sc_package_read(struct sc_package *package, const char *part,
        const struct sc_part_handler *handler, struct sc_error *err)
{
    struct reading r = { .package = package, .handler = handler, .part = part };
    zip_file_t *file = zip_fopen(package->zip, part, ZIP_FL_NOCASE);

    if (!file)
        return sc_fail(err, SC_INVALID, "the workbook has no readable part '%s'", part);
    r.parser = XML_ParserCreate(NULL);
    SC_ASSERT(r.parser);
    XML_SetUserData(r.parser, &r);
    XML_SetElementHandler(r.parser, on_start, on_end);
    XML_SetCharacterDataHandler(r.parser, on_text);
    XML_SetStartDoctypeDeclHandler(r.parser, on_doctype);
    while (feed(&r, file))
        ;
    XML_ParserFree(r.parser);
    zip_fclose(file);
    if (r.err.code && err)
        *err = r.err;
    return r.err.code;
}
