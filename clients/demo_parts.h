#pragma once
/* The parts of the demo: its state, shared by the one that runs it (demo.c) and the one that reports (demo_report.c). */

#include "arguments.h"
#include "convoy.h"
#include "courier.h"
#include "demo_expect.h"
#include "demo_server.h"
#include "demo_trace.h"
#include "progress.h"
#include "tracker.h"

enum { DEMO_VEHICLES = 5, DEMO_CLIENTS = DEMO_VEHICLES + 2 };

struct demo_options {
    const char *scenario; /* a folder with template.yaml, fences.geojson and tracks/ */
    const char *program;  /* lowcloud; NULL: this very one */
    double speed;
    int64_t seed;
    bool is_verbose;
    bool is_quiet;
};

/* A client and what it is to get. */
struct demo_client {
    struct tracker *tracker;
    size_t vehicle; /* whom it follows: an index */
    const char *role;
    bool is_open;
    bool is_ready; /* it follows its vehicle; the one that subscribes is only when it was answered */
    size_t seen;   /* of the vehicle's expected pushes */
};

enum demo_phase { DEMO_STARTING, DEMO_CONNECTING, DEMO_DRIVING, DEMO_SETTLING, DEMO_ENDING };

struct demo {
    struct demo_options options;
    struct clock clock;
    struct random random;
    struct loop *loop;
    struct courier *courier;
    struct demo_server *server;
    struct trackers *trackers;
    struct convoy *convoy;
    struct track tracks[DEMO_VEHICLES];
    struct fence_list fences;
    struct expected_list expected[DEMO_VEHICLES];
    struct demo_client clients[DEMO_CLIENTS];
    struct demo_trace trace;
    struct progress progress;
    struct timer deadline;
    enum demo_phase phase;
    char endpoint[128];
    char region[32];
    struct remote remote;
    char stream[160];
    char websocket[256];
    int64_t began_us;   /* stopwatch */
    int64_t ready_us;   /* how long lowcloud took to be ready */
    int64_t driving_us; /* stopwatch, when the vehicles set out */
    int64_t drove_us;   /* how long they drove */
    uint64_t fixes;     /* made */
    uint64_t arrived;   /* pushes that were expected and came in their order */
    uint64_t replies;   /* answers to the subscription */
    uint64_t wrong;     /* pushes that were not expected */
    bool is_interrupted;
    bool has_failed;
    struct figures fix_to_client_us;
};

/* All pushes that all clients are to get for the fixes made so far. */
uint64_t demo_expected(const struct demo *demo);

/* Prints one push as it arrives. */
void demo_print_push(struct demo *demo, const struct demo_client *client, const struct expected_push *push, int64_t latency_us);

/* The closing report; true when everything that was due came, and nothing was lost. */
bool demo_report(struct demo *demo);
