/* base/log.h - one line per event worth knowing.
 *
 * Purpose:   structured lines: an event word with dots, then key=value text.
 * Contract:  below exec nothing logs above debug: an error is returned, and reported
 *            once by whoever owns the task. Values that were registered with
 *            sc_log_mask never appear: "***" stands for them.
 * Ownership: the log is a component, created in app/main.c and handed down. A NULL
 *            log is silent.
 * Thread:    any.
 */
#pragma once

#include <stdio.h>

struct sc_log;

enum sc_log_level { SC_DEBUG, SC_INFO, SC_WARN, SC_ERROR };

struct sc_log *sc_log_new(FILE *out, enum sc_log_level least);
void sc_log_free(struct sc_log *log);

/* From now on the value (4 bytes or more) is hidden wherever it would be printed. */
void sc_log_mask(struct sc_log *log, const char *value);

void sc_log(struct sc_log *log, enum sc_log_level level, const char *event,
        const char *fmt, ...) __attribute__((format(printf, 4, 5)));
