/* supercargo memory: people see, correct and erase what is known. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "integration/model_bed.h"

/* --- helpers --- */

/* The id of what was added last, on the heap. */
static char *id_of(struct model_bed *f)
{
    char *id = sc_strdup(driver_text(&f->d, "id"));

    assert_true(*id);
    return id;
}

static char *add(struct model_bed *f, const char *statement, const char *subject)
{
    if (subject)
        drive(&f->d, "memory", "add", statement, "--subject", subject, "--json", NULL);
    else
        drive(&f->d, "memory", "add", statement, "--json", NULL);
    assert_int_equal(f->d.code, 0);
    return id_of(f);
}

static const struct sc_json *found(struct model_bed *f, const char *words, size_t n)
{
    drive(&f->d, "memory", "search", words, "--json", NULL);
    assert_int_equal(f->d.code, 0);
    return sc_json_at(sc_json_get(f->d.json, "items"), n);
}

static const char *first(struct model_bed *f, const char *words)
{
    return sc_json_get_string(found(f, words, 0), "statement", "");
}

/* Does a file of the data folder hold the text? */
static bool is_kept(struct model_bed *f, const char *text)
{
    char *folder = sc_strdupf("%s/data", f->d.folder);
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    bool kept = false;

    assert_non_null(dir);
    while ((entry = readdir(dir))) {
        char *path = sc_strdupf("%s/%s", folder, entry->d_name), part[65536];
        FILE *file = fopen(path, "rb");
        struct sc_buf bytes = { 0 };
        size_t n;

        while (file && (n = fread(part, 1, sizeof(part), file)) > 0)
            sc_buf_add(&bytes, part, n);
        kept = kept || (bytes.len && memmem(bytes.data, bytes.len, text, strlen(text)));
        sc_buf_release(&bytes);
        if (file)
            fclose(file);
        free(path);
    }
    closedir(dir);
    free(folder);
    return kept;
}

/* --- adding and finding --- */

static void facts_are_found_in_four_languages(void **state)
{
    struct model_bed *f = *state;

    free(add(f, "Blue mugs ship from Hamburg in three days.", NULL));
    free(add(f, "Die Mindestbestellmenge für Kerzen ist 40 Stück.", NULL));
    free(add(f, "德国仓库每周三发货,运费按重量计算。", NULL));
    free(add(f, "東京の倉庫は土曜日に出荷しません。", NULL));

    assert_says(first(f, "shipping a mug"), "Hamburg");
    assert_says(first(f, "Bestellmenge Kerze"), "Mindest");
    assert_says(first(f, "运费怎么算"), "德国");
    assert_says(first(f, "倉庫の出荷"), "東京");

    drive(&f->d, "memory", "search", "candles", NULL);
    assert_string_equal(f->d.out, "Nothing is known of that.\n");
    drive(&f->d, "memory", "search", "candles", "-l", "zh", NULL);
    assert_string_equal(f->d.out, "没有这方面的记忆。\n");
    drive(&f->d, "memory", "search", "运费", "-l", "ja", NULL);
    assert_says(f->d.out, "開始");
}

static void a_fact_has_agent_label_and_time(void **state)
{
    struct model_bed *f = *state;
    const struct sc_json *item;

    drive(&f->d, "memory", "add", "The fair is in hall 5", "--agent", "operator",
            "--source", "a mail", "--untrusted", "--valid-from", "2026-03-01",
            "--valid-to", "2026-03-05", "--json", NULL);
    assert_int_equal(f->d.code, 0);

    assert_null(found(f, "fair", 0));
    drive(&f->d, "memory", "search", "fair", "--at", "2026-03-05", "--json", NULL);
    item = sc_json_first(sc_json_get(f->d.json, "items"));
    assert_string_equal(sc_json_get_string(item, "agent", ""), "operator");
    assert_string_equal(sc_json_get_string(item, "label", ""), "untrusted");
    assert_string_equal(sc_json_get_string(item, "source", ""), "a mail");
    drive(&f->d, "memory", "search", "fair", "--at", "2026-03-06", "--json", NULL);
    assert_int_equal(sc_json_count(sc_json_get(f->d.json, "items")), 0);
    drive(&f->d, "memory", "search", "fair", "--at", "2026-03-02", "--agent",
            "price-keeper", "--json", NULL);
    assert_int_equal(sc_json_count(sc_json_get(f->d.json, "items")), 0);
}

