/* app/settings.h - configuration file and environment, as the parts need them.
 *
 * Purpose:   what plans see as `env`; the language of messages; the network. Flags win
 *            over the environment, the environment over supercargo.lua. Which model is
 *            app/model_settings.h's.
 * Ownership: what is returned is the caller's.
 * Thread:    loop.
 * Errors:    SC_INVALID, naming the field of supercargo.lua and the mend.
 */
#pragma once

#include "codec/json.h"

/* The environment's value; NULL when it is not set, or empty. */
const char *sc_settings_variable(const char *name);

/* Adds a sentence for each field of supercargo.lua that there is not, or not so. */
void sc_settings_check(const struct sc_json *config, struct sc_json *problems);

/* Proxy (SUPERCARGO_PROXY, else HTTPS_PROXY) and certificates (SUPERCARGO_CA_FILE, else
 * SSL_CERT_FILE). The strings are the environment's. */
struct sc_multi_config;
void sc_settings_net(struct sc_multi_config *config);

/* The zone of this machine. */
char *sc_settings_zone(void);

/* {now, today, zone, language, currency, address, shops, channels}. */
struct sc_json *sc_settings_env(const struct sc_json *config, const char *language,
        int64_t now_ms, struct sc_error *err);

/* "en" "zh" "ja": given, or that of words (may be NULL), or of the locale. */
const char *sc_settings_language(const char *given, const char *words);
