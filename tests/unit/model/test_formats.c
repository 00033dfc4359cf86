/* The wire formats beside chat completions: what is sent, against recorded requests and
 * OpenAI's schema, and the odd things that come back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "codec/schema.h"
#include "codec/sse.h"
#include "model/format.h"
#include "model/profile.h"

#define T(fn) cmocka_unit_test(fn)

/* --- helpers --- */

static char *read_file(const char *folder, const char *name)
{
    char *path = sc_strdupf("%s/%s/%s", SC_TEST_DATA, folder, name);
    FILE *file = fopen(path, "rb");
    struct sc_buf text = { 0 };
    char piece[4096];
    size_t got;

    assert_non_null(file);
    while ((got = fread(piece, 1, sizeof(piece), file)) > 0)
        sc_buf_add(&text, piece, got);
    fclose(file);
    free(path);
    return sc_buf_detach(&text);
}

static void unquote(char *text)
{
    while ((text = strchr(text, '\'')))
        *text = '"';
}

/* JSON with ' for ". */
static struct sc_json *json_of(const char *text)
{
    char *copy = sc_strdup(text);
    struct sc_json *json;

    unquote(copy);
    json = sc_json_parse(copy, strlen(copy), NULL, NULL);
    if (!json)
        fail_msg("no JSON: %s", copy);
    free(copy);
    return json;
}

static const struct sc_profile *profile(const char *id)
{
    const struct sc_profile *row = sc_profile_of_id(id, strlen(id));

    assert_non_null(row);
    return row;
}

static struct sc_json *encoded(
        const char *provider, const struct sc_model_request *request, bool stream)
{
    struct sc_buf body = { 0 };
    struct sc_json *json;

    profile(provider)->format->encode(&body, profile(provider), "m", request, stream);
    json = sc_json_parse(body.data, body.len, NULL, NULL);
    if (!json)
        fail_msg("no JSON: %s", body.data);
    sc_buf_release(&body);
    return json;
}

static void assert_encoded(const char *provider, const struct sc_model_request *request,
        const char *expected)
{
    struct sc_json *json = encoded(provider, request, true);
    struct sc_json *wanted = json_of(expected);
    char *text = sc_json_text(json), *wanted_text = sc_json_text(wanted);

    assert_string_equal(text, wanted_text);
    free(text);
    free(wanted_text);
    sc_json_free(json);
    sc_json_free(wanted);
}

struct replies {
    struct sc_parser *parser;
    struct sc_error err;
    enum sc_code code;
    struct sc_buf shown, arguments;
};

static void on_event(void *arg, const struct sc_sse_event *event)
{
    struct replies *r = arg;

    if (r->code == SC_OK)
        r->code = sc_parser_feed(r->parser, event->data, event->len, &r->err);
}

static void on_text(void *arg, const char *text, size_t len)
{
    sc_buf_add(&((struct replies *)arg)->shown, text, len);
}

static void on_arguments(
        void *arg, size_t call, const char *name, const char *text, size_t len)
{
    struct replies *r = arg;

    sc_buf_addf(&r->arguments, "[%zu %s]", call, name);
    sc_buf_add(&r->arguments, text, len);
}

static void begin(struct replies *r, const char *provider)
{
    struct sc_parser_options options = {
        .source = { .host = "h", .model = "m", .key_name = "K" },
        .provider = provider,
        .on_text = on_text,
        .on_arguments = on_arguments,
        .on_arg = r,
    };

    *r = (struct replies){ 0 };
    r->parser = sc_parser_new(profile(provider)->format, &options);
}

static const struct sc_model_reply *finish(struct replies *r)
{
    if (r->code == SC_OK)
        r->code = sc_parser_end(r->parser, &r->err);
    else
        (void)!sc_parser_end(r->parser, NULL);
    return sc_parser_reply(r->parser);
}

static void stop(struct replies *r)
{
    sc_parser_free(r->parser);
    sc_buf_release(&r->shown);
    sc_buf_release(&r->arguments);
}

/* Payloads with ' for ", one a line. */
static const struct sc_model_reply *feed(
        struct replies *r, const char *provider, const char *payloads)
{
    begin(r, provider);
    while (*payloads && r->code == SC_OK) {
        size_t len = strcspn(payloads, "\n");
        char *line = sc_strndup(payloads, len);

        unquote(line);
        r->code = sc_parser_feed(r->parser, line, len, &r->err);
        free(line);
        payloads += len + (payloads[len] == '\n');
    }
    return finish(r);
}

