#include "builtin/header.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "builtin/measure.h"
#include "builtin/note.h"

enum { LOOK_ROWS = 20, SHOWN_HEADS = 3 };

static size_t filled_in(const struct sc_grid *grid, size_t row)
{
    size_t n = 0;

    for (size_t i = 0; i < grid->rows[row].count; i++)
        n += sc_grid_at(grid, row, i)->kind != SC_CELL_EMPTY;
    return n;
}

static size_t width_of(const struct sc_grid *grid)
{
    size_t width = 0;

    for (size_t row = 0; row < grid->row_count; row++) {
        size_t last = grid->rows[row].count;

        while (last > width && sc_grid_at(grid, row, last - 1)->kind == SC_CELL_EMPTY)
            last--;
        width = last > width ? last : width;
    }
    return width;
}

/* --- where it is --- */

/* The first of the upper rows that is at least half as full as the fullest of them:
 * titles and dates above a table stand alone. */
static size_t guess_row(const struct sc_grid *grid)
{
    size_t rows = grid->row_count < LOOK_ROWS ? grid->row_count : LOOK_ROWS;
    size_t fullest = 0, at = 0;

    for (size_t row = 0; row < rows; row++) {
        size_t n = filled_in(grid, row);

        fullest = n > fullest ? n : fullest;
    }
    while (at + 1 < rows && filled_in(grid, at) * 2 < fullest)
        at++;
    return at;
}

static size_t row_of_number(const struct sc_grid *grid, size_t number)
{
    size_t row = 0;

    while (row + 1 < grid->row_count && grid->rows[row].number < number)
        row++;
    return row;
}

/* The merge that covers a cell of this row, or NULL. */
static const struct sc_grid_merge *merge_at(
        const struct sc_grid *grid, size_t number, size_t column)
{
    for (size_t i = 0; i < grid->merge_count; i++) {
        const struct sc_grid_merge *m = &grid->merges[i];

        if (number >= m->number && number < m->number + m->rows && column >= m->column &&
                column < m->column + m->columns)
            return m;
    }
    return NULL;
}

/* Two, when a head in this row spans some but not all columns. */
static size_t guess_rows(const struct sc_grid *grid, size_t at, size_t width)
{
    for (size_t i = 0; i < grid->merge_count; i++) {
        const struct sc_grid_merge *m = &grid->merges[i];

        if (m->number == grid->rows[at].number && m->rows == 1 && m->columns > 1 &&
                m->columns < width && at + 1 < grid->row_count)
            return 2;
    }
    return 1;
}

/* --- names --- */

/* Adds a head's text on one line, outer spaces cut. */
static void add_head(struct sc_buf *name, const char *text)
{
    size_t begin = name->len;

    text += strspn(text, " \t\r\n");
    if (!*text)
        return;
    if (begin)
        sc_buf_addc(name, ' ');
    for (; *text; text++) {
        bool space = strchr("\t\r\n ", *text) != NULL;

        if (!space)
            sc_buf_addc(name, *text);
        else if (name->data[name->len - 1] != ' ')
            sc_buf_addc(name, ' ');
    }
    while (name->len > begin && name->data[name->len - 1] == ' ')
        name->data[--name->len] = '\0';
}

/* *ret_lowest: where the text of its lowest row begins. */
static char *head_of(const struct sc_grid *grid, size_t at, size_t rows, size_t column,
        size_t *ret_lowest)
{
    struct sc_buf name;
    const struct sc_cell *last = NULL;

    sc_buf_init(&name);
    for (size_t row = at; row < at + rows && row < grid->row_count; row++) {
        const struct sc_cell *cell = sc_grid_at(grid, row, column);
        const struct sc_grid_merge *m = merge_at(grid, grid->rows[row].number, column);

        if (m && grid->merge_count)
            cell = sc_grid_at(grid, row_of_number(grid, m->number), m->column);
        if (cell != last) {
            size_t before = name.len;

            add_head(&name, sc_grid_text(grid, cell));
            *ret_lowest = name.len > before && before ? before + 1 : *ret_lowest;
        }
        last = cell;
    }
    return sc_buf_detach(&name);
}

