#pragma once
/* Whole directories. */

/* Removes path and all that is in it; symbolic links are removed, not followed. What cannot be removed stays. Accepts NULL. */
void directory_remove(const char *path);
