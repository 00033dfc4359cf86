/* Kills tasks at every event, or at every moment, and looks at what became of them.
 *
 *   test_crash_exec [SEED]       every event of every scenario, and 200 kills at random
 *                                times
 *   test_crash_exec long [SEED]  every moment, a second kill while recovering, and 1000
 *                                kills at random times
 *
 * Effects happen in a process of their own, the peer, which nobody kills.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/id.h"
#include "base/mem.h"
#include "crash/crash_figures.h"
#include "crash/crash_scenarios.h"
#include "fakes/exec_bed.h"
#include "fakes/peer_process.h"

enum { ENDED = 0, WRONG = 1, GOES_ON = 3, GENERATIONS = 12 };
enum { RANDOM_KILLS = 200, MANY_RANDOM_KILLS = 1000 };

struct attempt {
    const struct scenario *scenario;
    char folder[SC_TEMP_FOLDER];
    struct peer_process shop;
    struct figures *figures;
    size_t kill_at;
    bool every_moment;
    int generation;     /* an hour passes between processes */
    long kill_after_us; /* 0: not */
};

/* --- in the child --- */

struct found {
    char id[32];
    bool ended;
};

static void on_task(void *arg, const struct sc_task_row *row)
{
    struct found *found = arg;

    snprintf(found->id, sizeof(found->id), "%s", row->id);
    found->ended = row->ended_ms != 0;
}

static bool complain(const struct exec_bed *bed, const char *what, const char *detail)
{
    char *report = bed->report ? sc_json_text(bed->report) : sc_strdup("no report");

    fprintf(stderr, "%s %s\n%s\n", what, detail, report);
    free(report);
    return false;
}

static bool effects_are_right(const struct exec_bed *bed, const struct scenario *scenario)
{
    bool doubt = strcmp(exec_bed_state(bed), "in_doubt") == 0;

    if (scenario->limit)
        return exec_bed_effects(bed, scenario->effects[0]) == scenario->limit ||
               complain(bed, "wrong count of", scenario->effects[0]);
    for (size_t i = 0; scenario->effects[i]; i++) {
        size_t count = exec_bed_effects(bed, scenario->effects[i]);

        if (count > 1)
            return complain(bed, "repeated:", scenario->effects[i]);
        if (count == 0 && !(scenario->may_doubt && doubt))
            return complain(bed, "lost:", scenario->effects[i]);
    }
    return true;
}

/* The report of the process that ended the task, and the fold of its journal. */
static bool fold_is_the_same(const struct exec_bed *bed)
{
    static const char *const parts[] = { "state", "answer", "steps", "checks", "plan",
        "error" };
    struct sc_error err = { 0 };
    struct sc_json *fold = sc_exec_report_of(
            bed->store, sc_json_get_string(bed->report, "id", ""), &err);
    bool same = fold != NULL;

    for (size_t i = 0; same && i < sizeof(parts) / sizeof(*parts); i++)
        same = sc_json_equal(
                sc_json_get(fold, parts[i]), sc_json_get(bed->report, parts[i]));
    if (!same) {
        char *text = fold ? sc_json_text(fold) : sc_strdup(err.msg);

        complain(bed, "the journal says otherwise:", text);
        free(text);
    }
    sc_json_free(fold);
    return same;
}

static bool store_is_whole(const struct exec_bed *bed)
{
    struct sc_json *wrong = sc_store_verify(bed->store, NULL);
    bool whole = sc_json_count(wrong) == 0;

    if (!whole)
        complain(bed, "store:", sc_json_string(sc_json_first(wrong)));
    sc_json_free(wrong);
    return whole;
}

static bool state_is_right(const struct exec_bed *bed, const struct scenario *scenario)
{
    const char *state = exec_bed_state(bed);

    if (strcmp(state, scenario->state) == 0)
        return true;
    if (scenario->may_doubt && strcmp(state, "in_doubt") == 0)
        return true;
    return complain(bed, "ended as", state);
}

