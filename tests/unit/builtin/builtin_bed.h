/* unit/builtin/builtin_bed.h - built-in operations on files of one test.
 *
 * Purpose:   make files, call an operation, look at what came back.
 * Contract:  inputs lie in <folder>/in and are given to the task by builtin_bed_give;
 *            the output folder is <folder>/out. The clock stands at 2026-11-23 01:00 UTC.
 * Ownership: value and err are those of the last call.
 * Thread:    loop.
 */
#pragma once

#include "builtin/builtin.h"
#include "fakes/temp_folder.h"
#include "loop/loop.h"

enum { BED_NOW_S = 1795395600 };

struct builtin_bed {
    char folder[SC_TEMP_FOLDER];
    char in[64], out[64];
    struct sc_loop *loop;
    struct sc_scope scope;
    struct sc_clock clock;
    int64_t now_ms; /* what the clock shows */
    struct sc_builtin_parts parts;
    struct sc_builtins *builtins;
    struct sc_json *descriptor, *env, *files, *inputs;
    struct sc_tool tool;
    struct sc_tool_context context;

    /* Of the last call. */
    struct sc_error err;
    struct sc_json *value;
    enum sc_tool_outcome_kind kind;
    int64_t until_ms;
    bool done;
};

/* store and multi may be NULL. */
void builtin_bed_init(struct builtin_bed *bed, struct sc_loop *loop,
        struct sc_store *store, struct sc_multi *multi);
void builtin_bed_release(struct builtin_bed *bed);

/* For cmocka: *state is a bed with neither store nor network. */
int builtin_bed_setup(void **state);
int builtin_bed_teardown(void **state);

/* Writes a file into the folder of inputs and gives it to the task. */
void builtin_bed_give(
        struct builtin_bed *bed, const char *name, const void *data, size_t len);
void builtin_bed_give_text(struct builtin_bed *bed, const char *name, const char *text);

/* A zip archive of parts: name, text, name, text …, NULL. */
void builtin_bed_give_zip(
        struct builtin_bed *bed, const char *name, const char *const *parts);

/* A workbook with this inside its one worksheet. */
void builtin_bed_give_sheet(
        struct builtin_bed *bed, const char *name, const char *worksheet);

/* args: JSON with ' for ". */
enum sc_code builtin_bed_call(
        struct builtin_bed *bed, const char *operation, const char *args);

/* Is the result's part at path ("rows.0.sku") this JSON (with ' for ")? Fails the test
 * with both when it is not. */
void builtin_bed_expect(struct builtin_bed *bed, const char *path, const char *json);
bool builtin_bed_noted(const struct builtin_bed *bed, const char *words);

/* A file of the output folder; NULL when there is none. Free it. */
char *builtin_bed_written(struct builtin_bed *bed, const char *name, size_t *ret_len);

extern const char builtin_bed_workbook[], builtin_bed_rels[], builtin_bed_book_rels[];
