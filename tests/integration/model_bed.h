/* integration/model_bed.h - the program, and a model that reads its part to it.
 *
 * Purpose:   a driver with a scripted peer (fakes/model_peer.h) as its one model.
 * Contract:  model_bed_start begins a peer, whose replies are the items of a JSON array
 *            given without its brackets; a further start takes its place.
 * Ownership: model_bed_release stops the peer and frees the rest.
 * Thread:    that of the test.
 */
#pragma once

#include "integration/drive.h"

#define MODEL_BED_KEY "sk-test-never-print-this"

struct model_bed {
    struct driver d;
    pid_t peer;
    int peer_in, peer_out;
    char *url_env, *script, *log;
};

void model_bed_init(struct model_bed *bed);
void model_bed_release(struct model_bed *bed);
int model_bed_setup(void **state); /* a fixture that is a bed and nothing else */
int model_bed_teardown(void **state);

void model_bed_start(struct model_bed *bed, const char *replies);
void model_bed_stop(struct model_bed *bed);

size_t model_bed_requests(struct model_bed *bed); /* that the peer has had */
/* Fails the test unless the run ended so, and when it shows the key. */
void model_bed_assert_state(struct model_bed *bed, int code, const char *state);
