#pragma once
/* All rooms' doors, for the files of the top level, which know every room. */

#include "analytics/analytics.h"
#include "apigateway/apigateway.h"
#include "cloudwatch/cloudwatch.h"
#include "control/control.h"
#include "dynamodb/dynamodb.h"
#include "kinesis/kinesis.h"
#include "lambda/lambda.h"
