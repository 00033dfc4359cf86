/* Kills tasks at every event, or at every moment, and looks at what became of them.
 *
 *   test_crash_exec              quick: every event of every scenario
 *   test_crash_exec long [SEED]  every moment, a second kill while recovering, and 200
 *                                kills from outside at random times
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
#include "crash/crash_scenarios.h"
#include "fakes/exec_bed.h"

enum { ENDED = 0, WRONG = 1, GOES_ON = 3, GENERATIONS = 12, RANDOM_KILLS = 200 };

struct attempt {
    const struct scenario *scenario;
    const char *folder;
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
    bed.now_ms += attempt->generation * 3600000LL;
    bed.replies = attempt->scenario->replies;
    bed.answer = attempt->scenario->answer;
    bed.kill_at = attempt->kill_at;
    bed.quiet_clock = !attempt->every_moment;
    if (sc_store_task_list(bed.store, &all, on_task, &found, &bed.err))
        return WRONG;
    if (*found.id)
        exec_bed_resume(&bed, found.id);
    else
        start(&bed, attempt->scenario);
    code = judge(&bed, attempt->scenario);
    exec_bed_release(&bed);
    return code;
}

/* --- in the parent, which has no threads and no store --- */

static pid_t spawn(const struct attempt *attempt)
{
    pid_t pid = fork();

    SC_ASSERT(pid >= 0);
    if (pid == 0)
        _exit(child(attempt));
    return pid;
}

/* The exit code, or -1 when it was killed. */
static int wait_for(pid_t pid)
{
    int status;

    while (waitpid(pid, &status, 0) < 0)
        SC_ASSERT(errno == EINTR);
    if (WIFSIGNALED(status))
        return WTERMSIG(status) == SIGKILL || WTERMSIG(status) == SIGALRM ? -1 : WRONG;
    return WEXITSTATUS(status);
}

/* From what the first process left until the task has ended. */
static bool finish(struct attempt *attempt)
{
    for (; attempt->generation < GENERATIONS; attempt->generation++) {
        int code = wait_for(spawn(attempt));

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
};

static int run_whole(const struct torture *t, struct attempt *attempt)
{
    int code = GOES_ON;

    while (code == GOES_ON && attempt->generation < t->whole) {
        code = wait_for(spawn(attempt));
        attempt->generation++;
    }
    return code;
}

/* *ret_code: what became of the process that was to be killed; -1: it was. */
static bool torture(const struct torture *t, int *ret_code)
{
    char folder[SC_TEMP_FOLDER];
    struct attempt attempt = {
        .scenario = t->scenario, .folder = folder, .every_moment = t->every_moment
    };
    bool good;

    sc_temp_folder_make(folder);
    *ret_code = run_whole(t, &attempt);
    if (*ret_code == GOES_ON) {
        attempt.kill_at = t->n;
        *ret_code = wait_for(spawn(&attempt));
        attempt.generation++;
    }
    attempt.kill_at = t->again;
    good = *ret_code == ENDED ||
           ((*ret_code == -1 || *ret_code == GOES_ON) && finish(&attempt));
    if (!good)
        fprintf(stderr, "scenario '%s', process %d killed at %zu, the next at %zu\n",
                t->scenario->name, t->whole, t->n, t->again);
    sc_temp_folder_remove(folder);
    return good;
}

/* Every moment of every process that the task would need if nobody killed it. */
static bool every(const struct scenario *scenario, bool every_moment)
{
    struct torture t = { scenario, every_moment, 0, 0, 0 };
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

static bool at_random(const struct scenario *scenario, unsigned long *seed, size_t *kills)
{
    char folder[SC_TEMP_FOLDER];
    struct attempt attempt = { .scenario = scenario, .folder = folder };
    bool good = true;
    int code = -1;

    sc_temp_folder_make(folder);
    while (good && code == -1 && attempt.generation < GENERATIONS - 4) {
        *seed = *seed * 6364136223846793005UL + 1442695040888963407UL;
        attempt.kill_after_us = 1 + (long)((*seed >> 33) % 20000);
        code = wait_for(spawn(&attempt));
        *kills += code == -1;
        attempt.generation++;
        good = code == -1 || code == ENDED || code == GOES_ON;
    }
    attempt.kill_after_us = 0;
    good = good && (code == ENDED || finish(&attempt));
    if (!good)
        fprintf(stderr, "scenario '%s', killed at random\n", scenario->name);
    sc_temp_folder_remove(folder);
    return good;
}

static bool all_at_random(unsigned long seed)
{
    bool good = true;
    size_t kills = 0;

    SC_ASSERT(scenario_count > 0);
    printf("seed %lu\n", seed);
    for (size_t i = 0; good && kills < RANDOM_KILLS; i++)
        good = at_random(&scenarios[i % scenario_count], &seed, &kills);
    printf("%zu random kills: %s\n", kills, good ? "all well" : "WRONG");
    return good;
}

int main(int argc, char **argv)
{
    bool is_long = argc > 1 && strcmp(argv[1], "long") == 0;
    unsigned long seed = argc > 2 ? strtoul(argv[2], NULL, 10)
                                  : (unsigned long)(sc_random() % 1000000);
    bool good = true;

    setvbuf(stdout, NULL, _IOLBF, 0);
    for (size_t i = 0; i < scenario_count; i++)
        good = every(&scenarios[i], is_long) && good;
    if (is_long)
        good = all_at_random(seed) && good;
    return good ? 0 : 1;
}
