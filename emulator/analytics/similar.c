/* Patterns to machines, and their running. */

#include "analytics/similar.h"

#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { RANGES_MAX = 1000, GROUPS_MAX = 50, REPEATS_MAX = 255 };

enum step_kind { STEP_ANY, STEP_CHARACTER, STEP_SET, STEP_SPLIT, STEP_JUMP, STEP_END };

/* Places are relative, so that steps may be moved and copied together. */
struct step {
    enum step_kind kind;
    int first;  /* CHARACTER: the character; SET: its first range; SPLIT and JUMP: where to */
    int second; /* SET: how many ranges; SPLIT: the other place */
    bool is_negated;
};

struct range {
    int low;
    int high;
};

struct similar {
    struct step steps[SIMILAR_STEPS_MAX];
    int step_count;
    struct range ranges[RANGES_MAX];
    int range_count;
};

struct compiler {
    struct similar *similar;
    const char *at;
    const char *end;
    int escape;
    int depth;
    bool has_failed;
};

/* ---- characters ---- */

/* The character at *at, which moves on; -1 at the end. What is no UTF-8 is read byte by byte. */
static int next_character(const char **at, const char *end)
{
    const unsigned char *bytes = (const unsigned char *)*at;
    int length, character;

    if (*at >= end)
        return -1;
    length = *bytes < 0x80 ? 1 : *bytes >= 0xf0 ? 4 : *bytes >= 0xe0 ? 3 : *bytes >= 0xc0 ? 2 : 1;
    if (end - *at < length)
        length = 1;
    character = length == 1 ? *bytes : *bytes & (0xff >> (length + 1));
    for (int i = 1; i < length; i++)
        character = character << 6 | (bytes[i] & 0x3f);
    *at += length;
    return character;
}

static bool take(struct compiler *compiler, char c)
{
    if (compiler->at >= compiler->end || *compiler->at != c)
        return false;
    compiler->at++;
    return true;
}

static void fail(struct compiler *compiler)
{
    compiler->has_failed = true;
}

/* ---- steps ---- */

static void emit(struct compiler *compiler, struct step step)
{
    if (compiler->similar->step_count == SIMILAR_STEPS_MAX) {
        fail(compiler);
        return;
    }
    compiler->similar->steps[compiler->similar->step_count++] = step;
}

/* Puts a step before those from `place` on. */
static void insert(struct compiler *compiler, int place, struct step step)
{
    struct step *steps = compiler->similar->steps;

    emit(compiler, step);
    if (compiler->has_failed)
        return;
    memmove(steps + place + 1, steps + place, (size_t)(compiler->similar->step_count - 1 - place) * sizeof *steps);
    steps[place] = step;
}

static void repeat_copy(struct compiler *compiler, const struct step *piece, int size)
{
    for (int i = 0; i < size && !compiler->has_failed; i++)
        emit(compiler, piece[i]);
}

static void make_optional(struct compiler *compiler, int place)
{
    insert(compiler, place, (struct step){ .kind = STEP_SPLIT, .first = 1, .second = compiler->similar->step_count - place + 1 });
}

/* Zero times or more: a split before, a jump back behind. */
static void make_loop(struct compiler *compiler, int place)
{
    int size = compiler->similar->step_count - place;

    insert(compiler, place, (struct step){ .kind = STEP_SPLIT, .first = 1, .second = size + 2 });
    emit(compiler, (struct step){ .kind = STEP_JUMP, .first = -(size + 1) });
}

/* At least `least` times, and at most `most`, or for ever when most is negative. */
static void repeat(struct compiler *compiler, int place, int least, int most)
{
    int size = compiler->similar->step_count - place;
    struct step *piece;

    if (compiler->has_failed)
        return;
    piece = memory_new((size_t)size * sizeof *piece);
    memcpy(piece, compiler->similar->steps + place, (size_t)size * sizeof *piece);
    compiler->similar->step_count = place;
    for (int i = 0; i < least && !compiler->has_failed; i++)
        repeat_copy(compiler, piece, size);
    for (int i = least; i < most && !compiler->has_failed; i++) {
        int begin = compiler->similar->step_count;

        repeat_copy(compiler, piece, size);
        make_optional(compiler, begin);
    }
    if (most < 0) {
        int begin = compiler->similar->step_count;

        repeat_copy(compiler, piece, size);
        make_loop(compiler, begin);
    }
    free(piece);
}

/* ---- sets ---- */

