#pragma once
#include <libwebsockets.h>
#include <malloc.h>
#include <uv.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>

// Macros that Swift does not import: 64-bit shifts of a literal with a suffix.
static inline uint64_t understudy_lws_option_libuv(void) { return LWS_SERVER_OPTION_LIBUV; }
static inline uint64_t understudy_lws_option_explicit_vhosts(void) { return LWS_SERVER_OPTION_EXPLICIT_VHOSTS; }

// The handle structs begin with uv_handle_t's members; C casts between them, Swift cannot.
static inline uv_handle_t *understudy_uv_handle_of_poll(uv_poll_t *p) { return (uv_handle_t *)p; }
static inline uv_handle_t *understudy_uv_handle_of_async(uv_async_t *a) { return (uv_handle_t *)a; }
static inline uv_handle_t *understudy_uv_handle_of_prepare(uv_prepare_t *p) { return (uv_handle_t *)p; }

// GNU's, hidden without _GNU_SOURCE, which a module cannot set for others.
extern int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);
extern int pthread_setname_np(pthread_t thread, const char *name);

static inline int understudy_accept(int descriptor, struct sockaddr *address, socklen_t *length) {
    return accept4(descriptor, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

// A request of ioctl, which is variadic: what has been sent and not been confirmed by the peer's system.
static inline int understudy_unconfirmed(int descriptor) {
    int count = 0;
    return ioctl(descriptor, TIOCOUTQ, &count) == 0 ? count : 0;
}

// A timer that is waited for as sockets are. Swift's module of the C library leaves it out.
static inline int understudy_alarm(void) { return timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC); }

// Rings once, after so many nanoseconds; 0 stops it.
static inline void understudy_alarm_set(int descriptor, int64_t nanoseconds) {
    struct itimerspec time = { .it_value = { nanoseconds / 1000000000, nanoseconds % 1000000000 } };
    timerfd_settime(descriptor, 0, &time, NULL);
}
