#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/format.h"
#include "model/profile.h"

static char *encode(const char *host, const char *messages, const char *tools,
        const char *force, bool stream)
{
    struct sc_json *list = sc_json_parse(messages, strlen(messages), NULL, NULL);
    struct sc_json *offered =
            tools ? sc_json_parse(tools, strlen(tools), NULL, NULL) : NULL;
    struct sc_model_request request = { .messages = list,
        .tools = offered,
        .force_tool = force,
        .max_output_tokens = tools ? 0 : 100 };
    struct sc_buf out = { 0 };

    assert_non_null(list);
    sc_format_chat.encode(&out, sc_profile_of_host(host), "m", &request, stream);
    sc_json_free(list);
    sc_json_free(offered);
    return sc_buf_detach(&out);
}

static void assert_encoded(char *take_text, const char *expected)
{
    assert_string_equal(take_text, expected);
    free(take_text);
}

static void a_streamed_request_asks_for_usage(void **state)
{
    (void)state;
    assert_encoded(encode("api.openai.com", "[{\"role\":\"user\",\"content\":\"hi\"}]",
                           NULL, NULL, true),
            "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],"
            "\"max_completion_tokens\":100,\"stream\":true,"
            "\"stream_options\":{\"include_usage\":true}}");
}

static void a_forced_tool_is_named_where_that_works(void **state)
{
    static const char tools[] =
            "[{\"name\":\"plan\",\"description\":\"d\",\"parameters\":{}}]";

    (void)state;
    assert_encoded(encode("api.openai.com", "[]", tools, "plan", false),
            "{\"model\":\"m\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":"
            "\"plan\",\"description\":\"d\",\"parameters\":{}}}],\"tool_choice\":{"
            "\"type\":"
            "\"function\",\"function\":{\"name\":\"plan\"}},\"messages\":[]}");
    assert_encoded(encode("localhost", "[]", tools, "plan", false),
            "{\"model\":\"m\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":"
            "\"plan\",\"description\":\"d\",\"parameters\":{}}}],\"parallel_tool_calls\":"
            "true,"
            "\"tool_choice\":\"required\",\"messages\":[]}");
    assert_encoded(encode("api.deepseek.com", "[]", tools, "plan", false),
            "{\"model\":\"m\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":"
            "\"plan\",\"description\":\"d\",\"parameters\":{}}}],\"messages\":[]}");
}

static void deepseek_always_gets_reasoning_back(void **state)
{
    (void)state;
    assert_encoded(
            encode("api.deepseek.com",
                    "[{\"role\":\"assistant\",\"tool_calls\":[]},{\"role\":"
                    "\"assistant\",\"reasoning_content\":\"r\",\"tool_calls\":[]}]",
                    NULL, NULL, false),
            "{\"model\":\"m\",\"messages\":[{\"role\":\"assistant\",\"tool_calls\":[],"
            "\"reasoning_content\":\"\"},{\"role\":\"assistant\",\"reasoning_content\":"
            "\"r\","
            "\"tool_calls\":[]}],\"max_tokens\":100}");
}

static void a_host_is_known_by_its_end(void **state)
{
    (void)state;
    assert_string_equal(sc_profile_of_host("api.z.ai")->prices, "zai");
    assert_string_equal(
            sc_profile_of_host("dashscope-intl.aliyuncs.com")->prices, "dashscope");
    assert_string_equal(sc_profile_of_host("xyz.ai")->host, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_streamed_request_asks_for_usage),
        cmocka_unit_test(a_forced_tool_is_named_where_that_works),
        cmocka_unit_test(deepseek_always_gets_reasoning_back),
        cmocka_unit_test(a_host_is_known_by_its_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
