#!/usr/bin/env python3
"""Makes the tracks and the geofences of this scenario: five drives through Hamburg, invented, not recorded.

The routes follow streets by hand-set corner points. A simple driver model gives them life: it accelerates, brakes before corners, waits at
lights, never drives faster than the street allows, and its position is written once a second. One seed, one result: running this again
changes nothing. Usage: ./make_tracks.py (writes tracks/ and fences.* beside itself).
"""

import csv
import datetime
import json
import math
import os
import random

HERE = os.path.dirname(os.path.abspath(__file__))
START = datetime.datetime(2024, 5, 14, 7, 30, tzinfo=datetime.timezone.utc)
EARTH_M = 6371008.8

# Corner points (latitude, longitude); a third number is the speed limit in km/h from there on (50 unless told), a fourth the seconds of a
# stop at that point (a light, a passenger).
ROUTES = {
    "harbour": [  # from Altona along the harbour to the central station
        (53.5523, 9.9362, 50), (53.5508, 9.9390), (53.5499, 9.9448, 50, 18), (53.5497, 9.9520), (53.5496, 9.9583, 50, 22), (53.5496, 9.9645),
        (53.5493, 9.9688, 50, 25), (53.5476, 9.9695), (53.5461, 9.9702, 50), (53.5456, 9.9738), (53.5449, 9.9781, 50, 20), (53.5441, 9.9818),
        (53.5434, 9.9838, 30), (53.5419, 9.9845, 30, 35), (53.5428, 9.9868, 30), (53.5437, 9.9905), (53.5436, 9.9951, 30, 12), (53.5444, 9.9994),
        (53.5463, 10.0001, 50), (53.5478, 10.0004, 50, 24), (53.5494, 10.0032), (53.5510, 10.0061), (53.5527, 10.0072, 50),
    ],
    "alster": [  # around the Outer Alster
        (53.5536, 10.0083, 50), (53.5556, 10.0062), (53.5578, 10.0051, 50, 15), (53.5601, 10.0081), (53.5624, 10.0117), (53.5651, 10.0149, 50, 20),
        (53.5677, 10.0174), (53.5699, 10.0151), (53.5722, 10.0123, 50), (53.5751, 10.0121), (53.5786, 10.0101, 50, 18), (53.5812, 10.0069),
        (53.5821, 10.0022, 30), (53.5803, 9.9978), (53.5779, 9.9964, 30), (53.5751, 9.9959, 30, 14), (53.5721, 9.9951), (53.5687, 9.9948),
        (53.5655, 9.9943, 50), (53.5625, 9.9937), (53.5604, 9.9921, 50, 26), (53.5586, 9.9951), (53.5573, 9.9981, 50), (53.5566, 10.0013),
        (53.5549, 10.0049),
    ],
    "rounds": [  # a delivery van in the old town
        (53.5508, 9.9930, 30), (53.5495, 9.9921, 30), (53.5481, 9.9912, 50, 20), (53.5469, 9.9893), (53.5470, 9.9856, 50), (53.5479, 9.9815, 50, 40),
        (53.5489, 9.9789, 30), (53.5502, 9.9799), (53.5520, 9.9806, 50), (53.5538, 9.9835, 50, 18), (53.5551, 9.9861), (53.5561, 9.9889, 30, 30),
        (53.5547, 9.9903, 30), (53.5536, 9.9917), (53.5531, 9.9939, 30, 22), (53.5530, 9.9968), (53.5519, 9.9985, 50), (53.5504, 9.9986, 30),
        (53.5491, 9.9975, 30, 45), (53.5486, 9.9953), (53.5497, 9.9938, 30), (53.5508, 9.9930, 30),
    ],
    "ferry": [  # from the east along the canals to the landing stages
        (53.5528, 10.0262, 50), (53.5519, 10.0204), (53.5509, 10.0151, 50, 22), (53.5495, 10.0108), (53.5483, 10.0066, 50), (53.5479, 10.0021, 50, 26),
        (53.5472, 9.9983), (53.5464, 9.9938, 50), (53.5457, 9.9893), (53.5449, 9.9852, 50, 16), (53.5446, 9.9811), (53.5451, 9.9771),
        (53.5456, 9.9731, 50, 20), (53.5459, 9.9692, 30), (53.5464, 9.9661, 30, 30), (53.5473, 9.9622), (53.5479, 9.9585, 50), (53.5481, 9.9542),
    ],
    "clinic": [  # from the north-east to Dammtor and down to the town hall
        (53.5699, 10.0273, 50), (53.5680, 10.0241), (53.5663, 10.0208, 50, 20), (53.5642, 10.0161), (53.5621, 10.0124), (53.5598, 10.0089, 50, 15),
        (53.5577, 10.0049), (53.5570, 10.0005, 50), (53.5577, 9.9968), (53.5590, 9.9939, 50, 24), (53.5606, 9.9903, 30), (53.5598, 9.9868, 30, 33),
        (53.5581, 9.9865, 50), (53.5563, 9.9886, 50, 18), (53.5545, 9.9907), (53.5530, 9.9924, 30), (53.5516, 9.9930, 30, 20), (53.5505, 9.9941, 30),
    ],
}

