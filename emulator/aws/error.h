#pragma once
/* Every error that a service answers: our id, AWS's name, the HTTP status of REST services (RPC services send 400 for the caller's faults
 * and 500 for ours). Add a row where a room needs one more; keep the list in order of name. */

/* One row a line, so that additions do not collide. */
/* clang-format off */
#define AWS_ERRORS(row) \
    row(ACCESS_DENIED, "AccessDeniedException", 403) \
    row(BACKUP_IN_USE, "BackupInUseException", 400) \
    row(BACKUP_NOT_FOUND, "BackupNotFoundException", 400) \
    row(BAD_REQUEST, "BadRequestException", 400) \
    row(CODE_VALIDATION, "CodeValidationException", 400) \
    row(CONCURRENT_MODIFICATION, "ConcurrentModificationException", 400) \
    row(CONDITIONAL_CHECK_FAILED, "ConditionalCheckFailedException", 400) \
    row(CONFLICT, "ConflictException", 409) \
    row(DUPLICATE_ITEM, "DuplicateItemException", 400) \
    row(EXPIRED_ITERATOR, "ExpiredIteratorException", 400) \
    row(EXPIRED_NEXT_TOKEN, "ExpiredNextTokenException", 400) \
    row(EXPORT_NOT_FOUND, "ExportNotFoundException", 400) \
    row(FORBIDDEN, "ForbiddenException", 403) \
    row(GLOBAL_TABLE_NOT_FOUND, "GlobalTableNotFoundException", 400) \
    row(GONE, "GoneException", 410) \
    row(IDEMPOTENT_PARAMETER_MISMATCH, "IdempotentParameterMismatchException", 400) \
    row(IMPORT_NOT_FOUND, "ImportNotFoundException", 400) \
    row(INCOMPLETE_SIGNATURE, "IncompleteSignatureException", 403) \
    row(INTERNAL_FAILURE, "InternalFailure", 500) \
    row(INTERNAL_SERVER_ERROR, "InternalServerError", 500) \
    row(INVALID_APPLICATION_CONFIGURATION, "InvalidApplicationConfigurationException", 400) \
    row(INVALID_ARGUMENT, "InvalidArgumentException", 400) \
    row(INVALID_PARAMETER_COMBINATION, "InvalidParameterCombinationException", 400) \
    row(INVALID_PARAMETER_VALUE, "InvalidParameterValueException", 400) \
    row(INVALID_REQUEST_CONTENT, "InvalidRequestContentException", 400) \
    row(INVALID_SIGNATURE, "InvalidSignatureException", 403) \
    row(INVALID_RESTORE_TIME, "InvalidRestoreTimeException", 400) \
    row(ITEM_COLLECTION_SIZE_LIMIT, "ItemCollectionSizeLimitExceededException", 400) \
    row(LIMIT_EXCEEDED, "LimitExceededException", 400) \
    row(MISSING_AUTHENTICATION_TOKEN, "MissingAuthenticationTokenException", 403) \
    row(MISSING_REQUIRED_PARAMETER, "MissingRequiredParameterException", 400) \
    row(NOT_FOUND, "NotFoundException", 404) \
    row(PAYLOAD_TOO_LARGE, "PayloadTooLargeException", 413) \
    row(POINT_IN_TIME_RECOVERY_UNAVAILABLE, "PointInTimeRecoveryUnavailableException", 400) \
    row(POLICY_NOT_FOUND, "PolicyNotFoundException", 400) \
    row(PRECONDITION_FAILED, "PreconditionFailedException", 412) \
    row(PROVISIONED_THROUGHPUT_EXCEEDED, "ProvisionedThroughputExceededException", 400) \
    row(REQUEST_ENTITY_TOO_LARGE, "RequestEntityTooLargeException", 413) \
    row(REQUEST_TOO_LARGE, "RequestTooLargeException", 413) \
    row(RESOURCE_CONFLICT, "ResourceConflictException", 409) \
    row(RESOURCE_IN_USE, "ResourceInUseException", 400) \
    row(RESOURCE_NOT_FOUND, "ResourceNotFoundException", 404) \
    row(SERIALIZATION, "SerializationException", 400) \
    row(SERVICE, "ServiceException", 500) \
    row(TABLE_ALREADY_EXISTS, "TableAlreadyExistsException", 400) \
    row(TABLE_NOT_FOUND, "TableNotFoundException", 400) \
    row(TOO_MANY_REQUESTS, "TooManyRequestsException", 429) \
    row(TOO_MANY_TAGS, "TooManyTagsException", 400) \
    row(TRANSACTION_CANCELED, "TransactionCanceledException", 400) \
    row(TRIMMED_DATA_ACCESS, "TrimmedDataAccessException", 400) \
    row(UNKNOWN_OPERATION, "UnknownOperationException", 400) \
    row(UNSUPPORTED_OPERATION, "UnsupportedOperationException", 400) \
    row(VALIDATION, "ValidationException", 400)
/* clang-format on */

#define AWS_ERROR_ID(id, name, status) ERR_##id,
enum error_id { ERR_NONE, AWS_ERRORS(AWS_ERROR_ID) ERR_COUNT };
#undef AWS_ERROR_ID

/* "ResourceNotFoundException" */
const char *error_name(enum error_id id);

/* 404 */
int error_status(enum error_id id);
