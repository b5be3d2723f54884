#pragma once
/* Searches: what Query and Scan share. A search walks a range of keys, evaluates at most `limit` items or a mebibyte of them, lets through
 * what the filter lets, and answers with what is selected of it and with the key after which to go on. */

#include "dynamodb/capacity.h"
#include "dynamodb/intake.h"

struct search {
    bool is_query;
    const struct table *table;
    const struct table_index *index; /* or NULL */
    struct store_range range;
    struct condition *filter; /* or NULL */
    struct projection *projection;
    const char *select; /* or NULL: as the defaults are */
    int64_t limit;      /* 0: none */
    bool is_consistent;
    struct value start_key; /* ExclusiveStartKey */
    bool has_start_key;
    int64_t segment;
    int64_t segments; /* 0: no parallel scan */
};

/* Reads what is common, up to the expressions (projection and filter; the caller has read the aliases). */
bool search_read_expressions(struct intake *intake, struct search *search);
bool search_read_start_key(struct intake *intake, struct search *search);

/* Select and what it needs, before the table is known. */
bool search_check_select(struct intake *intake, struct search *search);

/* Finds table and index, and checks what depends on them. */
bool search_find_table(struct intake *intake, struct search *search);

/* Takes the start key into the range; after the range's own bounds are set. */
bool search_bind_start(struct intake *intake, struct search *search);

/* Walks and answers. */
enum outcome search_run(struct intake *intake, const struct search *search);

/* The keys of what is searched. */
const struct key_schema *search_keys(const struct search *search);
