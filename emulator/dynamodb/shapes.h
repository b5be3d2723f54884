#pragma once
/* Members that several operations' inputs share, and the shape of attribute values. Enums stand in the order in which AWS prints them. */

#include "aws/shape.h"

enum { BATCH_WRITES_MAX = 25 };

/* The name of an attribute that a table is defined with: any text but one with a NUL, which AWS may take; here names of tables' own
 * attributes end there. */
#define SHAPE_ATTRIBUTE_NAME STRING, .min = 1, .max = 255, .pattern = ".*"

extern const char *const shape_consumed_capacity[];
extern const char *const shape_collection_metrics[];
extern const char *const shape_return_values[];
extern const char *const shape_failure_values[];
extern const char *const shape_select[];
extern const char *const shape_conditional_operator[];
extern const struct member shape_text_list[];

/* What legacy conditions and updates are maps of. */
extern const struct member shape_expected[];
extern const struct member shape_conditions[];
extern const struct member shape_updates[];
extern const char *const shape_billing_modes[];
extern const char *const shape_table_classes[];

/* What items, keys and ExpressionAttributeValues are maps of. Shapes look at the JSON types in them alone; the rest is wire.h's. */
extern const struct member shape_values[2];

/* An element of RequestItems, and of TransactItems. */
extern const struct member shape_batch_get[3];
extern const struct member shape_batch_write[3];
extern const struct member shape_transact_write[2];
extern const struct member shape_transact_get[2];

enum { SHAPE_STATEMENT_MAX = 8192 /* characters of a PartiQL statement */ };
extern const struct member shape_parameters[2];
extern const struct member shape_batch_statement[2];
extern const struct member shape_transact_statement[2];

/* AttributeDefinitions, KeySchema, one global index, throughput. */
extern const struct member shape_definition[];
extern const struct member shape_key_element[];
extern const struct member shape_throughput[];
extern const struct member shape_on_demand[];
extern const struct member shape_warm[];
extern const struct member shape_local_index[];
extern const struct member shape_global_index[];
extern const struct member shape_index_update[]; /* of GlobalSecondaryIndexUpdates */
extern const struct member shape_projection[];
extern const struct member shape_stream[];
extern const struct member shape_encryption[];
extern const struct member shape_tag[];

#define SHAPE_LIST_OF(shape, name)                                \
    LIST, .members = (const struct member[])                      \
    {                                                             \
        { "member", STRUCTURE, .members = shape, .class = name }, \
        {                                                         \
            0                                                     \
        }                                                         \
    }

#define SHAPE_ITEM                                             \
    {                                                          \
        "Item", MAP, .required = true, .members = shape_values \
    }
#define SHAPE_KEY                                             \
    {                                                         \
        "Key", MAP, .required = true, .members = shape_values \
    }
#define SHAPE_START_KEY                                   \
    {                                                     \
        "ExclusiveStartKey", MAP, .members = shape_values \
    }
#define SHAPE_NAMES                                                 \
    {                                                               \
        "ExpressionAttributeNames", MAP, .members = shape_text_list \
    }
#define SHAPE_VALUES                                              \
    {                                                             \
        "ExpressionAttributeValues", MAP, .members = shape_values \
    }
#define SHAPE_RETURN_CONSUMED_CAPACITY                                      \
    {                                                                       \
        "ReturnConsumedCapacity", STRING, .values = shape_consumed_capacity \
    }
#define SHAPE_RETURN_COLLECTION_METRICS                                           \
    {                                                                             \
        "ReturnItemCollectionMetrics", STRING, .values = shape_collection_metrics \
    }
#define SHAPE_CONDITIONAL_OPERATOR                                          \
    {                                                                       \
        "ConditionalOperator", STRING, .values = shape_conditional_operator \
    }
#define SHAPE_EXPECTED                             \
    {                                              \
        "Expected", MAP, .members = shape_expected \
    }
#define SHAPE_ATTRIBUTES_TO_GET                                                   \
    {                                                                             \
        "AttributesToGet", LIST, .min = 1, .max = 255, .members = shape_text_list \
    }
#define SHAPE_FAILURE_VALUES                                                          \
    {                                                                                 \
        "ReturnValuesOnConditionCheckFailure", STRING, .values = shape_failure_values \
    }
