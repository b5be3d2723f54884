/* Every operation of Lambda once: what it answers, whole, and in whose words it refuses. The answers' members are those of facts recorded
 * on AWS in 2025; the refusals' words too, where they are not of the service model. */

#include "suites.h"

#include "base/memory.h"
#include "lambda/operations.h"
#include "lambda/room.h"
#include "workshop.h"

#include <stdlib.h>
#include <string.h>

#define ARN "arn:aws:lambda:us-east-1:000000000000:function:f"
#define STREAM "arn:aws:kinesis:us-east-1:000000000000:stream/s"

static const struct service *lambda(void)
{
    return lambda_service(fixture_world.lambda);
}

/* A zip archive with the file "bootstrap", runnable, that says "#!/bin/true". */
#define ARCHIVE                                                                                                                \
    "UEsDBBQAAAAAAAAAIQA4lhmoCwAAAAsAAAAJAAAAYm9vdHN0cmFwIyEvYmluL3RydWVQSwECFAMUAAAAAAAAACEAOJYZqAsAAAALAAAACQAAAAAAAAAAAAAA" \
    "7YEAAAAAYm9vdHN0cmFwUEsFBgAAAAABAAEANwAAADIAAAAAAA=="

static void open_room(void)
{
    workshop_open();
    fixture_done(kinesis_service(fixture_world.kinesis), "CreateStream", "{'StreamName':'s','ShardCount':1}");
    world_advance(&fixture_world, 1000);
}

/* ---- answers ---- */

static const char *const drawn[] = { "RevisionId", "UUID", "EventSourceMappingArn", "Location", NULL };

