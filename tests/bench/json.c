/* json_bench: what a document costs to read, write, copy, hash and check, beside cJSON's
 * own reader and writer. usage: json_bench FILE [SCHEMA]
 * Prints microseconds a document, the best of several rounds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/clock.h"
#include "base/mem.h"
#include "codec/schema.h"

enum { ROUNDS = 7, ROUND_BYTES = 20 << 20 };

struct bench {
    struct sc_buf text, out;
    struct sc_json *root;
    cJSON *peer;
    struct sc_schema *schema;
};

static void fail(const char *what, const struct sc_error *err)
{
    fprintf(stderr, "json_bench: %s: %s\n", what, err->msg);
    exit(1);
}

static void read_file(const char *path, struct sc_buf *ret_text)
{
    struct sc_error err;
    FILE *file = fopen(path, "rb");
    size_t n;

    if (!file) {
        sc_fail(&err, SC_NOT_FOUND, "cannot be read");
        fail(path, &err);
    }
    sc_buf_init(ret_text);
    while ((n = fread(sc_buf_reserve(ret_text, 65536), 1, 65536, file)) > 0)
        ret_text->len += n;
    sc_buf_addc(ret_text, '\0');
    ret_text->len--;
    fclose(file);
}

static struct sc_json *parse(const struct sc_buf *text, const char *path)
{
    struct sc_error err;
    struct sc_json *root = sc_json_parse(text->data, text->len, NULL, &err);

    if (!root)
        fail(path, &err);
    return root;
}

static void do_read(struct bench *b)
{
    sc_json_free(sc_json_parse(b->text.data, b->text.len, NULL, NULL));
}

static void do_read_peer(struct bench *b)
{
    cJSON_Delete(cJSON_ParseWithLength(b->text.data, b->text.len));
}

static void do_write(struct bench *b)
{
    sc_buf_clear(&b->out);
    sc_json_write(&b->out, b->root);
}

static void do_write_peer(struct bench *b)
{
    free(cJSON_PrintUnformatted(b->peer));
}

static void do_copy(struct bench *b)
{
    sc_json_free(sc_json_copy(b->root));
}

static void do_hash(struct bench *b)
{
    char hash[SC_HASH_TEXT];

    sc_json_hash(b->root, hash);
}

static void do_check(struct bench *b)
{
    if (b->schema)
        sc_schema_check(b->schema, b->root, NULL, 0, NULL);
}

static void measure(struct bench *b, const char *name, void (*run)(struct bench *b))
{
    struct sc_clock *clock = sc_clock_system();
    size_t count = ROUND_BYTES / (b->text.len + 1) + 1;
    double best = 1e9;

    for (int i = 0; i < ROUNDS; i++) {
        int64_t start = clock->mono_ms(clock);
        double us;

        for (size_t k = 0; k < count; k++)
            run(b);
        us = (double)(clock->mono_ms(clock) - start) * 1000 / (double)count;
        best = us < best ? us : best;
    }
    printf("%-12s %9.2f us\n", name, best);
}

int main(int argc, char **argv)
{
    struct bench b = { .schema = NULL };

    if (argc < 2) {
        fprintf(stderr, "usage: json_bench FILE [SCHEMA]\n");
        return 2;
    }
    read_file(argv[1], &b.text);
    b.root = parse(&b.text, argv[1]);
    b.peer = cJSON_Parse(b.text.data);
    if (argc > 2) {
        struct sc_error err;
        struct sc_buf text;
        struct sc_json *document;

        read_file(argv[2], &text);
        document = parse(&text, argv[2]);
        b.schema = sc_schema_new(document, NULL, &err);
        if (!b.schema)
            fail(argv[2], &err);
        sc_json_free(document);
        sc_buf_release(&text);
    }
    printf("%zu bytes\n", b.text.len);
    measure(&b, "read", do_read);
    measure(&b, "read cJSON", do_read_peer);
    measure(&b, "write", do_write);
    measure(&b, "write cJSON", do_write_peer);
    measure(&b, "copy", do_copy);
    measure(&b, "hash", do_hash);
    measure(&b, "check", do_check);
    sc_schema_free(b.schema);
    cJSON_Delete(b.peer);
    sc_json_free(b.root);
    sc_buf_release(&b.text);
    sc_buf_release(&b.out);
    return 0;
}
