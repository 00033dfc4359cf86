/* effect_peer LOG: a shop whose effects can be counted.
 *
 * Purpose:   prove in crash tests that an effect happened exactly once, or at most once.
 * Contract:  POST /effect/NAME performs the effect of the Idempotency-Key header: one
 *            line "NAME KEY BODY" is appended to LOG (and synced) and {"id":N,"key":…,
 *            "repeated":false} is answered. The same NAME and key again performs nothing
 *            and answers the first id with "repeated":true. Without a key every call
 *            performs. LOG outlives the process: keys in it are known at the start. The
 *            query says how the answer goes wrong, after the effect:
 *              ?delay=MS  it comes late      ?lose=1  the connection closes without it
 *              ?status=N  it has that status ?before=1 (with lose) close before acting
 *            GET /effect/NAME?key=KEY answers {"happened":true,"id":N} or
 *            {"happened":false}. GET /count answers the number of effects.
 *            Prints its port and a newline; ends when its standard input closes.
 * Thread:    loop.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/mem.h"
#include "codec/json.h"
#include "fakes/http_peer.h"
#include "fakes/peer_program.h"

enum { NAME_MAX_LEN = 200, LINE_MAX_LEN = 64 * 1024 };

struct shop {
    int log;
    struct sc_map ids; /* "NAME KEY" -> effect */
    int count;
};

struct effect {
    int id;
};

/* One call, cut into its parts. */
struct call {
    char name[NAME_MAX_LEN];
    char key[NAME_MAX_LEN];
    int64_t delay_ms;
    int status;
    bool lose, before;
};

/* An answer that waits. */
struct late {
    int status;
    struct sc_buf body;
};

/* --- the log --- */

static struct effect *remember(struct shop *shop, const char *name, const char *key)
{
    struct effect *effect = sc_new(struct effect);
    char *known;

    effect->id = ++shop->count;
    /* Without a key each is another. */
    known = *key ? sc_strdupf("%s %s", name, key)
                 : sc_strdupf("%s #%d", name, effect->id);
    free(sc_map_set(&shop->ids, known, effect));
    free(known);
    return effect;
}

static void read_log(struct shop *shop, const char *path)
{
    FILE *file = fopen(path, "r");
    char *line = sc_zalloc(LINE_MAX_LEN);

    while (file && fgets(line, LINE_MAX_LEN, file)) {
        char *name = line, *key = strchr(line, ' ');

        if (!key)
            continue;
        *key++ = '\0';
        key[strcspn(key, " \n")] = '\0';
        remember(shop, name, strcmp(key, "-") == 0 ? "" : key);
    }
    if (file)
        fclose(file);
    free(line);
}

static struct effect *perform(
        struct shop *shop, const struct call *call, const struct peer_request *request)
{
    struct sc_buf line;
    ssize_t n;

    sc_buf_init(&line);
    sc_buf_addf(&line, "%s %s ", call->name, *call->key ? call->key : "-");
    sc_buf_add(&line, request->body, request->body_len);
    for (size_t i = 0; i < line.len; i++)
        if (line.data[i] == '\n')
            line.data[i] = ' ';
    sc_buf_addc(&line, '\n');
    n = write(shop->log, line.data, line.len);
    SC_ASSERT(n == (ssize_t)line.len && fsync(shop->log) == 0);
    sc_buf_release(&line);
    return remember(shop, call->name, call->key);
}

/* --- calls --- */

static bool is_named(const char *option, size_t len, const char *name)
{
    return strlen(name) == len && strncmp(option, name, len) == 0;
}

static void read_option(struct call *call, const char *option)
{
    const char *equals = strchr(option, '=');
    size_t len = equals ? (size_t)(equals - option) : strlen(option);
    const char *value = equals ? equals + 1 : "";

    if (is_named(option, len, "delay"))
        call->delay_ms = strtol(value, NULL, 10);
    else if (is_named(option, len, "status"))
        call->status = (int)strtol(value, NULL, 10);
    else if (is_named(option, len, "lose"))
        call->lose = true;
    else if (is_named(option, len, "before"))
        call->before = true;
    else if (is_named(option, len, "key"))
        snprintf(call->key, sizeof(call->key), "%s", value);
}