/* A story: each row is the next call. `answer` is the whole output with its keys sorted, "" for none. */
static const struct {
    const char *operation;
    const char *input;
    const char *answer;
} story[] = {
    { "CreateFunction",
      "{'FunctionName':'f','Runtime':'provided.al2023','Handler':'h','Role':'arn:aws:iam::000000000000:role/r','Code':{'ZipFile':'" ARCHIVE
      "'},'Environment':{'Variables':{'AB':'1'}},'Tags':{'t':'v'}}",
      "{'Architectures':['x86_64'],'CodeSha256':'Jdacm58jU2HE5Mxn8mafFMxW5V1eeSIQdgr2e2CYlvQ=','CodeSize':127,'Description':'','"
      "Environment':{'Variables':{'AB':'1'}},'EphemeralStorage':{'Size':512},'FunctionArn':'" ARN
      "','FunctionName':'f','Handler':'h','LastModified':'2023-11-14T22:13:21.000+0000','LoggingConfig':{'LogFormat':'Text','LogGroup':'/"
      "aws/lambda/f'},'MemorySize':128,'PackageType':'Zip','RevisionId':'?','Role':'arn:aws:iam::000000000000:role/"
      "r','Runtime':'provided.al2023','RuntimeVersionConfig':{'RuntimeVersionArn':'arn:aws:lambda:us-east-1::runtime:provided.al2023'},'"
      "SnapStart':{'ApplyOn':'None','OptimizationStatus':'Off'},'State':'Pending','StateReason':'The function is being "
      "created.','StateReasonCode':'Creating','Timeout':3,'TracingConfig':{'Mode':'PassThrough'},'Version':'$LATEST'}" },
    { "GetFunction", "{'FunctionName':'f'}",
      "{'Code':{'Location':'?','RepositoryType':'S3'},'Configuration':{'Architectures':['x86_64'],'CodeSha256':'"
      "Jdacm58jU2HE5Mxn8mafFMxW5V1eeSIQdgr2e2CYlvQ=','CodeSize':127,'Description':'','Environment':{'Variables':{'AB':'1'}},'"
      "EphemeralStorage':{'Size':512},'FunctionArn':'" ARN
      "','FunctionName':'f','Handler':'h','LastModified':'2023-11-14T22:13:21.000+0000','LastUpdateStatus':'Successful','LoggingConfig':{'"
      "LogFormat':'Text','LogGroup':'/aws/lambda/"
      "f'},'MemorySize':128,'PackageType':'Zip','RevisionId':'?','Role':'arn:aws:iam::000000000000:role/"
      "r','Runtime':'provided.al2023','RuntimeVersionConfig':{'RuntimeVersionArn':'arn:aws:lambda:us-east-1::runtime:provided.al2023'},'"
      "SnapStart':{'ApplyOn':'None','OptimizationStatus':'Off'},'State':'Active','Timeout':3,'TracingConfig':{'Mode':'PassThrough'},'"
      "Version':'$LATEST'},'Tags':{'t':'v'}}" },
    { "UpdateFunctionConfiguration",
      "{'FunctionName':'f','MemorySize':256,'Timeout':9,'LoggingConfig':{'LogFormat':'JSON'},'Layers':['arn:aws:lambda:us-east-1:"
      "000000000000:layer:l:1']}",
      "{'Architectures':['x86_64'],'CodeSha256':'Jdacm58jU2HE5Mxn8mafFMxW5V1eeSIQdgr2e2CYlvQ=','CodeSize':127,'Description':'','"
      "Environment':{'Variables':{'AB':'1'}},'EphemeralStorage':{'Size':512},'FunctionArn':'" ARN
      "','FunctionName':'f','Handler':'h','LastModified':'2023-11-14T22:13:21.000+0000','LastUpdateStatus':'InProgress','"
      "LastUpdateStatusReason':'The function is being "
      "created.','LastUpdateStatusReasonCode':'Creating','Layers':[{'Arn':'arn:aws:lambda:us-east-1:000000000000:layer:l:1','CodeSize':0}],"
      "'LoggingConfig':{'LogFormat':'JSON','LogGroup':'/aws/lambda/"
      "f'},'MemorySize':256,'PackageType':'Zip','RevisionId':'?','Role':'arn:aws:iam::000000000000:role/"
      "r','Runtime':'provided.al2023','RuntimeVersionConfig':{'RuntimeVersionArn':'arn:aws:lambda:us-east-1::runtime:provided.al2023'},'"
      "SnapStart':{'ApplyOn':'None','OptimizationStatus':'Off'},'State':'Active','Timeout':9,'TracingConfig':{'Mode':'PassThrough'},'"
      "Version':'$LATEST'}" },
    { "PublishVersion", "{'FunctionName':'f','Description':'first'}",
      "{'Architectures':['x86_64'],'CodeSha256':'Jdacm58jU2HE5Mxn8mafFMxW5V1eeSIQdgr2e2CYlvQ=','CodeSize':127,'Description':'first','"
      "Environment':{'Variables':{'AB':'1'}},'EphemeralStorage':{'Size':512},'FunctionArn':'" ARN
      ":1','FunctionName':'f','Handler':'h','LastModified':'2023-11-14T22:13:21.000+0000','LastUpdateStatus':'Successful','Layers':[{'Arn':"
      "'arn:aws:lambda:us-east-1:000000000000:layer:l:1','CodeSize':0}],'LoggingConfig':{'LogFormat':'JSON','LogGroup':'/aws/lambda/"
      "f'},'MemorySize':256,'PackageType':'Zip','RevisionId':'?','Role':'arn:aws:iam::000000000000:role/"
      "r','Runtime':'provided.al2023','RuntimeVersionConfig':{'RuntimeVersionArn':'arn:aws:lambda:us-east-1::runtime:provided.al2023'},'"
      "SnapStart':{'ApplyOn':'None','OptimizationStatus':'Off'},'State':'Active','Timeout':9,'TracingConfig':{'Mode':'PassThrough'},'"
      "Version':'1'}" },
    { "GetFunctionConfiguration", "{'FunctionName':'f:1'}",
      "{'Architectures':['x86_64'],'CodeSha256':'Jdacm58jU2HE5Mxn8mafFMxW5V1eeSIQdgr2e2CYlvQ=','CodeSize':127,'Description':'first','"
      "Environment':{'Variables':{'AB':'1'}},'EphemeralStorage':{'Size':512},'FunctionArn':'" ARN
      ":1','FunctionName':'f','Handler':'h','LastModified':'2023-11-14T22:13:21.000+0000','LastUpdateStatus':'Successful','Layers':[{'Arn':"
      "'arn:aws:lambda:us-east-1:000000000000:layer:l:1','CodeSize':0}],'LoggingConfig':{'LogFormat':'JSON','LogGroup':'/aws/lambda/"
      "f'},'MemorySize':256,'PackageType':'Zip','RevisionId':'?','Role':'arn:aws:iam::000000000000:role/"
      "r','Runtime':'provided.al2023','RuntimeVersionConfig':{'RuntimeVersionArn':'arn:aws:lambda:us-east-1::runtime:provided.al2023'},'"
      "SnapStart':{'ApplyOn':'None','OptimizationStatus':'Off'},'State':'Active','Timeout':9,'TracingConfig':{'Mode':'PassThrough'},'"
      "Version':'1'}" },
    { "UpdateFunctionCode", "{'FunctionName':'f','ZipFile':'" ARCHIVE "'}",
      "{'Architectures':['x86_64'],'CodeSha256':'Jdacm58jU2HE5Mxn8mafFMxW5V1eeSIQdgr2e2CYlvQ=','CodeSize':127,'Description':'','"
      "Environment':{'Variables':{'AB':'1'}},'EphemeralStorage':{'Size':512},'FunctionArn':'" ARN
      "','FunctionName':'f','Handler':'h','LastModified':'2023-11-14T22:13:21.000+0000','LastUpdateStatus':'InProgress','"
      "LastUpdateStatusReason':'The function is being "
      "created.','LastUpdateStatusReasonCode':'Creating','Layers':[{'Arn':'arn:aws:lambda:us-east-1:000000000000:layer:l:1','CodeSize':0}],"
      "'LoggingConfig':{'LogFormat':'JSON','LogGroup':'/aws/lambda/"
      "f'},'MemorySize':256,'PackageType':'Zip','RevisionId':'?','Role':'arn:aws:iam::000000000000:role/"
      "r','Runtime':'provided.al2023','RuntimeVersionConfig':{'RuntimeVersionArn':'arn:aws:lambda:us-east-1::runtime:provided.al2023'},'"
      "SnapStart':{'ApplyOn':'None','OptimizationStatus':'Off'},'State':'Active','Timeout':9,'TracingConfig':{'Mode':'PassThrough'},'"
      "Version':'$LATEST'}" },
    { "PublishVersion", "{'FunctionName':'f'}",
      "{'Architectures':['x86_64'],'CodeSha256':'Jdacm58jU2HE5Mxn8mafFMxW5V1eeSIQdgr2e2CYlvQ=','CodeSize':127,'Description':'first','"
      "Environment':{'Variables':{'AB':'1'}},'EphemeralStorage':{'Size':512},'FunctionArn':'" ARN
      ":1','FunctionName':'f','Handler':'h','LastModified':'2023-11-14T22:13:21.000+0000','LastUpdateStatus':'Successful','Layers':[{'Arn':"
      "'arn:aws:lambda:us-east-1:000000000000:layer:l:1','CodeSize':0}],'LoggingConfig':{'LogFormat':'JSON','LogGroup':'/aws/lambda/"
      "f'},'MemorySize':256,'PackageType':'Zip','RevisionId':'?','Role':'arn:aws:iam::000000000000:role/"
      "r','Runtime':'provided.al2023','RuntimeVersionConfig':{'RuntimeVersionArn':'arn:aws:lambda:us-east-1::runtime:provided.al2023'},'"
      "SnapStart':{'ApplyOn':'None','OptimizationStatus':'Off'},'State':'Active','Timeout':9,'TracingConfig':{'Mode':'PassThrough'},'"
      "Version':'1'}" },
    { "UpdateFunctionConfiguration", "{'FunctionName':'f','Timeout':10,'Layers':[]}",
      "{'Architectures':['x86_64'],'CodeSha256':'Jdacm58jU2HE5Mxn8mafFMxW5V1eeSIQdgr2e2CYlvQ=','CodeSize':127,'Description':'','"
      "Environment':{'Variables':{'AB':'1'}},'EphemeralStorage':{'Size':512},'FunctionArn':'" ARN
      "','FunctionName':'f','Handler':'h','LastModified':'2023-11-14T22:13:21.000+0000','LastUpdateStatus':'InProgress','"
      "LastUpdateStatusReason':'The function is being "
      "created.','LastUpdateStatusReasonCode':'Creating','LoggingConfig':{'LogFormat':'JSON','LogGroup':'/aws/lambda/"
      "f'},'MemorySize':256,'PackageType':'Zip','RevisionId':'?','Role':'arn:aws:iam::000000000000:role/"
      "r','Runtime':'provided.al2023','RuntimeVersionConfig':{'RuntimeVersionArn':'arn:aws:lambda:us-east-1::runtime:provided.al2023'},'"
      "SnapStart':{'ApplyOn':'None','OptimizationStatus':'Off'},'State':'Active','Timeout':10,'TracingConfig':{'Mode':'PassThrough'},'"
      "Version':'$LATEST'}" },
    { "UpdateFunctionCode", "{'FunctionName':'f','ZipFile':'" ARCHIVE "','Publish':true}",
      "{'Architectures':['x86_64'],'CodeSha256':'Jdacm58jU2HE5Mxn8mafFMxW5V1eeSIQdgr2e2CYlvQ=','CodeSize':127,'Description':'','"
      "Environment':{'Variables':{'AB':'1'}},'EphemeralStorage':{'Size':512},'FunctionArn':'" ARN
      ":2','FunctionName':'f','Handler':'h','LastModified':'2023-11-14T22:13:21.000+0000','LastUpdateStatus':'InProgress','"
      "LastUpdateStatusReason':'The function is being "
      "created.','LastUpdateStatusReasonCode':'Creating','LoggingConfig':{'LogFormat':'JSON','LogGroup':'/aws/lambda/"
      "f'},'MemorySize':256,'PackageType':'Zip','RevisionId':'?','Role':'arn:aws:iam::000000000000:role/"
      "r','Runtime':'provided.al2023','RuntimeVersionConfig':{'RuntimeVersionArn':'arn:aws:lambda:us-east-1::runtime:provided.al2023'},'"
      "SnapStart':{'ApplyOn':'None','OptimizationStatus':'Off'},'State':'Active','Timeout':10,'TracingConfig':{'Mode':'PassThrough'},'"
      "Version':'2'}" },
    { "UpdateFunctionCode", "{'FunctionName':'f','ZipFile':'" ARCHIVE "','DryRun':true}",
      "{'Architectures':['x86_64'],'CodeSha256':'Jdacm58jU2HE5Mxn8mafFMxW5V1eeSIQdgr2e2CYlvQ=','CodeSize':127,'Description':'','"
      "Environment':{'Variables':{'AB':'1'}},'EphemeralStorage':{'Size':512},'FunctionArn':'" ARN
      "','FunctionName':'f','Handler':'h','LastModified':'2023-11-14T22:13:21.000+0000','LastUpdateStatus':'Successful','LoggingConfig':{'"
      "LogFormat':'JSON','LogGroup':'/aws/lambda/"
      "f'},'MemorySize':256,'PackageType':'Zip','RevisionId':'?','Role':'arn:aws:iam::000000000000:role/"
      "r','Runtime':'provided.al2023','RuntimeVersionConfig':{'RuntimeVersionArn':'arn:aws:lambda:us-east-1::runtime:provided.al2023'},'"
      "SnapStart':{'ApplyOn':'None','OptimizationStatus':'Off'},'State':'Active','Timeout':10,'TracingConfig':{'Mode':'PassThrough'},'"
      "Version':'$LATEST'}" },
    { "ListFunctions", "{'MaxItems':1}",
      "{'Functions':[{'Architectures':['x86_64'],'CodeSha256':'Jdacm58jU2HE5Mxn8mafFMxW5V1eeSIQdgr2e2CYlvQ=','CodeSize':127,'Description':'"
      "','Environment':{'Variables':{'AB':'1'}},'EphemeralStorage':{'Size':512},'FunctionArn':'" ARN
      "','FunctionName':'f','Handler':'h','LastModified':'2023-11-14T22:13:21.000+0000','LastUpdateStatus':'Successful','LoggingConfig':{'"
      "LogFormat':'JSON','LogGroup':'/aws/lambda/"
      "f'},'MemorySize':256,'PackageType':'Zip','RevisionId':'?','Role':'arn:aws:iam::000000000000:role/"
      "r','Runtime':'provided.al2023','RuntimeVersionConfig':{'RuntimeVersionArn':'arn:aws:lambda:us-east-1::runtime:provided.al2023'},'"
      "SnapStart':{'ApplyOn':'None','OptimizationStatus':'Off'},'State':'Active','Timeout':10,'TracingConfig':{'Mode':'PassThrough'},'"
      "Version':'$LATEST'}]}" },
    { "ListVersionsByFunction", "{'FunctionName':'f','MaxItems':1}",
      "{'NextMarker':'1','Versions':[{'Architectures':['x86_64'],'CodeSha256':'Jdacm58jU2HE5Mxn8mafFMxW5V1eeSIQdgr2e2CYlvQ=','CodeSize':"
      "127,'Description':'','Environment':{'Variables':{'AB':'1'}},'EphemeralStorage':{'Size':512},'FunctionArn':'" ARN
      ":$LATEST','FunctionName':'f','Handler':'h','LastModified':'2023-11-14T22:13:21.000+0000','LastUpdateStatus':'Successful','"
      "LoggingConfig':{'LogFormat':'JSON','LogGroup':'/aws/lambda/"
      "f'},'MemorySize':256,'PackageType':'Zip','RevisionId':'?','Role':'arn:aws:iam::000000000000:role/"
      "r','Runtime':'provided.al2023','RuntimeVersionConfig':{'RuntimeVersionArn':'arn:aws:lambda:us-east-1::runtime:provided.al2023'},'"
      "SnapStart':{'ApplyOn':'None','OptimizationStatus':'Off'},'State':'Active','Timeout':10,'TracingConfig':{'Mode':'PassThrough'},'"
      "Version':'$LATEST'}]}" },
    { "CreateAlias",
      "{'FunctionName':'f','Name':'prod','FunctionVersion':'1','Description':'d','RoutingConfig':{'AdditionalVersionWeights':{'2':0.5}}}",
      "{'AliasArn':'" ARN ":prod','Description':'d','FunctionVersion':'1','Name':'prod','RevisionId':'?','RoutingConfig':{'"
      "AdditionalVersionWeights':{'2':0.5}}}" },
    { "GetAlias", "{'FunctionName':'f','Name':'prod'}",
      "{'AliasArn':'" ARN ":prod','Description':'d','FunctionVersion':'1','Name':'prod','RevisionId':'?','RoutingConfig':{'"
      "AdditionalVersionWeights':{'2':0.5}}}" },
    { "GetFunctionConfiguration", "{'FunctionName':'f','Qualifier':'prod'}",
      "{'Architectures':['x86_64'],'CodeSha256':'Jdacm58jU2HE5Mxn8mafFMxW5V1eeSIQdgr2e2CYlvQ=','CodeSize':127,'Description':'first','"
      "Environment':{'Variables':{'AB':'1'}},'EphemeralStorage':{'Size':512},'FunctionArn':'" ARN
      ":prod','FunctionName':'f','Handler':'h','LastModified':'2023-11-14T22:13:21.000+0000','LastUpdateStatus':'Successful','Layers':[{'"
      "Arn':'arn:aws:lambda:us-east-1:000000000000:layer:l:1','CodeSize':0}],'LoggingConfig':{'LogFormat':'JSON','LogGroup':'/aws/lambda/"
      "f'},'MemorySize':256,'PackageType':'Zip','RevisionId':'?','Role':'arn:aws:iam::000000000000:role/"
      "r','Runtime':'provided.al2023','RuntimeVersionConfig':{'RuntimeVersionArn':'arn:aws:lambda:us-east-1::runtime:provided.al2023'},'"
      "SnapStart':{'ApplyOn':'None','OptimizationStatus':'Off'},'State':'Active','Timeout':9,'TracingConfig':{'Mode':'PassThrough'},'"
      "Version':'1'}" },
    { "UpdateAlias", "{'FunctionName':'f','Name':'prod','FunctionVersion':'2','RoutingConfig':{}}",
      "{'AliasArn':'" ARN ":prod','Description':'d','FunctionVersion':'2','Name':'prod','RevisionId':'?'}" },
    { "ListAliases", "{'FunctionName':'f'}",
      "{'Aliases':[{'AliasArn':'" ARN ":prod','Description':'d','FunctionVersion':'2','Name':'prod','RevisionId':'?'}]}" },
    { "ListAliases", "{'FunctionName':'f','FunctionVersion':'1'}", "{'Aliases':[]}" },
    { "AddPermission",
      "{'FunctionName':'f','StatementId':'s','Action':'lambda:InvokeFunction','Principal':'apigateway.amazonaws.com','SourceArn':'arn:aws:"
      "execute-api:us-east-1:000000000000:a/*/$connect','SourceAccount':'000000000000'}",
      "{'Statement':'{\\'Sid\\':\\'s\\',\\'Effect\\':\\'Allow\\',\\'Principal\\':{\\'Service\\':\\'apigateway.amazonaws.com\\'},\\'"
      "Action\\':\\'lambda:InvokeFunction\\',\\'Resource\\':\\'" ARN
      "\\',\\'Condition\\':{\\'StringEquals\\':{\\'AWS:SourceAccount\\':\\'000000000000\\'},\\'ArnLike\\':{\\'AWS:SourceArn\\':\\'arn:aws:"
      "execute-api:us-east-1:000000000000:a/*/$connect\\'}}}'}" },
    { "AddPermission", "{'FunctionName':'f','Qualifier':'prod','StatementId':'t','Action':'lambda:InvokeFunction','Principal':'*'}",
      "{'Statement':'{\\'Sid\\':\\'t\\',\\'Effect\\':\\'Allow\\',\\'Principal\\':\\'*\\',\\'Action\\':\\'lambda:InvokeFunction\\',\\'"
      "Resource\\':\\'" ARN ":prod\\'}'}" },
    { "AddPermission", "{'FunctionName':'f','StatementId':'u','Action':'lambda:InvokeFunction','Principal':'111122223333'}",
      "{'Statement':'{\\'Sid\\':\\'u\\',\\'Effect\\':\\'Allow\\',\\'Principal\\':{\\'AWS\\':\\'arn:aws:iam::111122223333:root\\'},\\'"
      "Action\\':\\'lambda:InvokeFunction\\',\\'Resource\\':\\'" ARN "\\'}'}" },
    { "GetPolicy", "{'FunctionName':'f'}",
      "{'Policy':'{\\'Version\\':\\'2012-10-17\\',\\'Id\\':\\'default\\',\\'Statement\\':[{\\'Sid\\':\\'s\\',\\'Effect\\':\\'Allow\\',\\'"
      "Principal\\':{\\'Service\\':\\'apigateway.amazonaws.com\\'},\\'Action\\':\\'lambda:InvokeFunction\\',\\'Resource\\':\\'" ARN
      "\\',\\'Condition\\':{\\'StringEquals\\':{\\'AWS:SourceAccount\\':\\'000000000000\\'},\\'ArnLike\\':{\\'AWS:SourceArn\\':\\'arn:aws:"
      "execute-api:us-east-1:000000000000:a/*/"
      "$connect\\'}}},{\\'Sid\\':\\'t\\',\\'Effect\\':\\'Allow\\',\\'Principal\\':\\'*\\',\\'Action\\':\\'lambda:InvokeFunction\\',\\'"
      "Resource\\':\\'" ARN ":prod\\'},{\\'Sid\\':\\'u\\',\\'Effect\\':\\'Allow\\',\\'Principal\\':{\\'AWS\\':\\'arn:aws:iam::111122223333:"
      "root\\'},\\'Action\\':\\'lambda:InvokeFunction\\',\\'Resource\\':\\'" ARN "\\'}]}','RevisionId':'?'}" },
    { "RemovePermission", "{'FunctionName':'f','StatementId':'s'}", "" },
    { "PutFunctionConcurrency", "{'FunctionName':'f','ReservedConcurrentExecutions':5}", "{'ReservedConcurrentExecutions':5}" },
    { "GetFunctionConcurrency", "{'FunctionName':'f'}", "{'ReservedConcurrentExecutions':5}" },
    { "GetAccountSettings", "{}",
      "{'AccountLimit':{'CodeSizeUnzipped':262144000,'CodeSizeZipped':52428800,'ConcurrentExecutions':1000,'TotalCodeSize':80530636800,'"
      "UnreservedConcurrentExecutions':995},'AccountUsage':{'FunctionCount':1,'TotalCodeSize':127}}" },
    { "DeleteFunctionConcurrency", "{'FunctionName':'f'}", "" },
    { "GetFunctionConcurrency", "{'FunctionName':'f'}", "{}" },
    { "PutFunctionEventInvokeConfig", "{'FunctionName':'f','MaximumRetryAttempts':1,'MaximumEventAgeInSeconds':60}",
      "{'DestinationConfig':{'OnFailure':{},'OnSuccess':{}},'FunctionArn':'" ARN
      ":$LATEST','LastModified':1700000001.0,'MaximumEventAgeInSeconds':60,'MaximumRetryAttempts':1}" },
    { "GetFunctionEventInvokeConfig", "{'FunctionName':'f'}",
      "{'DestinationConfig':{'OnFailure':{},'OnSuccess':{}},'FunctionArn':'" ARN
      ":$LATEST','LastModified':1700000001.0,'MaximumEventAgeInSeconds':60,'MaximumRetryAttempts':1}" },
    { "DeleteFunctionEventInvokeConfig", "{'FunctionName':'f'}", "" },
    { "GetFunctionCodeSigningConfig", "{'FunctionName':'f'}", "{'FunctionName':'f'}" },
    { "TagResource", "{'Resource':'" ARN "','Tags':{'a':'1','b':'2'}}", "" },
    { "UntagResource", "{'Resource':'" ARN "','TagKeys':['t','b','none']}", "" },
    { "ListTags", "{'Resource':'" ARN "'}", "{'Tags':{'a':'1'}}" },
    { "Invoke", "{'FunctionName':'f','InvocationType':'DryRun'}", "" },
    { "CreateEventSourceMapping",
      "{'FunctionName':'f:prod','EventSourceArn':'" STREAM "','StartingPosition':'AT_TIMESTAMP','StartingPositionTimestamp':1700000000,'"
      "FilterCriteria':{'Filters':[{'Pattern':'{\\'data\\':[1]}'}]}}",
      "{'BatchSize':100,'BisectBatchOnFunctionError':false,'DestinationConfig':{'OnFailure':{}},'EventSourceArn':'" STREAM
      "','EventSourceMappingArn':'?','FilterCriteria':{'Filters':[{'Pattern':'{\\'data\\':[1]}'}]},'FunctionArn':'" ARN
      ":prod','FunctionResponseTypes':[],'LastModified':1700000001.0,'LastProcessingResult':'No records "
      "processed','MaximumBatchingWindowInSeconds':0,'MaximumRecordAgeInSeconds':-1,'MaximumRetryAttempts':-1,'ParallelizationFactor':1,'"
      "StartingPosition':'AT_TIMESTAMP','StartingPositionTimestamp':1700000000,'State':'Creating','StateTransitionReason':'User "
      "action','TumblingWindowInSeconds':0,'UUID':'?'}" },
    { "GetEventSourceMapping", "{'UUID':'?'}",
      "{'BatchSize':100,'BisectBatchOnFunctionError':false,'DestinationConfig':{'OnFailure':{}},'EventSourceArn':'" STREAM
      "','EventSourceMappingArn':'?','FilterCriteria':{'Filters':[{'Pattern':'{\\'data\\':[1]}'}]},'FunctionArn':'" ARN
      ":prod','FunctionResponseTypes':[],'LastModified':1700000001.0,'LastProcessingResult':'No records "
      "processed','MaximumBatchingWindowInSeconds':0,'MaximumRecordAgeInSeconds':-1,'MaximumRetryAttempts':-1,'ParallelizationFactor':1,'"
      "StartingPosition':'AT_TIMESTAMP','StartingPositionTimestamp':1700000000,'State':'Enabled','StateTransitionReason':'User "
      "action','TumblingWindowInSeconds':0,'UUID':'?'}" },
    { "UpdateEventSourceMapping",
      "{'UUID':'?','Enabled':false,'BatchSize':7,'FilterCriteria':{'Filters':[]},'FunctionName':'f','MaximumRetryAttempts':2,'"
      "BisectBatchOnFunctionError':true}",
      "{'BatchSize':7,'BisectBatchOnFunctionError':true,'DestinationConfig':{'OnFailure':{}},'EventSourceArn':'" STREAM
      "','EventSourceMappingArn':'?','FunctionArn':'" ARN
      "','FunctionResponseTypes':[],'LastModified':1700000001.0,'LastProcessingResult':'No records "
      "processed','MaximumBatchingWindowInSeconds':0,'MaximumRecordAgeInSeconds':-1,'MaximumRetryAttempts':2,'ParallelizationFactor':1,'"
      "StartingPosition':'AT_TIMESTAMP','StartingPositionTimestamp':1700000000,'State':'Disabling','StateTransitionReason':'User "
      "action','TumblingWindowInSeconds':0,'UUID':'?'}" },
    { "ListEventSourceMappings", "{'FunctionName':'f','EventSourceArn':'" STREAM "'}",
      "{'EventSourceMappings':[{'BatchSize':7,'BisectBatchOnFunctionError':true,'DestinationConfig':{'OnFailure':{}},'EventSourceArn':"
      "'" STREAM "','EventSourceMappingArn':'?','FunctionArn':'" ARN
      "','FunctionResponseTypes':[],'LastModified':1700000001.0,'LastProcessingResult':'No records "
      "processed','MaximumBatchingWindowInSeconds':0,'MaximumRecordAgeInSeconds':-1,'MaximumRetryAttempts':2,'ParallelizationFactor':1,'"
      "StartingPosition':'AT_TIMESTAMP','StartingPositionTimestamp':1700000000,'State':'Disabled','StateTransitionReason':'User "
      "action','TumblingWindowInSeconds':0,'UUID':'?'}]}" },
    { "ListEventSourceMappings", "{'FunctionName':'f:prod'}", "{'EventSourceMappings':[]}" },
    { "DeleteEventSourceMapping", "{'UUID':'?'}",
      "{'BatchSize':7,'BisectBatchOnFunctionError':true,'DestinationConfig':{'OnFailure':{}},'EventSourceArn':'" STREAM
      "','EventSourceMappingArn':'?','FunctionArn':'" ARN
      "','FunctionResponseTypes':[],'LastModified':1700000001.0,'LastProcessingResult':'No records "
      "processed','MaximumBatchingWindowInSeconds':0,'MaximumRecordAgeInSeconds':-1,'MaximumRetryAttempts':2,'ParallelizationFactor':1,'"
      "StartingPosition':'AT_TIMESTAMP','StartingPositionTimestamp':1700000000,'State':'Deleting','StateTransitionReason':'User "
      "action','TumblingWindowInSeconds':0,'UUID':'?'}" },
    { "DeleteAlias", "{'FunctionName':'f','Name':'prod'}", "" },
    { "DeleteAlias", "{'FunctionName':'f','Name':'prod'}", "" },
    { "DeleteFunction", "{'FunctionName':'f:1'}", "" },
    { "ListVersionsByFunction", "{'FunctionName':'f','MaxItems':1}",
      "{'NextMarker':'1','Versions':[{'Architectures':['x86_64'],'CodeSha256':'Jdacm58jU2HE5Mxn8mafFMxW5V1eeSIQdgr2e2CYlvQ=','CodeSize':"
      "127,'Description':'','Environment':{'Variables':{'AB':'1'}},'EphemeralStorage':{'Size':512},'FunctionArn':'" ARN
      ":$LATEST','FunctionName':'f','Handler':'h','LastModified':'2023-11-14T22:13:21.000+0000','LastUpdateStatus':'Successful','"
      "LoggingConfig':{'LogFormat':'JSON','LogGroup':'/aws/lambda/"
      "f'},'MemorySize':256,'PackageType':'Zip','RevisionId':'?','Role':'arn:aws:iam::000000000000:role/"
      "r','Runtime':'provided.al2023','RuntimeVersionConfig':{'RuntimeVersionArn':'arn:aws:lambda:us-east-1::runtime:provided.al2023'},'"
      "SnapStart':{'ApplyOn':'None','OptimizationStatus':'Off'},'State':'Active','Timeout':10,'TracingConfig':{'Mode':'PassThrough'},'"
      "Version':'$LATEST'}]}" },
    { "DeleteFunction", "{'FunctionName':'f'}", "" },
    { "ListFunctions", "{}", "{'Functions':[]}" },
};

