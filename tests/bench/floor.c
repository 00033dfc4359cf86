/* clang-format off */
/* floor: the agent loop of the benchmark in C on libuv + libcurl multi, as a floor for our own runtime.
 *
 * Raw by default: keep-alive HTTP, the answer looked at by byte search. Layers can be switched on:
 *   -j        parse each answer and print each request with cJSON
 *   -l        run the tool in Lua: one state for all tasks, one coroutine per task
 *   -s        with -l: one sandboxed lua_State per task instead
 *   -w FILE   journal each step in SQLite before the next one starts (one writer thread, group commit)
 *   -y LEVEL  its PRAGMA synchronous: FULL (default) or NORMAL
 *   -g ROWS   the most rows in one transaction (default 256)
 *   -M SHARDS spread the connections over this many multi handles (libcurl looks for an idle one linearly)
 * Load: -n TASKS -c CONCURRENT -m MODEL -p PORT -T SECONDS(limit, default 90)
 * The tasks: K tool turns, then a final answer. Prints one JSON line.
 */
/* clang-format on */
#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <malloc.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

static int N = 1, C = 1, port = 18080, use_json, use_lua, per_task_state, group_max = 256,
           limit_s = 90;
static const char *model = "mock-k3", *journal_file, *sync_level = "FULL";
static uv_loop_t *L;
struct shard {
    CURLM *m;
    uv_timer_t timer;
};
static struct shard *shards;
static int nshards = 1;
static uv_timer_t deadline;
static struct curl_slist *hdrs;
static char url[64];
static lua_State *shared_lua;
static int started, done, errors, tool_calls;
static double *lat;
static unsigned long long commits, rows_written;

#define SYS "You are a careful assistant that uses the tool add and answers briefly."
#define USR "Add one three times, starting from zero, then say done."
#define TOOLS                                                                           \
    "[{\"type\":\"function\",\"function\":{\"name\":\"add\",\"description\":\"Add two " \
    "integers and return the "                                                          \
    "sum\",\"parameters\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":"        \
    "\"number\"},\"b\":{\"type\":"                                                      \
    "\"number\"}},\"required\":[\"a\",\"b\"],\"additionalProperties\":false}}}]"

struct buf {
    char *p;
    size_t n, cap;
};
struct task {
    int id, seq, turn, a, b;
    CURL *e;
    struct buf in, msgs, body; /* msgs: the conversation as JSON text, comma separated */
    cJSON *jmsgs;
    lua_State *state, *co;
    int co_ref;
    double t0;
    char call_id[32];
    /* journal */
    int kind; /* what waits to be durable: 0 start, 1 model answer, 2 tool result, 3 end
               */
    struct task *next;
    struct buf payload;
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}
static void put(struct buf *b, const char *s, size_t n)
{
    if (b->n + n + 1 > b->cap) {
        b->cap = b->cap ? b->cap : 1024;
        while (b->cap < b->n + n + 1)
            b->cap *= 2;
        b->p = realloc(b->p, b->cap);
    }
    memcpy(b->p + b->n, s, n);
    b->n += n;
    b->p[b->n] = 0;
}
static void puts_(struct buf *b, const char *s)
{
    put(b, s, strlen(s));
}

/* ---- journal: one writer thread, as many waiting rows as there are (up to group_max) in
 * one transaction ---- */
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cv = PTHREAD_COND_INITIALIZER;
static struct task *q_head, **q_tail = &q_head, *d_head, **d_tail = &d_head;
static int writer_stop;
static uv_async_t durable;
static pthread_t writer;

