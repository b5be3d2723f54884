#include "dynamodb/shapes.h"

#include <stddef.h>

const char *const shape_consumed_capacity[] = { "INDEXES", "TOTAL", "NONE", NULL };
const char *const shape_collection_metrics[] = { "SIZE", "NONE", NULL };
const char *const shape_return_values[] = { "ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW", NULL };
const char *const shape_failure_values[] = { "ALL_OLD", "NONE", NULL };
const char *const shape_select[] = { "SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES", NULL };
const char *const shape_conditional_operator[] = { "OR", "AND", NULL };
const char *const shape_billing_modes[] = { "PROVISIONED", "PAY_PER_REQUEST", NULL };
const char *const shape_table_classes[] = { "STANDARD", "STANDARD_INFREQUENT_ACCESS", NULL };

static const char *const comparison_operators[] = { "IN",       "NULL", "BETWEEN", "LT",          "NOT_CONTAINS", "EQ",       "GT",
                                                    "NOT_NULL", "NE",   "LE",      "BEGINS_WITH", "GE",           "CONTAINS", NULL };
static const char *const update_actions[] = { "ADD", "DELETE", "PUT", NULL }; /* their order in AWS's text is not known */

static const char *const key_types[] = { "HASH", "RANGE", NULL };
static const char *const attribute_types[] = { "B", "N", "S", NULL };
static const char *const projection_types[] = { "ALL", "INCLUDE", "KEYS_ONLY", NULL };
static const char *const view_types[] = { "NEW_AND_OLD_IMAGES", "OLD_IMAGE", "KEYS_ONLY", "NEW_IMAGE", NULL };
static const char *const encryption_types[] = { "AES256", "KMS", NULL };

/* ---- attribute values ---- */

const struct member shape_text_list[] = { { "member", STRING }, { 0 } };
static const struct member any_blob[] = { { "member", BLOB }, { 0 } };

static const struct member attribute_value[] = {
    { "S", STRING },
    { "N", STRING },
    { "B", BLOB },
    { "SS", LIST, .members = shape_text_list },
    { "NS", LIST, .members = shape_text_list },
    { "BS", LIST, .members = any_blob },
    { "M", MAP, .members = shape_values },
    { "L", LIST, .members = shape_values },
    { "NULL", BOOLEAN },
    { "BOOL", BOOLEAN },
    { 0 },
};

const struct member shape_values[2] = { { "member", STRUCTURE, .members = attribute_value, .class = "AttributeValue", .is_opaque = true },
                                        { 0 } };

/* ---- legacy conditions and updates ---- */

static const struct member expected_value[] = {
    { "Value", STRUCTURE, .members = attribute_value, .class = "AttributeValue" },
    { "Exists", BOOLEAN },
    { "ComparisonOperator", STRING, .values = comparison_operators },
    { "AttributeValueList", LIST, .members = shape_values },
    { 0 },
};

static const struct member value_update[] = {
    { "Value", STRUCTURE, .members = attribute_value, .class = "AttributeValue" },
    { "Action", STRING, .values = update_actions },
    { 0 },
};

static const struct member comparison[] = {
    { "ComparisonOperator", STRING, .required = true, .values = comparison_operators },
    { "AttributeValueList", LIST, .members = shape_values },
    { 0 },
};

const struct member shape_expected[] = { { "member", STRUCTURE, .members = expected_value, .class = "ExpectedAttributeValue" }, { 0 } };
const struct member shape_updates[] = { { "member", STRUCTURE, .members = value_update, .class = "AttributeValueUpdate" }, { 0 } };
const struct member shape_conditions[] = { { "member", STRUCTURE, .required = true, .members = comparison, .class = "Condition" }, { 0 } };

/* ---- batches and transactions ---- */

static const struct member keys_and_attributes[] = {
    { "Keys", LIST, .members = (const struct member[]){ { "member", MAP, .members = shape_values }, { 0 } } },
    { "AttributesToGet", LIST, .members = shape_text_list },
    { "ConsistentRead", BOOLEAN },
    { "ProjectionExpression", STRING },
    SHAPE_NAMES,
    { 0 },
};

