#pragma once
/* A doubly linked list whose links live inside the members. The head is a struct list of its own;
 * a list must be given list_init before use. Removing a member that is in no list does nothing if its link was zeroed. */

#include <stdbool.h>
#include <stddef.h>

struct list {
    struct list *next;
    struct list *previous;
};

static inline void list_init(struct list *head)
{
    head->next = head;
    head->previous = head;
}

static inline bool list_is_empty(const struct list *head)
{
    return !head->next || head->next == head;
}

/* Adds link at the end of the list. */
static inline void list_add(struct list *head, struct list *link)
{
    link->next = head;
    link->previous = head->previous;
    head->previous->next = link;
    head->previous = link;
}

/* Adds link at the front of the list. */
static inline void list_add_first(struct list *head, struct list *link)
{
    list_add(head->next, link);
}

/* Takes link out of its list and zeroes it; harmless when it is in none. */
static inline void list_remove(struct list *link)
{
    if (!link->next)
        return;
    link->next->previous = link->previous;
    link->previous->next = link->next;
    link->next = NULL;
    link->previous = NULL;
}

/* The struct of `type` whose member `field` is the link. */
#define list_item(link, type, field) ((type *)(void *)((char *)(link)-offsetof(type, field)))

/* Walks a list; `link` may be removed from it inside the loop. */
#define list_each(link, following, head)                                                                  \
    for (struct list *link = (head)->next, *following = link ? link->next : NULL; link && link != (head); \
         link = following, following = link->next)
