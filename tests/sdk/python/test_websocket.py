"""WebSocket APIs through boto3 and a real client: the control plane, coming in, messages, the management API, the end, and an API whose
routes are functions in Python. Most tests need no function: of an API without routes every client is let in, and what it says is answered
with an error frame that tells its connection id."""

import json
import ssl
import threading
import unittest

from support import RawSocket, WebSocketClient, authorization, client, endpoint, http, port, refused, template_up, trace, unique, wait_until

try:
    import websockets
except ImportError:
    websockets = None


class GatewayTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.control = client("apigatewayv2")

    def api(self, stage=None, expression="$request.body.action"):
        """(API id, stage) of a new API without routes that is deployed; deleted when the test ends."""
        stage = stage or unique("stage")
        api = self.control.create_api(Name=unique("api"), ProtocolType="WEBSOCKET", RouteSelectionExpression=expression)
        self.addCleanup(self.control.delete_api, ApiId=api["ApiId"])
        self.control.create_stage(ApiId=api["ApiId"], StageName=stage, AutoDeploy=True)
        return api["ApiId"], stage

    def enter(self, path, **options):
        """(client, its connection id): let in, and told."""
        socket = WebSocketClient(f"ws://127.0.0.1:{port()}{path}", **options)
        self.addCleanup(socket.close)
        socket.send("who am I")
        return socket, socket.receive_json()["connectionId"]

    def manager(self, path):
        return client("apigatewaymanagementapi", at=endpoint() + path)


class Control(GatewayTest):
    def test_an_api_is_made_and_found(self):
        api, stage = self.api()
        made = self.control.get_api(ApiId=api)
        self.assertRegex(api, "^[a-z0-9]{10}$")
        self.assertEqual(made["ApiEndpoint"], f"wss://{api}.execute-api.us-east-1.amazonaws.com")
        self.assertEqual(made["ProtocolType"], "WEBSOCKET")
        self.assertEqual(made["CreatedDate"].tzname(), "UTC" if made["CreatedDate"].tzinfo else None)
        self.assertIn(api, [item["ApiId"] for item in self.control.get_apis()["Items"]])
        self.assertEqual([item["StageName"] for item in self.control.get_stages(ApiId=api)["Items"]], [stage])

    def test_routes_integrations_and_deployments(self):
        api, stage = self.api()
        uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:f/invocations"
        integration = self.control.create_integration(ApiId=api, IntegrationType="AWS_PROXY", IntegrationUri=uri)
        self.assertEqual(integration["TimeoutInMillis"], 29000)
        route = self.control.create_route(ApiId=api, RouteKey="chat", Target="integrations/" + integration["IntegrationId"],
                                          RouteResponseSelectionExpression="$default")
        self.control.create_route_response(ApiId=api, RouteId=route["RouteId"], RouteResponseKey="$default")
        deployment = self.control.create_deployment(ApiId=api, StageName=stage)
        self.assertEqual(deployment["DeploymentStatus"], "DEPLOYED")
        self.assertEqual(self.control.get_stage(ApiId=api, StageName=stage)["DeploymentId"], deployment["DeploymentId"])
        changed = self.control.update_route(ApiId=api, RouteId=route["RouteId"], RouteKey="talk")
        self.assertEqual((changed["RouteKey"], changed["RouteResponseSelectionExpression"]), ("talk", "$default"))
        with refused(self, "ConflictException", status=409):
            self.control.delete_integration(ApiId=api, IntegrationId=integration["IntegrationId"])
        self.control.delete_route(ApiId=api, RouteId=route["RouteId"])
        self.control.delete_integration(ApiId=api, IntegrationId=integration["IntegrationId"])

    def test_pages_are_followed(self):
        api, _ = self.api()
        for key in "abcde":
            self.control.create_route(ApiId=api, RouteKey=key)
        pages = self.control.get_paginator("get_routes").paginate(ApiId=api, PaginationConfig={"PageSize": 2})
        self.assertEqual([[item["RouteKey"] for item in page["Items"]] for page in pages], [["a", "b"], ["c", "d"], ["e"]])

    def test_tags(self):
        api, _ = self.api()
        arn = f"arn:aws:apigateway:us-east-1::/apis/{api}"
        self.control.tag_resource(ResourceArn=arn, Tags={"a": "1", "b": "2"})
        self.control.untag_resource(ResourceArn=arn, TagKeys=["a"])
        self.assertEqual(self.control.get_tags(ResourceArn=arn)["Tags"], {"b": "2"})

    def test_what_cannot_be_is_refused(self):
        api, stage = self.api()
        with refused(self, "NotFoundException", "Invalid API identifier specified 000000000000:none", status=404):
            self.control.get_api(ApiId="none")
        with refused(self, "ConflictException", "Stage already exists", status=409):
            self.control.create_stage(ApiId=api, StageName=stage)
        with refused(self, "BadRequestException", status=400):
            self.control.create_api(Name="http", ProtocolType="HTTP")
        with refused(self, "BadRequestException", "At least one route is required before deploying the Api.", status=400):
            self.control.create_deployment(ApiId=api)


