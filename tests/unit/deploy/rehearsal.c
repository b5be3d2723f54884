#include "rehearsal.h"

#include "base/memory.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct rehearsal *playing;

/* ---- the rooms ---- */

static void add_to_score(struct rehearsal *rehearsal, const char *room, const char *operation, const json_t *input)
{
    char *text = json_dumps(input, JSON_COMPACT | JSON_SORT_KEYS);

    buffer_print(&rehearsal->score, "%s %s %s\n", room, operation, text);
    free(text);
}

static json_t *table(const struct call *call)
{
    const char *name = call_string(call, "TableName");

    return json_pack("{s:{s:s, s:s+, s:s+}}", "Table", "TableStatus", "ACTIVE", "TableArn", "arn:table/", name, "LatestStreamArn",
                     "arn:stream/", name);
}

static json_t *stream(struct call *call)
{
    const char *state = playing->streams_described++ ? "ACTIVE" : "CREATING";

    return json_pack("{s:{s:s, s:s+}}", "StreamDescriptionSummary", "StreamStatus", state, "StreamARN", "arn:kinesis/",
                     call_string(call, "StreamName"));
}

static bool is(const struct call *call, const char *name)
{
    return !strcmp(call->operation->name, name);
}

/* An application is at version 7, has one input, and runs once it was started. */
static json_t *application(const struct call *call)
{
    bool is_started = playing->score.data && strstr(playing->score.data, " StartApplication ");
    json_t *inputs = json_pack("[{s:s}]", "InputId", "1.1");
    json_t *detail = json_pack("{s:i, s:s}", "ApplicationVersionId", 7, "ApplicationStatus", is_started ? "RUNNING" : "READY");

    if (!strcmp(call->service->name, "analytics_v2"))
        json_object_set_new(detail, "ApplicationConfigurationDescription",
                            json_pack("{s:{s:o}}", "SqlApplicationConfigurationDescription", "InputDescriptions", inputs));
    else
        json_object_set_new(detail, "InputDescriptions", inputs);
    return json_pack("{s:o}", "ApplicationDetail", detail);
}

static json_t *identified(const char *member)
{
    char id[32];

    snprintf(id, sizeof id, "%.*s-%d", (int)strcspn(member, "IU"), member, ++playing->ids);
    return json_pack("{s:s, s:s+}", member, id, "apiEndpoint", "wss://", id);
}

static json_t *answer(struct call *call)
{
    static const struct {
        const char *operation;
        const char *member;
    } made[] = { { "CreateApi", "apiId" },
                 { "CreateRoute", "routeId" },
                 { "CreateIntegration", "integrationId" },
                 { "CreateIntegrationResponse", "integrationResponseId" },
                 { "CreateRouteResponse", "routeResponseId" },
                 { "CreateDeployment", "deploymentId" },
                 { "CreateAuthorizer", "authorizerId" },
                 { "CreateModel", "modelId" },
                 { "CreateEventSourceMapping", "UUID" } };

    for (size_t i = 0; i < sizeof made / sizeof *made; i++)
        if (is(call, made[i].operation))
            return identified(made[i].member);
    if (is(call, "DescribeTable"))
        return table(call);
    if (is(call, "DescribeStreamSummary"))
        return stream(call);
    if (is(call, "DescribeApplication"))
        return application(call);
    if (is(call, "CreateStage"))
        return json_pack("{s:s}", "stageName", call_string(call, "stageName"));
    return is(call, "CreateStream") ? NULL : json_object();
}

struct late {
    struct deferred deferred;
    struct call *call;
};

static void finish_late(struct deferred *deferred)
{
    struct late *late = list_item(deferred, struct late, deferred);
    struct call *call = late->call;

    free(late);
    call_finish(call);
}