START_TEST(every_operation_answers_as_aws_does)
{
    char *uuid = NULL;

    for (size_t i = 0; i < sizeof story / sizeof *story; i++) {
        const char *mark = strchr(story[i].input, '?');
        char *input = mark ? memory_print("%.*s%s%s", (int)(mark - story[i].input), story[i].input, uuid ? uuid : "", mark + 1)
                           : memory_copy_text(story[i].input);
        json_t *output = fixture_done(lambda(), story[i].operation, input);

        free(input);
        if (json_object_get(output, "UUID")) {
            free(uuid);
            uuid = memory_copy_text(json_string_value(json_object_get(output, "UUID")));
        }
        workshop_blur(output, drawn);
        if (*story[i].answer)
            fixture_expect(output, story[i].answer);
        else
            ck_assert_msg(!output || !json_object_size(output), "%s answers with a body", story[i].operation);
    }
    free(uuid);
}
END_TEST

/* ---- refusals ---- */

/* What is asked of a room that knows one function, "f", and one stream, "s"; the message's beginning. */
static const struct {
    const char *operation;
    const char *input;
    enum error_id error;
    const char *message;
} refusals[] = {
    { "GetFunction", "{'FunctionName':'no'}", ERR_RESOURCE_NOT_FOUND,
      "Function not found: arn:aws:lambda:us-east-1:000000000000:function:no" },
    { "GetFunction", "{'FunctionName':'no:prod'}", ERR_RESOURCE_NOT_FOUND,
      "Function not found: arn:aws:lambda:us-east-1:000000000000:function:no:prod" },
    { "GetFunction", "{'FunctionName':'f','Qualifier':'9'}", ERR_RESOURCE_NOT_FOUND,
      "Function not found: arn:aws:lambda:us-east-1:000000000000:function:f:9" },
    { "GetFunction", "{'FunctionName':'f:1','Qualifier':'2'}", ERR_INVALID_PARAMETER_VALUE,
      "The derived qualifier from the function name does not match the specified qualifier." },
    { "GetFunction", "{'FunctionName':'arn:aws:lambda:eu-west-1:000000000000:function:f'}", ERR_RESOURCE_NOT_FOUND,
      "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')" },
    { "Invoke", "{'FunctionName':'no'}", ERR_RESOURCE_NOT_FOUND,
      "Function not found: arn:aws:lambda:us-east-1:000000000000:function:no:$LATEST" },
    { "Invoke", "{'FunctionName':'f','Payload':'bm90IGpzb24='}", ERR_INVALID_REQUEST_CONTENT, "Could not parse request body into json: " },
    { "DeleteFunction", "{'FunctionName':'no'}", ERR_RESOURCE_NOT_FOUND,
      "Function not found: arn:aws:lambda:us-east-1:000000000000:function:no" },
    { "CreateFunction", "{'FunctionName':'f','Runtime':'python3.12','Handler':'a.b','Role':'r','Code':{'ZipFile':'AAAA'}}",
      ERR_RESOURCE_CONFLICT, "Function already exist: f" },
    { "CreateFunction", "{'FunctionName':'g','Runtime':'python3.12','Handler':'a.b','Role':'r','Code':{'ZipFile':'AAAA'}}",
      ERR_INVALID_PARAMETER_VALUE, "Could not unzip uploaded file. Please check your file, then try to upload again." },
    { "CreateFunction", "{'FunctionName':'g','Handler':'a.b','Role':'r','Code':{'ZipFile':'AAAA'}}", ERR_INVALID_PARAMETER_VALUE,
      "Runtime and Handler are mandatory parameters for functions created with deployment packages." },
    { "CreateFunction", "{'FunctionName':'g','Runtime':'python3.12','Handler':'a.b','Role':'r','Code':{}}", ERR_INVALID_PARAMETER_VALUE,
      "Please provide a source for function code." },
    { "CreateFunction",
      "{'FunctionName':'g','Runtime':'python3.12','Handler':'a.b','Role':'r','Code':{'ZipFile':'AAAA'},'Environment':{'Variables':{'AWS_"
      "REGION':'x'}}}",
      ERR_INVALID_PARAMETER_VALUE, "Lambda was unable to configure your environment variables because the environment variables" },
    { "CreateFunction", "{'FunctionName':'g','Runtime':'python3.12','Handler':'a.b','Role':'r','Timeout':901,'Code':{'ZipFile':'AAAA'}}",
      ERR_VALIDATION,
      "1 validation error detected: Value '901' at 'timeout' failed to satisfy constraint: Member must have value less than" },
    { "CreateFunction", "{'FunctionName':'g h','Runtime':'python3.12','Handler':'a.b','Role':'r','Code':{'ZipFile':'AAAA'}}",
      ERR_VALIDATION,
      "1 validation error detected: Value 'g h' at 'functionName' failed to satisfy constraint: Member must satisfy regular" },
    { "UpdateFunctionConfiguration", "{'FunctionName':'f','RevisionId':'old'}", ERR_PRECONDITION_FAILED,
      "The RevisionId provided does not match the latest RevisionId." },
    { "GetPolicy", "{'FunctionName':'f'}", ERR_RESOURCE_NOT_FOUND, "The resource you requested does not exist." },
    { "GetAlias", "{'FunctionName':'f','Name':'prod'}", ERR_RESOURCE_NOT_FOUND,
      "Cannot find alias arn: arn:aws:lambda:us-east-1:000000000000:function:f:prod" },
    { "CreateAlias", "{'FunctionName':'f','Name':'7','FunctionVersion':'$LATEST'}", ERR_VALIDATION,
      "1 validation error detected: Value '7'" },
    { "PublishVersion", "{'FunctionName':'f','CodeSha256':'x'}", ERR_INVALID_PARAMETER_VALUE, "CodeSHA256 (x) is different from current" },
    { "GetEventSourceMapping", "{'UUID':'x'}", ERR_RESOURCE_NOT_FOUND, "The resource you requested does not exist." },
    { "CreateEventSourceMapping", "{'FunctionName':'f'}", ERR_INVALID_PARAMETER_VALUE, "Unrecognized event source." },
    { "CreateEventSourceMapping", "{'FunctionName':'f','EventSourceArn':'arn:aws:kinesis:us-east-1:000000000000:stream/none'}",
      ERR_INVALID_PARAMETER_VALUE, "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint" },
    { "CreateEventSourceMapping",
      "{'FunctionName':'f','StartingPosition':'LATEST','EventSourceArn':'arn:aws:kinesis:us-east-1:000000000000:stream/none'}",
      ERR_INVALID_PARAMETER_VALUE, "Stream not found: arn:aws:kinesis:us-east-1:000000000000:stream/none" },
    { "CreateEventSourceMapping",
      "{'FunctionName':'f','StartingPosition':'SOON','EventSourceArn':'arn:aws:kinesis:us-east-1:000000000000:stream/none'}",
      ERR_VALIDATION,
      "1 validation error detected: Value 'SOON' at 'startingPosition' failed to satisfy constraint: Member must satisfy enum value set: "
      "[LATEST, AT_TIMESTAMP, TRIM_HORIZON]" },
    { "GetFunctionConfiguration", "{'FunctionName':'f:prod'}", ERR_RESOURCE_NOT_FOUND, "Function not found: " ARN ":prod" },
    { "GetFunction", "{'FunctionName':'f g'}", ERR_VALIDATION,
      "1 validation error detected: Value 'f g' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression "
      "pattern: (arn:(aws" },
    { "GetFunction", "{'FunctionName':'arn:aws:lambda:us-east-1:111122223333:function:f'}", ERR_RESOURCE_NOT_FOUND,
      "Function not found: " },
    { "ListFunctions", "{'Marker':'x'}", ERR_INVALID_PARAMETER_VALUE, "The provided marker is invalid" },
    { "ListFunctions", "{'MaxItems':0}", ERR_VALIDATION,
      "1 validation error detected: Value '0' at 'maxItems' failed to satisfy constraint" },
    { "ListVersionsByFunction", "{'FunctionName':'no'}", ERR_RESOURCE_NOT_FOUND, "Function not found: " },
    { "CreateFunction", "{'FunctionName':'g','Runtime':'python3.12','Handler':'a.b','Code':{'ZipFile':'AAAA'}}", ERR_VALIDATION,
      "1 validation error detected: Value null at 'role' failed to satisfy constraint: Member must not be null" },
    { "CreateFunction", "{'FunctionName':'g','Runtime':'python3.12','Handler':'a b','Role':'r','Code':{'ZipFile':'AAAA'}}", ERR_VALIDATION,
      "1 validation error detected: Value 'a b' at 'handler' failed to satisfy constraint" },
    { "CreateFunction", "{'FunctionName':'g','Runtime':'cobol','Handler':'a.b','Role':'r','Code':{'ZipFile':'AAAA'}}",
      ERR_INVALID_PARAMETER_VALUE, "Value cobol at 'runtime' failed to satisfy constraint: Member must satisfy enum value set" },
    { "CreateFunction", "{'FunctionName':'g','Runtime':'python3.12','Handler':'a.b','Role':'r','MemorySize':64,'Code':{'ZipFile':'AAAA'}}",
      ERR_VALIDATION, "1 validation error detected: Value '64' at 'memorySize' failed to satisfy constraint" },
    { "CreateFunction", "{'FunctionName':'g','Runtime':'python3.12','Handler':'a.b','Role':'r','Code':{'S3Bucket':'bucket','S3Key':'k'}}",
      ERR_INVALID_PARAMETER_VALUE, "Error occurred while GetObject. S3 Error Code: NoSuchBucket." },
    { "CreateFunction",
      "{'FunctionName':'g','Runtime':'python3.12','Handler':'a.b','Role':'r','Code':{'ZipFile':'AAAA'},'Environment':{'Variables':{'1A':'x'"
      "}}}",
      ERR_VALIDATION, "1 validation error detected: Value at 'environment.variables' failed to satisfy constraint: Map keys" },
    { "CreateFunction", "{'FunctionName':'f:1','Runtime':'python3.12','Handler':'a.b','Role':'r','Code':{'ZipFile':'AAAA'}}",
      ERR_VALIDATION, "1 validation error detected: Value 'f:1' at 'functionName' failed to satisfy constraint" },
    { "UpdateFunctionCode", "{'FunctionName':'no','ZipFile':'AAAA'}", ERR_RESOURCE_NOT_FOUND, "Function not found: " },
    { "UpdateFunctionCode", "{'FunctionName':'f'}", ERR_INVALID_PARAMETER_VALUE, "Please provide a source for function code." },
    { "UpdateFunctionCode", "{'FunctionName':'f','ZipFile':'AAAA'}", ERR_INVALID_PARAMETER_VALUE, "Could not unzip uploaded file." },
    { "UpdateFunctionCode", "{'FunctionName':'f','ZipFile':'" ARCHIVE "','RevisionId':'old'}", ERR_PRECONDITION_FAILED,
      "The RevisionId provided does not match the latest RevisionId." },
    { "UpdateFunctionConfiguration", "{'FunctionName':'no'}", ERR_RESOURCE_NOT_FOUND, "Function not found: " },
    { "UpdateFunctionConfiguration", "{'FunctionName':'f','Timeout':901}", ERR_VALIDATION,
      "1 validation error detected: Value '901' at 'timeout' failed to satisfy constraint: Member must have value less than" },
    { "UpdateFunctionConfiguration", "{'FunctionName':'f','Environment':{'Variables':{'AWS_REGION':'x','LAMBDA_TASK_ROOT':'y'}}}",
      ERR_INVALID_PARAMETER_VALUE,
      "Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved "
      "keys "
      "that are currently not supported for modification. Reserved keys used in this request: AWS_REGION, LAMBDA_TASK_ROOT" },
    { "DeleteFunction", "{'FunctionName':'f','Qualifier':'$LATEST'}", ERR_INVALID_PARAMETER_VALUE,
      "$LATEST version cannot be deleted without deleting the function." },
    { "PublishVersion", "{'FunctionName':'no'}", ERR_RESOURCE_NOT_FOUND, "Function not found: " },
    { "PublishVersion", "{'FunctionName':'f','RevisionId':'old'}", ERR_PRECONDITION_FAILED, "The RevisionId provided does not match" },
    { "CreateAlias", "{'FunctionName':'f','Name':'prod','FunctionVersion':'7'}", ERR_RESOURCE_NOT_FOUND, "Function not found: " ARN ":7" },
    { "CreateAlias",
      "{'FunctionName':'f','Name':'prod','FunctionVersion':'$LATEST','RoutingConfig':{'AdditionalVersionWeights':{'9':0.1}}}",
      ERR_RESOURCE_NOT_FOUND, "Function not found: " ARN ":9" },
    { "CreateAlias", "{'FunctionName':'f','Name':'a b','FunctionVersion':'$LATEST'}", ERR_VALIDATION,
      "1 validation error detected: Value 'a b' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: "
      "(?!^[0-9]+$)([a-zA-Z0-9-_]+)" },
    { "CreateAlias", "{'FunctionName':'no','Name':'prod','FunctionVersion':'$LATEST'}", ERR_RESOURCE_NOT_FOUND, "Function not found: " },
    { "UpdateAlias", "{'FunctionName':'f','Name':'prod'}", ERR_RESOURCE_NOT_FOUND, "Alias not found: " ARN ":prod" },
    { "ListAliases", "{'FunctionName':'no'}", ERR_RESOURCE_NOT_FOUND, "Function not found: " },
    { "DeleteAlias", "{'FunctionName':'no','Name':'prod'}", ERR_RESOURCE_NOT_FOUND, "Function not found: " },
    { "AddPermission", "{'FunctionName':'no','StatementId':'s','Action':'lambda:InvokeFunction','Principal':'*'}", ERR_RESOURCE_NOT_FOUND,
      "Function not found: " },
    { "AddPermission", "{'FunctionName':'f','StatementId':'s','Principal':'*'}", ERR_VALIDATION,
      "1 validation error detected: Value null at 'action' failed to satisfy constraint: Member must not be null" },
    { "AddPermission", "{'FunctionName':'f','Qualifier':'9','StatementId':'s','Action':'lambda:InvokeFunction','Principal':'*'}",
      ERR_RESOURCE_NOT_FOUND, "Function not found: " ARN ":9" },
    { "GetPolicy", "{'FunctionName':'no'}", ERR_RESOURCE_NOT_FOUND, "Function not found: " },
    { "RemovePermission", "{'FunctionName':'f','StatementId':'s'}", ERR_RESOURCE_NOT_FOUND,
      "Statement s is not found in resource policy." },
    { "PutFunctionConcurrency", "{'FunctionName':'no','ReservedConcurrentExecutions':1}", ERR_RESOURCE_NOT_FOUND,
      "Function not found: arn:aws:lambda:us-east-1:000000000000:function:no:$LATEST" },
    { "PutFunctionConcurrency", "{'FunctionName':'f'}", ERR_VALIDATION,
      "1 validation error detected: Value null at 'reservedConcurrentExecutions' failed to satisfy constraint: Member must not be null" },
    { "PutFunctionConcurrency", "{'FunctionName':'f','ReservedConcurrentExecutions':-1}", ERR_VALIDATION,
      "1 validation error detected: Value '-1' at 'reservedConcurrentExecutions' failed to satisfy constraint" },
    { "PutFunctionConcurrency", "{'FunctionName':'f','ReservedConcurrentExecutions':901}", ERR_INVALID_PARAMETER_VALUE,
      "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of "
      "[100]." },
    { "GetFunctionConcurrency", "{'FunctionName':'no'}", ERR_RESOURCE_NOT_FOUND, "Function not found: " },
    { "DeleteFunctionConcurrency", "{'FunctionName':'no'}", ERR_RESOURCE_NOT_FOUND, "Function not found: " },
    { "PutFunctionEventInvokeConfig", "{'FunctionName':'f','MaximumRetryAttempts':3}", ERR_VALIDATION,
      "1 validation error detected: Value '3' at 'maximumRetryAttempts' failed to satisfy constraint" },
    { "PutFunctionEventInvokeConfig", "{'FunctionName':'f','MaximumEventAgeInSeconds':59}", ERR_VALIDATION,
      "1 validation error detected: Value '59' at 'maximumEventAgeInSeconds' failed to satisfy constraint" },
    { "PutFunctionEventInvokeConfig", "{'FunctionName':'no','MaximumRetryAttempts':1}", ERR_RESOURCE_NOT_FOUND, "Function not found: " },
    { "GetFunctionEventInvokeConfig", "{'FunctionName':'f'}", ERR_RESOURCE_NOT_FOUND,
      "The function " ARN ":$LATEST doesn't have an EventInvokeConfig" },
    { "DeleteFunctionEventInvokeConfig", "{'FunctionName':'f'}", ERR_RESOURCE_NOT_FOUND,
      "The function " ARN ":$LATEST doesn't have an EventInvokeConfig" },
    { "GetFunctionCodeSigningConfig", "{'FunctionName':'no'}", ERR_RESOURCE_NOT_FOUND, "Function not found: " },
    { "ListTags", "{'Resource':'arn:aws:lambda:us-east-1:000000000000:function:no'}", ERR_RESOURCE_NOT_FOUND, "Function not found: " },
    { "TagResource", "{'Resource':'f','Tags':{'a':'b'}}", ERR_RESOURCE_NOT_FOUND, "Function not found: " },
    { "UntagResource", "{'Resource':'" ARN "'}", ERR_VALIDATION, "1 validation error detected: Value null at 'tagKeys'" },
    { "Invoke", "{'FunctionName':'f','InvocationType':'Later'}", ERR_VALIDATION,
      "1 validation error detected: Value 'Later' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: " },
    { "Invoke", "{'FunctionName':'f','LogType':'All'}", ERR_VALIDATION, "1 validation error detected: Value 'All' at 'logType'" },
    { "Invoke", "{'FunctionName':'f','ClientContext':'***'}", ERR_INVALID_REQUEST_CONTENT,
      "Client context must be a valid Base64-encoded" },
    { "Invoke", "{'FunctionName':'f:9'}", ERR_RESOURCE_NOT_FOUND, "Function not found: " ARN ":9" },
    { "CreateEventSourceMapping", "{'FunctionName':'no','StartingPosition':'LATEST','EventSourceArn':'" STREAM "'}",
      ERR_INVALID_PARAMETER_VALUE, "Function does not exist" },
    { "CreateEventSourceMapping", "{'FunctionName':'f','StartingPosition':'AT_TIMESTAMP','EventSourceArn':'" STREAM "'}",
      ERR_INVALID_PARAMETER_VALUE, "Timestamp must not be null for AT_TIMESTAMP starting position." },
    { "CreateEventSourceMapping",
      "{'FunctionName':'f','StartingPosition':'LATEST','EventSourceArn':'" STREAM "','FilterCriteria':{'Filters':[{'Pattern':'{'}]}}",
      ERR_INVALID_PARAMETER_VALUE, "Invalid filter pattern definition." },
    { "CreateEventSourceMapping", "{'FunctionName':'f','StartingPosition':'LATEST','EventSourceArn':'" STREAM "','BatchSize':10001}",
      ERR_VALIDATION, "1 validation error detected: Value '10001' at 'batchSize' failed to satisfy constraint" },
    { "CreateEventSourceMapping",
      "{'FunctionName':'f','StartingPosition':'LATEST','EventSourceArn':'" STREAM "','FunctionResponseTypes':['All']}", ERR_VALIDATION,
      "1 validation error detected: Value" },
    { "CreateEventSourceMapping", "{'StartingPosition':'LATEST','EventSourceArn':'" STREAM "'}", ERR_VALIDATION,
      "1 validation error detected: Value null at 'functionName' failed to satisfy constraint: Member must not be null" },
    { "UpdateEventSourceMapping", "{'UUID':'x'}", ERR_RESOURCE_NOT_FOUND, "The resource you requested does not exist." },
    { "DeleteEventSourceMapping", "{'UUID':'x'}", ERR_RESOURCE_NOT_FOUND, "The resource you requested does not exist." },
    { "ListEventSourceMappings", "{'Marker':'x'}", ERR_INVALID_PARAMETER_VALUE, "The provided marker is invalid" },
};