@unittest.skipUnless(websockets, "python3-websockets is not installed")
class ComingIn(GatewayTest):
    def test_every_address_leads_in(self):
        api, stage = self.api()
        for path in (f"/{stage}", f"/_aws/execute-api/{api}/{stage}", f"/{stage}?VehicleID=v1"):
            self.enter(path)

    def test_what_is_not_there_is_403(self):
        _, stage = self.api()
        for path in ("/nowhere", f"/{stage}/more", "/"):
            with self.assertRaises(websockets.InvalidStatusCode) as caught:
                WebSocketClient(f"ws://127.0.0.1:{port()}{path}")
            self.assertEqual(caught.exception.status_code, 403, path)

    def test_two_apis_may_share_a_stage_name(self):
        first, stage = self.api()
        second, _ = self.api(stage)
        with self.assertRaises(websockets.InvalidStatusCode) as caught:
            WebSocketClient(f"ws://127.0.0.1:{port()}/{stage}")
        self.assertEqual(caught.exception.status_code, 403)
        one, id_of_one = self.enter(f"/_aws/execute-api/{first}/{stage}")
        self.enter(f"/_aws/execute-api/{second}/{stage}")
        # Ids are unique, so the short form of the management path goes on working.
        self.manager(f"/{stage}").post_to_connection(ConnectionId=id_of_one, Data=b"one")
        self.assertEqual(one.receive(), "one")
        manager = self.manager(f"/_aws/execute-api/{second}/{stage}")
        with self.assertRaises(manager.exceptions.GoneException):
            manager.post_to_connection(ConnectionId=id_of_one, Data=b"not its client")

    def test_without_an_upgrade_there_is_426(self):
        api, stage = self.api()
        self.assertEqual(http("GET", f"/_aws/execute-api/{api}/{stage}").status, 426)

    def test_unknown_actions_get_the_error_frame(self):
        _, stage = self.api()
        socket, connection = self.enter(f"/{stage}")
        socket.send({"action": "nothing"})
        frame = socket.receive()
        self.assertRegex(frame, rf'^{{"message": "Forbidden", "connectionId":"{connection}", "requestId":"[A-Za-z0-9_-]{{15}}="}}$')

    def test_the_handshake_is_traced(self):
        _, stage = self.api()
        _, connection = self.enter(f"/{stage}")
        events = [event for event in trace() if event["subject"] == connection]
        self.assertEqual([event["kind"] for event in events], ["connect", "frame-in", "frame-out"])
        self.assertEqual(events[0]["note"], "101")
        self.assertEqual(events[2]["cause"], events[1]["id"])


