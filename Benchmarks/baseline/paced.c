/* The least server of paced streams: what the machine and its network take before anybody has thought of a token.
 *
 * paced MILLISECONDS  listens on a free port of 127.0.0.1, prints it, and answers whatever is sent on a connection by the
 *                     head of an event stream and then by the same event again and again, at that gap, until it is
 *                     closed. One thread, one timer, one queue: the gap is the same for all. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <netinet/tcp.h>
#include <time.h>
#include <unistd.h>

enum { most = 1 << 15 };

/* Streams in the order in which they are due: a ring, since each goes to its end when it has been served. */
static struct { int descriptor; long long due; } queue[most];
static unsigned first, count;
static int isStreaming[most];

static const char head[] =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n";
static char event[512];

static long long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void append(int descriptor, long long due)
{
    unsigned place = (first + count++) % most;
    queue[place].descriptor = descriptor;
    queue[place].due = due;
}

int main(int words, char **arguments)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    struct epoll_event ready[256], watched = { .events = EPOLLIN };
    int listener = socket(AF_INET, SOCK_STREAM, 0), epoll = epoll_create1(0);
    int alarm = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK), one = 1;
    size_t length;
    long long gap;
    char buffer[1 << 16];

    if (words != 2 || (gap = atoll(arguments[1]) * 1000000LL) <= 0) {
        fprintf(stderr, "usage: paced MILLISECONDS\n");
        return 2;
    }
    memset(buffer, 'x', 190);
    length = (size_t)snprintf(event, sizeof event, "c8\r\ndata: %.190s\r\n\r\n\r\n", buffer) - 2;
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096)) {
        perror("paced");
        return 1;
    }
    getsockname(listener, (struct sockaddr *)&address, &size);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    watched.data.fd = listener;
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &watched);
    watched.data.fd = alarm;
    epoll_ctl(epoll, EPOLL_CTL_ADD, alarm, &watched);
    for (;;) {
        int woken = epoll_wait(epoll, ready, 256, -1);
        for (int index = 0; index < woken; index++) {
            int descriptor = ready[index].data.fd;
            if (descriptor == listener) {
                int peer = accept(listener, NULL, NULL);
                if (peer < 0 || peer >= most) { close(peer); continue; }
                setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                isStreaming[peer] = 0;
                watched.data.fd = peer;
                epoll_ctl(epoll, EPOLL_CTL_ADD, peer, &watched);
            } else if (descriptor == alarm) {
                if (read(alarm, buffer, 8) != 8) continue;
            } else if (read(descriptor, buffer, sizeof buffer) <= 0) {
                isStreaming[descriptor] = 0;
                close(descriptor);
            } else if (!isStreaming[descriptor]) {
                isStreaming[descriptor] = 1;
                send(descriptor, head, sizeof head - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
                append(descriptor, now() + gap);
            }
        }
        for (long long time = now(); count && queue[first].due <= time; count--, first = (first + 1) % most) {
            int descriptor = queue[first].descriptor;
            if (!isStreaming[descriptor]) continue;
            send(descriptor, event, length, MSG_NOSIGNAL | MSG_DONTWAIT);
            append(descriptor, queue[first].due + gap);
        }
        if (count) {
            long long due = queue[first].due;
            struct itimerspec when = { .it_value = { due / 1000000000LL, due % 1000000000LL } };
            timerfd_settime(alarm, TFD_TIMER_ABSTIME, &when, NULL);
        }
    }
}
