/* model_peer SCRIPT.json [LOG]: see model_peer.h. */
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "fakes/model_peer.h"
#include "fakes/peer_program.h"

static struct sc_json *read_script(const char *path)
{
    struct sc_error err;
    struct sc_json *script;
    struct sc_buf text;
    FILE *file = fopen(path, "rb");
    size_t n = 1;

    if (!file) {
        perror(path);
        return NULL;
    }
    sc_buf_init(&text);
    while (n > 0) {
        n = fread(sc_buf_reserve(&text, BUFSIZ), 1, BUFSIZ, file);
        text.len += n;
    }
    fclose(file);
    script = sc_json_parse(sc_buf_text(&text), text.len, NULL, &err);
    if (!script)
        fprintf(stderr, "%s: %s\n", path, err.msg);
    sc_buf_release(&text);
    return script;
}

int main(int argc, char **argv)
{
    struct model_peer *peer;
    struct sc_json *script;
    FILE *log = NULL;
    uv_loop_t uv;
    char *folder;

    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: model_peer SCRIPT.json [LOG]\n");
        return 2;
    }
    script = read_script(argv[1]);
    if (argc == 3)
        log = fopen(argv[2], "a");
    if (!script || (argc == 3 && !log))
        return 1;
    folder = sc_strdup(argv[1]);
    uv_loop_init(&uv);
    peer = model_peer_new(&uv, script, dirname(folder), log);
    peer_program_run(&uv, model_peer_port(peer));
    model_peer_free(peer);
    uv_run(&uv, UV_RUN_DEFAULT);
    uv_loop_close(&uv);
    free(folder);
    if (log)
        fclose(log);
    return 0;
}