static const struct sc_model_reply *replay(
        struct replies *r, const char *provider, const char *name)
{
    struct sc_sse_handler handler = { on_event, NULL, r };
    struct sc_sse sse;
    char *text = read_file("streams", name);

    begin(r, provider);
    if (strstr(name, ".json")) {
        r->code = sc_parser_body(r->parser, text, strlen(text), &r->err);
    } else {
        sc_sse_init(&sse, &handler, 1 << 20);
        assert_int_equal(sc_sse_feed(&sse, text, strlen(text), NULL), SC_OK);
        sc_sse_release(&sse);
    }
    free(text);
    return finish(r);
}

/* --- what is sent --- */

static const char dialogue[] =
        "[{'role':'system','content':'Rules.'},"
        "{'role':'user','content':[{'type':'text','text':'What is this?'},"
        "{'type':'image_url','image_url':{'url':'data:image/png;base64,QUJD'}}]},"
        "{'role':'assistant','content':'Looking.','tool_calls':[{'id':'c1','type':"
        "'function','function':{'name':'look','arguments':'{\\\"x\\\":1}'}}]},"
        "{'role':'tool','tool_call_id':'c1','content':'a cup'},"
        "{'role':'user','content':'And now?'}]";
static const char offered[] =
        "[{'name':'look','description':'Looks.','parameters':{'type':"
        "'object','properties':{'x':{'type':'integer'}}}}]";

struct sent {
    struct sc_json *messages, *tools, *schema;
    struct sc_model_request request;
};

static void make(struct sent *s)
{
    s->messages = json_of(dialogue);
    s->tools = json_of(offered);
    s->schema = json_of("{'type':'object'}");
    s->request = (struct sc_model_request){ .messages = s->messages,
        .tools = s->tools,
        .force_tool = "look",
        .stable_messages = 1,
        .max_output_tokens = 100 };
}

static void drop(struct sent *s)
{
    sc_json_free(s->messages);
    sc_json_free(s->tools);
    sc_json_free(s->schema);
}

static void messages_requests_have_their_form_and_two_cache_marks(void **state)
{
    struct sent s;

    (void)state;
    make(&s);
    assert_encoded("anthropic", &s.request,
            "{'model':'m','tools':[{'name':'look','description':'Looks.','input_schema':"
            "{'type':'object','properties':{'x':{'type':'integer'}}}}],"
            "'tool_choice':{'type':'tool','name':'look'},"
            "'system':[{'type':'text','text':'Rules.','cache_control':{'type':"
            "'ephemeral'}}],"
            "'messages':[{'role':'user','content':[{'type':'text','text':'What is "
            "this?'},"
            "{'type':'image','source':{'type':'base64','media_type':'image/png','data':"
            "'QUJD'}}]},{'role':'assistant','content':[{'type':'text','text':'Looking.'},"
            "{'type':'tool_use','id':'c1','name':'look','input':{'x':1}}]},"
            "{'role':'user','content':[{'type':'tool_result','tool_use_id':'c1',"
            "'content':'a cup'},{'type':'text','text':'And now?','cache_control':"
            "{'type':'ephemeral'}}]}],'max_tokens':100,'stream':true}");
    drop(&s);
}

static void gemini_requests_have_their_form(void **state)
{
    struct sent s;

    (void)state;
    make(&s);
    assert_encoded("gemini", &s.request,
            "{'systemInstruction':{'parts':[{'text':'Rules.'}]},"
            "'tools':[{'functionDeclarations':[{'name':'look','description':'Looks.',"
            "'parametersJsonSchema':{'type':'object','properties':{'x':{'type':'integer'}"
            "}}}]}],'toolConfig':{'functionCallingConfig':{'mode':'ANY',"
            "'allowedFunctionNames':['look']}},"
            "'contents':[{'role':'user','parts':[{'text':'What is this?'},{'inlineData':"
            "{'mimeType':'image/png','data':'QUJD'}}]},"
            "{'role':'model','parts':[{'text':'Looking.'},{'functionCall':{'name':'look',"
            "'args':{'x':1}},'thoughtSignature':'skip_thought_signature_validator'}]},"
            "{'role':'user','parts':[{'functionResponse':{'name':'look','response':"
            "{'output':'a cup'}}},{'text':'And now?'}]}],"
            "'generationConfig':{'maxOutputTokens':100}}");
    drop(&s);
}