@unittest.skipUnless(websockets, "python3-websockets is not installed")
class Management(GatewayTest):
    def setUp(self):
        _, stage = self.api()
        self.path = f"/{stage}"
        self.gateway = self.manager(self.path)

    def test_post_reaches_the_client(self):
        socket, connection = self.enter(self.path)
        answer = self.gateway.post_to_connection(ConnectionId=connection, Data=json.dumps({"car": "é"}, ensure_ascii=False).encode())
        self.assertEqual(answer["ResponseMetadata"]["HTTPStatusCode"], 200)
        self.assertEqual(socket.receive_json(), {"car": "é"})

    def test_posts_arrive_in_order(self):
        socket, connection = self.enter(self.path)
        for number in range(100):
            self.gateway.post_to_connection(ConnectionId=connection, Data=str(number).encode())
        self.assertEqual([socket.receive() for _ in range(100)], [str(number) for number in range(100)])

    def test_a_large_message_arrives_whole(self):
        socket, connection = self.enter(self.path)
        for size in (0, 1, 125, 126, 65535, 65536, 128 * 1024):
            self.gateway.post_to_connection(ConnectionId=connection, Data=b"x" * size)
            self.assertEqual(len(socket.receive()), size)
        with self.assertRaises(self.gateway.exceptions.PayloadTooLargeException):
            self.gateway.post_to_connection(ConnectionId=connection, Data=b"x" * (128 * 1024 + 1))

    def test_get_tells_of_the_client(self):
        _, connection = self.enter(self.path, user_agent_header="tracker/1")
        answer = self.gateway.get_connection(ConnectionId=connection)
        self.assertEqual(answer["Identity"], {"SourceIp": "127.0.0.1", "UserAgent": "tracker/1"})
        self.assertLessEqual(answer["ConnectedAt"], answer["LastActiveAt"])

    def test_delete_closes(self):
        socket, connection = self.enter(self.path)
        self.assertEqual(self.gateway.delete_connection(ConnectionId=connection)["ResponseMetadata"]["HTTPStatusCode"], 204)
        self.assertEqual(socket.wait_closed()[0], 1000)
        with self.assertRaises(self.gateway.exceptions.GoneException):
            self.gateway.get_connection(ConnectionId=connection)

    def test_who_left_is_gone(self):
        socket, connection = self.enter(self.path)
        socket.close()
        wait_until(lambda: [event for event in trace() if event["kind"] == "disconnect" and event["subject"] == connection],
                   "the gateway knows that the client left")
        for call in (lambda: self.gateway.post_to_connection(ConnectionId=connection, Data=b"x"),
                     lambda: self.gateway.get_connection(ConnectionId=connection),
                     lambda: self.gateway.delete_connection(ConnectionId=connection)):
            with self.assertRaises(self.gateway.exceptions.GoneException):
                call()

    def test_wrong_ids_and_stages(self):
        with refused(self, "BadRequestException", "Invalid connectionId: nonsense", status=400):
            self.gateway.get_connection(ConnectionId="nonsense")
        with self.assertRaises(self.gateway.exceptions.ForbiddenException):
            self.manager("/nowhere").get_connection(ConnectionId="L0SM9cOFvHcCIhw=")

    def test_unsigned_requests_are_refused(self):
        _, connection = self.enter(self.path)
        for headers, status in (({}, 403), ({"Authorization": authorization("execute-api"), "X-Amz-Date": "20260102T030405Z"}, 200)):
            reply = http("POST", f"{self.path}/@connections/{connection}", body="x", headers=headers)
            self.assertEqual(reply.status, status)
        reply = http("POST", f"{self.path}/@connections/{connection}", body="x")
        self.assertEqual(reply.headers["x-amzn-ErrorType"], "MissingAuthenticationTokenException")
        self.assertEqual(reply.json, {"message": "Missing Authentication Token"})

    def test_posts_of_many_threads(self):
        socket, connection = self.enter(self.path)

        def post(first):
            gateway = self.manager(self.path)
            for number in range(first, first + 25):
                gateway.post_to_connection(ConnectionId=connection, Data=str(number).encode())
        threads = [threading.Thread(target=post, args=(first,)) for first in range(0, 100, 25)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(int(socket.receive()) for _ in range(100)), list(range(100)))


