#pragma once
/* Pages of a listing: Marker and MaxItems in, NextMarker out. A marker is the number of entries that were listed before. */

#include "aws/call.h"

/* The members that ask for one. */
#define PAGE_MEMBERS                                                   \
    { "Marker", STRING, .where = IN_QUERY },                           \
    {                                                                  \
        "MaxItems", INTEGER, .min = 1, .max = 10000, .where = IN_QUERY \
    }

struct page {
    int64_t first;
    int64_t count;
    int64_t seen;
};

/* Reads Marker and MaxItems (at most 50 at a time, or whatever `most` says). False after call_fail. */
bool page_begin(struct call *call, struct page *page, int64_t most);

/* Whether the next entry of the whole listing belongs to this page. */
bool page_has(struct page *page);

/* Puts NextMarker into the output when there are entries behind this page. */
void page_end(struct call *call, const struct page *page);
