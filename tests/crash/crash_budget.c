/* 200 tasks at once against the budget of a day, with a peer that counts what it would
 * have charged, killed with SIGKILL at random times until all have ended.
 *
 *   test_crash_budget [SEED]       short
 *   test_crash_budget long [SEED]  fifty times as often
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/id.h"
#include "base/mem.h"
#include "exec/budget.h"
#include "fakes/exec_bed.h"
#include "loop/timer.h"

enum { TASKS = 200, LIMIT = 60000, LEAST = 200, WORST = 1000, ENOUGH = LIMIT - WORST };
enum {
    ROUNDS = 4,
    MANY_ROUNDS = 200,
    KILLS = 12,
    LATEST_KILL_US = 40000,
    SLOWEST_MS = 4
};

/* Outlives the processes: what the provider has charged, which no kill undoes. */
struct peer {
    int64_t charged, requests, most_open, open;
};

static struct peer *peer;

struct tasks {
    struct exec_bed bed;
    size_t left, done, refused, wrong;
};

/* --- the peer, as a model --- */

struct asked {
    struct sc_op op;
    struct sc_op *sleep;
    struct sc_model_reply *reply;
};

static void asked_cancel(struct sc_op *op)
{
    struct asked *asked = sc_container_of(op, struct asked, op);

    sc_op_cancel(asked->sleep);
}

static void asked_release(struct sc_op *op)
{
    struct asked *asked = sc_container_of(op, struct asked, op);

    sc_model_reply_free(asked->reply);
    free(asked);
}

static const struct sc_op_class asked_class = { "asked", asked_cancel, asked_release };

static void on_slept(struct sc_op *op, const struct sc_error *err)
{
    struct asked *asked = op->arg;

    peer->open--;
    sc_op_finish(&asked->op, err);
}

/* What arrives is charged, whoever lives to hear the answer. */
static struct sc_op *ask(struct sc_model *model, struct sc_scope *scope,
        const struct sc_model_request *request, sc_op_done_fn *done, void *arg)
{
    static const char answer[] =
            "{\"text\":\"done\",\"model\":\"m\",\"native\":{\"role\":\"assistant\","
            "\"content\":\"done\"}}";
    struct asked *asked = sc_new(struct asked);
    int64_t cost = LEAST + (int64_t)(sc_random() % (WORST - LEAST + 1));

    (void)model, (void)request;
    peer->charged += cost;
    peer->requests++;
    peer->open++;
    if (peer->open > peer->most_open)
        peer->most_open = peer->open;
    asked->reply = sc_model_reply_take_json(
            sc_json_parse(answer, strlen(answer), NULL, NULL), NULL);
    asked->reply->usage = (struct sc_model_usage){
        .requests = 1, .cost_micro = cost, .cost_known = true
    };
    sc_op_begin(&asked->op, &asked_class, scope, done, arg);
    asked->sleep = sc_sleep_start(scope, sc_random() % (SLOWEST_MS + 1), on_slept, asked);
    return &asked->op;
}

static const struct sc_model_reply *reply_of(struct sc_op *op)
{
    return sc_container_of(op, struct asked, op)->reply;
}

static int64_t worst_case(struct sc_model *model, const struct sc_model_request *request)
{
    (void)model, (void)request;
    return WORST;
}

/* --- in the child --- */

static void on_ended(struct sc_op *op, const struct sc_error *err)
{
    struct tasks *tasks = op->arg;
    const char *state = sc_json_get_string(sc_exec_report(op), "state", "none");

    tasks->left--;
    if (strcmp(state, "done") == 0)
        tasks->done++;
    else if (strcmp(state, "over_budget") == 0)
        tasks->refused++;
    else
        fprintf(stderr, "ended as %s (%s)\n", state, err ? err->msg : "no error"),
                tasks->wrong++;
}

struct kept {
    struct sc_json *open; /* ids */
    size_t count;
};

static void on_row(void *arg, const struct sc_task_row *row)
{
    struct kept *kept = arg;

    kept->count++;
    if (!row->ended_ms)
        sc_json_append(kept->open, sc_json_new_string(row->id));
}

static void start_all(struct tasks *tasks)
{
    struct exec_bed *bed = &tasks->bed;
    struct kept kept = { .open = sc_json_new_array() };
    struct sc_json *none;
    struct sc_task_spec spec = exec_bed_spec(&none, NULL);
    const struct sc_task_filter all = { .limit = TASKS };

    spec.strategy = SC_STRATEGY_LOOP;
    SC_ASSERT(sc_store_task_list(bed->store, &all, on_row, &kept, NULL) == SC_OK);
    tasks->left = sc_json_count(kept.open) + TASKS - kept.count;
    SC_JSON_EACH(id, kept.open)
    sc_exec_resume_start(&bed->scope, bed->exec, sc_json_string(id), on_ended, tasks);
    for (size_t i = kept.count; i < TASKS; i++)
        sc_exec_run_start(&bed->scope, bed->exec, &spec, on_ended, tasks);
    sc_json_free(kept.open);
}

