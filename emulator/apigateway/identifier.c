/* Minting and recognising API Gateway's ids. */

#include "apigateway/identifier.h"

#include <stdio.h>
#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

enum { CLOCK_SHIFT = 421608452, CLOCK_BITS = 29, CONNECTION_KIND = 28 /* "c" */, REQUEST_KIND = 4 /* "E" */, KINDS = 4 };

/* The cells that were seen in real ids of a region; elsewhere the one of us-east-1 stands in. */
static const char *cell_of(const char *region)
{
    static const struct {
        const char *region;
        const char *cell;
    } cells[] = { { "us-west-2", "vHc" }, { "eu-west-1", "DoE" }, { "ap-northeast-1", "tjM" } };

    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
        if (!strcmp(cells[i].region, region))
            return cells[i].cell;
    return "IAM";
}

void apigateway_identifier_open(struct apigateway_identifier_source *source, const struct random *random, const struct clock *clock,
                                const char *region)
{
    *source = (struct apigateway_identifier_source){
        .clock = clock,
        .cell = cell_of(region),
        .resources = random_stream(random, "apigateway resource"),
        .connections = random_stream(random, "apigateway connection"),
        .requests = random_stream(random, "apigateway request"),
        .uuids = random_stream(random, "apigateway uuid"),
        .traces = random_stream(random, "apigateway trace"),
    };
}

/* Writes the five digits of the clock. */
static void write_clock(const struct apigateway_identifier_source *source, char *text)
{
    uint64_t ticks = (uint64_t)(clock_now_ms(source->clock) / 100 + CLOCK_SHIFT) & ((1u << CLOCK_BITS) - 1);

    for (int i = 4; i >= 0; i--) {
        text[i] = digits[ticks & 63];
        ticks >>= 6;
    }
}

/* Eleven bytes fill fourteen digits and four bits of the fifteenth, whose other two bits are zero. */
static void mint(const struct apigateway_identifier_source *source, struct random_stream *stream, int kind, char mark, char *id)
{
    uint64_t chance = random_u64(stream);

    write_clock(source, id);
    id[5] = digits[kind + (int)(chance & (KINDS - 1))];
    id[6] = digits[chance >> 2 & 63];
    id[7] = digits[chance >> 8 & 63];
    memcpy(id + 8, source->cell, 3);
    id[11] = mark;
    id[12] = digits[chance >> 14 & 63];
    id[13] = digits[chance >> 20 & 63];
    id[14] = digits[chance >> 26 & 60];
    memcpy(id + 15, "=", 2);
}

void apigateway_identifier_connection(struct apigateway_identifier_source *source, char id[APIGATEWAY_IDENTIFIER_SIZE])
{
    mint(source, &source->connections, CONNECTION_KIND, 'C', id);
}

void apigateway_identifier_request(struct apigateway_identifier_source *source, char id[APIGATEWAY_IDENTIFIER_SIZE])
{
    mint(source, &source->requests, REQUEST_KIND, 'F', id);
}

void apigateway_identifier_message(struct apigateway_identifier_source *source, const char *connection_id,
                                   char id[APIGATEWAY_IDENTIFIER_SIZE])
{
    unsigned count = source->message_count++ * 6521u & 0x3fff; /* an odd factor: each of the 2^14 values comes once */

    write_clock(source, id);
    id[5] = digits[CONNECTION_KIND + (count & (KINDS - 1))];
    id[6] = digits[count >> 2 & 63];
    id[7] = digits[count >> 8 & 63];
    memcpy(id + 8, connection_id + 8, 9);
}

void apigateway_identifier_uuid(struct apigateway_identifier_source *source, char uuid[37])
{
    random_uuid(&source->uuids, uuid);
}

void apigateway_identifier_trace(struct apigateway_identifier_source *source, char header[48])
{
    uint64_t high = random_u64(&source->traces);
    unsigned low = (unsigned)random_u64(&source->traces);

    snprintf(header, 48, "Root=1-%08x-%016llx%08x", (unsigned)(clock_now_ms(source->clock) / 1000), (unsigned long long)high, low);
}

void apigateway_identifier_resource(struct apigateway_identifier_source *source, char *id, size_t length)
{
    random_text(&source->resources, "abcdefghijklmnopqrstuvwxyz0123456789", id, length);
}

bool apigateway_identifier_is_connection(const char *text)
{
    for (int i = 0; i < 15; i++) {
        const char *digit = text[i] ? strchr(digits, text[i]) : NULL;

        if (!digit || (i == 14 && (digit - digits) & 3))
            return false;
    }
    return text[15] == '=' && !text[16];
}
