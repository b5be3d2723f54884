"""Checks the rules of the house that a compiler does not know, over every C file of the project:

- no file but base/clock.c and base/random.c reads time or randomness, or sleeps;
- includes go down the layers only: base <- loop <- trace, aws <- front, rooms <- deploy, control <- world <- main; rooms meet through
  <room>/<room>.h alone, and only along the pipeline; clients know base, loop and aws;
- libmicrohttpd and nghttp2 are known to front/ alone, libwebsockets to front/ and to the clients, libev to loop/ alone.

First it tries itself on small texts that break each rule, so that a check which finds nothing is a check that works.
"""

import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# ---- time and chance ----

TIME_AND_CHANCE = """
    time gettimeofday clock_gettime clock timespec_get ftime times getitimer setitimer alarm timer_create timerfd_create
    sleep usleep nanosleep clock_nanosleep thrd_sleep
    rand rand_r srand random srandom random_r drand48 erand48 lrand48 nrand48 mrand48 jrand48 srand48
    getrandom getentropy arc4random arc4random_buf arc4random_uniform uuid_generate uuid_generate_random uuid_generate_time
    RAND_bytes RAND_priv_bytes RAND_pseudo_bytes BN_rand BN_priv_rand X509_gmtime_adj X509_cmp_current_time
    ev_time ev_now lws_now_usecs lws_now_secs lws_get_random sqlite3_randomness
""".split()
CALL = re.compile(r"(?<![\w.>])(?:" + "|".join(TIME_AND_CHANCE) + r")\s*\(")
# In SQL and as files they hide in strings. A string that is nothing but a name is a name: the SQL reader must know it to refuse or translate it.
IN_STRINGS = re.compile(r"""/dev/u?random|(?<!")\bCURRENT_TIMESTAMP\b|\bCURRENT_TIMESTAMP\b(?!")|"""
                        r"""\b(?:datetime|julianday|strftime|unixepoch)\s*\([^)]*'now'|\brandom(?:blob)?\s*\(""", re.I)
MAY_READ = {"emulator/base/clock.c", "emulator/base/random.c"}

COMMENT_OR_STRING = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def blank(match):
    return re.sub(r"[^\n]", " ", match[0])


def without_comments(text):
    return COMMENT_OR_STRING.sub(lambda match: match[0] if match[0][0] in "\"'" else blank(match), text)


def without_strings(text):
    return COMMENT_OR_STRING.sub(blank, text)


def only_strings(text):
    kept, place = [], 0
    for match in COMMENT_OR_STRING.finditer(text):
        kept.append(re.sub(r"[^\n]", " ", text[place:match.start()]))
        kept.append(match[0] if match[0][0] == '"' else blank(match))
        place = match.end()
    return "".join(kept)


def time_and_chance(path, text):
    if path in MAY_READ or not path.startswith(("emulator/", "clients/")):
        return
    for found in [*CALL.finditer(without_strings(text)), *IN_STRINGS.finditer(only_strings(text))]:
        # A declaration of one's own is no call: `uint64_t random_u64(` never matches; `struct timer *timer(` does not either.
        yield line_of(text, found.start()), f"{found[0].rstrip('( ')} reads time or chance: ask base/clock or base/random"


# ---- layers ----

ROOMS = {"apigateway", "analytics", "cloudwatch", "dynamodb", "kinesis", "lambda"}
LAYERS = {"base": 0, "loop": 1, "trace": 2, "aws": 3, "front": 4, **dict.fromkeys(ROOMS, 4), "deploy": 5, "control": 5, "world": 6, "main": 7}
ALONG_THE_PIPELINE = {("lambda", "kinesis"), ("lambda", "dynamodb"), ("analytics", "kinesis"), ("apigateway", "front")}
CLIENTS_KNOW = {"base", "loop", "aws"}
LIBRARIES = {"microhttpd.h": {"front"}, "nghttp2/nghttp2.h": {"front"}, "libwebsockets.h": {"front", "clients"}, "ev.h": {"loop"}}
# The files that lie in emulator/ itself: world opens the rooms and sends requests to them; main reads options and runs commands.
AT_THE_TOP = {"world": "world", "world_rooms": "world", "router": "world", "guard": "world", "unfinished": "world",
              "main": "main", "commands": "main", "options": "main", "version": "base"}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)


def place_of(path):
    """The layer's name of a file in emulator/; "clients" for theirs."""
    folder, _, rest = path.partition("/")
    return place_of_include(rest) if folder == "emulator" else folder


def place_of_include(header):
    """The same for a path as it is included: "aws/call.h", "world.h"."""
    parts = header.split("/")
    name = os.path.splitext(parts[0])[0]
    return parts[0] if len(parts) > 1 else AT_THE_TOP.get(name, name)


def layers(path, text):
    if not path.startswith(("emulator/", "clients/")):
        return
    here = place_of(path)
    for found in INCLUDE.finditer(without_comments(text)):
        fault = library_fault(here, found[2]) if found[1] == "<" else include_fault(here, found[2])
        if fault:
            yield line_of(text, found.start()), fault


