/* app/folders.h - where things are on this machine.
 *
 * Purpose:   the folders of data, configuration and the shipped tools and agents. With
 *            app/environment the only place that reads the process's environment.
 * Ownership: what is returned is the caller's.
 * Thread:    loop.
 */
#pragma once

#include <stddef.h>

#include "base/error.h"

/* given (an option) wins, then SUPERCARGO_DATA, then XDG_DATA_HOME, then HOME. */
char *sc_folder_data(const char *given, struct sc_error *err);

/* SUPERCARGO_CONFIG, XDG_CONFIG_HOME/supercargo, HOME/.config/supercargo; NULL: none. */
char *sc_folder_config(void);

/* The folder that holds tools/ and agents/: given, SUPERCARGO_HOME, or found from where
 * the program is: share/supercargo beside its bin, or a folder above it. */
char *sc_folder_home(const char *given, struct sc_error *err);

/* The program of workers: supercargo-worker beside this one, which starts in a third of
 * the time because it links neither the network nor the store; else this one. */
char *sc_worker_path(struct sc_error *err);

/* Names in a folder, sorted; *ret_count 0 when it does not exist. Free each and all. */
char **sc_folder_list(const char *path, size_t *ret_count);
void sc_folder_list_free(char **names, size_t count);

bool sc_is_folder(const char *path);
bool sc_is_file(const char *path);

/* Makes a folder and those above it, mode 0755. */
enum sc_code sc_folder_make(const char *path, struct sc_error *err);

/* A new empty folder among the temporary ones; and a folder gone with all in it. */
char *sc_folder_scratch(struct sc_error *err);
void sc_folder_remove(const char *path);

/* A whole file as text with a NUL after it; NULL on failure. */
char *sc_read_text(const char *path, size_t limit, size_t *ret_len, struct sc_error *err);
