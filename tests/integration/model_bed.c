/* See model_bed.h. */
#include "integration/model_bed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "fakes/program.h"

void model_bed_init(struct model_bed *bed)
{
    *bed = (struct model_bed){ 0 };
    driver_init(&bed->d);
}

void model_bed_stop(struct model_bed *bed)
{
    if (!bed->peer)
        return;
    close(bed->peer_in);
    close(bed->peer_out);
    program_stop(bed->peer);
    free(bed->url_env);
    free(bed->script);
    free(bed->log);
    bed->url_env = bed->script = bed->log = NULL;
    bed->d.env[0] = "OPENAI_BASE_URL=http://127.0.0.1:1/v1"; /* where nobody answers */
    bed->peer = 0;
}

void model_bed_release(struct model_bed *bed)
{
    model_bed_stop(bed);
    driver_release(&bed->d);
}

int model_bed_setup(void **state)
{
    struct model_bed *bed = sc_new(struct model_bed);

    model_bed_init(bed);
    *state = bed;
    return 0;
}

int model_bed_teardown(void **state)
{
    model_bed_release(*state);
    free(*state);
    return 0;
}

void model_bed_start(struct model_bed *bed, const char *replies)
{
    char port[16], *text = sc_strdupf("{\"lexicon\":\"" SC_TEST_DATA
                                      "/memory/lexicon.txt\",\"replies\":[%s]}",
                           replies);
    const char *argv[4] = { SC_MODEL_PEER };

    model_bed_stop(bed);
    driver_write(&bed->d, "script.json", text);
    free(text);
    bed->script = sc_strdupf("%s/script.json", bed->d.folder);
    bed->log = sc_strdupf("%s/log.jsonl", bed->d.folder);
    unlink(bed->log);
    argv[1] = bed->script;
    argv[2] = bed->log;
    bed->peer = program_start(argv, &bed->peer_in, &bed->peer_out);
    program_read_line(bed->peer_out, port, sizeof(port));
    bed->url_env = sc_strdupf("OPENAI_BASE_URL=http://127.0.0.1:%s/v1", port);
    bed->d.env[0] = bed->url_env;
    bed->d.env[1] = "OPENAI_API_KEY=" MODEL_BED_KEY;
    bed->d.env[2] = "OPENAI_MODEL=gpt-5.6";
}

size_t model_bed_requests(struct model_bed *bed)
{
    char *log =
            driver_has(&bed->d, "log.jsonl") ? driver_read(&bed->d, "log.jsonl") : NULL;
    size_t n = 0;

    for (const char *c = log; c && *c; c++)
        n += *c == '\n';
    free(log);
    return n;
}

void model_bed_assert_state(struct model_bed *bed, int code, const char *state)
{
    struct driver *d = &bed->d;

    if (d->code != code || strcmp(driver_text(d, "state"), state) != 0)
        fail_msg("%d, not %d: %s%s", d->code, code, d->out, d->err);
    assert_null(strstr(d->out, MODEL_BED_KEY));
    assert_null(strstr(d->err, MODEL_BED_KEY));
}
