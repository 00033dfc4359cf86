#include "fakes/peer_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static bool spawn(
        struct peer_process *peer, const char *const *args, int input, int output)
{
    posix_spawn_file_actions_t actions;
    int r;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input, 0);
    posix_spawn_file_actions_adddup2(&actions, output, 1);
    r = posix_spawn(&peer->pid, args[0], &actions, NULL, (char *const *)(uintptr_t)args,
            environ); /* it only reads them */
    posix_spawn_file_actions_destroy(&actions);
    return r == 0;
}

static int read_port(int fd)
{
    char text[16] = "";
    size_t used = 0;
    ssize_t n = 1;

    while (n > 0 && used + 1 < sizeof(text)) {
        n = read(fd, text + used, 1);
        if (n > 0 && text[used++] == '\n')
            break;
    }
    return (int)strtol(text, NULL, 10);
}

bool peer_process_start(struct peer_process *peer, const char *const *args)
{
    int input[2], output[2];
    bool started;

    *peer = (struct peer_process){ .input = -1 };
    if (pipe2(input, O_CLOEXEC) < 0)
        return false;
    if (pipe2(output, O_CLOEXEC) < 0) {
        close(input[0]);
        close(input[1]);
        return false;
    }
    started = spawn(peer, args, input[0], output[1]);
    close(input[0]);
    close(output[1]);
    peer->input = input[1];
    if (started)
        peer->port = read_port(output[0]);
    close(output[0]);
    return started && peer->port > 0;
}

static int reap(struct peer_process *peer)
{
    int status = 0;

    close(peer->input);
    peer->input = -1;
    if (waitpid(peer->pid, &status, 0) != peer->pid || !WIFEXITED(status))
        return -1;
    return WEXITSTATUS(status);
}

int peer_process_stop(struct peer_process *peer)
{
    return reap(peer);
}

void peer_process_kill(struct peer_process *peer)
{
    kill(peer->pid, SIGKILL);
    reap(peer);
}
