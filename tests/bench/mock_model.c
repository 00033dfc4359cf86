/* clang-format off */
/* mock_model: a deterministic stand-in for an OpenAI-compatible model API.
 *
 * One thread, libuv, keep-alive, no JSON parser: the few facts that it needs are found by byte search.
 *
 *   POST /v1/chat/completions   scripted answer, plain or SSE ("stream":true)
 *   GET  /v1/models             one model
 *   GET  /stats                 counters as JSON (requests, peak connections, first/last request time)
 *   POST /reset                 zero the counters
 *
 * Script: the model name carries it. "mock-k3" answers with a call of the tool `add` while the conversation
 * holds fewer than 3 messages of role "tool", then with a final text. "mock-k3-d200" also waits 200 ms before
 * each answer (default delay: -d). "mock-k3-d200-e7" fails every 7th request that names it with HTTP 503.
 * "mock-k3-t40" splits a streamed final answer in 40 chunks; unstreamed, the text has 40 words.
 *
 * Times in /stats are CLOCK_MONOTONIC nanoseconds, comparable with a client on the same machine.
 * Only loopback is listened on.
 */
/* clang-format on */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <uv.h>

#define MAX_BODY (64u << 20)

struct stats {
    unsigned long long conns, requests, streams, bytes_in, bytes_out, errors_injected,
            bad;
    unsigned long long first_ns, last_ns;
    unsigned active, peak_conns, open_conns, peak_active;
};
static struct stats S;
static unsigned g_delay;
static unsigned long long g_err_counter;
static uv_loop_t *L;

struct conn {
    uv_tcp_t h;
    uv_timer_t timer;
    int closing, handles;
    char *in;
    size_t in_len, in_cap;
    int busy; /* an answer is being delayed or written */
    char *out;
    size_t out_len, out_cap;
    uv_write_t wr;
    int close_after;
};

static unsigned long long now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (unsigned long long)t.tv_sec * 1000000000ull + (unsigned long long)t.tv_nsec;
}

static void die(const char *m)
{
    perror(m);
    exit(1);
}

static void out_room(struct conn *c, size_t n)
{
    if (c->out_len + n <= c->out_cap)
        return;
    size_t cap = c->out_cap ? c->out_cap : 2048;
    while (cap < c->out_len + n)
        cap *= 2;
    c->out = realloc(c->out, cap);
    if (!c->out)
        die("realloc");
    c->out_cap = cap;
}

static void outf(struct conn *c, const char *fmt, ...)
{
    va_list ap;
    for (;;) {
        out_room(c, 512);
        size_t room = c->out_cap - c->out_len;
        va_start(ap, fmt);
        int n = vsnprintf(c->out + c->out_len, room, fmt, ap);
        va_end(ap);
        if (n < 0)
            die("vsnprintf");
        if ((size_t)n < room) {
            c->out_len += (size_t)n;
            return;
        }
        out_room(c, (size_t)n + 1);
    }
}

static void on_closed(uv_handle_t *h)
{
    struct conn *c = h->data;
    if (--c->handles)
        return;
    S.open_conns--;
    free(c->in);
    free(c->out);
    free(c);
}

static void conn_close(struct conn *c)
{
    if (c->closing)
        return;
    c->closing = 1;
    if (c->busy)
        S.active--;
    uv_close((uv_handle_t *)&c->h, on_closed);
    uv_close((uv_handle_t *)&c->timer, on_closed);
}

static void process(struct conn *c);

static void answer_done(struct conn *c)
{
    c->busy = 0;
    S.active--;
    c->out_len = 0;
    if (c->close_after) {
        conn_close(c);
        return;
    }
    if (c->in_len)
        process(c);
}

static void on_written(uv_write_t *w, int status)
{
    struct conn *c = w->data;
    if (c->closing)
        return;
    if (status < 0) {
        conn_close(c);
        return;
    }
    answer_done(c);
}

