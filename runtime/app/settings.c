#include "app/settings.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/say.h"
#include "base/mem.h"
#include "base/words.h"
#include "codec/tz.h"
#include "model/price_file.h"
#include "net/curl_multi.h"

const char *sc_settings_variable(const char *name)
{
    const char *value = name && *name ? getenv(name) : NULL;

    return value && *value ? value : NULL;
}

static const char *first(const char *a, const char *b)
{
    return a ? a : b;
}

/* --- what supercargo.lua may say --- */

enum { ANY = -1 }; /* several forms are taken: text, or env("NAME") */

struct field {
    const char *name;
    int type; /* enum sc_json_type or ANY */
};

static const struct field fields[] = { { "language", SC_JSON_STRING },
    { "zone", SC_JSON_STRING }, { "currency", SC_JSON_STRING }, { "address", ANY },
    { "shops", ANY }, { "channels", ANY }, { "model", ANY }, { "prices", SC_JSON_STRING },
    { "budget", SC_JSON_OBJECT }, { "models", SC_JSON_ARRAY }, { "keep", SC_JSON_OBJECT },
    { "embed", ANY } };
static const struct field keep_fields[] = { { "tasks", SC_JSON_STRING },
    { "size", SC_JSON_STRING }, { "failed", SC_JSON_BOOL } };
static const struct field budget_fields[] = { { "day", SC_JSON_OBJECT },
    { "month", SC_JSON_OBJECT } };
static const struct field model_fields[] = { { "provider", SC_JSON_STRING },
    { "url", ANY }, { "name", ANY }, { "key_env", SC_JSON_STRING },
    { "key", SC_JSON_OBJECT }, { "secret", SC_JSON_STRING }, { "stream", SC_JSON_BOOL },
    { "price", SC_JSON_OBJECT } };

static const struct field embed_fields[] = { { "provider", SC_JSON_STRING },
    { "url", ANY }, { "name", ANY }, { "key_env", SC_JSON_STRING },
    { "key", SC_JSON_OBJECT }, { "secret", SC_JSON_STRING }, { "price", SC_JSON_OBJECT },
    { "exact", SC_JSON_BOOL } };

enum { MOST_FIELDS = 16 };

/* Why the member cannot stand there, or NULL; on the heap. */
static char *wrong_field(const struct sc_json *member, const char *where,
        const struct field *known, size_t count)
{
    const char *names[MOST_FIELDS], *near;
    size_t i = 0;

    for (size_t n = 0; n < count; n++)
        names[n] = known[n].name;
    while (i < count && strcmp(known[i].name, sc_json_key(member)) != 0)
        i++;
    if (i == count) {
        near = sc_words_nearest(sc_json_key(member), names, count);
        return sc_strdupf("supercargo.lua: there is no field %s%s%s%s%s", where,
                sc_json_key(member), near ? "; did you mean '" : "", near ? near : "",
                near ? "'?" : "");
    }
    if (known[i].type == ANY || sc_json_is(member, (enum sc_json_type)known[i].type))
        return NULL;
    return sc_strdupf("supercargo.lua: %s%s must be of type %s", where,
            sc_json_key(member), sc_json_type_word((enum sc_json_type)known[i].type));
}

static void check_fields(const char *where, const struct field *known, size_t count,
        const struct sc_json *object, struct sc_json *problems)
{
    SC_JSON_EACH(member, object)
    {
        char *text = wrong_field(member, where, known, count);

        if (text)
            sc_json_append(problems, sc_json_new_string(text));
        free(text);
    }
}

/* `model` and `embed`: text, or a table of these fields. */
static void check_model(const struct sc_json *config, const char *name,
        const struct field *known, size_t count, struct sc_json *problems)
{
    const struct sc_json *model = sc_json_get(config, name);
    const struct sc_json *price = sc_json_get(model, "price");
    char *where = sc_strdupf("%s.", name), *text = NULL;
    struct sc_price ignored;
    struct sc_error err;

    if (model && !sc_json_is(model, SC_JSON_STRING) && !sc_json_is(model, SC_JSON_OBJECT))
        text = sc_strdupf(
                "supercargo.lua: %s must be \"PROVIDER/NAME\" or a table", name);
    if (text)
        sc_json_append(problems, sc_json_new_string(text));
    free(text);
    check_fields(where, known, count, model, problems);
    free(where);
    where = sc_strdupf("supercargo.lua: %s.price", name);
    if (sc_json_is(price, SC_JSON_OBJECT) && sc_price_read(price, where, &ignored, &err))
        sc_json_append(problems, sc_json_new_string(err.msg));
    free(where);
}

