#include "dynamodb/insights.h"

#include "base/list.h"

#include <stddef.h>

static bool is_on(const struct insights *insights)
{
    return insights->state == INSIGHTS_ENABLING || insights->state == INSIGHTS_ENABLED;
}

void insights_enable(struct insights *insights, bool is_throttled_only, int64_t now_ms)
{
    bool is_new = !is_on(insights);

    if (!is_new && insights->is_throttled_only == is_throttled_only)
        return;
    insights->state = INSIGHTS_ENABLING;
    insights->is_throttled_only = is_throttled_only;
    insights->changed_ms = now_ms;
    if (is_new)
        insights->since_ms = now_ms;
}

void insights_disable(struct insights *insights, int64_t now_ms)
{
    if (!is_on(insights))
        return;
    insights->state = INSIGHTS_DISABLING;
    insights->changed_ms = now_ms;
}

/* ---- states that pass ---- */

static void settle(struct timer *timer)
{
    struct insights *insights = list_item(timer, struct insights, timer);

    insights->state = is_on(insights) ? INSIGHTS_ENABLED : INSIGHTS_DISABLED;
    insights->changed_ms = clock_now_ms(insights->clock);
}

void insights_go(struct insights *insights, struct clock *clock, int64_t state_ms)
{
    if (insights->state != INSIGHTS_ENABLING && insights->state != INSIGHTS_DISABLING)
        return;
    insights->clock = clock;
    if (state_ms)
        timer_start(clock, &insights->timer, state_ms, settle);
    else
        settle(&insights->timer);
}

void insights_stop(struct insights *insights)
{
    if (insights->clock)
        timer_stop(insights->clock, &insights->timer);
}

/* ---- told ---- */

const char *insights_state_name(const struct insights *insights)
{
    static const char *const names[] = { "DISABLED", "ENABLING", "ENABLED", "DISABLING" };

    return names[insights->state];
}

const char *insights_mode_name(const struct insights *insights)
{
    if (!insights->changed_ms)
        return NULL;
    return insights->is_throttled_only ? "THROTTLED_KEYS" : "ACCESSED_AND_THROTTLED_KEYS";
}

/* Of the partition key (P), or of the whole key (S): accessed (C) and throttled (T) ones. */
static void add_rules(json_t *rules, const struct insights *insights, char key, const char *name)
{
    static const char format[] = "DynamoDBContributorInsights-%cK%c-%s-%lld";
    long long since = insights->since_ms;

    if (!insights->is_throttled_only)
        json_array_append_new(rules, json_sprintf(format, key, 'C', name, since));
    json_array_append_new(rules, json_sprintf(format, key, 'T', name, since));
}

json_t *insights_rules(const struct insights *insights, const char *table, const char *index, bool has_range)
{
    json_t *name;
    json_t *rules;

    if (insights->state != INSIGHTS_ENABLED)
        return NULL;
    name = json_sprintf("%s%s%s", table, index ? "-" : "", index ? index : "");
    rules = json_array();
    add_rules(rules, insights, 'P', json_string_value(name));
    if (has_range)
        add_rules(rules, insights, 'S', json_string_value(name));
    json_decref(name);
    return rules;
}

/* ---- kept ---- */

json_t *insights_define(const struct insights *insights)
{
    if (!insights->changed_ms)
        return NULL;
    return json_pack("{s:b, s:b, s:I, s:I}", "Enabled", is_on(insights), "ThrottledOnly", insights->is_throttled_only, "ChangedMs",
                     (json_int_t)insights->changed_ms, "SinceMs", (json_int_t)insights->since_ms);
}

void insights_read_back(struct insights *insights, const json_t *definition)
{
    insights->state = json_is_true(json_object_get(definition, "Enabled")) ? INSIGHTS_ENABLED : INSIGHTS_DISABLED;
    insights->is_throttled_only = json_is_true(json_object_get(definition, "ThrottledOnly"));
    insights->changed_ms = json_integer_value(json_object_get(definition, "ChangedMs"));
    insights->since_ms = json_integer_value(json_object_get(definition, "SinceMs"));
}