START_TEST(refusals_are_in_aws_words)
{
    struct fixture_answer answer;

    fixture_done(lambda(), "CreateFunction", story[0].input);
    answer = fixture_call(lambda(), refusals[_i].operation, refusals[_i].input);
    ck_assert_msg(answer.error == refusals[_i].error, "%s: %s: %s", refusals[_i].operation, error_name(answer.error), answer.message);
    ck_assert_msg(!strncmp(answer.message, refusals[_i].message, strlen(refusals[_i].message)), "%s: %s", refusals[_i].operation,
                  answer.message);
}
END_TEST

/* Every row of the table of operations is in the story, and every one that can fail for its input is among the refusals. */
START_TEST(no_operation_is_left_out)
{
    static const char *const names[] = {
#define NAME(name, function, method, path, success) #name,
        LAMBDA_OPERATIONS(NAME)
#undef NAME
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        bool is_told = false;
        bool is_refused = !strcmp(names[i], "GetAccountSettings"); /* which has no input */

        for (size_t row = 0; row < sizeof story / sizeof *story; row++)
            is_told |= !strcmp(story[row].operation, names[i]);
        for (size_t row = 0; row < sizeof refusals / sizeof *refusals; row++)
            is_refused |= !strcmp(refusals[row].operation, names[i]);
        ck_assert_msg(is_told && is_refused, "%s is not tried", names[i]);
    }
}
END_TEST

