/* Looks from outside whether waits are as long as they were asked to be.
 *
 * pacing delays PORT MILLISECONDS COUNT  sends the request on standard input on so many connections, within half of the
 *                                        delay, so that all wait at once; how late does each answer begin?
 * pacing gaps   PORT MILLISECONDS COUNT  the same with event streams: by how much do the times between their pieces
 *                                        differ from the gap? The first piece comes when it comes, and what is seen
 *                                        before all streams have been running for a second does not count.
 *
 * Prints how many errors were seen, their median, 99th percentile and largest in microseconds, and how many events came in
 * all: a read may bring several when the server is late. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { most_sockets = 16384, most_errors = 1 << 22, gap_seconds = 6 };

struct exchange {
    int descriptor;
    double asked, last;
    int pieces;
};

static struct exchange exchanges[most_sockets];
static double errors[most_errors];
static size_t seen, events;
static char request[1 << 16], buffer[1 << 16];

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void fail(const char *what)
{
    fprintf(stderr, "pacing: %s: %s\n", what, errno ? strerror(errno) : "unexpected answer");
    exit(1);
}

static int opened(int port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    int descriptor = socket(AF_INET, SOCK_STREAM, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (descriptor < 0 || connect(descriptor, (struct sockaddr *)&address, sizeof address))
        fail("connect");
    return descriptor;
}

static void count_events(const char *place, ssize_t left)
{
    static const char mark[] = "data: ";
    const char *end = place + (left > 0 ? left : 0);
    for (; (place = memmem(place, (size_t)(end - place), mark, sizeof mark - 1)); place += sizeof mark - 1)
        events++;
}

static void note(double error)
{
    if (seen < most_errors)
        errors[seen++] = fabs(error);
}

static int ascending(const void *left, const void *right)
{
    double difference = *(const double *)left - *(const double *)right;
    return difference < 0 ? -1 : difference > 0;
}

int main(int count, char **arguments)
{
    int are_gaps = count == 5 && !strcmp(arguments[1], "gaps");
    struct epoll_event ready[256];
    int epoll = epoll_create1(0), port, number, open, sent = 0;
    size_t length;
    double wait, spread, begin, end;

    if (!are_gaps && (count != 5 || strcmp(arguments[1], "delays"))) {
        fprintf(stderr, "usage: pacing delays|gaps PORT MILLISECONDS COUNT\n");
        return 2;
    }
    port = atoi(arguments[2]);
    wait = atof(arguments[3]) / 1000;
    number = open = atoi(arguments[4]);
    if (number < 1 || number > most_sockets)
        fail("the count");
    length = fread(request, 1, sizeof request, stdin);
    for (int index = 0; index < number; index++) {
        struct epoll_event event = { .events = EPOLLIN, .data.ptr = &exchanges[index] };
        exchanges[index].descriptor = opened(port);
        epoll_ctl(epoll, EPOLL_CTL_ADD, exchanges[index].descriptor, &event);
    }
    /* Until the server has accepted them all: that is no part of any wait. */
    usleep(300000);
    begin = now();
    spread = are_gaps ? 1 : wait / 2;
    end = begin + (are_gaps ? gap_seconds : 20 * wait + 10);
    while (open && now() < end) {
        /* Spread out, or the requests themselves would be what is waited for. */
        int due = (int)((now() - begin) / spread * number);
        int woken;
        for (; sent < number && sent < due; sent++) {
            exchanges[sent].asked = now();
            if (send(exchanges[sent].descriptor, request, length, MSG_NOSIGNAL) != (ssize_t)length)
                fail("send");
        }
        woken = epoll_wait(epoll, ready, 256, sent < number ? 0 : 100);
        for (int index = 0; index < woken; index++) {
            struct exchange *exchange = ready[index].data.ptr;
            ssize_t got = read(exchange->descriptor, buffer, sizeof buffer);
            double time = now();
            errno = 0;
            if (got < 9 && exchange->pieces == 0)
                fail("the server closed");
            if (exchange->pieces == 0 && memcmp(buffer, "HTTP/1.1 200", 12))
                fail("the answer");
            if (!are_gaps && exchange->pieces == 0) {
                note(time - exchange->asked - wait);
                open--;
            }
            /* The head and the first event may be one piece or two. */
            if (are_gaps && exchange->pieces > 2 && time > begin + spread + 1)
                note(time - exchange->last - wait);
            count_events(buffer, got);
            if (got <= 0)
                close(exchange->descriptor);
            exchange->pieces++;
            exchange->last = time;
        }
    }
    if (!seen)
        fail("nothing was seen");
    qsort(errors, seen, sizeof *errors, ascending);
    printf(
        "%zu %.0f %.0f %.0f %zu\n", seen, errors[seen / 2] * 1e6, errors[seen * 99 / 100] * 1e6, errors[seen - 1] * 1e6,
        events);
    return 0;
}