static void responses_requests_have_their_form(void **state)
{
    struct sent s;

    (void)state;
    make(&s);
    assert_encoded("openai-responses", &s.request,
            "{'model':'m','instructions':'Rules.','tools':[{'type':'function','name':"
            "'look','description':'Looks.','parameters':{'type':'object','properties':"
            "{'x':{'type':'integer'}}},'strict':false}],'tool_choice':{'type':'function',"
            "'name':'look'},"
            "'input':[{'role':'user','content':[{'type':'input_text','text':'What is "
            "this?'},{'type':'input_image','detail':'auto','image_url':"
            "'data:image/png;base64,QUJD'}]},"
            "{'role':'assistant','content':'Looking.'},{'type':'function_call','call_id':"
            "'c1','name':'look','arguments':'{\\\"x\\\":1}'},"
            "{'type':'function_call_output','call_id':'c1','output':'a cup'},"
            "{'role':'user','content':'And now?'}],'max_output_tokens':100,'store':false,"
            "'include':['reasoning.encrypted_content'],'stream':true}");
    drop(&s);
}

/* Requests of one turn are sent once: marking their end would only cost. */
static void a_single_turn_marks_only_what_stays_the_same(void **state)
{
    struct sc_json *messages = json_of("[{'role':'system','content':'R'},"
                                       "{'role':'user','content':'hi'}]");
    struct sc_model_request request = { .messages = messages, .stable_messages = 1 };

    (void)state;
    assert_encoded("anthropic", &request,
            "{'model':'m','system':[{'type':'text','text':'R','cache_control':{'type':"
            "'ephemeral'}}],'messages':[{'role':'user','content':[{'type':'text','text':"
            "'hi'}]}],'max_tokens':16384,'stream':true}");
    sc_json_free(messages);
}

static const struct sc_json *at(const struct sc_json *json, const char *path)
{
    char *copy = sc_strdup(path), *rest = copy, *name;

    while (json && (name = strsep(&rest, ".")))
        json = *name >= '0' && *name <= '9' ? sc_json_at(json, (size_t)(*name - '0'))
                                            : sc_json_get(json, name);
    free(copy);
    return json;
}

static void assert_has(const char *provider, const struct sent *s, const char *path)
{
    struct sc_json *json = encoded(provider, &s->request, false);

    if (!sc_json_equal(at(json, path), s->schema))
        fail_msg("%s: no schema at %s", provider, path);
    sc_json_free(json);
}

static void an_answer_is_held_to_a_schema_as_each_provider_can(void **state)
{
    struct sc_json *json;
    struct sent s;

    (void)state;
    make(&s);
    s.request.output_schema = s.schema;
    assert_has("openai", &s, "response_format.json_schema.schema");
    assert_has("openai-responses", &s, "text.format.schema");
    assert_has("anthropic", &s, "output_config.format.schema");
    assert_has("gemini", &s, "generationConfig.responseJsonSchema");
    json = encoded("deepseek", &s.request, false);
    assert_string_equal(sc_json_string(at(json, "response_format.type")), "json_object");
    assert_non_null(strstr(
            sc_json_string(at(json, "messages.0.content")), "valid by this JSON Schema"));
    sc_json_free(json);
    json = encoded("minimax", &s.request, false);
    assert_null(at(json, "response_format"));
    assert_non_null(strstr(
            sc_json_string(at(json, "messages.0.content")), "{\"type\":\"object\"}"));
    sc_json_free(json);
    drop(&s);
}