static bool read_call(const struct peer_request *request, struct call *ret_call)
{
    static const char prefix[] = "/effect/";
    const char *name = request->path + sizeof(prefix) - 1;
    char *query, *at, *option;

    *ret_call = (struct call){ .status = 200 };
    if (strncmp(request->path, prefix, sizeof(prefix) - 1) != 0)
        return false;
    snprintf(ret_call->name, sizeof(ret_call->name), "%.*s", (int)strcspn(name, "?"),
            name);
    peer_header(request, "Idempotency-Key", ret_call->key, sizeof(ret_call->key));
    query = sc_strdup(strchr(name, '?') ? strchr(name, '?') + 1 : "");
    for (at = query; (option = strsep(&at, "&"));)
        if (*option)
            read_option(ret_call, option);
    free(query);
    return true;
}

static struct effect *find(struct shop *shop, const struct call *call)
{
    char *known = sc_strdupf("%s %s", call->name, call->key);
    struct effect *effect = *call->key ? sc_map_get(&shop->ids, known) : NULL;

    free(known);
    return effect;
}

static void answer_json(struct peer_request *request, int status, const char *text)
{
    peer_reply(request, status, "Content-Type: application/json\r\n", text, strlen(text));
}

static void free_late(struct peer_request *request)
{
    struct late *late = request->data;

    request->on_gone = NULL;
    sc_buf_release(&late->body);
    free(late);
}

static void answer_late(struct peer_request *request)
{
    struct late *late = request->data;
    char *text = sc_buf_detach(&late->body);
    int status = late->status;

    free_late(request);
    answer_json(request, status, text);
    free(text);
}

static void answer_effect(struct peer_request *request, const struct call *call,
        const struct effect *effect, bool repeated)
{
    struct late *late = sc_new(struct late);

    sc_buf_addf(&late->body, "{\"id\":%d,\"key\":", effect->id);
    sc_json_write_string(&late->body, call->key, strlen(call->key));
    sc_buf_addf(&late->body, ",\"repeated\":%s}", repeated ? "true" : "false");
    late->status = call->status;
    request->data = late;
    request->on_gone = free_late;
    if (call->delay_ms > 0)
        peer_later(request, (uint64_t)call->delay_ms, answer_late);
    else
        answer_late(request);
}

static void on_post(
        struct shop *shop, struct peer_request *request, const struct call *call)
{
    struct effect *effect = find(shop, call);
    bool repeated = effect != NULL;

    if (call->lose && call->before) {
        peer_hang_up(request);
        return;
    }
    if (!repeated)
        effect = perform(shop, call, request);
    if (call->lose)
        peer_hang_up(request);
    else
        answer_effect(request, call, effect, repeated);
}

static void on_get(
        struct shop *shop, struct peer_request *request, const struct call *call)
{
    struct effect *effect = find(shop, call);
    char text[64] = "{\"happened\":false}";

    if (effect)
        snprintf(text, sizeof(text), "{\"happened\":true,\"id\":%d}", effect->id);
    answer_json(request, 200, text);
}

static void on_request(void *arg, struct peer_request *request)
{
    struct shop *shop = arg;
    struct call call;
    char text[32];

    if (strcmp(request->path, "/count") == 0) {
        snprintf(text, sizeof(text), "%d", shop->count);
        answer_json(request, 200, text);
    } else if (!read_call(request, &call)) {
        answer_json(request, 404, "{\"error\":\"no such path\"}");
    } else if (strcmp(request->method, "POST") == 0) {
        on_post(shop, request, &call);
    } else {
        on_get(shop, request, &call);
    }
}

int main(int argc, char **argv)
{
    struct shop shop = { 0 };
    struct http_peer *peer;
    uv_loop_t uv;

    if (argc != 2) {
        fprintf(stderr, "usage: effect_peer LOG\n");
        return 2;
    }
    sc_map_init(&shop.ids);
    read_log(&shop, argv[1]);
    shop.log = open(argv[1], O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    if (shop.log < 0) {
        perror(argv[1]);
        return 1;
    }
    uv_loop_init(&uv);
    peer = http_peer_new(&uv, on_request, &shop);
    peer_program_run(&uv, http_peer_port(peer));
    http_peer_free(peer);
    uv_run(&uv, UV_RUN_DEFAULT);
    uv_loop_close(&uv);
    close(shop.log);
    sc_map_release(&shop.ids, free);
    return 0;
}