static int child(const char *folder, long kill_after_us)
{
    const struct itimerval at = { .it_value = { .tv_usec = kill_after_us } };
    struct tasks tasks = { .left = 0 };
    int code = setitimer(ITIMER_REAL, &at, NULL);

    /* SIGALRM, which nobody handles, ends the process wherever it is. */
    SC_ASSERT(code == 0);
    exec_bed_init(&tasks.bed, folder);
    tasks.bed.model.start = ask;
    tasks.bed.model.reply = reply_of;
    tasks.bed.model.worst_case_micro = worst_case;
    tasks.bed.answer = "{\"approve\":true}"; /* the last tenth may be used */
    tasks.bed.step_ms = 0;
    sc_budgets_limit(tasks.bed.budgets, NULL, LIMIT, -1);
    start_all(&tasks);
    sc_loop_run(tasks.bed.loop);
    exec_bed_release(&tasks.bed);
    return tasks.left == 0 && tasks.wrong == 0 ? 0 : 1;
}

/* --- in the parent --- */

/* 0: all have ended; -1: killed. */
static int run_child(const char *folder, long kill_after_us)
{
    pid_t pid = fork();
    int status;

    SC_ASSERT(pid >= 0);
    if (pid == 0)
        _exit(child(folder, kill_after_us));
    while (waitpid(pid, &status, 0) < 0)
        SC_ASSERT(errno == EINTR);
    if (WIFSIGNALED(status))
        return WTERMSIG(status) == SIGALRM ? -1 : 1;
    return WEXITSTATUS(status);
}

/* What the store says was spent is at least what was charged. */
static bool is_counted(const char *folder, struct sc_spending *ret_spending)
{
    const struct sc_spending_filter all = { .to_ms = INT64_MAX };
    struct sc_loop *loop = sc_loop_new(NULL);
    const struct sc_store_options options = { .folder = folder, .read_only = true };
    struct sc_store *store = sc_store_open(loop, &options, NULL);
    bool read = store && sc_store_spending(store, &all, ret_spending, NULL) == SC_OK;

    sc_store_close(store);
    sc_loop_run(loop);
    sc_loop_free(loop);
    return read && ret_spending->cost_micro + ret_spending->lost_micro +
                                   ret_spending->reserved_micro >=
                           peer->charged;
}

static bool round_of(unsigned long *seed, bool with_kills)
{
    char folder[SC_TEMP_FOLDER];
    struct sc_spending spending = { 0 };
    size_t kills = 0;
    int code = -1;
    bool good;

    sc_temp_folder_make(folder);
    *peer = (struct peer){ 0 };
    while (code == -1 && peer->charged <= LIMIT) {
        *seed = *seed * 6364136223846793005UL + 1442695040888963407UL;
        code = run_child(folder, with_kills && kills < KILLS
                                         ? 1 + (long)((*seed >> 33) % LATEST_KILL_US)
                                         : 0);
        kills += code == -1;
        peer->open = 0;
    }
    good = code == 0 && peer->charged <= LIMIT && is_counted(folder, &spending);
    if (!with_kills) /* and what could be used was used */
        good = good && peer->charged > ENOUGH - WORST;
    printf("%zu kills: %lld requests, %lld of %d charged, %lld settled, %lld lost, "
           "%lld at once, %s\n",
            kills, (long long)peer->requests, (long long)peer->charged, LIMIT,
            (long long)spending.cost_micro, (long long)spending.lost_micro,
            (long long)peer->most_open, good ? "kept" : "WRONG");
    sc_temp_folder_remove(folder);
    return good;
}

int main(int argc, char **argv)
{
    bool is_long = argc > 1 && strcmp(argv[1], "long") == 0;
    int at = is_long ? 2 : 1;
    unsigned long seed = argc > at ? strtoul(argv[at], NULL, 10)
                                   : (unsigned long)(sc_random() % 1000000);
    bool good;

    setvbuf(stdout, NULL, _IOLBF, 0);
    peer = mmap(NULL, sizeof(*peer), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
            -1, 0);
    SC_ASSERT(peer != MAP_FAILED);
    printf("%d tasks, seed %lu\n", TASKS, seed);
    good = round_of(&seed, false);
    for (int i = 0; i < (is_long ? MANY_ROUNDS : ROUNDS); i++)
        good = round_of(&seed, true) && good;
    return good ? 0 : 1;
}
