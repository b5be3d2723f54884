/* One connection. Frames go out at once, straight from whoever sends; what the kernel does not take waits here, bounded. Everything that
 * ends a connection goes one way: it is noted, what waits is sent, and the library's "writable" callback closes with the noted code. */

#include "front/websockets.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
    WRITES_MAX = 16,        /* in one callback */
    REASON_BYTES = 124,     /* of a close frame, and a NUL */
    CLOSE_TIMEOUT_MS = 5000 /* for a peer to read what waits and answer the close frame */
};

/* A frame that waits for the reader. */
struct parcel {
    struct list link;
    size_t size_bytes;
    int kind; /* enum lws_write_protocol */
    unsigned char bytes[];
};

/* --- out --- */

static void drop_parcels(struct websocket *websocket)
{
    while (!list_is_empty(&websocket->parcels)) {
        struct parcel *parcel = list_item(websocket->parcels.next, struct parcel, link);

        list_remove(&parcel->link);
        free(parcel);
    }
    websocket->parcel_bytes = 0;
}

static bool must_wait(struct websocket *websocket)
{
    return !list_is_empty(&websocket->parcels) || lws_partial_buffered(websocket->library);
}

/* A write fails only on a line that is dead already; the library notices by reading. */
static void write_frame(struct websocket *websocket, unsigned char *bytes, size_t size_bytes, int kind)
{
    if (lws_write(websocket->library, bytes, size_bytes, (enum lws_write_protocol)kind) < 0)
        shutdown(websocket->fd, SHUT_RDWR);
    websocket->library_bytes = lws_partial_buffered(websocket->library) ? size_bytes : 0;
}

static void queue_frame(struct websocket *websocket, const char *bytes, size_t size_bytes, int kind)
{
    struct parcel *parcel = memory_new(sizeof *parcel + LWS_PRE + size_bytes);

    parcel->size_bytes = size_bytes;
    parcel->kind = kind;
    memcpy(parcel->bytes + LWS_PRE, bytes, size_bytes);
    list_add(&websocket->parcels, &parcel->link);
    websocket->parcel_bytes += size_bytes;
    lws_callback_on_writable(websocket->library);
}

static void send_frame(struct websocket *websocket, const char *bytes, size_t size_bytes, int kind)
{
    unsigned char *frame = websocket->all->frame;

    if (must_wait(websocket)) {
        queue_frame(websocket, bytes, size_bytes, kind);
        return;
    }
    memcpy(frame + LWS_PRE, bytes, size_bytes);
    write_frame(websocket, frame + LWS_PRE, size_bytes, kind);
}

size_t websocket_queued(const struct websocket *websocket)
{
    return websocket->parcel_bytes + websocket->library_bytes;
}

enum status websocket_send(struct websocket *websocket, const char *text, size_t size_bytes)
{
    size_t sent = 0;

    if (!websocket->library || websocket->is_closing || websocket->is_peer_closed)
        return ABSENT;
    do {
        size_t size = size_bytes - sent < FRAME_BYTES ? size_bytes - sent : FRAME_BYTES;
        int kind = (sent ? LWS_WRITE_CONTINUATION : LWS_WRITE_TEXT) | (sent + size < size_bytes ? LWS_WRITE_NO_FIN : 0);

        if (websocket_queued(websocket) + size > websocket->limits.queue_max_bytes && must_wait(websocket)) {
            drop_parcels(websocket);
            websocket_close(websocket, CLOSE_POLICY, "");
            return FULL;
        }
        send_frame(websocket, text + sent, size, kind);
        sent += size;
    } while (sent < size_bytes);
    return OK;
}

int websocket_write_waiting(struct websocket *websocket)
{
    websocket->library_bytes = 0;
    if (websocket->is_close_said)
        return 0; /* called again while the peer's answer to the close frame is awaited: a second -1 would cut it short */
    for (int i = 0; i < WRITES_MAX && !list_is_empty(&websocket->parcels) && !lws_partial_buffered(websocket->library); i++) {
        struct parcel *parcel = list_item(websocket->parcels.next, struct parcel, link);

        list_remove(&parcel->link);
        websocket->parcel_bytes -= parcel->size_bytes;
        write_frame(websocket, parcel->bytes + LWS_PRE, parcel->size_bytes, parcel->kind);
        free(parcel);
    }
    if (must_wait(websocket) || !websocket->is_closing) {
        if (must_wait(websocket))
            lws_callback_on_writable(websocket->library);
        return 0;
    }
    websocket->is_close_said = true;
    lws_close_reason(websocket->library, (enum lws_close_status)websocket->code, (unsigned char *)websocket->reason,
                     websocket->reason ? strlen(websocket->reason) : 0);
    return -1;
}

/* --- the end --- */