/* The second member is in no model of AWS's; its texts show it. */
static const struct member put_request[] = { SHAPE_ITEM, { "WorkloadProfileName", STRING }, { 0 } };
static const struct member delete_request[] = { SHAPE_KEY, { 0 } };

/* The parts of transactions: here with their constraints too. Whether a TableName is one is seen when it is read. */

#define ACTION_TABLE                          \
    {                                         \
        "TableName", STRING, .required = true \
    }
#define ACTION_CONDITION(is_required) \
    { "ConditionExpression", STRING, .required = is_required }, SHAPE_NAMES, SHAPE_VALUES, SHAPE_FAILURE_VALUES

static const struct member condition_check[] = { SHAPE_KEY, ACTION_TABLE, ACTION_CONDITION(true), { 0 } };
static const struct member put_action[] = { SHAPE_ITEM, ACTION_TABLE, ACTION_CONDITION(false), { 0 } };
static const struct member delete_action[] = { SHAPE_KEY, ACTION_TABLE, ACTION_CONDITION(false), { 0 } };
static const struct member update_action[] = {
    SHAPE_KEY, { "UpdateExpression", STRING, .required = true }, ACTION_TABLE, ACTION_CONDITION(false), { 0 },
};
static const struct member get_action[] = {
    SHAPE_KEY, ACTION_TABLE, { "ProjectionExpression", STRING }, SHAPE_NAMES, { 0 },
};

static const struct member transact_write_item[] = {
    { "ConditionCheck", STRUCTURE, .members = condition_check, .class = "ConditionCheck" },
    { "Put", STRUCTURE, .members = put_action, .class = "Put" },
    { "Delete", STRUCTURE, .members = delete_action, .class = "Delete" },
    { "Update", STRUCTURE, .members = update_action, .class = "Update" },
    { 0 },
};
const struct member shape_transact_write[2] = {
    { "member", STRUCTURE, .members = transact_write_item, .class = "TransactWriteItem" },
    { 0 },
};

/* PartiQL's statements, and their parameters. */
const struct member shape_parameters[2] = { { "member", STRUCTURE, .members = attribute_value, .class = "AttributeValue" }, { 0 } };

#define STATEMENT                                                                    \
    { "Statement", STRING, .required = true, .min = 1, .max = SHAPE_STATEMENT_MAX }, \
    {                                                                                \
        "Parameters", LIST, .min = 1, .members = shape_parameters                    \
    }

static const struct member batch_statement[] = { STATEMENT, { "ConsistentRead", BOOLEAN }, SHAPE_FAILURE_VALUES, { 0 } };
const struct member shape_batch_statement[2] = {
    { "member", STRUCTURE, .members = batch_statement, .class = "BatchStatementRequest" },
    { 0 },
};

static const struct member transact_statement[] = { STATEMENT, SHAPE_FAILURE_VALUES, { 0 } };
const struct member shape_transact_statement[2] = {
    { "member", STRUCTURE, .members = transact_statement, .class = "ParameterizedStatement" },
    { 0 },
};

static const struct member transact_get_item[] = {
    { "Get", STRUCTURE, .required = true, .members = get_action, .class = "Get" },
    { 0 },
};
const struct member shape_transact_get[2] = {
    { "member", STRUCTURE, .members = transact_get_item, .class = "TransactGetItem" },
    { 0 },
};

/* RequestItems: of BatchGetItem one table's keys, whose constraints have texts of their own; of BatchWriteItem one table's requests. Both
 * by the table's name or ARN. */
#define TABLE_KEY                                                                            \
    {                                                                                        \
        "key", STRING, .min = 3, .max = 255, .pattern = "[a-zA-Z0-9_.-]+", .takes_arn = true \
    }
const struct member shape_batch_get[3] = {
    { "member", STRUCTURE, .members = keys_and_attributes, .class = "KeysAndAttributes" },
    TABLE_KEY,
    { 0 },
};

static const struct member write_request[] = {
    { "PutRequest", STRUCTURE, .members = put_request, .class = "PutRequest" },
    { "DeleteRequest", STRUCTURE, .members = delete_request, .class = "DeleteRequest" },
    { 0 },
};

const struct member shape_batch_write[3] = {
    { "member", LIST, .min = 1, .max = BATCH_WRITES_MAX,
      .members = (const struct member[]){ { "member", STRUCTURE, .members = write_request, .class = "WriteRequest" }, { 0 } } },
    TABLE_KEY,
    { 0 },
};