static void must(int rc, sqlite3 *db)
{
    if (rc != SQLITE_OK && rc != SQLITE_DONE && rc != SQLITE_ROW) {
        fprintf(stderr, "sqlite: %s\n", sqlite3_errmsg(db));
        exit(1);
    }
}
static void *writer_main(void *arg)
{
    (void)arg;
    sqlite3 *db;
    sqlite3_stmt *ins, *beg, *com;
    char sql[64];
    must(sqlite3_open(journal_file, &db), db);
    must(sqlite3_exec(db, "PRAGMA journal_mode=WAL", 0, 0, 0), db);
    snprintf(sql, sizeof sql, "PRAGMA synchronous=%s", sync_level);
    must(sqlite3_exec(db, sql, 0, 0, 0), db);
    must(sqlite3_exec(db,
                 "CREATE TABLE IF NOT EXISTS step(task INTEGER, seq INTEGER, kind "
                 "INTEGER, at INTEGER, payload BLOB,"
                 " PRIMARY KEY(task, seq)) WITHOUT ROWID; DELETE FROM step",
                 0, 0, 0),
            db);
    must(sqlite3_prepare_v2(db, "INSERT INTO step VALUES(?,?,?,?,?)", -1, &ins, 0), db);
    must(sqlite3_prepare_v2(db, "BEGIN IMMEDIATE", -1, &beg, 0), db);
    must(sqlite3_prepare_v2(db, "COMMIT", -1, &com, 0), db);
    for (;;) {
        pthread_mutex_lock(&mu);
        while (!q_head && !writer_stop)
            pthread_cond_wait(&cv, &mu);
        if (!q_head) {
            pthread_mutex_unlock(&mu);
            break;
        }
        struct task *batch = q_head, *last = batch;
        int k = 1;
        while (last->next && k < group_max)
            last = last->next, k++;
        q_head = last->next;
        if (!q_head)
            q_tail = &q_head;
        last->next = NULL;
        pthread_mutex_unlock(&mu);
        must(sqlite3_step(beg), db);
        sqlite3_reset(beg);
        for (struct task *t = batch; t; t = t->next) {
            sqlite3_bind_int(ins, 1, t->id);
            sqlite3_bind_int(ins, 2, t->seq++);
            sqlite3_bind_int(ins, 3, t->kind);
            sqlite3_bind_int64(ins, 4, (sqlite3_int64)(now() * 1e6));
            sqlite3_bind_blob(ins, 5, t->payload.p, (int)t->payload.n, SQLITE_STATIC);
            must(sqlite3_step(ins), db);
            sqlite3_reset(ins);
        }
        must(sqlite3_step(com), db);
        sqlite3_reset(com);
        commits++;
        rows_written += (unsigned)k;
        pthread_mutex_lock(&mu);
        *d_tail = batch;
        d_tail = &last->next;
        pthread_mutex_unlock(&mu);
        uv_async_send(&durable);
    }
    sqlite3_finalize(ins);
    sqlite3_finalize(beg);
    sqlite3_finalize(com);
    sqlite3_close(db);
    return NULL;
}

static void next_step(struct task *t);
static void journal(struct task *t, int kind, const char *p, size_t n)
{
    t->kind = kind;
    if (!journal_file) {
        next_step(t);
        return;
    }
    t->payload.n = 0;
    put(&t->payload, p, n);
    t->next = NULL;
    pthread_mutex_lock(&mu);
    int was_empty = !q_head;
    *q_tail = t;
    q_tail = &t->next;
    pthread_mutex_unlock(&mu);
    if (was_empty)
        pthread_cond_signal(&cv);
}
static void on_durable(uv_async_t *h)
{
    (void)h;
    pthread_mutex_lock(&mu);
    struct task *t = d_head;
    d_head = NULL;
    d_tail = &d_head;
    pthread_mutex_unlock(&mu);
    while (t) {
        struct task *n = t->next;
        next_step(t);
        t = n;
    }
}