static int judge(struct exec_bed *bed, const struct scenario *scenario)
{
    if (bed->err.code) {
        complain(bed, "the run failed:", bed->err.msg);
        return WRONG;
    }
    if (strcmp(exec_bed_state(bed), "waiting") == 0)
        return GOES_ON;
    return state_is_right(bed, scenario) && effects_are_right(bed, scenario) &&
                           fold_is_the_same(bed) && store_is_whole(bed)
                   ? ENDED
                   : WRONG;
}

static void start(struct exec_bed *bed, const struct scenario *scenario)
{
    struct sc_json *plan;
    struct sc_task_spec spec = exec_bed_spec(&plan, scenario->plan);

    spec.yes = true;
    spec.strategy = scenario->loop ? SC_STRATEGY_LOOP : SC_STRATEGY_PLAN;
    exec_bed_run(bed, &spec);
    sc_json_free(plan);
}

static int child(const struct attempt *attempt)
{
    const struct sc_task_filter all = { .limit = 1 };
    struct exec_bed bed;
    struct found found = { .id = "" };
    const struct itimerval at = { .it_value = { .tv_usec = attempt->kill_after_us } };
    int code = setitimer(ITIMER_REAL, &at, NULL);

    /* SIGALRM, which nobody handles, ends the process wherever it is. */
    SC_ASSERT(code == 0);
    exec_bed_init(&bed, attempt->folder);
    bed.shop_port = attempt->shop.port;
    bed.now_ms += attempt->generation * 3600000LL;
    bed.replies = attempt->scenario->replies;
    bed.answer = attempt->scenario->answer;
    bed.stream_piece = attempt->scenario->stream_piece;
    bed.kill_at = attempt->kill_at;
    bed.quiet_clock = !attempt->every_moment;
    if (sc_store_task_list(bed.store, &all, on_task, &found, &bed.err))
        return WRONG;
    if (*found.id)
        exec_bed_resume(&bed, found.id);
    else
        start(&bed, attempt->scenario);
    code = judge(&bed, attempt->scenario);
    if (code != GOES_ON)
        figures_leave(&bed, attempt->scenario);
    exec_bed_release(&bed);
    return code;
}

/* --- in the parent, which has no threads and no store --- */

/* A new folder for a task, and the peer that its effects go to. */
static void open_attempt(struct attempt *attempt)
{
    char *log;
    bool started;

    sc_temp_folder_make(attempt->folder);
    log = sc_strdupf("%s/sink", attempt->folder);
    started = peer_process_start(
            &attempt->shop, (const char *const[]){ SC_EFFECT_PEER, log, NULL });
    SC_ASSERT(started);
    free(log);
}

static void close_attempt(struct attempt *attempt)
{
    int code = peer_process_stop(&attempt->shop);

    SC_ASSERT(code == 0);
    figures_add(attempt->figures, attempt->folder);
    sc_temp_folder_remove(attempt->folder);
}

static pid_t spawn(const struct attempt *attempt)
{
    pid_t pid = fork();

    SC_ASSERT(pid >= 0);
    if (pid == 0)
        _exit(child(attempt));
    return pid;
}

/* The exit code, or -1 when it was killed. */
static int run_child(const struct attempt *attempt)
{
    pid_t pid = spawn(attempt);
    int status;

    while (waitpid(pid, &status, 0) < 0)
        SC_ASSERT(errno == EINTR);
    if (WIFSIGNALED(status)) {
        attempt->figures->kills++;
        return WTERMSIG(status) == SIGKILL || WTERMSIG(status) == SIGALRM ? -1 : WRONG;
    }
    return WEXITSTATUS(status);
}

/* From what the first process left until the task has ended. */
static bool finish(struct attempt *attempt)
{
    for (; attempt->generation < GENERATIONS; attempt->generation++) {
        int code = run_child(attempt);

        attempt->kill_at = 0;
        if (code == ENDED)
            return true;
        if (code != GOES_ON && code != -1)
            return false;
    }
    fprintf(stderr, "it never ends\n");
    return false;
}

/* What to do to a scenario: let `whole` processes go on until the task waits, kill the
 * next at its n-th moment, and the one after that at its again-th. */
struct torture {
    const struct scenario *scenario;
    bool every_moment;
    int whole;
    size_t n, again;
    struct figures *figures;
};

