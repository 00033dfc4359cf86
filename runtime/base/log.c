#include "base/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"

enum { MASK_MIN = 4 };

struct sc_log {
    pthread_mutex_t mutex;
    FILE *out;
    enum sc_log_level least;
    char **masked;
    size_t masked_count;
};

struct sc_log *sc_log_new(FILE *out, enum sc_log_level least)
{
    struct sc_log *log = sc_new(struct sc_log);

    log->out = out;
    log->least = least;
    pthread_mutex_init(&log->mutex, NULL);
    return log;
}

void sc_log_free(struct sc_log *log)
{
    if (!log)
        return;
    for (size_t i = 0; i < log->masked_count; i++) {
        explicit_bzero(log->masked[i], strlen(log->masked[i]));
        free(log->masked[i]);
    }
    free(log->masked);
    pthread_mutex_destroy(&log->mutex);
    free(log);
}

void sc_log_mask(struct sc_log *log, const char *value)
{
    if (!log || strlen(value) < MASK_MIN)
        return;
    pthread_mutex_lock(&log->mutex);
    log->masked = sc_realloc(log->masked, (log->masked_count + 1) * sizeof(*log->masked));
    log->masked[log->masked_count++] = sc_strdup(value);
    pthread_mutex_unlock(&log->mutex);
}

static void hide(const struct sc_log *log, char *line)
{
    for (size_t i = 0; i < log->masked_count; i++) {
        size_t len = strlen(log->masked[i]);
        char *at = line;

        while ((at = strstr(at, log->masked[i]))) {
            memset(at, '*', 3);
            memmove(at + 3, at + len, strlen(at + len) + 1);
            at += 3;
        }
    }
}

/* A line stays a line, whatever was put into it. */
static void flatten(char *line)
{
    for (; *line; line++)
        if ((unsigned char)*line < ' ')
            *line = ' ';
}

void sc_log(struct sc_log *log, enum sc_log_level level, const char *event,
        const char *fmt, ...)
{
    static const char *const words[] = { "debug", "info", "warn", "error" };
    char at[SC_TIME_TEXT];
    struct sc_buf line;
    va_list ap;

    if (!log || level < log->least)
        return;
    sc_time_format(sc_clock_system()->wall_ms(NULL), at);
    sc_buf_init(&line);
    sc_buf_addf(&line, "%s %s %s ", at, words[level], event);
    va_start(ap, fmt);
    sc_buf_vaddf(&line, fmt, ap);
    va_end(ap);
    pthread_mutex_lock(&log->mutex);
    hide(log, line.data);
    flatten(line.data);
    fprintf(log->out, "%s\n", line.data);
    pthread_mutex_unlock(&log->mutex);
    sc_buf_release(&line);
}
