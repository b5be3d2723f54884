/* The call layer's checks over any JSON: types, then constraints, with a shape that uses every rule. */

#include "aws/shape.h"

#include <stdint.h>

static const char *const values[] = { "A", "B", NULL };
static const struct member leaf[] = { { "Key", STRING, .required = true, .min = 1, .max = 4, .pattern = "[a-z.]+" },
                                      { "Data", BLOB, .max = 3 },
                                      { "When", TIMESTAMP, .min = 1 },
                                      { 0 } };
static const struct member element[] = { { "member", STRUCTURE, .members = leaf }, { 0 } };
static const struct member tag[] = { { "value", STRING, .max = 3 }, { "key", STRING, .min = 1, .max = 2 }, { 0 } };
static const struct member input[] = {
    { "S", STRING, .required = true, .max = 8, .pattern = "0|([1-9][0-9]{0,3})" },
    { "I", INTEGER, .min_is_zero = true, .max = 10 },
    { "E", STRING, .values = values },
    { "L", LIST, .min = 1, .max = 2, .members = element },
    { "M", MAP, .members = tag },
    { "D", DOCUMENT },
    { 0 },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_t *value = json_loadb((const char *)data, size, JSON_ALLOW_NUL, NULL);
    struct arena arena = { 0 };

    if (json_is_object(value))
        for (int is_older = 0; is_older < 2; is_older++) {
            const struct shape_manners manners = { .older_type_texts = is_older };

            if (!shape_type_fault(input, value, &manners, &arena))
                shape_constraint_fault(input, value, &manners, &arena);
        }
    json_decref(value);
    arena_clear(&arena);
    return 0;
}
