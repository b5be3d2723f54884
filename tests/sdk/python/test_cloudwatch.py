"""CloudWatch's PutMetricData in every form that an SDK speaks: boto3's own (Query, or CBOR when it is of today), and each by hand."""

import datetime
import gzip
import json
import struct
import unittest
import urllib.parse

from support import authorization, client, http, unique

RPC = "/service/GraniteServiceVersion20100801/operation/PutMetricData"


def kept(namespace):
    entries = map(json.loads, http("GET", "/_lowcloud/metrics").text.splitlines())
    return [metric for entry in entries if entry["namespace"] == namespace for metric in entry["data"]]


def cbor(value):
    """A little of CBOR: what a metric needs."""
    def head(kind, count):
        return bytes([kind << 5 | count]) if count < 24 else bytes([kind << 5 | 25]) + struct.pack(">H", count)
    if isinstance(value, dict):
        return head(5, len(value)) + b"".join(cbor(key) + cbor(item) for key, item in value.items())
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(cbor, value))
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, datetime.datetime):
        return b"\xc1\x1a" + struct.pack(">I", int(value.timestamp()))
    return b"\xfb" + struct.pack(">d", value)


class PutMetricData(unittest.TestCase):
    def setUp(self):
        self.namespace = unique("Namespace")

    def post(self, path, body, content_type, **headers):
        return http("POST", path, body, {"Content-Type": content_type, "Authorization": authorization("monitoring"),
                                         "X-Amz-Date": "20260102T030405Z", **headers})

    def test_an_sdk_publishes_metrics(self):
        metrics = client("cloudwatch")
        at = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
        metrics.put_metric_data(Namespace=self.namespace, MetricData=[
            {"MetricName": "RecordsProcessed", "Dimensions": [{"Name": "Operation", "Value": "a & b"}, {"Name": "Shard", "Value": "0"}],
             "Timestamp": at, "Value": 2.5, "Unit": "Count"},
            {"MetricName": "Time", "StatisticValues": {"SampleCount": 2, "Sum": 3, "Minimum": 1, "Maximum": 2}, "StorageResolution": 1},
            {"MetricName": "Size", "Values": [1.0, 2.0], "Counts": [3.0, 4.0], "Unit": "Bytes"}])
        one, two, three = kept(self.namespace)
        self.assertEqual(one["Dimensions"], [{"Name": "Operation", "Value": "a & b"}, {"Name": "Shard", "Value": "0"}])
        self.assertEqual((one["Value"], one["Unit"], one["Timestamp"]), (2.5, "Count", at.timestamp()))
        self.assertEqual((two["StatisticValues"]["Sum"], two["StorageResolution"]), (3, 1))
        self.assertEqual((three["Values"], three["Counts"]), ([1, 2], [3, 4]))

    def test_an_sdk_is_refused_in_awss_words(self):
        metrics = client("cloudwatch")
        with self.assertRaises(metrics.exceptions.InvalidParameterCombinationException) as caught:
            metrics.put_metric_data(Namespace=self.namespace, MetricData=[{"MetricName": "m", "Value": 1, "Values": [1]}])
        self.assertIn("are mutually exclusive", caught.exception.response["Error"]["Message"])
        with self.assertRaises(metrics.exceptions.MissingRequiredParameterException):
            metrics.put_metric_data(Namespace=self.namespace, MetricData=[{"MetricName": "m"}])
        self.assertEqual(kept(self.namespace), [])

    def test_a_form_is_answered_in_xml(self):
        form = {"Action": "PutMetricData", "Version": "2010-08-01", "Namespace": self.namespace, "MetricData.member.1.MetricName": "m",
                "MetricData.member.1.Value": "1"}
        answer = self.post("/", urllib.parse.urlencode(form), "application/x-www-form-urlencoded; charset=utf-8")
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "text/xml"))
        self.assertRegex(answer.text, r"^<PutMetricDataResponse xmlns=\"http://monitoring.amazonaws.com/doc/2010-08-01/\"><ResponseMetadata>"
                                      r"<RequestId>[0-9a-f-]{36}</RequestId></ResponseMetadata></PutMetricDataResponse>$")
        packed = gzip.compress(urllib.parse.urlencode(form).encode())
        answer = self.post("/", packed, "application/x-www-form-urlencoded", **{"Content-Encoding": "gzip"})
        self.assertEqual(answer.status, 200)
        self.assertEqual(len(kept(self.namespace)), 2)
        answer = self.post("/", urllib.parse.urlencode({**form, "Action": "Put<Alarm"}), "application/x-www-form-urlencoded")
        self.assertEqual(answer.status, 400)
        self.assertIn("<Code>InvalidAction</Code><Message>Could not find operation Put&lt;Alarm for version 2010-08-01</Message>", answer.text)

    def test_cbor_is_answered_with_nothing_or_in_cbor(self):
        at = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
        body = {"Namespace": self.namespace, "MetricData": [{"MetricName": "m", "Value": 1.5, "Timestamp": at}]}
        headers = {"smithy-protocol": "rpc-v2-cbor", "Accept": "application/cbor"}
        answer = self.post(RPC, cbor(body), "application/cbor", **headers)
        self.assertEqual((answer.status, answer.body, answer.headers["smithy-protocol"]), (200, b"", "rpc-v2-cbor"))
        self.assertEqual(kept(self.namespace)[0]["Timestamp"], at.timestamp())
        answer = self.post(RPC, cbor({"Namespace": self.namespace}), "application/cbor", **headers)
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (400, "application/cbor"))
        self.assertEqual(answer.headers["x-amzn-query-error"], "MissingParameter;Sender")
        self.assertIn(b"MissingRequiredParameterException", answer.body)
        for broken in (b"\xff", b"\xa1", b"\x01", b"\x9f" * 5000):
            self.assertEqual(self.post(RPC, broken, "application/cbor", **headers).status, 400)
        self.assertEqual(self.post(RPC.replace("PutMetricData", "ListMetrics"), b"\xa0", "application/cbor", **headers).status, 400)

    def test_json_is_answered_in_json(self):
        answer = self.post("/", {"Namespace": self.namespace, "MetricData": [{"MetricName": "m", "Value": 1}]},
                           "application/x-amz-json-1.0", **{"X-Amz-Target": "GraniteServiceVersion20100801.PutMetricData"})
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "application/x-amz-json-1.0"))
        self.assertEqual(len(kept(self.namespace)), 1)


if __name__ == "__main__":
    unittest.main()
