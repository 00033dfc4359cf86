#include "store/reader.h"

#include <stdlib.h>

#include "base/mem.h"

enum { IDLE_MAX = 4 };

struct sc_reader {
    char *path;
    enum sc_db_mode mode;
    struct sc_db *idle[IDLE_MAX];
    int idle_count, taken_count;
};

struct sc_reader *sc_reader_new(const char *path, enum sc_db_mode mode)
{
    struct sc_reader *reader = sc_new(struct sc_reader);

    reader->path = sc_strdup(path);
    reader->mode = mode;
    return reader;
}

void sc_reader_free(struct sc_reader *reader)
{
    if (!reader)
        return;
    SC_ASSERT(reader->taken_count == 0);
    while (reader->idle_count > 0)
        sc_db_close(reader->idle[--reader->idle_count]);
    free(reader->path);
    free(reader);
}

struct sc_db *sc_reader_take(struct sc_reader *reader, struct sc_error *err)
{
    struct sc_db *db = reader->idle_count > 0
                               ? reader->idle[--reader->idle_count]
                               : sc_db_open(reader->path, reader->mode, err);

    if (db)
        reader->taken_count++;
    return db;
}

void sc_reader_give(struct sc_reader *reader, struct sc_db *db)
{
    reader->taken_count--;
    if (reader->idle_count < IDLE_MAX)
        reader->idle[reader->idle_count++] = db;
    else
        sc_db_close(db);
}
