#include "app/origin.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "app/file_hash.h"

enum { PERCENT = 100, SHORT_HASH = 16 };

static struct sc_json *route_of(const struct sc_request *request, double score)
{
    struct sc_json *route = sc_json_new_object();
    char hash[SC_HASH_TEXT];

    sc_json_set_string(route, "by",
            request->routine && score < 0 ? "person"
            : request->routine            ? "routine"
            : request->spec.plan          ? "plan"
                                          : "model");
    if (score >= 0)
        sc_json_set_int(route, "score", (int64_t)lround(score * PERCENT));
    if (!request->routine)
        return route;
    sc_json_hash(request->routine->json, hash);
    hash[SHORT_HASH] = '\0';
    sc_json_set_string(route, "routine", request->routine->name);
    sc_json_set_string(route, "version", hash);
    return route;
}

struct sc_json *sc_origin_of(
        const struct sc_app *app, const struct sc_request *request, double score)
{
    const struct sc_agent *agent = sc_catalog_agent(&app->catalog, request->spec.agent);
    struct sc_json *origin = sc_json_new_object(), *files;

    sc_json_set_string(origin, "by", app->user);
    sc_json_set_string(origin, "via",
            app->options->batch    ? "batch"
            : isatty(STDIN_FILENO) ? "terminal"
                                   : "program");
    sc_json_set_string(origin, "program", SC_VERSION);
    if (agent)
        sc_json_set_string(
                origin, "agent", sc_json_get_string(agent->json, "version", ""));
    sc_json_set(origin, "route", route_of(request, score));
    files = sc_json_set(origin, "files", sc_json_new_array());
    SC_JSON_EACH(file, request->files)
    sc_json_append(files, sc_file_hash(sc_json_string(file)));
    return origin;
}
