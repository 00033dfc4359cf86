#include "fakes/temp_folder.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

void sc_temp_folder_make(char ret_path[SC_TEMP_FOLDER])
{
    const char *made;

    snprintf(ret_path, SC_TEMP_FOLDER, "/tmp/sc-test-XXXXXX");
    made = mkdtemp(ret_path);
    SC_ASSERT(made != NULL);
}

static int remove_one(
        const char *path, const struct stat *st, int kind, struct FTW *where)
{
    (void)st, (void)kind, (void)where;
    return remove(path);
}

void sc_temp_folder_remove(const char *path)
{
    int r = nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);

    SC_ASSERT(r == 0);
}
