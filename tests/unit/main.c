/* Runs all suites of suites.list; `unit-tests NAME ...` runs those alone. */

#include "suites.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* What a test may take as a whole: more than FIXTURE_PATIENCE_S, so that one that waits in vain says for what. */
#define TEST_SECONDS "120"

#define SUITE(name) { #name, suite_##name },
static const struct {
    const char *name;
    Suite *(*make)(void);
} suites[] = {
#include "suites.list"
};
#undef SUITE

static bool is_wanted(const char *name, int count, char **wanted)
{
    for (int i = 1; i < count; i++)
        if (!strcmp(wanted[i], name))
            return true;
    return count < 2;
}

int main(int argc, char **argv)
{
    SRunner *runner = srunner_create(suite_create("lowcloud"));
    int failed;

    setenv("CK_DEFAULT_TIMEOUT", TEST_SECONDS, 0); /* check's own 4 seconds are few on a busy machine, or under sanitizers */
    for (size_t i = 0; i < sizeof suites / sizeof *suites; i++)
        if (is_wanted(suites[i].name, argc, argv))
            srunner_add_suite(runner, suites[i].make());
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
