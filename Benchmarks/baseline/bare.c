/* A bare libwebsockets server, the yardstick: on libuv as our servers are, head and body in one write, and the
 * answer given as a file, so that it sends the very bytes of the server that it is compared with. A POST is answered
 * when its body has come whole; if it is to wait, so much later, or at once and then followed by that many events with
 * as long a wait before each. WebSockets get their messages back.
 *
 * Usage: bare FILE [MILLISECONDS [EVENTS]]; prints its port, ends on SIGTERM. */
#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

static unsigned char *answer; /* LWS_PRE bytes of room, then what is sent */
static size_t answer_length;
static lws_usec_t wait; /* microseconds before an answer, or before each event */
static int events;      /* after an answer */

static int send_event(struct lws *wsi)
{
    unsigned char event[LWS_PRE + 13] = { 0 };

    memcpy(event + LWS_PRE, "data: word \n\n", 13);
    return lws_write(wsi, event + LWS_PRE, 13, LWS_WRITE_HTTP) < 0 ? -1 : 0;
}

static int send_answer(struct lws *wsi)
{
    if (lws_write(wsi, answer + LWS_PRE, answer_length, LWS_WRITE_HTTP_HEADERS) < 0)
        return -1;
    return lws_http_transaction_completed(wsi) ? -1 : 0;
}

/* The answer to a request that has come whole, or the first wait for it. */
static int begin_answer(struct lws *wsi, int *left)
{
    if (!wait)
        return send_answer(wsi);
    lws_set_timeout(wsi, NO_PENDING_TIMEOUT, 0);
    *left = events;
    if (events && lws_write(wsi, answer + LWS_PRE, answer_length, LWS_WRITE_HTTP_HEADERS) < 0)
        return -1;
    lws_set_timer_usecs(wsi, wait);
    return 0;
}

static int http_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t length)
{
    int *left = user;

    switch (reason) {
    case LWS_CALLBACK_HTTP:
        if (lws_hdr_total_length(wsi, WSI_TOKEN_POST_URI) > 0)
            return 0;
        return send_answer(wsi);
    case LWS_CALLBACK_HTTP_BODY_COMPLETION:
        return begin_answer(wsi, left);
    case LWS_CALLBACK_TIMER:
        if (!events)
            return send_answer(wsi);
        if (send_event(wsi) || !--*left)
            return -1;
        lws_set_timer_usecs(wsi, wait);
        return 0;
    default:
        return lws_callback_http_dummy(wsi, reason, user, in, length);
    }
}

struct message {
    size_t length;
    int is_binary;
    unsigned char bytes[LWS_PRE + 4096];
};

static int echo_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t length)
{
    struct message **message = user;

    switch (reason) {
    case LWS_CALLBACK_RECEIVE:
        if (!*message)
            *message = malloc(sizeof **message);
        if (!*message || length > sizeof (*message)->bytes - LWS_PRE)
            return -1;
        (*message)->length = length;
        (*message)->is_binary = lws_frame_is_binary(wsi);
        memcpy((*message)->bytes + LWS_PRE, in, length);
        lws_callback_on_writable(wsi);
        return 0;
    case LWS_CALLBACK_SERVER_WRITEABLE:
        if (!*message || !(*message)->length)
            return 0;
        if (lws_write(wsi, (*message)->bytes + LWS_PRE, (*message)->length,
                (*message)->is_binary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT) < 0)
            return -1;
        (*message)->length = 0;
        return 0;
    case LWS_CALLBACK_CLOSED:
        free(*message);
        return 0;
    default:
        return 0;
    }
}

static const struct lws_protocols protocols[] = {
    { .name = "http", .callback = http_callback, .per_session_data_size = sizeof(int),
      .rx_buffer_size = 4096 },
    { .name = "echo", .callback = echo_callback, .per_session_data_size = sizeof(struct message *),
      .rx_buffer_size = 4096 },
    { .name = NULL },
};

static int read_answer(const char *path)
{
    FILE *file = fopen(path, "rb");
    long length;

    if (!file || fseek(file, 0, SEEK_END) || (length = ftell(file)) < 0)
        return -1;
    rewind(file);
    answer_length = (size_t)length;
    answer = malloc(LWS_PRE + answer_length);
    if (!answer || fread(answer + LWS_PRE, 1, answer_length, file) != answer_length)
        return -1;
    return fclose(file);
}

static void stop(uv_signal_t *handle, int number)
{
    (void)number;
    uv_stop(handle->loop);
}

int main(int count, char **arguments)
{
    struct lws_context_creation_info info = {
        .port = 0,
        .iface = "127.0.0.1",
        .protocols = protocols,
        .gid = -1,
        .uid = -1,
        .options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_DISABLE_IPV6 | LWS_SERVER_OPTION_EXPLICIT_VHOSTS,
    };
    uv_loop_t loop;
    uv_signal_t terminated;
    void *loops[] = { &loop };
    struct lws_context *context;
    struct lws_vhost *vhost;

    if (count < 2 || count > 4 || read_answer(arguments[1])) {
        fprintf(stderr, "usage: bare FILE [MILLISECONDS [EVENTS]], with the answer to give in FILE\n");
        return 2;
    }
    wait = count > 2 ? atol(arguments[2]) * 1000 : 0;
    events = count > 3 ? atoi(arguments[3]) : 0;
    lws_set_log_level(LLL_ERR, NULL);
    uv_loop_init(&loop);
    uv_signal_init(&loop, &terminated);
    uv_signal_start(&terminated, stop, SIGTERM);
    info.foreign_loops = loops;
    context = lws_create_context(&info);
    vhost = context ? lws_create_vhost(context, &info) : NULL;
    if (!vhost) {
        fprintf(stderr, "bare: libwebsockets could not listen\n");
        return 3;
    }
    printf("%d\n", lws_get_vhost_listen_port(vhost));
    fflush(stdout);
    uv_run(&loop, UV_RUN_DEFAULT);
    return 0; /* the process ends, and everything with it */
}
