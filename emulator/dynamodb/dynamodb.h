#pragma once
/* DynamoDB: tables of items, kept in sqlite. Everything that others may ask of it goes through its operations (service_call). */

#include "aws/ground.h"
#include "aws/service.h"

struct dynamodb;

/* Opens the room on ground, with the tables that its database holds. BROKEN, logged, when the database fails. */
enum status dynamodb_open(struct dynamodb **room, const struct ground *ground);

/* The wire's view of it: DynamoDB_20120810, JSON 1.0. */
const struct service *dynamodb_service(const struct dynamodb *room);

void dynamodb_close(struct dynamodb *room);