/* What is too large is refused before it is looked at. */
START_TEST(sizes_are_bounded)
{
    static const struct {
        const char *type;
        size_t size_bytes;
        const char *message;
    } sizes[] = {
        { "RequestResponse", 6291457, "6291457 byte payload is too large for the RequestResponse invocation type (limit 6291456 bytes)" },
        { "Event", 1048577, "1048577 byte payload is too large for the Event invocation type (limit 1048576 bytes)" },
    };

    fixture_done(lambda(), "CreateFunction", story[0].input);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char *payload = memory_new(sizes[i].size_bytes / 3 * 4 + 8);
        struct fixture_answer answer;
        char *input;

        memset(payload, 'A', (sizes[i].size_bytes + 2) / 3 * 4);
        if (sizes[i].size_bytes % 3)
            memset(payload + (sizes[i].size_bytes + 2) / 3 * 4 - (3 - sizes[i].size_bytes % 3), '=', 3 - sizes[i].size_bytes % 3);
        input = memory_print("{'FunctionName':'f','InvocationType':'%s','Payload':'%s'}", sizes[i].type, payload);
        answer = fixture_call(lambda(), "Invoke", input);
        ck_assert_msg(answer.error == ERR_REQUEST_TOO_LARGE, "%s", answer.message);
        ck_assert_str_eq(answer.message, sizes[i].message);
        free(input);
        free(payload);
    }
}
END_TEST

