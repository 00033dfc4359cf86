#include "builtin/grid.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

/* A cell costs about 100 bytes until it has become JSON. */
enum { MAX_CELLS = 5000000 };

void sc_grid_init(struct sc_grid *grid, size_t max_rows)
{
    *grid = (struct sc_grid){ .max_rows = max_rows, .max_cells = MAX_CELLS };
    sc_buf_init(&grid->text);
}

void sc_grid_release(struct sc_grid *grid)
{
    sc_buf_release(&grid->text);
    free(grid->cells);
    free(grid->rows);
    free(grid->merges);
}

/* Room for one more of items of this size. */
static void *grown(void *items, size_t count, size_t *cap, size_t size)
{
    if (count < *cap)
        return items;
    *cap = *cap ? *cap * 2 : 64;
    return sc_realloc(items, *cap * size);
}

enum sc_code sc_grid_add_row(struct sc_grid *grid, size_t number, struct sc_error *err)
{
    /* One more for the header. */
    if (grid->max_rows && grid->row_count > grid->max_rows)
        return sc_fail(err, SC_INVALID,
                "the table has more than %zu rows (max_rows allows up to 2,000,000)",
                grid->max_rows);
    grid->rows = grown(grid->rows, grid->row_count, &grid->row_cap, sizeof(*grid->rows));
    grid->rows[grid->row_count++] =
            (struct sc_grid_row){ .first = grid->cell_count, .number = number };
    return SC_OK;
}

enum sc_code sc_grid_add(struct sc_grid *grid, enum sc_cell_kind kind, const char *text,
        size_t len, struct sc_error *err)
{
    struct sc_grid_row *row = &grid->rows[grid->row_count - 1];

    if (row->count == SC_GRID_COLUMNS)
        return sc_fail(err, SC_INVALID, "row %zu has more than %d columns", row->number,
                SC_GRID_COLUMNS);
    if (grid->max_cells && grid->cell_count == grid->max_cells)
        return sc_fail(
                err, SC_INVALID, "the table has more than %zu cells", grid->max_cells);
    grid->cells =
            grown(grid->cells, grid->cell_count, &grid->cell_cap, sizeof(*grid->cells));
    grid->cells[grid->cell_count++] = (struct sc_cell){
        .at = grid->text.len, .len = len, .kind = len ? kind : SC_CELL_EMPTY
    };
    row->count++;
    sc_buf_add(&grid->text, text, len);
    sc_buf_addc(&grid->text, '\0');
    return SC_OK;
}

void sc_grid_set_unit(struct sc_grid *grid, const char *unit)
{
    struct sc_cell *cell = &grid->cells[grid->cell_count - 1];

    snprintf(cell->unit, sizeof(cell->unit), "%s", unit);
}

void sc_grid_add_merge(struct sc_grid *grid, const struct sc_grid_merge *merge)
{
    grid->merges =
            grown(grid->merges, grid->merge_count, &grid->merge_cap, sizeof(*merge));
    grid->merges[grid->merge_count++] = *merge;
}

void sc_grid_drop_row(struct sc_grid *grid)
{
    grid->cell_count = grid->rows[--grid->row_count].first;
}

void sc_grid_drop_empty_row(struct sc_grid *grid)
{
    struct sc_grid_row *row = &grid->rows[grid->row_count - 1];

    for (size_t i = 0; i < row->count; i++) {
        if (grid->cells[row->first + i].kind != SC_CELL_EMPTY)
            return;
    }
    sc_grid_drop_row(grid);
}

const struct sc_cell *sc_grid_at(const struct sc_grid *grid, size_t row, size_t column)
{
    static const struct sc_cell empty = { .kind = SC_CELL_EMPTY };
    const struct sc_grid_row *of = &grid->rows[row];

    return column < of->count ? &grid->cells[of->first + column] : &empty;
}

const char *sc_grid_text(const struct sc_grid *grid, const struct sc_cell *cell)
{
    return cell->len ? grid->text.data + cell->at : "";
}