/* For comparing heads: no spaces, one case, full-width signs as plain ones. */
static char *folded(const char *text)
{
    struct sc_buf out;
    size_t len = strlen(text);

    sc_buf_init(&out);
    for (size_t at = 0; at < len;) {
        size_t step;
        uint32_t code = sc_utf8_get(text + at, len - at, &step);
        char bytes[4];

        at += step;
        if (code >= 0xff01 && code <= 0xff5e)
            code -= 0xfee0;
        if (code >= 'A' && code <= 'Z')
            code += 'a' - 'A';
        if (code != ' ' && code != 0x3000 && code != 0xa0)
            sc_buf_add(&out, bytes, sc_utf8_put(code, bytes));
    }
    return sc_buf_detach(&out);
}

/* What a folded head says behind the text looked for: "usd" of "cost(usd)", "g" of
 * "weight_g", "" of "cost"; NULL when it is another head. A head that says something else
 * than a currency, or a unit where one is wanted, is another: "cost/box". */
static char *said_behind(const char *head, const char *wanted, bool weight)
{
    static const char around[] = "()[]_-/:.,";
    size_t len = strlen(wanted);
    const char *from;
    char *said;

    if (strncmp(head, wanted, len) != 0)
        return NULL;
    from = head + len + strspn(head + len, around);
    said = sc_strdup(from);
    for (len = strlen(said); len > 0 && strchr(around, said[len - 1]); len--)
        said[len - 1] = '\0';
    if (head[strlen(wanted)] == '\0' || sc_cell_is_currency(said) ||
            (weight && sc_measure_is_weight(said, len)))
        return said;
    free(said);
    return NULL;
}

/* As said_behind, of the whole head or of its lowest row; "" only, when exact. */
static char *said_by(
        const struct sc_column *column, const char *wanted, bool weight, bool exact)
{
    char *head = folded(column->header),
         *lowest = folded(column->header + column->lowest);
    char *said = said_behind(head, wanted, weight);

    if (!said)
        said = said_behind(lowest, wanted, weight);
    if (said && exact && *said) {
        free(said);
        said = NULL;
    }
    free(head);
    free(lowest);
    return said;
}

/* The column with that head, not yet taken by another name; or NULL. */
static struct sc_column *find_head(
        struct sc_header *header, const char *text, bool weight)
{
    char *wanted = folded(text);
    struct sc_column *found = NULL;

    for (size_t i = 0; i < header->count * 2 && !found; i++) {
        struct sc_column *column = &header->columns[i % header->count];
        char *said =
                column->name ? NULL : said_by(column, wanted, weight, i < header->count);

        if (said) {
            found = column;
            free(found->said);
            found->said = *said ? sc_strdup(said) : NULL;
        }
        free(said);
    }
    free(wanted);
    return found;
}

/* The column that a name of the plan stands for: by its texts, else by the name. */
static struct sc_column *find_named(
        struct sc_header *header, const struct sc_json *name, bool weight)
{
    struct sc_column *column = NULL;

    if (sc_json_is(name, SC_JSON_STRING))
        column = find_head(header, sc_json_string(name), weight);
    for (struct sc_json *text = sc_json_first(name); text && !column;
            text = sc_json_next(text))
        column = find_head(header, sc_json_string(text), weight);
    return column ? column : find_head(header, sc_json_key(name), weight);
}

static bool is_weight(const struct sc_json *args, const char *name)
{
    return sc_json_get(sc_json_get(args, "units"), name) != NULL;
}

static struct sc_column *column_of_name(struct sc_header *header, const char *name)
{
    for (size_t i = 0; i < header->count; i++) {
        if (header->columns[i].name && strcmp(header->columns[i].name, name) == 0)
            return &header->columns[i];
    }
    return NULL;
}

