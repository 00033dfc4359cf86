/* app/meaning.h - finding by meaning, as far as a person has set it up.
 *
 * Purpose:   open the model for vectors of texts that supercargo.lua names, and ask it.
 * Contract:  what is sent for a task, or to fill in vectors, is counted against budgets.
 *            Nothing fails because the model does not answer: words are looked for then,
 *            and the reason is told.
 * Ownership: the app owns what is opened; the caller frees a sense.
 * Thread:    loop.
 * Errors:    those of app/model_settings.h.
 */
#pragma once

#include "app/app.h"

struct sc_model_account;
struct sc_sense;

/* Whose the costs are that no task has. */
#define SC_MEMORY_ACCOUNT "memory"

/* The model alone, so that budgets can be put around it; then all of it. */
enum sc_code sc_app_embedder_open(struct sc_app *app, struct sc_error *err);
void sc_app_meaning_open(struct sc_app *app);

/* Both, for a command that runs no tasks. counted: with budgets, for which the store must
 * be one's own. */
enum sc_code sc_app_meaning_alone(struct sc_app *app, bool counted, struct sc_error *err);
void sc_app_meaning_close(struct sc_app *app);

/* What the words mean, waiting for it; NULL: no model is set up, or err says why it did
 * not tell. */
struct sc_sense *sc_app_sense(struct sc_app *app, const char *words,
        const struct sc_model_account *account, struct sc_error *err);
