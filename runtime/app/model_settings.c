#include "app/model_settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/secrets.h"
#include "app/settings.h"
#include "base/mem.h"
#include "base/words.h"
#include "model/address.h"
#include "model/format.h"
#include "model/price_file.h"

#define KEY_TAIL "_API_KEY"

/* Who speaks for an address that is all that is known. */
#define ANYONE "generic"

enum { VARIABLE_MAX = 64, MOST_PROFILES = 64 };

/* What a person said, from whichever place. */
struct wish {
    const struct sc_profile *provider; /* NULL: not said */
    const char *name;                  /* of the model, or NULL */
    const struct sc_json *table;       /* of supercargo.lua, or NULL */
    const struct sc_json *price;       /* in it, of that model; or NULL */
    bool name_is_final;                /* from the command line */
    bool embeds;                       /* a model for vectors of texts is looked for */
};

static const char *first(const char *a, const char *b)
{
    return a ? a : b;
}

/* {"env": NAME} is what env("NAME") in supercargo.lua became. */
static const char *text_or_env(const struct sc_json *value)
{
    if (sc_json_is(value, SC_JSON_STRING))
        return sc_json_string(value);
    return sc_settings_variable(sc_json_get_string(value, "env", NULL));
}

/* --- whose words --- */

/* words: of which the first part is no provider. */
static enum sc_code no_provider(const char *words, struct sc_error *err)
{
    char *name = sc_strndup(words, strcspn(words, "/"));
    const char *names[MOST_PROFILES], *near;
    size_t count = 0;

    for (; count < MOST_PROFILES && sc_profile_at(count); count++)
        names[count] = sc_profile_at(count)->id;
    near = sc_words_nearest(name, names, count);
    sc_fail(err, SC_INVALID,
            "there is no provider '%.40s'%s%s%s; see supercargo model list", name,
            near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    free(name);
    return err->code;
}

/* "provider/model", "provider" or "model". A model's name may have slashes too. */
static void read_words(struct wish *wish, const char *words)
{
    size_t len = strcspn(words, "/");

    wish->provider = sc_profile_of_id(words, len);
    wish->name = words;
    if (wish->provider)
        wish->name = words[len] ? words + len + 1 : NULL;
}

static enum sc_code read_table(
        struct wish *wish, const struct sc_json *table, struct sc_error *err)
{
    const char *provider = sc_json_get_string(table, "provider", NULL);

    wish->table = table;
    wish->price = sc_json_get(table, "price");
    wish->name = text_or_env(sc_json_get(table, "name"));
    if (!provider)
        return SC_OK;
    wish->provider = sc_profile_of_id(provider, strlen(provider));
    return wish->provider ? SC_OK : no_provider(provider, err);
}

/* The command line's word is the last. What the file says of another provider's address,
 * key and price is then not meant. */
static void override(struct wish *wish, const char *words)
{
    struct wish own = { 0 };

    read_words(&own, words);
    if (own.provider && own.provider != wish->provider) {
        *wish = own;
    } else if (own.name && (!wish->name || strcmp(own.name, wish->name) != 0)) {
        wish->name = own.name;
        wish->price = NULL;
    }
    wish->name_is_final = own.name != NULL;
}

/* --- the environment --- */

static const struct sc_purse *last_purse(const struct sc_profile *profile)
{
    const struct sc_purse *last = &profile->purses[0];

    for (size_t i = 1; i < SC_PURSES && profile->purses[i].variable; i++)
        last = &profile->purses[i];
    return last;
}

/* The variable beside the provider's key: "_BASE_URL", "_MODEL". */
static const char *beside_key(const struct sc_profile *profile, const char *tail)
{
    const char *key = last_purse(profile)->variable;
    int len = (int)(strlen(key) - strlen(KEY_TAIL));
    char name[VARIABLE_MAX];

    snprintf(name, sizeof(name), "%.*s%s", len, key, tail);
    return sc_settings_variable(name);
}

static bool has_variable(const struct sc_profile *profile)
{
    for (size_t i = 0; i < SC_PURSES; i++)
        if (sc_settings_variable(profile->purses[i].variable))
            return true;
    return false;
}

static bool is_among(const char *name, const struct sc_json *names)
{
    SC_JSON_EACH(item, names)
    if (strcmp(sc_json_string(item), name) == 0)
        return true;
    return false;
}

static bool has_secret(const char *data_folder, const char *name)
{
    struct sc_json *names = sc_secret_names(data_folder);
    bool found = is_among(name, names);

    sc_json_free(names);
    return found;
}

/* With nothing said but its key. */
static bool can_be_used(const struct sc_profile *profile)
{
    return profile->url && (profile->model || beside_key(profile, "_MODEL"));
}

/* The first provider in the table that has a key: in the environment, else as a secret
 * of its name. */
static const struct sc_profile *with_key(const char *data_folder)
{
    const struct sc_profile *profile, *found = NULL;
    struct sc_json *names;

    for (size_t i = 0; !found && (profile = sc_profile_at(i)); i++)
        if (can_be_used(profile) && has_variable(profile))
            found = profile;
    if (found)
        return found;
    names = sc_secret_names(data_folder);
    for (size_t i = 0; !found && (profile = sc_profile_at(i)); i++)
        if (can_be_used(profile) && is_among(profile->id, names))
            found = profile;
    sc_json_free(names);
    return found;
}

/* --- keys --- */

static enum sc_code check_key(const char *key, const char *from, struct sc_error *err)
{
    for (const char *c = key; *c; c++)
        if ((unsigned char)*c <= ' ' || (unsigned char)*c >= 0x7f)
            return sc_fail(err, SC_INVALID,
                    "the key in %s holds a space, a line break or a character that keys "
                    "cannot have: set it again",
                    from);
    return SC_OK;
}

/* A secret that is named must be there and be a key, and is forgotten again. */
static enum sc_code check_secret(const struct sc_key_source *key, struct sc_error *err)
{
    char *value = sc_secret_get(key->data_folder, key->secret, err);
    enum sc_code code = value ? check_key(value, "the secret store", err) : err->code;

