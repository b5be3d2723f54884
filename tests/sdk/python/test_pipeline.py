"""The whole pipeline through one template: a client connects, the connect handler writes the table, a record is put, the push handler
posts, the frame arrives. The handlers are what users write; nothing in them knows of lowcloud."""

import json
import os
import signal
import unittest

from support import ROOT, WebSocketClient, assert_ends_at_once, client, descendants, template_up, trace, wait_for_ends, wait_until

TEMPLATE = """
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Parameters:
  Shards: {Type: Number, Default: 2}
Globals:
  Function:
    Runtime: python3.11
    Timeout: 10
    CodeUri: .
    Environment:
      Variables:
        CONNECTIONS_TABLE_NAME: !Ref Connections
Resources:
  Positions:
    Type: AWS::Kinesis::Stream
    Properties: {ShardCount: !Ref Shards}
  Connections:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: ConnectionID, AttributeType: S}, {AttributeName: VehicleID, AttributeType: S}]
      KeySchema: [{AttributeName: ConnectionID, KeyType: HASH}]
      GlobalSecondaryIndexes:
        - IndexName: by-vehicle
          KeySchema: [{AttributeName: VehicleID, KeyType: HASH}]
          Projection: {ProjectionType: ALL}
  Api:
    Type: AWS::ApiGatewayV2::Api
    Properties: {Name: tracking, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action}
  ConnectIntegration:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      ApiId: !Ref Api
      IntegrationType: AWS_PROXY
      IntegrationUri: !Sub arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${ConnectFunction.Arn}/invocations
  ConnectRoute:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Api, RouteKey: $connect, Target: !Join [/, [integrations, !Ref ConnectIntegration]]}
  DisconnectRoute:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Api, RouteKey: $disconnect, Target: !Join [/, [integrations, !Ref ConnectIntegration]]}
  Deployment:
    Type: AWS::ApiGatewayV2::Deployment
    DependsOn: [ConnectRoute, DisconnectRoute]
    Properties: {ApiId: !Ref Api}
  Stage:
    Type: AWS::ApiGatewayV2::Stage
    Properties: {ApiId: !Ref Api, StageName: prod, DeploymentId: !Ref Deployment}
  ConnectFunction:
    Type: AWS::Serverless::Function
    Properties: {Handler: connect.handler}
  ConnectPermission:
    Type: AWS::Lambda::Permission
    Properties: {Action: lambda:InvokeFunction, FunctionName: !Ref ConnectFunction, Principal: apigateway.amazonaws.com}
  PushFunction:
    Type: AWS::Serverless::Function
    Properties:
      Handler: push.handler
      Environment:
        Variables:
          WEBSOCKET_API_ENDPOINT: !Sub https://${Api}.execute-api.${AWS::Region}.amazonaws.com/${Stage}
      Events:
        Positions:
          Type: Kinesis
          Properties: {Stream: !GetAtt Positions.Arn, StartingPosition: TRIM_HORIZON, BatchSize: 100}
Outputs:
  StreamName: {Value: !Ref Positions}
  TableName: {Value: !Ref Connections}
  WebSocketUrl: {Value: !Sub "wss://${Api}.execute-api.${AWS::Region}.amazonaws.com/${Stage}"}
"""

CONNECT = '''
import base64
import json
import os

import boto3
import requests

dynamodb = boto3.client("dynamodb")
TABLE = os.environ["CONNECTIONS_TABLE_NAME"]


def handler(event, context):
    connection = event["requestContext"]["connectionId"]
    if event["requestContext"]["eventType"] == "CONNECT":
        vehicle = (event.get("queryStringParameters") or {}).get("VehicleID")
        if not vehicle:
            return {"statusCode": 400}
        dynamodb.put_item(TableName=TABLE, Item={"ConnectionID": {"S": connection}, "VehicleID": {"S": vehicle}})
    else:
        dynamodb.delete_item(TableName=TABLE, Key={"ConnectionID": {"S": connection}})
    return {"statusCode": 200}
'''

PUSH = '''
import base64
import json
import os

import boto3

dynamodb = boto3.client("dynamodb")
gateway = boto3.client("apigatewaymanagementapi", endpoint_url=os.environ["WEBSOCKET_API_ENDPOINT"])
TABLE = os.environ["CONNECTIONS_TABLE_NAME"]


def handler(event, context):
    for record in event["Records"]:
        fix = json.loads(base64.b64decode(record["kinesis"]["data"]))
        found = dynamodb.query(TableName=TABLE, IndexName="by-vehicle", KeyConditionExpression="VehicleID = :v",
                               ExpressionAttributeValues={":v": {"S": fix["id"]}})
        for item in found["Items"]:
            try:
                gateway.post_to_connection(ConnectionId=item["ConnectionID"]["S"], Data=json.dumps(fix).encode())
            except gateway.exceptions.GoneException:
                dynamodb.delete_item(TableName=TABLE, Key={"ConnectionID": item["ConnectionID"]})
'''


def pipeline(**options):
    return template_up(TEMPLATE, {"connect.py": CONNECT, "push.py": PUSH}, **options)


def put(server, *fixes):
    kinesis = client("kinesis", at=server.endpoint)
    answer = kinesis.put_records(StreamName=server.outputs["StreamName"],
                                 Records=[{"Data": json.dumps(fix).encode(), "PartitionKey": fix["id"]} for fix in fixes])
    assert answer["FailedRecordCount"] == 0, answer


def connections(server):
    return client("dynamodb", at=server.endpoint).scan(TableName=server.outputs["TableName"])["Items"]


