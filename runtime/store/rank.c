#include "store/rank.h"

#include <stddef.h>

static const char pointer_type[] = "sc_rank_weights";

static const double saturation = 1.2; /* as of BM25 */

/* How often the row has the phrase, and whether that can be told. */
static int count_phrase(
        const Fts5ExtensionApi *api, Fts5Context *fts, int phrase, int *ret_count)
{
    Fts5PhraseIter at;
    int column, offset, result = api->xPhraseFirst(fts, phrase, &at, &column, &offset);

    *ret_count = 0;
    for (; result == SQLITE_OK && column >= 0;
            api->xPhraseNext(fts, &at, &column, &offset))
        (*ret_count)++;
    return result;
}

static void on_rank(const Fts5ExtensionApi *api, Fts5Context *fts,
        sqlite3_context *context, int count, sqlite3_value **values)
{
    const struct sc_rank_weights *weights =
            count == 1 ? sqlite3_value_pointer(values[0], pointer_type) : NULL;
    double score = 0;
    int result = weights ? SQLITE_OK : SQLITE_MISUSE;

    for (int i = 0; result == SQLITE_OK && i < weights->count; i++) {
        int n;

        result = count_phrase(api, fts, i, &n);
        score += weights->items[i] * n * (saturation + 1) / (n + saturation);
    }
    if (result == SQLITE_OK)
        sqlite3_result_double(context, score);
    else
        sqlite3_result_error_code(context, result);
}

int sc_rank_register(sqlite3 *handle)
{
    sqlite3_stmt *stmt = NULL;
    fts5_api *api = NULL;
    int result = sqlite3_prepare_v2(handle, "SELECT fts5(?1)", -1, &stmt, NULL);

    if (result != SQLITE_OK)
        return result;
    (void)sqlite3_bind_pointer(stmt, 1, (void *)&api, "fts5_api_ptr", NULL);
    (void)sqlite3_step(stmt); /* gives no row: it fills api */
    result = sqlite3_finalize(stmt);
    if (result != SQLITE_OK || !api)
        return result != SQLITE_OK ? result : SQLITE_ERROR;
    return api->xCreateFunction(api, "sc_rank", NULL, on_rank, NULL);
}

int sc_rank_bind(sqlite3_stmt *stmt, int at, struct sc_rank_weights *weights)
{
    return sqlite3_bind_pointer(stmt, at, weights, pointer_type, NULL);
}