static void send_now(struct conn *c)
{
    uv_buf_t b = uv_buf_init(c->out, (unsigned)c->out_len);
    S.bytes_out += c->out_len;
    int n = uv_try_write((uv_stream_t *)&c->h, &b, 1);
    if (n == (int)c->out_len) {
        answer_done(c);
        return;
    }
    if (n < 0 && n != UV_EAGAIN) {
        conn_close(c);
        return;
    }
    if (n < 0)
        n = 0;
    b.base += n;
    b.len -= (size_t)n;
    c->wr.data = c;
    if (uv_write(&c->wr, (uv_stream_t *)&c->h, &b, 1, on_written))
        conn_close(c);
}

static void on_timer(uv_timer_t *t)
{
    send_now(t->data);
}

static void reply_later(struct conn *c, unsigned delay)
{
    if (delay)
        uv_timer_start(&c->timer, on_timer, delay, 0);
    else
        send_now(c);
}

static void plain(struct conn *c, int code, const char *reason, const char *body)
{
    outf(c,
            "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: "
            "%zu\r\n\r\n%s",
            code, reason, strlen(body), body);
}

/* Finds "key" : and returns where the value starts, or NULL. An escaped quote inside a
 * JSON string never matches, since there the closing quote of the key has a backslash
 * before it. */
static const char *find_key(const char *p, const char *end, const char *key)
{
    size_t kl = strlen(key);
    while (p < end) {
        const char *f = memmem(p, (size_t)(end - p), key, kl);
        if (!f)
            return NULL;
        const char *q = f + kl;
        while (q < end && (*q == ' ' || *q == '\n' || *q == '\t' || *q == '\r'))
            q++;
        if (q < end && *q == ':') {
            q++;
            while (q < end && (*q == ' ' || *q == '\n' || *q == '\t' || *q == '\r'))
                q++;
            return q;
        }
        p = f + kl;
    }
    return NULL;
}

static unsigned count_tool_messages(const char *p, const char *end)
{
    unsigned n = 0;
    while ((p = find_key(p, end, "\"role\""))) {
        if (end - p >= 6 && !memcmp(p, "\"tool\"", 6))
            n++;
    }
    return n;
}

static unsigned opt_num(const char *model, const char *mark, unsigned dflt)
{
    const char *f = strstr(model, mark);
    return f ? (unsigned)strtoul(f + strlen(mark), NULL, 10) : dflt;
}

