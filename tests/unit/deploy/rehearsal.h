#pragma once
/* A deployment against rooms that only note what they are asked: each call becomes one line of the score, and is answered as a real room
 * would, with ids that count up. It needs the checked fixture (fixture.h) for the ground that it stands on. */

#include "fixture.h"

#include "base/buffer.h"
#include "deploy/deploy.h"

struct rehearsal {
    struct deploy_rooms rooms;
    struct deploy_result result;
    struct buffer score;    /* "dynamodb CreateTable {...}\n", inputs compact with sorted keys */
    const char *refused;    /* this operation is refused, or NULL */
    enum error_id refusal;  /* ... with this */
    const char *unanswered; /* this operation answers only at the end of the turn */
    int streams_described;  /* a stream is CREATING when it is described for the first time */
    int ids;
    char said[8192]; /* what went to the log */
    char folder[64]; /* the test's own, in which it stands while it runs */
    char home[4096]; /* where it stood before: the project's folder */
};

/* Opens a folder of its own and goes there; close removes it. */
void rehearsal_open(struct rehearsal *rehearsal);
void rehearsal_close(struct rehearsal *rehearsal);

/* Writes a file of the folder (subfolders are made). */
void rehearsal_write(struct rehearsal *rehearsal, const char *name, const char *text);

/* Deploys the file called name, with parameters "Key=Value" (NULL ends them; NULL: none). */
bool rehearsal_deploy(struct rehearsal *rehearsal, const char *name, const char *const *parameters);

/* Writes text to template.yaml and deploys it. */
bool rehearsal_play(struct rehearsal *rehearsal, const char *text);

/* The first line of the score that begins with head ("lambda CreateEventSourceMapping"), without the head: its input; fails the test when
 * there is none. In static memory. */
const char *rehearsal_input(const struct rehearsal *rehearsal, const char *head);

/* The output called name. */
const char *rehearsal_output(const struct rehearsal *rehearsal, const char *name);
