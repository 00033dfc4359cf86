#include "crash/crash_scenarios.h"

static const char *const none[] = { NULL };
static const char *const xy[] = { "x", "y", NULL };
static const char *const x[] = { "x", NULL };
static const char *const back[] = { "back", NULL };
static const char *const w[] = { "w", NULL };
static const char *const rows[] = { "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9",
    "r10", "r11", "r12", "r13", "r14", "r15", "r16", "r17", "r18", "r19", "r20", NULL };
static const char *const two[] = { "r1", "r2", NULL };
static const char *const six[] = { "r1", "r2", "r3", "r4", "r5", "r6", NULL };

static const char reads_plan[] =
        "{\"steps\":[{\"id\":\"sheet\",\"tool\":\"f.rows\",\"args\":{\"n\":4,"
        "\"fail\":\"unavailable\",\"times\":1}},"
        "{\"id\":\"a\",\"tool\":\"f.value\",\"each\":\"=sheet.rows\","
        "\"where\":\"=item.amount <= 3\",\"args\":{\"value\":\"=item.amount + 1\"}}],"
        "\"checks\":[{\"that\":\"=#a == 3\",\"say\":\"three\"}],\"answer\":\"{{#a}}\"}";

static const char writes_plan[] =
        "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.write\",\"args\":{\"what\":\"x\"}},"
        "{\"id\":\"b\",\"tool\":\"f.write\",\"args\":{\"what\":\"y\",\"n\":\"=a.id\","
        "\"fail\":\"timeout\",\"times\":1,\"late\":true}}],"
        "\"answer\":\"{{a.what}} {{b.what}}\"}";

static const char post_plan[] =
        "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.post\",\"args\":{\"what\":\"x\"}},"
        "{\"id\":\"b\",\"tool\":\"f.value\",\"args\":{\"value\":\"=a.id\"}}],"
        "\"answer\":\"{{b.value}}\"}";

static const char second_try_plan[] =
        "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.post\",\"args\":{\"what\":\"x\","
        "\"fail\":\"unavailable\",\"times\":1}}]}";

static const char posts_plan[] =
        "{\"steps\":[{\"id\":\"sheet\",\"tool\":\"f.rows\",\"args\":{\"n\":6}},"
        "{\"id\":\"a\",\"tool\":\"f.post\",\"each\":\"=sheet.rows\","
        "\"on_error\":\"skip\",\"args\":{\"what\":\"=item.id\"}}]}";

static const char twenty_plan[] =
        "{\"steps\":[{\"id\":\"sheet\",\"tool\":\"f.rows\",\"args\":{\"n\":20}},"
        "{\"id\":\"a\",\"tool\":\"f.write\",\"each\":\"=sheet.rows\","
        "\"args\":{\"what\":\"=item.id\"}}],"
        "\"checks\":[{\"that\":\"=#a == 20\",\"say\":\"all\"}]}";

static const char wait_plan[] =
        "{\"steps\":[{\"id\":\"w\",\"tool\":\"f.wait\",\"args\":{\"ms\":1800000}},"
        "{\"id\":\"a\",\"tool\":\"f.write\",\"after\":[\"w\"],"
        "\"args\":{\"what\":\"x\"}}]}";

static const char ask_plan[] =
        "{\"steps\":[{\"id\":\"q\",\"tool\":\"ask\",\"args\":{\"question\":\"?\"}},"
        "{\"id\":\"a\",\"tool\":\"f.write\",\"args\":{\"what\":\"=q.answer\"}}]}";

static const char pay_plan[] =
        "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.pay\",\"each\":[\"x\",\"y\"],"
        "\"args\":{\"what\":\"=item\"}}],"
        "\"checks\":[{\"that\":\"=#a == 2\",\"say\":\"both\"}]}";

static const char told_plan[] =
        "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.told\",\"each\":[\"x\",\"y\"],"
        "\"args\":{\"what\":\"=item\"}}],"
        "\"checks\":[{\"that\":\"=#a == 2\",\"say\":\"both\"}]}";

static const char finally_plan[] =
        "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.value\",\"args\":{\"fail\":\"invalid\"}},"
        "{\"id\":\"back\",\"tool\":\"f.write\",\"finally\":true,"
        "\"args\":{\"what\":\"back\"}}]}";

static const char once_plan[] =
        "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.write\",\"each\":[\"x\",\"y\",\"x\"],"
        "\"once\":\"=item\",\"args\":{\"what\":\"=item\"}},"
        "{\"id\":\"b\",\"tool\":\"f.write\",\"once\":\"x\",\"after\":[\"a\"],"
        "\"args\":{\"what\":\"x\"}}],"
        "\"checks\":[{\"that\":\"=#a == 3\",\"say\":\"all\"}]}";

static const char twice_plan[] =
        "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.write\",\"once\":\"x\",\"after\":[\"c\"],"
        "\"args\":{\"what\":\"x\"}},"
        "{\"id\":\"b\",\"tool\":\"f.write\",\"once\":\"x\","
        "\"args\":{\"what\":\"x\"}},"
        "{\"id\":\"c\",\"tool\":\"f.value\",\"args\":{}}]}";