static enum outcome play(struct call *call)
{
    add_to_score(playing, call->service->name, call->operation->name, call->input);
    if (playing->refused && is(call, playing->refused))
        return call_fail(call, playing->refusal, "the room says no");
    call->output = answer(call);
    if (playing->unanswered && is(call, playing->unanswered)) {
        struct late *late = memory_new(sizeof *late);

        late->call = call;
        loop_defer(call->ground->loop, &late->deferred, finish_late);
        return LATER;
    }
    return DONE;
}

#define OPERATION(name)                 \
    {                                   \
        name, play, NULL, NULL, NULL, 0 \
    }

static const struct operation apigateway_operations[] = { OPERATION("CreateApi"),
                                                          OPERATION("CreateRoute"),
                                                          OPERATION("CreateIntegration"),
                                                          OPERATION("CreateIntegrationResponse"),
                                                          OPERATION("CreateRouteResponse"),
                                                          OPERATION("CreateDeployment"),
                                                          OPERATION("CreateStage"),
                                                          OPERATION("CreateAuthorizer"),
                                                          OPERATION("CreateModel"),
                                                          OPERATION("DeleteApi"),
                                                          { 0 } };
static const struct operation dynamodb_operations[] = { OPERATION("CreateTable"),
                                                        OPERATION("DescribeTable"),
                                                        OPERATION("UpdateTimeToLive"),
                                                        OPERATION("UpdateContinuousBackups"),
                                                        OPERATION("PutResourcePolicy"),
                                                        OPERATION("UpdateContributorInsights"),
                                                        OPERATION("EnableKinesisStreamingDestination"),
                                                        { 0 } };
static const struct operation kinesis_operations[] = { OPERATION("CreateStream"), OPERATION("DescribeStreamSummary"), { 0 } };
static const struct operation lambda_operations[] = {
    OPERATION("CreateFunction"), OPERATION("CreateEventSourceMapping"), OPERATION("PutFunctionConcurrency"), { 0 }
};
static const struct operation analytics_operations[] = { OPERATION("CreateApplication"),    OPERATION("DescribeApplication"),
                                                         OPERATION("AddApplicationOutput"), OPERATION("AddApplicationReferenceDataSource"),
                                                         OPERATION("StartApplication"),     { 0 } };

static const struct service apigateway = { .name = "apigateway", .protocol = PROTOCOL_REST_JSON, .operations = apigateway_operations };
static const struct service dynamodb = { .name = "dynamodb", .operations = dynamodb_operations };
static const struct service kinesis = { .name = "kinesis", .operations = kinesis_operations };
static const struct service lambda = { .name = "lambda", .protocol = PROTOCOL_REST_JSON, .operations = lambda_operations };
static const struct service analytics_v1 = { .name = "analytics_v1", .operations = analytics_operations };
static const struct service analytics_v2 = { .name = "analytics_v2", .operations = analytics_operations };

/* The code's folder is noted by its last part: the test's own folder has a name by chance. */
static enum status deploy_code(struct lambda *room, const json_t *configuration, const char *directory, struct arena *arena,
                               const char **message)
{
    const char *slash = strrchr(directory, '/');

    (void)room;
    (void)arena;
    buffer_print(&playing->score, "code %s ", slash ? slash + 1 : directory);
    add_to_score(playing, "lambda", "deploy", configuration);
    if (!playing->refused || strcmp(playing->refused, "deploy"))
        return OK;
    *message = "the room says no";
    return INVALID;
}

/* ---- the folder ---- */

static int remove_entry(const char *path, const struct stat *entry, int kind, struct FTW *place)
{
    (void)entry;
    (void)kind;
    (void)place;
    return remove(path);
}

