#pragma once
/* A client that speaks HTTP/2 to the rig's front door, by nghttp2's own client side. It never blocks: the loop is turned until what is
 * waited for has come or a deadline has passed. There is one of it. */

#include "front/rig.h"

#include <nghttp2/nghttp2.h>

enum { REPLIES_MAX = 1024, UPLOADS_MAX = 16 };

struct reply {
    int status;
    struct buffer head; /* "name: value\n" */
    struct buffer body;
    bool is_over;
    uint32_t error;
};

struct client {
    struct peer peer;
    nghttp2_session *session;
    struct reply replies[REPLIES_MAX]; /* of stream 2n + 1 */
    int over_count;
    int pong_count;
    int goaway_count;
    uint32_t goaway_error;
    bool is_broken; /* the server ended the session */
};
extern struct client client;

/* A request's body: size bytes of 'x', and then its end, or silence. */
struct upload {
    size_t left;
    bool is_endless;
};
extern struct upload uploads[UPLOADS_MAX];

struct reply *client_reply(int32_t id);
void client_begin(const nghttp2_settings_entry *settings, size_t count);
void client_say(void);
void client_hear(void);
void client_dial(void);
/* A client that reads, and takes no answer's body: its window is shut. */
void client_dial_shut(void);
void client_hang_up(void);
nghttp2_nv client_field(const char *name, const char *value);
/* Asks with more header fields (name, value, ..., NULL) and the body of upload, if any. */
int32_t client_submit(const char *method, const char *path, const char *const *more, struct upload *upload);
int32_t client_get(const char *path);
int32_t client_post(const char *path, int which, size_t size, bool is_endless);
void client_turn(void);
struct reply *client_await(int32_t id);
void client_await_count(const int *count, int wanted);
void client_await_end(void);
void client_expect(const struct buffer *heard, const char *text);
