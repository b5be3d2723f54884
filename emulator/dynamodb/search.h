#pragma once
/* Searches: what Query and Scan share. A search walks a range of keys, evaluates at most `limit` items or a mebibyte of them, lets through
 * what the filter lets, and answers with what is selected of it and with the key after which to go on. */

#include "dynamodb/capacity.h"
#include "dynamodb/intake.h"
#include "dynamodb/partition.h"
#include "dynamodb/store_range.h"

struct search {
    bool is_query;
    const struct table *table;
    const struct table_index *index; /* or NULL */
    struct store_range range;
    struct condition *filter; /* or NULL */
    struct projection *projection;
    const char *select; /* or NULL: as the defaults are */
    bool fetches;       /* beside a local index, from the table, what the index does not hold: by search_find_table */
    int64_t limit;      /* 0: none */
    bool is_consistent;
    struct value start_key; /* ExclusiveStartKey */
    bool has_start_key;
    int64_t segment;
    int64_t segments; /* 0: no parallel scan */
};

/* Reads what is common, up to the expressions (projection and filter; the caller has read the aliases). */
bool search_read_expressions(struct intake *intake, struct search *search);

/* Select and what it needs, before the table is known. */
bool search_check_select(struct intake *intake, struct search *search);

/* Finds table and index, and whether the index may be read so. */
bool search_find_table(struct intake *intake, struct search *search);

/* A global index gives only what it projects. */
bool search_check_projected(struct intake *intake, const struct search *search);

/* No path of projection or filter may lead into a key. */
bool search_check_projection_paths(struct intake *intake, const struct search *search);
bool search_check_filter_paths(struct intake *intake, const struct search *search);

/* A page: what a search reads before it must stop. Several ranges may be walked into one. */
typedef void search_take_function(void *context, const struct value *item, struct arena *arena);

struct search_page {
    const struct search *search;
    search_take_function *take; /* told of each item that the filter lets through; the arena lasts until the next one */
    void *context;
    struct arena arena; /* of the items in hand */
    int64_t scanned;
    int64_t count;
    size_t bytes;           /* evaluated so far */
    double fetched_units;   /* of the items read from the table beside a local index, each charged by itself */
    struct buffer last_key; /* the key after which to go on, as JSON; no bytes: the range is at its end */
    bool is_broken;
    struct partition_charges charges; /* of a Scan that is asked for its capacity; else not begun */
};

/* Walks a range of the search into the page, until the range or the page is at its end. False with a fault. */
bool search_walk(struct intake *intake, const struct store_range *range, struct search_page *page);

/* The member ConsumedCapacity, if it was asked for. */
void search_answer_capacity(const struct call *call, const struct search_page *page, struct answer_writer *answer);

void search_page_close(struct search_page *page);

/* Walks and answers. */
enum outcome search_run(struct intake *intake, const struct search *search);

/* The keys of what is searched. */
const struct key_schema *search_keys(const struct search *search);
