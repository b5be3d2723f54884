#include "front/http2_client.h"

struct client client;
struct upload uploads[UPLOADS_MAX];

struct reply *client_reply(int32_t id)
{
    return &client.replies[id / 2];
}

static int on_field(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name, size_t name_size, const uint8_t *value,
                    size_t value_size, uint8_t flags, void *context)
{
    struct reply *reply = client_reply(frame->hd.stream_id);

    (void)session;
    (void)name_size;
    (void)value_size;
    (void)flags;
    (void)context;
    if (!strcmp((const char *)name, ":status"))
        reply->status = atoi((const char *)value);
    buffer_print(&reply->head, "%s: %s\n", name, value);
    return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *bytes, size_t size, void *context)
{
    (void)session;
    (void)flags;
    (void)context;
    buffer_add(&client_reply(id)->body, bytes, size);
    return 0;
}

static int on_over(nghttp2_session *session, int32_t id, uint32_t error, void *context)
{
    (void)session;
    (void)context;
    client_reply(id)->is_over = true;
    client_reply(id)->error = error;
    client.over_count++;
    return 0;
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *context)
{
    (void)session;
    (void)context;
    client.pong_count += frame->hd.type == NGHTTP2_PING && (frame->hd.flags & NGHTTP2_FLAG_ACK);
    if (frame->hd.type != NGHTTP2_GOAWAY)
        return 0;
    client.goaway_count++;
    client.goaway_error = frame->goaway.error_code;
    return 0;
}

void client_begin(const nghttp2_settings_entry *settings, size_t count)
{
    nghttp2_session_callbacks *callbacks;
    nghttp2_option *options;

    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_field);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_over);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_option_new(&options);
    nghttp2_option_set_peer_max_concurrent_streams(options, 10000);
    nghttp2_option_set_max_send_header_block_length(options, 1 << 22);
    nghttp2_session_client_new2(&client.session, callbacks, NULL, options);
    nghttp2_option_del(options);
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_submit_settings(client.session, NGHTTP2_FLAG_NONE, settings, count);
}

void client_say(void)
{
    const uint8_t *bytes;
    ssize_t size;

    while ((size = nghttp2_session_mem_send(client.session, &bytes)) > 0)
        peer_say_bytes(&client.peer, bytes, (size_t)size);
}

void client_hear(void)
{
    peer_listen(&client.peer);
    if (client.peer.heard.size && nghttp2_session_mem_recv(client.session, (uint8_t *)client.peer.heard.data, client.peer.heard.size) < 0)
        client.is_broken = true;
    client.peer.heard.size = 0;
}

void client_dial(void)
{
    peer_dial(&client.peer);
    client_begin(NULL, 0);
}

/* A client that reads, and takes no answer's body: its window is shut. */
void client_dial_shut(void)
{
    const nghttp2_settings_entry shut = { NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 0 };

    peer_dial(&client.peer);
    client_begin(&shut, 1);
}

void client_hang_up(void)
{
    peer_hang_up(&client.peer);
    nghttp2_session_del(client.session);
    for (int i = 0; i < REPLIES_MAX; i++) {
        buffer_clear(&client.replies[i].head);
        buffer_clear(&client.replies[i].body);
    }
    memset(&client, 0, sizeof client);
    memset(uploads, 0, sizeof uploads);
}

static ssize_t read_upload(nghttp2_session *session, int32_t id, uint8_t *into, size_t room, uint32_t *flags, nghttp2_data_source *source,
                           void *context)
{
    struct upload *upload = source->ptr;
    size_t size = upload->left < room ? upload->left : room;

    (void)session;
    (void)id;
    (void)context;
    memset(into, 'x', size);
    upload->left -= size;
    if (!size && upload->is_endless)
        return NGHTTP2_ERR_DEFERRED;
    if (!upload->left && !upload->is_endless)
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    return (ssize_t)size;
}

nghttp2_nv client_field(const char *name, const char *value)
{
    return (nghttp2_nv){ (uint8_t *)(uintptr_t)name, (uint8_t *)(uintptr_t)value, strlen(name), strlen(value), 0 };
}

/* Asks with more header fields (name, value, ..., NULL) and the body of upload, if any. */
int32_t client_submit(const char *method, const char *path, const char *const *more, struct upload *upload)
{
    nghttp2_nv fields[80] = { client_field(":method", method), client_field(":path", path), client_field(":scheme", "http"),
                              client_field(":authority", "localhost") };
    nghttp2_data_provider body = { .source.ptr = upload, .read_callback = read_upload };
    size_t count = 4;

    for (; more && *more; more += 2)
        fields[count++] = client_field(more[0], more[1]);
    return nghttp2_submit_request(client.session, NULL, fields, count, upload ? &body : NULL, NULL);
}

int32_t client_get(const char *path)
{
    int32_t id = client_submit("GET", path, NULL, NULL);

    client_say();
    return id;
}

int32_t client_post(const char *path, int which, size_t size, bool is_endless)
{
    int32_t id;

    uploads[which] = (struct upload){ size, is_endless };
    id = client_submit("POST", path, NULL, &uploads[which]);
    client_say();
    return id;
}

void client_turn(void)
{
    client_say();
    loop_turn(rig.ground.loop, 10);
    client_hear();
    client_say();
}

struct reply *client_await(int32_t id)
{
    int64_t until = clock_stopwatch_us() + PATIENCE_MS * 1000;

    while (!client_reply(id)->is_over && !client.is_broken && clock_stopwatch_us() < until)
        client_turn();
    ck_assert_msg(client_reply(id)->is_over, "stream %d is not answered", id);
    return client_reply(id);
}

void client_await_count(const int *count, int wanted)
{
    int64_t until = clock_stopwatch_us() + PATIENCE_MS * 1000;

    while (*count < wanted && clock_stopwatch_us() < until)
        client_turn();
    ck_assert_int_ge(*count, wanted);
}

void client_await_end(void)
{
    int64_t until = clock_stopwatch_us() + PATIENCE_MS * 1000;

    while (!client.peer.is_over && clock_stopwatch_us() < until)
        client_turn();
    ck_assert(client.peer.is_over);
}

void client_expect(const struct buffer *heard, const char *text)
{
    ck_assert_msg(heard->data && strstr(heard->data, text), "wanted \"%s\" in \"%.600s\"", text, heard->data ? heard->data : "");
}
