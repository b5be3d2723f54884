"""What clients say: {"action":"subscribe","VehicleID":"car-2"} follows another vehicle. Both routes answer on the same connection."""

import json
import os

import boto3

TABLE = os.environ["CONNECTIONS_TABLE_NAME"]

dynamodb = boto3.client("dynamodb")


def subscribe(connection_id, body):
    vehicle_id = json.loads(body).get("VehicleID")
    if not isinstance(vehicle_id, str) or not vehicle_id:
        return {"error": "VehicleID is missing"}
    dynamodb.put_item(TableName=TABLE, Item={"ConnectionID": {"S": connection_id}, "VehicleID": {"S": vehicle_id}})
    return {"subscribed": vehicle_id}


def handler(event, context):
    request = event["requestContext"]
    if request["routeKey"] == "subscribe":
        answer = subscribe(request["connectionId"], event["body"])
    else:
        answer = {"error": 'not understood; try {"action":"subscribe","VehicleID":"car-1"}'}
    return {"statusCode": 200, "body": json.dumps(answer)}
