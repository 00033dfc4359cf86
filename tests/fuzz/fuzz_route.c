/* fuzz: plan */
/* Any bytes as a task in words: they find a routine or none. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "plan/route.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char routine[] =
        "{\"inputs\":{\"catalog\":{\"type\":\"file\"},\"markets\":{\"type\":\"market\","
        "\"many\":true},\"margin\":{\"type\":\"percent\",\"default\":30},\"by\":{"
        "\"type\":"
        "\"date\"}},\"phrases\":{\"en\":[\"price {catalog} for {markets} at {margin} "
        "margin by "
        "{by}\"],\"zh\":[\"把{catalog}按{margin}毛利给{markets}定价\"],\"ja\":[\"{"
        "catalog}を"
        "{markets}向けに利益率{margin}で値付けして\"]}}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *words = sc_strndup((const char *)data, size);
    struct sc_json *json = sc_json_parse(routine, strlen(routine), NULL, NULL);
    const struct sc_route_routine routines[] = { { "price", json } };
    struct sc_route route;

    sc_route_find(&route, words, routines, 1, "2026-11-23");
    SC_ASSERT(route.routine == 0 || route.routine == SC_NO_ROUTINE);
    SC_ASSERT(route.routine == SC_NO_ROUTINE || route.inputs);
    sc_route_release(&route);
    sc_json_free(json);
    free(words);
    return 0;
}
