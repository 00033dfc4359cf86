/* fakes/peer_process.h - a peer program, started and stopped by a test.
 *
 * Purpose:   model_peer and effect_peer beside a program under test, or to be killed.
 * Contract:  start returns when the peer has told its port. It ends when stop closes its
 *            input, or the test itself ends, however.
 * Ownership: the struct is the caller's.
 * Thread:    any.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

struct peer_process {
    pid_t pid;
    int input; /* closing it ends the peer */
    int port;
};

/* args: the program's path first, NULL at the end. */
bool peer_process_start(struct peer_process *peer, const char *const *args);

/* Its exit status; -1 when a signal ended it. */
int peer_process_stop(struct peer_process *peer);

/* SIGKILL: what it has written stays, nothing more is. */
void peer_process_kill(struct peer_process *peer);
