#include "fakes/program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { OUTPUT_LIMIT = 16 << 20, DEFAULT_DEADLINE_MS = 60000 };

static long long now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void set_environment(const char *const *env)
{
    const char *path = getenv("PATH"), *san = getenv("ASAN_OPTIONS");
    char *keep_path = strdup(path ? path : "/usr/bin:/bin");
    char *keep_san = san ? strdup(san) : NULL;

    clearenv();
    setenv("PATH", keep_path, 1);
    setenv("LANG", "C.UTF-8", 1);
    setenv("TZ", "UTC", 1);
    if (keep_san)
        setenv("ASAN_OPTIONS", keep_san, 1);
    for (; env && *env; env++)
        putenv(strdup(*env));
}

static void limit_files(long most)
{
    struct rlimit limit = { (rlim_t)most, (rlim_t)most };

    if (most)
        setrlimit(RLIMIT_FSIZE, &limit);
}

/* In the child: never returns. */
_Noreturn static void become(const struct program *program, int in, int out, int err)
{
    set_environment(program->env);
    if (program->folder && chdir(program->folder) != 0)
        _exit(127);
    if (program->out_path && *program->out_path)
        out = open(program->out_path, O_WRONLY);
    limit_files(program->file_limit);
    if (program->user && (setgid(program->user) || setuid(program->user)))
        _exit(127);
    dup2(in, 0);
    dup2(out, 1);
    dup2(err, 2);
    if (program->out_path && !*program->out_path)
        close(1);
    execv(program->argv[0], (char *const *)(size_t)program->argv);
    _exit(127);
}

static void read_some(struct program_pipe *from)
{
    ssize_t n;

    if (from->cap - from->len < 65536) {
        from->cap = from->cap ? from->cap * 2 : 131072;
        from->text = realloc(from->text, from->cap);
    }
    n = read(from->fd, from->text + from->len, from->cap - from->len - 1);
    if (n > 0 && from->len < OUTPUT_LIMIT)
        from->len += (size_t)n;
    if (n <= 0) {
        close(from->fd);
        from->fd = -1;
    }
    from->text[from->len] = '\0';
}

/* One wait and what came in it; false when both pipes are at their ends. */
static bool read_both(struct program *program)
{
    struct program_pipe *two = program->pipes;
    struct pollfd fds[2] = { { two[0].fd, POLLIN, 0 }, { two[1].fd, POLLIN, 0 } };
    long long left = program->until - now_ms();

    if (two[0].fd < 0 && two[1].fd < 0)
        return false;
    if (left <= 0) {
        kill(program->pid, SIGKILL);
        program->late = true;
        left = 1000;
        program->until += 1000;
    }
    poll(fds, 2, (int)left);
    for (int i = 0; i < 2; i++)
        if (two[i].fd >= 0 && fds[i].revents)
            read_some(&two[i]);
    return true;
}

static int open_input(const char *text)
{
    FILE *file;
    int fd;

    if (!text)
        return open("/dev/null", O_RDONLY | O_CLOEXEC);
    file = tmpfile();
    fputs(text, file);
    rewind(file);
    fd = dup(fileno(file));
    lseek(fd, 0, SEEK_SET);
    fclose(file);
    return fd;
}

void program_begin(struct program *program)
{
    int out[2], err[2], in = open_input(program->input);
    int deadline = program->deadline_ms ? program->deadline_ms : DEFAULT_DEADLINE_MS;

    if (pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC))
        abort();
    program->pid = fork();
    if (program->pid == 0)
        become(program, in, out[1], err[1]);
    close(in);
    close(out[1]);
    close(err[1]);
    program->pipes[0] = (struct program_pipe){ .fd = out[0] };
    program->pipes[1] = (struct program_pipe){ .fd = err[0] };
    program->until = now_ms() + deadline;
    program->late = false;
}

bool program_wait_for(struct program *program, const char *text)
{
    const struct program_pipe *err = &program->pipes[1];

    while (!err->text || !strstr(err->text, text))
        if (!read_both(program))
            return false;
    return true;
}

void program_end(struct program *program)
{
    struct rusage usage;
    int status;

    while (read_both(program))
        continue;
    wait4(program->pid, &status, 0, &usage);
    program->peak_kib = usage.ru_maxrss;
    program->code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    if (program->late)
        program->code = -1;
    program->out = program->pipes[0].text;
    program->out_len = program->pipes[0].len;
    program->err = program->pipes[1].text;
    program->err_len = program->pipes[1].len;
}

void program_run(struct program *program)
{
    program_begin(program);
    program_end(program);
}

void program_release(struct program *program)
{
    free(program->out);
    free(program->err);
    program->out = program->err = NULL;
}

pid_t program_start(const char *const *argv, int *ret_in, int *ret_out)
{
    int in[2], out[2];
    pid_t pid;

    if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC))
        abort();
    pid = fork();
    if (pid == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        execv(argv[0], (char *const *)(size_t)argv);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    *ret_in = in[1];
    *ret_out = out[0];
    return pid;
}

void program_read_line(int fd, char *text, size_t size)
{
    size_t n = 0;
    char c;

    while (n + 1 < size && read(fd, &c, 1) == 1 && c != '\n')
        text[n++] = c;
    text[n] = '\0';
}

void program_stop(pid_t pid)
{
    int status;

    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
}
