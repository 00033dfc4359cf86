/* store/reader.h - a pool of connections that only read.
 *
 * Purpose:   a read that is asked for inside the callback of another gets a connection
 *            of its own; else one connection with its statements serves all.
 * Contract:  a connection sees all that was committed before its statement began.
 * Ownership: what was taken is given back; sc_reader_free when all are back.
 * Thread:    loop.
 */
#pragma once

#include "store/db.h"

struct sc_reader;

struct sc_reader *sc_reader_new(const char *path, enum sc_db_mode mode);
void sc_reader_free(struct sc_reader *reader);

struct sc_db *sc_reader_take(struct sc_reader *reader, struct sc_error *err);
void sc_reader_give(struct sc_reader *reader, struct sc_db *db);
