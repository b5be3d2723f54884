"""$connect and $disconnect: remembers which client follows which vehicle, and forgets it again."""

import base64
import json
import os

import boto3
import requests

TABLE = os.environ["CONNECTIONS_TABLE_NAME"]
WEBHOOK = os.environ.get("CONNECT_WEBHOOK_URL")
CREDENTIALS = os.environ.get("CONNECT_WEBHOOK_CREDENTIALS", "")

dynamodb = boto3.client("dynamodb")


def connect(connection_id, parameters):
    vehicle_id = parameters.get("VehicleID")
    if not vehicle_id:
        return {"statusCode": 400, "body": json.dumps({"message": "VehicleID is missing"})}
    dynamodb.put_item(TableName=TABLE, Item={"ConnectionID": {"S": connection_id}, "VehicleID": {"S": vehicle_id}})
    tell_webhook({"connected": connection_id, "vehicle": vehicle_id})
    return {"statusCode": 200, "body": "connected"}


def disconnect(connection_id):
    dynamodb.delete_item(TableName=TABLE, Key={"ConnectionID": {"S": connection_id}})
    tell_webhook({"disconnected": connection_id})
    return {"statusCode": 200, "body": "disconnected"}


def tell_webhook(what):
    """Tells whoever wants to know; nobody does unless CONNECT_WEBHOOK_URL is set."""
    if WEBHOOK:
        authorization = "Basic " + base64.b64encode(CREDENTIALS.encode()).decode()
        requests.post(WEBHOOK, json=what, headers={"Authorization": authorization}, timeout=2)


def handler(event, context):
    connection_id = event["requestContext"]["connectionId"]
    event_type = event["requestContext"]["eventType"]
    if event_type == "CONNECT":
        return connect(connection_id, event.get("queryStringParameters") or {})
    if event_type == "DISCONNECT":
        return disconnect(connection_id)
    return {"statusCode": 400, "body": f"{event_type} is not for this function"}
