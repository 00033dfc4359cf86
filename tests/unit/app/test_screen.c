#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pty.h>
#include <unistd.h>

#include "app/screen.h"

struct fixture {
    int terminal; /* the other end of what is written to */
    FILE *out;
    struct sc_screen *screen;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    int end;

    assert_int_equal(openpty(&f->terminal, &end, NULL, NULL, NULL), 0);
    f->out = fdopen(end, "w");
    f->screen = sc_screen_new(f->out, "en", false);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    sc_screen_free(f->screen);
    fclose(f->out);
    close(f->terminal);
    free(f);
    return 0;
}

static void tell(struct fixture *f, const char *kind, const char *body)
{
    struct sc_json *json = sc_json_parse(body, strlen(body), NULL, NULL);

    sc_screen_event(f->screen,
            &(struct sc_exec_event){ .task_id = "t", .kind = kind, .body = json });
    sc_json_free(json);
}

static void shows(struct fixture *f, const char *part)
{
    char text[512];
    ssize_t n = read(f->terminal, text, sizeof(text) - 1);

    assert_true(n > 0);
    text[n] = '\0';
    if (!strstr(text, part))
        fail_msg("'%s' is not in '%s'", part, text);
}

static void a_step_that_begins_before_its_plan_is_shown(void **state)
{
    struct fixture *f = *state;

    tell(f, "begun", "{\"step\":\"sheet\",\"tool\":\"table.read\"}");
    shows(f, "… sheet");
    tell(f, "result", "{\"step\":\"sheet\",\"element\":0,\"value\":7,\"early\":\"x\"}");
    shows(f, "sheet            7");
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(a_step_that_begins_before_its_plan_is_shown),
    };
    return cmocka_run_group_tests_name("app/screen", tests, NULL, NULL);
}