void rehearsal_open(struct rehearsal *rehearsal)
{
    *rehearsal = (struct rehearsal){ 0 };
    ck_assert_ptr_nonnull(getcwd(rehearsal->home, sizeof rehearsal->home));
    strcpy(rehearsal->folder, "/tmp/lowcloud-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(rehearsal->folder));
    ck_assert_int_eq(chdir(rehearsal->folder), 0);
    rehearsal->rooms = (struct deploy_rooms){ .apigateway = &apigateway,
                                              .dynamodb = &dynamodb,
                                              .kinesis = &kinesis,
                                              .lambda = &lambda,
                                              .analytics_v1 = &analytics_v1,
                                              .analytics_v2 = &analytics_v2,
                                              .deploy_code = deploy_code };
    playing = rehearsal;
}

static void forget(struct rehearsal *rehearsal)
{
    json_decref(rehearsal->result.outputs);
    json_decref(rehearsal->result.resources);
    rehearsal->result = (struct deploy_result){ 0 };
    buffer_clear(&rehearsal->score);
    *rehearsal->said = '\0';
    rehearsal->ids = 0;
    rehearsal->streams_described = 0;
}

void rehearsal_close(struct rehearsal *rehearsal)
{
    forget(rehearsal);
    ck_assert_int_eq(chdir(rehearsal->home), 0);
    nftw(rehearsal->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    playing = NULL;
}

void rehearsal_write(struct rehearsal *rehearsal, const char *name, const char *text)
{
    char path[512];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", rehearsal->folder, name);
    for (char *slash = path + strlen(rehearsal->folder) + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
        *slash = '\0';
        ck_assert(mkdir(path, 0700) == 0 || errno == EEXIST);
    }
    file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

/* ---- playing ---- */

/* What goes to standard error meanwhile is read back: it is what a user sees. */
static int hush(FILE **said)
{
    int kept = dup(STDERR_FILENO);

    fflush(stderr);
    *said = tmpfile();
    ck_assert_ptr_nonnull(*said);
    dup2(fileno(*said), STDERR_FILENO);
    return kept;
}

static void speak_again(int kept, FILE *said, char *text, size_t size)
{
    size_t length;

    fflush(stderr);
    dup2(kept, STDERR_FILENO);
    close(kept);
    rewind(said);
    length = fread(text, 1, size - 1, said);
    text[length] = '\0';
    fclose(said);
}

static size_t split(const char *const *texts, struct deploy_parameter *parameters, char *room)
{
    size_t count = 0;

    for (; texts && texts[count]; count++) {
        size_t length = strcspn(texts[count], "=");

        memcpy(room, texts[count], length);
        room[length] = '\0';
        parameters[count] = (struct deploy_parameter){ .name = room, .value = texts[count] + length + 1 };
        room += length + 1;
    }
    return count;
}

bool rehearsal_deploy(struct rehearsal *rehearsal, const char *name, const char *const *texts)
{
    struct deploy_parameter parameters[16];
    char room[1024];
    size_t count = split(texts, parameters, room);
    FILE *said;
    bool is_done;
    int kept;

    forget(rehearsal);
    kept = hush(&said);
    is_done = deploy_template(&fixture_world.ground, &rehearsal->rooms, name, parameters, count, &rehearsal->result);
    speak_again(kept, said, rehearsal->said, sizeof rehearsal->said);
    return is_done;
}

bool rehearsal_play(struct rehearsal *rehearsal, const char *text)
{
    rehearsal_write(rehearsal, "template.yaml", text);
    return rehearsal_deploy(rehearsal, "template.yaml", NULL);
}

const char *rehearsal_input(const struct rehearsal *rehearsal, const char *head)
{
    static char input[16384];
    const char *line = rehearsal->score.data;

    while (line && *line && (strncmp(line, head, strlen(head)) || line[strlen(head)] != ' ')) {
        line = strchr(line, '\n');
        line += line != NULL;
    }
    ck_assert_msg(line && *line, "%s is not in the score:\n%s", head, rehearsal->score.data ? rehearsal->score.data : "");
    snprintf(input, sizeof input, "%.*s", (int)strcspn(line + strlen(head) + 1, "\n"), line + strlen(head) + 1);
    return input;
}

const char *rehearsal_output(const struct rehearsal *rehearsal, const char *name)
{
    const char *text = json_string_value(json_object_get(rehearsal->result.outputs, name));

    ck_assert_msg(text != NULL, "there is no output %s; said:\n%s", name, rehearsal->said);
    return text;
}
