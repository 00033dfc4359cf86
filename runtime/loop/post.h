/* loop/post.h - a message from another thread to the loop.
 *
 * Purpose:   the second door between threads beside loop/work.h: for threads that live
 *            long and speak when they like.
 * Contract:  messages of one thread run in the order in which they were posted. The box
 *            does not keep the loop alive. Free it when no thread posts any more:
 *            what is still waiting then runs inside sc_postbox_free.
 * Ownership: a message is embedded in the poster's struct, belongs to the box from post
 *            until run, which may free it.
 * Thread:    loop; sc_post: any.
 * Errors:    SC_INTERNAL.
 */
#pragma once

#include "base/error.h"
#include "base/list.h"

struct sc_loop;
struct sc_postbox;

struct sc_message {
    struct sc_list in_box;                   /* private */
    void (*run)(struct sc_message *message); /* on the loop */
};

struct sc_postbox *sc_postbox_new(struct sc_loop *loop, struct sc_error *err);
void sc_postbox_free(struct sc_postbox *box);

void sc_post(struct sc_postbox *box, struct sc_message *message);