static void add_range(struct compiler *compiler, struct step *set, int low, int high)
{
    if (compiler->similar->range_count == RANGES_MAX || low < 0 || high < low) {
        fail(compiler);
        return;
    }
    compiler->similar->ranges[compiler->similar->range_count++] = (struct range){ low, high };
    set->second++;
}

/* "[:DIGIT:]" inside a set, in any case. */
static bool named_class(struct compiler *compiler, struct step *set)
{
    static const struct {
        const char *name;
        struct range ranges[3];
    } classes[] = { { "[:ALPHA:]", { { 'A', 'Z' }, { 'a', 'z' } } },
                    { "[:UPPER:]", { { 'A', 'Z' } } },
                    { "[:LOWER:]", { { 'a', 'z' } } },
                    { "[:DIGIT:]", { { '0', '9' } } },
                    { "[:SPACE:]", { { ' ', ' ' } } },
                    { "[:WHITESPACE:]", { { ' ', ' ' }, { '\t', '\r' } } },
                    { "[:ALNUM:]", { { 'A', 'Z' }, { 'a', 'z' }, { '0', '9' } } } };

    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        size_t length = strlen(classes[i].name);

        if ((size_t)(compiler->end - compiler->at) < length || strncasecmp(compiler->at, classes[i].name, length))
            continue;
        compiler->at += length;
        for (int r = 0; r < 3 && classes[i].ranges[r].high; r++)
            add_range(compiler, set, classes[i].ranges[r].low, classes[i].ranges[r].high);
        return true;
    }
    return false;
}

/* One character of a set or a pattern, the escape undone; -1 when there is none. */
static int plain_character(struct compiler *compiler)
{
    int character = next_character(&compiler->at, compiler->end);

    return character >= 0 && character == compiler->escape ? next_character(&compiler->at, compiler->end) : character;
}

static void set(struct compiler *compiler)
{
    struct step step = { .kind = STEP_SET, .first = compiler->similar->range_count, .is_negated = take(compiler, '^') };

    while (!compiler->has_failed && !take(compiler, ']')) {
        int low, high;

        if (named_class(compiler, &step))
            continue;
        low = plain_character(compiler);
        high = take(compiler, '-') ? plain_character(compiler) : low;
        add_range(compiler, &step, low, high);
    }
    if (!step.second)
        fail(compiler);
    emit(compiler, step);
}

/* ---- the grammar ---- */

static void alternatives(struct compiler *compiler);

static void atom(struct compiler *compiler)
{
    int place = compiler->similar->step_count;
    int character;

    if (take(compiler, '%')) {
        emit(compiler, (struct step){ .kind = STEP_ANY });
        make_loop(compiler, place);
    } else if (take(compiler, '_')) {
        emit(compiler, (struct step){ .kind = STEP_ANY });
    } else if (take(compiler, '[')) {
        set(compiler);
    } else if (take(compiler, '(')) {
        if (++compiler->depth > GROUPS_MAX)
            fail(compiler);
        if (!compiler->has_failed)
            alternatives(compiler);
        compiler->depth--;
        if (!take(compiler, ')'))
            fail(compiler);
    } else {
        bool is_operator = strchr("*+?{}]", *compiler->at) != NULL && *compiler->at != compiler->escape;

        character = plain_character(compiler);
        if (is_operator || character < 0)
            fail(compiler);
        emit(compiler, (struct step){ .kind = STEP_CHARACTER, .first = character });
    }
}

static int bound(struct compiler *compiler)
{
    int number = 0;

    if (compiler->at >= compiler->end || *compiler->at < '0' || *compiler->at > '9')
        fail(compiler);
    while (compiler->at < compiler->end && *compiler->at >= '0' && *compiler->at <= '9' && number <= REPEATS_MAX)
        number = number * 10 + *compiler->at++ - '0';
    if (number > REPEATS_MAX)
        fail(compiler);
    return number;
}

/* "{2}", "{2,}", "{2,5}", behind the brace. */
static void counted(struct compiler *compiler, int place)
{
    int least = bound(compiler);
    int most = least;

    if (take(compiler, ','))
        most = compiler->at < compiler->end && *compiler->at == '}' ? -1 : bound(compiler);
    if (!take(compiler, '}') || (most >= 0 && most < least))
        fail(compiler);
    repeat(compiler, place, least, most);
}

