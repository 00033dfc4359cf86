/* builtin/xlsx_style.h - which of a workbook's number formats are dates, and what a
 * serial number is as a date.
 *
 * Purpose:   pure questions about formats and days.
 * Thread:    any.
 */
#pragma once

#include <stdbool.h>

#include "builtin/grid.h"

enum sc_number_style { SC_STYLE_NUMBER, SC_STYLE_DATE, SC_STYLE_TIME };

/* Of a format that every spreadsheet knows by number; 164 and above are the file's. */
enum sc_number_style sc_style_of_id(long id);
enum sc_number_style sc_style_of_format(const char *format);

/* What the format shows beside the number: "%", a currency's code or sign, a unit of
 * weight, or "". */
void sc_style_unit_of_id(long id, char ret_unit[SC_UNIT_TEXT]);
void sc_style_unit_of_format(const char *format, char ret_unit[SC_UNIT_TEXT]);

/* "2026-11-23", "2026-11-23T08:30:00", or for a time alone "08:30:00". from_1904: the
 * file counts days from 1904. false: no day that exists. */
enum { SC_SERIAL_TEXT = 24 };
bool sc_style_date(double serial, enum sc_number_style style, bool from_1904,
        char ret_text[SC_SERIAL_TEXT]);
