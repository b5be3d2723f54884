#pragma once
/* What a noun, a store or a piece of base answers: one word, free of HTTP, SQL and errno.
 * An operation turns it into AWS's word once. BROKEN was logged where it was found. */

enum status {
    OK = 0,  /* done */
    ABSENT,  /* there is no such thing */
    EXISTS,  /* there is one already */
    CHANGED, /* it is no longer as the caller believed */
    FULL,    /* a bound was reached */
    INVALID, /* the input does not have the form that it must have */
    BROKEN   /* the machine failed us: logged where found, with errno or SQL */
};
