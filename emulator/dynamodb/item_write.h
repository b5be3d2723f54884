#pragma once
/* What PutItem, DeleteItem and UpdateItem share: the same options, the same course, the same forms of answer. */

#include "dynamodb/capacity.h"
#include "dynamodb/intake.h"

/* Old and new parameters, aliases without expressions. */
bool item_write_check_mix(struct intake *intake);

/* Put and Delete give back the old item or nothing. */
bool item_write_check_returns(struct intake *intake);

/* Expected, or the aliases and the ConditionExpression, of an operation that has no further expression. */
bool item_write_read_condition(struct intake *intake, struct change *change);

/* Finds the table, checks, prepares and applies the change. */
bool item_write_run(struct intake *intake, struct change *change);

/* The fault as answer, with the item beside it when the condition failed and ReturnValuesOnConditionCheckFailure asks for it. */
enum outcome item_write_refuse(struct intake *intake, const struct change *change);

/* ReturnValues, ConsumedCapacity, ItemCollectionMetrics. */
enum outcome item_write_answer(struct intake *intake, const struct change *change);
