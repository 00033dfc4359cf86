#include "app/task_id.h"

#include "base/mem.h"

static void keep_id(void *arg, const struct sc_task_row *row)
{
    *(char **)arg = sc_strdup(row->id);
}

char *sc_task_id_whole(struct sc_app *app, const char *beginning, struct sc_error *err)
{
    char *id = NULL;

    if (!app->store)
        sc_fail(err, SC_NOT_FOUND, "there is no task '%.80s': no task was run yet",
                beginning);
    else
        (void)sc_store_task_get(app->store, beginning, keep_id, &id, err);
    return id;
}
