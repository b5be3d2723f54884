#pragma once
/* A table and its indexes, as they were defined: what is kept of CreateTable and changed by UpdateTable. Tables live in the room's map;
 * items live in the store. What takes its time is in table_life.h. */

#include "base/clock.h"
#include "dynamodb/fault.h"
#include "dynamodb/insights.h"
#include "dynamodb/throughput.h"
#include "dynamodb/value.h"

#include <jansson.h>

enum { KEY_PARTS_MAX = 4, TABLE_INDEXES_MAX = 25, LOCAL_INDEXES_MAX = 5, GLOBAL_INDEXES_MAX = 20 };

struct key_part {
    struct bytes name; /* owned, with a NUL behind it */
    enum value_type type;
};

/* A table has one hash key and at most one range key; a global index up to four of each. */
struct key_schema {
    struct key_part hash[KEY_PARTS_MAX];
    struct key_part range[KEY_PARTS_MAX];
    int hash_count;
    int range_count;
};

struct stream;
struct expiry;

/* Prepared statements and counts that the store keeps beside a table or index. */
struct store_shelf;

/* Where a table or an index stands in its life. */
enum table_state { TABLE_ACTIVE, TABLE_CREATING, TABLE_UPDATING, TABLE_DELETING };

/* What a table is UPDATING for. */
enum table_work { WORK_NONE, WORK_THROUGHPUT, WORK_STREAM, WORK_CLASS, WORK_INDEX };

enum table_projection { PROJECTION_ALL, PROJECTION_KEYS_ONLY, PROJECTION_INCLUDE };

struct table_index {
    char *name;
    bool is_global;
    struct key_schema keys;
    enum table_projection projection;
    struct bytes *attributes; /* INCLUDE: further names */
    size_t attribute_count;
    struct throughput throughput;
    int64_t number; /* in the store */
    struct store_shelf *shelf;
    struct table *table;
    struct insights insights;
    enum table_state state;
    bool is_added;             /* CREATING by UpdateTable, which fills it with the items that are there */
    bool is_backfilling;       /* resources are there; it is being filled, or soon */
    struct backfill *backfill; /* of the filling, or NULL */
    struct timer timer;        /* its next state */
};

struct table {
    char *name;
    char *arn;
    char id[37];
    int64_t created_us;
    int64_t number; /* in the store */
    struct key_schema keys;
    struct table_index *indexes[TABLE_INDEXES_MAX]; /* owned */
    size_t index_count;
    struct table_index *leaving; /* DELETING: gone already but for its description; owned, or NULL */
    bool is_on_demand;
    int64_t on_demand_since_us; /* the last time that it became so; 0: never */
    struct throughput throughput;
    bool is_protected;      /* from deletion */
    json_t *stream;         /* StreamSpecification, or NULL */
    char *stream_label;     /* of the latest stream, or NULL */
    struct stream *live;    /* the stream that takes its changes (stream.h), or NULL */
    char *encryption_key;   /* ARN of the KMS key, or NULL: the service's own */
    char *class;            /* TableClass, or NULL: never told */
    char *wanted_class;     /* what a change under way leads to, or NULL */
    int64_t class_since_us; /* the last change of it; 0: none yet */
    json_t *tags;           /* object: key to value */
    char *ttl;              /* the attribute that holds the time to live, or NULL */
    bool is_ttl_filled;     /* the items that were there when it was enabled are in its index */
    struct expiry *expiry;  /* expiry.h; NULL: no time to live */
    json_t *destinations;   /* Kinesis streams that its changes went or go to (destination.h): an array, as DescribeKinesis... tells them */
    const json_t *feed;     /* the ACTIVE one among them, or NULL */
    int64_t backups;        /* point in time recovery: its recovery period in days, or 0 */
    int64_t backups_since_us; /* when that was turned on */
    char *policy;             /* resource-based policy, or NULL */
    int64_t policy_since_ms;  /* its last change, which also may have taken it away; 0: none yet */
    json_t *restore;          /* RestoreSummary, but for whether it is done: from what it was made; NULL: by CreateTable */
    struct insights insights;
    struct store_shelf *shelf;
    struct dynamodb *room; /* set when it is in the room's map */
    enum table_state state;
    enum table_work work;
    struct timer timer; /* its next state */
};

/* Makes a table from the members of a CreateTable that was checked (table_check). Taken by the caller; freed by table_free. */
struct table *table_new(const json_t *input, const char *region, const char *account);

/* The whole definition as JSON, and a table made from it again; NULL when the JSON is none. */
json_t *table_definition(const struct table *table);
struct table *table_from_definition(const json_t *definition, const char *region, const char *account);

/* Makes an index from the checked JSON of CreateTable or UpdateTable and adds it. */
struct table_index *table_add_index(struct table *table, const json_t *json, bool is_global, const json_t *definitions);
struct table_index *table_find_index(const struct table *table, const char *name);

/* Takes the index out of the table's; the caller frees it. */
void table_remove_index(struct table *table, struct table_index *index);
void table_free_index(struct table_index *index); /* accepts NULL */

/* SSESpecification: the ARN of the key that it asks for, or NULL for the service's own. An alias names the same key each time. */
void table_set_encryption(struct table *table, const json_t *specification, const char *region, const char *account);

/* The type of the key attribute called name, of the table or any index; VALUE_TYPES when it is none. */
enum value_type table_key_type(const struct table *table, struct bytes name);

/* The key part called name; NULL when the schema has none. */
const struct key_part *key_schema_find(const struct key_schema *keys, struct bytes name);

/* Whether the index holds the attribute: of its own keys, the table's, or included. */
bool table_index_projects(const struct table *table, const struct table_index *index, struct bytes name);

void table_free(struct table *table);

/* The description that DescribeTable answers (little of a table that is DELETING), with counts. A new reference. */
struct table_counts {
    int64_t items;
    int64_t bytes;
};
json_t *table_describe(const struct table *table, int64_t now_us, const struct table_counts *counts,
                       const struct table_counts *index_counts);

/* The type that AttributeDefinitions give to name; VALUE_TYPES: none. */
enum value_type table_defined_type(const json_t *definitions, const char *name);

/* Parts of descriptions and definitions. */
json_t *table_schema_json(const struct key_schema *keys);
json_t *table_projection_json(const struct table_index *index);
json_t *table_definitions_json(const struct table *table); /* each attribute that some key uses, once, in order of name */

/* The text of a member; "" when there is none. */
const char *table_member_text(const json_t *json, const char *member);

/* CreateTable's rules beyond shapes, in AWS's order and words. */
bool table_check(const json_t *input, struct fault *fault);

/* SSESpecification's rules, which CreateTable and UpdateTable share. */
bool table_check_encryption(const json_t *input, struct fault *fault);