static const char limit_plan[] =
        "{\"steps\":[{\"id\":\"a\",\"tool\":\"f.write\",\"each\":[1,2,3,4],"
        "\"limit\":{\"n\":2,\"per\":\"month\",\"key\":\"two\"},"
        "\"args\":{\"what\":\"w\"}}],"
        "\"checks\":[{\"that\":\"=#a == 2\",\"say\":\"two\"}]}";

static const char *const loop_replies[] = {
    "{\"calls\":[{\"id\":\"c1\",\"name\":\"f__value\",\"arguments\":\"{\\\"value\\\":1}"
    "\"},"
    "{\"id\":\"c2\",\"name\":\"f__write\",\"arguments\":\"{\\\"what\\\":\\\"x\\\"}\"}]}",
    "{\"calls\":[{\"id\":\"c3\",\"name\":\"f__write\","
    "\"arguments\":\"{\\\"what\\\":\\\"y\\\"}\"}]}",
    "{\"text\":\"both are done\"}", NULL
};

static const char *const plan_replies[] = { "{\"text\":\"let me think\"}",
    "{\"calls\":[{\"id\":\"c1\",\"name\":\"plan\",\"arguments\":\"{\\\"steps\\\":["
    "{\\\"id\\\":\\\"a\\\",\\\"tool\\\":\\\"f.write\\\","
    "\\\"args\\\":{\\\"what\\\":\\\"x\\\"}}]}\"}]}",
    NULL };

/* Both begin before their plan is there; the first of two plans is refused. */
static const char *const stream_replies[] = {
    "{\"calls\":[{\"id\":\"c1\",\"name\":\"plan\",\"arguments\":\"{\\\"steps\\\":["
    "{\\\"id\\\":\\\"a\\\",\\\"tool\\\":\\\"f.rows\\\",\\\"args\\\":{\\\"n\\\":2}},"
    "{\\\"id\\\":\\\"bad\\\",\\\"tool\\\":\\\"no.such\\\",\\\"args\\\":{}}]}\"}]}",
    "{\"calls\":[{\"id\":\"c2\",\"name\":\"plan\",\"arguments\":\"{\\\"steps\\\":["
    "{\\\"id\\\":\\\"a\\\",\\\"tool\\\":\\\"f.rows\\\",\\\"args\\\":{\\\"n\\\":2}},"
    "{\\\"id\\\":\\\"b\\\",\\\"tool\\\":\\\"f.value\\\",\\\"args\\\":"
    "{\\\"value\\\":\\\"=a.rows[1].id\\\"}},"
    "{\\\"id\\\":\\\"w\\\",\\\"tool\\\":\\\"f.write\\\",\\\"each\\\":\\\"=a.rows\\\","
    "\\\"args\\\":{\\\"what\\\":\\\"=item.id\\\"}}],"
    "\\\"checks\\\":[{\\\"that\\\":\\\"=#w == 2\\\",\\\"say\\\":\\\"both\\\"}]}\"}]}",
    NULL
};

const struct scenario scenarios[] = {
    { "reads", reads_plan, NULL, NULL, "done", none, 0, false, false, 0 },
    { "writes with a key", writes_plan, NULL, NULL, "done", xy, 0, false, false, 0 },
    { "a write without a key", post_plan, NULL, NULL, "done", x, 0, false, true, 0 },
    { "a second try without a key", second_try_plan, NULL, NULL, "done", x, 0, false,
            true, 0 },
    { "six writes without a key", posts_plan, NULL, NULL, "done", six, 0, false, true,
            0 },
    { "each of twenty writes", twenty_plan, NULL, NULL, "done", rows, 0, false, false,
            0 },
    { "loop", NULL, loop_replies, NULL, "done", xy, 0, true, false, 0 },
    { "a plan by a model", NULL, plan_replies, NULL, "done", x, 0, false, false, 0 },
    { "a wait", wait_plan, NULL, NULL, "done", x, 0, false, false, 0 },
    { "a question", ask_plan, NULL, "\"x\"", "done", x, 0, false, false, 0 },
    { "an approval", pay_plan, NULL, "{\"approve\":true}", "done", xy, 0, false, false,
            0 },
    { "an approval with previews", told_plan, NULL, "{\"approve\":true}", "done", xy, 0,
            false, false, 0 },
    { "finally", finally_plan, NULL, NULL, "failed", back, 0, false, false, 0 },
    { "once", once_plan, NULL, NULL, "done", xy, 0, false, false, 0 },
    { "once in two steps", twice_plan, NULL, NULL, "done", x, 0, false, false, 0 },
    { "a plan that streams in", NULL, stream_replies, NULL, "done", two, 0, false, false,
            24 },
    { "a limit", limit_plan, NULL, NULL, "done", w, 2, false, false, 0 },
};
const size_t scenario_count = sizeof(scenarios) / sizeof(*scenarios);