class Pipeline(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.up = pipeline()
        cls.server = cls.up.__enter__()
        cls.url = cls.server.ready["websocket"]["tracking"]

    @classmethod
    def tearDownClass(cls):
        cls.up.__exit__(None, None, None)

    def test_the_ready_line_names_the_api(self):
        self.assertRegex(self.url, r"^ws://127\.0\.0\.1:[0-9]+/prod$")
        self.assertEqual(set(self.server.outputs), {"StreamName", "TableName", "WebSocketUrl"})

    def test_fixes_reach_those_who_watch_the_vehicle_in_order(self):
        with WebSocketClient(self.url + "?VehicleID=bus-1") as first, WebSocketClient(self.url + "?VehicleID=bus-2") as second:
            fixes = [{"id": f"bus-{number % 2 + 1}", "seq": number, "lat": 48.1, "lon": 11.5} for number in range(40)]
            put(self.server, *fixes)
            for socket, vehicle in ((first, "bus-1"), (second, "bus-2")):
                wanted = [fix for fix in fixes if fix["id"] == vehicle]
                self.assertEqual([socket.receive_json() for _ in wanted], wanted)

    def test_connections_are_kept_while_they_last(self):
        with WebSocketClient(self.url + "?VehicleID=tram-9"):
            mine = [item for item in connections(self.server) if item["VehicleID"]["S"] == "tram-9"]
            self.assertEqual(len(mine), 1)
            self.assertRegex(mine[0]["ConnectionID"]["S"], "^[A-Za-z0-9_-]{15}=$")
        wait_until(lambda: not [item for item in connections(self.server) if item["VehicleID"]["S"] == "tram-9"], "$disconnect has run")

    def test_a_handler_that_refuses_is_seen_as_its_status(self):
        import websockets
        with self.assertRaises(websockets.exceptions.InvalidStatusCode) as caught:
            WebSocketClient(self.url)
        self.assertEqual(caught.exception.status_code, 400)

    def test_a_gone_connection_is_seen_as_gone(self):
        table, dynamodb = self.server.outputs["TableName"], client("dynamodb", at=self.server.endpoint)
        gone = "AAAAAcAAIAMCAAA="
        dynamodb.put_item(TableName=table, Item={"ConnectionID": {"S": gone}, "VehicleID": {"S": "ghost"}})
        put(self.server, {"id": "ghost", "seq": 1})
        wait_until(lambda: gone not in [item["ConnectionID"]["S"] for item in connections(self.server)], "GoneException has removed it")

    def test_a_frame_can_be_traced_back_to_its_record(self):
        with WebSocketClient(self.url + "?VehicleID=traced") as socket:
            put(self.server, {"id": "traced", "seq": 1})
            socket.receive()
            events = {event["id"]: event for event in trace(at=self.server.endpoint)}
            frame = [event for event in events.values() if event["kind"] == "frame-out"][-1]
            kinds = []
            while frame:
                kinds.append(frame["kind"])
                frame = events.get(frame["cause"])
            self.assertEqual(kinds[:2], ["frame-out", "management"])
            self.assertEqual(kinds[-1], "record", kinds)
            self.assertIn("invocation", kinds)


class Lives(unittest.TestCase):
    """How the handlers' processes live and die."""

    def warm(self, server):
        """Has both handlers run once; answers the processes below the server."""
        with WebSocketClient(server.ready["websocket"]["tracking"] + "?VehicleID=x") as socket:
            put(server, {"id": "x", "seq": 0})
            socket.receive()
        children = descendants(server.pid)
        self.assertGreaterEqual(len(children), 2)
        return children

    def test_ctrl_c_ends_the_handlers_too_at_once(self):
        def end(how):
            with pipeline() as server:
                children = self.warm(server)
                with WebSocketClient(server.ready["websocket"]["tracking"] + "?VehicleID=y"):
                    took = server.stop(how)
                self.assertEqual(wait_for_ends(children, 0.2), set())
            return took
        for how in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(how=how.name):
                assert_ends_at_once(self, lambda how=how: end(how))

    def test_a_killed_server_leaves_no_handler(self):
        with pipeline() as server:
            children = self.warm(server)
            server.kill()
            self.assertEqual(wait_for_ends(children, 2), set())

    def test_saved_code_is_live_at_the_next_invocation(self):
        with pipeline() as server:
            with WebSocketClient(server.ready["websocket"]["tracking"] + "?VehicleID=x") as socket:
                put(server, {"id": "x", "seq": 0})
                self.assertEqual(socket.receive_json(), {"id": "x", "seq": 0})
                with open(os.path.join(server.directory, "push.py"), "w", encoding="utf-8") as file:
                    file.write(PUSH.replace("Data=json.dumps(fix)", 'Data=json.dumps({**fix, "edition": 2})'))
                put(server, {"id": "x", "seq": 1})
                self.assertEqual(socket.receive_json(), {"id": "x", "seq": 1, "edition": 2})

    def test_parameters_rule_the_template(self):
        with pipeline(parameters={"Shards": 3}) as server:
            summary = client("kinesis", at=server.endpoint).describe_stream_summary(StreamName=server.outputs["StreamName"])
            self.assertEqual(summary["StreamDescriptionSummary"]["OpenShardCount"], 3)


class Fleet(unittest.TestCase):
    def test_the_shipped_template_comes_up(self):
        path = os.path.join(ROOT, "scenarios", "fleet", "template.yaml")
        with template_up(path) as server:
            self.assertTrue(server.ready["websocket"])
            self.assertTrue(server.outputs)


if __name__ == "__main__":
    unittest.main()