/* ---- HTTP ---- */
static size_t on_body(char *p, size_t s, size_t n, void *u)
{
    put(&((struct task *)u)->in, p, s * n);
    return s * n;
}
static void request(struct task *t)
{
    t->in.n = 0;
    t->body.n = 0;
    if (use_json) {
        cJSON *r = cJSON_CreateObject();
        cJSON_AddStringToObject(r, "model", model);
        cJSON_AddItemReferenceToObject(r, "messages", t->jmsgs);
        cJSON_AddRawToObject(r, "tools", TOOLS);
        char *s = cJSON_PrintUnformatted(r);
        puts_(&t->body, s);
        free(s);
        cJSON_Delete(r);
    } else {
        puts_(&t->body, "{\"model\":\"");
        puts_(&t->body, model);
        puts_(&t->body, "\",\"messages\":[");
        put(&t->body, t->msgs.p, t->msgs.n);
        puts_(&t->body, "],\"tools\":" TOOLS "}");
    }
    if (!t->e) {
        t->e = curl_easy_init();
        curl_easy_setopt(t->e, CURLOPT_URL, url);
        curl_easy_setopt(t->e, CURLOPT_HTTPHEADER, hdrs);
        curl_easy_setopt(t->e, CURLOPT_WRITEFUNCTION, on_body);
        curl_easy_setopt(t->e, CURLOPT_WRITEDATA, t);
        curl_easy_setopt(t->e, CURLOPT_PRIVATE, t);
        curl_easy_setopt(t->e, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(t->e, CURLOPT_BUFFERSIZE, 16384L);
    }
    curl_easy_setopt(t->e, CURLOPT_POSTFIELDS, t->body.p);
    curl_easy_setopt(t->e, CURLOPT_POSTFIELDSIZE, (long)t->body.n);
    curl_multi_add_handle(shards[t->id % nshards].m, t->e);
}

/* ---- the Lua tool ---- */
static const char *tool_src = "return function(a, b)\n"
                              "  while true do\n"
                              "    local s = string.format('%d', a + b)\n"
                              "    a, b = coroutine.yield(s)\n"
                              "  end\n"
                              "end\n";
static lua_State *new_state(void)
{
    static const luaL_Reg libs[] = { { "_G", luaopen_base }, { "table", luaopen_table },
        { "string", luaopen_string }, { "math", luaopen_math }, { "utf8", luaopen_utf8 },
        { "coroutine", luaopen_coroutine } };
    lua_State *s = luaL_newstate();
    for (size_t i = 0; i < sizeof libs / sizeof *libs; i++) {
        luaL_requiref(s, libs[i].name, libs[i].func, 1);
        lua_pop(s, 1);
    }
    static const char *gone[] = { "dofile", "loadfile", "load", "collectgarbage" };
    for (int i = 0; i < 4; i++) {
        lua_pushnil(s);
        lua_setglobal(s, gone[i]);
    }
    if (luaL_loadstring(s, tool_src) || lua_pcall(s, 0, 1, 0))
        exit(1);
    lua_setglobal(s, "add");
    return s;
}
static void lua_start(struct task *t)
{
    t->state = per_task_state ? new_state() : shared_lua;
    t->co = lua_newthread(t->state);
    t->co_ref = luaL_ref(t->state, LUA_REGISTRYINDEX);
    lua_getglobal(t->co, "add");
}
static void lua_end(struct task *t)
{
    if (per_task_state)
        lua_close(t->state);
    else
        luaL_unref(t->state, LUA_REGISTRYINDEX, t->co_ref);
}
static int run_tool(struct task *t, char *out, size_t cap)
{
    tool_calls++;
    if (!use_lua)
        return snprintf(out, cap, "%d", t->a + t->b);
    int nres;
    lua_pushinteger(t->co, t->a);
    lua_pushinteger(t->co, t->b);
    if (lua_resume(t->co, t->state, 2, &nres) != LUA_YIELD || nres != 1) {
        fprintf(stderr, "lua: %s\n", lua_tostring(t->co, -1));
        exit(1);
    }
    int n = snprintf(out, cap, "%s", lua_tostring(t->co, -1));
    lua_pop(t->co, 1);
    return n;
}

/* ---- the loop of one task ---- */
static cJSON *msg(const char *role, const char *text)
{
    cJSON *m = cJSON_CreateObject();
    cJSON_AddStringToObject(m, "role", role);
    cJSON_AddStringToObject(m, "content", text);
    return m;
}
static void task_start(void)
{
    struct task *t = calloc(1, sizeof *t);
    t->id = started++;
    t->t0 = now();
    if (use_json) {
        t->jmsgs = cJSON_CreateArray();
        cJSON_AddItemToArray(t->jmsgs, msg("system", SYS));
        cJSON_AddItemToArray(t->jmsgs, msg("user", USR));
    } else {
        puts_(&t->msgs, "{\"role\":\"system\",\"content\":\"" SYS
                        "\"},{\"role\":\"user\",\"content\":\"" USR "\"}");
    }
    if (use_lua)
        lua_start(t);
    journal(t, 0, USR, strlen(USR));
}
static void finish(void)
{
    if (done < N)
        return;
    uv_timer_stop(&deadline);
    uv_stop(L);
}
static void task_end(struct task *t, int bad)
{
    errors += bad;
    lat[done++] = now() - t->t0;
    if (t->e)
        curl_easy_cleanup(t->e);
    if (use_lua)
        lua_end(t);
    cJSON_Delete(t->jmsgs);
    free(t->in.p);
    free(t->msgs.p);
    free(t->body.p);
    free(t->payload.p);
    free(t);
    if (started < N)
        task_start();
    else
        finish();
}
/* the last kind of step is durable (or needs not be): go on */
static void next_step(struct task *t)
{
    char r[64], m[256];
    switch (t->kind) {
    case 0:
    case 2:
        request(t);
        return;
    case 1: {
        int n = run_tool(t, r, sizeof r);
        if (use_json) {
            cJSON *x = msg("tool", r);
            cJSON_AddStringToObject(x, "tool_call_id", t->call_id);
            cJSON_AddItemToArray(t->jmsgs, x);
        } else {
            snprintf(m, sizeof m,
                    ",{\"role\":\"tool\",\"tool_call_id\":\"%s\",\"content\":\"%s\"}",
                    t->call_id, r);
            puts_(&t->msgs, m);
        }
        t->turn++;
        journal(t, 2, r, (size_t)n);
        return;
    }
    default:
        task_end(t, 0);
    }
}
static void answered(struct task *t, CURLcode rc)
{
    long code = 0;
    curl_easy_getinfo(t->e, CURLINFO_RESPONSE_CODE, &code);
    if (rc || code != 200) {
        fprintf(stderr, "task %d: %s, HTTP %ld\n", t->id, curl_easy_strerror(rc), code);
        task_end(t, 1);
        return;
    }
    if (use_json) {
        cJSON *j = cJSON_ParseWithLength(t->in.p, t->in.n);
        cJSON *ms = cJSON_DetachItemFromObjectCaseSensitive(
                cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(j, "choices"), 0),
                "message");
        cJSON_Delete(j);
        cJSON *tc =
                cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(ms, "tool_calls"), 0);
        cJSON_AddItemToArray(t->jmsgs, ms);
        if (!tc) {
            journal(t, 3, t->in.p, t->in.n);
            return;
        }
        snprintf(t->call_id, sizeof t->call_id, "%s",
                cJSON_GetObjectItemCaseSensitive(tc, "id")->valuestring);
        cJSON *args = cJSON_Parse(cJSON_GetObjectItemCaseSensitive(
                cJSON_GetObjectItemCaseSensitive(tc, "function"), "arguments")
                                          ->valuestring);
        t->a = cJSON_GetObjectItemCaseSensitive(args, "a")->valueint;
        t->b = cJSON_GetObjectItemCaseSensitive(args, "b")->valueint;
        cJSON_Delete(args);
    } else {
        const char *tc = strstr(t->in.p, "\"tool_calls\":[");
        if (!tc) {
            journal(t, 3, t->in.p, t->in.n);
            return;
        }
        snprintf(t->call_id, sizeof t->call_id, "call_%d", t->turn);
        sscanf(strstr(tc, "{\\\"a"), "{\\\"a\\\":%d,\\\"b\\\":%d", &t->a, &t->b);
        const char *ms = strstr(t->in.p, "\"message\":") + 10,
                   *e = strstr(ms, ",\"logprobs\"");
        puts_(&t->msgs, ",");
        put(&t->msgs, ms, (size_t)(e - ms));
    }
    journal(t, 1, t->in.p, t->in.n);
}