static void what_contradicts_three_others_is_said(void **state)
{
    struct model_bed *f = *state;

    free(add(f, "The minimum order is 40.", "MOQ candles"));
    free(add(f, "The minimum order is 50.", "MOQ candles"));
    free(add(f, "The minimum order is 60.", "MOQ candles"));
    drive(&f->d, "memory", "add", "The minimum order is 80.", "--subject", "moq Candles",
            NULL);

    assert_int_equal(f->d.code, 0);
    assert_says(f->d.out, "is contradicted by");
    assert_says(f->d.out, "The minimum order is 40.");
    assert_says(f->d.out, "The minimum order is 60.");
    assert_says(f->d.out, "since 20");
    assert_says(f->d.out, "To settle it: supercargo memory correct ");
    assert_int_equal(
            sc_json_count(sc_json_get(found(f, "minimum order 80", 0), "conflicts")), 3);
}

/* --- correcting --- */

static void a_corrected_fact_never_comes_back(void **state)
{
    struct model_bed *f = *state;
    char *old = add(f, "Hamburg ships on Monday.", "Hamburg"), *new;

    drive(&f->d, "memory", "correct", old, "Hamburg ships on Friday.", "--json", NULL);
    assert_int_equal(f->d.code, 0);
    new = id_of(f);

    assert_string_equal(first(f, "Hamburg"), "Hamburg ships on Friday.");
    assert_null(found(f, "Hamburg", 1));
    assert_null(found(f, "Monday", 0));
    drive(&f->d, "memory", "add", "hamburg ships on monday", "--untrusted", "--json",
            NULL);
    assert_error(&f->d, "conflict", new);
    drive(&f->d, "memory", "add", "Hamburg ships on Monday", "--subject", "Hamburg",
            "--json", NULL);
    assert_error(&f->d, "conflict", "was corrected");
    assert_null(found(f, "Monday", 0));

    drive(&f->d, "memory", "show", new, NULL);
    assert_says(f->d.out, "was: ");
    assert_says(f->d.out, "Hamburg ships on Monday.");
    drive(&f->d, "memory", "show", old, NULL);
    assert_says(f->d.out, "in its place stands");
    assert_says(f->d.out, new);
    drive(&f->d, "memory", "correct", old, "never", "--json", NULL);
    assert_error(&f->d, "conflict", new);
    free(old);
    free(new);
}

/* --- erasing --- */

static void a_forgotten_fact_is_in_no_file(void **state)
{
    struct model_bed *f = *state;
    char *old = add(f, "Xanthippe lives in Quedlinburg.", NULL), *new;

    free(add(f, "Hamburg is a harbour.", NULL));
    drive(&f->d, "memory", "correct", old, "Xanthippe lives in Zwickau.", "--json", NULL);
    new = id_of(f);
    assert_true(is_kept(f, "Quedlinburg"));
    assert_true(is_kept(f, "zwickau"));

    drive(&f->d, "memory", "forget", new, "--json", NULL);
    assert_int_equal(f->d.code, 0);

    assert_false(is_kept(f, "anthipp"));
    assert_false(is_kept(f, "uedlinb"));
    assert_false(is_kept(f, "wickau"));
    assert_true(is_kept(f, "Hamburg"));
    drive(&f->d, "memory", "forget", new, "--json", NULL);
    assert_error(&f->d, "not_found", new);
    free(old);
    free(new);
}