# id, name, latitude, longitude, radius in metres. Circles that touch what the drives pass by; two of them overlap.
FENCES = [
    ("central-station", "Hauptbahnhof", 53.5528, 10.0067, 160),
    ("concert-hall", "Elbphilharmonie", 53.5413, 9.9841, 140),
    ("dammtor", "Dammtor", 53.5605, 9.9899, 150),
    ("inner-harbour", "Binnenhafen", 53.5446, 9.9845, 260),
    ("landing-stages", "Landungsbruecken", 53.5458, 9.9690, 200),
    ("long-bridge", "Lombardsbruecke", 53.5573, 9.9985, 120),
    ("michel", "Michel", 53.5484, 9.9787, 180),
    ("old-town", "Altstadt", 53.5488, 9.9968, 170),
    ("swan-quay", "Schwanenwik", 53.5645, 10.0157, 180),
    ("town-hall", "Rathaus", 53.5510, 9.9933, 130),
]

ACCELERATION, BRAKING = 1.4, 1.9  # metres per second squared
BOX_SLACK_M = 100  # how far the box of a fence reaches beyond its circle: the exit margin, and some


def distance(a, b):
    p, q = math.radians(a[0]), math.radians(b[0])
    h = math.sin((q - p) / 2) ** 2 + math.cos(p) * math.cos(q) * math.sin(math.radians(b[1] - a[1]) / 2) ** 2
    return 2 * EARTH_M * math.asin(math.sqrt(h))


def bearing(a, b):
    p, q, d = math.radians(a[0]), math.radians(b[0]), math.radians(b[1] - a[1])
    return math.degrees(math.atan2(math.sin(d) * math.cos(q), math.cos(p) * math.sin(q) - math.sin(p) * math.cos(q) * math.cos(d)))


def bend(points, chance):
    """No street is a ruler: each leg gets points between, a few metres beside the line."""
    bent = []
    for here, there in zip(points, points[1:]):
        bent.append(here)
        steps = max(1, int(distance(here, there) / 60))
        for step in range(1, steps):
            f = step / steps
            off = math.sin(f * math.pi) * chance.uniform(-6, 6) / 111195
            bent.append((here[0] + (there[0] - here[0]) * f + off, here[1] + (there[1] - here[1]) * f - off, here[2] if len(here) > 2 else None))
    bent.append(points[-1])
    return bent


def corner_speed(before, here, after):
    """How fast a driver takes the corner, in metres per second."""
    turn = abs((bearing(here, after) - bearing(before, here) + 180) % 360 - 180)
    return 30 if turn < 15 else 9.5 if turn < 35 else 6.5 if turn < 65 else 4


def prepare(points):
    """For each point: place, the limit of the leg behind it, the speed at which it must be passed, the seconds to wait there."""
    limit, prepared = 50, []
    for i, point in enumerate(points):
        if len(point) > 2 and point[2]:
            limit = point[2]
        wait = point[3] if len(point) > 3 else 0
        at_end = i in (0, len(points) - 1)
        speed = 0 if wait or at_end else corner_speed(points[i - 1], point, points[i + 1])
        prepared.append({"place": point[:2], "limit": limit / 3.6, "speed": speed, "wait": wait})
    for here, there in zip(reversed(prepared[:-1]), reversed(prepared[1:])):  # so that each braking is possible
        reach = math.sqrt(there["speed"] ** 2 + 2 * BRAKING * distance(here["place"], there["place"]))
        here["speed"] = min(here["speed"], reach)
    return prepared


