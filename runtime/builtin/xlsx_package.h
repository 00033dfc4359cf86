/* builtin/xlsx_package.h - the XML parts of a zipped workbook, streamed.
 *
 * Purpose:   the only file that knows libzip and expat: unpacks a part and hands its
 *            elements to handlers, within limits.
 * Ownership: the data given to open stays the caller's until close.
 * Thread:    any.
 * Errors:    SC_INVALID.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct sc_package;

struct sc_package *sc_package_open(
        const void *data, size_t len, size_t max_unpacked, struct sc_error *err);
void sc_package_close(struct sc_package *package);

/* Names come without a namespace's prefix; attributes as pairs, NULL at the end. Each
 * returns SC_OK, or fills *err and so ends the reading. on_text gets pieces. */
struct sc_part_handler {
    enum sc_code (*on_start)(
            void *arg, const char *name, const char **attributes, struct sc_error *err);
    enum sc_code (*on_end)(void *arg, const char *name, struct sc_error *err);
    enum sc_code (*on_text)(
            void *arg, const char *text, size_t len, struct sc_error *err);
    void *arg;
};

bool sc_package_has(const struct sc_package *package, const char *part);
enum sc_code sc_package_read(struct sc_package *package, const char *part,
        const struct sc_part_handler *handler, struct sc_error *err);

/* The value of an attribute, whatever its prefix; NULL when there is none. */
const char *sc_part_attribute(const char **attributes, const char *name);