/* ---- libcurl on libuv ---- */
struct sock {
    uv_poll_t h;
    curl_socket_t fd;
    struct shard *sh;
};
static void drain(CURLM *M)
{
    CURLMsg *m;
    int left;
    while ((m = curl_multi_info_read(M, &left))) {
        if (m->msg != CURLMSG_DONE)
            continue;
        struct task *t;
        CURLcode rc = m->data.result;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&t);
        curl_multi_remove_handle(M, m->easy_handle);
        answered(t, rc);
    }
}
static void on_poll(uv_poll_t *h, int status, int ev)
{
    struct sock *s = h->data;
    int run, f = status < 0 ? CURL_CSELECT_ERR : 0;
    if (ev & UV_READABLE)
        f |= CURL_CSELECT_IN;
    if (ev & UV_WRITABLE)
        f |= CURL_CSELECT_OUT;
    CURLM *M = s->sh->m; /* s may be gone afterwards */
    curl_multi_socket_action(M, s->fd, f, &run);
    drain(M);
}
static void free_sock(uv_handle_t *h)
{
    free(h->data);
}
static int on_socket(CURL *e, curl_socket_t fd, int what, void *u, void *sp)
{
    struct sock *s = sp;
    struct shard *sh = u;
    (void)e;
    if (what == CURL_POLL_REMOVE) {
        if (s) {
            uv_poll_stop(&s->h);
            uv_close((uv_handle_t *)&s->h, free_sock);
            curl_multi_assign(sh->m, fd, NULL);
        }
        return 0;
    }
    if (!s) {
        s = calloc(1, sizeof *s);
        s->fd = fd;
        s->sh = sh;
        s->h.data = s;
        uv_poll_init_socket(L, &s->h, fd);
        curl_multi_assign(sh->m, fd, s);
    }
    uv_poll_start(&s->h,
            (what & CURL_POLL_IN ? UV_READABLE : 0) |
                    (what & CURL_POLL_OUT ? UV_WRITABLE : 0),
            on_poll);
    return 0;
}
static void on_curl_timeout(uv_timer_t *h)
{
    int run;
    CURLM *M = ((struct shard *)h->data)->m;
    curl_multi_socket_action(M, CURL_SOCKET_TIMEOUT, 0, &run);
    drain(M);
}
static int on_timer(CURLM *m, long ms, void *u)
{
    struct shard *sh = u;
    (void)m;
    if (ms < 0)
        uv_timer_stop(&sh->timer);
    else
        uv_timer_start(&sh->timer, on_curl_timeout, (uint64_t)ms, 0);
    return 0;
}
static void on_deadline(uv_timer_t *h)
{
    (void)h;
    fprintf(stderr, "over the time limit\n");
    uv_stop(L);
}
static int cmp(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}
static double cpu(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)u.ru_utime.tv_sec + (double)u.ru_stime.tv_sec +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