def drive(points, chance):
    """Positions once a second."""
    prepared = prepare(bend(points, chance))
    places, speed = [], 0.0
    for here, there in zip(prepared, prepared[1:]):
        length = distance(here["place"], there["place"])
        places += [here["place"]] * int(here["wait"] and here["wait"] + chance.randint(-4, 6))
        here.setdefault("carry", 0.0)
        travelled = here["carry"]
        cruise = here["limit"] * chance.uniform(0.86, 0.98)
        while travelled < length:
            f = travelled / length
            places.append(tuple(a + (b - a) * f for a, b in zip(here["place"], there["place"])))
            may = math.sqrt(max(0.0, there["speed"] ** 2 + 2 * BRAKING * (length - travelled)))
            speed = max(min(speed + ACCELERATION, cruise, may), 0.8)
            travelled += speed
        there["carry"] = 0.0 if there["speed"] == 0 else travelled - length
        if there["speed"] == 0:
            speed = 0.0
    places.append(prepared[-1]["place"])
    return places


def stamp(seconds):
    return (START + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def write_gpx(path, name, places):
    with open(path, "w", encoding="utf-8") as file:
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="make_tracks.py" xmlns="http://www.topografix.com/GPX/1/1">\n')
        file.write(f"<trk><name>{name}</name><trkseg>\n")
        for i, (lat, lon) in enumerate(places):
            file.write(f'<trkpt lat="{lat:.6f}" lon="{lon:.6f}"><time>{stamp(i)}</time></trkpt>\n')
        file.write("</trkseg></trk></gpx>\n")


def write_csv(path, _, places):
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write("time,lat,lon\n")
        for i, (lat, lon) in enumerate(places):
            file.write(f"{stamp(i)},{lat:.6f},{lon:.6f}\n")


def write_geojson(path, name, places):
    feature = {
        "type": "Feature",
        "properties": {"name": name, "coordTimes": [stamp(i) for i in range(len(places))]},
        "geometry": {"type": "LineString", "coordinates": [[round(lon, 6), round(lat, 6)] for lat, lon in places]},
    }
    with open(path, "w", encoding="utf-8") as file:
        json.dump(feature, file, separators=(",", ":"))
        file.write("\n")


def write_fences():
    features, rows = [], []
    for fence_id, name, lat, lon, radius in FENCES:
        features.append({"type": "Feature", "properties": {"id": fence_id, "name": name, "radiusM": radius},
                         "geometry": {"type": "Point", "coordinates": [lon, lat]}})
        north = (radius + BOX_SLACK_M) / 111195
        east = north / math.cos(math.radians(lat))
        rows.append([fence_id, name, lat, lon, radius] + [f"{x:.6f}" for x in (lat - north, lat + north, lon - east, lon + east)])
    with open(os.path.join(HERE, "fences.geojson"), "w", encoding="utf-8") as file:
        file.write('{"type":"FeatureCollection","features":[\n' + ",\n".join(json.dumps(f, separators=(",", ":")) for f in features) + "\n]}\n")
    with open(os.path.join(HERE, "fences.csv"), "w", encoding="utf-8", newline="") as file:  # no header: reference data has none
        csv.writer(file, lineterminator="\n").writerows(rows)


def main():
    os.makedirs(os.path.join(HERE, "tracks"), exist_ok=True)
    writers = {"harbour": ("gpx", write_gpx), "alster": ("csv", write_csv), "rounds": ("geojson", write_geojson), "ferry": ("gpx", write_gpx),
               "clinic": ("csv", write_csv)}
    for name, points in ROUTES.items():
        places = drive(points, random.Random(name))
        ending, write = writers[name]
        write(os.path.join(HERE, "tracks", f"{name}.{ending}"), name, places)
        metres = sum(distance(a, b) for a, b in zip(places, places[1:]))
        still = sum(a == b for a, b in zip(places, places[1:]))
        fastest = max(distance(a, b) for a, b in zip(places, places[1:]))
        print(f"{name}: {len(places)} s, {metres / 1000:.1f} km, {still} s standing, at most {fastest * 3.6:.0f} km/h")
    write_fences()


if __name__ == "__main__":
    main()
