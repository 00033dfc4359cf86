#include "model/profile.h"

#include <string.h>
#include <strings.h>

#include "model/format.h"

#define MAX_TOKENS     "max_tokens"
#define MAX_COMPLETION "max_completion_tokens"

#define ONE_KEY(variable)         \
    {                             \
        { (variable), "", NULL }, \
        {                         \
            NULL, NULL, NULL      \
        }                         \
    }
#define TWO_KEYS(plan, plan_url, key)           \
    {                                           \
        { (plan), "subscription", (plan_url) }, \
        {                                       \
            (key), "pay-per-use", NULL          \
        }                                       \
    }

/* Of one vendor the international address stands after the one at home; both take keys
 * of their own. */
static const struct sc_profile profiles[] = {
    { .id = "openai",
            .url = "https://api.openai.com/v1",
            .host = "api.openai.com",
            .model = "gpt-5.6",
            .embed = { &sc_format_embeddings, "text-embedding-3-small", 0 },
            .format = &sc_format_chat,
            .purses = ONE_KEY("OPENAI_API_KEY"),
            .max_tokens_field = MAX_COMPLETION,
            .force = SC_FORCE_NAMED,
            .schema = SC_SCHEMA_STRICT,
            .stream_usage = true,
            .own_members = true,
            .cache_key = true },
    { .id = "openai-responses",
            .url = "https://api.openai.com/v1",
            .host = "api.openai.com",
            .model = "gpt-5.6",
            .embed = { &sc_format_embeddings, "text-embedding-3-small", 0 },
            .format = &sc_format_responses,
            .purses = ONE_KEY("OPENAI_API_KEY"),
            .force = SC_FORCE_NAMED,
            .schema = SC_SCHEMA_STRICT,
            .cache_key = true },
    { .id = "anthropic",
            .url = "https://api.anthropic.com/v1",
            .host = "api.anthropic.com",
            .prices = "anthropic",
            .model = "claude-sonnet-5",
            .format = &sc_format_messages,
            .purses = ONE_KEY("ANTHROPIC_API_KEY"),
            .force = SC_FORCE_NAMED,
            .schema = SC_SCHEMA_STRICT },
    { .id = "gemini",
            .url = "https://generativelanguage.googleapis.com/v1beta",
            .host = "generativelanguage.googleapis.com",
            .prices = "gemini",
            .model = "gemini-3.6-flash",
            .embed = { &sc_format_gemini_embeddings, "gemini-embedding-001", 0 },
            .format = &sc_format_gemini,
            .purses = ONE_KEY("GEMINI_API_KEY"),
            .force = SC_FORCE_NAMED,
            .schema = SC_SCHEMA_STRICT },
    { .id = "dashscope",
            .url = "https://dashscope.aliyuncs.com/compatible-mode/v1",
            .host = "aliyuncs.com",
            .prices = "dashscope",
            .model = "qwen3.7-plus",
            .embed = { &sc_format_embeddings, "text-embedding-v4", 10 },
            .format = &sc_format_chat,
            .purses = ONE_KEY("DASHSCOPE_API_KEY"),
            .max_tokens_field = MAX_TOKENS,
            .schema = SC_SCHEMA_OBJECT,
            .stream_usage = true,
            .parallel_calls = true },
    { .id = "ark",
            .url = "https://ark.cn-beijing.volces.com/api/v3",
            .host = "volces.com",
            .prices = "volcengine",
            .model = "doubao-seed-2-0-pro-260215",
            .embed = { &sc_format_embeddings, NULL, 0 },
            .format = &sc_format_chat,
            .purses = TWO_KEYS("ARK_PLAN_API_KEY",
                    "https://ark.cn-beijing.volces.com/api/coding/v3", "ARK_API_KEY"),
            .max_tokens_field = MAX_TOKENS,
            .stream_usage = true },
    { .id = "deepseek",
            .url = "https://api.deepseek.com/v1",
            .host = "api.deepseek.com",
            .prices = "deepseek",
            .model = "deepseek-v4-pro",
            .format = &sc_format_chat,
            .purses = ONE_KEY("DEEPSEEK_API_KEY"),
            .max_tokens_field = MAX_TOKENS,
            .schema = SC_SCHEMA_OBJECT,
            .stream_usage = true,
            .needs_reasoning = true },
    { .id = "moonshot",
            .url = "https://api.moonshot.cn/v1",
            .host = "moonshot.cn",
            .prices = "moonshot",
            .model = "kimi-k3",
            .format = &sc_format_chat,
            .purses = ONE_KEY("MOONSHOT_API_KEY"),
            .max_tokens_field = MAX_COMPLETION,
            .schema = SC_SCHEMA_STRICT,
            .stream_usage = true },
    { .id = "moonshot-intl",
            .url = "https://api.moonshot.ai/v1",
            .host = "moonshot.ai",
            .prices = "moonshot",
            .model = "kimi-k3",
            .format = &sc_format_chat,
            .purses = ONE_KEY("MOONSHOT_INTL_API_KEY"),
            .max_tokens_field = MAX_COMPLETION,
            .schema = SC_SCHEMA_STRICT,
            .stream_usage = true },
    { .id = "zhipu",
            .url = "https://open.bigmodel.cn/api/paas/v4",
            .host = "bigmodel.cn",
            .prices = "zai",
            .model = "glm-5.2",
            .embed = { &sc_format_embeddings, "embedding-3", 0 },
            .format = &sc_format_chat,
            .purses = TWO_KEYS("ZHIPUAI_PLAN_API_KEY",
                    "https://open.bigmodel.cn/api/coding/paas/v4", "ZHIPUAI_API_KEY"),
            .max_tokens_field = MAX_TOKENS,
            .schema = SC_SCHEMA_OBJECT,
            .stream_usage = true,
            .extra = "\"tool_stream\":true" },
    { .id = "zai",
            .url = "https://api.z.ai/api/paas/v4",
            .host = "z.ai",
            .prices = "zai",
            .model = "glm-5.2",
            .format = &sc_format_chat,
            .purses = TWO_KEYS("ZAI_PLAN_API_KEY", "https://api.z.ai/api/coding/paas/v4",
                    "ZAI_API_KEY"),
            .max_tokens_field = MAX_TOKENS,
            .schema = SC_SCHEMA_OBJECT,
            .stream_usage = true,
            .extra = "\"tool_stream\":true" },
    { .id = "minimax",
            .url = "https://api.minimaxi.com/v1",
            .host = "minimaxi.com",
            .prices = "minimax",
            .model = "MiniMax-M3",
            .format = &sc_format_chat,
            .purses = TWO_KEYS("MINIMAX_PLAN_API_KEY", NULL, "MINIMAX_API_KEY"),
            .max_tokens_field = MAX_COMPLETION,
            .stream_usage = true },
    { .id = "minimax-intl",
            .url = "https://api.minimax.io/v1",
            .host = "minimax.io",
            .prices = "minimax",
            .model = "MiniMax-M3",
            .format = &sc_format_chat,
            .purses = TWO_KEYS("MINIMAX_INTL_PLAN_API_KEY", NULL, "MINIMAX_INTL_API_KEY"),
            .max_tokens_field = MAX_COMPLETION,
            .stream_usage = true },
    { .id = "spark",
            .url = "https://spark-api-open.xf-yun.com/v2",
            .host = "xf-yun.com",
            .model = "spark-x",
            .format = &sc_format_chat,
            .purses = ONE_KEY("SPARK_API_KEY"),
            .max_tokens_field = MAX_TOKENS,
            .stream_usage = true },
    { .id = "openrouter",
            .url = "https://openrouter.ai/api/v1",
            .host = "openrouter.ai",
            .prices = "openrouter",
            .format = &sc_format_chat,
            .purses = ONE_KEY("OPENROUTER_API_KEY"),
            .max_tokens_field = MAX_TOKENS,
            .force = SC_FORCE_NAMED,
            .schema = SC_SCHEMA_STRICT,
            .stream_usage = true },
    { .id = "xai",
            .url = "https://api.x.ai/v1",
            .host = "api.x.ai",
            .prices = "xai",
            .model = "grok-4",
            .format = &sc_format_chat,
            .purses = ONE_KEY("XAI_API_KEY"),
            .max_tokens_field = MAX_TOKENS,
            .force = SC_FORCE_NAMED,
            .schema = SC_SCHEMA_STRICT,
            .stream_usage = true },
    /* No public address of its own is known: its models run at others and at home. */
    { .id = "skywork",
            .host = "skywork.ai",
            .format = &sc_format_chat,
            .purses = ONE_KEY("SKYWORK_API_KEY"),
            .max_tokens_field = MAX_TOKENS,
            .force = SC_FORCE_REQUIRED,
            .stream_usage = true },
    /* Servers on this machine need no key; the address tells which one it is. */
    { .id = "ollama",
            .url = "http://localhost:11434/v1",
            .host = "localhost",
            .prices = "ollama",
            .embed = { &sc_format_embeddings, NULL, 0 },
            .format = &sc_format_chat,
            .purses = ONE_KEY("OLLAMA_API_KEY"),
            .max_tokens_field = MAX_TOKENS,
            .force = SC_FORCE_REQUIRED,
            .schema = SC_SCHEMA_STRICT,
            .stream_usage = true,
            .parallel_calls = true },
    { .id = "llama.cpp",
            .url = "http://localhost:8080/v1",
            .host = "127.0.0.1",
            .prices = "ollama",
            .embed = { &sc_format_embeddings, NULL, 0 },
            .format = &sc_format_chat,
            .purses = ONE_KEY("LLAMA_API_KEY"),
            .max_tokens_field = MAX_TOKENS,
            .force = SC_FORCE_REQUIRED,
            .schema = SC_SCHEMA_STRICT,
            .stream_usage = true,
            .parallel_calls = true },
    { .id = "vllm",
            .url = "http://localhost:8000/v1",
            .host = "127.0.0.1",
            .prices = "ollama",
            .embed = { &sc_format_embeddings, NULL, 0 },
            .format = &sc_format_chat,
            .purses = ONE_KEY("VLLM_API_KEY"),
            .max_tokens_field = MAX_TOKENS,
            .force = SC_FORCE_NAMED,
            .schema = SC_SCHEMA_STRICT,
            .stream_usage = true,
            .parallel_calls = true },
    { .id = "generic",
            .host = "",
            .embed = { &sc_format_embeddings, NULL, 0 },
            .format = &sc_format_chat,
            .purses = ONE_KEY("OPENAI_API_KEY"),
            .max_tokens_field = MAX_TOKENS,
            .force = SC_FORCE_REQUIRED,
            .stream_usage = true },
};

enum { PROFILES = sizeof(profiles) / sizeof(*profiles) };

/* "z.ai" fits "api.z.ai" and "z.ai", not "xyz.ai". */
static bool fits(const char *host, const char *tail)
{
    size_t len = strlen(host), tail_len = strlen(tail);

    if (tail_len == 0)
        return true;
    if (len < tail_len || strcasecmp(host + len - tail_len, tail) != 0)
        return false;
    return len == tail_len || host[len - tail_len - 1] == '.';
}

const struct sc_profile *sc_profile_of_host(const char *host)
{
    const struct sc_profile *row = profiles;

    while (!fits(host, row->host))
        row++;
    return row;
}

const struct sc_profile *sc_profile_of_id(const char *id, size_t len)
{
    for (size_t i = 0; i < PROFILES; i++)
        if (strlen(profiles[i].id) == len && memcmp(profiles[i].id, id, len) == 0)
            return &profiles[i];
    return NULL;
}

const struct sc_profile *sc_profile_at(size_t index)
{
    return index < PROFILES ? &profiles[index] : NULL;
}
