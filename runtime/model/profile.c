#include "model/profile.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#define MAX_TOKENS     "max_tokens"
#define MAX_COMPLETION "max_completion_tokens"

static const struct sc_profile profiles[] = {
    /* host, provider, key, max tokens, force, usage, parallel, reasoning, extra */
    { "api.openai.com", NULL, "OPENAI_API_KEY", MAX_COMPLETION, SC_FORCE_NAMED, true,
            false, false, NULL },
    { "aliyuncs.com", "dashscope", "DASHSCOPE_API_KEY", MAX_TOKENS, SC_FORCE_NONE, true,
            true, false, NULL },
    { "volces.com", "volcengine", "ARK_API_KEY", MAX_TOKENS, SC_FORCE_NONE, true, false,
            false, NULL },
    { "api.deepseek.com", "deepseek", "DEEPSEEK_API_KEY", MAX_TOKENS, SC_FORCE_NONE, true,
            false, true, NULL },
    { "moonshot.cn", "moonshot", "MOONSHOT_API_KEY", MAX_COMPLETION, SC_FORCE_NONE, true,
            false, false, NULL },
    { "moonshot.ai", "moonshot", "MOONSHOT_API_KEY", MAX_COMPLETION, SC_FORCE_NONE, true,
            false, false, NULL },
    { "bigmodel.cn", "zai", "ZHIPUAI_API_KEY", MAX_TOKENS, SC_FORCE_NONE, true, false,
            false, "\"tool_stream\":true" },
    { "z.ai", "zai", "ZAI_API_KEY", MAX_TOKENS, SC_FORCE_NONE, true, false, false,
            "\"tool_stream\":true" },
    { "minimaxi.com", "minimax", "MINIMAX_API_KEY", MAX_COMPLETION, SC_FORCE_NONE, true,
            false, false, NULL },
    { "minimax.io", "minimax", "MINIMAX_API_KEY", MAX_COMPLETION, SC_FORCE_NONE, true,
            false, false, NULL },
    { "xf-yun.com", NULL, "SPARK_API_KEY", MAX_TOKENS, SC_FORCE_NONE, true, false, false,
            NULL },
    { "openrouter.ai", "openrouter", "OPENROUTER_API_KEY", MAX_TOKENS, SC_FORCE_NAMED,
            true, false, false, NULL },
    { "api.x.ai", NULL, "XAI_API_KEY", MAX_TOKENS, SC_FORCE_NAMED, true, false, false,
            NULL },
    { "localhost", "ollama", "OPENAI_API_KEY", MAX_TOKENS, SC_FORCE_REQUIRED, true, true,
            false, NULL },
    { "127.0.0.1", "ollama", "OPENAI_API_KEY", MAX_TOKENS, SC_FORCE_REQUIRED, true, true,
            false, NULL },
    { "", NULL, "OPENAI_API_KEY", MAX_TOKENS, SC_FORCE_REQUIRED, true, false, false,
            NULL },
};

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
