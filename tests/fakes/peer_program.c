#include "fakes/peer_program.h"

#include <stdio.h>

static char ignored[256];

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret_buf)
{
    (void)handle, (void)suggested;
    *ret_buf = uv_buf_init(ignored, sizeof(ignored));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    (void)buf;
    if (n < 0)
        uv_close((uv_handle_t *)stream, NULL);
}

void peer_program_run(uv_loop_t *uv, int port)
{
    uv_pipe_t input;

    printf("%d\n", port);
    fflush(stdout);
    uv_pipe_init(uv, &input, 0);
    if (uv_pipe_open(&input, 0) < 0 ||
            uv_read_start((uv_stream_t *)&input, on_alloc, on_read) < 0)
        uv_close((uv_handle_t *)&input, NULL);
    uv_run(uv, UV_RUN_DEFAULT);
}
