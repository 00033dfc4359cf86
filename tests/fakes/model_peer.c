#include "fakes/model_peer.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "fakes/embedder.h"

enum { DELTA = 16, ALL_AT_ONCE = 0, FILE_MAX = 16 * 1024 * 1024 };

struct model_peer {
    struct http_peer *http;
    struct sc_json *script;
    int *used; /* per reply */
    char *folder;
    FILE *log;
    struct sc_json *last;
    struct sending *held; /* until something is read */
    int reads;
    struct embedder embedder; /* of the script's lexicon */
};

/* An answer on its way. */
struct sending {
    struct peer_request *request;
    int status;
    struct sc_buf headers, body;
    struct model_peer *peer;
    size_t at, piece, cut, hold; /* cut, hold: SIZE_MAX for none */
    bool hang_reads;
    uint64_t piece_delay_ms;
};

/* --- sending --- */

static void free_sending(struct peer_request *request)
{
    struct sending *s = request->data;

    if (s->peer->held == s)
        s->peer->held = NULL;
    request->on_gone = NULL;
    request->data = NULL;
    sc_buf_release(&s->headers);
    sc_buf_release(&s->body);
    free(s);
}

static void send_next(struct peer_request *request);

static void send_piece(struct peer_request *request, struct sending *s)
{
    size_t len = s->body.len - s->at;

    if (s->piece != ALL_AT_ONCE && len > s->piece)
        len = s->piece;
    if (s->cut != SIZE_MAX && s->at + len > s->cut)
        len = s->cut - s->at;
    if (s->hold > s->at && s->at + len > s->hold)
        len = s->hold - s->at;
    peer_chunk(request, s->body.data + s->at, len);
    s->at += len;
}

static void send_next(struct peer_request *request)
{
    struct sending *s = request->data;

    while (s->at < s->body.len && s->at < s->cut) {
        if (s->at == s->hold) {
            s->peer->held = s;
            return;
        }
        send_piece(request, s);
        if (s->piece_delay_ms && s->at < s->body.len) {
            peer_later(request, s->piece_delay_ms, send_next);
            return;
        }
    }
    if (s->cut != SIZE_MAX) {
        peer_hang_up(request); /* on_gone frees */
        return;
    }
    free_sending(request);
    peer_end(request);
}

static void send_head(struct peer_request *request)
{
    struct sending *s = request->data;

    peer_begin(request, s->status, sc_buf_text(&s->headers));
    send_next(request);
}

/* --- building --- */

/* The next piece of text that does not split a character. */
static size_t next_delta(const char *text, size_t len, size_t most)
{
    size_t n = sc_utf8_cut(text, len, most < len ? most : len);

    return n ? n : len;
}

static void add_event(struct sc_buf *out, const char *delta, const char *finish)
{
    sc_buf_addf(out,
            "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\","
            "\"created\":1,\"model\":\"scripted\",\"choices\":[{\"index\":0,\"delta\":%s,"
            "\"finish_reason\":%s}]}\n\n",
            delta, finish);
}

/* Events of one text field of the delta, in pieces. */
static void add_text_events(
        struct sc_buf *out, const char *field, const char *text, size_t most)
{
    size_t len = strlen(text);
    struct sc_buf delta;

    sc_buf_init(&delta);
    while (len > 0) {
        size_t n = next_delta(text, len, most);

        sc_buf_clear(&delta);
        sc_buf_addf(&delta, "{\"%s\":", field);
        sc_json_write_string(&delta, text, n);
        sc_buf_addc(&delta, '}');
        add_event(out, delta.data, "null");
        text += n;
        len -= n;
    }
    sc_buf_release(&delta);
}

/* Arguments as the model would write them: text as it is, a value as JSON. */
static char *arguments_of(const struct sc_json *call)
{
    const struct sc_json *arguments = sc_json_get(call, "arguments");

    if (sc_json_is(arguments, SC_JSON_STRING))
        return sc_strdup(sc_json_string(arguments));
    return arguments ? sc_json_text(arguments) : sc_strdup("");
}

static char *id_of(const struct sc_json *call, int index)
{
    const char *id = sc_json_get_string(call, "id", NULL);

    return id ? sc_strdup(id) : sc_strdupf("call_%d", index);
}

static void add_call_start(
        struct sc_buf *out, const struct sc_json *call, int index, const char *arguments)
{
    char *id = id_of(call, index);

