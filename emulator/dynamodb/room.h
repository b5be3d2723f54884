#pragma once
/* The room as its own files see it. */

#include "base/map.h"
#include "dynamodb/dynamodb.h"
#include "dynamodb/store.h"
#include "dynamodb/table.h"

struct dynamodb {
    const struct ground *ground;
    struct service service;
    struct store *store;
    struct map tables; /* struct table by name */
    struct random_stream ids;
    bool has_older_texts; /* AWS's texts of May 2026 (LOWCLOUD_DYNAMODB_TEXTS=2026-05) instead of today's */
};

/* The table called name, or NULL. */
struct table *dynamodb_find_table(const struct dynamodb *room, const char *name);
