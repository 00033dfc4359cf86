/* app/model_settings.h - which model, at which address, with which keys.
 *
 * Purpose:   one answer out of the command line (--model), the environment and
 *            supercargo.lua; or, when none of them says, the first provider of
 *            model/profile.c that a key is there for. docs/models.md has the order.
 * Contract:  a variable speaks for its own provider: DEEPSEEK_API_KEY, DEEPSEEK_BASE_URL
 *            and DEEPSEEK_MODEL go together. OPENAI_BASE_URL without a provider named may
 *            be anyone's: the host tells whose dialect is spoken.
 *            Keys are read when a request is sent; here only their place is kept.
 * Ownership: the struct owns its texts; it must not be moved while a key is asked for.
 * Thread:    loop.
 * Errors:    SC_INVALID, naming the variable, field or option and the mend;
 *            SC_NOT_FOUND: a secret that there is not.
 */
#pragma once

#include "codec/json.h"
#include "model/price.h"
#include "model/profile.h"

/* Where one key is: a variable of the environment, else a secret. */
struct sc_key_source {
    char *variable;          /* may be unset: then nothing has the key */
    char *secret;            /* or NULL */
    const char *data_folder; /* of the secrets */
    const char *purse;       /* "subscription", "pay-per-use", "" */
    const char *url;         /* where that purse pays; NULL: anywhere */
};

struct sc_model_settings {
    const struct sc_profile *profile; /* NULL: no model is configured */
    bool by_host;                     /* an address was all that was said of it */
    char *url;                        /* as a person said; NULL: the provider's */
    char *name;                       /* of the model */
    struct sc_key_source keys[SC_PURSES];
    size_t key_count;
    char *data_folder;
    bool stream;
    bool embeds; /* it makes vectors of texts */
    bool priced; /* supercargo.lua says its price */
    struct sc_price price;
};

/* words: --model's, "deepseek/deepseek-v4-pro", "deepseek", "deepseek-v4-pro"; or NULL */
enum sc_code sc_model_settings_read(struct sc_model_settings *settings,
        const struct sc_json *config, const char *words, const char *data_folder,
        struct sc_error *err);
/* The model for vectors of texts: `embed` of supercargo.lua, a text or a table as `model`
 * is. Without it there is none: nobody is sent what is known unless a person says so. */
enum sc_code sc_embed_settings_read(struct sc_model_settings *settings,
        const struct sc_json *config, const char *data_folder, struct sc_error *err);
void sc_model_settings_release(struct sc_model_settings *settings);

/* For struct sc_model_key; arg is a struct sc_key_source. */
bool sc_key_source_get(void *arg, struct sc_buf *ret_value);