static void who_else_holds_a_forgotten_fact_is_said(void **state)
{
    struct model_bed *f = *state;
    char *id = add(f, "Xanthippe lives in Zwickau.", NULL);

    driver_write(&f->d, "work/people.txt", "Who: xanthippe lives in  Zwickau. And Bob.");
    drive(&f->d, "memory", "add", "-f", "people.txt", NULL);
    assert_int_equal(f->d.code, 0);
    drive(&f->d, "memory", "export", NULL);
    assert_int_equal(f->d.code, 0);
    assert_says(f->d.out, "{\"id\":");
    assert_says(f->d.out, "Who: xanthippe");

    drive(&f->d, "memory", "forget", id, NULL);
    assert_int_equal(f->d.code, 0);
    assert_says(f->d.out, "Still held by");
    assert_says(f->d.out, "an export of 20");
    assert_says(f->d.out, "people.txt");
    free(id);
}

/* --- documents --- */

static void a_document_is_added_replaced_and_forgotten(void **state)
{
    struct model_bed *f = *state;
    const struct sc_json *document;
    char *id;

    driver_write(&f->d, "work/returns.md", "# Returns\n\nFree within thirty days.\n");
    drive(&f->d, "memory", "add", "--file", "returns.md", "--json", NULL);
    document = sc_json_first(sc_json_get(f->d.json, "documents"));
    id = sc_strdup(sc_json_get_string(document, "id", ""));
    assert_int_equal(sc_json_get_int(document, "pieces", 0), 1);
    drive(&f->d, "memory", "add", "--file", "returns.md", NULL);
    assert_says(f->d.out, "Known already");
    assert_says(sc_json_get_string(found(f, "returns", 0), "text", ""), "thirty days");

    driver_write(&f->d, "work/returns.md", "# Returns\n\nFree within fourteen days.\n");
    drive(&f->d, "memory", "add", "--file", "returns.md", NULL);
    assert_says(f->d.out, "in place of");
    assert_says(f->d.out, id);
    assert_says(sc_json_get_string(found(f, "returns", 0), "text", ""), "fourteen days");
    assert_null(found(f, "returns", 1));
    assert_false(is_kept(f, "thirty days"));
    free(id);
}

static void what_is_too_long_or_no_text_is_refused(void **state)
{
    struct model_bed *f = *state;
    struct sc_buf text = { 0 };

    while (text.len < 50 << 20)
        sc_buf_adds(&text, "A line that is one of very, very many lines in this file.\n");
    driver_write(&f->d, "work/big.txt", text.data);
    sc_buf_clear(&text);
    while (text.len < 3000)
        sc_buf_adds(&text, "much ");
    driver_write(&f->d, "work/a.bin",
            "\x7f"
            "ELF\x01\x02\xff\xfe");

    drive(&f->d, "memory", "add", "-f", "big.txt", NULL);
    assert_one_sentence(&f->d, 1, "big.txt");
    drive(&f->d, "memory", "add", text.data, NULL);
    assert_one_sentence(&f->d, 1, "at most 2000");
    drive(&f->d, "memory", "add", "-f", "none.txt", NULL);
    assert_one_sentence(&f->d, 1, "none.txt");
    drive(&f->d, "memory", "add", "x", "--agent", "nobody", NULL);
    assert_one_sentence(&f->d, 1, "there is no agent 'nobody'");
    drive(&f->d, "memory", "add", "x", "--valid-to", "soon", NULL);
    assert_one_sentence(&f->d, 1, "--valid-to");
    drive(&f->d, "memory", "add", NULL);
    assert_one_sentence(&f->d, 1, "--file");
    drive(&f->d, "memory", "forget", NULL);
    assert_one_sentence(&f->d, 2, "memory show|forget ID");
    drive(&f->d, "memory", "show", "1m84", NULL);
    assert_one_sentence(&f->d, 1, "1m84");
    sc_buf_release(&text);
}

/* --- in a task --- */