static void responses_requests_are_valid_by_openais_schema(void **state)
{
    char *text = read_file("openai", "response_request.schema.json");
    struct sc_json *document = json_of("{}"), *json, *errors = NULL;
    struct sc_schema *schema;
    struct sent s;

    (void)state;
    sc_json_free(document);
    document = sc_json_parse(text, strlen(text), NULL, NULL);
    schema = sc_schema_new(document, NULL, NULL);
    assert_non_null(schema);
    make(&s);
    s.request.output_schema = s.schema;
    json = encoded("openai-responses", &s.request, true);
    if (!sc_schema_check(schema, json, "request", 5, &errors))
        fail_msg("%s", sc_json_string(sc_json_first(errors)));
    sc_json_set_string(json, "store", "no");
    assert_false(sc_schema_check(schema, json, "request", 5, &errors));
    sc_json_free(errors);
    sc_json_free(json);
    sc_json_free(document);
    sc_schema_free(schema);
    free(text);
    drop(&s);
}

/* --- against requests that were recorded --- */

/* Is all that ours has in theirs, too? Strings may differ where `loose`. */
static bool covers(const struct sc_json *theirs, const struct sc_json *ours, bool loose)
{
    if (sc_json_is(ours, SC_JSON_OBJECT)) {
        SC_JSON_EACH(member, ours)
        {
            if (!covers(sc_json_get(theirs, sc_json_key(member)), member, loose)) {
                print_message("differs: %s\n", sc_json_key(member));
                return false;
            }
        }
        return true;
    }
    if (sc_json_is(ours, SC_JSON_ARRAY)) {
        for (size_t i = 0; i < sc_json_count(ours); i++)
            if (!covers(sc_json_at(theirs, i), sc_json_at(ours, i), loose))
                return false;
        return sc_json_count(theirs) == sc_json_count(ours);
    }
    return loose ? sc_json_is(theirs, SC_JSON_STRING) == sc_json_is(ours, SC_JSON_STRING)
                 : sc_json_equal(theirs, ours);
}

static void assert_covered(
        const struct sc_json *theirs, const struct sc_json *ours, bool loose)
{
    char *text = sc_json_text(ours);

    if (!covers(theirs, ours, loose))
        fail_msg("not as recorded: %s", text);
    free(text);
}

static void the_second_anthropic_request_is_as_recorded(void **state)
{
    char *text = read_file("streams", "anthropic-parallel-tools.2.request.json");
    struct sc_json *recorded = sc_json_parse(text, strlen(text), NULL, NULL);
    struct sc_json *messages = json_of("[{'role':'user','content':'Alice, Bob, Charlie "
                                       "and Daisy are a family. Who is the youngest?'}]");
    struct sc_model_request request = { .messages = messages };
    const struct sc_json *results = at(recorded, "messages.2.content");
    struct replies r;
    struct sc_json *ours;

    (void)state;
    sc_json_append(messages,
            sc_json_copy(
                    replay(&r, "anthropic", "anthropic-parallel-tools.1.json")->native));
    SC_JSON_EACH(result, results)
    {
        struct sc_json *message = sc_json_append(messages, json_of("{'role':'tool'}"));

        sc_json_set_string(
                message, "tool_call_id", sc_json_get_string(result, "tool_use_id", ""));
        sc_json_set_string(message, "content", sc_json_get_string(result, "content", ""));
    }
    ours = encoded("anthropic", &request, false);
    assert_int_equal(sc_json_count(results), 4);
    assert_covered(
            sc_json_get(recorded, "messages"), sc_json_get(ours, "messages"), false);
    stop(&r);
    sc_json_free(ours);
    sc_json_free(messages);
    sc_json_free(recorded);
    free(text);
}

/* The recording client renamed the call and wrote the signature in another alphabet. */
static void the_second_gemini_request_has_the_recorded_shape(void **state)
{
    char *text = read_file("streams", "google-stream-tool-thoughtsig.2.request.json");
    struct sc_json *recorded = sc_json_parse(text, strlen(text), NULL, NULL);
    struct sc_json *messages = json_of("[{'role':'user','content':'What?'}]");
    struct sc_model_request request = { .messages = messages };
    struct replies r;
    const struct sc_model_reply *reply =
            replay(&r, "gemini", "google-stream-tool-thoughtsig.1.sse");
    struct sc_json *result, *ours, *response;

    (void)state;
    sc_json_append(messages, sc_json_copy(reply->native));
    result = sc_json_append(messages, json_of("{'role':'tool','content':'Mexico'}"));
    sc_json_set_string(result, "tool_call_id", reply->calls[0].id);
    ours = encoded("gemini", &request, false);
    response = sc_json_get(
            sc_json_get(
                    sc_json_at(sc_json_get(sc_json_at(sc_json_get(ours, "contents"), 2),
                                       "parts"),
                            0),
                    "functionResponse"),
            "response");
    assert_string_equal(sc_json_get_string(response, "output", ""), "Mexico");
    sc_json_set_string(response, "return_value", "Mexico"); /* the recorder's own word */
    sc_json_free(sc_json_detach(response, "output"));
    assert_covered(
            sc_json_get(recorded, "contents"), sc_json_get(ours, "contents"), true);
    assert_string_equal(
            sc_json_string(at(ours, "contents.2.parts.0.functionResponse.name")),
            "get_country");
    stop(&r);
    sc_json_free(ours);
    sc_json_free(messages);
    sc_json_free(recorded);
    free(text);
}

