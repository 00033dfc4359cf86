#include "app/model_test.h"

#include <string.h>

#include "app/models.h"
#include "app/print.h"
#include "app/say.h"
#include "base/mem.h"
#include "model/model.h"

enum { MOST_TOKENS = 1024, MICRO = 1000000, TEXT_MAX = 200 };

#define TOOL "report_word"

static const char question[] = "Call the tool " TOOL " with the word \"ready\".";
static const char tools[] = "[{\"name\":\"" TOOL "\",\"description\":\"Reports a word.\","
                            "\"parameters\":{\"type\":\"object\",\"properties\":{\"word\""
                            ":{\"type\":\"string\"}},\"required\":[\"word\"],"
                            "\"additionalProperties\":false}}]";

struct test {
    const struct sc_app *app;
    struct sc_model *model;
    int64_t start_ms, first_ms, end_ms; /* first: 0 until a piece came */
    struct sc_json *reply;              /* as sc_model_reply_to_json makes it */
    bool streamed;
    struct sc_error err;
    bool done;
};

static void on_piece(struct test *test)
{
    if (!test->first_ms)
        test->first_ms = test->app->clock->mono_ms(test->app->clock);
}

static void on_text(void *arg, const char *text, size_t len)
{
    (void)text, (void)len;
    on_piece(arg);
}

static void on_arguments(
        void *arg, size_t call, const char *name, const char *text, size_t len)
{
    (void)call, (void)name, (void)text, (void)len;
    on_piece(arg);
}

static void on_done(struct sc_op *op, const struct sc_error *err)
{
    struct test *test = op->arg;

    test->end_ms = test->app->clock->mono_ms(test->app->clock);
    if (err) {
        test->err = *err;
    } else {
        test->reply = sc_model_reply_to_json(test->model->reply(op));
        test->streamed = test->model->reply(op)->streamed;
    }
    test->done = true;
}

static void ask(struct sc_app *app, struct test *test)
{
    struct sc_json *messages = sc_json_new_array(), *message;
    struct sc_json *offered = sc_json_parse(tools, sizeof(tools) - 1, NULL, NULL);
    struct sc_model_request request = { .messages = messages,
        .tools = offered,
        .force_tool = TOOL,
        .max_output_tokens = MOST_TOKENS,
        .on_text = on_text,
        .on_arguments = on_arguments,
        .on_arg = test };

    message = sc_json_append(messages, sc_json_new_object());
    sc_json_set_string(message, "role", "user");
    sc_json_set_string(message, "content", question);
    test->start_ms = app->clock->mono_ms(app->clock);
    test->model->start(test->model, &app->scope, &request, on_done, test);
    sc_json_free(messages);
    sc_json_free(offered);
    sc_app_wait(app, &test->done);
}

/* --- telling --- */

static bool called_the_tool(const struct sc_json *reply)
{
    const struct sc_json *call = sc_json_first(sc_json_get(reply, "calls"));
    const char *arguments = sc_json_get_string(call, "arguments", "");

    return strcmp(sc_json_get_string(call, "name", ""), TOOL) == 0 &&
           strstr(arguments, "ready");
}

/* The model refuses tools, or called as text. */
static bool wrote_the_call(const struct sc_json *reply)
{
    const struct sc_json *native = sc_json_get(sc_json_get(reply, "native"), "native");

    return sc_json_get_bool(reply, "in_words", false) ||
           strcmp(sc_json_get_string(native, "format", ""), "text") == 0;
}

static struct sc_json *outcome(const struct test *test)
{
    struct sc_json *json = sc_json_new_object();

