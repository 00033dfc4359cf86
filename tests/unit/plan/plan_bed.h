/* Shared by the tests of plans: tools as JSON, plans as JSON, errors as lines. */
#pragma once

#include "plan/plan.h"

/* table.read, shop.orders, ask, value, payments.pay, text.render, table.write */
struct sc_registry *bed_registry(void);
struct sc_json *bed_json(const char *text);
/* Fails the test when it is not well-formed. */
struct sc_plan *bed_plan(const char *text);
/* The sentences, one a line; the caller frees it. */
char *bed_lines(const struct sc_json *sentences);