@unittest.skipUnless(websockets, "python3-websockets is not installed")
class Ends(GatewayTest):
    def setUp(self):
        _, self.stage = self.api()
        self.path = f"/{self.stage}"

    def disconnect_note(self, connection):
        def note():
            return next((event["note"] for event in trace() if event["kind"] == "disconnect" and event["subject"] == connection), None)
        return wait_until(note, "the gateway knows that the client left")

    def test_a_client_that_closes(self):
        for code, reason, note in ((1000, "", "1000 "), (1001, "", "1001 "), (4000, "my reason", "4000 my reason")):
            socket, connection = self.enter(self.path)
            self.assertEqual(socket.close(code, reason), (code, reason))
            self.assertEqual(self.disconnect_note(connection).strip(), note.strip())

    def test_binary_is_1003(self):
        socket, connection = self.enter(self.path)
        socket.send(b"\x00\x01")
        self.assertEqual(socket.wait_closed()[0], 1003)
        self.assertEqual(self.disconnect_note(connection).split()[0], "1003")

    def test_too_much_is_1009(self):
        socket, connection = self.enter(self.path)
        socket.send("x" * 32 * 1024)
        self.assertEqual(socket.receive_json()["message"], "Forbidden")
        socket.send("x" * (32 * 1024 + 1))
        self.assertEqual(socket.wait_closed()[0], 1009)
        self.assertEqual(self.disconnect_note(connection).split()[0], "1009")

    def test_invalid_text_is_1007(self):
        _, stage = self.api()
        with RawSocket() as line:
            line.send(f"GET /{stage} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
            self.assertIn(b" 101 ", line.read_until(b"\r\n\r\n"))
            line.send(b"\x81\x82\x00\x00\x00\x00\xc3\x28")
            self.assertEqual(line.read_until(b"\x03\xef")[:4], b"\x88\x02\x03\xef")

    def test_a_ping_is_answered(self):
        socket, _ = self.enter(self.path)
        socket.ping()

    def test_a_deleted_stage_closes_its_clients(self):
        api, stage = self.api()
        socket, _ = self.enter(f"/{stage}")
        self.control.delete_stage(ApiId=api, StageName=stage)
        self.assertEqual(socket.wait_closed(), (1001, "Going away"))



# ---- functions ----

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::ApiGatewayV2::Api
    Properties: {Name: rooms, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action}
  Function:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.11, Handler: app.handler, CodeUri: ., Timeout: 10}
  Gate:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.11, Handler: app.gate, CodeUri: .}
  Integration:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      ApiId: !Ref Api
      IntegrationType: AWS_PROXY
      IntegrationUri: !Sub arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Function.Arn}/invocations
  Hurried:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      ApiId: !Ref Api
      IntegrationType: AWS_PROXY
      TimeoutInMillis: 300
      IntegrationUri: !Sub arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Function.Arn}/invocations
  Authorizer:
    Type: AWS::ApiGatewayV2::Authorizer
    Properties:
      ApiId: !Ref Api
      Name: gate
      AuthorizerType: REQUEST
      IdentitySource: [route.request.querystring.token]
      AuthorizerUri: !Sub arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Gate.Arn}/invocations
  Connect:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Api, RouteKey: $connect, AuthorizationType: CUSTOM, AuthorizerId: !Ref Authorizer, Target: !Sub "integrations/${Integration}"}
  Disconnect:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Api, RouteKey: $disconnect, Target: !Sub "integrations/${Integration}"}
  Default:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Api, RouteKey: $default, Target: !Sub "integrations/${Integration}"}
  Slow:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Api, RouteKey: slow, Target: !Sub "integrations/${Hurried}"}
  Ask:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Api, RouteKey: ask, RouteResponseSelectionExpression: $default, Target: !Sub "integrations/${Integration}"}
  AskResponse:
    Type: AWS::ApiGatewayV2::RouteResponse
    Properties: {ApiId: !Ref Api, RouteId: !Ref Ask, RouteResponseKey: $default}
  Stage:
    Type: AWS::ApiGatewayV2::Stage
    Properties: {ApiId: !Ref Api, StageName: prod, AutoDeploy: true}
"""

APP = """
import json
import threading

import boto3

rooms = {}  # who is in, and who watches whom, while this environment lives


def post(context, connection, text):
    # As the documentation shows it: the endpoint from the event.
    gateway = boto3.client("apigatewaymanagementapi", endpoint_url=f"https://{context['domainName']}/{context['stage']}")
    gateway.post_to_connection(ConnectionId=connection, Data=text.encode())


def gate(event, context):
    token = event["queryStringParameters"]["token"]
    if token == "raise":
        raise Exception("Unauthorized")
    if token == "break":
        raise Exception("something else")
    resource = {"narrow": event["methodArn"].replace("$connect", "*/*"), "good": event["methodArn"]}.get(token, "*")
    effect = "Deny" if token == "deny" else "Allow"
    return {"principalId": "user-" + token, "context": {"level": 7},
            "policyDocument": {"Version": "2012-10-17",
                               "Statement": [{"Action": "execute-api:Invoke", "Effect": effect, "Resource": resource}]}}


