#include "tool/tool.h"

#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "base/mem.h"
#include "tool/descriptor.h"

enum {
    DEFAULT_TIMEOUT_MS = 60 * 1000,
    DEFAULT_ATTEMPTS = 3, /* of none and read, whose repetition harms nobody */
    DEFAULT_WAIT_MS = 1000,
    DEFAULT_MAX_WAIT_MS = 60 * 1000,
    VERSION_LEN = 16,
    MAX_LANGUAGE = 16,
};

/* What sc_tool points to, in the form that can be freed. */
struct own_tool {
    struct sc_tool tool;
    struct sc_json *descriptor;
    char *version;
};

static const char *const effect_words[] = { "none", "read", "write", "spend" };

const char *sc_effect_word(enum sc_effect effect)
{
    return effect_words[effect];
}

static enum sc_effect effect_of(const char *word)
{
    size_t i = 0;

    while (strcmp(effect_words[i], word) != 0)
        i++;
    return (enum sc_effect)i;
}

static int64_t ms_of(const struct sc_json *object, const char *name, int64_t otherwise)
{
    double seconds;

    if (!sc_json_double(sc_json_get(object, name), &seconds))
        return otherwise;
    return (int64_t)(seconds * 1000 + 0.5);
}

static enum sc_idempotent idempotent_of(
        const struct sc_json *descriptor, enum sc_effect effect)
{
    const struct sc_json *value = sc_json_get(descriptor, "idempotent");

    if (!value)
        return effect <= SC_EFFECT_READ ? SC_IDEMPOTENT_YES : SC_IDEMPOTENT_NO;
    if (sc_json_is(value, SC_JSON_STRING))
        return SC_IDEMPOTENT_KEY;
    return sc_json_true(value) ? SC_IDEMPOTENT_YES : SC_IDEMPOTENT_NO;
}

static struct sc_retry retry_of(const struct sc_json *descriptor, enum sc_effect effect)
{
    const struct sc_json *retry = sc_json_get(descriptor, "retry");
    int64_t otherwise = effect <= SC_EFFECT_READ ? DEFAULT_ATTEMPTS : 1;

    return (struct sc_retry){
        .attempts = (int)sc_json_get_int(retry, "attempts", otherwise),
        .wait_ms = ms_of(retry, "wait", DEFAULT_WAIT_MS),
        .max_wait_ms = ms_of(retry, "max_wait", DEFAULT_MAX_WAIT_MS),
    };
}

/* A computing tool passes on the label of its arguments, so it is believed unless it
 * says otherwise; what reads the world is not. */
static bool trusted_of(const struct sc_json *descriptor, enum sc_effect effect)
{
    const char *otherwise = effect == SC_EFFECT_NONE ? "trusted" : "untrusted";

    return strcmp(sc_json_get_string(descriptor, "trust", otherwise), "trusted") == 0;
}

static char *version_of(const struct sc_json *descriptor)
{
    const char *given = sc_json_get_string(descriptor, "version", NULL);
    char hex[SC_HASH_TEXT];

    if (given)
        return sc_strndup(given, strnlen(given, VERSION_LEN));
    sc_json_hash(descriptor, hex);
    return sc_strndup(hex, VERSION_LEN);
}

static void free_tool(struct own_tool *own)
{
    sc_schema_free(own->tool.params);
    sc_schema_free(own->tool.returns);
    sc_json_free(own->descriptor);
    free(own->version);
    free(own);
}

static struct sc_schema *compile(const struct sc_json *descriptor, const char *field,
        const char *name, struct sc_error *err)
{
    const struct sc_schema_options options = { .assert_format = true };
    struct sc_schema *schema =
            sc_schema_new(sc_json_get(descriptor, field), &options, err);

    if (!schema)
        sc_wrap(err, "tool '%s': field '%s'", name, field);
    return schema;
}

/* All but what can fail. */
static void fill(struct sc_tool *tool, const struct sc_json *descriptor)
{
    tool->refs = 1;
    tool->descriptor = descriptor;
    tool->name = sc_json_get_string(descriptor, "name", "");
    tool->effect = effect_of(sc_json_get_string(descriptor, "effect", "none"));
    tool->idempotent = idempotent_of(descriptor, tool->effect);
    tool->timeout_ms = ms_of(descriptor, "timeout", DEFAULT_TIMEOUT_MS);
    tool->retry = retry_of(descriptor, tool->effect);
    tool->returns_trusted = trusted_of(descriptor, tool->effect);
}

struct sc_tool *sc_tool_new(struct sc_json *take_descriptor,
        const struct sc_tool_class *cls, void *impl, struct sc_error *err)
{
    struct own_tool *own;
    struct sc_tool *tool;

    if (sc_descriptor_check(take_descriptor, err))
        return NULL;
    own = sc_new(struct own_tool);
    tool = &own->tool;
    fill(tool, take_descriptor);
    tool->version = own->version = version_of(take_descriptor);
    tool->cls = cls;
    tool->impl = impl;
    tool->params = compile(take_descriptor, "params", tool->name, err);
    if (tool->params)
        tool->returns = compile(take_descriptor, "returns", tool->name, err);
    if (!tool->returns) {
        free_tool(own); /* the descriptor stays the caller's */
        return NULL;
    }
    own->descriptor = take_descriptor;
    return tool;
}

struct sc_tool *sc_tool_ref(struct sc_tool *tool)
{
    tool->refs++;
    return tool;
}

void sc_tool_unref(struct sc_tool *tool)
{
    if (!tool || --tool->refs > 0)
        return;
    if (tool->cls && tool->cls->release)
        tool->cls->release(tool);
    if (tool->preview && tool->preview->release)
        tool->preview->release(tool);
    free_tool(sc_container_of(tool, struct own_tool, tool));
}

static const char *text_in(
        const struct sc_json *texts, const char *language, const char *field)
{
    return sc_json_get_string(sc_json_get(texts, language), field, NULL);
}

const char *sc_tool_text(
        const struct sc_tool *tool, const char *field, const char *language)
{
    const struct sc_json *texts = sc_json_get(tool->descriptor, "texts");
    const char *text = language ? text_in(texts, language, field) : NULL;
    char plain[MAX_LANGUAGE];
    size_t len = language ? strcspn(language, "-_") : 0;

    if (!text && len && len < sizeof(plain)) {
        memcpy(plain, language, len);
        plain[len] = '\0';
        text = text_in(texts, plain, field);
    }
    return text ? text : sc_json_get_string(tool->descriptor, field, "");
}

struct sc_op *sc_tool_start(struct sc_tool *tool, struct sc_scope *scope,
        const struct sc_tool_call *call, sc_op_done_fn *done, void *arg)
{
    return tool->cls->start(tool, scope, call, done, arg);
}

struct sc_tool_outcome *sc_tool_outcome(struct sc_tool *tool, struct sc_op *op)
{
    return tool->cls->outcome(op);
}
