// Node without any package: fetch against the APIs as a local page would, and a WebSocket handshake held and answered by hand.

import assert from "node:assert/strict";
import http from "node:http";
import http2 from "node:http2";
import test from "node:test";

const endpoint = process.env.LOWCLOUD_ENDPOINT;

const check = (name, body) => test(name, { timeout: 20000 }, body);

const signed = (service) =>
    `AWS4-HMAC-SHA256 Credential=test/20260102/us-east-1/${service}/aws4_request, SignedHeaders=host;x-amz-date, Signature=${"0".repeat(64)}`;

async function call(target, service, version, input) {
    const answer = await fetch(endpoint, {
        method: "POST",
        headers: { "X-Amz-Target": target, "Content-Type": `application/x-amz-json-${version}`, "X-Amz-Date": "20260102T030405Z",
                   Authorization: signed(service) },
        body: JSON.stringify(input),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text ? JSON.parse(text) : null };
}

async function rest(method, path, input) {
    const headers = { "Content-Type": "application/json", "X-Amz-Date": "20260102T030405Z", Authorization: signed("apigateway") };
    const answer = await fetch(endpoint + path, { method, headers, body: input && JSON.stringify(input) });
    const text = await answer.text();
    return { status: answer.status, body: text ? JSON.parse(text) : null };
}

// The next whole frame of a connection: {opcode, text}.
function frame(socket) {
    return new Promise((resolve, reject) => {
        let bytes = Buffer.alloc(0);
        const take = (more) => {
            bytes = Buffer.concat([bytes, more]);
            if (bytes.length < 2 || (bytes[1] === 126 && bytes.length < 4)) return;
            const [size, start] = bytes[1] === 126 ? [bytes.readUInt16BE(2), 4] : [bytes[1], 2];
            if (bytes.length < start + size) return;
            socket.off("data", take);
            resolve({ opcode: bytes[0] & 15, text: bytes.subarray(start, start + size).toString() });
        };
        socket.on("data", take);
        socket.once("close", () => reject(new Error("the connection was closed")));
    });
}

function upgrade(path) {
    return new Promise((resolve, reject) => {
        const request = http.request(endpoint + path, {
            headers: { Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13",
                       "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", Origin: "https://any.example" },
        });
        request.on("upgrade", (answer, socket, head) => {
            if (head.length) socket.unshift(head);
            resolve({ status: 101, accept: answer.headers["sec-websocket-accept"], socket });
        });
        request.on("response", (answer) => { answer.resume(); resolve({ status: answer.statusCode }); });
        request.on("error", reject);
        request.setTimeout(15000, () => request.destroy(new Error("no answer to the handshake")));
        request.end();
    });
}

check("a record goes in and comes out", async () => {
    assert.equal((await call("Kinesis_20131202.CreateStream", "kinesis", "1.1", { StreamName: "node", ShardCount: 1 })).status, 200);
    const put = { StreamName: "node", PartitionKey: "k", Data: Buffer.from("fix").toString("base64") };
    let answer;
    const deadline = Date.now() + 10000;
    do
        answer = await call("Kinesis_20131202.PutRecord", "kinesis", "1.1", put);
    while (answer.status !== 200 && Date.now() < deadline);
    assert.match(answer.body.SequenceNumber, /^[0-9]{56}$/);
    const { body } = await call("Kinesis_20131202.GetShardIterator", "kinesis", "1.1",
                                { StreamName: "node", ShardId: answer.body.ShardId, ShardIteratorType: "TRIM_HORIZON" });
    const read = await call("Kinesis_20131202.GetRecords", "kinesis", "1.1", body);
    assert.deepEqual(read.body.Records.map((record) => Buffer.from(record.Data, "base64").toString()), ["fix"]);
});

check("a client is let in, told its id, pushed to, and gone", async () => {
    const api = (await rest("POST", "/v2/apis", { name: "node", protocolType: "WEBSOCKET", routeSelectionExpression: "$request.body.action" })).body;
    await rest("POST", `/v2/apis/${api.apiId}/stages`, { stageName: "test", autoDeploy: true });
    const base = `/_aws/execute-api/${api.apiId}/test`;
    const { status, accept, socket } = await upgrade(base);
    assert.equal(status, 101);
    assert.equal(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    socket.write(Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0x3f]));
    const told = await frame(socket);
    assert.equal(told.opcode, 1);
    const { connectionId, message } = JSON.parse(told.text);
    assert.equal(message, "Forbidden");
    const connection = `${base}/@connections/${encodeURIComponent(connectionId)}`;
    const push = (text) => fetch(endpoint + connection, { method: "POST", body: text,
                                                          headers: { Authorization: signed("execute-api"), "X-Amz-Date": "20260102T030405Z" } });
    const arriving = frame(socket);
    assert.equal((await push("pushed ü")).status, 200);
    assert.deepEqual(await arriving, { opcode: 1, text: "pushed ü" });
    socket.destroy();
    let answer;
    const deadline = Date.now() + 10000;
    do
        answer = await push("too late");
    while (answer.status === 200 && Date.now() < deadline);
    assert.equal(answer.status, 410);
    assert.equal(answer.headers.get("x-amzn-errortype"), "GoneException");
});