def library_fault(here, header):
    owners = LIBRARIES.get(header)
    if owners and here not in owners:
        return f"<{header}> is known to {' and '.join(sorted(owners))} alone"
    return None


def include_fault(here, header):
    there = place_of_include(header)
    if there == here or there not in LAYERS:
        return None
    if here == "clients":
        return None if there in CLIENTS_KNOW else f"clients know {', '.join(sorted(CLIENTS_KNOW))}, not {there}"
    if here not in LAYERS:
        return f"{here} has no place among the layers: give it one in tests/tools/check_sources.py"
    if LAYERS[there] > LAYERS[here] or (LAYERS[there] == LAYERS[here] and (here, there) not in ALONG_THE_PIPELINE):
        return f"{here} may not know {there}"
    if there in ROOMS and header != f"{there}/{there}.h":
        return f"another room is met through {there}/{there}.h alone"
    return None


# ---- running ----

def line_of(text, place):
    return text.count("\n", 0, place) + 1


def faults(path, text):
    yield from time_and_chance(path, text)
    yield from layers(path, text)


BAD = [
    ("emulator/kinesis/a.c", "int now = time(NULL);"),
    ("emulator/kinesis/a.c", "clock_gettime (CLOCK_REALTIME, &now);"),
    ("emulator/loop/a.c", "x = /* why */ rand() % 3;"),
    ("clients/a.c", "usleep(10);"),
    ("emulator/dynamodb/store.c", 'run("DELETE FROM t WHERE at < strftime(\'%s\', \'now\')");'),
    ("emulator/dynamodb/store.c", 'run("SELECT RANDOM()");'),
    ("emulator/dynamodb/store.c", 'run("INSERT INTO t VALUES (CURRENT_TIMESTAMP)");'),
    ("emulator/dynamodb/store.c", 'run("SELECT CURRENT_TIMESTAMP");'),
    ("emulator/front/a.c", 'open("/dev/urandom", 0);'),
    ("emulator/front/a.c", "RAND_bytes(key, 16);"),
    ("emulator/base/text.c", '#include "loop/loop.h"'),
    ("emulator/aws/a.c", '#include "kinesis/kinesis.h"'),
    ("emulator/kinesis/a.c", '#include "dynamodb/dynamodb.h"'),
    ("emulator/lambda/a.c", '  #  include "kinesis/stream.h"'),
    ("emulator/deploy/a.c", '#include "lambda/function.h"'),
    ("emulator/dynamodb/a.c", '#include "world.h"'),
    ("emulator/world.c", '#include "options.h"'),
    ("emulator/nowhere/a.c", '#include "aws/call.h"'),
    ("emulator/kinesis/a.c", "#include <microhttpd.h>"),
    ("emulator/kinesis/a.c", "#include <nghttp2/nghttp2.h>"),
    ("emulator/front/a.c", "#include <ev.h>"),
    ("clients/a.c", '#include "lambda/lambda.h"'),
]
GOOD = [
    ("emulator/base/clock.c", "clock_gettime(CLOCK_REALTIME, &now);"),
    ("emulator/kinesis/a.c", "/* time(NULL) is banned */ room->time(room); call.random(1); int64_t at = sent_time(x);"),
    ("emulator/kinesis/a.c", '#include "kinesis/stream.h"\n#include "aws/call.h"\n#include "base/map.h"\n#include <time.h>'),
    ("emulator/lambda/a.c", '#include "kinesis/kinesis.h"\n// #include "world.h"'),
    ("emulator/kinesis/a.c", 'call_fail(call, ERR_X, "the time (in seconds) is wrong");'),
    ("emulator/world.c", '#include "world.h"\n#include "lambda/lambda.h"\n#include "deploy/deploy.h"'),
    ("emulator/main.c", '#include "world.h"'),
    ("emulator/analytics/check.c", 'is_word(token, "CURRENT_TIMESTAMP")'),
    ("emulator/router.c", '#include "world_rooms.h"'),
    ("emulator/control/control.c", '#include "version.h"'),
    ("clients/tracker.c", "#include <libwebsockets.h>"),
    ("tests/unit/a.c", "usleep(10);"),
]


def try_itself():
    for path, text in BAD:
        if not list(faults(path, text)):
            sys.exit(f"check_sources does not find what is wrong in {path}: {text}")
    for path, text in GOOD:
        found = list(faults(path, text))
        if found:
            sys.exit(f"check_sources finds fault where there is none, in {path}: {text}: {found}")


def main():
    try_itself()
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.c", "*.h"], cwd=ROOT, capture_output=True,
                            text=True, check=True).stdout.split()
    files = [path for path in listed if os.path.exists(os.path.join(ROOT, path))]
    count = 0
    for path in files:
        with open(os.path.join(ROOT, path), encoding="utf-8") as file:
            text = file.read()
        for line, fault in faults(path, text):
            count += 1
            print(f"{path}:{line}: {fault}")
    if not files:
        sys.exit("check_sources found no C file at all")
    print(f"check_sources: {len(files)} files, {count} faults (tried itself on {len(BAD)} bad and {len(GOOD)} good texts first)")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
