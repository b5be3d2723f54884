"""The output of the analytics application: finds who entered and who left a fence, and tells the clients that follow the vehicle.

The application's SQL has already joined each fix with the fences whose box it lies in: one row for each, or one row without a fence. Here
the distance is exact: inside from the radius on inwards, outside again only EXIT_MARGIN_M beyond it. Where a vehicle is, and its last fix,
are kept in a table, so that a batch that is delivered again is not told again.
"""

import base64
import json
import math
import os

import boto3

CONNECTIONS_TABLE = os.environ["CONNECTIONS_TABLE_NAME"]
PRESENCE_TABLE = os.environ["PRESENCE_TABLE_NAME"]
EXIT_MARGIN_M = float(os.environ.get("EXIT_MARGIN_M", "15"))
EARTH_RADIUS_M = 6371008.8

dynamodb = boto3.client("dynamodb")
clients = boto3.client("apigatewaymanagementapi", endpoint_url=os.environ["WEBSOCKET_API_ENDPOINT"])


def distance_m(lat_a, lon_a, lat_b, lon_b):
    north = math.sin(math.radians(lat_b - lat_a) / 2)
    east = math.sin(math.radians(lon_b - lon_a) / 2)
    h = north * north + math.cos(math.radians(lat_a)) * math.cos(math.radians(lat_b)) * east * east
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(h, 1)))


class Presence:
    """Which fences a vehicle is in, and up to which fix that is known."""

    def __init__(self, vehicle_id):
        self.vehicle_id = vehicle_id
        item = dynamodb.get_item(TableName=PRESENCE_TABLE, Key={"VehicleID": {"S": vehicle_id}}, ConsistentRead=True).get("Item", {})
        self.inside = {fence["S"] for fence in item.get("Inside", {}).get("L", [])}
        self.latest = (int(item.get("Ts", {}).get("N", "-1")), int(item.get("Seq", {}).get("N", "-1")))

    def step(self, rows):
        """Takes the rows of one fix; answers [(kind, fence id)], exits first."""
        moment = (rows[0]["ts"], rows[0]["seq"])
        if moment <= self.latest:
            return []
        now_inside = {row["fenceId"] for row in rows if row["fenceId"] is not None and self.is_inside(row)}
        events = [("exit", fence) for fence in sorted(self.inside - now_inside)]
        events += [("enter", fence) for fence in sorted(now_inside - self.inside)]
        self.inside, self.latest = now_inside, moment
        return events

    def is_inside(self, row):
        reach_m = row["radiusM"] + (EXIT_MARGIN_M if row["fenceId"] in self.inside else 0)
        return distance_m(row["fenceLat"], row["fenceLon"], row["lat"], row["lon"]) <= reach_m

    def keep(self):
        dynamodb.put_item(TableName=PRESENCE_TABLE, Item={
            "VehicleID": {"S": self.vehicle_id},
            "Inside": {"L": [{"S": fence} for fence in sorted(self.inside)]},
            "Ts": {"N": str(self.latest[0])},
            "Seq": {"N": str(self.latest[1])},
        })


def followers(vehicle_id):
    pages = dynamodb.get_paginator("query").paginate(
        TableName=CONNECTIONS_TABLE,
        IndexName="by-vehicle",
        KeyConditionExpression="VehicleID = :vehicle",
        ExpressionAttributeValues={":vehicle": {"S": vehicle_id}},
    )
    return [item["ConnectionID"]["S"] for page in pages for item in page["Items"]]


def push(connection_id, message):
    """Answers whether the client is still there; one that is gone is forgotten."""
    try:
        clients.post_to_connection(ConnectionId=connection_id, Data=json.dumps(message).encode())
        return True
    except clients.exceptions.GoneException:
        dynamodb.delete_item(TableName=CONNECTIONS_TABLE, Key={"ConnectionID": {"S": connection_id}})
        return False


def fixes_of(rows):
    """The rows of one vehicle, parted into fixes: rows that follow each other with the same sequence number."""
    fixes = []
    for row in rows:
        if not fixes or fixes[-1][0]["seq"] != row["seq"] or fixes[-1][0]["ts"] != row["ts"]:
            fixes.append([])
        fixes[-1].append(row)
    return fixes


def follow(vehicle_id, rows):
    presence = Presence(vehicle_id)
    to = None
    for fix in fixes_of(rows):
        for kind, fence_id in presence.step(fix):
            row = fix[0]
            message = {"type": kind, "vehicle": vehicle_id, "fence": fence_id, "seq": row["seq"], "ts": row["ts"], "lat": row["lat"], "lon": row["lon"]}
            to = followers(vehicle_id) if to is None else to
            to = [connection_id for connection_id in to if push(connection_id, message)]
    presence.keep()


def handler(event, context):
    by_vehicle = {}
    for record in event["records"]:
        row = json.loads(base64.b64decode(record["data"]))
        by_vehicle.setdefault(row["vehicleId"], []).append((record["recordId"], row))
    results = {}
    for vehicle_id, entries in by_vehicle.items():
        try:
            follow(vehicle_id, [row for _, row in entries])
            result = "Ok"
        except Exception as error:  # one vehicle's trouble is not another's: its records alone are delivered again
            print(f"{vehicle_id}: {type(error).__name__}: {error}")
            result = "DeliveryFailed"
        results.update((record_id, result) for record_id, _ in entries)
    return {"records": [{"recordId": record["recordId"], "result": results[record["recordId"]]} for record in event["records"]]}
