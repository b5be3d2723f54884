"""WebSocket APIs through boto3 and a real client: the control plane, coming in, messages, the management API, and the end. The functions'
part needs none where an API has no routes: every client is let in, and what it says is answered with an error frame that tells its
connection id."""

import json
import threading
import unittest

from support import RawSocket, WebSocketClient, authorization, client, endpoint, http, port, refused, trace, unique, wait_until

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


if __name__ == "__main__":
    unittest.main()
