#include "lambda/deployment.h"

#include "base/base64.h"
#include "base/memory.h"
#include "lambda/package.h"
#include "lambda/room.h"
#include "lambda/store.h"

#include <stdlib.h>
#include <sys/stat.h>

const struct member deployment_code[] = {
    { "ZipFile", BLOB },
    { "S3Bucket", STRING, .min = 3, .max = 63 },
    { "S3Key", STRING, .min = 1, .max = 1024 },
    { "S3ObjectVersion", STRING },
    { "ImageUri", STRING },
    { "SourceKMSKeyArn", STRING },
    { 0 },
};

static struct code *unpack(struct call *call, const void *bytes, size_t size_bytes, const char *function)
{
    struct lambda *room = room_of(call);
    char *directory = memory_print("%s/code-%u-%s", room->ground->state_directory, ++room->unpacked_count, function);
    const char *message;
    struct code *code;

    switch (package_unpack(bytes, size_bytes, directory, call->arena, &message)) {
    case OK:
        code = code_new(directory, true);
        code->size_bytes = (int64_t)size_bytes;
        package_sha256(bytes, size_bytes, code->sha256);
        if (lambda_store_put_code(room->store, code->sha256, bytes, size_bytes) == OK)
            return code;
        code_unref(code);
        call_fail(call, ERR_SERVICE, "The function's code could not be kept");
        return NULL;
    case BROKEN:
        call_fail(call, ERR_SERVICE, "%s", message);
        break;
    default:
        call_fail(call, ERR_INVALID_PARAMETER_VALUE, "%s", message);
    }
    free(directory);
    return NULL;
}

bool deployment_read(struct call *call, const json_t *given, const char *function, struct code **code)
{
    const json_t *zip = json_object_get(given, "ZipFile");
    size_t size_bytes = 0;
    char *bytes;

    *code = NULL;
    if (json_is_string(json_object_get(given, "ImageUri")))
        return true;
    if (json_is_string(json_object_get(given, "S3Bucket"))) {
        call_fail(call, ERR_INVALID_PARAMETER_VALUE,
                  "Error occurred while GetObject. S3 Error Code: NoSuchBucket. S3 Error Message: The specified bucket does not exist");
        return false;
    }
    if (!json_is_string(zip)) {
        call_fail(call, ERR_INVALID_PARAMETER_VALUE, "Please provide a source for function code.");
        return false;
    }
    bytes = arena_take(call->arena, json_string_length(zip) / 4 * 3 + 1);
    base64_decode(json_string_value(zip), json_string_length(zip), bytes, &size_bytes);
    if (size_bytes > PACKAGE_ZIPPED_MAX_BYTES) {
        call_fail(call, ERR_REQUEST_ENTITY_TOO_LARGE, "Request must be smaller than 69905067 bytes for the CreateFunction operation");
        return false;
    }
    *code = unpack(call, bytes, size_bytes, function);
    return *code != NULL;
}
