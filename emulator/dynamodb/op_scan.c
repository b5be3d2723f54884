/* Scan: all items of a table or index, or of one segment of it. */

#include "dynamodb/intake.h"
#include "dynamodb/operations.h"
#include "dynamodb/search_start.h"
#include "dynamodb/shapes.h"

const struct member dynamodb_scan_input[] = {
    { "Select", STRING, .values = shape_select },
    { "IndexName", STRING, .min = 3, .max = 255, .pattern = "[a-zA-Z0-9_.-]+" },
    { "TotalSegments", INTEGER, .min = 1, .max = 1000000 },
    SHAPE_RETURN_CONSUMED_CAPACITY,
    { "TableName", STRING },
    SHAPE_CONDITIONAL_OPERATOR,
    { "ScanFilter", MAP, .members = shape_conditions },
    { "Segment", INTEGER, .min_is_zero = true, .max = 999999 },
    { "Limit", INTEGER, .min = 1 },
    SHAPE_ATTRIBUTES_TO_GET,
    SHAPE_START_KEY,
    { "ConsistentRead", BOOLEAN },
    { "FilterExpression", STRING },
    { "ProjectionExpression", STRING },
    SHAPE_NAMES,
    SHAPE_VALUES,
    { 0 },
};

static bool check_mix(struct intake *intake)
{
    static const char *const values[] = { "FilterExpression", NULL };
    static const char *const others[] = { "ProjectionExpression", NULL };
    static const char *const legacy[] = { "AttributesToGet", "ScanFilter", "ConditionalOperator", NULL };

    return intake_check_mix(intake, intake->call->input,
                            &(struct intake_manners){ .takes_values = values, .others = others, .legacy = legacy, .joined = "ScanFilter" });
}

static bool check_segments(struct intake *intake, struct search *search)
{
    const struct call *call = intake->call;

    search->segment = call_integer(call, "Segment", 0);
    search->segments = call_integer(call, "TotalSegments", 0);
    if (call_has(call, "Segment") && !search->segments)
        return fault_raise(&intake->fault, FAULT_REQUEST,
                           "The TotalSegments parameter is required but was not present in the request when Segment parameter is present");
    if (search->segments && !call_has(call, "Segment"))
        return fault_raise(&intake->fault, FAULT_REQUEST,
                           "The Segment parameter is required but was not present in the request when parameter TotalSegments is present");
    if (search->segments && search->segment >= search->segments)
        return fault_raise(&intake->fault, FAULT_REQUEST,
                           "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: %lld is not less "
                           "than TotalSegments: %lld",
                           (long long)search->segment, (long long)search->segments);
    return true;
}

/* The first hash of a segment: the hashes are shared out evenly. */
static struct bytes segment_begin(int64_t segment, int64_t segments, struct arena *arena)
{
    unsigned __int128 hashes = (unsigned __int128)1 << 64;
    uint64_t first = (uint64_t)((hashes * (unsigned __int128)segment + (unsigned __int128)(segments - 1)) / (unsigned __int128)segments);
    char *bytes = arena_take(arena, KEY_HASH_BYTES);

    for (int i = 0; i < KEY_HASH_BYTES; i++)
        bytes[i] = (char)(first >> (56 - 8 * i));
    return (struct bytes){ bytes, KEY_HASH_BYTES };
}

static void bind_segment(struct search *search, struct arena *arena)
{
    search->range.low = (struct bytes){ "", 0 };
    if (!search->segments)
        return;
    search->range.low = segment_begin(search->segment, search->segments, arena);
    if (search->segment + 1 < search->segments)
        search->range.high = segment_begin(search->segment + 1, search->segments, arena);
}

static bool read_request(struct intake *intake, struct search *search)
{
    const json_t *input = intake->call->input;

    return check_mix(intake) && intake_read_names(intake, input, &search->projection) &&
           intake_read_legacy_condition(intake, input, "ScanFilter", &search->filter) && search_start_read(intake, search) &&
           check_segments(intake, search) && search_check_select(intake, search) && intake_read_aliases(intake, input) &&
           search_read_expressions(intake, search) && aliases_check_used(&intake->aliases, &intake->fault);
}

enum outcome dynamodb_scan(struct call *call)
{
    struct intake intake;
    struct search search = { 0 };

    intake_open(&intake, call);
    if (!read_request(&intake, &search) || !search_find_table(&intake, &search) || !search_start_check_count(&intake, &search) ||
        !search_start_check_index(&intake, &search) || !search_check_projected(&intake, &search) || !search_start_take(&intake, &search))
        return intake_refuse(&intake);
    bind_segment(&search, intake.arena);
    if (!search_start_check_place(&intake, &search) || !search_check_projection_paths(&intake, &search) ||
        !search_check_filter_paths(&intake, &search))
        return intake_refuse(&intake);
    return search_run(&intake, &search);
}
