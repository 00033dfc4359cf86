#include <string.h>

#include "codec/csv.h"
#include "codec/json_number.h"

static char separator_of(const struct sc_csv_style *style)
{
    if (!style->separator)
        return ',';
    return style->separator;
}

/* Would a spreadsheet take the text for a formula? "-12.5" and "+3" are numbers. */
static bool is_risky(const char *cell)
{
    const char *number = cell + (*cell == '+');

    return *cell && strchr("=+-@\t\r", *cell) &&
           !sc_decimal_valid(number, strlen(number));
}

static bool needs_quotes(const char *cell, char separator)
{
    size_t len = strlen(cell);

    if (strchr(cell, separator) || strpbrk(cell, "\"\r\n"))
        return true;
    return len > 0 && (cell[0] == ' ' || cell[len - 1] == ' ');
}

static void write_cell(
        struct sc_buf *out, const struct sc_csv_style *style, const char *cell)
{
    bool risky = style->guard && is_risky(cell);

    if (!needs_quotes(cell, separator_of(style))) {
        sc_buf_adds(out, risky ? "'" : "");
        sc_buf_adds(out, cell);
        return;
    }
    sc_buf_adds(out, risky ? "\"'" : "\"");
    for (; *cell; cell++) {
        if (*cell == '"')
            sc_buf_addc(out, '"');
        sc_buf_addc(out, *cell);
    }
    sc_buf_addc(out, '"');
}

void sc_csv_write_start(struct sc_buf *out, const struct sc_csv_style *style)
{
    if (style->bom)
        sc_buf_adds(out, "\xef\xbb\xbf");
}

void sc_csv_write_row(struct sc_buf *out, const struct sc_csv_style *style,
        const char *const *cells, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            sc_buf_addc(out, separator_of(style));
        write_cell(out, style, cells[i]);
    }
    if (count == 1 && !*cells[0])
        sc_buf_adds(out, "\"\""); /* or it would read as no row at all */
    sc_buf_adds(out, "\r\n");
}
