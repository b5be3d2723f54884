#pragma once
/* Trackers: WebSocket clients that listen to what is pushed to them, joined to loop/ and base/clock. The only user of libwebsockets' client
 * side. A tracker is opened once and lives until trackers_close; when its line breaks it connects anew after a pause that doubles, if it
 * was asked to. At most 64 handshakes are under way at a time, so that a thousand trackers do not knock at one door at once. */

#include "base/random.h"
#include "loop/loop.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct trackers;
struct tracker;

enum { TRACKER_MESSAGE_MAX_BYTES = 1 << 20, TRACKER_HEADERS_MAX = 16 };

enum tracker_end {
    TRACKER_REFUSED, /* no connection came about; code is the HTTP status, or 0 when nobody answered as a WebSocket server does */
    TRACKER_CLOSED,  /* it ended; code is the close code, 1006 when the line broke without one */
};

struct trackers_options {
    const char *url;             /* "ws://host:port/path?query" or "wss://..." */
    const char *query;           /* added to the URL's; {n} stands for the tracker's number; NULL: none */
    const char *origin;          /* or NULL */
    const char *const *headers;  /* "Name: value"; NULL ends them; NULL: none */
    const char *ca_file;         /* PEM of authorities to trust for wss; NULL: the machine's */
    bool is_persistent;          /* connect anew when the line breaks or is refused */
    const struct random *random; /* for the pauses between */
    /* Told of what happens; is_last: the tracker will not connect again. Any may call tracker_send or tracker_leave. */
    void (*opened)(struct tracker *tracker, void *context);
    void (*message)(struct tracker *tracker, const char *text, size_t size_bytes, void *context); /* with a NUL behind it */
    void (*ended)(struct tracker *tracker, enum tracker_end end, int code, const char *reason, bool is_last, void *context);
    void *context;
};

/* Opens the place for trackers. INVALID, with a line in problem, when the URL is none or too long; BROKEN when the library does not start.
 */
enum status trackers_open(struct trackers **trackers, struct loop *loop, struct clock *clock, const struct trackers_options *options,
                          char problem[256]);

/* A tracker with the next number (1, 2, ...), which begins to connect. query, when not NULL, takes the place of the options'. */
struct tracker *tracker_open(struct trackers *trackers, const char *query);

/* From 1 on, in the order of opening. */
int tracker_number(const struct tracker *tracker);

bool tracker_is_open(const struct tracker *tracker);

/* Sends one text message; dropped when the tracker is not open. */
void tracker_send(struct tracker *tracker, const char *text, size_t size_bytes);

/* Closes the line with code 1000 and does not connect again; `ended` follows if it was open or connecting. */
void tracker_leave(struct tracker *tracker);

/* Drops all lines and frees all trackers; nobody is told. Accepts NULL. */
void trackers_close(struct trackers *trackers);
