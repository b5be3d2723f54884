/* Enable-, Disable-, Update- and DescribeKinesisStreamingDestination. The answers tell the states that AWS passes through (ENABLING,
 * DISABLING, UPDATING); they are over at once. */

#include "base/text.h"
#include "dynamodb/destination.h"
#include "dynamodb/operations.h"
#include "dynamodb/table_life.h"
#include "dynamodb/table_lookup.h"

#define NOT_VALID "Table is not in a valid state to enable Kinesis Streaming Destination: "

static const char precision_name[] = "ApproximateCreationDateTimePrecision";
static const char *const precisions[] = { "MILLISECOND", "MICROSECOND", NULL };
static const struct member shape_configuration[] = { { "ApproximateCreationDateTimePrecision", STRING, .values = precisions }, { 0 } };

#define TABLE_NAME          \
    {                       \
        "TableName", STRING \
    }
#define STREAM_ARN                                                    \
    {                                                                 \
        "StreamArn", STRING, .required = true, .min = 37, .max = 1024 \
    }
#define ENABLE_CONFIGURATION                                                                                                             \
    {                                                                                                                                    \
        "EnableKinesisStreamingConfiguration", STRUCTURE, .members = shape_configuration, .class = "EnableKinesisStreamingConfiguration" \
    }
#define UPDATE_CONFIGURATION                                                                                                             \
    {                                                                                                                                    \
        "UpdateKinesisStreamingConfiguration", STRUCTURE, .members = shape_configuration, .class = "UpdateKinesisStreamingConfiguration" \
    }

const struct member dynamodb_enable_kinesis_streaming_destination_input[] = { TABLE_NAME, STREAM_ARN, ENABLE_CONFIGURATION, { 0 } };
const struct member dynamodb_disable_kinesis_streaming_destination_input[] = { TABLE_NAME, STREAM_ARN, ENABLE_CONFIGURATION, { 0 } };
const struct member dynamodb_update_kinesis_streaming_destination_input[] = { TABLE_NAME, STREAM_ARN, UPDATE_CONFIGURATION, { 0 } };
const struct member dynamodb_describe_kinesis_streaming_destination_input[] = { TABLE_NAME, { 0 } };

/* The precision that the configuration called name asks for, or NULL. */
static const char *precision_in(const struct call *call, const char *name)
{
    return json_string_value(json_object_get(call_member(call, name), precision_name));
}

static bool is_active(const struct table *table, const char *stream)
{
    return table->feed && table->feed == destination_find(table, stream);
}

/* Answers with the state that is passed through, or with the fault. */
static enum outcome answer(struct intake *intake, const struct table *table, enum status status, const char *state,
                           const char *configuration)
{
    struct call *call = intake->call;

    if (!intake->fault.kind && status != OK)
        fault_raise(&intake->fault, FAULT_BROKEN, "Internal server error");
    if (intake->fault.kind)
        return intake_refuse(intake);
    call->output =
        json_pack("{s:s, s:s, s:s}", "TableName", table->name, "StreamArn", call_string(call, "StreamArn"), "DestinationStatus", state);
    if (call_member(call, configuration))
        json_object_set(call->output, configuration, call_member(call, configuration));
    return DONE;
}

enum outcome dynamodb_enable_kinesis_streaming_destination(struct call *call)
{
    static const char configuration[] = "EnableKinesisStreamingConfiguration";
    struct intake intake;
    struct table *table;
    enum status status = OK;

    intake_open(&intake, call);
    table = table_lookup(&intake);
    if (table && (table->feed || table->state == TABLE_DELETING))
        fault_raise(&intake.fault, FAULT_VALIDATION,
                    NOT_VALID "EnableKinesisStreamingDestination must be DISABLED or ENABLE_FAILED to perform ENABLE operation.");
    if (!intake.fault.kind)
        status = destination_enable(intake.room, table, call_string(call, "StreamArn"), precision_in(call, configuration));
    return answer(&intake, table, status, "ENABLING", configuration);
}

enum outcome dynamodb_disable_kinesis_streaming_destination(struct call *call)
{
    struct intake intake;
    struct table *table;
    enum status status = OK;

    intake_open(&intake, call);
    if (precision_in(call, "EnableKinesisStreamingConfiguration"))
        fault_raise(&intake.fault, FAULT_VALIDATION, "Stream cannot be disabled using EnableKinesisStreamingConfiguration parameters");
    table = table_lookup(&intake);
    if (table && !is_active(table, call_string(call, "StreamArn")))
        fault_raise(&intake.fault, FAULT_VALIDATION, NOT_VALID "KinesisStreamingDestination must be ACTIVE to perform DISABLE operation.");
    if (!intake.fault.kind)
        status = destination_disable(intake.room, table);
    return answer(&intake, table, status, "DISABLING", "EnableKinesisStreamingConfiguration");
}

static bool check_update(struct intake *intake, const struct table *table, const char *stream, const char *precision)
{
    if (!is_active(table, stream))
        return fault_raise(&intake->fault, FAULT_VALIDATION,
                           NOT_VALID "Kinesis streaming is not in ACTIVE state. Updates are only allowed in ACTIVE state. TableName: %s, "
                                     "kdsArn: %s",
                           table->name, stream);
    if (destination_is_fine(table->feed) == text_is(precision, "MICROSECOND"))
        return fault_raise(&intake->fault, FAULT_VALIDATION,
                           "Invalid Request: Precision is already set to the desired value of %s for tableId: %s, kdsArn: %s", precision,
                           table->id, stream);
    return true;
}

enum outcome dynamodb_update_kinesis_streaming_destination(struct call *call)
{
    static const char configuration[] = "UpdateKinesisStreamingConfiguration";
    const char *precision = precision_in(call, configuration);
    struct intake intake;
    struct table *table;
    enum status status = OK;

    intake_open(&intake, call);
    if (!precision)
        fault_raise(&intake.fault, FAULT_VALIDATION,
                    "Streaming destination cannot be updated with given parameters: UpdateKinesisStreamingConfiguration cannot be null or "
                    "contain only null values");
    table = table_lookup(&intake);
    if (!intake.fault.kind && check_update(&intake, table, call_string(call, "StreamArn"), precision))
        status = destination_set_precision(intake.room, table, precision);
    return answer(&intake, table, status, "UPDATING", configuration);
}

enum outcome dynamodb_describe_kinesis_streaming_destination(struct call *call)
{
    struct intake intake;
    const struct table *table;

    intake_open(&intake, call);
    table = table_lookup(&intake);
    if (!table)
        return intake_refuse(&intake);
    call->output = json_pack("{s:s, s:o}", "TableName", table->name, "KinesisDataStreamDestinations",
                             table->destinations ? json_deep_copy(table->destinations) : json_array());
    return DONE;
}