    sc_secret_release(value);
    return code ? sc_wrap(err, "the model's key") : SC_OK;
}

static enum sc_code check_source(const struct sc_key_source *key, struct sc_error *err)
{
    const char *value = sc_settings_variable(key->variable);

    if (value)
        return check_key(value, key->variable, err);
    return key->secret ? check_secret(key, err) : SC_OK;
}

static void add_key(struct sc_model_settings *settings, const char *variable,
        const char *secret, const struct sc_purse *purse)
{
    settings->keys[settings->key_count++] =
            (struct sc_key_source){ .variable = sc_strdup(variable),
                .secret = sc_strdup(secret),
                .data_folder = settings->data_folder,
                .purse = purse ? purse->word : "",
                .url = purse ? purse->url : NULL };
}

/* Of a provider: all purses that there is a variable for; else the secret of its name;
 * else the place where the key is missed. */
static void add_keys(struct sc_model_settings *settings)
{
    const struct sc_profile *profile = settings->profile;
    const char *secret = NULL;

    for (size_t i = 0; i < SC_PURSES; i++)
        if (sc_settings_variable(profile->purses[i].variable))
            add_key(settings, profile->purses[i].variable, NULL, &profile->purses[i]);
    if (settings->key_count)
        return;
    if (has_secret(settings->data_folder, profile->id))
        secret = profile->id;
    add_key(settings, last_purse(profile)->variable, secret, last_purse(profile));
}

/* family: whose variables the address came from. */
static enum sc_code find_keys(struct sc_model_settings *settings,
        const struct sc_profile *family, const struct wish *wish, struct sc_error *err)
{
    const struct sc_json *key = sc_json_get(wish->table, "key");
    const char *of_family = last_purse(family)->variable;
    const char *variable = sc_json_get_string(
            wish->table, "key_env", sc_json_get_string(key, "env", NULL));
    const char *secret = sc_json_get_string(
            wish->table, "secret", sc_json_get_string(key, "secret", NULL));

    if (variable || secret)
        add_key(settings, first(variable, of_family), secret, NULL);
    else if (family != settings->profile && sc_settings_variable(of_family))
        add_key(settings, of_family, NULL, NULL);
    else
        add_keys(settings);
    for (size_t i = 0; i < settings->key_count; i++)
        if (check_source(&settings->keys[i], err))
            return err->code;
    return SC_OK;
}

/* --- all of it --- */

/* A key in supercargo.lua without anything else is one of the first provider's. */
static bool has_own_key(const struct sc_json *table)
{
    return sc_settings_variable(sc_json_get_string(table, "key_env", NULL)) ||
           sc_json_get(table, "secret") || sc_json_get(table, "key");
}

static enum sc_code profile_of_url(
        const char *url, const struct sc_profile **ret_profile, struct sc_error *err)
{
    char *base = sc_address_base(url, &sc_format_chat, err), *host;

    if (!base)
        return err->code;
    host = sc_address_host(base);
    *ret_profile = sc_profile_of_host(host);
    free(host);
    free(base);
    return SC_OK;
}

/* The provider that was named; else whose address was given; else whose key is there. */
static enum sc_code choose_profile(struct sc_model_settings *settings,
        const struct wish *wish, const char *url, struct sc_error *err)
{
    settings->profile = wish->provider;
    if (settings->profile)
        return SC_OK;
    settings->by_host = url != NULL;
    if (url)
        return profile_of_url(url, &settings->profile, err);
    if (wish->name && strchr(wish->name, '/'))
        return no_provider(wish->name, err);
    if (wish->embeds)
        return sc_fail(err, SC_INVALID,
                "say whose model makes vectors: embed = \"openai\" in supercargo.lua, "
                "or embed = { url = … }");
    settings->profile =
            has_own_key(wish->table) ? sc_profile_at(0) : with_key(settings->data_folder);
    return SC_OK;
}

static enum sc_code no_name(
        const struct sc_model_settings *settings, bool embeds, struct sc_error *err)
{
    const char *id = settings->profile->id;

    if (embeds)
        return sc_fail(err, SC_INVALID,
                "say which model of %s makes vectors: embed = \"%s/NAME\" in "
                "supercargo.lua",
                id, id);
    return sc_fail(err, SC_INVALID,
            "say which model of %s: --model %s/NAME, or model.name in supercargo.lua", id,
            id);
}

/* Of vectors only the file speaks: what it says is where everything known goes. */
static void choose_embedder(struct sc_model_settings *settings, const struct wish *wish,
        const struct sc_profile *family, const char *url)
{
    settings->url = sc_strdup(first(url, beside_key(family, "_BASE_URL")));
    settings->name = sc_strdup(first(wish->name, settings->profile->embed.model));
}

static void choose_model(struct sc_model_settings *settings, const struct wish *wish,
        const struct sc_profile *family, const char *url)
{
    const char *name = first(beside_key(family, "_MODEL"), wish->name);

    if (wish->name_is_final)
        name = wish->name;
    settings->url = sc_strdup(first(beside_key(family, "_BASE_URL"), url));
    settings->name = sc_strdup(first(name, settings->profile->model));
}

/* Sets profile, url and name; *ret_family as find_keys wants it. */
static enum sc_code choose(struct sc_model_settings *settings, const struct wish *wish,
        const struct sc_profile **ret_family, struct sc_error *err)
{
    const struct sc_profile *anyone = sc_profile_of_id(ANYONE, strlen(ANYONE));
    const char *of_table = text_or_env(sc_json_get(wish->table, "url"));
    bool is_said = wish->provider || (wish->embeds && of_table);
    const char *of_anyone = is_said ? NULL : beside_key(anyone, "_BASE_URL");
    const struct sc_profile *family;

    if (choose_profile(settings, wish, first(of_anyone, of_table), err))
        return err->code;
    if (!settings->profile)
        return SC_OK;
    family = of_anyone ? anyone : settings->profile;
    *ret_family = family;
    if (wish->embeds)
        choose_embedder(settings, wish, family, of_table);
    else
        choose_model(settings, wish, family, of_table);
    return settings->name ? SC_OK : no_name(settings, wish->embeds, err);
}

static enum sc_code read_wish(struct wish *wish, const struct sc_json *model,
        const char *words, struct sc_error *err)
{
    if (sc_json_is(model, SC_JSON_STRING))
        read_words(wish, sc_json_string(model));
    else if (read_table(wish, model, err))
        return err->code;
    if (words)
        override(wish, words);
    return SC_OK;
}

enum sc_code sc_model_settings_read(struct sc_model_settings *settings,
        const struct sc_json *config, const char *words, const char *data_folder,
        struct sc_error *err)
{
    const struct sc_json *model = sc_json_get(config, "model");
    const struct sc_profile *family = NULL;
    struct wish wish = { 0 };