#define SUM_PLAN                                                                       \
    "{\"tool_calls\":[{\"name\":\"plan\",\"arguments\":{\"goal\":\"add\",\"steps\":[{" \
    "\"id\":\"a\",\"tool\":\"value\",\"args\":{\"value\":42}}],\"answer\":\"It is "    \
    "{{a}}.\"}"                                                                        \
    "}]}"

static void a_task_is_told_what_is_known_of_it(void **state)
{
    struct model_bed *f = *state;
    char *fact = add(f, "The duty on candles is 3 percent.", "duty candles"), *task, *log;
    const struct sc_json *item;

    free(add(f, "Xanthippe lives in Zwickau.", NULL));
    drive(&f->d, "memory", "add", "Candles may be sold without a label.", "--untrusted",
            NULL);
    drive(&f->d, "memory", "add", "Candles are counted by Ann.", "--agent",
            "price-keeper", NULL);
    model_bed_start(f, SUM_PLAN);
    drive(&f->d, "run", "what do candles cost with duty", "--json", NULL);
    model_bed_assert_state(f, 0, "done");
    task = id_of(f);

    log = driver_read(&f->d, "log.jsonl");
    assert_says(log, "The duty on candles is 3 percent.");
    assert_says(log, "Candles may be sold without a label.");
    assert_says(log, "untrusted");
    assert_says_not(log, "Xanthippe");
    assert_says_not(log, "Ann");
    free(log);

    drive(&f->d, "why", task, "--json", NULL);
    item = sc_json_first(sc_json_get(f->d.json, "recalled"));
    assert_string_equal(sc_json_get_string(item, "id", ""), fact);
    assert_int_equal(sc_json_count(sc_json_get(f->d.json, "recalled")), 2);
    drive(&f->d, "why", task, NULL);
    assert_says(f->d.out, "Recalled");
    assert_says(f->d.out, "The duty on candles");
    drive(&f->d, "replay", task, NULL);
    assert_int_equal(f->d.code, 0);

    drive(&f->d, "memory", "forget", fact, "--json", NULL);
    assert_says(f->d.out, task);
    free(fact);
    free(task);
}

static void an_agent_that_does_not_ask_is_told_nothing(void **state)
{
    struct model_bed *f = *state;
    char *log;

    free(add(f, "The duty on candles is 3 percent.", NULL));
    driver_write(&f->d, "config/agents/silent/agent.lua",
            "return agent { name = \"silent\", summary = \"Says little.\", tools = "
            "{ \"value\" } }\n");
    driver_write(&f->d, "config/agents/brief/agent.lua",
            "return agent { name = \"brief\", summary = \"Wants little.\", tools = "
            "{ \"value\" }, memory = { limit = 1 } }\n");
    model_bed_start(f, SUM_PLAN "," SUM_PLAN);
    drive(&f->d, "run", "what do candles cost with duty", "--agent", "silent", "--json",
            NULL);
    model_bed_assert_state(f, 0, "done");
    log = driver_read(&f->d, "log.jsonl");
    assert_says_not(log, "3 percent");
    free(log);
    drive(&f->d, "run", "what do candles cost with duty", "--agent", "brief", "--json",
            NULL);
    model_bed_assert_state(f, 0, "done");
    log = driver_read(&f->d, "log.jsonl");
    assert_says(log, "3 percent");
    free(log);
}

/* A plan that reads the file and notes two facts, one of them from it; what the model
 * says itself comes from the task. */
#define NOTE_PLAN                                                                       \
    "{\"tool_calls\":[{\"name\":\"plan\",\"arguments\":{\"goal\":\"note\",\"steps\":["  \
    "{\"id\":\"mail\",\"tool\":\"file.read\",\"args\":{\"path\":\"=inputs.mail\"}},"    \
    "{\"id\":\"shown\",\"tool\":\"value\",\"args\":{\"value\":\"=mail.text\"}},"        \
    "{\"id\":\"said\",\"tool\":\"memory.note\",\"args\":{\"statement\":\"Candles are "  \
    "counted on Monday.\"}},"                                                           \
    "{\"id\":\"heard\",\"tool\":\"memory.note\",\"args\":{\"statement\":\"=shown\"}}]," \
    "\"answer\":\"Noted {{said.state}}.\"}}]}"
