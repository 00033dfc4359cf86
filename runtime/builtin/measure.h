/* builtin/measure.h - what is said beside a number: a currency, a percent sign, a unit.
 *
 * Purpose:   "g" in the head "重量(g)" or the cell "400 g", "%" in a cell's format: tell
 *            them and count with them exactly.
 * Contract:  pure. A unit that is not known is never taken for another.
 * Thread:    any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Of weight, in small letters: "kg", "g", "lb", "oz", "公斤", "克" … */
bool sc_measure_is_weight(const char *unit, size_t len);

/* Where the unit begins that ends the text ("400 g"); its length when there is none. */
size_t sc_measure_split(const char *text);

/* A JSON number in that unit as kilograms; false when it cannot be told exactly. */
bool sc_measure_to_kg(
        const char *number, const char *unit, char *ret_number, size_t size);

/* 0.047 as 4.7. */
bool sc_measure_to_percent(const char *number, char *ret_number, size_t size);
