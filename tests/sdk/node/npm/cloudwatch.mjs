// CloudWatch's PutMetricData through the AWS SDK for JavaScript v3, in the protocol that it chooses (JSON).

import assert from "node:assert/strict";
import test from "node:test";

import { CloudWatchClient, InvalidParameterCombinationException, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";

const endpoint = process.env.LOWCLOUD_ENDPOINT;
const metrics = new CloudWatchClient({ endpoint, region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" }, maxAttempts: 1 });

async function kept(namespace) {
    const text = await (await fetch(`${endpoint}/_lowcloud/metrics`)).text();
    return text.split("\n").filter(Boolean).map((line) => JSON.parse(line)).filter((call) => call.namespace === namespace).flatMap((call) => call.data);
}

test("a metric is published, also in a request that is compressed", { timeout: 20000 }, async () => {
    const Timestamp = new Date("2026-01-02T03:04:05Z");
    const MetricData = Array.from({ length: 200 }, (_, i) => ({
        MetricName: `metric-${i}`, Value: i + 0.5, Unit: "Count", Timestamp, Dimensions: [{ Name: "Operation", Value: "x".repeat(100) }],
    }));
    await metrics.send(new PutMetricDataCommand({ Namespace: "node", MetricData }));
    const read = await kept("node");
    assert.equal(read.length, 200);
    assert.deepEqual([read[7].MetricName, read[7].Value, read[7].Timestamp], ["metric-7", 7.5, Timestamp.getTime() / 1000]);
});

test("a refusal is the SDK's own exception", { timeout: 20000 }, async () => {
    const both = { MetricName: "m", Value: 1, Values: [1] };
    await assert.rejects(metrics.send(new PutMetricDataCommand({ Namespace: "refused", MetricData: [both] })),
                         (error) => error instanceof InvalidParameterCombinationException && /mutually exclusive/.test(error.message));
    assert.deepEqual(await kept("refused"), []);
});
