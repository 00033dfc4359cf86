#include "fakes/effect_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"

static void send_all(int fd, const char *text)
{
    size_t len = strlen(text);

    while (len > 0) {
        ssize_t n = send(fd, text, len, MSG_NOSIGNAL);

        SC_ASSERT(n > 0);
        text += n;
        len -= (size_t)n;
    }
}

/* The answer is one small object; it has happened by then. */
static void await_answer(int fd)
{
    char text[1024];
    size_t used = 0;
    ssize_t n;

    do {
        n = recv(fd, text + used, sizeof(text) - 1 - used, 0);
        SC_ASSERT(n > 0);
        used += (size_t)n;
        text[used] = 0;
    } while (!strchr(text, '}'));
}

void effect_client_post(int port, const char *name, const char *key, const char *body)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
        .sin_port = htons((uint16_t)port),
        .sin_addr = { htonl(INADDR_LOOPBACK) } };
    char *header = key ? sc_strdupf("Idempotency-Key: %s\r\n", key) : sc_strdup("");
    char *request = sc_strdupf("POST /effect/%s HTTP/1.1\r\nHost: localhost\r\n%s"
                               "Content-Length: %zu\r\nConnection: close\r\n\r\n%s",
            name, header, strlen(body), body);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int r = connect(fd, (const struct sockaddr *)&to, sizeof(to));

    SC_ASSERT(r == 0);
    send_all(fd, request);
    await_answer(fd);
    close(fd);
    free(header);
    free(request);
}
