#include "base/arena.h"

#include "base/memory.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 8192 };

struct arena_block {
    struct arena_block *next;
    size_t size_bytes; /* of the room behind this head */
    size_t used_bytes;
    alignas(max_align_t) char room[];
};

static size_t aligned(size_t size_bytes)
{
    return (size_bytes + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
}

static struct arena_block *add_block(struct arena *arena, size_t size_bytes)
{
    size_t room = size_bytes > BLOCK_BYTES ? size_bytes : BLOCK_BYTES;
    struct arena_block *block = memory_new(sizeof *block + room);

    block->size_bytes = room;
    if (size_bytes > BLOCK_BYTES && arena->blocks) {
        /* A large piece gets a block of its own behind the first, which still has room. */
        block->next = arena->blocks->next;
        arena->blocks->next = block;
    } else {
        block->next = arena->blocks;
        arena->blocks = block;
    }
    return block;
}

void *arena_take(struct arena *arena, size_t size_bytes)
{
    struct arena_block *block = arena->blocks;
    void *memory;

    size_bytes = aligned(size_bytes ? size_bytes : 1);
    if (!block || block->size_bytes - block->used_bytes < size_bytes)
        block = add_block(arena, size_bytes);
    memory = block->room + block->used_bytes;
    block->used_bytes += size_bytes;
    arena->used_bytes += size_bytes;
    return memory;
}

char *arena_copy(struct arena *arena, const void *bytes, size_t size_bytes)
{
    char *copy = arena_take(arena, size_bytes + 1);

    if (size_bytes)
        memcpy(copy, bytes, size_bytes);
    return copy;
}

char *arena_text(struct arena *arena, const char *text)
{
    return text ? arena_copy(arena, text, strlen(text)) : NULL;
}

char *arena_vprint(struct arena *arena, const char *format, va_list list)
{
    va_list again;
    char *text;
    int length;

    va_copy(again, list);
    length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0)
        return arena_text(arena, "");
    text = arena_take(arena, (size_t)length + 1);
    vsnprintf(text, (size_t)length + 1, format, list);
    return text;
}

char *arena_print(struct arena *arena, const char *format, ...)
{
    va_list list;
    char *text;

    va_start(list, format);
    text = arena_vprint(arena, format, list);
    va_end(list);
    return text;
}

void arena_clear(struct arena *arena)
{
    struct arena_block *block = arena->blocks;

    while (block) {
        struct arena_block *next = block->next;

        free(block);
        block = next;
    }
    *arena = (struct arena){ 0 };
}

void arena_reset(struct arena *arena)
{
    struct arena_block *kept = arena->blocks;

#ifdef __SANITIZE_ADDRESS__
    kept = NULL; /* so that what is used too long is found */
#endif
    if (!kept || kept->size_bytes != BLOCK_BYTES) {
        arena_clear(arena);
        return;
    }
    arena->blocks = kept->next;
    arena_clear(arena);
    memset(kept->room, 0, kept->used_bytes);
    kept->used_bytes = 0;
    kept->next = NULL;
    arena->blocks = kept;
}
