#pragma once
/* What a table or a global index may take: its provisioned units, or on demand its bound and what it is warmed up for.
 *
 * A change of the provisioned units takes its time: until it is done the old ones are told, and the wanted ones wait beside them. What
 * is kept in the store are the wanted ones. Warm throughput never goes down: it is the most that was ever provisioned, or asked for. */

#include "dynamodb/fault.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* What DescribeLimits says of a table, and what it is warmed up for on demand. */
enum { THROUGHPUT_UNITS_MAX = 40000, WARM_READ_UNITS = 12000, WARM_WRITE_UNITS = 4000 };

/* Above it, no number of units is one. */
#define THROUGHPUT_UNITS_BOUND INT64_C(1000000000000)

struct units {
    int64_t read;
    int64_t write;
};

struct throughput {
    struct units provisioned; /* zero on demand */
    struct units wanted;      /* what a change under way leads to; else the same */
    struct units bound;       /* OnDemandThroughput; 0: none */
    struct units warm;
    int64_t increased_us; /* the last increase and decrease, in microseconds since the epoch; 0: none yet */
    int64_t decreased_us;
    int64_t decreases; /* on the day (UTC) of the last one */
};

/* Reads ReadCapacityUnits and WriteCapacityUnits. */
struct units throughput_units(const json_t *json);

/* Sets up from the JSON of a table or an index: ProvisionedThroughput, OnDemandThroughput and WarmThroughput as CreateTable takes them. */
void throughput_init(struct throughput *throughput, const json_t *json, bool is_on_demand);

/* Begins a change to units; throughput_settle ends it. */
void throughput_begin(struct throughput *throughput, struct units units, int64_t now_us);
void throughput_settle(struct throughput *throughput, int64_t now_us);

/* What a change of the billing mode sets at once: on demand, zero units; provisioned, no bound. */
void throughput_set(struct throughput *throughput, struct units units);
void throughput_unbind(struct throughput *throughput);

/* Becomes warm for at least that. */
void throughput_warm_up(struct throughput *throughput, struct units units);
struct units throughput_warm_units(const json_t *warm_throughput);

/* ProvisionedThroughput that no table can have; and what one table, or index (`index`, else NULL), of the region may have. */
bool throughput_check_bounds(const json_t *provisioned_throughput, struct fault *fault);
bool throughput_check_limit(const json_t *provisioned_throughput, const char *index, const char *region, struct fault *fault);

/* OnDemandThroughput and WarmThroughput of a table or an index (`where`: "table", "index : name") that is on demand or not; with what is
 * now when that is known. */
bool throughput_check(const json_t *json, const struct throughput *now, bool is_on_demand, const char *where, struct fault *fault);

/* Takes over the members of an OnDemandThroughput that are there; -1 takes the bound away. */
void throughput_bound(struct throughput *throughput, const json_t *json);

/* Adds ProvisionedThroughput, OnDemandThroughput (when there is a bound) and WarmThroughput (when `has_warm`) to a description. */
void throughput_describe(const struct throughput *throughput, int64_t now_us, bool has_warm, json_t *description);

/* Adds to a definition what throughput_init and throughput_read_back take up again. */
void throughput_define(const struct throughput *throughput, json_t *definition);
void throughput_read_back(struct throughput *throughput, const json_t *definition);