static int run_whole(const struct torture *t, struct attempt *attempt)
{
    int code = GOES_ON;

    while (code == GOES_ON && attempt->generation < t->whole) {
        code = run_child(attempt);
        attempt->generation++;
    }
    return code;
}

/* *ret_code: what became of the process that was to be killed; -1: it was. */
static bool torture(const struct torture *t, int *ret_code)
{
    struct attempt attempt = {
        .scenario = t->scenario, .figures = t->figures, .every_moment = t->every_moment
    };
    bool good;

    open_attempt(&attempt);
    *ret_code = run_whole(t, &attempt);
    if (*ret_code == GOES_ON) {
        attempt.kill_at = t->n;
        *ret_code = run_child(&attempt);
        attempt.generation++;
    }
    attempt.kill_at = t->again;
    good = *ret_code == ENDED ||
           ((*ret_code == -1 || *ret_code == GOES_ON) && finish(&attempt));
    if (!good)
        fprintf(stderr, "scenario '%s', process %d killed at %zu, the next at %zu\n",
                t->scenario->name, t->whole, t->n, t->again);
    close_attempt(&attempt);
    return good;
}

/* Every moment of every process that the task would need if nobody killed it. */
static bool every(
        const struct scenario *scenario, bool every_moment, struct figures *figures)
{
    struct torture t = { scenario, every_moment, 0, 0, 0, figures };
    size_t moments = 0;
    bool good = true;
    int code = GOES_ON;

    for (; good && code == GOES_ON; t.whole++) {
        code = -1;
        for (t.n = 1; good && code == -1; t.n++) {
            t.again = every_moment ? t.n % 17 : 0;
            good = torture(&t, &code);
            moments += code == -1;
        }
    }
    printf("%s: %zu moments, %s\n", scenario->name, moments, good ? "all well" : "WRONG");
    return good;
}

static bool at_random(
        const struct scenario *scenario, unsigned long *seed, struct figures *figures)
{
    struct attempt attempt = { .scenario = scenario, .figures = figures };
    bool good = true;
    int code = -1;

    open_attempt(&attempt);
    while (good && code == -1 && attempt.generation < GENERATIONS - 4) {
        *seed = *seed * 6364136223846793005UL + 1442695040888963407UL;
        attempt.kill_after_us = 1 + (long)((*seed >> 33) % 20000);
        code = run_child(&attempt);
        attempt.generation++;
        good = code == -1 || code == ENDED || code == GOES_ON;
    }
    attempt.kill_after_us = 0;
    good = good && (code == ENDED || finish(&attempt));
    if (!good)
        fprintf(stderr, "scenario '%s', killed at random\n", scenario->name);
    close_attempt(&attempt);
    return good;
}

static bool all_at_random(unsigned long seed, size_t kills)
{
    struct figures figures = { 0 };
    bool good = true;

    SC_ASSERT(scenario_count > 0);
    printf("seed %lu\n", seed);
    for (size_t i = 0; good && figures.kills < kills; i++)
        good = at_random(&scenarios[i % scenario_count], &seed, &figures);
    printf("at random: ");
    figures_print(&figures);
    return good && figures.lost == 0 && figures.repeated == 0;
}

int main(int argc, char **argv)
{
    bool is_long = argc > 1 && strcmp(argv[1], "long") == 0;
    int at = is_long ? 2 : 1;
    unsigned long seed = argc > at ? strtoul(argv[at], NULL, 10)
                                   : (unsigned long)(sc_random() % 1000000);
    struct figures figures = { 0 };
    bool good = true;

    setvbuf(stdout, NULL, _IOLBF, 0);
    for (size_t i = 0; i < scenario_count; i++)
        good = every(&scenarios[i], is_long, &figures) && good;
    printf("at every %s: ", is_long ? "moment" : "event");
    figures_print(&figures);
    good = good && figures.lost == 0 && figures.repeated == 0;
    good = all_at_random(seed, is_long ? MANY_RANDOM_KILLS : RANDOM_KILLS) && good;
    return good ? 0 : 1;
}