#define LOOP_NOTES                                                               \
    "{\"tool_calls\":[{\"id\":\"c1\",\"name\":\"memory__note\",\"arguments\":"   \
    "{\"statement\":\"Mugs are blue.\"}}],\"finish\":\"tool_calls\"},"           \
    "{\"tool_calls\":[{\"id\":\"c2\",\"name\":\"memory__search\",\"arguments\":" \
    "{\"words\":\"candles\"}}],\"finish\":\"tool_calls\"},"                      \
    "{\"tool_calls\":[{\"id\":\"c3\",\"name\":\"memory__note\",\"arguments\":"   \
    "{\"statement\":\"Plates are red.\"}}],\"finish\":\"tool_calls\"},"          \
    "{\"text\":\"Noted.\"}"

static void assert_label(struct model_bed *f, const char *words, const char *label)
{
    assert_string_equal(sc_json_get_string(found(f, words, 0), "label", ""), label);
}

static void what_a_task_notes_has_the_label_of_its_origin(void **state)
{
    struct model_bed *f = *state;

    driver_write(&f->d, "work/mail.txt", "Xanthippe gets every refund.");
    model_bed_start(f, NOTE_PLAN);
    drive(&f->d, "run", "note what the mail says", "--input", "mail=mail.txt", "-f",
            "mail.txt", "--yes", "--json", NULL);
    model_bed_assert_state(f, 0, "done");

    assert_label(f, "counted", "trusted");
    assert_label(f, "Xanthippe", "untrusted");
}

static void after_a_loop_has_heard_others_its_notes_are_hearsay(void **state)
{
    struct model_bed *f = *state;

    model_bed_start(f, LOOP_NOTES);
    drive(&f->d, "run", "note what is known", "--strategy", "loop", "--yes", "--json",
            NULL);
    model_bed_assert_state(f, 0, "done");

    assert_label(f, "mugs", "trusted");
    assert_label(f, "plates", "untrusted");
}

static void a_plan_made_from_what_others_wrote_notes_hearsay(void **state)
{
    struct model_bed *f = *state;

    drive(&f->d, "memory", "add", "Candles in a mail.", "--untrusted", NULL);
    driver_write(&f->d, "work/mail.txt", "Nothing.");
    model_bed_start(f, NOTE_PLAN);
    drive(&f->d, "run", "note about candles", "--input", "mail=mail.txt", "-f",
            "mail.txt", "--yes", "--json", NULL);
    model_bed_assert_state(f, 0, "done");

    assert_label(f, "counted", "untrusted");
}

static void wrong_limits_of_memory_are_named(void **state)
{
    struct model_bed *f = *state;

    driver_write(&f->d, "config/agents/odd/agent.lua",
            "return agent { name = \"odd\", summary = \"Odd.\", memory = { most = 3 } "
            "}\n");
    drive(&f->d, "check", NULL);
    assert_says(f->d.out, "memory: must be true");
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, model_bed_setup, model_bed_teardown)
    const struct CMUnitTest tests[] = {
        T(facts_are_found_in_four_languages),
        T(a_fact_has_agent_label_and_time),
        T(what_contradicts_three_others_is_said),
        T(a_corrected_fact_never_comes_back),
        T(a_forgotten_fact_is_in_no_file),
        T(who_else_holds_a_forgotten_fact_is_said),
        T(a_document_is_added_replaced_and_forgotten),
        T(what_is_too_long_or_no_text_is_refused),
        T(a_task_is_told_what_is_known_of_it),
        T(an_agent_that_does_not_ask_is_told_nothing),
        T(what_a_task_notes_has_the_label_of_its_origin),
        T(after_a_loop_has_heard_others_its_notes_are_hearsay),
        T(a_plan_made_from_what_others_wrote_notes_hearsay),
        T(wrong_limits_of_memory_are_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
#undef T
}