static void chat(struct conn *c, const char *body, size_t len)
{
    const char *end = body + len;
    char model[128] = "mock-k0";
    const char *m = find_key(body, end, "\"model\"");
    if (m && *m == '"') {
        const char *e = memchr(m + 1, '"', (size_t)(end - m - 1));
        size_t n = e ? (size_t)(e - m - 1) : 0;
        if (n && n < sizeof model && !memchr(m + 1, '\\', n)) {
            memcpy(model, m + 1, n);
            model[n] = 0;
        }
    }
    unsigned k = opt_num(model, "-k", 0), d = opt_num(model, "-d", g_delay),
             err = opt_num(model, "-e", 0);
    unsigned words = opt_num(model, "-t", 8);
    unsigned turn = count_tool_messages(body, end);
    const char *st = find_key(body, end, "\"stream\"");
    int stream = st && end - st >= 4 && !memcmp(st, "true", 4);
    unsigned ptok = (unsigned)(len / 4), ctok = turn < k ? 12 : words;

    if (err && ++g_err_counter % err == 0) {
        S.errors_injected++;
        plain(c, 503, "Service Unavailable",
                "{\"error\":{\"message\":\"injected\",\"type\":\"server_error\"}}");
        reply_later(c, d);
        return;
    }
    if (!stream) {
        char head[256];
        int hl = snprintf(head, sizeof head,
                "{\"id\":\"chatcmpl-%llu\",\"object\":\"chat.completion\",\"created\":"
                "1700000000,"
                "\"model\":\"%s\",\"choices\":[{\"index\":0,\"message\":{\"role\":"
                "\"assistant\",",
                S.requests, model);
        char mid[4096];
        int ml;
        if (turn < k) {
            ml = snprintf(mid, sizeof mid,
                    "\"content\":null,\"tool_calls\":[{\"id\":\"call_%u\",\"type\":"
                    "\"function\",\"function\":"
                    "{\"name\":\"add\",\"arguments\":\"{\\\"a\\\":%u,\\\"b\\\":1}\"}}]},"
                    "\"logprobs\":null,"
                    "\"finish_reason\":\"tool_calls\"}],",
                    turn, turn);
        } else {
            ml = snprintf(mid, sizeof mid, "\"content\":\"Done:");
            for (unsigned i = 0; i < words && ml < (int)sizeof mid - 128; i++)
                ml += snprintf(mid + ml, sizeof mid - (size_t)ml, " word%u", i);
            ml += snprintf(mid + ml, sizeof mid - (size_t)ml,
                    "\"},\"logprobs\":null,\"finish_reason\":\"stop\"}],");
        }
        char tail[160];
        int tl = snprintf(tail, sizeof tail,
                "\"usage\":{\"prompt_tokens\":%u,\"completion_tokens\":%u,\"total_"
                "tokens\":%u}}",
                ptok, ctok, ptok + ctok);
        outf(c,
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                "%d\r\n\r\n",
                hl + ml + tl);
        outf(c, "%s%s%s", head, mid, tail);
        reply_later(c, d);
        return;
    }
    S.streams++;
    /* SSE: the events are built first and sent as one HTTP chunk per event. */
    char ev[1024], id[64];
    snprintf(id, sizeof id, "chatcmpl-%llu", S.requests);
#define EVENT(...)                                                 \
    do {                                                           \
        int n_ = snprintf(ev, sizeof ev, __VA_ARGS__);             \
        outf(c, "%x\r\ndata: %s\n\n\r\n", (unsigned)(n_ + 8), ev); \
    } while (0)
#define HEAD                                                                      \
    "{\"id\":\"%s\",\"object\":\"chat.completion.chunk\",\"created\":1700000000," \
    "\"model\":\"%s\","
    outf(c, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: "
            "no-cache\r\n"
            "Transfer-Encoding: chunked\r\n\r\n");
    if (turn < k) {
        EVENT(HEAD "\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\","
                   "\"content\":null,\"tool_calls\":[{"
                   "\"index\":0,\"id\":\"call_%u\",\"type\":\"function\",\"function\":{"
                   "\"name\":\"add\","
                   "\"arguments\":\"\"}}]},\"finish_reason\":null}]}",
                id, model, turn);
        EVENT(HEAD "\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,"
                   "\"function\":{\"arguments\":"
                   "\"{\\\"a\\\":%u,\"}}]},\"finish_reason\":null}]}",
                id, model, turn);
        EVENT(HEAD "\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,"
                   "\"function\":{\"arguments\":"
                   "\"\\\"b\\\":1}\"}}]},\"finish_reason\":null}]}",
                id, model);
        EVENT(HEAD "\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"tool_"
                   "calls\"}]}",
                id, model);
    } else {
        EVENT(HEAD "\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\","
                   "\"content\":\"Done:\"},"
                   "\"finish_reason\":null}]}",
                id, model);
        for (unsigned i = 0; i < words; i++)
            EVENT(HEAD "\"choices\":[{\"index\":0,\"delta\":{\"content\":\" "
                       "word%u\"},\"finish_reason\":null}]}",
                    id, model, i);
        EVENT(HEAD "\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}",
                id, model);
    }
    EVENT(HEAD "\"choices\":[],\"usage\":{\"prompt_tokens\":%u,\"completion_tokens\":%u,"
               "\"total_tokens\":%u}}",
            id, model, ptok, ctok, ptok + ctok);
    outf(c, "e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n");
    reply_later(c, d);
}