static void note(struct websocket *websocket, int code, const char *reason, size_t size_bytes)
{
    size_t size = size_bytes < REASON_BYTES ? size_bytes : REASON_BYTES - 1;

    free(websocket->reason);
    while (size && !text_is_utf8(reason, size))
        size--;
    websocket->reason = size ? memory_copy(reason, size) : NULL;
    websocket->code = code;
}

static void on_close_timeout(struct timer *timer)
{
    shutdown(list_item(timer, struct websocket, timer)->fd, SHUT_RDWR);
}

static void begin_close(struct websocket *websocket, int code, const char *reason)
{
    struct clock *clock = websocket->all->front->ground->clock;

    if (websocket->is_closing || websocket->is_peer_closed)
        return;
    websocket->is_closing = true;
    note(websocket, code, reason, strlen(reason));
    buffer_clear(&websocket->message);
    if (!websocket->library)
        return;
    timer_start(clock, &websocket->timer, CLOSE_TIMEOUT_MS, on_close_timeout);
    lws_callback_on_writable(websocket->library);
}

void websocket_close(struct websocket *websocket, int code, const char *reason)
{
    begin_close(websocket, code, reason ? reason : "");
}

void websocket_abort(struct websocket *websocket)
{
    begin_close(websocket, CLOSE_ABNORMAL, "");
    note(websocket, CLOSE_ABNORMAL, "", 0);
    websocket->is_close_said = true;
    drop_parcels(websocket);
    if (websocket->library)
        shutdown(websocket->fd, SHUT_RDWR);
}

void websocket_note_peer_close(struct websocket *websocket, const unsigned char *payload, size_t size_bytes)
{
    websocket->is_peer_closed = true;
    drop_parcels(websocket);
    if (websocket->is_closing)
        return; /* both began at once: ours counts */
    if (size_bytes >= 2)
        note(websocket, payload[0] << 8 | payload[1], (const char *)payload + 2, size_bytes - 2);
    else
        note(websocket, CLOSE_NO_STATUS, "", 0);
}

/* The library closes by itself on protocol errors; then the code that it chose lies here. */
static void note_library_code(struct websocket *websocket)
{
    const unsigned char *payload = lws_get_close_payload(websocket->library);

    if (lws_get_close_length(websocket->library) < 2)
        return;
    websocket->is_closing = true;
    note(websocket, payload[0] << 8 | payload[1], "", 0);
}

static void free_websocket(struct websocket *websocket)
{
    timer_stop(websocket->all->front->ground->clock, &websocket->timer);
    loop_forget(&websocket->gone);
    list_remove(&websocket->link);
    drop_parcels(websocket);
    buffer_clear(&websocket->message);
    free(websocket->reason);
    free(websocket);
}

void websocket_end(struct websocket *websocket)
{
    int code = websocket->code ? websocket->code : CLOSE_ABNORMAL;

    websocket->library = NULL;
    websocket->events->closed(websocket, websocket->owner, code, websocket->reason ? websocket->reason : "", websocket->is_closing);
    free_websocket(websocket);
}

void websocket_lost(struct websocket *websocket)
{
    struct front *front = websocket->all->front;

    if (websocket->all->arriving == websocket) {
        websocket->library = NULL; /* its owner does not know it yet: websocket_open tells later */
        return;
    }
    if (!websocket->code)
        note_library_code(websocket);
    lws_set_opaque_user_data(websocket->library, NULL);
    door_socket_closed(front);
    websocket_end(websocket);
}

/* --- in --- */

static void deliver(struct websocket *websocket)
{
    struct buffer whole = websocket->message;

    websocket->message = (struct buffer){ 0 };
    if (text_is_utf8(whole.data, whole.size))
        websocket->events->message(websocket, websocket->owner, whole.data, whole.size);
    else
        begin_close(websocket, CLOSE_INVALID_TEXT, "");
    buffer_clear(&whole);
}

/* A piece of a frame. The first one tells the whole frame's size, so a frame that is too large is refused before it has come. */
void websocket_take_piece(struct websocket *websocket, const char *bytes, size_t size_bytes)
{
    size_t left = lws_remaining_packet_payload(websocket->library);
    bool is_first = !websocket->is_in_frame;

    websocket->is_in_frame = left > 0;
    if (websocket->is_closing)
        return;
    if (lws_frame_is_binary(websocket->library)) {
        begin_close(websocket, CLOSE_UNSUPPORTED_DATA, "");
        return;
    }
    if ((is_first && left > websocket->limits.frame_max_bytes - size_bytes) || size_bytes > websocket->limits.frame_max_bytes ||
        left + size_bytes > websocket->limits.message_max_bytes - websocket->message.size) {
        begin_close(websocket, CLOSE_TOO_BIG, "");
        return;
    }
    buffer_add(&websocket->message, bytes, size_bytes);
    if (!left && lws_is_final_fragment(websocket->library))
        deliver(websocket);
}
