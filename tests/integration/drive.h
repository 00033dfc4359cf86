/* integration/drive.h - the program with a data folder of its own, driven from a test.
 *
 * Purpose:   write a test as: arrange files, drive("run", …), look at code, text, JSON.
 * Contract:  each driver has a fresh folder with home, data, configuration and work below
 *            it; the program runs in work with a clean environment.
 * Ownership: what the last drive gave is valid until the next one.
 * Thread:    that of the test.
 */
#pragma once

#include "codec/json.h"
#include "fakes/program.h"

struct driver {
    char folder[256];     /* holds data/, config/, work/ */
    const char *env[16];  /* more of it; ends with NULL */
    int deadline_ms;      /* killed with SIGKILL then; code is -1. 0: 60 s */
    const char *input;    /* for standard input */
    const char *out_path; /* see fakes/program.h */
    long file_limit;      /* the same */
    uid_t user;           /* the same */
    long peak_kib;        /* the same */
    int code;
    char *out, *err;
    struct sc_json *json; /* of out, when it is JSON */
};

void driver_init(struct driver *d);
void driver_release(struct driver *d);
int driver_setup(void **state); /* a fixture that is a driver and nothing else */
int driver_teardown(void **state);

/* Arguments end with NULL. --data is added. */
void drive(struct driver *d, ...) __attribute__((sentinel));

/* The same, but it goes on beside the test until driver_end, which puts its end into d.
 */
struct program *driver_begin(struct driver *d, ...) __attribute__((sentinel));
void driver_end(struct driver *d, struct program *program);

/* Writes a file below the folder ("work/a.csv", "config/supercargo.lua"). */
void driver_write(struct driver *d, const char *name, const char *text);
/* From here on it runs as a user whom permissions bind, also when the test is root's.
 * false: that user cannot run it. */
bool driver_be_bound(struct driver *d);
void driver_copy(struct driver *d, const char *from, const char *name);
bool driver_has(struct driver *d, const char *name);
char *driver_read(struct driver *d, const char *name); /* free it */

/* Writes the routine config/routines/NAME.json with that plan, of an agent that may use
 * every tool. */
void driver_routine(struct driver *d, const char *name, const char *plan);

void assert_says(const char *text, const char *part);
void assert_says_not(const char *text, const char *part);
/* One sentence on standard error, nothing on standard output. */
void assert_one_sentence(struct driver *d, int code, const char *part);
/* With --json: one object whose error has this code and says this, in one sentence. */
void assert_error(struct driver *d, const char *code, const char *part);

/* Looks below the driver's json: "steps", "usage.requests". */
const char *driver_text(struct driver *d, const char *path);