static const char *header(const char *h, const char *end, const char *name)
{
    size_t nl = strlen(name);
    for (const char *p = h; p < end;) {
        const char *e = memmem(p, (size_t)(end - p), "\r\n", 2);
        if (!e)
            e = end;
        if ((size_t)(e - p) > nl && p[nl] == ':' && !strncasecmp(p, name, nl)) {
            p += nl + 1;
            while (p < e && *p == ' ')
                p++;
            return p;
        }
        p = e + 2;
    }
    return NULL;
}

static void process(struct conn *c)
{
    if (c->busy || c->closing)
        return;
    char *he = memmem(c->in, c->in_len, "\r\n\r\n", 4);
    if (!he)
        return;
    size_t hlen = (size_t)(he - c->in) + 4;
    char *line_end = memmem(c->in, hlen, "\r\n", 2);
    const char *hs = line_end + 2;
    const char *cl = header(hs, he + 2, "content-length"),
               *te = header(hs, he + 2, "transfer-encoding"),
               *cc = header(hs, he + 2, "connection");
    size_t blen = cl ? strtoul(cl, NULL, 10) : 0;
    c->busy = 1; /* conn_close() counts on busy and active changing together */
    S.active++;
    if (S.active > S.peak_active)
        S.peak_active = S.active;
    if (te || blen > MAX_BODY) {
        S.bad++;
        c->close_after = 1;
        plain(c, 411, "Length Required", "{}");
        send_now(c);
        return;
    }
    if (c->in_len < hlen + blen) {
        c->busy = 0;
        S.active--;
        return;
    }
    if (cc && !strncasecmp(cc, "close", 5))
        c->close_after = 1;
    const char *body = c->in + hlen;
    int is_post = !strncmp(c->in, "POST ", 5);
    const char *path = memchr(c->in, ' ', (size_t)(line_end - c->in));
    path = path ? path + 1 : line_end;
#define PATH_IS(s)                      \
    (!strncmp(path, s, sizeof s - 1) && \
            (path[sizeof s - 1] == ' ' || path[sizeof s - 1] == '?'))
    int deferred = 0;
    if (is_post && PATH_IS("/v1/chat/completions")) {
        S.requests++;
        S.bytes_in += hlen + blen;
        S.last_ns = now_ns();
        if (!S.first_ns)
            S.first_ns = S.last_ns;
        deferred = 1;
    }
    /* The request is consumed before the answer goes out: answer_done() may take the next
     * one. */
    size_t used = hlen + blen, rest = c->in_len - used;
    if (deferred) {
        char *copy = NULL;
        if (rest) { /* pipelined input: keep the body safe while the buffer moves */
            copy = malloc(blen + 1);
            if (!copy)
                die("malloc");
            memcpy(copy, body, blen);
            memmove(c->in, c->in + used, rest);
            body = copy;
        }
        c->in_len = rest;
        chat(c, body, blen);
        free(copy);
        return;
    }
    int stats = PATH_IS("/stats"), reset = is_post && PATH_IS("/reset"),
        models = PATH_IS("/v1/models");
    memmove(c->in, c->in + used, rest);
    c->in_len = rest;
    if (reset) {
        unsigned open = S.open_conns, act = S.active;
        memset(&S, 0, sizeof S);
        S.open_conns = S.peak_conns = open;
        S.active = act;
        g_err_counter = 0;
        plain(c, 200, "OK", "{}");
    } else if (stats) {
        char b[640];
        snprintf(b, sizeof b,
                "{\"conns\":%llu,\"open_conns\":%u,\"peak_conns\":%u,\"peak_active\":%u,"
                "\"requests\":%llu,"
                "\"streams\":%llu,\"bytes_in\":%llu,\"bytes_out\":%llu,\"errors_"
                "injected\":%llu,\"bad\":%llu,"
                "\"first_ns\":%llu,\"last_ns\":%llu}",
                S.conns, S.open_conns, S.peak_conns, S.peak_active, S.requests, S.streams,
                S.bytes_in, S.bytes_out, S.errors_injected, S.bad, S.first_ns, S.last_ns);
        plain(c, 200, "OK", b);
    } else if (models) {
        plain(c, 200, "OK",
                "{\"object\":\"list\",\"data\":[{\"id\":\"mock-k3\",\"object\":\"model\"}"
                "]}");
    } else {
        S.bad++;
        plain(c, 404, "Not Found", "{\"error\":{\"message\":\"no such path\"}}");
    }
    send_now(c);
}