void sc_settings_check(const struct sc_json *config, struct sc_json *problems)
{
    check_fields("", fields, sizeof(fields) / sizeof(*fields), config, problems);
    check_fields("budget.", budget_fields, sizeof(budget_fields) / sizeof(*budget_fields),
            sc_json_get(config, "budget"), problems);
    check_fields("keep.", keep_fields, sizeof(keep_fields) / sizeof(*keep_fields),
            sc_json_get(config, "keep"), problems);
    check_model(config, "model", model_fields,
            sizeof(model_fields) / sizeof(*model_fields), problems);
    check_model(config, "embed", embed_fields,
            sizeof(embed_fields) / sizeof(*embed_fields), problems);
}

const char *sc_settings_language(const char *given, const char *words)
{
    const char *locale = first(sc_settings_variable("LC_ALL"),
            first(sc_settings_variable("LC_MESSAGES"), sc_settings_variable("LANG")));

    if (given)
        return given;
    if (words)
        return sc_language_of(words);
    if (locale && strncmp(locale, "zh", 2) == 0)
        return "zh";
    return locale && strncmp(locale, "ja", 2) == 0 ? "ja" : "en";
}

void sc_settings_net(struct sc_multi_config *config)
{
    const char *proxy = first(
            sc_settings_variable("HTTPS_PROXY"), sc_settings_variable("https_proxy"));

    config->proxy = first(sc_settings_variable("SUPERCARGO_PROXY"), proxy);
    config->ca_file = first(sc_settings_variable("SUPERCARGO_CA_FILE"),
            sc_settings_variable("SSL_CERT_FILE"));
}

/* From TZ or where /etc/localtime points. */
char *sc_settings_zone(void)
{
    const char *tz = sc_settings_variable("TZ");
    char path[256], *name;
    ssize_t n;

    if (tz)
        return sc_strdup(*tz == ':' ? tz + 1 : tz);
    n = readlink("/etc/localtime", path, sizeof(path) - 1);
    if (n < 0)
        return sc_strdup("UTC");
    path[n] = '\0';
    name = strstr(path, "zoneinfo/");
    return sc_strdup(name ? name + strlen("zoneinfo/") : "UTC");
}

static void copy_field(struct sc_json *env, const struct sc_json *config,
        const char *name, const char *otherwise)
{
    const struct sc_json *value = sc_json_get(config, name);

    if (value)
        sc_json_set(env, name, sc_json_copy(value));
    else if (otherwise)
        sc_json_set_string(env, name, otherwise);
}

struct sc_json *sc_settings_env(const struct sc_json *config, const char *language,
        int64_t now_ms, struct sc_error *err)
{
    struct sc_json *env = sc_json_new_object();
    char *machine = sc_settings_zone(), now[SC_ISO_TEXT];
    const char *name = sc_json_get_string(config, "zone", machine);
    struct sc_tz *zone = sc_tz_new(name, err);

    if (!zone) {
        sc_wrap(err, sc_json_get(config, "zone") ? "supercargo.lua: zone"
                                                 : "the zone of this machine (TZ)");
        sc_json_free(env);
        free(machine);
        return NULL;
    }
    sc_tz_format(zone, now_ms, now);
    sc_tz_free(zone);
    sc_json_set_string(env, "now", now);
    sc_json_set(env, "today", sc_json_new_string_len(now, strlen("2026-11-23")));
    sc_json_set_string(env, "zone", name);
    sc_json_set_string(env, "language", language);
    copy_field(env, config, "currency", "CNY");
    copy_field(env, config, "address", NULL);
    copy_field(env, config, "shops", NULL);
    copy_field(env, config, "channels", NULL);
    free(machine);
    return env;
}
