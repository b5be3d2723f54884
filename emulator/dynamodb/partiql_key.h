#pragma once
/* Which keys a WHERE names. A SELECT is taken apart into branches, one for each partition and run of sort keys that its ORs and INs name:
 * when every branch names a partition, each is a Query; else the whole is a Scan. A statement for one item must name all its key. */

#include "dynamodb/partiql_condition.h"
#include "dynamodb/store_range.h"

enum { KEY_BRANCHES_MAX = 50 /* reads that one SELECT may be taken apart into */ };

/* The conditions of a branch, all of which must hold. */
struct conjunct {
    const struct condition *condition;
    const struct conjunct *next;
};

struct key_branch {
    const struct conjunct *conjuncts;
    const struct condition *equality; /* that names the partition */
    const struct value *hash;         /* its value */
    struct store_range range;         /* partition, low and high */
    bool is_empty;                    /* no key can be in it */
    bool negates_sort;                /* it names sort keys by what they are not */
};

struct key_plan {
    bool is_keyed; /* else: a scan, without branches */
    struct key_branch *branches;
    size_t count;
    size_t partitions; /* distinct ones */
};

/* Works out the plan; where may be NULL. With skips_types, a key value of the wrong type makes its branch empty instead of being refused
 * (transactions refuse it in their own way). False, with a fault, for what AWS refuses: overlapping branches, too many, wrong types. */
bool key_plan_make(struct key_plan *plan, const struct condition *where, const struct key_schema *keys, bool skips_types,
                   struct fault *fault);

/* Orders the branches by partition and sort key, each up or down. */
void key_plan_sort(struct key_plan *plan, bool hash_descends, bool sort_descends);

/* The one item that a WHERE names. */
struct key_finding {
    struct value key;               /* the parts that were found, as a map */
    bool is_whole;                  /* all parts were */
    const struct key_part *twofold; /* a part that was given two values, or NULL */
    struct condition *rest;         /* what else is said, or NULL; a second value of a part is said there */
};

/* Finds it among conditions joined by AND; with takes_single_in, "pk IN ['a']" names a part as "pk = 'a'" does. */
void key_find(struct key_finding *finding, const struct condition *where, const struct key_schema *keys, bool takes_single_in,
              struct arena *arena);