static void on_alloc(uv_handle_t *h, size_t hint, uv_buf_t *b)
{
    struct conn *c = h->data;
    (void)hint;
    if (c->in_cap - c->in_len < 2048) {
        size_t cap = c->in_cap ? c->in_cap * 2 : 8192;
        c->in = realloc(c->in, cap);
        if (!c->in)
            die("realloc");
        c->in_cap = cap;
    }
    *b = uv_buf_init(c->in + c->in_len, (unsigned)(c->in_cap - c->in_len));
}

static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *b)
{
    struct conn *c = s->data;
    (void)b;
    if (n < 0) {
        conn_close(c);
        return;
    }
    c->in_len += (size_t)n;
    if (n)
        process(c);
}

static void on_conn(uv_stream_t *srv, int status)
{
    if (status < 0)
        return;
    struct conn *c = calloc(1, sizeof *c);
    if (!c)
        die("calloc");
    uv_tcp_init(L, &c->h);
    uv_timer_init(L, &c->timer);
    c->h.data = c->timer.data = c;
    c->handles = 2;
    S.conns++;
    if (++S.open_conns > S.peak_conns)
        S.peak_conns = S.open_conns;
    if (uv_accept(srv, (uv_stream_t *)&c->h)) {
        conn_close(c);
        return;
    }
    uv_tcp_nodelay(&c->h, 1);
    uv_read_start((uv_stream_t *)&c->h, on_alloc, on_read);
}

static void on_signal(uv_signal_t *s, int sig)
{
    (void)s;
    (void)sig;
    exit(0);
}

int main(int argc, char **argv)
{
    int port = 18080, opt;
    extern char *optarg;
    extern int getopt(int, char *const[], const char *);
    while ((opt = getopt(argc, argv, "p:d:h")) != -1) {
        if (opt == 'p')
            port = atoi(optarg);
        else if (opt == 'd')
            g_delay = (unsigned)atoi(optarg);
        else {
            fprintf(stderr,
                    "usage: mockllm [-p PORT] [-d DELAY_MS]   (127.0.0.1 only)\n");
            return opt == 'h' ? 0 : 2;
        }
    }
    signal(SIGPIPE, SIG_IGN);
    L = uv_default_loop();
    uv_tcp_t srv;
    struct sockaddr_in a;
    uv_ip4_addr("127.0.0.1", port, &a);
    uv_tcp_init(L, &srv);
    int r = uv_tcp_bind(&srv, (struct sockaddr *)&a, 0);
    if (!r)
        r = uv_listen((uv_stream_t *)&srv, 16384, on_conn);
    if (r) {
        fprintf(stderr, "mockllm: port %d: %s\n", port, uv_strerror(r));
        return 1;
    }
    uv_signal_t sg, si;
    uv_signal_init(L, &sg);
    uv_signal_start(&sg, on_signal, SIGTERM);
    uv_signal_init(L, &si);
    uv_signal_start(&si, on_signal, SIGINT);
    fprintf(stderr, "mockllm: http://127.0.0.1:%d/v1\n", port);
    return uv_run(L, UV_RUN_DEFAULT);
}
