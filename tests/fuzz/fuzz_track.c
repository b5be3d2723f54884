/* Fuzzes the track readers: the first byte chooses the ending of the file's name, the rest is the file. A track that was read must keep
 * what track.h promises of it, and answer for any time. */

#include "base/memory.h"
#include "track.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at(const struct track *track)
{
    assert(track->count >= 2 && track->points[0].time_ms == 0);
    for (size_t i = 0; i < track->count; i++) {
        struct track_state state = track_at(track, (double)track->points[i].time_ms + 0.5);

        assert(!i || track->points[i].time_ms > track->points[i - 1].time_ms);
        assert(fabs(track->points[i].place.lat) <= 90 && fabs(track->points[i].place.lon) <= 180);
        assert(fabs(state.place.lat) <= 90 && fabs(state.place.lon) <= 180);
        assert(state.speed_mps >= 0 && state.heading_deg >= 0 && state.heading_deg < 360);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const paths[] = { "t.gpx", "t.csv", "t.json", "t.geojson" };
    struct track track;
    struct track_error error;
    char *text;

    if (!size)
        return 0;
    text = memory_copy(data + 1, size - 1);
    if (track_parse(&track, paths[data[0] % 4], text, size - 1, &error) == OK) {
        look_at(&track);
        track_close(&track);
    }
    free(text);
    return 0;
}
