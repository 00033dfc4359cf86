/* fuzz: builtin */
/* Any bytes as a workbook, and any text as its one sheet. */
#include <stdint.h>
#include <stdlib.h>

#include <zip.h>

#include "builtin/xlsx_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_ROWS = 1000 };

static const char rels[] =
        "<R><Relationship Id='a' Type='/officeDocument' Target='w'/></R>";
static const char book[] = "<w><sheets><sheet name='s' id='a'/></sheets></w>";
static const char book_rels[] =
        "<R><Relationship Id='a' Type='/worksheet' Target='s'/>"
        "<Relationship Id='b' Type='/styles' Target='s'/>"
        "<Relationship Id='c' Type='/sharedStrings' Target='s'/></R>";

static void read_book(const void *data, size_t len)
{
    struct sc_grid grid;
    struct sc_error err;
    char *sheet = NULL;

    sc_grid_init(&grid, MAX_ROWS);
    if (sc_xlsx_read(data, len, NULL, &grid, &sheet, &err) == SC_OK)
        free(sheet);
    sc_grid_release(&grid);
}

static void add(zip_t *zip, const char *name, const void *data, size_t len)
{
    zip_source_t *source = zip_source_buffer(zip, data, len, 0);

    if (zip_file_add(zip, name, source, 0) < 0)
        abort();
}

/* The text as sheet, styles and shared texts at once: each reader takes its own. */
static void read_sheet(const void *data, size_t len)
{
    zip_error_t why;
    zip_source_t *into = zip_source_buffer_create(NULL, 0, 0, &why);
    zip_t *zip = zip_open_from_source(into, ZIP_TRUNCATE, &why);
    zip_stat_t info;
    void *archive;

    zip_source_keep(into);
    add(zip, "_rels/.rels", rels, sizeof(rels) - 1);
    add(zip, "w", book, sizeof(book) - 1);
    add(zip, "_rels/w.rels", book_rels, sizeof(book_rels) - 1);
    add(zip, "s", data, len);
    if (zip_close(zip) < 0 || zip_source_stat(into, &info) < 0)
        abort();
    archive = malloc(info.size);
    if (!archive || zip_source_open(into) < 0 ||
            zip_source_read(into, archive, info.size) != (zip_int64_t)info.size)
        abort();
    zip_source_close(into);
    zip_source_free(into);
    read_book(archive, info.size);
    free(archive);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_book(data, size);
    read_sheet(data, size);
    return 0;
}
