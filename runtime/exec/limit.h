/* exec/limit.h - the window of time that a limit counts in.
 *
 * Purpose:   "five a day" means the person's day.
 * Thread:    any.
 */
#pragma once

#include <stdint.h>

/* per: "hour" "day" "week" (from Monday) "month"; a word that is none of them: a day.
 * zone: IANA name; UTC stands for one that is none. The window holds now_ms:
 * [*ret_from_ms, *ret_to_ms). */
void sc_limit_window(const char *per, const char *zone, int64_t now_ms,
        int64_t *ret_from_ms, int64_t *ret_to_ms);
