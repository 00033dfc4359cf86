/* plan/route_numbers.h - dates and numbers as people write them.
 *
 * Purpose:   read 27 Nov 2026, 11月27日, tomorrow, 35 %, 百分之三十五, 1,200.50, 1.5万.
 * Contract:  text is folded (half-width, lower case). The length read, 0 when something
 *            else stands there.
 * Thread:    any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { SC_ROUTE_DATE = 40, SC_ROUTE_NUMBER = 40 };

/* today is "2026-11-23": for days without a year and for words like tomorrow. */
size_t sc_route_date(const char *text, const char *today, char ret_date[SC_ROUTE_DATE]);

/* The number as JSON writes it; whether a percent sign or word belongs to it. */
size_t sc_route_number(
        const char *text, char ret_number[SC_ROUTE_NUMBER], bool *ret_percent);