def handler(event, context):
    asked = event["requestContext"]
    kind, connection = asked["eventType"], asked["connectionId"]
    if kind == "CONNECT":
        query = event["queryStringParameters"]
        status = int(query.get("status", 200))
        if query.get("watcher"):
            rooms["watcher"] = connection
        headers = {"Sec-WebSocket-Protocol": "v2"} if "Sec-WebSocket-Protocol" in event["headers"] else {}
        return {"statusCode": status, "headers": headers, "body": "not for the client"}
    if kind == "DISCONNECT":
        if rooms.get("watcher") not in (None, connection):
            post(asked, rooms["watcher"], json.dumps([asked["disconnectStatusCode"], asked["disconnectReason"], asked["authorizer"]]))
        return {}
    try:
        body = json.loads(event["body"])
    except ValueError:
        body = {"do": "echo", "text": event["body"]}
    do = body.get("do", body.get("action"))
    if do == "raise":
        raise Exception("no")
    if do == "malformed":
        return {"statusCode": 200, "extra": 1}
    if do == "nothing":
        return None
    if do == "refuse":
        return {"statusCode": 500}
    if do == "slow":
        threading.Event().wait(1)
    if do == "ask":
        return {"statusCode": 200, "body": json.dumps({"answer": body["text"], "route": asked["routeKey"], "as": asked["authorizer"]})}
    if do == "echo":
        post(asked, connection, "you said " + body["text"] + " by " + asked["routeKey"])
    return {"statusCode": 200}
"""


@unittest.skipUnless(websockets, "python3-websockets is not installed")
class Functions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(template_up(TEMPLATE, {"app.py": APP}))
        cls.url = cls.server.ready["websocket"]["rooms"]

    def enter(self, query="", **options):
        socket = WebSocketClient(f"{self.url}?token=good{query}", **options)
        self.addCleanup(socket.close)
        return socket

    def refused_with(self, query):
        with self.assertRaises(websockets.InvalidStatusCode) as caught:
            WebSocketClient(f"{self.url}{query}")
        return caught.exception.status_code

    def test_the_authorizer_decides(self):
        for query, status in (("", 401), ("?token=", 401), ("?token=raise", 401), ("?token=deny", 403), ("?token=narrow", 403), ("?token=break", 500)):
            self.assertEqual(self.refused_with(query), status, query)
        self.enter()

    def test_the_handler_decides(self):
        for status in (400, 401, 403, 500, 501):
            self.assertEqual(self.refused_with(f"?token=good&status={status}"), status)
        self.assertEqual(self.refused_with("?token=good&status=nonsense"), 502)
        self.enter("&status=201")

    def test_the_handler_chooses_the_subprotocol(self):
        self.assertEqual(self.enter(subprotocols=["v1", "v2"]).subprotocol, "v2")
        self.assertIsNone(self.enter().subprotocol)

    def test_a_handler_posts_by_the_domain_of_the_event(self):
        socket = self.enter()
        socket.send("hello")
        self.assertEqual(socket.receive(), "you said hello by $default")
        socket.send({"action": "$connect", "do": "echo", "text": "me"})
        self.assertEqual(socket.receive(), "you said me by $default")

    def test_a_two_way_route_answers(self):
        socket = self.enter()
        socket.send({"action": "ask", "text": "é"})
        self.assertEqual(socket.receive_json(), {"answer": "é", "route": "ask", "as": {"principalId": "user-good", "level": "7"}})

    def test_failures_are_error_frames_and_the_connection_stays(self):
        socket = self.enter()
        for do in ("raise", "malformed", "nothing"):
            socket.send({"do": do})
            frame = socket.receive()
            self.assertRegex(frame, r'^{"message": "Internal server error", "connectionId":"[^"]{16}", "requestId":"[^"]{16}"}$', do)
        socket.send({"action": "slow"})
        self.assertEqual(socket.receive_json()["message"], "Endpoint request timed out")
        socket.send({"do": "refuse"})  # its status means nothing for a message
        socket.send({"action": "ask", "text": "still here"})
        self.assertEqual(socket.receive_json()["answer"], "still here")

    def test_disconnect_is_told_with_code_reason_and_authorizer(self):
        watcher = self.enter("&watcher=1")
        watcher.send({"action": "ask", "text": "ready"})
        watcher.receive()
        for code, reason in ((1000, ""), (4001, "enough")):
            self.enter().close(code, reason)
            self.assertEqual(watcher.receive_json(), [code, reason, {"principalId": "user-good", "level": "7"}])
        socket = self.enter()
        socket.send({"action": "raise"})
        connection = json.loads(socket.receive())["connectionId"]
        gateway = client("apigatewaymanagementapi", at=self.server.endpoint + "/prod")
        gateway.delete_connection(ConnectionId=connection)
        self.assertEqual(watcher.receive_json()[:2], [1000, "Connection Closed Normally"])

    def test_tls_leads_in_too(self):
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        secure = self.url.replace("ws://", "wss://")
        with WebSocketClient(f"{secure}?token=good", ssl_context=context) as socket:
            socket.send("hello")
            self.assertEqual(socket.receive(), "you said hello by $default")


if __name__ == "__main__":
    unittest.main()
