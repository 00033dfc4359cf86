#include "builtin/xlsx_read.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "builtin/xlsx_book.h"
#include "builtin/xlsx_package.h"
#include "builtin/xlsx_sheet.h"

enum sc_code sc_xlsx_read(const void *data, size_t len, const char *sheet,
        struct sc_grid *grid, char **ret_sheet, struct sc_error *err)
{
    struct sc_book book;
    struct sc_package *package = sc_package_open(data, len, SC_XLSX_UNPACKED, err);
    const struct sc_book_sheet *found;
    struct sc_error missing;
    enum sc_code code;

    if (!package)
        return SC_INVALID;
    sc_book_init(&book);
    code = sc_book_read(&book, package, err);
    if (code != SC_OK)
        goto out;
    found = sc_book_find(&book, sheet, &missing);
    if (!found) {
        code = sc_fail(err, missing.code, "%s", missing.msg);
        goto out;
    }
    code = sc_sheet_read(package, &book, found->part, grid, err);
    if (code == SC_OK)
        *ret_sheet = sc_strdup(found->name);
out:
    sc_book_release(&book);
    sc_package_close(package);
    return code;
}