/* --- turns go back --- */

/* The provider's own words must be in the next request, and in nobody else's. */
static void assert_goes_back(const char *provider, const char *name, const char *secret)
{
    static const char *const all[] = { "openai", "openai-responses", "anthropic",
        "gemini", "minimax" };
    struct sc_json *messages = json_of("[{'role':'user','content':'x'}]");
    struct sc_model_request request = { .messages = messages };
    struct replies r;
    const struct sc_json *native = replay(&r, provider, name)->native;
    char *turn = sc_json_text(at(native, "native.turn"));
    const char *inner = *turn == '[' ? turn + 1 : turn;

    turn[strlen(turn) - (*turn == '[')] = '\0';
    assert_non_null(strstr(inner, secret));
    sc_json_append(messages, sc_json_copy(native));
    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
        struct sc_buf body = { 0 };

        profile(all[i])->format->encode(&body, profile(all[i]), "m", &request, true);
        if (strcmp(all[i], provider) == 0)
            assert_non_null(strstr(body.data, inner));
        else
            assert_null(strstr(body.data, secret));
        assert_null(strstr(body.data, "\"native\""));
        sc_buf_release(&body);
    }
    free(turn);
    stop(&r);
    sc_json_free(messages);
}

static void thoughts_go_back_to_who_had_them_and_to_nobody_else(void **state)
{
    (void)state;
    assert_goes_back("anthropic", "anthropic-thinking-stream.sse", "\"signature\":");
    assert_goes_back("anthropic", "anthropic-redacted-thinking-stream.sse",
            "\"type\":\"redacted_thinking\"");
    assert_goes_back(
            "gemini", "google__google-tool-call-gemini3.sse", "thoughtSignature");
    assert_goes_back("openai-responses",
            "openai__openai-reasoning-encrypted-content.1.sse", "encrypted_content\":\"");
}

static void a_turn_of_another_provider_with_the_same_format_is_told_in_words(void **state)
{
    struct sc_json *messages = json_of("[{'role':'user','content':'x'}]");
    struct sc_model_request request = { .messages = messages };
    struct replies r;
    struct sc_json *native = sc_json_copy(
            replay(&r, "anthropic", "anthropic-thinking-stream.sse")->native);
    struct sc_json *ours;

    (void)state;
    sc_json_set_string(sc_json_get(native, "native"), "provider", "somebody-else");
    sc_json_append(messages, native);
    ours = encoded("anthropic", &request, false);
    assert_int_equal(sc_json_count(at(ours, "messages.1.content")), 1);
    assert_string_equal(sc_json_string(at(ours, "messages.1.content.0.type")), "text");
    sc_json_free(ours);
    sc_json_free(messages);
    stop(&r);
}

/* --- what comes back --- */

static void pieces_of_arguments_are_told_as_they_come(void **state)
{
    struct replies r;

    (void)state;
    replay(&r, "anthropic", "anthropic__anthropic-json-tool.sse");
    assert_int_equal(strncmp(r.arguments.data, "[0 json]{\"elements\"", 19), 0);
    stop(&r);
    replay(&r, "openai", "deepseek__deepseek-tool-call.sse");
    assert_int_equal(strncmp(r.arguments.data, "[0 weather]{", 12), 0);
    stop(&r);
    replay(&r, "openai-responses", "openai__openai-tool-search.sse");
    assert_int_equal(strncmp(r.arguments.data, "[0 get_weather]", 15), 0);
    stop(&r);
}

