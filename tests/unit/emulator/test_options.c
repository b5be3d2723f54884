/* Options of serve and up: the command line wins over the environment, and what cannot be understood is refused. */

#include "suites.h"

#include "base/arena.h"
#include "options.h"

#include <stdlib.h>

enum { WORDS = 8 };

static bool read_words(struct options *options, struct arena *arena, const char *const *words, bool takes_template)
{
    char *argv[WORDS + 1] = { 0 };
    int argc = 0;

    while (argc < WORDS && words[argc]) {
        argv[argc] = arena_text(arena, words[argc]);
        argc++;
    }
    return options_read(options, arena, argc, argv, takes_template);
}

static const struct {
    const char *words[WORDS];
    bool takes_template;
    bool is_taken;
} lines[] = {
    { { "serve" }, false, true },
    { { "serve", "--port", "0", "--quiet" }, false, true },
    { { "serve", "--port=65536" }, false, false },
    { { "serve", "--port", "http" }, false, false },
    { { "serve", "--prot", "1" }, false, false },
    { { "serve", "--port" }, false, false },
    { { "serve", "template.yaml" }, false, false },
    { { "serve", "--account", "12" }, false, false },
    { { "serve", "--region", "Mars" }, false, false },
    { { "serve", "--seed", "-1" }, false, false },
    { { "serve", "--log", "loud" }, false, false },
    { { "up" }, true, false },
    { { "up", "template.yaml" }, true, true },
    { { "up", "a.yaml", "b.yaml" }, true, false },
    { { "up", "--port", "1", "template.yaml", "--parameter-overrides", "A=1", "B=2" }, true, true },
    { { "up", "template.yaml", "--parameter-overrides", "A" }, true, false },
    { { "up", "template.yaml", "--parameter-overrides=A=1", "B=2" }, true, true },
};

START_TEST(a_command_line_is_taken_or_refused)
{
    struct arena arena = { 0 };
    struct options options;

    ck_assert(read_words(&options, &arena, lines[_i].words, lines[_i].takes_template) == lines[_i].is_taken);
    arena_clear(&arena);
}
END_TEST

START_TEST(the_command_line_wins_over_the_environment)
{
    static const char *const words[WORDS] = { "up", "--port", "7", "t.yaml", "--parameter-overrides", "A=1", "B=2" };
    struct arena arena = { 0 };
    struct options options;

    setenv("LOWCLOUD_PORT", "5", 1);
    setenv("LOWCLOUD_REGION", "eu-west-1", 1);
    ck_assert(read_words(&options, &arena, words, true));
    ck_assert_int_eq(options.world.port, 7);
    ck_assert_str_eq(options.world.region, "eu-west-1");
    ck_assert_str_eq(options.template_path, "t.yaml");
    ck_assert_uint_eq(options.override_count, 2);
    ck_assert_str_eq(options.overrides[1], "B=2");
    setenv("LOWCLOUD_PORT", "many", 1);
    ck_assert(!read_words(&options, &arena, words, true));
    arena_clear(&arena);
}
END_TEST

Suite *suite_options(void)
{
    Suite *suite = suite_create("options");
    TCase *tests = tcase_create("options");

    tcase_add_loop_test(tests, a_command_line_is_taken_or_refused, 0, (int)(sizeof lines / sizeof *lines));
    tcase_add_test(tests, the_command_line_wins_over_the_environment);
    suite_add_tcase(suite, tests);
    return suite;
}