    sc_buf_addf(out, "{\"index\":%d,\"id\":", index);
    sc_json_write_string(out, id, strlen(id));
    sc_buf_adds(out, ",\"type\":\"function\",\"function\":{\"name\":");
    sc_json_write_string(out, sc_json_get_string(call, "name", ""),
            strlen(sc_json_get_string(call, "name", "")));
    sc_buf_adds(out, ",\"arguments\":");
    sc_json_write_string(out, arguments, strlen(arguments));
    sc_buf_adds(out, "}}");
    free(id);
}

/* Where the text of the script ends within arguments; NULL: nowhere. */
static const char *hold_in(const char *arguments, const char *behind)
{
    const char *found = *behind ? strstr(arguments, behind) : NULL;

    return found ? found + strlen(behind) : NULL;
}

static void add_call_events(struct sending *s, const struct sc_json *call, int index,
        const struct sc_json *reply)
{
    size_t most = (size_t)sc_json_get_int(reply, "delta", DELTA);
    char *arguments = arguments_of(call);
    const char *at = arguments;
    const char *hold = hold_in(arguments, sc_json_get_string(reply, "hold", ""));
    size_t len = strlen(arguments);
    struct sc_buf delta, *out = &s->body;

    sc_buf_init(&delta);
    sc_buf_adds(&delta, "{\"tool_calls\":[");
    add_call_start(&delta, call, index, "");
    sc_buf_adds(&delta, "]}");
    add_event(out, delta.data, "null");
    while (len > 0) {
        size_t n = next_delta(at, len, most);

        if (hold > at && at + n > hold)
            n = (size_t)(hold - at);
        sc_buf_clear(&delta);
        sc_buf_addf(&delta,
                "{\"tool_calls\":[{\"index\":%d,\"function\":{\"arguments\":", index);
        sc_json_write_string(&delta, at, n);
        sc_buf_adds(&delta, "}}]}");
        add_event(out, delta.data, "null");
        at += n;
        len -= n;
        if (at == hold)
            s->hold = out->len;
    }
    sc_buf_release(&delta);
    free(arguments);
}

static char *text_of(const struct sc_json *reply)
{
    int64_t bytes = sc_json_get_int(reply, "text_bytes", 0);
    char *text;

    if (bytes <= 0)
        return sc_strdup(sc_json_get_string(reply, "text", ""));
    text = sc_zalloc((size_t)bytes + 1);
    memset(text, 'a', (size_t)bytes);
    return text;
}

/* As JSON: "stop", or null when the script says so. */
static char *finish_of(const struct sc_json *reply)
{
    const struct sc_json *finish = sc_json_get(reply, "finish");

    if (finish)
        return sc_json_text(finish);
    return sc_strdup(sc_json_get(reply, "tool_calls") ? "\"tool_calls\"" : "\"stop\"");
}

/* As JSON; NULL for none. */
static char *usage_of(const struct sc_json *reply)
{
    const struct sc_json *usage = sc_json_get(reply, "usage");

    if (usage)
        return sc_json_is(usage, SC_JSON_NULL) ? NULL : sc_json_text(usage);
    return sc_strdup(
            "{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":15}");
}

static void add_usage_event(struct sc_buf *out, const struct sc_json *reply)
{
    char *usage = usage_of(reply);

    if (usage)
        sc_buf_addf(out,
                "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\","
                "\"created\":1,\"model\":\"scripted\",\"choices\":[],\"usage\":%s}\n\n",
                usage);
    free(usage);
}

static void add_end_events(struct sc_buf *out, const struct sc_json *reply)
{
    const struct sc_json *error = sc_json_get(reply, "stream_error");
    char *finish = finish_of(reply);

    if (error) {
        sc_buf_adds(out, "data: {\"error\":");
        sc_json_write(out, error);
        sc_buf_adds(out, "}\n\n");
    } else {
        if (strcmp(finish, "null") != 0)
            add_event(out, "{}", finish);
        add_usage_event(out, reply);
    }
    if (!sc_json_get_bool(reply, "no_done", false))
        sc_buf_adds(out, "data: [DONE]\n\n");
    free(finish);
}

static void build_stream(struct sending *s, const struct sc_json *reply)
{
    struct sc_buf *out = &s->body;
    size_t most = (size_t)sc_json_get_int(reply, "delta", DELTA);
    char *text = text_of(reply);
    int index = 0;

    add_event(out, "{\"role\":\"assistant\",\"content\":\"\"}", "null");
    add_text_events(
            out, "reasoning_content", sc_json_get_string(reply, "reasoning", ""), most);
    add_text_events(out, "content", text, most);
    SC_JSON_EACH(call, sc_json_get(reply, "tool_calls"))
    add_call_events(s, call, index++, reply);
    add_end_events(out, reply);
    free(text);
}