    sc_json_set_string(json, "model", test->model->name(test->model));
    sc_json_set_int(json, "latency_ms", test->end_ms - test->start_ms);
    if (test->first_ms)
        sc_json_set_int(json, "first_piece_ms", test->first_ms - test->start_ms);
    sc_json_set_bool(json, "tools", called_the_tool(test->reply));
    sc_json_set_bool(json, "tools_in_words", wrote_the_call(test->reply));
    sc_json_set_bool(json, "streamed", test->streamed);
    sc_json_set_string(json, "purse", sc_json_get_string(test->reply, "purse", ""));
    sc_json_set_string(json, "text", sc_json_get_string(test->reply, "text", ""));
    sc_json_set(json, "usage", sc_json_copy(sc_json_get(test->reply, "usage")));
    return json;
}

static void print_yes_or_no(
        const struct sc_app *app, enum sc_say what, const struct sc_json *answer)
{
    printf("  %s: %s\n", sc_say(app->language, what),
            sc_say(app->language, sc_json_true(answer) ? SC_SAY_YES : SC_SAY_NO));
}

static void print_cost(const struct sc_app *app, const struct sc_json *usage)
{
    int64_t micro = sc_json_get_int(usage, "cost_micro", 0);

    printf("  %lld + %lld %s\n", (long long)sc_json_get_int(usage, "input_tokens", 0),
            (long long)sc_json_get_int(usage, "output_tokens", 0),
            sc_say(app->language, SC_SAY_TOKENS));
    printf("  %s: %s%s%lld.%06lld USD\n", sc_say(app->language, SC_SAY_COST),
            sc_json_get_bool(usage, "cost_known", false)
                    ? ""
                    : sc_say(app->language, SC_SAY_AT_MOST),
            sc_json_get_bool(usage, "cost_known", false) ? "" : " ",
            (long long)(micro / MICRO), (long long)(micro % MICRO));
}

static void print_outcome(const struct sc_app *app, const struct sc_json *json)
{
    const char *purse = sc_json_get_string(json, "purse", "");
    const char *text = sc_json_get_string(json, "text", "");

    sc_print_line(stdout, "", sc_json_get_string(json, "model", ""));
    printf("  %s: %lld ms\n", sc_say(app->language, SC_SAY_LATENCY),
            (long long)sc_json_get_int(json, "latency_ms", 0));
    print_yes_or_no(app, SC_SAY_TOOL_CALLS, sc_json_get(json, "tools"));
    if (sc_json_get_bool(json, "tools_in_words", false))
        print_yes_or_no(app, SC_SAY_IN_WORDS, sc_json_get(json, "tools_in_words"));
    print_yes_or_no(app, SC_SAY_STREAMED, sc_json_get(json, "streamed"));
    print_cost(app, sc_json_get(json, "usage"));
    if (*purse)
        printf("  %s: %s\n", sc_say(app->language, SC_SAY_PAID_BY), purse);
    if (*text) {
        printf("  %s: ", sc_say(app->language, SC_SAY_TEXT));
        sc_print_short(stdout, text, TEXT_MAX);
        putchar('\n');
    }
}

static int tell(const struct test *test)
{
    const struct sc_app *app = test->app;
    struct sc_json *json;

    if (!test->reply)
        return sc_app_fail(app->options, &test->err);
    json = outcome(test);
    if (app->options->json)
        sc_print_json(stdout, json);
    else
        print_outcome(app, json);
    sc_json_free(json);
    return SC_EXIT_DONE;
}

int sc_model_test(struct sc_app *app)
{
    const char *words = sc_options_word(app->options, 1);
    struct test test = { .app = app };
    struct sc_app_model *chosen;
    struct sc_error err;
    int code;

    chosen = sc_app_model_new(app, *words ? words : NULL, &err);
    if (!chosen)
        return sc_app_fail(app->options, &err);
    test.model = chosen->model;
    if (test.model) {
        ask(app, &test);
        code = tell(&test);
    } else {
        sc_fail(&err, SC_NOT_FOUND,
                "no model is configured: set a provider's key; supercargo model list "
                "shows all");
        code = sc_app_fail(app->options, &err);
    }
    sc_json_free(test.reply);
    sc_app_model_free(chosen);
    return code;
}