int main(int argc, char **argv)
{
    int o;
    while ((o = getopt(argc, argv, "n:c:m:p:T:jlsw:y:g:M:")) != -1)
        switch (o) {
        case 'n':
            N = atoi(optarg);
            break;
        case 'c':
            C = atoi(optarg);
            break;
        case 'm':
            model = optarg;
            break;
        case 'p':
            port = atoi(optarg);
            break;
        case 'T':
            limit_s = atoi(optarg);
            break;
        case 'j':
            use_json = 1;
            break;
        case 'l':
            use_lua = 1;
            break;
        case 's':
            use_lua = per_task_state = 1;
            break;
        case 'w':
            journal_file = optarg;
            break;
        case 'y':
            sync_level = optarg;
            break;
        case 'g':
            group_max = atoi(optarg);
            break;
        case 'M':
            nshards = atoi(optarg);
            break;
        default:
            fprintf(stderr, "see the head of stack.c\n");
            return 2;
        }
    if (C > N)
        C = N;
    lat = calloc((size_t)N, sizeof *lat);
    L = uv_default_loop();
    curl_global_init(CURL_GLOBAL_DEFAULT);
    shards = calloc((size_t)nshards, sizeof *shards);
    for (int i = 0; i < nshards; i++) {
        struct shard *sh = &shards[i];
        sh->m = curl_multi_init();
        curl_multi_setopt(sh->m, CURLMOPT_SOCKETFUNCTION, on_socket);
        curl_multi_setopt(sh->m, CURLMOPT_SOCKETDATA, sh);
        curl_multi_setopt(sh->m, CURLMOPT_TIMERFUNCTION, on_timer);
        curl_multi_setopt(sh->m, CURLMOPT_TIMERDATA, sh);
        curl_multi_setopt(sh->m, CURLMOPT_MAXCONNECTS, (long)C / nshards + 8);
        uv_timer_init(L, &sh->timer);
        sh->timer.data = sh;
    }
    uv_timer_init(L, &deadline);
    uv_timer_start(&deadline, on_deadline, (uint64_t)limit_s * 1000, 0);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/v1/chat/completions", port);
    hdrs = curl_slist_append(NULL, "Content-Type: application/json");
    hdrs = curl_slist_append(hdrs, "Authorization: Bearer x");
    hdrs = curl_slist_append(hdrs, "Expect:");
    if (use_lua && !per_task_state)
        shared_lua = new_state();
    if (journal_file) {
        uv_async_init(L, &durable, on_durable);
        pthread_create(&writer, NULL, writer_main, NULL);
    }
    double c0 = cpu(), t0 = now();
    for (int i = 0; i < C; i++)
        task_start();
    uv_run(L, UV_RUN_DEFAULT);
    double w = now() - t0, c = cpu() - c0;
    if (journal_file) {
        pthread_mutex_lock(&mu);
        writer_stop = 1;
        pthread_mutex_unlock(&mu);
        pthread_cond_signal(&cv);
        pthread_join(writer, NULL);
    }
    qsort(lat, (size_t)done, sizeof *lat, cmp);
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    int ok = done - errors;
    double reqs = tool_calls + ok;
    printf("{\"name\":\"c-stack%s%s%s%s\",\"n\":%d,\"c\":%d,\"model\":\"%s\",\"done\":%d,"
           "\"errors\":%d,\"wall_s\":%.3f,\"tasks_s\":%.1f,"
           "\"reqs_s\":%.0f,\"cpu_s_per_1000\":%.4f,\"cpu_us_per_req\":%.1f,\"p50_ms\":%."
           "2f,\"p99_ms\":%.2f,"
           "\"maxrss_mib\":%.1f,\"commits\":%llu,\"rows\":%llu,\"server_pss_mib\":0}\n",
            use_json ? "-cjson" : "",
            use_lua ? (per_task_state ? "-luastates" : "-lua") : "",
            journal_file ? "-wal-" : "", journal_file ? sync_level : "", N, C, model, ok,
            errors, w, ok / w, reqs / w, c / ok * 1000, c / reqs * 1e6,
            done ? lat[done / 2] * 1e3 : 0, done ? lat[(int)(done * 0.99)] * 1e3 : 0,
            (double)u.ru_maxrss / 1024, commits, rows_written);
    return errors || done < N;
}