static void add_calls(struct sc_buf *out, const struct sc_json *reply)
{
    int index = 0;

    if (!sc_json_get(reply, "tool_calls"))
        return;
    sc_buf_adds(out, ",\"tool_calls\":[");
    SC_JSON_EACH(call, sc_json_get(reply, "tool_calls"))
    {
        char *arguments = arguments_of(call);

        if (index)
            sc_buf_addc(out, ',');
        add_call_start(out, call, index++, arguments);
        free(arguments);
    }
    sc_buf_addc(out, ']');
}

static void build_whole(struct sc_buf *out, const struct sc_json *reply)
{
    const char *reasoning = sc_json_get_string(reply, "reasoning", NULL);
    char *text = text_of(reply), *finish = finish_of(reply), *usage = usage_of(reply);

    sc_buf_adds(out,
            "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"created\":1,"
            "\"model\":\"scripted\",\"choices\":[{\"index\":0,\"message\":"
            "{\"role\":\"assistant\",\"content\":");
    if (*text || !sc_json_get(reply, "tool_calls"))
        sc_json_write_string(out, text, strlen(text));
    else
        sc_buf_adds(out, "null");
    if (reasoning) {
        sc_buf_adds(out, ",\"reasoning_content\":");
        sc_json_write_string(out, reasoning, strlen(reasoning));
    }
    add_calls(out, reply);
    sc_buf_addf(out, "},\"finish_reason\":%s}]", finish);
    if (usage)
        sc_buf_addf(out, ",\"usage\":%s", usage);
    sc_buf_addc(out, '}');
    free(text);
    free(finish);
    free(usage);
}

static void add_file(struct sc_buf *out, const char *folder, const char *name)
{
    char *path = sc_strdupf("%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    size_t n = 1;

    SC_ASSERT(file != NULL); /* the script names a file that is not there */
    while (n > 0 && out->len < FILE_MAX) {
        n = fread(sc_buf_reserve(out, BUFSIZ), 1, BUFSIZ, file);
        out->len += n;
    }
    fclose(file);
    free(path);
}

/* --- choosing a reply --- */

static struct sc_json *choose(struct model_peer *peer, const struct peer_request *request)
{
    int i = 0;

    SC_JSON_EACH(reply, sc_json_get(peer->script, "replies"))
    {
        const char *when = sc_json_get_string(reply, "when", "");
        int64_t times = sc_json_get_int(reply, "times", 1);

        if ((times == 0 || peer->used[i] < times) && strstr(request->body, when)) {
            peer->used[i]++;
            return reply;
        }
        i++;
    }
    return NULL;
}

/* The content types of what is not written out in the script. */
static const char *build_body(
        struct model_peer *peer, struct sending *s, const struct sc_json *reply)
{
    const struct sc_json *body = sc_json_get(reply, "body");
    const char *file = sc_json_get_string(reply, "chunks_file", NULL);

    if (body && sc_json_is(body, SC_JSON_STRING)) {
        sc_buf_adds(&s->body, sc_json_string(body));
        return "application/json";
    }
    if (body) {
        sc_json_write(&s->body, body);
        return "application/json";
    }
    if (file) {
        add_file(&s->body, peer->folder, file);
        return "text/event-stream";
    }
    if (sc_json_get_bool(reply, "html", false)) {
        sc_buf_adds(&s->body, "<!doctype html><title>Sign in</title><p>Please sign in.");
        return "text/html";
    }
    if (sc_json_true(sc_json_get(peer->last, "stream"))) {
        build_stream(s, reply);
        return "text/event-stream";
    }
    build_whole(&s->body, reply);
    return "application/json";
}

static void add_headers(struct sending *s, const struct sc_json *reply, const char *type)
{
    const struct sc_json *headers = sc_json_get(reply, "headers");

    if (!sc_json_get(headers, "Content-Type"))
        sc_buf_addf(&s->headers, "Content-Type: %s\r\n", type);
    SC_JSON_EACH(header, headers)
    sc_buf_addf(&s->headers, "%s: %s\r\n", sc_json_key(header), sc_json_string(header));
}

static void answer(struct model_peer *peer, struct peer_request *request,
        const struct sc_json *reply)
{
    struct sending *s = sc_new(struct sending);
    int64_t delay_ms = sc_json_get_int(reply, "delay_ms", 0);
    int64_t cut = sc_json_get_int(reply, "cut", -1);

    s->request = request;
    request->data = s;
    request->on_gone = free_sending;
    s->status = (int)sc_json_get_int(reply, "status", 200);
    s->piece = (size_t)sc_json_get_int(reply, "piece", ALL_AT_ONCE);
    s->piece_delay_ms = (uint64_t)sc_json_get_int(reply, "piece_delay_ms", 0);
    s->cut = cut < 0 ? SIZE_MAX : (size_t)cut;
    s->peer = peer;
    s->hold = SIZE_MAX;
    s->hang_reads = sc_json_get_bool(reply, "hang_reads", false);
    add_headers(s, reply, build_body(peer, s, reply));
    if (sc_json_get_bool(reply, "hang", false))
        return;
    if (delay_ms > 0)
        peer_later(request, (uint64_t)delay_ms, send_head);
    else
        send_head(request);
}

static void log_request(struct model_peer *peer, const struct peer_request *request)
{
    char authorization[512];
    struct sc_buf line;

    if (!peer->log)
        return;
    peer_header(request, "Authorization", authorization, sizeof(authorization));
    sc_buf_init(&line);
    sc_buf_adds(&line, "{\"path\":");
    sc_json_write_string(&line, request->path, strlen(request->path));
    sc_buf_adds(&line, ",\"authorization\":");
    sc_json_write_string(&line, authorization, strlen(authorization));
    sc_buf_adds(&line, ",\"body\":");
    sc_json_write(&line, peer->last);
    fprintf(peer->log, "%s}\n", line.data);
    fflush(peer->log);
    sc_buf_release(&line);
}

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), end_len = strlen(end);

    return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