check("an unknown stage is forbidden before any frame", async () => {
    assert.equal((await upgrade("/_aws/execute-api/aaaaaaaaaa/none")).status, 403);
});

// The payloads of the event stream's messages that are whole in bytes, without the last four bytes that close each.
function payloads(bytes) {
    const found = [];
    for (let at = 0; at + 8 <= bytes.length && at + bytes.readUInt32BE(at) <= bytes.length; at += bytes.readUInt32BE(at))
        found.push(JSON.parse(bytes.subarray(at + 12 + bytes.readUInt32BE(at + 4), at + bytes.readUInt32BE(at) - 4)));
    return found;
}

check("a subscription's frames over HTTP/2 share a connection with calls", async () => {
    const StreamName = "plain-fan-out", StreamARN = `arn:aws:kinesis:us-east-1:000000000000:stream/${StreamName}`;
    const session = http2.connect(endpoint);
    const ask = (operation, input) => {
        const stream = session.request({ ":method": "POST", ":path": "/", "x-amz-target": `Kinesis_20131202.${operation}`, "x-amz-date": "20260102T030405Z",
                                         "content-type": "application/x-amz-json-1.1", authorization: signed("kinesis") });
        stream.end(JSON.stringify(input));
        return stream;
    };
    const whole = async (stream) => {
        let text = "";
        for await (const piece of stream) text += piece;
        return text ? JSON.parse(text) : null;
    };
    await whole(ask("CreateStream", { StreamName, ShardCount: 1 }));
    const { Consumer } = await whole(ask("RegisterStreamConsumer", { StreamARN, ConsumerName: "app" }));
    const subscription = ask("SubscribeToShard", { ConsumerARN: Consumer.ConsumerARN, ShardId: "shardId-000000000000", StartingPosition: { Type: "LATEST" } });
    let bytes = Buffer.alloc(0), wake = () => {};
    subscription.on("data", (piece) => { bytes = Buffer.concat([bytes, piece]); wake(); });
    const until = async (count) => {
        while (payloads(bytes).length < count) await new Promise((resolve) => (wake = resolve));
        return payloads(bytes);
    };
    const [initial, first] = await until(2);
    assert.deepEqual([initial, first.Records], [{}, []]);
    for (const [number, text] of ["one", "two"].entries()) {
        await whole(ask("PutRecord", { StreamName, PartitionKey: "k", Data: Buffer.from(text).toString("base64") }));
        assert.equal(Buffer.from((await until(3 + number))[2 + number].Records[0].Data, "base64").toString(), text);
    }
    const ended = new Promise((resolve) => subscription.once("end", resolve));
    await whole(ask("DeleteStream", { StreamName, EnforceConsumerDeletion: true }));
    await ended;
    assert.deepEqual((await until(5))[4], { message: `Stream ${StreamName} under account 000000000000 not found.` });
    session.close();
});