#define START                                                                        \
    "{'type':'message_start','message':{'model':'m','id':'i','content':[],'usage':{" \
    "'input_tokens':5,'cache_read_input_tokens':7,'cache_creation_input_tokens':9,"  \
    "'output_tokens':1}}}\n"
#define TEXT                                                                            \
    "{'type':'content_block_start','index':0,'content_block':{'type':'text','text':''}" \
    "}\n{'type':'content_block_delta','index':0,'delta':{'type':'text_delta','text':"   \
    "'hi'}}\n"

static void anthropic_counts_what_came_from_the_cache_apart(void **state)
{
    struct replies r;
    const struct sc_model_reply *reply = feed(&r, "anthropic",
            START
            "{'type':'ping'}\n{'type':'of_tomorrow','index':4}\n" TEXT
            "{'type':'content_block_delta','index':0,'delta':{'type':'new_delta'}}\n"
            "{'type':'message_delta','delta':{'stop_reason':'end_turn'},'usage':{"
            "'output_tokens':30}}\n{'type':'message_stop'}\n");

    (void)state;
    assert_int_equal(r.code, SC_OK);
    assert_int_equal(reply->usage.input_tokens, 21);
    assert_int_equal(reply->usage.cached_tokens, 7);
    assert_int_equal(reply->usage.output_tokens, 30);
    assert_string_equal(reply->text, "hi");
    assert_true(sc_parser_finished(r.parser));
    stop(&r);
}

struct bad {
    const char *provider, *payloads;
    enum sc_code code;
    bool retryable;
    const char *says;
};

static const struct bad bad_replies[] = {
    { "anthropic",
            START TEXT "{'type':'error','error':{'type':'overloaded_error','message':"
                       "'Overloaded'}}\n",
            SC_UNAVAILABLE, true, "h failed" },
    { "anthropic", START "{'type':'error','error':{'type':'rate_limit_error'}}\n",
            SC_BUSY, true, "slow down" },
    { "anthropic",
            START "{'type':'error','error':{'type':'billing_error','message':'no'}}\n",
            SC_BUDGET, false, "no credit" },
    { "anthropic", START TEXT, SC_PROTOCOL, true, "broke off" },
    { "anthropic",
            START
            "{'type':'message_delta','delta':{'stop_reason':'refusal'},'usage':{}}\n",
            SC_INVALID, false, "content filter" },
    { "anthropic",
            START "{'type':'message_delta','delta':{'stop_reason':"
                  "'model_context_window_exceeded'},'usage':{}}\n",
            SC_INVALID, false, "longer than m can read" },
    { "gemini", "{'promptFeedback':{'blockReason':'SAFETY'}}\n", SC_INVALID, false,
            "content filter" },
    { "gemini", "{'candidates':[{'content':{},'finishReason':'PROHIBITED_CONTENT'}]}\n",
            SC_INVALID, false, "content filter" },
    { "gemini",
            "{'candidates':[{'content':{},'finishReason':'MALFORMED_FUNCTION_CALL'}]}\n",
            SC_PROTOCOL, true, "garbled its call" },
    { "gemini", "{'candidates':[{'content':{'parts':[{'text':'half'}]}}]}\n", SC_PROTOCOL,
            true, "broke off" },
    { "gemini",
            "{'error':{'code':503,'status':'UNAVAILABLE','message':'overloaded now'}}\n",
            SC_UNAVAILABLE, true, "h failed" },
    { "openai-responses", "{'type':'error','code':'server_error','message':'oops'}\n",
            SC_UNAVAILABLE, true, "h failed" },
    { "openai-responses", "{'type':'error','error':{'code':'rate_limit_exceeded'}}\n",
            SC_BUSY, true, "slow down" },
    { "openai-responses",
            "{'type':'response.failed','response':{'status':'failed','error':{'code':"
            "'insufficient_quota','message':'x'}}}\n",
            SC_BUDGET, false, "no credit" },
    { "openai-responses", "{'type':'response.output_text.delta','delta':'half'}\n",
            SC_PROTOCOL, true, "broke off" },
    { "openai-responses",
            "{'type':'response.incomplete','response':{'status':'incomplete',"
            "'incomplete_details':{'reason':'content_filter'}}}\n",
            SC_INVALID, false, "content filter" },
    { "anthropic", "<html>busy</html>\n", SC_PROTOCOL, false, "web page" },
};

