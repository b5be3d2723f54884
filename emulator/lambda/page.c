#include "lambda/page.h"

#include "base/text.h"

bool page_begin(struct call *call, struct page *page, int64_t most)
{
    const char *marker = call_string(call, "Marker");

    *page = (struct page){ .count = call_integer(call, "MaxItems", most) };
    if (page->count > most)
        page->count = most;
    if (marker && *marker && (!text_to_int64(marker, &page->first) || page->first < 0)) {
        call_fail(call, ERR_INVALID_PARAMETER_VALUE, "The provided marker is invalid");
        return false;
    }
    return true;
}

bool page_has(struct page *page)
{
    int64_t at = page->seen++;

    return at >= page->first && at < page->first + page->count;
}

void page_end(struct call *call, const struct page *page)
{
    if (page->seen > page->first + page->count)
        json_object_set_new(call->output, "NextMarker", json_sprintf("%lld", (long long)(page->first + page->count)));
}