/* What a tool asks for. It lets a held stream go on. */
static void send_read(struct peer_request *request)
{
    struct model_peer *peer = request->data;
    struct sending *held = peer->held;
    char *text = sc_strdupf("{\"reads\":%d}", ++peer->reads);

    peer_reply(request, 200, "Content-Type: application/json\r\n", text, strlen(text));
    free(text);
    peer->held = NULL;
    if (!held)
        return;
    held->hold = SIZE_MAX;
    send_next(held->request);
}

static void answer_read(struct model_peer *peer, struct peer_request *request)
{
    int64_t delay_ms = sc_json_get_int(peer->script, "read_delay_ms", 0);

    request->data = peer;
    if (peer->held && peer->held->hang_reads)
        return;
    if (delay_ms > 0)
        peer_later(request, (uint64_t)delay_ms, send_read);
    else
        send_read(request);
}

static void on_request(void *arg, struct peer_request *request)
{
    static const char none_left[] =
            "{\"error\":{\"message\":\"the script has no reply left\"}}";
    struct model_peer *peer = arg;
    const struct sc_json *reply;

    sc_json_free(peer->last);
    peer->last = sc_json_parse(request->body, request->body_len, NULL, NULL);
    log_request(peer, request);
    if (strcmp(request->method, "GET") == 0 && ends_with(request->path, "/read")) {
        answer_read(peer, request);
        return;
    }
    if (ends_with(request->path, "/embeddings") && peer->embedder.lexicon.len) {
        embedder_answer(&peer->embedder, request);
        return;
    }
    if (!ends_with(request->path, "/chat/completions")) {
        peer_text(request, 404, "{\"error\":{\"message\":\"no such path\"}}");
        return;
    }
    if (!peer->last) {
        peer_text(request, 400, "{\"error\":{\"message\":\"not JSON\"}}");
        return;
    }
    reply = choose(peer, request);
    if (reply)
        answer(peer, request, reply);
    else
        peer_reply(request, 500, "Content-Type: application/json\r\n", none_left,
                sizeof(none_left) - 1);
}

/* --- life --- */

struct model_peer *model_peer_new(
        uv_loop_t *uv, struct sc_json *take_script, const char *folder, FILE *log)
{
    struct model_peer *peer = sc_new(struct model_peer);

    peer->script = take_script;
    peer->used = sc_new_array(int, sc_json_count(sc_json_get(take_script, "replies")));
    peer->folder = sc_strdup(folder ? folder : ".");
    peer->log = log;
    embedder_init(&peer->embedder, sc_json_get_string(take_script, "lexicon", ""));
    peer->http = http_peer_new(uv, on_request, peer);
    return peer;
}

void model_peer_free(struct model_peer *peer)
{
    if (!peer)
        return;
    http_peer_free(peer->http);
    sc_json_free(peer->script);
    sc_json_free(peer->last);
    embedder_release(&peer->embedder);
    free(peer->used);
    free(peer->folder);
    free(peer);
}

int model_peer_port(const struct model_peer *peer)
{
    return http_peer_port(peer->http);
}

int model_peer_requests(const struct model_peer *peer)
{
    return http_peer_requests(peer->http);
}

const struct sc_json *model_peer_last(const struct model_peer *peer)
{
    return peer->last;
}
