#include "dynamodb/throughput.h"

#define DAY_US (INT64_C(86400) * 1000000)

static int64_t integer(const json_t *json, const char *member)
{
    return json_integer_value(json_object_get(json, member));
}

struct units throughput_units(const json_t *json)
{
    return (struct units){ integer(json, "ReadCapacityUnits"), integer(json, "WriteCapacityUnits") };
}

struct units throughput_warm_units(const json_t *warm_throughput)
{
    return (struct units){ integer(warm_throughput, "ReadUnitsPerSecond"), integer(warm_throughput, "WriteUnitsPerSecond") };
}

static int64_t greater(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

void throughput_warm_up(struct throughput *throughput, struct units units)
{
    throughput->warm.read = greater(throughput->warm.read, units.read);
    throughput->warm.write = greater(throughput->warm.write, units.write);
}

void throughput_init(struct throughput *throughput, const json_t *json, bool is_on_demand)
{
    throughput->provisioned = throughput->wanted = throughput_units(json_object_get(json, "ProvisionedThroughput"));
    throughput_bound(throughput, json_object_get(json, "OnDemandThroughput"));
    throughput_warm_up(throughput, is_on_demand ? (struct units){ WARM_READ_UNITS, WARM_WRITE_UNITS } : throughput->provisioned);
    throughput_warm_up(throughput, throughput_warm_units(json_object_get(json, "WarmThroughput")));
}

void throughput_begin(struct throughput *throughput, struct units units, int64_t now_us)
{
    throughput->wanted = units;
    if (units.read > throughput->provisioned.read || units.write > throughput->provisioned.write)
        throughput->increased_us = now_us;
    if (units.read < throughput->provisioned.read || units.write < throughput->provisioned.write)
        throughput->decreased_us = now_us;
}

static int64_t decreases_today(const struct throughput *throughput, int64_t now_us)
{
    return throughput->decreased_us / DAY_US == now_us / DAY_US ? throughput->decreases : 0;
}

/* A change that raises one kind of units and lowers the other counts as an increase. */
void throughput_settle(struct throughput *throughput, int64_t now_us)
{
    struct units from = throughput->provisioned;
    struct units to = throughput->wanted;

    if (to.read > from.read || to.write > from.write) {
        throughput->increased_us = now_us;
    } else if (to.read < from.read || to.write < from.write) {
        throughput->decreases = decreases_today(throughput, now_us) + 1;
        throughput->decreased_us = now_us;
    }
    throughput->provisioned = to;
    throughput_warm_up(throughput, to);
}

void throughput_set(struct throughput *throughput, struct units units)
{
    throughput->provisioned = throughput->wanted = units;
}

void throughput_unbind(struct throughput *throughput)
{
    throughput->bound = (struct units){ 0 };
}

static void take_bound(int64_t *bound, const json_t *json)
{
    if (json_is_integer(json))
        *bound = greater(json_integer_value(json), 0);
}

void throughput_bound(struct throughput *throughput, const json_t *json)
{
    take_bound(&throughput->bound.read, json_object_get(json, "MaxReadRequestUnits"));
    take_bound(&throughput->bound.write, json_object_get(json, "MaxWriteRequestUnits"));
}

/* ---- checks ---- */

bool throughput_check_bounds(const json_t *provisioned_throughput, struct fault *fault)
{
    struct units units = throughput_units(provisioned_throughput);

    if (units.read > THROUGHPUT_UNITS_BOUND)
        return fault_raise(fault, FAULT_REQUEST, "Given value %lld for ReadCapacityUnits is out of bounds", (long long)units.read);
    if (units.write > THROUGHPUT_UNITS_BOUND)
        return fault_raise(fault, FAULT_REQUEST, "Given value %lld for WriteCapacityUnits is out of bounds", (long long)units.write);
    return true;
}

bool throughput_check_limit(const json_t *provisioned_throughput, const char *index, const char *region, struct fault *fault)
{
    struct units units = throughput_units(provisioned_throughput);
    bool is_read = units.read > THROUGHPUT_UNITS_MAX;

    if (!is_read && units.write <= THROUGHPUT_UNITS_MAX)
        return true;
    return fault_raise(fault, FAULT_LIMIT,
                       "The requested %s%s%s, %lld, is above the per %s maximum for the account in %s. Per %s maximum: %d. Refer to the "
                       "Amazon DynamoDB Developer Guide for current limits and how to request higher limits.",
                       is_read ? "ReadCapacityUnits" : "WriteCapacityUnits", index ? " for index " : "", index ? index : "",
                       (long long)(is_read ? units.read : units.write), index ? "index" : "table", region, index ? "index" : "table",
                       THROUGHPUT_UNITS_MAX);
}

/* A bound is at least 1; UpdateTable takes -1 for none. */
static bool check_bound(const json_t *bound, const char *member, const struct throughput *now, bool is_on_demand, const char *where,
                        struct fault *fault)
{
    const json_t *json = json_object_get(bound, member);
    int64_t units = json_integer_value(json);

    if (!json_is_integer(json))
        return true;
    if (!is_on_demand)
        return fault_parameter(fault, FAULT_REQUEST, "%s for OnDemandThroughput cannot be specified when %s BillingMode is PROVISIONED%s",
                               member, now ? "the table" : "table", now ? "" : ".");
    if (units < 1 && !(now && units == -1))
        return fault_parameter(fault, FAULT_REQUEST, "Requested %s for OnDemandThroughput for %s is outside of valid range", member, where);
    return true;
}

static bool check_warm(const json_t *warm, const char *member, int64_t now, const char *where, struct fault *fault)
{
    const json_t *json = json_object_get(warm, member);

    if (!json_is_integer(json) || json_integer_value(json) >= now)
        return true;
    return fault_parameter(
        fault, FAULT_REQUEST,
        "Requested %s for WarmThroughput for %s is lower than current WarmThroughput, decreasing WarmThroughput is not supported", member,
        where);
}

/* A new table is not warm yet: it gets at least what it would get without asking. */
static bool check_new_warm(const json_t *json, const json_t *warm, bool is_on_demand, const char *where, struct fault *fault)
{
    struct units least = is_on_demand ? (struct units){ WARM_READ_UNITS, WARM_WRITE_UNITS }
                                      : throughput_units(json_object_get(json, "ProvisionedThroughput"));
    const json_t *read = json_object_get(warm, "ReadUnitsPerSecond");
    const json_t *write = json_object_get(warm, "WriteUnitsPerSecond");
    bool is_read = json_is_integer(read) && json_integer_value(read) < least.read;

    if (!is_read && !(json_is_integer(write) && json_integer_value(write) < least.write))
        return true;
    if (!is_on_demand)
        return fault_parameter(fault, FAULT_REQUEST, "Requested %s for WarmThroughput for %s is lower than %s of ProvisionedThroughput",
                               is_read ? "ReadUnitsPerSecond" : "WriteUnitsPerSecond", where,
                               is_read ? "ReadCapacityUnits" : "WriteCapacityUnits");
    return fault_parameter(fault, FAULT_REQUEST,
                           "Requested %s for WarmThroughput for %s is lower than initial throughput for OnDemand. See: "
                           "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
                           "on-demand-capacity-mode.html#on-demand-capacity-mode-initial",
                           is_read ? "ReadUnitsPerSecond" : "WriteUnitsPerSecond", where);
}

bool throughput_check(const json_t *json, const struct throughput *now, bool is_on_demand, const char *where, struct fault *fault)
{
    const json_t *bound = json_object_get(json, "OnDemandThroughput");
    const json_t *warm = json_object_get(json, "WarmThroughput");

    if (!check_bound(bound, "MaxReadRequestUnits", now, is_on_demand, where, fault) ||
        !check_bound(bound, "MaxWriteRequestUnits", now, is_on_demand, where, fault))
        return false;
    if (!now)
        return check_new_warm(json, warm, is_on_demand, where, fault);
    return check_warm(warm, "ReadUnitsPerSecond", now->warm.read, where, fault) &&
           check_warm(warm, "WriteUnitsPerSecond", now->warm.write, where, fault);
}

/* ---- descriptions ---- */

static void add_date(json_t *json, const char *member, int64_t time_us)
{
    if (time_us)
        json_object_set_new(json, member, json_real((double)(time_us / 1000) / 1000));
}

static json_t *describe_bound(const struct units *bound)
{
    json_t *json = json_object();

    if (bound->read)
        json_object_set_new(json, "MaxReadRequestUnits", json_integer(bound->read));
    if (bound->write)
        json_object_set_new(json, "MaxWriteRequestUnits", json_integer(bound->write));
    return json;
}

static json_t *describe_warm(const struct units *warm, const char *status)
{
    return json_pack("{s:I, s:I, s:s}", "ReadUnitsPerSecond", (json_int_t)warm->read, "WriteUnitsPerSecond", (json_int_t)warm->write,
                     "Status", status);
}

void throughput_describe(const struct throughput *throughput, int64_t now_us, bool has_warm, json_t *description)
{
    json_t *json =
        json_pack("{s:I, s:I, s:I}", "NumberOfDecreasesToday", (json_int_t)decreases_today(throughput, now_us), "ReadCapacityUnits",
                  (json_int_t)throughput->provisioned.read, "WriteCapacityUnits", (json_int_t)throughput->provisioned.write);

    add_date(json, "LastIncreaseDateTime", throughput->increased_us);
    add_date(json, "LastDecreaseDateTime", throughput->decreased_us);
    json_object_set_new(description, "ProvisionedThroughput", json);
    if (throughput->bound.read || throughput->bound.write)
        json_object_set_new(description, "OnDemandThroughput", describe_bound(&throughput->bound));
    if (has_warm)
        json_object_set_new(description, "WarmThroughput", describe_warm(&throughput->warm, "ACTIVE"));
}

/* ---- definitions ---- */

void throughput_define(const struct throughput *throughput, json_t *definition)
{
    json_object_set_new(definition, "ProvisionedThroughput",
                        json_pack("{s:I, s:I}", "ReadCapacityUnits", (json_int_t)throughput->wanted.read, "WriteCapacityUnits",
                                  (json_int_t)throughput->wanted.write));
    json_object_set_new(definition, "OnDemandThroughput", describe_bound(&throughput->bound));
    json_object_set_new(definition, "WarmThroughput", describe_warm(&throughput->warm, "ACTIVE"));
    json_object_set_new(definition, "ThroughputChanges",
                        json_pack("{s:I, s:I, s:I}", "IncreasedUs", (json_int_t)throughput->increased_us, "DecreasedUs",
                                  (json_int_t)throughput->decreased_us, "Decreases", (json_int_t)throughput->decreases));
}

void throughput_read_back(struct throughput *throughput, const json_t *definition)
{
    const json_t *changes = json_object_get(definition, "ThroughputChanges");

    throughput->increased_us = integer(changes, "IncreasedUs");
    throughput->decreased_us = integer(changes, "DecreasedUs");
    throughput->decreases = integer(changes, "Decreases");
}