/* Two columns that mean the same: which one counts must not stay unsaid. */
static void note_rivals(
        struct sc_header *header, const struct sc_json *args, struct sc_json *notes)
{
    SC_JSON_EACH(name, sc_json_get(args, "columns"))
    {
        const char *key = sc_json_key(name);
        const struct sc_column *taken = column_of_name(header, key), *rival;

        rival = taken ? find_named(header, name, is_weight(args, key)) : NULL;
        if (rival)
            sc_note(notes, "the columns '%s' and '%s' mean the same: '%s' is used",
                    taken->header, rival->header, taken->header);
    }
}

static void map_names(
        struct sc_header *header, const struct sc_json *args, struct sc_json *notes)
{
    SC_JSON_EACH(name, sc_json_get(args, "columns"))
    {
        bool weight = is_weight(args, sc_json_key(name));
        struct sc_column *column = find_named(header, name, weight);

        if (!column)
            continue;
        column->name = sc_strdup(sc_json_key(name));
        column->weight = weight;
    }
    note_rivals(header, args, notes);
}

static char *unused_name(const struct sc_map *used, const char *wanted)
{
    for (int n = 2;; n++) {
        char *name = sc_strdupf("%s (%d)", wanted, n);

        if (!sc_map_get(used, name))
            return name;
        free(name);
    }
}

/* Those that nobody named keep their head. */
static void name_rest(struct sc_header *header, struct sc_json *notes)
{
    struct sc_map used;

    sc_map_init(&used);
    for (size_t i = 0; i < header->count; i++) {
        if (header->columns[i].name)
            sc_map_set(&used, header->columns[i].name, header);
    }
    for (size_t i = 0; i < header->count; i++) {
        struct sc_column *c = &header->columns[i];

        if (c->name)
            continue;
        c->name = *c->header ? sc_strdup(c->header) : sc_strdupf("column %zu", i + 1);
        if (sc_map_get(&used, c->name)) {
            char *other = unused_name(&used, c->name);

            sc_note(notes, "the head '%s' stands twice: the other column is '%s'",
                    c->name, other);
            free(c->name);
            c->name = other;
        }
        sc_map_set(&used, c->name, header);
    }
    sc_map_release(&used, NULL);
}

/* Keeps header only where it differs from name. */
static void drop_same(struct sc_header *header)
{
    for (size_t i = 0; i < header->count; i++) {
        struct sc_column *c = &header->columns[i];

        if (strcmp(c->name, c->header) == 0 || !*c->header) {
            free(c->header);
            c->header = NULL;
        }
    }
}

static bool has_column(const struct sc_header *header, const char *name)
{
    for (size_t i = 0; i < header->count; i++) {
        if (strcmp(header->columns[i].name, name) == 0)
            return true;
    }
    return false;
}

/* The heads that were looked for, the first few. */
static void add_wanted(struct sc_buf *out, const struct sc_json *heads)
{
    size_t n = 0;

    SC_JSON_EACH(head, heads)
    {
        if (n++ == SHOWN_HEADS)
            break;
        sc_buf_addf(out, "%s'%s'", n > 1 ? ", " : "; name it ", sc_json_string(head));
    }
}

static enum sc_code fail_missing(const struct sc_header *header,
        const struct sc_json *names, const char *name, struct sc_error *err)
{
    struct sc_buf heads;

    sc_buf_init(&heads);
    for (size_t i = 0; i < header->count && heads.len < 120; i++)
        sc_buf_addf(&heads, "%s'%s'", i ? ", " : "",
                header->columns[i].header ? header->columns[i].header
                                          : header->columns[i].name);
    add_wanted(&heads, sc_json_get(names, name));
    sc_fail(err, SC_INVALID, "the table has no column for '%s'; its columns are %s", name,
            sc_buf_text(&heads));
    sc_buf_release(&heads);
    return SC_INVALID;
}

