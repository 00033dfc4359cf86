/* fakes/peer_program.h - a peer as a program: it tells its port, and ends with its user.
 *
 * Contract:  prints the port and a newline on standard output; returns when standard
 *            input (a pipe) closes, so that it never outlives the test that started it.
 * Thread:    loop.
 */
#pragma once

#include <uv.h>

void peer_program_run(uv_loop_t *uv, int port);