static void what_is_no_answer_is_an_error_of_its_kind(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(bad_replies) / sizeof(*bad_replies); i++) {
        const struct bad *bad = &bad_replies[i];
        struct replies r;

        feed(&r, bad->provider, bad->payloads);
        if (r.code != bad->code || r.err.retryable != bad->retryable ||
                !strstr(r.err.msg, bad->says))
            fail_msg("%zu: %s %d: %s", i, sc_code_word(r.code), r.err.retryable,
                    r.err.msg);
        stop(&r);
    }
}

static void an_answer_cut_at_its_limit_is_an_answer(void **state)
{
    struct replies r;
    const struct sc_model_reply *reply = feed(&r, "openai-responses",
            "{'type':'response.output_text.delta','delta':'half'}\n"
            "{'type':'response.incomplete','response':{'status':'incomplete',"
            "'incomplete_details':{'reason':'max_output_tokens'}}}\n");

    (void)state;
    assert_int_equal(r.code, SC_OK);
    assert_string_equal(reply->text, "half");
    assert_string_equal(reply->finish, "max_output_tokens");
    stop(&r);
}

/* Parts without text are a long reply too. */
static void endless_parts_are_stopped(void **state)
{
    struct replies r;
    static const char part[] = "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"\","
                               "\"thoughtSignature\":\"x\"}]}}]}";

    (void)state;
    begin(&r, "gemini");
    for (size_t i = 0; i < 200000 && r.code == SC_OK; i++)
        r.code = sc_parser_feed(r.parser, part, sizeof(part) - 1, &r.err);
    finish(&r);
    assert_int_equal(r.code, SC_PROTOCOL);
    assert_non_null(strstr(r.err.msg, "longer than"));
    stop(&r);
}

static void a_refusal_of_gemini_tells_when_to_come_back(void **state)
{
    static const char body[] =
            "[{\"error\":{\"code\":429,\"status\":\"RESOURCE_EXHAUSTED\",\"message\":"
            "\"q\","
            "\"details\":[{\"@type\":\"x/RetryInfo\",\"retryDelay\":\"17s\"}]}}]";
    struct sc_model_source source = { .host = "h", .model = "m", .key_name = "K" };
    struct sc_error err;

    (void)state;
    assert_int_equal(
            sc_failure_of_status(&source, 429, body, sizeof(body) - 1, &err), SC_BUSY);
    assert_int_equal(err.retry_after_ms, 17000);
}

/* --- the table of providers --- */

static void every_provider_is_complete(void **state)
{
    (void)state;
    for (size_t i = 0; sc_profile_at(i); i++) {
        const struct sc_profile *row = sc_profile_at(i);

        assert_non_null(row->format);
        assert_non_null(row->purses[0].variable);
        assert_ptr_equal(sc_profile_of_id(row->id, strlen(row->id)), row);
        if (row->format == &sc_format_chat)
            assert_non_null(row->max_tokens_field);
        if (row->url && strncmp(row->url, "http://localhost", 16) != 0)
            assert_non_null(strstr(row->url, row->host));
        if (row->purses[1].variable)
            assert_string_equal(row->purses[1].word, "pay-per-use");
    }
    assert_null(sc_profile_of_id("nobody", 6));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(messages_requests_have_their_form_and_two_cache_marks),
        T(gemini_requests_have_their_form),
        T(responses_requests_have_their_form),
        T(a_single_turn_marks_only_what_stays_the_same),
        T(an_answer_is_held_to_a_schema_as_each_provider_can),
        T(responses_requests_are_valid_by_openais_schema),
        T(the_second_anthropic_request_is_as_recorded),
        T(the_second_gemini_request_has_the_recorded_shape),
        T(thoughts_go_back_to_who_had_them_and_to_nobody_else),
        T(a_turn_of_another_provider_with_the_same_format_is_told_in_words),
        T(pieces_of_arguments_are_told_as_they_come),
        T(anthropic_counts_what_came_from_the_cache_apart),
        T(what_is_no_answer_is_an_error_of_its_kind),
        T(an_answer_cut_at_its_limit_is_an_answer),
        T(endless_parts_are_stopped),
        T(a_refusal_of_gemini_tells_when_to_come_back),
        T(every_provider_is_complete),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
