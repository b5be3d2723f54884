/* GPX 1.0 and 1.1 by expat: the trkpt (or rtept) elements in the order of the file, whatever segment they stand in. */

#include "base/text.h"
#include "moment.h"
#include "track_parts.h"

#include <expat.h>
#include <limits.h>
#include <string.h>

enum { TIME_TEXT_MAX = 64 };

struct gpx {
    struct track_reader *reader;
    XML_Parser parser;
    bool is_gpx;   /* the outermost element was seen to be <gpx> */
    bool in_point; /* between <trkpt> and </trkpt> */
    bool in_time;  /* between <time> and </time> of a point */
    size_t line;   /* of the point */
    struct geo place;
    char time_text[TIME_TEXT_MAX];
    size_t time_length;
    bool has_time;
};

/* The name without its prefix: "gpx:trkpt" is a trkpt too. */
static const char *local_name(const char *name)
{
    const char *colon = strchr(name, ':');

    return colon ? colon + 1 : name;
}

static void fail(struct gpx *gpx)
{
    XML_StopParser(gpx->parser, XML_FALSE);
}

static const char *attribute(const char **attributes, const char *name)
{
    for (; *attributes; attributes += 2)
        if (text_is(attributes[0], name))
            return attributes[1];
    return NULL;
}

static void read_degrees(struct gpx *gpx, const char **attributes, const char *name, double *degrees)
{
    const char *text = attribute(attributes, name);

    if (!text) {
        track_fail(gpx->reader, "line", gpx->line, "this point has no %s", name);
        fail(gpx);
    } else if (!track_number(text, degrees)) {
        track_fail(gpx->reader, "line", gpx->line, "%s=\"%.40s\" is not a number", name, text);
        fail(gpx);
    }
}

static void begin_element(void *context, const char *name, const char **attributes)
{
    struct gpx *gpx = context;

    if (gpx->reader->has_failed)
        return;
    name = local_name(name);
    if (!gpx->is_gpx && !text_is(name, "gpx")) {
        track_fail(gpx->reader, "line", XML_GetCurrentLineNumber(gpx->parser), "is XML, but not GPX: it begins with <%.40s>", name);
        fail(gpx);
        return;
    }
    gpx->is_gpx = true;
    if (text_is(name, "trkpt") || text_is(name, "rtept")) {
        gpx->in_point = true;
        gpx->has_time = false;
        gpx->line = XML_GetCurrentLineNumber(gpx->parser);
        read_degrees(gpx, attributes, "lat", &gpx->place.lat);
        read_degrees(gpx, attributes, "lon", &gpx->place.lon);
    } else if (gpx->in_point && text_is(name, "time")) {
        gpx->in_time = true;
        gpx->has_time = true;
        gpx->time_length = 0;
    }
}

static void add_text(void *context, const char *text, int length)
{
    struct gpx *gpx = context;

    for (int i = 0; gpx->in_time && i < length; i++) {
        bool is_blank = strchr(" \t\r\n", text[i]) != NULL;

        if (!is_blank && gpx->time_length < TIME_TEXT_MAX - 1)
            gpx->time_text[gpx->time_length++] = text[i];
    }
}

static void end_point(struct gpx *gpx)
{
    int64_t time_ms = TRACK_NO_TIME;

    gpx->in_point = false;
    gpx->time_text[gpx->time_length] = '\0';
    if (gpx->has_time && !moment_read(gpx->time_text, &time_ms)) {
        track_fail(gpx->reader, "line", gpx->line, "<time>%.40s</time> is not a time", gpx->time_text);
        fail(gpx);
    } else if (!track_add(gpx->reader, "line", gpx->line, gpx->place, time_ms)) {
        fail(gpx);
    }
}

static void end_element(void *context, const char *name)
{
    struct gpx *gpx = context;

    if (gpx->reader->has_failed)
        return;
    name = local_name(name);
    if (gpx->in_time && text_is(name, "time"))
        gpx->in_time = false;
    else if (gpx->in_point && (text_is(name, "trkpt") || text_is(name, "rtept")))
        end_point(gpx);
}

bool track_read_gpx(struct track_reader *reader, const char *bytes, size_t size_bytes)
{
    struct gpx gpx = { .reader = reader, .parser = XML_ParserCreate(NULL) };
    enum XML_Status status;

    XML_SetUserData(gpx.parser, &gpx);
    XML_SetElementHandler(gpx.parser, begin_element, end_element);
    XML_SetCharacterDataHandler(gpx.parser, add_text);
    status = XML_Parse(gpx.parser, bytes, (int)size_bytes, 1);
    if (status != XML_STATUS_OK)
        track_fail(reader, "line", XML_GetCurrentLineNumber(gpx.parser), "%s", XML_ErrorString(XML_GetErrorCode(gpx.parser)));
    XML_ParserFree(gpx.parser);
    return !reader->has_failed;
}
