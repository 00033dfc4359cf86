#include "crash/crash_figures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static void count(struct figures *f, size_t wanted, size_t seen, bool doubt)
{
    f->wanted += wanted;
    f->seen += seen;
    if (seen > wanted)
        f->repeated += seen - wanted;
    else if (doubt)
        f->doubted += wanted - seen;
    else
        f->lost += wanted - seen;
}

void figures_leave(const struct exec_bed *bed, const struct scenario *scenario)
{
    bool doubt = strcmp(exec_bed_state(bed), "in_doubt") == 0;
    char *path = sc_strdupf("%s/figures", bed->folder);
    struct figures f = { 0 };
    FILE *file = fopen(path, "we");

    SC_ASSERT(file != NULL);
    for (size_t i = 0; scenario->effects[i]; i++)
        count(&f, scenario->limit ? scenario->limit : 1,
                exec_bed_effects(bed, scenario->effects[i]), doubt);
    fprintf(file, "%zu %zu %zu %zu %zu\n", f.wanted, f.seen, f.doubted, f.lost,
            f.repeated);
    fclose(file);
    free(path);
}

void figures_add(struct figures *sum, const char *folder)
{
    char *path = sc_strdupf("%s/figures", folder);
    FILE *file = fopen(path, "re");
    size_t *const to[] = { &sum->wanted, &sum->seen, &sum->doubted, &sum->lost,
        &sum->repeated };
    char line[128] = "", *at = line;

    free(path);
    if (!file)
        return;
    SC_ASSERT(fgets(line, sizeof(line), file) != NULL);
    fclose(file);
    sum->tasks++;
    for (size_t i = 0; i < sizeof(to) / sizeof(*to); i++)
        *to[i] += strtoul(at, &at, 10);
}

void figures_print(const struct figures *f)
{
    printf("%zu kills, %zu tasks; effects: %zu wanted, %zu seen, %zu in doubt, %zu lost, "
           "%zu repeated\n",
            f->kills, f->tasks, f->wanted, f->seen, f->doubted, f->lost, f->repeated);
}
