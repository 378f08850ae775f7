/* Load for what wrk cannot do, on one thread and one epoll, so that the client is not what is measured.
 *
 * load echo   PORT PATH PROTOCOL SECONDS SOCKETS  each WebSocket has one message of 32 bytes under way;
 *                                        prints how many came back, and the seconds
 * load events PORT SECONDS SOCKETS       sends the request on standard input, reads the event stream that answers it,
 *                                        asks again when it ends; prints how many events came, and the seconds
 *
 * PROTOCOL is a WebSocket subprotocol, or - for none. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { most_sockets = 256, payload = 32, buffer_size = 1 << 16 };

struct socket_state {
    int descriptor;
    size_t have;       /* echo: bytes of the answer's frame that have come */
    char tail[8];      /* events: the last bytes of the read before */
    int tail_length;
};

static struct socket_state sockets[most_sockets];
static char request[1 << 20];
static size_t request_length;
static char buffer[8 + buffer_size];

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void fail(const char *what)
{
    fprintf(stderr, "load: %s: %s\n", what, errno ? strerror(errno) : "unexpected answer");
    exit(1);
}

static int opened(int port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    int one = 1;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (descriptor < 0 || connect(descriptor, (struct sockaddr *)&address, sizeof address))
        fail("connect");
    setsockopt(descriptor, 6 /* TCP */, 1 /* NODELAY */, &one, sizeof one);
    return descriptor;
}

static void send_all(int descriptor, const char *bytes, size_t count)
{
    while (count) {
        ssize_t sent = send(descriptor, bytes, count, MSG_NOSIGNAL);
        if (sent < 0)
            fail("send");
        bytes += sent;
        count -= (size_t)sent;
    }
}

static void upgrade(int descriptor, const char *path, const char *protocol)
{
    char head[1024];
    size_t have = 0;
    int length = snprintf(head, sizeof head,
        "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n%s%s%s\r\n",
        path, *protocol == '-' ? "" : "Sec-WebSocket-Protocol: ", *protocol == '-' ? "" : protocol,
        *protocol == '-' ? "" : "\r\n");

    send_all(descriptor, head, (size_t)length);
    /* Byte by byte, so that nothing behind the head is taken. */
    do {
        if (have + 1 >= sizeof head || read(descriptor, head + have, 1) != 1)
            fail("the handshake's answer");
        head[++have] = 0;
    } while (!strstr(head, "\r\n\r\n"));
    errno = 0;
    if (strncmp(head, "HTTP/1.1 101 ", 13))
        fail(head);
}

static void send_message(int descriptor)
{
    static const char frame[6 + payload] = "\x81\xa0\0\0\0\0abcdefghijklmnopqrstuvwxyz012345";
    send_all(descriptor, frame, sizeof frame);
}

/* How many answers are complete with these bytes: frames of two bytes and the payload. */
static long echoes(struct socket_state *socket, size_t count)
{
    long complete;
    socket->have += count;
    complete = (long)(socket->have / (2 + payload));
    socket->have %= 2 + payload;
    for (long index = 0; index < complete; index++)
        send_message(socket->descriptor);
    return complete;
}

/* How many events end in these bytes, and whether the answer does: the last chunk is "0\r\n\r\n". */
static long events(struct socket_state *socket, char *bytes, size_t count)
{
    char *start = bytes - socket->tail_length;
    char *end = bytes + count;
    char *place = start;
    long found = 0;
    size_t kept;

    memcpy(start, socket->tail, (size_t)socket->tail_length);
    while ((place = memchr(place, '\n', (size_t)(end - place)))) {
        if (++place == end)
            break;
        /* One that lies wholly in the tail was counted before. */
        if (*place == '\n' && place >= bytes)
            found++;
    }
    if (end - start >= 5 && !memcmp(end - 5, "0\r\n\r\n", 5)) {
        socket->tail_length = 0;
        send_all(socket->descriptor, request, request_length);
        return found;
    }
    kept = end - start < 5 ? (size_t)(end - start) : 5;
    memcpy(socket->tail, end - kept, kept);
    socket->tail_length = (int)kept;
    return found;
}

int main(int count, char **arguments)
{
    int is_echo = count == 7 && !strcmp(arguments[1], "echo");
    struct epoll_event ready[most_sockets];
    int epoll = epoll_create1(0);
    int port, number;
    double seconds, begin, end;
    long total = 0;

    if (!is_echo && (count != 5 || strcmp(arguments[1], "events"))) {
        fprintf(stderr, "usage: load echo PORT PATH PROTOCOL SECONDS SOCKETS | load events PORT SECONDS SOCKETS\n");
        return 2;
    }
    port = atoi(arguments[2]);
    seconds = atof(arguments[count - 2]);
    number = atoi(arguments[count - 1]);
    if (number < 1 || number > most_sockets)
        number = 1;
    if (!is_echo)
        request_length = fread(request, 1, sizeof request, stdin);
    for (int index = 0; index < number; index++) {
        struct epoll_event event = { .events = EPOLLIN, .data.ptr = &sockets[index] };
        int descriptor = opened(port);
        if (is_echo)
            upgrade(descriptor, arguments[3], arguments[4]);
        sockets[index].descriptor = descriptor;
        epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
    }
    begin = now();
    for (int index = 0; index < number; index++) {
        if (is_echo)
            send_message(sockets[index].descriptor);
        else
            send_all(sockets[index].descriptor, request, request_length);
    }
    while ((end = now()) - begin < seconds) {
        int woken = epoll_wait(epoll, ready, most_sockets, 1000);
        if (woken == 0)
            fail("nothing came for a second");
        for (int index = 0; index < woken; index++) {
            struct socket_state *socket = ready[index].data.ptr;
            ssize_t got = read(socket->descriptor, buffer + 8, buffer_size);
            errno = 0;
            if (got <= 0)
                fail("the server closed");
            total += is_echo ? echoes(socket, (size_t)got) : events(socket, buffer + 8, (size_t)got);
        }
    }
    printf("%ld %.6f\n", total, end - begin);
    return 0;
}
