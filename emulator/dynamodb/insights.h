#pragma once
/* Contributor insights of a table or a global index: which keys are read and written most, as CloudWatch's rules would count them. Whether
 * they are on, in which mode and since when is kept and told; nothing is counted, for there is nobody to read it.
 *
 * Each table and index has its own life of them: DISABLED, ENABLING, ENABLED, DISABLING. What is under way is kept as it will be in the
 * end, as with tables (table_life.h). A struct of zeros: never asked for. */

#include "base/clock.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum insights_state { INSIGHTS_DISABLED, INSIGHTS_ENABLING, INSIGHTS_ENABLED, INSIGHTS_DISABLING };

struct insights {
    enum insights_state state;
    bool is_throttled_only; /* mode THROTTLED_KEYS: without the rules of accessed keys */
    int64_t changed_ms;     /* the last change; 0: none yet */
    int64_t since_ms;       /* when they were last enabled: part of the names of CloudWatch's rules */
    struct clock *clock;    /* of the timer, once it was started */
    struct timer timer;     /* its next state */
};

/* Begins to enable them in a mode, or to disable them: changes nothing when they are so, or on the way there. */
void insights_enable(struct insights *insights, bool is_throttled_only, int64_t now_ms);
void insights_disable(struct insights *insights, int64_t now_ms);

/* Lets what is under way go on: it is done after state_ms, at once for 0. */
void insights_go(struct insights *insights, struct clock *clock, int64_t state_ms);

/* Stops what is under way. */
void insights_stop(struct insights *insights);

/* "ENABLING" */
const char *insights_state_name(const struct insights *insights);

/* "THROTTLED_KEYS"; NULL when they were never enabled. */
const char *insights_mode_name(const struct insights *insights);

/* The names of CloudWatch's rules, as the service makes them: two for each kind of key, or one in the mode THROTTLED_KEYS. `index` may be
 * NULL. A new reference, or NULL while they are not ENABLED. */
json_t *insights_rules(const struct insights *insights, const char *table, const char *index, bool has_range);

/* As they are kept in a definition (NULL: never asked for), and read back. */
json_t *insights_define(const struct insights *insights);
void insights_read_back(struct insights *insights, const json_t *definition);
