/* fakes/program.h - runs a program and catches what it prints.
 *
 * Purpose:   drive the real binary from a test, to its end or beside other work.
 * Contract:  a program that passes its deadline is killed, and code is then -1. Output
 *            is cut at 16 MiB. program_run is program_begin and program_end.
 * Ownership: program_release frees the texts.
 * Thread:    that of the test.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct program {
    const char *const *argv; /* ends with NULL; argv[0] is the path */
    const char *const *env;  /* "NAME=value", ends with NULL; added to a clean one */
    const char *input;       /* on standard input, or NULL: /dev/null */
    const char *folder;      /* where it runs, or NULL */
    int deadline_ms;         /* 0: 60 s */
    const char *out_path;    /* standard output goes there instead; "": it is closed */
    uid_t user;              /* runs as this one; 0: as the test does */
    long file_limit;         /* most bytes that a file may have (as ulimit -f); 0: any */

    int code; /* exit code; 128 + n: ended by signal n; -1: passed the deadline */
    char *out, *err;
    size_t out_len, err_len;
    long peak_kib; /* most memory that it had at once */

    pid_t pid; /* the rest: between begin and end */
    struct program_pipe {
        int fd;
        size_t len, cap;
        char *text;
    } pipes[2]; /* standard output and error */
    long long until;
    bool late;
};

void program_run(struct program *program);
void program_release(struct program *program);

void program_begin(struct program *program);

/* Reads until standard error holds the text; false when it ended without. */
bool program_wait_for(struct program *program, const char *text);

/* Reads to the end and reaps. */
void program_end(struct program *program);

/* Starts one that goes on beside the test; *ret_out is its standard output, *ret_in its
 * standard input (closing it tells our peers to stop). */
pid_t program_start(const char *const *argv, int *ret_in, int *ret_out);

/* Reads one line without its end into text. */
void program_read_line(int fd, char *text, size_t size);

/* Kills, if need be, and reaps. */
void program_stop(pid_t pid);
