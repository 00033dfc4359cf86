/* app/settings.h - configuration file and environment, as the parts need them.
 *
 * Purpose:   which model to use and with which key; what plans see as `env`; the
 *            language of messages. Flags win over the environment, the environment over
 *            supercargo.lua.
 * Ownership: what is returned is the caller's.
 * Thread:    loop.
 * Errors:    SC_INVALID, naming the field of supercargo.lua and the mend.
 */
#pragma once

#include "codec/json.h"
#include "model/price.h"

/* Which model, and where its key is; the key itself is read when a request is sent. */
struct sc_model_settings {
    char *url;      /* base URL; NULL: no model is configured */
    char *name;     /* of the model */
    char *variable; /* the environment variable that holds the key, or NULL */
    char *secret;   /* the secret that holds it, or NULL */
    char *data_folder;
    bool stream;
    bool priced; /* supercargo.lua says its price */
    struct sc_price price;
};

/* Adds a sentence for each field of supercargo.lua that there is not, or not so. */
void sc_settings_check(const struct sc_json *config, struct sc_json *problems);

enum sc_code sc_model_settings_read(struct sc_model_settings *settings,
        const struct sc_json *config, const char *data_folder, struct sc_error *err);
void sc_model_settings_release(struct sc_model_settings *settings);

/* For struct sc_model_key; arg is the settings. */
bool sc_model_settings_key(void *arg, struct sc_buf *ret_value);

/* Proxy (SUPERCARGO_PROXY, else HTTPS_PROXY) and certificates (SUPERCARGO_CA_FILE, else
 * SSL_CERT_FILE). The strings are the environment's. */
struct sc_multi_config;
void sc_settings_net(struct sc_multi_config *config);

/* {now, today, zone, language, currency, address, shops, channels}. */
struct sc_json *sc_settings_env(const struct sc_json *config, const char *language,
        int64_t now_ms, struct sc_error *err);

/* "en" "zh" "ja": given, or that of words (may be NULL), or of the locale. */
const char *sc_settings_language(const char *given, const char *words);