/* Events are kept until they have run; how much of them is bounded. */
START_TEST(events_that_wait_are_bounded)
{
    struct fixture_answer answer;

    fixture_done(lambda(), "CreateFunction", story[0].input);
    fixture_world.lambda->waiting_max_bytes = 6;
    fixture_done(lambda(), "Invoke", "{'FunctionName':'f','InvocationType':'Event','Payload':'MTIzNA=='}");
    answer = fixture_call(lambda(), "Invoke", "{'FunctionName':'f','InvocationType':'Event','Payload':'MTIz'}");
    ck_assert_int_eq(answer.error, ERR_TOO_MANY_REQUESTS);
    ck_assert_str_eq(answer.message, "Rate Exceeded.");
    fixture_done(lambda(), "Invoke", "{'FunctionName':'f','InvocationType':'Event','Payload':'MTI='}");
}
END_TEST

Suite *suite_lambda_operations(void)
{
    Suite *suite = suite_create("lambda operations");
    TCase *tests = tcase_create("operations");

    tcase_add_checked_fixture(tests, open_room, workshop_close);
    tcase_add_test(tests, every_operation_answers_as_aws_does);
    tcase_add_loop_test(tests, refusals_are_in_aws_words, 0, sizeof refusals / sizeof *refusals);
    tcase_add_test(tests, no_operation_is_left_out);
    tcase_add_test(tests, sizes_are_bounded);
    tcase_add_test(tests, events_that_wait_are_bounded);
    suite_add_tcase(suite, tests);
    return suite;
}
