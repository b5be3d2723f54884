#pragma once
/* What an operation takes in: the parts of a request that the item operations share, read and checked in AWS's order. An operation opens
 * an intake, reads what it needs, and in the end answers either with its output or with the intake's fault. */

#include "dynamodb/condition.h"
#include "dynamodb/projection.h"
#include "dynamodb/room.h"
#include "dynamodb/update.h"
#include "dynamodb/wire.h"

struct intake {
    struct call *call;
    struct dynamodb *room;
    struct arena *arena;
    struct fault fault;
    struct aliases aliases;
};

void intake_open(struct intake *intake, struct call *call);

/* Legacy parameters and expressions must not meet, ConditionalOperator needs several conditions to join, and aliases need an expression.
 * Each list ends with NULL and stands in AWS's order; `takes_values` names the expressions that take values, `others` those that take only
 * names; `joined` the legacy conditions that ConditionalOperator joins, or is NULL. */
struct intake_manners {
    const char *const *takes_values;
    const char *const *others;
    const char *const *legacy;
    const char *joined;
};
bool intake_check_mix(struct intake *intake, const json_t *from, const struct intake_manners *manners);

/* Reads the aliases of the request (or of a part of it, as BatchGetItem and transactions have). */
bool intake_read_aliases(struct intake *intake, const json_t *from);

/* The same for the operations that get by key, which know names alone: values are passed over, as all that an operation does not know. */
bool intake_read_name_aliases(struct intake *intake, const json_t *from);

/* Reads a condition, update or projection; leaves what there is where the request has none. */
bool intake_read_condition(struct intake *intake, const json_t *from, const char *kind, struct condition **condition);
bool intake_read_update(struct intake *intake, const json_t *from, struct update **update);
bool intake_read_projection(struct intake *intake, const json_t *from, struct projection **projection);

/* The same for their legacy forms: Expected, QueryFilter or ScanFilter; AttributesToGet. */
bool intake_read_legacy_condition(struct intake *intake, const json_t *from, const char *kind, struct condition **condition);
bool intake_read_names(struct intake *intake, const json_t *from, struct projection **projection);

/* The text of a string member; data NULL when there is none. */
struct bytes intake_text(const json_t *from, const char *name);

/* The request's table; not found is AWS's error of the item operations. */
struct table *intake_find_table(struct intake *intake, const char *name);

/* Its fault as the call's answer. */
enum outcome intake_refuse(struct intake *intake);

/* A table's name without the rest of an ARN. */
const char *intake_table_name(const char *name_or_arn);

/* Refuses an unknown ConditionalOperator of a Query, which stands before the other constraints and alone since mid-2026. NULL when it is
 * known, or is one of those. */
const char *intake_join_fault(const struct call *call);
