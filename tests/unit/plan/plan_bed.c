#include "plan_bed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *const tools[] = {
    "{\"name\":\"table.read\",\"summary\":\"Read a "
    "table.\",\"texts\":{\"zh\":{\"summary\":"
    "\"读取表格。\"}},\"effect\":\"read\",\"params\":{\"type\":\"object\",\"required\":["
    "\"path\"],\"additionalProperties\":false,\"properties\":{\"path\":{\"type\":"
    "\"string\"},\"max_rows\":{\"type\":\"integer\",\"minimum\":1},\"format\":{\"type\":"
    "\"string\",\"enum\":[\"csv\",\"xlsx\"]}}},\"returns\":{\"type\":\"object\","
    "\"properties\":{\"rows\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},"
    "\"row_count\":{\"type\":\"integer\"}}},\"builtin\":\"x\"}",

    "{\"name\":\"shop.orders\",\"summary\":\"Orders of a shop.\",\"effect\":\"read\","
    "\"params\":{\"type\":\"object\",\"properties\":{\"shop\":{\"type\":\"string\"}}},"
    "\"returns\":{\"type\":\"object\",\"properties\":{\"orders\":{\"type\":\"array\","
    "\"items\":{\"$ref\":\"#/$defs/order\"}}},\"$defs\":{\"order\":{\"type\":\"object\","
    "\"properties\":{\"id\":{\"type\":\"string\"},\"status\":{\"type\":\"string\","
    "\"enum\":"
    "[\"approved\",\"open\",\"lost\"]},\"total\":{\"type\":\"number\"},\"lines\":{"
    "\"type\":"
    "\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"sku\":{\"type\":"
    "\"string\"},"
    "\"qty\":{\"type\":\"integer\"}}}}}}}},\"builtin\":\"x\"}",

    "{\"name\":\"ask\",\"summary\":\"Ask the person.\",\"effect\":\"none\",\"params\":{"
    "\"type\":\"object\",\"properties\":{\"question\":{\"type\":\"string\"},\"rows\":{"
    "\"type\":\"array\"}}},\"returns\":{\"type\":\"object\",\"properties\":{\"answer\":{"
    "\"type\":\"string\"},\"rows\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}}}}"
    ","
    "\"builtin\":\"x\"}",

    "{\"name\":\"value\",\"summary\":\"Keep a value.\",\"effect\":\"none\",\"params\":{"
    "\"type\":\"object\",\"required\":[\"value\"],\"properties\":{\"value\":{}}},"
    "\"returns\":{},\"builtin\":\"x\"}",

    "{\"name\":\"payments.pay\",\"summary\":\"Pay somebody.\",\"texts\":{\"zh\":{"
    "\"summary\":\"付款\"}},\"effect\":\"spend\",\"params\":{\"type\":\"object\","
    "\"required\":[\"to\",\"amount\"],\"properties\":{\"to\":{\"type\":\"string\"},"
    "\"amount\":{\"type\":\"number\",\"minimum\":0},\"tags\":{\"type\":\"array\","
    "\"items\":"
    "{\"type\":\"string\",\"enum\":[\"a\",\"b\"]}},\"lines\":{\"type\":\"array\","
    "\"items\":{"
    "\"type\":\"object\",\"required\":[\"sku\"],\"properties\":{\"sku\":{\"type\":"
    "\"string\"},\"qty\":{\"type\":\"integer\"}}}}}},\"returns\":{\"type\":\"object\","
    "\"properties\":{\"payment_id\":{\"type\":\"string\"}}},\"builtin\":\"x\"}",

    "{\"name\":\"text.render\",\"summary\":\"Text.\",\"effect\":\"none\",\"params\":{"
    "\"type\":"
    "\"object\"},\"returns\":{\"type\":\"string\"},\"builtin\":\"x\"}",

    "{\"name\":\"table.write\",\"summary\":\"Write a table.\",\"effect\":\"none\","
    "\"params\":{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"},"
    "\"rows\":{\"type\":\"array\"}}},\"returns\":{\"type\":\"object\",\"properties\":{"
    "\"path\":{\"type\":\"string\"}}},\"builtin\":\"x\"}",
};

struct sc_json *bed_json(const char *text)
{
    struct sc_error err = { 0 };
    struct sc_json *value = sc_json_parse(text, strlen(text), NULL, &err);

    if (!value)
        fail_msg("%s: %s", text, err.msg);
    return value;
}

struct sc_registry *bed_registry(void)
{
    struct sc_registry *registry = sc_registry_new();

    for (size_t i = 0; i < sizeof(tools) / sizeof(*tools); i++) {
        struct sc_error err = { 0 };
        struct sc_tool *tool = sc_tool_new(bed_json(tools[i]), NULL, NULL, &err);

        if (!tool)
            fail_msg("%s", err.msg);
        sc_registry_add(registry, tool);
    }
    return registry;
}

struct sc_plan *bed_plan(const char *text)
{
    struct sc_json *json = bed_json(text);
    struct sc_error err = { 0 };
    struct sc_plan *plan = sc_plan_read(json, NULL, &err);

    if (!plan)
        fail_msg("%s", err.msg);
    sc_json_free(json);
    return plan;
}

char *bed_lines(const struct sc_json *sentences)
{
    struct sc_buf lines;

    sc_buf_init(&lines);
    SC_JSON_EACH(sentence, sentences)
    sc_buf_addf(&lines, "%s%s", lines.len ? "\n" : "", sc_json_string(sentence));
    return sc_buf_detach(&lines);
}