    *settings = (struct sc_model_settings){ .data_folder = sc_strdup(data_folder),
        .stream = sc_json_get_bool(model, "stream", true) };
    if (read_wish(&wish, model, words, err) || choose(settings, &wish, &family, err))
        return err->code;
    if (!settings->profile)
        return words ? no_provider(words, err) : SC_OK;
    settings->priced = wish.price && sc_price_read(wish.price, "model.price",
                                             &settings->price, err) == SC_OK;
    return find_keys(settings, family, &wish, err);
}

enum sc_code sc_embed_settings_read(struct sc_model_settings *settings,
        const struct sc_json *config, const char *data_folder, struct sc_error *err)
{
    const struct sc_json *embed = sc_json_get(config, "embed");
    const struct sc_profile *family = NULL;
    struct wish wish = { .embeds = true };

    *settings = (struct sc_model_settings){ .data_folder = sc_strdup(data_folder),
        .embeds = true };
    if (!embed)
        return SC_OK;
    if (read_wish(&wish, embed, NULL, err) || choose(settings, &wish, &family, err))
        return err->code;
    SC_ASSERT(settings->profile && family); /* else it would have failed */
    if (!settings->profile->embed.format)
        return sc_fail(err, SC_INVALID,
                "%s makes no vectors of texts; openai, gemini, dashscope, zhipu, ark, "
                "ollama, llama.cpp and vllm do: set embed in supercargo.lua",
                settings->profile->id);
    settings->priced = wish.price && sc_price_read(wish.price, "embed.price",
                                             &settings->price, err) == SC_OK;
    return find_keys(settings, family, &wish, err);
}

void sc_model_settings_release(struct sc_model_settings *settings)
{
    for (size_t i = 0; i < settings->key_count; i++) {
        free(settings->keys[i].variable);
        free(settings->keys[i].secret);
    }
    free(settings->url);
    free(settings->name);
    free(settings->data_folder);
    *settings = (struct sc_model_settings){ 0 };
}

bool sc_key_source_get(void *arg, struct sc_buf *ret_value)
{
    const struct sc_key_source *source = arg;
    const char *key = sc_settings_variable(source->variable);
    struct sc_error err;
    char *value;

    if (key) {
        sc_buf_adds(ret_value, key);
        return true;
    }
    value = source->secret ? sc_secret_get(source->data_folder, source->secret, &err)
                           : NULL;
    if (value)
        sc_buf_adds(ret_value, value);
    sc_secret_release(value);
    return value != NULL;
}