/* ---- tables ---- */

const struct member shape_definition[] = {
    { "AttributeName", SHAPE_ATTRIBUTE_NAME, .required = true },
    { "AttributeType", STRING, .required = true, .values = attribute_types },
    { 0 },
};

const struct member shape_key_element[] = {
    { "AttributeName", SHAPE_ATTRIBUTE_NAME, .required = true },
    { "KeyType", STRING, .required = true, .values = key_types },
    { 0 },
};

const struct member shape_throughput[] = {
    { "WriteCapacityUnits", LONG, .required = true, .min = 1 },
    { "ReadCapacityUnits", LONG, .required = true, .min = 1 },
    { 0 },
};

const struct member shape_on_demand[] = { { "MaxReadRequestUnits", LONG }, { "MaxWriteRequestUnits", LONG }, { 0 } };
const struct member shape_warm[] = { { "ReadUnitsPerSecond", LONG }, { "WriteUnitsPerSecond", LONG }, { 0 } };

const struct member shape_projection[] = {
    { "ProjectionType", STRING, .values = projection_types },
    { "NonKeyAttributes", LIST, .min = 1, .max = 20, .members = (const struct member[]){ { "member", SHAPE_ATTRIBUTE_NAME }, { 0 } } },
    { 0 },
};

#define INDEX_NAME "IndexName", STRING, .required = true, .min = 3, .max = 255, .pattern = "[a-zA-Z0-9_.-]+"

const struct member shape_local_index[] = {
    { INDEX_NAME },
    { "KeySchema", LIST, .required = true, .min = 1, .max = 2,
      .members = (const struct member[]){ { "member", STRUCTURE, .members = shape_key_element, .class = "KeySchemaElement" }, { 0 } } },
    { "Projection", STRUCTURE, .required = true, .members = shape_projection, .class = "Projection" },
    { 0 },
};

/* Since November 2025 a global index may have keys of several attributes. */
const struct member shape_global_index[] = {
    { INDEX_NAME },
    { "Projection", STRUCTURE, .required = true, .members = shape_projection, .class = "Projection" },
    { "ProvisionedThroughput", STRUCTURE, .members = shape_throughput, .class = "ProvisionedThroughput" },
    { "OnDemandThroughput", STRUCTURE, .members = shape_on_demand, .class = "OnDemandThroughput" },
    { "WarmThroughput", STRUCTURE, .members = shape_warm, .class = "WarmThroughput" },
    { "KeySchema", LIST, .required = true, .min = 1,
      .members = (const struct member[]){ { "member", STRUCTURE, .members = shape_key_element, .class = "KeySchemaElement" }, { 0 } } },
    { 0 },
};

static const struct member index_update[] = {
    { INDEX_NAME },
    { "ProvisionedThroughput", STRUCTURE, .members = shape_throughput, .class = "ProvisionedThroughput" },
    { "OnDemandThroughput", STRUCTURE, .members = shape_on_demand, .class = "OnDemandThroughput" },
    { "WarmThroughput", STRUCTURE, .members = shape_warm, .class = "WarmThroughput" },
    { 0 },
};

static const struct member index_deletion[] = { { INDEX_NAME }, { 0 } };

const struct member shape_index_update[] = {
    { "Update", STRUCTURE, .members = index_update, .class = "UpdateGlobalSecondaryIndexAction" },
    { "Create", STRUCTURE, .members = shape_global_index, .class = "CreateGlobalSecondaryIndexAction" },
    { "Delete", STRUCTURE, .members = index_deletion, .class = "DeleteGlobalSecondaryIndexAction" },
    { 0 },
};

const struct member shape_stream[] = {
    { "StreamEnabled", BOOLEAN, .required = true },
    { "StreamViewType", STRING, .values = view_types },
    { 0 },
};

const struct member shape_encryption[] = {
    { "Enabled", BOOLEAN },
    { "SSEType", STRING, .values = encryption_types },
    { "KMSMasterKeyId", STRING },
    { 0 },
};

/* Looked at in tags.c. */
const struct member shape_tag[] = { { "Key", STRING }, { "Value", STRING }, { 0 } };