static void piece(struct compiler *compiler)
{
    int place = compiler->similar->step_count;

    atom(compiler);
    while (!compiler->has_failed) {
        if (take(compiler, '*'))
            repeat(compiler, place, 0, -1);
        else if (take(compiler, '+'))
            repeat(compiler, place, 1, -1);
        else if (take(compiler, '?'))
            make_optional(compiler, place);
        else if (take(compiler, '{'))
            counted(compiler, place);
        else
            return;
    }
}

static void branch(struct compiler *compiler)
{
    while (!compiler->has_failed && compiler->at < compiler->end && *compiler->at != '|' && *compiler->at != ')')
        piece(compiler);
}

/* a|b|c: each branch but the last is led into by a split, and left by a jump behind all, which is set when the end is known. */
static void alternatives(struct compiler *compiler)
{
    struct step *steps = compiler->similar->steps;
    int begin = compiler->similar->step_count;
    int jumps = -1; /* the last jump; each holds the place of the one before it until the end is known */

    branch(compiler);
    while (!compiler->has_failed && take(compiler, '|')) {
        insert(compiler, begin, (struct step){ .kind = STEP_SPLIT, .first = 1, .second = compiler->similar->step_count - begin + 2 });
        emit(compiler, (struct step){ .kind = STEP_JUMP, .first = jumps });
        jumps = compiler->similar->step_count - 1;
        begin = compiler->similar->step_count;
        branch(compiler);
    }
    while (!compiler->has_failed && jumps >= 0) {
        int before = steps[jumps].first;

        steps[jumps].first = compiler->similar->step_count - jumps;
        jumps = before;
    }
}

struct similar *similar_open(const char *pattern, size_t size, int escape)
{
    struct similar *similar = memory_new(sizeof *similar);
    struct compiler compiler = { .similar = similar, .at = pattern, .end = pattern + size, .escape = escape ? escape : -1 };

    alternatives(&compiler);
    emit(&compiler, (struct step){ .kind = STEP_END });
    if (!compiler.has_failed && compiler.at == compiler.end)
        return similar;
    similar_close(similar);
    return NULL;
}

void similar_close(struct similar *similar)
{
    free(similar);
}

/* ---- running ---- */

/* The places at which the machine is. */
struct places {
    int items[SIMILAR_STEPS_MAX];
    int count;
    bool is_in[SIMILAR_STEPS_MAX];
};

/* Adds a place and all that splits and jumps lead to from it. Each split is passed once and leaves one more place waiting, so all fit. */
static void add_place(const struct similar *similar, struct places *places, int place)
{
    int waiting[SIMILAR_STEPS_MAX + 1];
    int count = 0;

    waiting[count++] = place;
    while (count) {
        const struct step *step;

        place = waiting[--count];
        if (places->is_in[place])
            continue;
        places->is_in[place] = true;
        step = &similar->steps[place];
        if (step->kind != STEP_SPLIT && step->kind != STEP_JUMP) {
            places->items[places->count++] = place;
            continue;
        }
        if (!places->is_in[place + step->first])
            waiting[count++] = place + step->first;
        if (step->kind == STEP_SPLIT && !places->is_in[place + step->second])
            waiting[count++] = place + step->second;
    }
}

static bool is_in_set(const struct similar *similar, const struct step *step, int character)
{
    for (int i = 0; i < step->second; i++)
        if (character >= similar->ranges[step->first + i].low && character <= similar->ranges[step->first + i].high)
            return !step->is_negated;
    return step->is_negated;
}

static bool takes(const struct similar *similar, const struct step *step, int character)
{
    switch (step->kind) {
    case STEP_ANY:
        return true;
    case STEP_CHARACTER:
        return step->first == character;
    case STEP_SET:
        return is_in_set(similar, step, character);
    case STEP_SPLIT:
    case STEP_JUMP:
    case STEP_END:
        break;
    }
    return false;
}

static void clear(struct places *places, int step_count)
{
    places->count = 0;
    memset(places->is_in, 0, (size_t)step_count * sizeof *places->is_in);
}

bool similar_matches(const struct similar *similar, const char *text, size_t size)
{
    struct places both[2];
    struct places *now = &both[0];
    struct places *then = &both[1];
    const char *end = text + size;

    clear(now, similar->step_count);
    add_place(similar, now, 0);
    while (text < end && now->count) {
        int character = next_character(&text, end);
        struct places *swap = now;

        clear(then, similar->step_count);
        for (int i = 0; i < now->count; i++)
            if (takes(similar, &similar->steps[now->items[i]], character))
                add_place(similar, then, now->items[i] + 1);
        now = then;
        then = swap;
    }
    return now->is_in[similar->step_count - 1] && text == end;
}
