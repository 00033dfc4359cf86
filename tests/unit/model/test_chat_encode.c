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

/* A turn of another provider, when the first one was down. */
static void thoughts_of_others_do_not_go_to_one_who_refuses_them(void **state)
{
    static const char turns[] =
            "[{\"role\":\"assistant\",\"content\":\"x\",\"reasoning_content\":\"r\","
            "\"reasoning_details\":[{\"data\":\"d\"}]}]";

    (void)state;
    assert_encoded(encode("api.openai.com", turns, NULL, NULL, false),
            "{\"model\":\"m\",\"messages\":[{\"role\":\"assistant\",\"content\":\"x\"}],"
            "\"max_completion_tokens\":100}");
    assert_encoded(encode("openrouter.ai", turns, NULL, NULL, false),
            "{\"model\":\"m\",\"messages\":[{\"role\":\"assistant\",\"content\":\"x\","
            "\"reasoning_content\":\"r\",\"reasoning_details\":[{\"data\":\"d\"}]}],"
            "\"max_tokens\":100}");
}

static char *encode_as(const char *provider, const struct sc_model_request *request)
{
    const struct sc_profile *profile = sc_profile_of_id(provider, strlen(provider));
    struct sc_buf out = { 0 };

    profile->format->encode(&out, profile, "m", request, false);
    return sc_buf_detach(&out);
}

static void requests_of_an_agent_that_begin_alike_share_a_cache(void **state)
{
    static const char key[] = ",\"prompt_cache_key\":\"supercargo-price-keeper\"";
    const struct sc_model_account account = { .agent = "price-keeper" };
    struct sc_json *messages = sc_json_new_array();
    struct sc_model_request request = {
        .messages = messages, .account = &account, .stable_messages = 1
    };
    char *chat = encode_as("openai", &request);
    char *responses = encode_as("openai-responses", &request);
    char *other = encode_as("deepseek", &request), *alone;

    (void)state;
    assert_non_null(strstr(chat, key));
    assert_non_null(strstr(responses, key));
    assert_null(strstr(other, "cache"));
    request.stable_messages = 0;
    alone = encode_as("openai", &request);
    assert_null(strstr(alone, "cache"));
    free(chat);
    free(responses);
    free(other);
    free(alone);
    sc_json_free(messages);
}

static void a_schema_in_words_does_not_push_out_a_picture(void **state)
{
    static const char text[] =
            "[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"look\"},{"
            "\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,AA\"}}"
            "]}]";
    struct sc_json *messages = sc_json_parse(text, sizeof(text) - 1, NULL, NULL);
    struct sc_json *schema = sc_json_new_object();
    struct sc_model_request request = { .messages = messages, .output_schema = schema };
    char *body = encode_as("deepseek", &request);

    (void)state;
    assert_non_null(
            strstr(body, "base64,AA\"}},{\"type\":\"text\",\"text\":\"\\n\\nAnswer"));
    assert_non_null(strstr(body, "\"text\":\"look\""));
    assert_non_null(strstr(body, "\"response_format\":{\"type\":\"json_object\"}"));
    free(body);
    sc_json_free(messages);
    sc_json_free(schema);
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
        cmocka_unit_test(thoughts_of_others_do_not_go_to_one_who_refuses_them),
        cmocka_unit_test(requests_of_an_agent_that_begin_alike_share_a_cache),
        cmocka_unit_test(a_schema_in_words_does_not_push_out_a_picture),
        cmocka_unit_test(a_host_is_known_by_its_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
