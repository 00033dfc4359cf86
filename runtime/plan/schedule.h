/* plan/schedule.h - is what a plan proposes a schedule at all?
 *
 * Purpose:   send a sentence in the place of fields, or a zone that there is not, back to
 *            the model. When it fires is for whoever keeps schedules.
 * Thread:    any.
 */
#pragma once

#include <stdbool.h>

/* Five fields, or six with seconds first: numbers, lists, ranges, steps, names of days
 * and months. */
bool sc_cron_valid(const char *text);

/* A name of the IANA database. */
bool sc_zone_valid(const char *name);