static enum sc_code check_required(
        const struct sc_header *header, const struct sc_json *args, struct sc_error *err)
{
    SC_JSON_EACH(name, sc_json_get(args, "required"))
    {
        if (!has_column(header, sc_json_string(name)))
            return fail_missing(
                    header, sc_json_get(args, "columns"), sc_json_string(name), err);
    }
    return SC_OK;
}

static void say_skipped(const struct sc_grid *grid, size_t at, const struct sc_json *args,
        struct sc_json *notes)
{
    if (at > 0 && !sc_json_get(args, "header_row"))
        sc_note(notes, "the head is row %zu; %zu rows above it were taken for titles",
                grid->rows[at].number, at);
}

enum sc_code sc_header_find(const struct sc_grid *grid, const struct sc_json *args,
        struct sc_header *ret_header, struct sc_json *notes, struct sc_error *err)
{
    struct sc_header header = { .count = width_of(grid) };
    int64_t asked = sc_json_get_int(args, "header_row", -1);
    size_t at = 0, rows = 0;
    enum sc_code code;

    if (grid->row_count == 0)
        return sc_fail(err, SC_INVALID, "the table is empty");
    if (header.count > SC_TABLE_COLUMNS)
        return sc_fail(err, SC_INVALID, "the table has %zu columns; at most %d are read",
                header.count, SC_TABLE_COLUMNS);
    if (asked != 0) {
        at = asked > 0 ? row_of_number(grid, (size_t)asked) : guess_row(grid);
        rows = (size_t)sc_json_get_int(
                args, "header_rows", (int64_t)guess_rows(grid, at, header.count));
        say_skipped(grid, at, args, notes);
    }
    header.columns = sc_new_array(struct sc_column, header.count + 1);
    for (size_t i = 0; i < header.count; i++) {
        header.columns[i].at = i;
        header.columns[i].header = head_of(grid, at, rows, i, &header.columns[i].lowest);
    }
    header.first_row = at + rows < grid->row_count ? at + rows : grid->row_count;
    map_names(&header, args, notes);
    name_rest(&header, notes);
    drop_same(&header);
    code = check_required(&header, args, err);
    if (code == SC_OK)
        *ret_header = header;
    else
        sc_header_free(&header);
    return code;
}

/* --- rows that are no data --- */

static bool is_total_word(const char *text)
{
    static const char *const words[] = { "合计", "总计", "总和", "小计", "合計", "総計",
        "小計", "總計", "计", "計", "total", "totals", "grandtotal", "subtotal", "sum",
        "summe", "gesamt", "gesamtsumme", "somme", "totale", "totaal", "suma", "итого" };
    char *word = folded(text);
    size_t len = strlen(word);
    bool found = false;

    if (len > 1 && word[len - 1] == ':')
        word[len - 1] = '\0';
    for (size_t i = 0; i < sizeof(words) / sizeof(*words) && !found; i++)
        found = strcmp(word, words[i]) == 0;
    free(word);
    return found;
}

/* Its first filled cell is such a word. */
static const char *total_word(const struct sc_grid *grid, size_t row)
{
    for (size_t i = 0; i < grid->rows[row].count; i++) {
        const struct sc_cell *cell = sc_grid_at(grid, row, i);
        const char *text = sc_grid_text(grid, cell);

        if (cell->kind != SC_CELL_EMPTY)
            return is_total_word(text) ? text : NULL;
    }
    return NULL;
}

void sc_header_drop_totals(
        struct sc_grid *grid, const struct sc_header *header, struct sc_json *notes)
{
    while (grid->row_count > header->first_row) {
        size_t last = grid->row_count - 1;
        const char *word = total_word(grid, last);

        if (!word)
            return;
        sc_note(notes, "row %zu ('%s') adds up the others and was left out",
                grid->rows[last].number, word);
        sc_grid_drop_row(grid);
    }
}

void sc_header_free(struct sc_header *header)
{
    for (size_t i = 0; i < header->count; i++) {
        free(header->columns[i].name);
        free(header->columns[i].header);
        free(header->columns[i].said);
    }
    free(header->columns);
    *header = (struct sc_header){ 0 };
}
